#include <fmt/format.h>

#include "kingpost/emit/html.hpp"
#include "kingpost/emit/site_parts.hpp"

namespace kingpost::emit {

namespace {

std::string names(const surface::ApiEntity& entity, bool surface::ApiField::*which) {
  std::string out;
  for (const surface::ApiField& field : entity.fields) {
    if (field.*which) out += (out.empty() ? "" : ", ") + code(field.name);
  }
  return out;
}

void operation(Page& page, std::string_view method, const surface::ApiEntity& entity, std::string_view purpose, const std::string& takes) {
  page.raw(fmt::format("<tr><td><span class=\"method {0}\">{0}</span></td><td class=\"path\">{1}</td><td>{2}</td><td>{3}</td></tr>\n", method,
                       code("/rest/v1/" + entity.name), purpose, takes));
}

void write_operations(Page& page, const SiteContract& shown) {
  page.open_table("Operations of contract " + shown.contract->name, {"Method", "Path", "What it does", "Takes"});
  for (const surface::ApiEntity& entity : shown.whole.entities) {
    std::string embeds;
    for (const surface::ApiRelation& relation : entity.relations) embeds += (embeds.empty() ? "" : ", ") + code(relation.name);
    if (entity.readable) {
      const std::string filters = "filters on " + names(entity, &surface::ApiField::readable);
      operation(page, "GET", entity, "List rows", embeds.empty() ? filters : fmt::format("{}; embeds {}", filters, embeds));
    }
    if (entity.creatable) operation(page, "POST", entity, "Create rows", names(entity, &surface::ApiField::creatable));
    if (entity.updatable) operation(page, "PATCH", entity, "Change the filtered rows", names(entity, &surface::ApiField::updatable));
    if (entity.removable) operation(page, "DELETE", entity, "Delete the filtered rows", "");
  }
  page.close_table();
}

void write_contract(Page& page, const SiteContract& shown) {
  const ir::Contract& contract = *shown.contract;
  page.raw(fmt::format("<article id=\"contract-{}\"{}>\n<h2>Contract {}<span class=\"badges\">", file_segment(contract.name),
                       findable("contract", contract.name), escape_html(contract.name)));
  if (contract.current) page.raw(badge("current"));
  if (!contract.deprecated.empty()) page.raw(badge("deprecated " + contract.deprecated));
  if (!contract.sunset.empty()) page.raw(badge("ends " + contract.sunset));
  page.raw("</span></h2>\n<p>OpenAPI 3.1, one document an audience, so that none names what its reader may not see:</p>\n<ul class=\"files\">\n");
  for (const auto& [path, audience] : shown.openapi) {
    page.raw(fmt::format("<li><a href=\"{}\">{}</a></li>\n", path, escape_html(audience)));
  }
  page.raw("</ul>\n");
  write_operations(page, shown);
  page.raw("<p>JSON Schemas of rows:</p>\n<ul class=\"files\">\n");
  for (const surface::ApiEntity& entity : shown.whole.entities) {
    page.raw(fmt::format("<li><a href=\"{}\">{}</a></li>\n", schema_path(contract, entity), escape_html(entity.name)));
  }
  page.raw("</ul>\n</article>\n");
}

}  // namespace

void write_apis(Page& page, const SiteInput& input) {
  page.open_section("api", "API", "REST operations of each contract. Filters are column=operator.value; embeds go into select.");
  for (const SiteContract& contract : input.contracts) write_contract(page, contract);
  page.close_section();
}

}  // namespace kingpost::emit
