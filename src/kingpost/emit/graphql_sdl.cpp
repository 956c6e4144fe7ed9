#include "kingpost/emit/graphql_sdl.hpp"

#include <fmt/format.h>

#include <set>

#include "kingpost/base/text.hpp"
#include "kingpost/emit/graphql_names.hpp"
#include "kingpost/emit/schemas.hpp"

namespace kingpost::emit {

using surface::Api;
using surface::ApiCommand;
using surface::ApiEntity;
using surface::ApiField;
using surface::ApiMember;
using surface::ApiRelation;

namespace {

constexpr std::string_view kListArguments = "where: {0}BoolExp, order_by: [{0}OrderBy!], limit: Int, offset: Int";
constexpr std::string_view kPageArguments = "first: Int, after: String, last: Int, before: String, where: {0}BoolExp, order_by: [{0}OrderBy!]";

/// What every schema holds beside the model's own types.
constexpr std::string_view kPreamble = R"(
"The order of one column; without a word on nulls they come last ascending and first descending."
enum OrderBy {
  asc
  asc_nulls_first
  asc_nulls_last
  desc
  desc_nulls_first
  desc_nulls_last
}

"What an insert does with a row that is there already."
enum ConflictResolution {
  merge_duplicates
  ignore_duplicates
}

"The unique constraint that an insert may meet; without columns the key."
input OnConflict {
  columns: [String!]
  resolution: ConflictResolution!
}
)";

constexpr std::string_view kRelay = R"(
"What Relay refetches by a global id."
interface Node {
  "Opaque; the same for the same row in every answer."
  id: ID!
}

type PageInfo {
  hasNextPage: Boolean!
  hasPreviousPage: Boolean!
  startCursor: String
  endCursor: String
}
)";

enum class Position : std::uint8_t { kOutput, kInput };

class Printer {
 public:
  explicit Printer(const Api& api) : api_(api), names_(api) {}

  std::string print() {
    for (const ApiEntity& entity : api_.entities) {
      const GraphqlEntity& named = names_.of(entity);
      relay_ = relay_ || !named.node.empty();
      roots(entity, named);
    }
    for (const ApiCommand& command : api_.commands) {
      command_root(command);
      for (const surface::ApiRecord* record : reached_records(api_, command.input)) requested_.insert(record);
    }
    for (const ApiEntity& entity : api_.entities) types(entity, names_.of(entity));
    for (const ApiCommand& command : api_.commands) command_types(command);
    for (const surface::ApiRecord& record : api_.records) record_types(record);
    for (const surface::ApiEnum& one : api_.enums) enumeration(one);
    comparisons();
    return head() + body_;
  }

 private:
  // --- parts

  static std::string quoted(std::string_view text) {
    std::string out;
    // A string of JSON is one of SDL.
    append_json_string(out, text);
    return out;
  }

  void describe(std::string_view text, std::string_view indent = "") {
    if (!text.empty()) body_ += fmt::format("{}{}\n", indent, quoted(text));
  }

  [[nodiscard]] std::string deprecated() const {
    if (api_.deprecated.empty()) return "";
    std::string reason = fmt::format("The contract {} is deprecated since {}", api_.contract, api_.deprecated);
    if (!api_.sunset.empty()) reason += fmt::format(" and ends on {}", api_.sunset);
    return fmt::format(" @deprecated(reason: {})", quoted(reason + "."));
  }

  std::string type_of(const ir::LogicalType& type, Position position) {
    if (type.scalar == ir::Scalar::kList) return type.element == nullptr ? "[JSON!]" : fmt::format("[{}!]", type_of(*type.element, position));
    if (type.scalar == ir::Scalar::kEnum && type.enumeration.valid()) return names_.enumeration(type.enumeration);
    if (type.scalar == ir::Scalar::kRecord) {
      const surface::ApiRecord* record = api_.find(type.record);
      if (record != nullptr && !record->members.empty()) return names_.record(*record) + (position == Position::kInput ? "Input" : "");
    }
    const GraphqlScalar* scalar = graphql_scalar(type.scalar);
    if (scalar == nullptr) scalar = graphql_scalar(ir::Scalar::kJson);
    scalars_.insert(scalar);
    return std::string(scalar->name);
  }

