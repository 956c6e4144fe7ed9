#include "kingpost/emit/schemas.hpp"

#include <fmt/format.h>

namespace kingpost::emit {

using surface::ApiEntity;
using surface::ApiField;

namespace {

constexpr std::int64_t kInt32Max = 2'147'483'647;

/// `type`, with null where it may be.
void write_type(JsonWriter& out, std::string_view type, bool nullable) {
  if (nullable) {
    out.key("type").begin_array().text(type).text("null").end_array();
  } else {
    out.member("type", type);
  }
}

void write_number_bounds(JsonWriter& out, const ApiField& field, std::string_view low, std::string_view high) {
  out.key("minimum").raw(field.min ? print_decimal(*field.min) : std::string(low));
  out.key("maximum").raw(field.max ? print_decimal(*field.max) : std::string(high));
}

/// The largest number of p digits of which s are fractions.
std::string largest_decimal(const ir::LogicalType& type) {
  const std::uint32_t whole = type.precision > type.scale ? type.precision - type.scale : 0;
  std::string out = whole == 0 ? "0" : std::string(whole, '9');
  if (type.scale > 0) out += "." + std::string(type.scale, '9');
  return out;
}

void write_string(JsonWriter& out, bool nullable, std::string_view format, std::int64_t max_length) {
  write_type(out, "string", nullable);
  if (!format.empty()) out.member("format", format);
  out.member("maxLength", max_length);
}

void write_element(JsonWriter& out, const ir::LogicalType& type) {
  ApiField element;
  element.type = type;
  element.max_length = type.max_length != 0 ? type.max_length : ir::kDefaultTextLength;
  out.key("items").begin_object();
  write_field_schema(out, element, Shape::kRow);
  out.end_object();
}

void write_numeric(JsonWriter& out, const ApiField& field, bool nullable) {
  switch (field.type.scalar) {
    case ir::Scalar::kInt64:
      write_type(out, "integer", nullable);
      out.member("format", "int64");
      write_number_bounds(out, field, "-9223372036854775808", "9223372036854775807");
      return;
    case ir::Scalar::kInt32:
      write_type(out, "integer", nullable);
      out.member("format", "int32");
      write_number_bounds(out, field, std::to_string(-kInt32Max - 1), std::to_string(kInt32Max));
      return;
    case ir::Scalar::kDecimal: {
      write_type(out, "number", nullable);
      const std::string largest = largest_decimal(field.type);
      write_number_bounds(out, field, "-" + largest, largest);
      return;
    }
    default:
      write_type(out, "number", nullable);
      out.member("format", "double");
      return;
  }
}

void write_textual(JsonWriter& out, const ApiField& field, bool nullable) {
  switch (field.type.scalar) {
    case ir::Scalar::kUuid:
      return write_string(out, nullable, "uuid", 36);
    case ir::Scalar::kDate:
      return write_string(out, nullable, "date", 10);
    case ir::Scalar::kTime:
      return write_string(out, nullable, "time", 15);
    case ir::Scalar::kTimestamp:
      return write_string(out, nullable, "date-time", 32);
    case ir::Scalar::kDuration:
      return write_string(out, nullable, "duration", 40);
    case ir::Scalar::kBytes:
      write_type(out, "string", nullable);
      out.member("contentEncoding", "base64");
      out.member("pattern", "^[A-Za-z0-9+/]*={0,2}$");
      out.member("maxLength", static_cast<std::int64_t>(field.max_length) * 4 / 3 + 4);
      return;
    default:
      write_type(out, "string", nullable);
      // Text takes every character but U+0000; the pattern says so for readers that want one.
      out.member("pattern", "^[^\\u0000]*$");
      out.member("maxLength", static_cast<std::int64_t>(field.max_length));
      return;
  }
}

constexpr std::int64_t kMaxEmbedded = 10'000;

/// Relations whose rows the audience can read; present where `select` names them.
void write_embeds(JsonWriter& out, const surface::Api& api, const ApiEntity& entity) {
  for (const surface::ApiRelation& relation : entity.relations) {
    const ApiEntity* target = api.find(relation.target);
    if (target == nullptr || !target->readable || entity.find(relation.name) != nullptr) continue;
    const std::string schema = "#/components/schemas/" + target->type_name;
    out.key(relation.name).begin_object();
    out.member("description", fmt::format("Rows of {}, where `select` embeds them.", relation.target));
    if (relation.many) {
      out.member("type", "array").member("maxItems", kMaxEmbedded).reference("items", schema);
    } else {
      out.key("oneOf").begin_array();
      out.begin_object().member("$ref", schema).end_object();
      out.begin_object().member("type", "null").end_object();
      out.end_array();
    }
    out.member("readOnly", true).end_object();
  }
}

}  // namespace

void write_field_schema(JsonWriter& out, const ApiField& field, Shape shape) {
  const bool nullable = field.nullable || (shape == Shape::kRow && field.conditional);
  if (!field.summary.empty()) out.member("description", field.summary);
  switch (field.type.scalar) {
    case ir::Scalar::kBool:
      write_type(out, "boolean", nullable);
      break;
    case ir::Scalar::kInt64:
    case ir::Scalar::kInt32:
    case ir::Scalar::kDecimal:
    case ir::Scalar::kFloat:
      write_numeric(out, field, nullable);
      break;
    case ir::Scalar::kEnum:
      write_type(out, "string", nullable);
      out.key("enum").begin_array();
      for (const std::string& value : field.values) out.text(value);
      if (nullable) out.raw("null");
      out.end_array();
      break;
    case ir::Scalar::kList:
      write_type(out, "array", nullable);
      out.member("maxItems", static_cast<std::int64_t>(field.max_length));
      if (field.type.element != nullptr) write_element(out, *field.type.element);
      break;
    case ir::Scalar::kJson:
    case ir::Scalar::kRecord:
      out.member("title", "Any JSON value");
      break;
    default:
      write_textual(out, field, nullable);
  }
  if (shape == Shape::kRow && !field.creatable && !field.updatable) out.member("readOnly", true);
}

void write_entity_schema(JsonWriter& out, const surface::Api& api, const ApiEntity& entity, Shape shape) {
  out.begin_object();
  if (!entity.summary.empty()) out.member("description", entity.summary);
  out.member("type", "object");
  const auto shown = [shape](const ApiField& field) {
    return shape == Shape::kRow ? field.readable : shape == Shape::kCreate ? field.creatable : field.updatable;
  };
  out.key("properties").begin_object();
  for (const ApiField& field : entity.fields) {
    if (!shown(field)) continue;
    out.key(field.name).begin_object();
    write_field_schema(out, field, shape);
    out.end_object();
  }
  if (shape == Shape::kRow) write_embeds(out, api, entity);
  out.end_object();
  if (shape == Shape::kCreate) {
    bool any = false;
    for (const ApiField& field : entity.fields) {
      if (!field.required) continue;
      if (!any) out.key("required").begin_array();
      any = true;
      out.text(field.name);
    }
    if (any) out.end_array();
  }
  if (shape != Shape::kRow) out.member("additionalProperties", false);
  out.end_object();
}

std::string print_json_schema(const surface::Api& api, const ApiEntity& entity) {
  JsonWriter out;
  out.begin_object();
  out.member("$schema", "https://json-schema.org/draft/2020-12/schema");
  out.member("$id", fmt::format("urn:kingpost:{}:{}:{}", api.system, api.contract, entity.name));
  out.member("title", entity.type_name);
  if (!entity.summary.empty()) out.member("description", entity.summary);
  out.member("type", "object");
  out.key("properties").begin_object();
  for (const ApiField& field : entity.fields) {
    if (!field.readable) continue;
    out.key(field.name).begin_object();
    write_field_schema(out, field, Shape::kRow);
    out.end_object();
  }
  out.end_object();
  out.key("required").begin_array();
  for (const ApiField& field : entity.fields) {
    if (field.readable) out.text(field.name);
  }
  out.end_array();
  out.member("additionalProperties", false);
  out.end_object();
  return out.take();
}

}  // namespace kingpost::emit
