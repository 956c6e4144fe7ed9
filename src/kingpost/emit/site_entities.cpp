#include <fmt/format.h>

#include <algorithm>

#include "kingpost/emit/html.hpp"
#include "kingpost/emit/site_parts.hpp"

namespace kingpost::emit {

namespace {

bool holds(const std::vector<ir::FieldId>& fields, ir::FieldId field) { return std::find(fields.begin(), fields.end(), field) != fields.end(); }

std::string columns_of(const ir::Entity& entity, const std::vector<ir::FieldId>& fields) {
  std::string out;
  for (const ir::FieldId id : fields) out += (out.empty() ? "" : ", ") + entity.field(id).column;
  return out;
}

std::string parts_of(const ir::Entity& entity, const std::vector<ir::IndexPart>& parts) {
  std::string out;
  for (const ir::IndexPart& part : parts) out += (out.empty() ? "" : ", ") + entity.field(part.field).column + (part.descending ? " desc" : "");
  return out;
}

std::string_view generated_text(ir::Generated generated) {
  switch (generated) {
    case ir::Generated::kNo:
      return "";
    case ir::Generated::kUuidV7:
      return "UUIDv7 when absent";
    case ir::Generated::kCreatedAt:
      return "set at insert";
    case ir::Generated::kUpdatedAt:
      return "set at every write";
    case ir::Generated::kAutoIncrement:
      return "numbered by the database";
    case ir::Generated::kVersion:
      return "counts updates; the ETag";
  }
  return "";
}

std::string_view on_delete_text(ir::OnDelete action) {
  switch (action) {
    case ir::OnDelete::kNoAction:
      return "no action";
    case ir::OnDelete::kRestrict:
      return "restrict";
    case ir::OnDelete::kCascade:
      return "cascade";
    case ir::OnDelete::kSetNull:
      return "set null";
    case ir::OnDelete::kSetDefault:
      return "set default";
  }
  return "";
}

/// Writes one entity.
class EntityWriter {
 public:
  EntityWriter(Page& page, const SiteInput& input, const ir::Entity& entity) : page_(page), input_(input), system_(*input.system), entity_(entity) {}

  void write() {
    page_.raw(fmt::format("<article id=\"{}\"{}>\n<h2><a class=\"self\" href=\"#{}\">{}</a>", entity_anchor(entity_.name),
                          findable("entity", entity_.name), entity_anchor(entity_.name), escape_html(entity_.name)));
    badges();
    page_.raw("</h2>\n");
    if (!entity_.summary.empty()) page_.element("p", entity_.summary);
    fields();
    relations();
    constraints();
    indexes();
    access();
    states();
    page_.raw("</article>\n");
  }

 private:
  void badges() {
    page_.raw("<span class=\"badges\">");
    if (entity_.service.valid()) page_.raw(badge(system_.services[entity_.service.index()].name));
    if (entity_.built_in) page_.raw(badge("built in"));
    if (entity_.tenanted) page_.raw(badge("per tenant"));
    if (entity_.audit) page_.raw(badge("audited"));
    if (entity_.view) page_.raw(badge("view, read-only"));
    if (entity_.growth && entity_.growth->rows > 0) page_.raw(badge(grouped(entity_.growth->rows) + " rows"));
    if (entity_.growth && entity_.growth->per_day > 0) page_.raw(badge(grouped(static_cast<std::int64_t>(entity_.growth->per_day)) + " rows a day"));
    if (entity_.growth && entity_.growth->keep_days > 0) page_.raw(badge(fmt::format("kept {} days", entity_.growth->keep_days)));
    if (entity_.cache) page_.raw(badge("cached " + duration_text(entity_.cache->ttl_ms)));
    page_.raw("</span>");
  }

  [[nodiscard]] std::string rules(const ir::Field& field) const {
    std::vector<std::string> parts;
    const auto add = [&parts](std::string part) { parts.push_back(std::move(part)); };
    if (!field.stored()) add("computed " + code(expression_text(field.computed)));
    if (field.stored() && field.nullable) add("optional");
    if (field.unique) add("unique");
    if (field.search) add("searched");
    if (field.min) add("at least " + escape_html(print_decimal(*field.min)));
    if (field.max) add("at most " + escape_html(print_decimal(*field.max)));
    if (field.default_value != nullptr) add("default " + code(expression_text(field.default_value)));
    if (!field.default_sql.empty()) add("default " + code(field.default_sql));
    if (field.generated != ir::Generated::kNo) add(std::string(generated_text(field.generated)));
    if (field.sensitivity == ir::Sensitivity::kPersonal) add("<strong>personal data</strong>");
    if (field.sensitivity == ir::Sensitivity::kSecret) add("<strong>secret</strong>");
    if (field.encrypted) add("encrypted");
    if (!field.external.empty()) add("key of " + escape_html(field.external) + ", in another service");
    if (field.relation.valid()) add("refers to " + entity_link(system_, system_.relation(field.relation).to));
    if (field.read_policy != nullptr) add("read: " + who(field.read_policy));
    if (field.write_policy != nullptr) add("write: " + who(field.write_policy));
    std::string out;
    for (const std::string& part : parts) out += (out.empty() ? "" : " · ") + part;
    return out;
  }