  std::string compared(const ApiField& field) {
    if (field.type.scalar == ir::Scalar::kList) {
      lists_ = true;
      scalars_.insert(graphql_scalar(ir::Scalar::kJson));
      return "ListComparisonExp";
    }
    const std::string type = type_of(field.type, Position::kInput);
    if (field.type.scalar != ir::Scalar::kEnum) {
      const GraphqlScalar* scalar = graphql_scalar(field.type.scalar);
      compared_.insert(scalar != nullptr ? scalar : graphql_scalar(ir::Scalar::kJson));
    }
    return type + "ComparisonExp";
  }

  // --- roots

  static void line(std::string& out, std::string_view text, std::string_view about) { out += fmt::format("  {}\n  {}\n", quoted(about), text); }

  std::string key_arguments(const GraphqlEntity& named) {
    std::string out;
    for (const ApiField* field : named.key) {
      out += fmt::format("{}{}: {}!", out.empty() ? "" : ", ", field->graphql, type_of(field->type, Position::kInput));
    }
    return out;
  }

  void roots(const ApiEntity& entity, const GraphqlEntity& named) {
    const std::string mark = deprecated();
    if (named.readable) {
      const std::string list = fmt::format("{}({}): [{}!]!{}", named.root, fmt::format(kListArguments, named.type), named.type, mark);
      line(query_, list, fmt::format("Rows of {}.", entity.name));
      line(subscription_, list, fmt::format("Rows of {}, again whenever they change.", entity.name));
    }
    if (!named.key.empty()) {
      const std::string one = fmt::format("{}({}): {}{}", named.by_pk, key_arguments(named), named.type, mark);
      line(query_, one, fmt::format("The row of {} with this key.", entity.name));
      line(subscription_, one, fmt::format("The row of {} with this key, again whenever it changes.", entity.name));
      line(query_, fmt::format("{}({}): {}Connection!{}", named.connection_root, fmt::format(kPageArguments, named.type), named.type, mark),
           fmt::format("Rows of {} by pages, for Relay.", entity.name));
    }
    writes(entity, named, mark);
  }

  void writes(const ApiEntity& entity, const GraphqlEntity& named, const std::string& mark) {
    const std::string result = fmt::format("{}MutationResponse!{}", named.type, mark);
    const auto add = [this](const std::string& name, const std::string& rest, std::string_view about) {
      line(mutation_, names_.mutation(name) + rest, about);
    };
    if (named.insertable) {
      add("insert_" + named.root,
          fmt::format("(objects: [{}InsertInput!]!, on_conflict: OnConflict, idempotency_key: String): {}", named.type, result),
          fmt::format("Inserts rows of {}, all or none.", entity.name));
      if (named.readable) {
        add(fmt::format("insert_{}_one", named.root),
            fmt::format("(object: {0}InsertInput!, on_conflict: OnConflict, idempotency_key: String): {0}{1}", named.type, mark),
            fmt::format("Inserts one row of {}.", entity.name));
      }
    }
    if (named.updatable) {
      add("update_" + named.root, fmt::format("(where: {0}BoolExp!, _set: {0}SetInput!, idempotency_key: String): {1}", named.type, result),
          fmt::format("Changes the rows of {} that `where` selects; an empty one is refused.", entity.name));
      if (!named.key.empty()) {
        add(fmt::format("update_{}_by_pk", named.root),
            fmt::format("(pk_columns: {0}PkInput!, _set: {0}SetInput!, if_match: String, idempotency_key: String): {0}{1}", named.type, mark),
            fmt::format("Changes one row of {}; with `if_match` only in that version.", entity.name));
      }
    }
    if (named.removable) {
      add("delete_" + named.root, fmt::format("(where: {0}BoolExp!, idempotency_key: String): {1}", named.type, result),
          fmt::format("Deletes the rows of {} that `where` selects; an empty one is refused.", entity.name));
      if (!named.key.empty()) {
        add(fmt::format("delete_{}_by_pk", named.root),
            fmt::format("(pk_columns: {0}PkInput!, if_match: String, idempotency_key: String): {0}{1}", named.type, mark),
            fmt::format("Deletes one row of {} and answers it.", entity.name));
      }
    }
  }

