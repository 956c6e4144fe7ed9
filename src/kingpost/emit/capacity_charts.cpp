#include "kingpost/emit/capacity_charts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "kingpost/emit/capacity_report.hpp"
#include "kingpost/emit/html.hpp"

namespace kingpost::emit {
namespace {

constexpr double kWidth = 620;  // of the drawing; the page scales it
constexpr double kLabel = 216;
constexpr double kRow = 30;
constexpr double kBar = 18;
constexpr double kValue = 104;  // room behind the bars for their numbers
constexpr std::size_t kBars = 10;
constexpr std::size_t kLabelLetters = 25;

/// A label that fits its column: cut at a code point.
std::string fit(std::string_view text) {
  std::string out;
  std::size_t letters = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool first = (static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U;
    if (first && ++letters > kLabelLetters) return escape_html(out) + "…";
    out += text[i];
  }
  return escape_html(out);
}

std::string open(std::string_view caption, std::string_view about, double height) {
  return fmt::format(
      "<figure class=\"chart\"><figcaption><strong>{}</strong> {}</figcaption>\n<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\" "
      "font-size=\"14\">\n",
      escape_html(caption), escape_html(about), kWidth, height, escape_html(caption));
}

std::string text_at(double x, double y, std::string_view anchor, std::string_view fill, std::string_view escaped) {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\" style=\"fill:var(--{})\">{}</text>\n", x, y, anchor, fill, escaped);
}

struct Look {
  std::string_view fill;  ///< custom property
  double opacity = 1;
  double height = kBar;
};

std::string bar(double x, double y, double width, const Look& look) {
  return fmt::format("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" rx=\"2\" style=\"fill:var(--{});opacity:{}\"/>\n", x, y,
                     std::max(width, 0.8), look.height, look.fill, look.opacity);
}

double all_bytes(const capacity::EntitySize& size, std::size_t horizon) {
  return std::accumulate(size.indexes.begin(), size.indexes.end(), size.table_bytes[horizon],
                         [&](double sum, const capacity::IndexSize& index) { return sum + index.bytes[horizon]; });
}

}  // namespace

std::string chart_growth(const ir::System& system, const capacity::Plan& plan) {
  const auto& entities = plan.once.demand.entities;
  std::vector<std::size_t> order(entities.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto most_of = [&](std::size_t at) { return std::max({all_bytes(entities[at], 0), all_bytes(entities[at], 1), all_bytes(entities[at], 2)}); };
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return most_of(a) > most_of(b); });
  order.resize(std::min(order.size(), kBars));
  if (order.empty()) return {};
  const double most = std::max(1.0, most_of(order.front()));
  const double row = kRow + 14;
  std::string out = open("Bytes of the largest entities", "with their indexes, at 1, 12 and 36 months", row * static_cast<double>(order.size()) + 4);
  const double room = kWidth - kLabel - kValue;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const auto& size = entities[order[i]];
    const double y = static_cast<double>(i) * row + 2;
    out += text_at(kLabel - 10, y + 24, "end", "ink", fit(system.entity(size.entity).name));
    constexpr double kOpacity[] = {0.35, 0.65, 1};
    for (std::size_t h = 0; h < capacity::kHorizons; ++h) {
      out += bar(kLabel, y + static_cast<double>(h) * 12 + 1, all_bytes(size, h) / most * room, {"accent", kOpacity[h], 10});
    }
    out += text_at(kLabel + all_bytes(size, 2) / most * room + 8, y + 35, "start", "muted", bytes_text(all_bytes(size, 2)));
  }
  return out + "</svg>\n</figure>\n";
}

