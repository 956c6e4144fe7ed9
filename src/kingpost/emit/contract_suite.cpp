#include "kingpost/emit/contract_suite.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "kingpost/base/text.hpp"
#include "kingpost/cel/cel.hpp"
#include "kingpost/emit/contract_suite_parts.hpp"
#include "kingpost/emit/design_parts.hpp"
#include "kingpost/emit/html.hpp"

namespace kingpost::emit {

using surface::Api;
using surface::ApiCommand;
using surface::ApiEntity;
using surface::ApiField;

namespace {

/// Fields of one kind are tried in so many entities; more would only repeat what the first have shown.
constexpr std::size_t kFieldsOfAKind = 3;
constexpr std::size_t kReadsOfAKind = 6;
/// Entities that are asked everything; of the others the questions are left out whose answer does not depend on the entity.
constexpr std::size_t kEntitiesInFull = 40;

/// Equality and order are told of these.
bool comparable(const ir::LogicalType& type) {
  return type.scalar != ir::Scalar::kJson && type.scalar != ir::Scalar::kList && type.scalar != ir::Scalar::kRecord &&
         type.scalar != ir::Scalar::kBytes;
}

/// Words of the query string; a column of such a name goes by another, so asking for it says nothing.
bool is_reserved(std::string_view name) {
  constexpr std::string_view kWords[] = {"select", "order", "limit", "offset", "and", "or", "columns", "on_conflict", "cursor"};
  return std::find(std::begin(kWords), std::end(kWords), name) != std::end(kWords);
}

/// What makes two fields the same for a test of values.
std::string kind_of(const ApiField& field) {
  std::string out = fmt::format("{}/{}/{}/{}/{}/{}/", static_cast<int>(field.type.scalar), field.type.precision, field.type.scale, field.max_length,
                                field.nullable, field.unique);
  if (field.min) out += "min" + print_decimal(*field.min);
  if (field.max) out += "max" + print_decimal(*field.max);
  for (const std::string& value : field.values) out += "," + value;
  return out;
}

class SuitePrinter {
 public:
  SuitePrinter(const Api& api, const ir::System& system, const ir::Contract& contract) : api_(api), system_(system), audiences_(system, contract) {}

  std::string print(std::string_view openapi) {
    contract_cases();
    for (const ApiEntity& entity : api_.entities) {
      in_full_ = static_cast<std::size_t>(&entity - api_.entities.data()) < kEntitiesInFull;
      entity_cases(entity);
    }
    for (const ApiCommand& command : api_.commands) command_cases(command);
    std::string out = "{\n";
    out += fmt::format("\"about\":{},\n",
                       json_text("Contract and edge cases; run.mjs beside runs them, README.md says how. Written by kingpost design."));
    out += fmt::format("\"format\":1,\n\"system\":{},\n\"contract\":{},\n\"current\":{},\n\"openapi\":{},\n\"base\":\"/rest/v1\",\n",
                       json_text(api_.system), json_text(api_.contract), api_.current, json_text(openapi));
    out += fmt::format("\"tenant_claim\":{},\n\"roles\":[", system_.tenancy ? json_text(system_.tenancy->claim) : "null");
    for (const ir::Role& role : system_.roles) out += (out.back() == '[' ? "" : ",") + json_text(role.name);
    out += "],\n\"entities\":{";
    for (const ApiEntity& entity : api_.entities) {
      out += fmt::format("{}\n{}:{}", out.back() == '{' ? "" : ",", json_text(entity.name), entity_line(api_, system_, audiences_, entity));
    }
    out += "},\n\"commands\":{";
    for (const ApiCommand& command : api_.commands) {
      out += fmt::format("{}\n{}:{}", out.back() == '{' ? "" : ",", json_text(command.name), command_line(api_, system_, audiences_, command));
    }
    out += fmt::format("}},\n{},\n\"left_out\":{},\n\"cases\":[{}\n]\n}}\n", contract_suite_scripts(), left_out_, cases_);
    return out;
  }

 private:
  /// A case: its id, its kind, the script whose steps it runs, and the script's arguments as members of JSON.
  void add(std::string_view id, std::string_view kind, std::string_view script, const std::string& more) {
    if (!cases_.empty()) cases_ += ',';
    cases_ += "\n{\"id\":";
    append_json_string(cases_, id);
    cases_ += fmt::format(R"(,"kind":"{}","script":"{}")", kind, script);
    cases_ += more;
    cases_ += '}';
  }

  void on(const ApiEntity& entity, std::string_view what, std::string_view kind, std::string_view script, const std::string& more = {}) {
    add(entity.name + "/" + std::string(what), kind, script, ",\"on\":" + json_text(entity.name) + more);
  }