  void command_root(const ApiCommand& command) {
    const std::string& type = names_.of(command);
    std::string arguments;
    if (!command.input.empty()) arguments = fmt::format("input: {}Input!, ", type);
    arguments += command.idempotent ? "idempotency_key: String!" : "idempotency_key: String";
    std::string about = command.summary.empty() ? fmt::format("The command {}.", command.name) : command.summary;
    for (const auto& [code, message] : command.errors) about += fmt::format(" Error {}: {}", code, message);
    line(mutation_, fmt::format("{}({}): {}Payload!{}", names_.mutation(surface::graphql_case(command.name)), arguments, type, deprecated()), about);
  }

  // --- types of entities

  void types(const ApiEntity& entity, const GraphqlEntity& named) {
    if (named.readable) {
      row(entity, named);
      filter_types(entity, named);
    }
    if (!named.node.empty()) node(entity, named);
    if (named.insertable)
      input(
          entity, named.type + "InsertInput", [](const ApiField& one) { return one.creatable; }, true);
    if (named.updatable)
      input(
          entity, named.type + "SetInput", [](const ApiField& one) { return one.updatable; }, false);
    if (!named.key.empty() && (named.updatable || named.removable)) {
      body_ += fmt::format("\ninput {}PkInput {{\n", named.type);
      for (const ApiField* field : named.key) body_ += fmt::format("  {}: {}!\n", field->graphql, type_of(field->type, Position::kInput));
      body_ += "}\n";
    }
    if (named.insertable || named.updatable || named.removable) {
      body_ += fmt::format("\ntype {}MutationResponse {{\n  affected_rows: Int!\n", named.type);
      if (named.readable) body_ += fmt::format("  returning: [{}!]!\n", named.type);
      if (!named.node.empty()) body_ += fmt::format("  nodes: [{}!]!\n", named.node);
      body_ += "}\n";
    }
  }

  void field_line(const ApiField& field, const std::string& name) {
    describe(field.summary, "  ");
    const bool nullable = field.nullable || field.conditional;
    body_ += fmt::format("  {}: {}{}\n", name, type_of(field.type, Position::kOutput), nullable ? "" : "!");
  }

  void row(const ApiEntity& entity, const GraphqlEntity& named) {
    body_ += '\n';
    describe(entity.summary);
    body_ += fmt::format("type {} {{\n", named.type);
    for (const ApiField& field : entity.fields) {
      if (field.readable) field_line(field, field.graphql);
    }
    for (const ApiRelation& relation : entity.relations) {
      const ApiEntity* target = names_.readable(relation.target);
      if (target == nullptr) continue;
      const std::string& type = names_.of(*target).type;
      if (relation.many) {
        body_ += fmt::format("  {}({}): [{}!]!\n", relation.graphql, fmt::format(kListArguments, type), type);
      } else {
        // Also where the reference is never null: its target may be hidden from this caller.
        body_ += fmt::format("  {}: {}\n", relation.graphql, type);
      }
    }
    body_ += "}\n";
  }

  void node(const ApiEntity& entity, const GraphqlEntity& named) {
    surface::NameTable members;
    for (const ApiField& field : entity.fields) members.claim(field.graphql);
    for (const ApiRelation& relation : entity.relations) members.claim(relation.graphql);
    const std::string own_id = members.claim("row_id");
    body_ += '\n';
    describe(entity.summary);
    body_ += fmt::format("type {} implements Node {{\n  id: ID!\n", named.node);
    for (const ApiField& field : entity.fields) {
      if (field.readable) field_line(field, field.graphql == "id" ? own_id : field.graphql);
    }
    for (const ApiRelation& relation : entity.relations) {
      const ApiEntity* target = names_.readable(relation.target);
      if (target == nullptr || names_.of(*target).node.empty() || relation.graphql == "id") continue;
      const GraphqlEntity& other = names_.of(*target);
      if (relation.many) {
        body_ += fmt::format("  {}({}): {}Connection!\n", relation.graphql, fmt::format(kPageArguments, other.type), other.type);
      } else {
        body_ += fmt::format("  {}: {}\n", relation.graphql, other.node);
      }
    }
    body_ += fmt::format("}}\n\ntype {}Edge {{\n  cursor: String!\n  node: {}\n}}\n", named.type, named.node);
    body_ += fmt::format("\ntype {0}Connection {{\n  edges: [{0}Edge!]!\n  pageInfo: PageInfo!\n}}\n", named.type);
  }