std::string chart_resources(const capacity::Plan& plan) {
  const auto& once = plan.once.resources;
  if (once.empty()) return {};
  std::string out = open("Use of what was planned",
                         fmt::format("at {:g}× (solid) and {:g}× (outlined) the declared load; logarithmic, the line is full",
                                     plan.once.demand.factor, plan.ten.demand.factor),
                         kRow * static_cast<double>(once.size()) + 26);
  const double room = kWidth - kLabel - kValue;
  // 0.1 % to 1000 %, a decade each quarter.
  const auto place = [&](double share) { return std::clamp((std::log10(std::max(share, 1e-9)) + 3) / 4, 0.004, 1.0) * room; };
  const double height = kRow * static_cast<double>(once.size());
  constexpr double kTicks[] = {0.01, 0.1, 1, 10};
  for (const double tick : kTicks) {
    const double x = kLabel + place(tick);
    out += fmt::format("<line x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"0\" y2=\"{1:.1f}\" style=\"stroke:var(--{2})\"{3}/>\n", x, height,
                       tick == 1 ? "warn" : "line", tick == 1 ? " stroke-width=\"1.5\"" : "");
    out += text_at(x, height + 18, "middle", "muted", fmt::format("{:g} %", tick * 100));
  }
  for (std::size_t i = 0; i < once.size(); ++i) {
    const double y = static_cast<double>(i) * kRow + 5;
    const double share = once[i].need / std::max(once[i].have, 1e-12);
    double ten = i < plan.ten.resources.size() ? plan.ten.resources[i].need / std::max(once[i].have, 1e-12) : 0;
    if (once[i].name == "memory of a server") ten *= plan.ten.servers_for_rate / plan.once.servers_for_rate;
    out += text_at(kLabel - 10, y + 14, "end", once[i].name == plan.once.binding ? "warn" : "ink", fit(once[i].name));
    out += fmt::format("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{}\" rx=\"2\" style=\"fill:none;stroke:var(--{})\"/>\n", kLabel, y,
                       place(ten), kBar, ten > 1 ? "warn" : "accent");
    out += bar(kLabel, y, place(share), {share > 1 ? "warn" : "accent"});
    out += text_at(kWidth - 4, y + 14, "end", "muted",
                   fmt::format("{:.{}f} → {:.{}f} %", share * 100, share < 0.1 ? 1 : 0, ten * 100, ten < 0.1 ? 1 : 0));
  }
  return out + "</svg>\n</figure>\n";
}

std::string chart_sensitivity(const capacity::Plan& plan) {
  std::vector<const capacity::Sensitivity*> shown;
  double reach = 0;
  for (const auto& one : plan.sensitivity) {
    const double swing = std::max(std::abs(one.cost_low - plan.once.cost_month), std::abs(one.cost_high - plan.once.cost_month));
    if (shown.size() < kBars + 2 && swing > 0.005) {
      shown.push_back(&one);
      reach = std::max(reach, swing);
    }
  }
  if (shown.empty()) return {};
  std::string out = open("What moves the cost",
                         fmt::format("each input at half (light) and one and a half (dark); the line is {:.0f} {} a month", plan.once.cost_month,
                                     plan.prices.currency()),
                         kRow * static_cast<double>(shown.size()) + 4);
  const double middle = kLabel + (kWidth - kLabel) / 2;
  const double room = (kWidth - kLabel) / 2 - 62;
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const double y = static_cast<double>(i) * kRow + 5;
    out += text_at(kLabel - 10, y + 14, "end", "ink", fit(shown[i]->name));
    const auto side = [&](double cost, double opacity) {
      const double swing = cost - plan.once.cost_month;
      const double length = std::abs(swing) / reach * room;
      if (length < 0.05) return;
      out += bar(swing < 0 ? middle - length : middle, y, length, {"accent", opacity});
    };
    side(shown[i]->cost_low, 0.45);
    side(shown[i]->cost_high, 1);
    const double left = std::min({shown[i]->cost_low, shown[i]->cost_high, plan.once.cost_month});
    const double right = std::max({shown[i]->cost_low, shown[i]->cost_high, plan.once.cost_month});
    out += text_at(middle - (plan.once.cost_month - left) / reach * room - 6, y + 14, "end", "muted", fmt::format("{:.0f}", left));
    out += text_at(middle + (right - plan.once.cost_month) / reach * room + 6, y + 14, "start", "muted", fmt::format("{:.0f}", right));
  }
  out += fmt::format("<line x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"0\" y2=\"{1:.1f}\" style=\"stroke:var(--muted)\"/>\n", middle,
                     kRow * static_cast<double>(shown.size()) + 4);
  return out + "</svg>\n</figure>\n";
}

std::string chart_operations(const capacity::Plan& plan) {
  std::vector<const capacity::OperationLoad*> shown;
  for (const auto& one : plan.once.demand.operations) shown.push_back(&one);
  std::stable_sort(shown.begin(), shown.end(), [](const auto* a, const auto* b) { return a->concurrency > b->concurrency; });
  shown.resize(std::min(shown.size(), kBars));
  while (!shown.empty() && shown.back()->concurrency <= 0) shown.pop_back();
  if (shown.empty()) return {};
  const double most = shown.front()->concurrency;
  const double room = kWidth - kLabel - kValue;
  std::string out = open("Who keeps the database busy", "calls under way at the peak (rate × time)", kRow * static_cast<double>(shown.size()) + 4);
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const double y = static_cast<double>(i) * kRow + 5;
    out += text_at(kLabel - 10, y + 14, "end", "ink", fit(shown[i]->name));
    out += bar(kLabel, y, shown[i]->concurrency / most * room, {shown[i]->writes ? "warn" : "accent"});
    out += text_at(kLabel + shown[i]->concurrency / most * room + 8, y + 14, "start", "muted", amount_text(shown[i]->concurrency));
  }
  return out + "</svg>\n<p class=\"intro\">Writes and reads differ in colour.</p></figure>\n";
}

}  // namespace kingpost::emit