  /// Cases that say more of the server than of the entity.
  void general(const ApiEntity& entity, std::string_view kind, std::string_view stem, std::initializer_list<std::string_view> scripts) {
    for (const std::string_view script : scripts) {
      if (in_full_) {
        on(entity, std::string(stem) + std::string(script), kind, script);
      } else {
        ++left_out_;
      }
    }
  }

  void contract_cases() {
    add("contract/openapi", "positive", "openapi", {});
    add("contract/unknown-entity", "negative", "unknown-entity", {});
    add("contract/unknown-contract", "negative", "unknown-contract", {});
    for (const ApiEntity& entity : api_.entities) {
      if (!entity.readable) continue;
      const std::string at = ",\"on\":" + json_text(entity.name);
      for (const std::string_view bad : {"token-garbage", "token-none", "token-tampered", "token-empty", "token-basic", "token-expired"}) {
        add(fmt::format("contract/{}", bad), "authorisation", bad, at);
      }
      add("contract/preflight", "positive", "preflight", at);
      add("contract/cross-origin", "positive", "cross-origin", at);
      add("contract/cross-origin-refusal", "negative", "cross-origin-refusal", at);
      add("contract/method", "negative", "method", at);
      break;
    }
  }

  void entity_cases(const ApiEntity& entity) {
    const bool keyed = has_key(entity);
    if (entity.readable) read_cases(entity, keyed);
    if (entity.creatable) create_cases(entity, keyed);
    if (entity.updatable) update_cases(entity, keyed);
    if (entity.removable) {
      on(entity, "delete/without-filter", "negative", "delete-without-filter");
      if (keyed && entity.readable && entity.creatable) {
        on(entity, "delete/by-key", "positive", "delete");
        on(entity, "delete/if-match", "boundary", "delete-if-match");
      }
    }
    access_cases(entity, keyed);
  }

  void read_cases(const ApiEntity& entity, bool keyed) {
    for (const std::string_view script : {"list", "count"}) on(entity, script, "positive", script);
    general(entity, "positive", "", {"head", "not-modified", "logic"});
    for (const std::string_view script : {"limit-0", "limit-1"}) on(entity, script, "boundary", script);
    general(entity, "boundary", "", {"page-beyond", "page-beyond-counted", "limit-max", "limit-over-max", "range"});
    general(entity, "negative", "",
            {"limit-negative", "limit-word", "limit-huge", "offset-negative", "unknown-operator", "not-acceptable", "strict"});
    for (const std::string_view script : {"unknown-column", "unknown-select", "unknown-order", "unknown-embed", "singular-none"}) {
      on(entity, script, "negative", script);
    }
    if (keyed) {
      for (const std::string_view script : {"by-key", "singular", "walk"}) on(entity, script, "positive", script);
      on(entity, "singular-many", "negative", "singular-many");
    }
    for (const ApiField& field : entity.fields) {
      if (field.readable && field.sensitivity != ir::Sensitivity::kSecret) filter_cases(entity, field);
    }
    for (const surface::ApiRelation& relation : entity.relations) {
      const ApiEntity* target = api_.find(relation.target);
      if (target == nullptr || !target->readable || entity.find(relation.name) != nullptr) continue;
      on(entity, "embed/" + relation.name, "positive", relation.many ? "embed-many" : "embed-one",
         fmt::format(",\"name\":{},\"target\":{}", json_text(relation.name), json_text(relation.target)));
    }
  }

  void filter_cases(const ApiEntity& entity, const ApiField& field) {
    if (!field.key && ++reads_[kind_of(field)] > kReadsOfAKind) {
      ++left_out_;
      return;
    }
    const std::string at = ",\"field\":" + json_text(field.name);
    on(entity, "select/" + field.name, "positive", "select", at);
    if (!field.computed) on(entity, "filter-null/" + field.name, "positive", "filter-null", at);
    if (!comparable(field.type)) return;
    on(entity, "filter/" + field.name, "positive", "filter-equal", at);
    const bool ordered =
        field.type.scalar != ir::Scalar::kBool && field.type.scalar != ir::Scalar::kEnum && field.type.scalar != ir::Scalar::kDuration;
    if (ordered) {
      on(entity, "filter-from/" + field.name, "positive", "filter-from", at);
      on(entity, "order/" + field.name, "positive", "order", at);
    }
    if (const std::string bad = malformed_filter(field.type); !bad.empty()) {
      on(entity, "filter-malformed/" + field.name, "negative", "filter-malformed", at + ",\"value\":" + json_text(bad));
    }
  }