  void filter_types(const ApiEntity& entity, const GraphqlEntity& named) {
    body_ += fmt::format("\ninput {0}BoolExp {{\n  _and: [{0}BoolExp!]\n  _or: [{0}BoolExp!]\n  _not: {0}BoolExp\n", named.type);
    std::string orders;
    for (const ApiField& field : entity.fields) {
      if (!field.readable || is_operator(field.graphql)) continue;
      body_ += fmt::format("  {}: {}\n", field.graphql, compared(field));
      const GraphqlScalar* scalar = graphql_scalar(field.type.scalar);
      if (field.type.scalar == ir::Scalar::kEnum || (scalar != nullptr && (scalar->ordered || field.type.scalar == ir::Scalar::kBool))) {
        orders += fmt::format("  {}: OrderBy\n", field.graphql);
      }
    }
    for (const ApiRelation& relation : entity.relations) {
      const ApiEntity* target = names_.readable(relation.target);
      if (target == nullptr || is_operator(relation.graphql)) continue;
      const std::string& type = names_.of(*target).type;
      body_ += fmt::format("  {}: {}BoolExp\n", relation.graphql, type);
      if (!relation.many) orders += fmt::format("  {}: {}OrderBy\n", relation.graphql, type);
    }
    body_ += "}\n";
    if (orders.empty()) orders = "  _none: OrderBy\n";
    body_ += fmt::format("\n\"One column an entry; the list is the order.\"\ninput {}OrderBy {{\n{}}}\n", named.type, orders);
  }

  static bool is_operator(const std::string& name) { return name == "_and" || name == "_or" || name == "_not"; }

  template <class Shown>
  void input(const ApiEntity& entity, const std::string& name, Shown shown, bool create) {
    body_ += fmt::format("\ninput {} {{\n", name);
    for (const ApiField& field : entity.fields) {
      if (!shown(field)) continue;
      describe(field.summary, "  ");
      body_ += fmt::format("  {}: {}{}\n", field.graphql, type_of(field.type, Position::kInput), create && field.required ? "!" : "");
    }
    body_ += "}\n";
  }

  // --- commands, named types, enums

  void members(const std::vector<ApiMember>& all, Position position) {
    for (const ApiMember& member : all) {
      if (!member.references.empty()) describe(fmt::format("Key of {}.", member.references), "  ");
      body_ += fmt::format("  {}: {}{}\n", member.graphql, type_of(member.type, position), member.nullable ? "" : "!");
    }
  }

  void command_types(const ApiCommand& command) {
    const std::string& type = names_.of(command);
    if (!command.input.empty()) {
      body_ += fmt::format("\ninput {}Input {{\n", type);
      members(command.input, Position::kInput);
      body_ += "}\n";
    }
    body_ +=
        fmt::format("\ntype {}Payload {{\n  \"True where the command did its work; its errors come as GraphQL errors.\"\n  done: Boolean!\n", type);
    if (const ApiEntity* returned = names_.readable(command.returns)) {
      const GraphqlEntity& named = names_.of(*returned);
      body_ += fmt::format("  \"As far as the caller may read it.\"\n  row: {}\n", named.type);
      if (!named.node.empty()) body_ += fmt::format("  node: {}\n", named.node);
    }
    body_ += "}\n";
  }

  void record_types(const surface::ApiRecord& record) {
    if (record.members.empty()) return;
    const std::string name = names_.record(record);
    // Events travel elsewhere; a type that only they hold is no part of this schema.
    if (!requested_.contains(&record)) return;
    body_ += fmt::format("\ninput {}Input {{\n", name);
    members(record.members, Position::kInput);
    body_ += "}\n";
  }

