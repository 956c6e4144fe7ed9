#include <fmt/format.h>

#include <array>

#include "kingpost/emit/html.hpp"
#include "kingpost/emit/site_parts.hpp"

namespace kingpost::emit {

namespace {

struct Column {
  std::string name;
  surface::Audience audience;
};

std::vector<Column> columns_of(const ir::System& system) {
  std::vector<Column> out;
  out.push_back({"anonymous", {.whole = false, .anonymous = true, .roles = {}}});
  out.push_back({"signed in", {.whole = false, .anonymous = false, .roles = {}}});
  for (const ir::Role& role : system.roles) out.push_back({role.name, {.whole = false, .anonymous = false, .roles = role.implies}});
  return out;
}

std::string mark(std::string_view letter, std::string_view operation, surface::Verdict verdict) {
  switch (verdict) {
    case surface::Verdict::kAlways:
      return fmt::format(
          "<span class=\"mark yes\" title=\"{0}: every row\"><span aria-hidden=\"true\">{1}</span><span class=\"hidden\">{0} every row; "
          "</span></span>",
          operation, letter);
    case surface::Verdict::kDepends:
      return fmt::format(
          "<span class=\"mark some\" title=\"{0}: rows that the policy allows\"><span aria-hidden=\"true\">{1}</span><span class=\"hidden\">{0} "
          "some rows; </span></span>",
          operation, letter);
    case surface::Verdict::kNever:
      break;
  }
  return fmt::format("<span class=\"mark no\" title=\"{}: never\" aria-hidden=\"true\">–</span>", operation);
}

std::string cell(const ir::Access& access, const surface::Audience& audience) {
  std::string out;
  bool any = false;
  const auto add = [&](std::string_view letter, std::string_view operation, const cel::ExprPtr& policy) {
    const surface::Verdict verdict = access.engine_only ? surface::Verdict::kNever : surface::judge(policy, audience);
    any = any || verdict != surface::Verdict::kNever;
    out += mark(letter, operation, verdict);
  };
  add("R", "read", access.read);
  add("C", "create", access.create);
  add("U", "update", access.update);
  add("D", "delete", access.remove);
  return any ? out : out + "<span class=\"hidden\">nothing</span>";
}

}  // namespace

namespace {

std::string verdict_mark(std::string_view letter, std::string_view operation, const cel::ExprPtr& policy, const surface::Audience& audience) {
  return policy == nullptr ? std::string() : mark(letter, operation, surface::judge(policy, audience));
}

/// Fields with rules of their own: what the entity allows is narrowed by them.
void write_field_rules(Page& page, const ir::System& system, const std::vector<Column>& columns, const std::vector<std::string_view>& heads) {
  bool any = false;
  for (const ir::Entity& entity : system.entities) {
    for (const ir::Field& field : entity.fields) {
      if (field.read_policy == nullptr && field.write_policy == nullptr) continue;
      if (!any) {
        page.raw(
            "<h2>Fields with rules of their own</h2>\n<p>They narrow what the entity allows: a value that may not be read is null or absent.</p>\n");
        page.open_table("Field rules", heads);
      }
      any = true;
      page.raw(fmt::format("<tr><th scope=\"row\"><a href=\"#field-{}-{}\">{}</a></th>", file_segment(entity.name), file_segment(field.name),
                           escape_html(entity.name + "." + field.name)));
      for (const Column& column : columns) {
        page.raw(fmt::format("<td class=\"marks\">{}{}</td>", verdict_mark("R", "read", field.read_policy, column.audience),
                             verdict_mark("W", "write", field.write_policy, column.audience)));
      }
      page.raw("</tr>\n");
    }
  }
  if (any) page.close_table();
}

void write_command_rules(Page& page, const ir::System& system, const std::vector<Column>& columns, std::vector<std::string_view> heads) {
  if (system.commands.empty()) return;
  heads.front() = "Command";
  page.raw("<h2>Commands</h2>\n");
  page.open_table("Who may run commands", heads);
  for (const ir::Command& command : system.commands) {
    page.raw(fmt::format("<tr><th scope=\"row\"><a href=\"#{}\">{}</a></th>", command_anchor(command.name), escape_html(command.name)));
    const bool engine = expression_text(command.allow) == "system";
    for (const Column& column : columns) {
      const surface::Verdict verdict = engine ? surface::Verdict::kNever : surface::judge(command.allow, column.audience);
      page.raw(fmt::format("<td class=\"marks\">{}{}</td>", mark("X", "run", verdict),
                           verdict == surface::Verdict::kNever ? "<span class=\"hidden\">never</span>" : ""));
    }
    page.raw("</tr>\n");
  }
  page.close_table();
}

}  // namespace

void write_access(Page& page, const SiteInput& input) {
  const ir::System& system = *input.system;
  page.open_section("access", "Permissions", "What each role can do with the rows of each entity. What is not allowed is denied.");
  page.raw(
      "<p class=\"legend\"><span class=\"mark yes\" aria-hidden=\"true\">R</span> every row <span class=\"mark some\" aria-hidden=\"true\">R</span> "
      "rows that the "
      "policy allows <span class=\"mark no\" aria-hidden=\"true\">–</span> never. Read, Create, Update, Delete.</p>\n");
  const std::vector<Column> columns = columns_of(system);
  std::vector<std::string_view> heads = {"Entity"};
  for (const Column& column : columns) heads.push_back(column.name);
  page.open_table("Permissions", heads);
  for (const ir::Entity& entity : system.entities) {
    page.raw(fmt::format("<tr><th scope=\"row\">{}</th>", entity_link(system, entity.id)));
    for (const Column& column : columns) page.raw(fmt::format("<td class=\"marks\">{}</td>", cell(entity.access, column.audience)));
    page.raw("</tr>\n");
  }
  page.close_table();
  heads.front() = "Field";
  write_field_rules(page, system, columns, heads);
  write_command_rules(page, system, columns, heads);
  if (!system.policies.empty()) {
    page.raw("<h2>Named policies</h2>\n");
    page.open_table("Named policies", {"Policy", "Condition"});
    for (const ir::NamedPolicy& policy : system.policies) {
      page.raw(fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td></tr>\n", code(policy.name), code(policy.text)));
    }
    page.close_table();
  }
  page.close_section();
}

}  // namespace kingpost::emit
