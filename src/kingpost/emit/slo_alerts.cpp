#include "kingpost/emit/slo_alerts.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "kingpost/base/metric_names.hpp"
#include "kingpost/base/text.hpp"
#include "kingpost/emit/site_assurance.hpp"

namespace kingpost::emit {
namespace {

using assure::BurnTier;
using assure::Objective;
using assure::SloKind;

constexpr std::string_view kRatio = "kingpost:slo_bad_ratio:";
constexpr std::string_view kAvailable = "kingpost:available";

/// A YAML scalar in double quotes, which is what JSON writes too. Prometheus expands {{ in labels and annotations: two blanks keep it text.
std::string yaml_text(std::string_view text) {
  std::string plain(text);
  for (std::size_t at = plain.find("{{"); at != std::string::npos; at = plain.find("{{", at)) plain.replace(at, 2, "{ {");
  std::string out;
  append_json_string(out, plain);
  return out;
}

/// A PromQL string: quotes, backslashes and control characters are escaped as in Go.
std::string promql_text(std::string_view text) {
  std::string out = "\"";
  for (const char byte : text) {
    if (byte == '"' || byte == '\\') out += '\\';
    if (static_cast<unsigned char>(byte) < 0x20 || byte == 0x7f) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(byte));
    } else {
      out += byte;
    }
  }
  return out + "\"";
}

/// As yaml_text makes the label's value.
std::string label_of(const Objective& one) {
  std::string plain = one.id;
  for (std::size_t at = plain.find("{{"); at != std::string::npos; at = plain.find("{{", at)) plain.replace(at, 2, "{ {");
  return plain;
}

/// The labels of a series of that objective's operation.
std::string selector(const Objective& one, std::string_view more) {
  std::string out = fmt::format("job=\"{}\"", metric::kJob);
  if (!one.operation.empty()) out += fmt::format(",{}={}", metric::kOperationLabel, promql_text(one.operation));
  return out + std::string(more);
}

std::string ratio(const Objective& one, std::string_view window) {
  switch (one.kind) {
    case SloKind::kAvailability:
      return fmt::format("1 - avg_over_time({}[{}])", kAvailable, window);
    case SloKind::kErrors:
      return fmt::format("(sum(rate({0}{{{1}}}[{2}])) or vector(0)) / sum(rate({0}{{{3}}}[{2}]))", metric::kRequestsTotal,
                         selector(one, fmt::format(",{}=~\"5..\"", metric::kCodeLabel)), window, selector(one, {}));
    case SloKind::kLatency:
      break;
  }
  return fmt::format("1 - sum(rate({0}_bucket{{{1}}}[{2}])) / sum(rate({0}_count{{{3}}}[{2}]))", metric::kRequestDurationSeconds,
                     selector(one, fmt::format(",le=\"{:g}\"", one.seconds)), window, selector(one, {}));
}

std::string promise(const Objective& one) {
  switch (one.kind) {
    case SloKind::kAvailability:
      return fmt::format("ready {:g} % of the time", 100 - one.budget * 100);
    case SloKind::kErrors:
      return fmt::format("at most {:g} % of requests answered with 5xx", one.budget * 100);
    case SloKind::kLatency:
      break;
  }
  return fmt::format("{:g} % of {} within {:g} ms", 100 - one.budget * 100, one.operation.empty() ? "requests" : one.operation, one.seconds * 1000);
}

std::string summary_of(const Objective& one, const BurnTier& tier) {
  return fmt::format("The budget of {} ({}) burns more than {:g} times as fast as it may", one.id, promise(one), tier.rate);
}

std::string description_of(const Objective& one, const BurnTier& tier) {
  const double hours = assure::kBudgetDays * 24 / tier.rate;
  return fmt::format("More than {:.4g} % bad over {} and over {}. At that pace {} days of budget are gone in {:.3g} hours.",
                     assure::burn_threshold(one, tier) * 100, tier.long_window, tier.short_window, assure::kBudgetDays, hours);
}

std::string alert_expression(const Objective& one, const BurnTier& tier) {
  const std::string labels = fmt::format("{{slo={}}}", promql_text(label_of(one)));
  const double threshold = assure::burn_threshold(one, tier);
  return fmt::format("{0}rate{1}{2} > {3:.10g} and {0}rate{4}{2} > {3:.10g}", kRatio, tier.long_window, labels, threshold, tier.short_window);
}

// --- tests

struct Series {
  std::string name;
  std::string values;
};

class TestWriter {
 public:
  explicit TestWriter(int evaluation_minutes) : evaluation_(evaluation_minutes) {}

  std::string take() { return std::move(out_); }

