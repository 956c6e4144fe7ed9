#include <utility>

#include "kingpost/sql/statement.hpp"

namespace kingpost::sql {
namespace {

/// SQLite's path to a JSON value: $."a"[0][#-1]. The planner has refused members that it cannot quote.
std::string sqlite_path(const std::vector<request::JsonStep>& steps) {
  std::string path = "$";
  for (const auto& step : steps) {
    if (!step.is_position) {
      path += ".\"" + step.member + "\"";
    } else if (step.position < 0) {
      path += "[#" + std::to_string(step.position) + "]";
    } else {
      path += "[" + std::to_string(step.position) + "]";
    }
  }
  return path;
}

std::string json_text(Statement& statement, const plan::Column& column, const std::string& base) {
  if (statement.sqlite()) {
    const auto path = statement.text_constant(sqlite_path(column.steps));
    if (!column.as_text) return "(" + base + " -> " + path + ")";
    // ->> would print a number anew; its JSON text is what was stored.
    return "(CASE json_type(" + base + ", " + path + ") WHEN 'text' THEN " + base + " ->> " + path + " WHEN 'null' THEN NULL ELSE " + base + " -> " +
           path + " END)";
  }
  std::string out = "(" + base;
  for (std::size_t i = 0; i < column.steps.size(); ++i) {
    const auto& step = column.steps[i];
    out += column.as_text && i + 1 == column.steps.size() ? " ->> " : " -> ";
    if (step.is_position) {
      Param position;
      position.constant = step.position;
      position.type.scalar = ir::Scalar::kInt32;
      out += statement.param(std::move(position));
    } else {
      out += statement.text_constant(step.member);
    }
  }
  return out + ")";
}

}  // namespace

Result<std::string> column_text(Statement& statement, ir::EntityId entity_id, const plan::Column& column, const std::string& alias) {
  const auto& entity = statement.system().entity(entity_id);
  std::string text;
  if (column.expression != nullptr) {
    auto type = column.cast.empty() ? column.type : column.uncast_type;
    auto storage = column.cast.empty() ? column.storage : column.uncast_storage;
    if (!column.steps.empty()) {
      type = {};
      type.scalar = ir::Scalar::kJson;
      storage = {};
    }
    auto value = dialect::render_value(*column.expression, type, storage, statement.scope(entity_id, alias));
    if (!value) return value;
    text = "(" + *value + ")";
  } else {
    text = field_text(entity, column.field, alias);
  }
  if (column.visible_if != nullptr) {
    auto condition = dialect::render_condition(*column.visible_if, statement.scope(entity_id, alias));
    if (!condition) return condition;
    text = "(CASE WHEN " + *condition + " THEN " + text + " END)";
  }
  if (!column.steps.empty()) text = json_text(statement, column, text);
  if (!column.cast.empty()) return cast_text(statement, column, text);
  return text;
}

Result<std::string> order_value(Statement& statement, const plan::Level& level, const plan::Order& order, const std::string& alias,
                                const std::vector<std::string>& embeds) {
  const bool related = order.embed != plan::kNoEmbed;
  const auto entity = related ? level.embeds[order.embed].entity : level.entity;
  const auto& table = related ? embeds[order.embed] : alias;
  auto text = column_text(statement, entity, order.column, table);
  if (!text || !statement.sqlite() || order.column.type.scalar != ir::Scalar::kJson) return text;
  // JSON sorts by value: numbers as numbers.
  return "json_extract(" + *text + ", '$')";
}

}  // namespace kingpost::sql
