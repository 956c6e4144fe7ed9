#include <fmt/format.h>

#include <set>

#include "kingpost/emit/decisions.hpp"
#include "kingpost/emit/json_writer.hpp"

namespace kingpost::emit {
namespace {

std::string number(double value) { return fmt::format("{:.8g}", value); }

std::string_view op_name(decide::Op op) noexcept {
  switch (op) {
    case decide::Op::kAbove:
      return ">";
    case decide::Op::kAtLeast:
      return ">=";
    case decide::Op::kBelow:
      return "<";
    case decide::Op::kAtMost:
      break;
  }
  return "<=";
}

std::string_view status_name(decide::Status status) noexcept {
  switch (status) {
    case decide::Status::kDecided:
      return "decided";
    case decide::Status::kNotNeeded:
      return "not-needed";
    case decide::Status::kDeclared:
      return "declared";
    case decide::Status::kAgainst:
      break;
  }
  return "against-the-model";
}

void write_texts(JsonWriter& json, std::string_view name, const std::vector<std::string>& texts) {
  json.key(name).begin_array();
  for (const std::string& text : texts) json.text(text);
  json.end_array();
}

/// Every figure that some decision looks at, once, in the order of first use.
void write_figures(JsonWriter& json, const DecisionSet& set) {
  std::set<std::string_view> told;
  json.key("figures").begin_object();
  for (const decide::Decision& one : set.decisions) {
    for (const std::string& key : one.figures) {
      if (!told.insert(key).second) continue;
      const decide::Figure figure = set.evidence.figure(key);
      json.key(key).begin_object().member("name", figure.name).key("value").raw(number(figure.value));
      json.member("unit", figure.unit).member("basis", decide::basis_name(figure)).member("source", figure.source).end_object();
    }
  }
  json.end_object();
}

void write_kinds(JsonWriter& json) {
  json.key("kinds").begin_array();
  for (const decide::KindRow& kind : decide::kinds()) {
    json.begin_object().member("id", kind.id).member("number", kind.number).member("title", kind.title).member("question", kind.question);
    json.member("about", kind.scope).member("file", "decisions/" + decision_file(kind)).end_object();
  }
  json.end_array();
}

void write_thresholds(JsonWriter& json, const DecisionSet& set, const decide::Decision& one) {
  json.key("thresholds").begin_array();
  for (const decide::Threshold& threshold : one.thresholds) {
    json.begin_object().member("becomes", threshold.becomes).member("text", decide::threshold_text(set.evidence, threshold));
    json.key("all").begin_array();
    for (const decide::Crossing& crossing : threshold.crossings) {
      const decide::BoundRow& row = decide::bound(crossing.bound);
      json.begin_object().member("figure", crossing.figure).member("operator", op_name(crossing.op)).key("value").raw(number(row.value));
      json.key("now").raw(number(crossing.now)).member("bound", row.name).end_object();
    }
    json.end_array().end_object();
  }
  json.end_array();
}

void write_decision(JsonWriter& json, const DecisionSet& set, const decide::Decision& one) {
  json.begin_object().member("kind", one.kind);
  if (!one.scope.empty()) json.member("element", one.scope);
  json.member("choice", one.choice).member("status", status_name(one.status));
  write_texts(json, "reasons", one.reasons);
  json.key("alternatives").begin_array();
  for (const decide::Alternative& other : one.alternatives) {
    json.begin_object().member("name", other.name).member("whyNot", other.why_not).member("when", other.when).end_object();
  }
  json.end_array();
  write_texts(json, "figures", one.figures);
  write_thresholds(json, set, one);
  write_texts(json, "consequences", one.consequences);
  json.end_object();
}

}  // namespace

std::string print_decisions_json(const DecisionSet& set) {
  JsonWriter json;
  json.begin_object().member("system", set.evidence.system().name).key("factor").raw(number(set.evidence.factor()));
  json.key("bounds").begin_array();
  for (const decide::BoundRow& row : decide::bounds()) {
    json.begin_object().member("name", row.name).key("value").raw(number(row.value)).member("unit", row.unit);
    json.member("basis", decide::bound_basis_name(row.basis)).member("source", row.source).end_object();
  }
  json.end_array();
  write_kinds(json);
  write_figures(json, set);
  json.key("decisions").begin_array();
  for (const decide::Decision& one : set.decisions) write_decision(json, set, one);
  json.end_array().key("outlook").begin_array();
  for (const Outlook& outlook : set.outlooks) {
    json.begin_object().key("factor").raw(number(outlook.factor)).key("changes").begin_array();
    for (const decide::Flip& flip : outlook.flips) {
      json.begin_object().member("kind", flip.kind);
      if (!flip.scope.empty()) json.member("element", flip.scope);
      json.member("from", flip.from).member("to", flip.to).key("because").begin_array();
      for (const decide::Crossed& crossed : flip.crossed) {
        json.begin_object().member("figure", crossed.figure).key("from").raw(number(crossed.from)).key("to").raw(number(crossed.to));
        json.member("bound", decide::bound(crossed.bound).name).key("value").raw(number(decide::bound(crossed.bound).value)).end_object();
      }
      json.end_array().end_object();
    }
    json.end_array().end_object();
  }
  json.end_array().end_object();
  return json.take();
}

}  // namespace kingpost::emit