  void head() {
    out_ += fmt::format(
        "# promtool test rules\nrule_files: [slo.rules.yml]\nevaluation_interval: {}m\ngroup_eval_order: [kingpost-slo-ratios, "
        "kingpost-slo-alerts]\ntests:\n",
        evaluation_);
  }

  void test(const Objective& one, const BurnTier& tier) {
    if (one.kind == SloKind::kAvailability) return outage(one, tier);
    const double threshold = assure::burn_threshold(one, tier);
    write(one, tier, fmt::format("{} {} fires above {:.4g} % bad", one.id, tier.alert, threshold * 100),
          std::min((threshold + 1) / 2, threshold * 1.3), true);
    write(one, tier, fmt::format("{} {} is silent below it", one.id, tier.alert), threshold * 0.8, false);
  }

  void absent() {
    out_ += fmt::format(
        "  - name: no metrics at all are told\n    interval: 1m\n    input_series: []\n    alert_rule_test:\n"
        "      - {{eval_time: 20m, alertname: KingpostMetricsAbsent, exp_alerts: [{{exp_labels: {{severity: page, job: {}}}, exp_annotations: "
        "{{summary: \"No request has been counted: every objective is blind\"}}}}]}}\n",
        metric::kJob);
  }

 private:
  static constexpr double kGood = 1e6;          ///< requests of other operations in a step
  static constexpr double kRequests = 100'000;  ///< of the operation

  /// Minutes between samples. Instants look five minutes back, so samples may not be further apart.
  [[nodiscard]] static int step_of(const BurnTier& tier) { return tier.short_minutes > 5 ? 5 : 1; }

  void open(const BurnTier& tier, const std::string& name) {
    out_ += fmt::format("  - name: {}\n    interval: {}m\n    input_series:\n", yaml_text(name), step_of(tier));
  }

  void ready(const std::string& values) { series({fmt::format("{}{{job=\"{}\"}}", metric::kReady, metric::kJob), values}); }

  void series(const Series& one) { out_ += fmt::format("      - {{series: {}, values: {}}}\n", yaml_text(one.name), yaml_text(one.values)); }

  void expect(const Objective& one, const BurnTier& tier, int minutes, bool fires) {
    out_ += fmt::format("    alert_rule_test:\n      - eval_time: {}m\n        alertname: {}\n        exp_alerts:", minutes, tier.alert);
    if (!fires) {
      out_ += " []\n";
      return;
    }
    out_ += fmt::format("\n          - exp_labels: {{slo: {}, severity: {}}}\n            exp_annotations: {{summary: {}, description: {}}}\n",
                        yaml_text(one.id), tier.page ? "page" : "ticket", yaml_text(summary_of(one, tier)), yaml_text(description_of(one, tier)));
  }

  /// A share of the operation's requests is bad all the time; other operations are busy and good, so that only this objective is touched.
  void write(const Objective& one, const BurnTier& tier, const std::string& name, double bad, bool fires) {
    const int step = step_of(tier);
    const int minutes = tier.long_minutes + 2 * evaluation_;
    const auto counter = [&](const std::string& metric, double each) { series({metric, fmt::format("0+{:.0f}x{}", each, minutes / step + 2)}); };
    open(tier, name);
    ready(fmt::format("1x{}", minutes / step + 2));
    const std::string operation = one.operation.empty() ? "any" : one.operation;
    const std::string labels = fmt::format("job=\"{}\",{}={}", metric::kJob, metric::kOperationLabel, promql_text(operation));
    if (one.kind == SloKind::kErrors) {
      counter(fmt::format("{}{{{},{}=\"200\"}}", metric::kRequestsTotal, labels, metric::kCodeLabel), kRequests * (1 - bad));
      counter(fmt::format("{}{{{},{}=\"503\"}}", metric::kRequestsTotal, labels, metric::kCodeLabel), kRequests * bad);
    } else {
      latency(one, labels, bad, minutes / step + 2);
    }
    expect(one, tier, minutes, fires);
  }

  void latency(const Objective& one, const std::string& labels, double bad, int samples) {
    const auto counter = [&](const std::string& series_labels, const std::string& bound, double each) {
      const std::string suffix = bound.empty() ? "_count" : "_bucket";
      const std::string le = bound.empty() ? std::string() : fmt::format(",le=\"{}\"", bound);
      series({fmt::format("{}{}{{{}{}}}", metric::kRequestDurationSeconds, suffix, series_labels, le), fmt::format("0+{:.0f}x{}", each, samples)});
    };
    const std::string bound = fmt::format("{:g}", one.seconds);
    counter(labels, bound, kRequests * (1 - bad));
    counter(labels, {}, kRequests);
    if (one.operation.empty()) return;
    const std::string others = fmt::format("job=\"{}\",{}=\"others\"", metric::kJob, metric::kOperationLabel);
    counter(others, bound, kGood);
    counter(others, {}, kGood);
  }