  void enumeration(const surface::ApiEnum& one) {
    const std::string name = names_.enumeration(one.enumeration);
    surface::NameTable values;
    for (const char* word : {"true", "false", "null"}) values.claim(word);
    body_ += fmt::format("\nenum {} {{\n", name);
    for (const std::string& value : one.values) {
      const std::string legal = values.claim(surface::graphql_case(value));
      if (legal != value) describe(fmt::format("The value `{}`.", value), "  ");
      body_ += fmt::format("  {}\n", legal);
    }
    body_ += "}\n";
    body_ += fmt::format("\ninput {0}ComparisonExp {{\n  _eq: {0}\n  _neq: {0}\n  _in: [{0}!]\n  _nin: [{0}!]\n  _is_null: Boolean\n}}\n", name);
  }

  void comparisons() {
    for (const ir::Scalar one :
         {ir::Scalar::kBool, ir::Scalar::kInt32, ir::Scalar::kFloat, ir::Scalar::kString, ir::Scalar::kInt64, ir::Scalar::kDecimal, ir::Scalar::kUuid,
          ir::Scalar::kDate, ir::Scalar::kTime, ir::Scalar::kTimestamp, ir::Scalar::kDuration, ir::Scalar::kJson, ir::Scalar::kBytes}) {
      const GraphqlScalar* scalar = graphql_scalar(one);
      if (compared_.contains(scalar)) comparison(*scalar, one);
    }
    if (lists_) {
      body_ += "\ninput ListComparisonExp {\n  _contains: [JSON!]\n  _contained_in: [JSON!]\n  _overlaps: [JSON!]\n  _is_null: Boolean\n}\n";
    }
  }

  void comparison(const GraphqlScalar& scalar, ir::Scalar kind) {
    body_ += fmt::format("\ninput {0}ComparisonExp {{\n  _eq: {0}\n  _neq: {0}\n  _is_null: Boolean\n", scalar.name);
    if (kind != ir::Scalar::kBool && kind != ir::Scalar::kJson) body_ += fmt::format("  _in: [{0}!]\n  _nin: [{0}!]\n", scalar.name);
    if (scalar.ordered) body_ += fmt::format("  _gt: {0}\n  _gte: {0}\n  _lt: {0}\n  _lte: {0}\n", scalar.name);
    if (kind == ir::Scalar::kString) body_ += "  _like: String\n  _ilike: String\n  _regex: String\n";
    if (kind == ir::Scalar::kJson) body_ += "  _contains: JSON\n  _contained_in: JSON\n";
    body_ += "}\n";
  }

  // --- the head

  [[nodiscard]] std::string head() const {
    std::string about = fmt::format("{} {}, contract {}.", api_.system, "over GraphQL", api_.contract);
    if (!api_.summary.empty()) about += " " + api_.summary;
    about += " Designed: this version serves REST.";
    std::string out = fmt::format("{}\nschema {{\n  query: Query\n", quoted(about));
    if (!mutation_.empty()) out += "  mutation: Mutation\n";
    if (!subscription_.empty()) out += "  subscription: Subscription\n";
    out += "}\n\ntype Query {\n";
    if (relay_) out += "  \"The row behind a global id, if the caller may read it.\"\n  node(id: ID!): Node\n";
    out += query_.empty() ? "  \"Nothing can be read; the contract's name.\"\n  _contract: String!\n" : query_;
    out += "}\n";
    if (!mutation_.empty()) out += "\ntype Mutation {\n" + mutation_ + "}\n";
    if (!subscription_.empty()) out += "\n\"Live queries: the answer comes again when it changes.\"\ntype Subscription {\n" + subscription_ + "}\n";
    for (const GraphqlScalar* scalar : custom_graphql_scalars()) {
      if (!scalars_.contains(scalar)) continue;
      out += fmt::format("\n{}\nscalar {} @specifiedBy(url: {})\n", quoted(scalar->description), scalar->name, quoted(scalar->specification));
    }
    out += kPreamble;
    if (relay_) out += kRelay;
    return out;
  }

  const Api& api_;
  GraphqlNames names_;
  std::string query_;
  std::string mutation_;
  std::string subscription_;
  std::string body_;
  std::set<const GraphqlScalar*> scalars_;         ///< only asked, never walked
  std::set<const GraphqlScalar*> compared_;        ///< the same
  std::set<const surface::ApiRecord*> requested_;  ///< and this
  bool lists_ = false;
  bool relay_ = false;
};

}  // namespace

std::string print_graphql(const Api& api) { return Printer(api).print(); }

}  // namespace kingpost::emit