  void create_cases(const ApiEntity& entity, bool keyed) {
    on(entity, "create/required-only", "positive", "create-minimal");
    on(entity, "create/everything", "positive", "create-full");
    on(entity, "create/unknown-member", "negative", "unknown-member");
    general(entity, "negative", "create/",
            {"malformed", "empty-body", "scalar-body", "nested-array", "media-type", "content-coding", "repeated-member", "uneven-rows"});
    general(entity, "boundary", "create/", {"deep", "huge"});
    if (keyed && entity.readable) {
      on(entity, "create/idempotent", "positive", "idempotent");
      on(entity, "create/idempotent-mismatch", "negative", "idempotent-mismatch");
      on(entity, "create/location", "positive", "create-location");
    }
    if (!is_single(system_, entity)) on(entity, "create/bulk", "positive", "bulk");
    upsert_cases(entity, keyed);
    unique_cases(entity);
    const std::set<std::string> checked = checked_fields(system_, entity);
    for (const ApiField& field : entity.fields) member_cases(entity, field, checked.contains(field.name));
  }

  /// By the key, which the request has to be able to send.
  void upsert_cases(const ApiEntity& entity, bool keyed) {
    const bool sent = std::all_of(entity.fields.begin(), entity.fields.end(), [](const ApiField& field) { return !field.key || field.creatable; });
    if (!keyed || !sent || !entity.readable || is_single(system_, entity)) return;
    on(entity, "create/ignore-duplicates", "positive", "ignore");
    const bool merges = std::all_of(audiences_.callers.begin(), audiences_.callers.end(), [&](const Caller& caller) {
      const Access access = audiences_.access(system_, caller, entity);
      return access.create == surface::Verdict::kNever || access.update == surface::Verdict::kAlways;
    });
    if (merges && !system_.entity(entity.entity).states) on(entity, "create/merge-duplicates", "positive", "merge");
  }

  void unique_cases(const ApiEntity& entity) {
    if (!entity.readable || !has_key(entity)) return;
    for (const ApiField& field : entity.fields) {
      if (!field.unique || !field.creatable || !field.readable || field.key) continue;
      on(entity, "create/taken/" + field.name, "negative", "taken", ",\"field\":" + json_text(field.name));
      if (is_single(system_, entity)) continue;
      on(entity, "create/all-or-nothing/" + field.name, "negative", "all-or-nothing", ",\"field\":" + json_text(field.name));
    }
  }

  void member_cases(const ApiEntity& entity, const ApiField& field, bool checked) {
    const std::string at = ",\"field\":" + json_text(field.name);
    if (!field.creatable) {
      if (field.computed || field.generated) {
        on(entity, "create/read-only/" + field.name, "negative", "create-refused",
           at + ",\"json\":" + (field.type.scalar == ir::Scalar::kBool ? "\"true\"" : "\"1\""));
      }
      return;
    }
    if (field.required) on(entity, "create/missing/" + field.name, "negative", "create-without", at);
    if (!field.references.empty()) {
      on(entity, "create/dangling/" + field.name, "negative", "dangling", at);
    }
    if (++writes_[kind_of(field)] > kFieldsOfAKind) {
      ++left_out_;
      return;
    }
    const bool state = is_state(system_, entity, field);
    for (const SuiteValue& value : suite_values(field)) value_case(entity, field, value, {checked, state});
  }

  struct FieldTraits {
    bool checked = false;
    bool state = false;
  };

  void value_case(const ApiEntity& entity, const ApiField& field, const SuiteValue& value, FieldTraits traits) {
    // The first state alone is a start; a unique number at its bound can be stored only once; a key leads to a row.
    const bool reference = !field.references.empty();
    if (value.accepted && (traits.state || reference || in_unique(system_, entity, field))) return;
    std::string more = ",\"field\":" + json_text(field.name) + ",\"json\":" + json_text(value.json);
    if (value.repeat != 0) more += fmt::format(",\"repeat\":{}", value.repeat);
    const std::string_view script = !value.accepted ? "create-refused" : traits.checked ? "create-perhaps" : "create-accepted";
    on(entity, fmt::format("create/{}/{}", field.name, value.name), value.kind, script, more);
    if (value.kind == "boundary" && !value.accepted && field.updatable && !traits.state) {
      on(entity, fmt::format("update/{}/{}", field.name, value.name), value.kind, "update-refused", more);
    }
  }

  void update_cases(const ApiEntity& entity, bool keyed) {
    on(entity, "update/without-filter", "negative", "update-without-filter");
    on(entity, "update/unknown-member", "negative", "update-unknown-member");
    on(entity, "update/array-body", "negative", "update-array-body");
    on(entity, "update/if-match-malformed", "negative", "if-match-malformed");
    if (!keyed || !entity.readable || !entity.creatable) return;
    on(entity, "update/nobody", "positive", "update-nobody");
    for (const ApiField& field : entity.fields) {
      const bool fit = field.updatable && field.readable && field.creatable && field.references.empty() && !field.key && comparable(field.type) &&
                       !is_state(system_, entity, field) && field.type.scalar != ir::Scalar::kEnum && field.type.scalar != ir::Scalar::kBool;
      if (!fit) continue;
      const std::string at = ",\"field\":" + json_text(field.name);
      on(entity, "update/by-key", "positive", "update", at);
      on(entity, "update/minimal", "positive", "update-minimal", at);
      on(entity, "update/if-match", "positive", "if-match", at);
      on(entity, "update/if-match-stale", "negative", "if-match-stale", at);
      break;
    }
  }