  /// Ready all the time but for an outage: while it lasts the alert fires, and once the short window is clean it does not.
  void outage(const Objective& one, const BurnTier& tier) {
    // Prometheus repeats `1x2` twice after the first.
    const int samples = evaluation_ / step_of(tier);  // in a step
    const int down = static_cast<int>(assure::burn_threshold(one, tier) * tier.long_minutes / evaluation_) + 2;
    const int before = tier.long_minutes / evaluation_;
    const int clean = tier.short_minutes / evaluation_ + 2;
    open(tier, fmt::format("{} {} fires in an outage", one.id, tier.alert));
    ready(fmt::format("1x{} 0x{}", before * samples - 1, down * samples));
    expect(one, tier, (before + down) * evaluation_, true);
    open(tier, fmt::format("{} {} ends after it", one.id, tier.alert));
    ready(fmt::format("1x{} 0x{} 1x{}", before * samples - 1, down * samples - 1, clean * samples));
    expect(one, tier, (before + down + clean) * evaluation_, false);
  }

  int evaluation_;  ///< minutes between evaluations
  std::string out_;
};

std::string target_of(const Objective& one) {
  return one.kind == SloKind::kAvailability ? fmt::format("{:.4g} minutes in {} days", one.budget_minutes, assure::kBudgetDays)
                                            : fmt::format("{:.4g} % of requests", one.budget * 100);
}

AssureTable alert_table(const assure::SloPlan& plan) {
  AssureTable out{
      .key = "alerts",
      .title = "Alerts",
      .intro =
          "A tier tells when both windows burn that fast: the long one says that it matters, the short one that it still goes on. Pages wake "
          "somebody, tickets wait for the day. Tiers and rates: Google, The Site Reliability Workbook, chapter 5.",
      .columns = {{"alert", "Alert", AssureShape::kCode},
                  {"objective", "Objective", AssureShape::kCode},
                  {"severity", "Severity", AssureShape::kStatus},
                  {"rate", "Times too fast", AssureShape::kNumber},
                  {"windows", "Windows"},
                  {"threshold", "Bad share from", AssureShape::kText}},
      .rows = {}};
  for (const Objective& one : plan.objectives) {
    for (const std::size_t at : one.tiers) {
      const BurnTier& tier = assure::burn_tiers()[at];
      out.rows.push_back({{tier.alert},
                          {one.id},
                          {tier.page ? "page" : "ticket"},
                          {fmt::format("{:g}", tier.rate)},
                          {fmt::format("{} and {}", tier.long_window, tier.short_window)},
                          {fmt::format("{:.4g} %", assure::burn_threshold(one, tier) * 100)}});
    }
  }
  return out;
}

AssureTable metric_table(const ir::System& system) {
  AssureTable out{
      .key = "metrics",
      .title = "Metrics",
      .intro = "Designed: this version of the server does not serve them yet. The rules expect a scrape job named `kingpost`.",
      .columns = {{"metric", "Metric", AssureShape::kCode}, {"kind", "Kind"}, {"labels", "Labels", AssureShape::kCodeList}, {"meaning", "Meaning"}},
      .rows = {}};
  std::string bounds;
  for (const double bound : assure::duration_buckets(system)) bounds += fmt::format("{}{:g}", bounds.empty() ? "" : ", ", bound);
  const std::string operation(metric::kOperationLabel);
  out.rows.push_back({{metric::kRequestsTotal}, {"counter"}, {operation, metric::kCodeLabel}, {"Answered requests by operation and HTTP status."}});
  out.rows.push_back(
      {{std::string(metric::kRequestDurationSeconds)},
       {"histogram"},
       {operation, "le"},
       {fmt::format("Seconds to the answer. Bounds: {}; every promised latency is one, because only there it can be counted.", bounds)}});
  out.rows.push_back({{metric::kReady}, {"gauge"}, {}, {"1 while `/health/ready` answers 200, else 0."}});
  return out;
}

}  // namespace