  void fields() {
    page_.open_table("Fields of " + entity_.name, {"Field", "Type", "Rules"});
    for (std::uint32_t at = 0; at < entity_.fields.size(); ++at) {
      const ir::Field& field = entity_.fields[at];
      const std::string name = entity_.name + "." + field.name;
      page_.raw(fmt::format("<tr id=\"field-{}-{}\"{}><th scope=\"row\">{}", file_segment(entity_.name), file_segment(field.name),
                            findable("field", name), code(field.column)));
      if (holds(entity_.key, ir::FieldId{at})) page_.raw(" <abbr class=\"key\" title=\"primary key\">PK</abbr>");
      if (field.relation.valid()) page_.raw(" <abbr class=\"key\" title=\"foreign key\">FK</abbr>");
      page_.raw(fmt::format("</th><td>{}</td><td>", code(type_text(system_, field.type))));
      if (!field.summary.empty()) page_.raw(fmt::format("<span class=\"summary\">{}</span> ", escape_html(field.summary)));
      page_.raw(rules(field) + "</td></tr>\n");
    }
    page_.close_table();
  }

  [[nodiscard]] std::string cardinality(const ir::Relation& relation) const {
    switch (relation.kind) {
      case ir::RelationKind::kToOne:
        return relation.nullable || relation.reverse ? "to one, or none" : "to one";
      case ir::RelationKind::kToMany:
        return "to many";
      case ir::RelationKind::kManyToMany:
        return "to many, through " + entity_link(system_, relation.through);
    }
    return "";
  }

  void relations() {
    if (entity_.relations.empty()) return;
    page_.raw("<h3>Relations</h3>\n");
    page_.open_table("Relations of " + entity_.name, {"Embed", "Target", "Cardinality", "Columns", "On delete"});
    for (const ir::RelationId id : entity_.relations) {
      const ir::Relation& relation = system_.relation(id);
      const bool holder = relation.kind == ir::RelationKind::kToOne && !relation.reverse;
      const std::string joined =
          fmt::format("{} → {}", columns_of(entity_, relation.from_fields), columns_of(system_.entity(relation.to), relation.to_fields));
      page_.raw(fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n", code(relation.name),
                            entity_link(system_, relation.to), cardinality(relation), relation.through.valid() ? "" : code(joined),
                            holder ? on_delete_text(relation.on_delete) : ""));
    }
    page_.close_table();
  }

  void constraints() {
    if (entity_.checks.empty() && entity_.uniques.empty()) return;
    page_.raw("<h3>Constraints</h3>\n<ul class=\"plain\">\n");
    for (const ir::Unique& unique : entity_.uniques) {
      page_.raw(fmt::format("<li>{} unique: {}</li>\n", code(unique.name), code(columns_of(entity_, unique.fields))));
    }
    for (const ir::Check& check : entity_.checks) {
      page_.raw(
          fmt::format("<li>{} check: {}</li>\n", code(check.name), code(check.condition != nullptr ? expression_text(check.condition) : check.sql)));
    }
    page_.raw("</ul>\n");
  }

  void indexes() {
    if (entity_.indexes.empty()) return;
    page_.raw("<h3>Indexes</h3>\n");
    page_.open_table("Indexes of " + entity_.name, {"Index", "Columns", "Why"});
    for (const ir::Index& index : entity_.indexes) {
      const std::string reason = index.reason.empty() && index.is_explicit ? "written in the model" : index.reason;
      page_.raw(fmt::format("<tr><th scope=\"row\">{}</th><td>{}{}</td><td>{}</td></tr>\n", code(index.name), code(parts_of(entity_, index.parts)),
                            index.unique ? " unique" : "", escape_html(reason)));
    }
    page_.close_table();
  }

  void access() {
    page_.raw("<h3>Access</h3>\n");
    const ir::Access& rules = entity_.access;
    if (rules.engine_only || (rules.read == nullptr && rules.create == nullptr && rules.update == nullptr && rules.remove == nullptr)) {
      page_.raw(rules.engine_only ? "<p>Nobody but the engine’s own commands.</p>\n"
                                  : "<p>Nobody: the model allows nothing, and what is not allowed is denied.</p>\n");
      return;
    }
    page_.raw("<dl class=\"policies\">\n");
    const auto line = [this](std::string_view name, const cel::ExprPtr& policy) {
      page_.raw(fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", name, who(policy)));
    };
    line("read", rules.read);
    line("create", rules.create);
    line("update", rules.update);
    line("delete", rules.remove);
    page_.raw("</dl>\n");
  }

  void states() {
    if (!entity_.states) return;
    const ir::StateMachine& machine = *entity_.states;
    page_.raw("<h3>States</h3>\n");
    page_.raw(
        fmt::format("<p>{} starts as {}; only commands and sagas move it.</p>\n", code(entity_.field(machine.field).column), code(machine.initial)));
    page_.open_table("State moves of " + entity_.name, {"Move", "From", "To"});
    for (const ir::StateMove& move : machine.moves) {
      std::string from;
      for (const std::string& state : move.from) from += (from.empty() ? "" : ", ") + state;
      page_.raw(fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td></tr>\n", code(move.name), code(from), code(move.to)));
    }
    page_.close_table();
    if (const SiteDiagram* diagram = find_diagram(input_, "states-" + file_segment(entity_.name))) write_figure(page_, *diagram);
  }

  Page& page_;
  const SiteInput& input_;
  const ir::System& system_;
  const ir::Entity& entity_;
};

}  // namespace

void write_entities(Page& page, const SiteInput& input) {
  page.open_section("entities", "Entities",
                    "What the system keeps: fields, relations, constraints, indexes with the reason each exists, and who may touch it.");
  for (const ir::Entity& entity : input.system->entities) EntityWriter(page, input, entity).write();
  page.close_section();
}

}  // namespace kingpost::emit
