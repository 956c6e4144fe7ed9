#include "kingpost/decide/evidence.hpp"

#include <fmt/format.h>

#include <cmath>

namespace kingpost::decide {
namespace {

std::string with_commas(double value) {
  std::string out = fmt::format("{:.0f}", value);
  for (std::size_t at = out.size(); at > 3;) {
    at -= 3;
    if (at > 0 && out[at - 1] != '-') out.insert(at, ",");
  }
  return out;
}

std::string number_text(double value) {
  const double size = std::abs(value);
  if (size >= 1e15) return fmt::format("{:.3g}", value);
  if (size >= 100 || value == std::floor(value)) return with_commas(value);
  return fmt::format("{:.3g}", value);
}

}  // namespace

std::string amount_text(double value, std::string_view unit) {
  if (unit.starts_with("B")) {
    static constexpr std::string_view kUnits[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
    std::size_t step = 0;
    while (std::abs(value) >= 1024 && step + 1 < std::size(kUnits)) {
      value /= 1024;
      ++step;
    }
    return fmt::format("{:.3g} {}{}", std::abs(value) >= 1000 ? std::round(value) : value, kUnits[step], unit.substr(1));
  }
  if (unit == "flag") return value >= 1 ? "yes" : "no";
  if (unit.empty()) return number_text(value);
  // A percentage close to a hundred lives by its last digits.
  if (unit == "%") return fmt::format("{:.6g} %", value > 99 ? value : std::round(value * 10) / 10);
  return fmt::format("{}{}{}", number_text(value), unit.starts_with("/") ? "" : " ", unit);
}

std::string_view basis_name(capacity::Basis basis) noexcept {
  switch (basis) {
    case capacity::Basis::kDeclared:
      return "declared";
    case capacity::Basis::kMeasured:
      return "measured";
    case capacity::Basis::kAssumed:
      break;
  }
  return "assumed";
}

std::string_view basis_name(const Figure& figure) noexcept { return figure.derived ? "derived" : basis_name(figure.basis); }

std::string_view sharing_name(Sharing sharing) noexcept {
  switch (sharing) {
    case Sharing::kPublic:
      return "public";
    case Sharing::kRole:
      return "role";
    case Sharing::kTenant:
      return "tenant";
    case Sharing::kPrincipal:
      return "user";
    case Sharing::kEngine:
      break;
  }
  return "engine";
}

std::string entity_key(std::string_view entity, std::string_view figure) { return fmt::format("entity.{}.{}", entity, figure); }
std::string operation_key(std::string_view operation, std::string_view figure) { return fmt::format("operation.{}.{}", operation, figure); }
std::string query_key(std::string_view query, std::string_view figure) { return fmt::format("query.{}.{}", query, figure); }

void Evidence::forget(std::string_view key) {
  std::erase_if(remembered_, [key](const auto& entry) { return entry.second.read.contains(key); });
}

double Evidence::derive(const DerivedRow& row) const {
  auto found = remembered_.find(row.key);
  if (found == remembered_.end()) {
    reading_.emplace_back();
    const double value = row.value(*this);
    found = remembered_.emplace(std::string(row.key), Remembered{value, std::move(reading_.back())}).first;
    reading_.pop_back();
  }
  if (!reading_.empty()) reading_.back().insert(found->second.read.begin(), found->second.read.end());
  return found->second.value;
}

double Evidence::value(std::string_view key) const {
  if (!reading_.empty() && !reading_.back().contains(key)) reading_.back().emplace(key);
  if (const auto moved = moves_.find(key); moved != moves_.end()) return moved->second;
  if (const auto pinned = pins_.find(key); pinned != pins_.end()) return pinned->second;
  if (const DerivedRow* row = find_derived(key)) return derive(*row);
  const auto found = figures_.find(key);
  return found == figures_.end() ? 0 : found->second.value;
}

bool Evidence::has(std::string_view key) const { return find_derived(key) != nullptr || figures_.contains(key); }

Figure Evidence::figure(std::string_view key) const {
  if (const DerivedRow* row = find_derived(key)) {
    return {std::string(row->name), value(key), std::string(row->unit), capacity::Basis::kAssumed, std::string(row->source), true};
  }
  const auto found = figures_.find(key);
  if (found == figures_.end()) return {std::string(key), 0, "", capacity::Basis::kAssumed, "not in the model"};
  Figure out = found->second;
  out.value = value(key);
  return out;
}

}  // namespace kingpost::decide
