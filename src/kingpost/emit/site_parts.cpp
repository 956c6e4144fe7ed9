#include "kingpost/emit/site_parts.hpp"

#include <fmt/format.h>

#include "kingpost/emit/html.hpp"

namespace kingpost::emit {

void Page::text(std::string_view text) { out_ += escape_html(text); }

void Page::element(std::string_view name, std::string_view text) { out_ += fmt::format("<{0}>{1}</{0}>", name, escape_html(text)); }

void Page::open_section(std::string_view id, std::string_view heading, std::string_view intro) {
  out_ += fmt::format("<section id=\"{0}\" aria-labelledby=\"{0}-h\">\n<{3} id=\"{0}-h\"{1}>{2}</{3}>\n", id, findable("section", heading),
                      escape_html(heading), titled_ ? "h2" : "h1");
  titled_ = true;
  if (!intro.empty()) out_ += fmt::format("<p class=\"intro\">{}</p>\n", escape_html(intro));
}

void Page::open_table(std::string_view label, const std::vector<std::string_view>& columns) {
  out_ += fmt::format("<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{} (table)\"><table><thead><tr>", escape_html(label));
  for (const std::string_view column : columns) out_ += fmt::format("<th scope=\"col\">{}</th>", escape_html(column));
  out_ += "</tr></thead><tbody>\n";
}

std::string code(std::string_view text) { return fmt::format("<code>{}</code>", escape_html(text)); }

std::string badge(std::string_view text) { return fmt::format("<span class=\"badge\">{}</span>", escape_html(text)); }

std::string findable(std::string_view kind, std::string_view name) {
  return fmt::format(" data-kind=\"{}\" data-name=\"{}\"", escape_html(kind), escape_html(name));
}

std::string entity_anchor(std::string_view name) { return "entity-" + file_segment(name); }

std::string entity_link(const ir::System& system, ir::EntityId id) {
  const std::string& name = system.entity(id).name;
  return fmt::format("<a href=\"#{}\">{}</a>", entity_anchor(name), escape_html(name));
}

std::string command_anchor(std::string_view name) { return "command-" + file_segment(name); }

std::string expression_text(const cel::ExprPtr& expression) { return expression == nullptr ? std::string() : cel::print_expr(*expression); }

std::string who(const cel::ExprPtr& policy) {
  const std::string text = expression_text(policy);
  if (text.empty() || text == "false") return "nobody";
  return text == "true" ? "anyone" : code(text);
}

std::string counted(std::size_t count, std::string_view one, std::string_view many) { return fmt::format("{} {}", count, count == 1 ? one : many); }

std::string duration_text(std::int64_t milliseconds) {
  constexpr std::int64_t kMinute = 60'000;
  constexpr std::int64_t kHour = 60 * kMinute;
  constexpr std::int64_t kDay = 24 * kHour;
  if (milliseconds == 0 || milliseconds % 1000 != 0) return fmt::format("{} ms", milliseconds);
  if (milliseconds % kDay == 0) return counted(static_cast<std::size_t>(milliseconds / kDay), "day", "days");
  if (milliseconds % kHour == 0) return fmt::format("{} h", milliseconds / kHour);
  if (milliseconds % kMinute == 0) return fmt::format("{} min", milliseconds / kMinute);
  return fmt::format("{} s", milliseconds / 1000);
}

std::string grouped(std::int64_t number) {
  std::string out = fmt::format("{}", number);
  const std::size_t start = number < 0 ? 1 : 0;
  for (std::size_t at = out.size(); at > start + 3;) out.insert(at -= 3, ",");
  return out;
}

std::string type_text(const ir::System& system, const ir::LogicalType& type) {
  if (type.scalar == ir::Scalar::kList && type.element != nullptr) return "list(" + type_text(system, *type.element) + ")";
  if (type.scalar == ir::Scalar::kRecord && type.record.valid()) return system.records[type.record.index()].name;
  if (type.scalar != ir::Scalar::kEnum || !type.enumeration.valid()) return ir::print_logical_type(type);
  std::string out = "enum(";
  const std::vector<std::string>& values = system.enums[type.enumeration.index()].values;
  for (std::size_t at = 0; at < values.size(); ++at) out += (at == 0 ? "" : ", ") + values[at];
  return out + ")";
}

}  // namespace kingpost::emit