  void access_cases(const ApiEntity& entity, bool keyed) {
    for (const Caller& caller : audiences_.callers) {
      const Access access = audiences_.access(system_, caller, entity);
      const std::string as = ",\"as\":" + json_text(caller.name);
      const auto one = [&](std::string_view operation, surface::Verdict verdict, std::string_view script) {
        const std::string id = fmt::format("access/{}/{}", caller.name, operation);
        if (verdict == surface::Verdict::kNever) {
          on(entity, id, "authorisation", script, as);
        } else if (operation == "read") {
          on(entity, id, "authorisation", "allowed-read", as);
        }
      };
      one("read", access.read, "denied-read");
      one("create", access.create, "denied-create");
      one("update", access.update, "denied-update");
      one("delete", access.remove, "denied-delete");
      if (access.create == surface::Verdict::kAlways) on(entity, "access/" + caller.name + "/create", "authorisation", "allowed-create", as);
      if (access.read == surface::Verdict::kNever) continue;
      for (const std::string& name : audiences_.hidden(caller, entity)) {
        if (is_reserved(name)) continue;
        on(entity, fmt::format("hidden/{}/{}", caller.name, name), "authorisation", "hidden", as + ",\"field\":" + json_text(name));
      }
      if (keyed && entity.creatable && access.create != surface::Verdict::kNever && !caller.anonymous && audiences_.apart(system_, caller, entity)) {
        on(entity, "isolation/" + caller.name, "authorisation", "isolation", as);
      }
    }
  }

  void command_cases(const ApiCommand& command) {
    const std::string at = ",\"command\":" + json_text(command.name);
    const std::string stem = "rpc/" + command.name + "/";
    add(stem + "called", "positive", "call", at);
    add(stem + "get", "negative", "call-get", at);
    add(stem + "malformed", "negative", "call-malformed", at);
    add(stem + "unknown-member", "negative", "call-unknown-member", at);
    if (command.idempotent) add(stem + "without-key", "negative", "call-without-key", at);
    for (const Caller& caller : audiences_.callers) {
      if (surface::judge(system_.commands[command.command.index()].allow, caller.audience) != surface::Verdict::kNever) continue;
      add(stem + "access/" + caller.name, "authorisation", "call-denied", at + ",\"as\":" + json_text(caller.name));
    }
    for (const surface::ApiMember& member : command.input) {
      const std::string field = at + ",\"field\":" + json_text(member.name);
      if (!member.nullable) add(stem + "missing/" + member.name, "negative", "call-without", field);
      for (const SuiteValue& value : suite_values(field_of_member(api_, member))) {
        if (value.accepted) continue;
        std::string more = field + ",\"json\":" + json_text(value.json);
        if (value.repeat != 0) more += fmt::format(",\"repeat\":{}", value.repeat);
        add(stem + member.name + "/" + value.name, value.kind, "call-refused", more);
      }
    }
  }

  const Api& api_;
  const ir::System& system_;
  Audiences audiences_;
  std::map<std::string, std::size_t> reads_;
  std::map<std::string, std::size_t> writes_;
  std::size_t left_out_ = 0;
  bool in_full_ = true;
  std::string cases_;
};

}  // namespace

std::string print_contract_cases(const Api& api, const ir::System& system, const ir::Contract& contract, std::string_view openapi) {
  return SuitePrinter(api, system, contract).print(openapi);
}

void add_contract_suite(Files& files, const SiteInput& input) {
  constexpr std::string_view kFolder = "contract-tests/";
  for (const SiteContract& shown : input.contracts) {
    const std::string segment = file_segment(shown.contract->name);
    files.add(fmt::format("{}{}/cases.json", kFolder, segment), "application/json",
              print_contract_cases(shown.whole, *input.system, *shown.contract, "../../openapi/" + segment + ".json"),
              fmt::format("Contract and edge cases of {}", shown.contract->name));
  }
  files.add(fmt::format("{}run.mjs", kFolder), "text/javascript; charset=utf-8", std::string(contract_suite_runner()), "Runs the contract's cases");
  files.add(fmt::format("{}README.md", kFolder), "text/markdown; charset=utf-8", std::string(contract_suite_readme()),
            "How to run the contract's cases");
}

}  // namespace kingpost::emit