std::string print_slo_rules(const ir::System&, const assure::SloPlan& plan) {
  std::string out = fmt::format(
      "# Shares of bad time and bad requests by window, and alerts on how fast they burn {} days of budget.\n"
      "# Designed: the metrics are named here and served by a later version.\ngroups:\n  - name: kingpost-slo-ratios\n    "
      "rules:\n",
      assure::kBudgetDays);
  const bool available =
      std::any_of(plan.objectives.begin(), plan.objectives.end(), [](const Objective& one) { return one.kind == SloKind::kAvailability; });
  if (available) {
    out += fmt::format("      - {{record: \"{}\", expr: {}}}\n", kAvailable,
                       yaml_text(fmt::format("max({}{{job=\"{}\"}}) or vector(0)", metric::kReady, metric::kJob)));
  }
  for (const Objective& one : plan.objectives) {
    for (const std::string_view window : assure::burn_windows()) {
      const bool used = std::any_of(one.tiers.begin(), one.tiers.end(), [&](std::size_t at) {
        return assure::burn_tiers()[at].long_window == window || assure::burn_tiers()[at].short_window == window;
      });
      if (!used) continue;
      std::string expression;
      append_json_string(expression, ratio(one, window));
      out +=
          fmt::format("      - record: \"{}rate{}\"\n        labels: {{slo: {}}}\n        expr: {}\n", kRatio, window, yaml_text(one.id), expression);
    }
  }
  out += "  - name: kingpost-slo-alerts\n    rules:\n";
  out += fmt::format(
      "      - alert: KingpostMetricsAbsent\n        expr: {}\n        for: 10m\n        labels: {{severity: page}}\n"
      "        annotations: {{summary: \"No request has been counted: every objective is blind\"}}\n",
      yaml_text(fmt::format("absent({}{{job=\"{}\"}})", metric::kRequestsTotal, metric::kJob)));
  for (const Objective& one : plan.objectives) {
    for (const std::size_t at : one.tiers) {
      const BurnTier& tier = assure::burn_tiers()[at];
      std::string expression;
      append_json_string(expression, alert_expression(one, tier));
      out += fmt::format(
          "      - alert: {}\n        expr: {}\n        labels: {{severity: {}, slo: {}}}\n        annotations: {{summary: {}, description: {}}}\n",
          tier.alert, expression, tier.page ? "page" : "ticket", yaml_text(one.id), yaml_text(summary_of(one, tier)),
          yaml_text(description_of(one, tier)));
    }
  }
  return out;
}

std::string print_slo_tests(const assure::SloPlan& plan, bool pages) {
  constexpr int kOften = 5;
  constexpr int kSeldom = 30;
  TestWriter writer(pages ? kOften : kSeldom);
  writer.head();
  for (const Objective& one : plan.objectives) {
    for (const std::size_t at : one.tiers) {
      if (assure::burn_tiers()[at].page == pages) writer.test(one, assure::burn_tiers()[at]);
    }
  }
  if (pages) writer.absent();
  return writer.take();
}

AssureReport report_slos(const SiteInput& input) {
  const assure::SloPlan& plan = input.assurance->slos;
  AssureReport out;
  out.key = "objectives";
  out.title = "Service objectives and error budgets";
  if (plan.objectives.empty()) return out;
  out.intro = fmt::format(
      "What `slo` promises, and how much may go wrong in {} days before a promise is broken. Requests are those of the declared load at its mean; "
      "each says whether it is "
      "declared or assumed. `alerts/slo.rules.yml` holds the rules, `alerts/slo.pages.test.yml` and `alerts/slo.tickets.test.yml` show that each "
      "fires and stays silent as it should.",
      assure::kBudgetDays);
  AssureTable table{.key = "slos",
                    .title = "Objectives",
                    .intro = "",
                    .columns = {{"id", "Objective", AssureShape::kCode},
                                {"promise", "Promise"},
                                {"budget", "Budget"},
                                {"requests", "Requests in 30 days", AssureShape::kText},
                                {"basis", "Basis"},
                                {"budgetRequests", "Of these may be bad", AssureShape::kText},
                                {"firstTold", "First told"},
                                {"line", "Line", AssureShape::kHidden}},
                    .rows = {},
                    .data_only = false,
                    .findable = true};
  for (const Objective& one : plan.objectives) {
    constexpr std::string_view kBases[] = {"declared", "measured", "assumed"};
    const bool timed = one.kind == SloKind::kAvailability;
    const std::string requests = timed ? std::string("–") : fmt::format("{:.4g}", one.requests.value);
    const std::string bad = timed ? std::string("–") : fmt::format("{:.4g}", one.budget_requests);
    const std::string basis =
        timed ? std::string("declared") : fmt::format("{}: {}", kBases[static_cast<std::size_t>(one.requests.basis)], one.requests.source);
    std::string told = one.tiers.empty() ? "never: no share is bad enough" : std::string(assure::burn_tiers()[one.tiers.front()].alert);
    if (one.sensitive) told += ", by a single bad request (see notes)";
    table.rows.push_back({{one.id}, {promise(one)}, {target_of(one)}, {requests}, {basis}, {bad}, {told}, line_cell(one.span)});
  }
  out.tables.push_back(std::move(table));
  out.tables.push_back(alert_table(plan));
  out.tables.push_back(metric_table(*input.system));
  out.notes = plan.notes;
  return out;
}

}  // namespace kingpost::emit
