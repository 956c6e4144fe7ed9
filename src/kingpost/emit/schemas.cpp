#include "kingpost/emit/schemas.hpp"

#include <fmt/format.h>

#include <algorithm>

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
    out.member("description", fmt::format("Rows of {}, where `select` embeds them.", prose(relation.target)));
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

std::string prose(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char next = at + 1 < text.size() ? text[at + 1] : ' ';
    const bool letter = (next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z');
    if (text[at] == '<' && (letter || next == '/' || next == '!' || next == '?')) {
      out += "&lt;";
    } else if (text[at] == ']' && (next == '(' || next == ':')) {
      out += "\\]";
    } else {
      out += text[at];
    }
  }
  return out;
}

void write_field_schema(JsonWriter& out, const ApiField& field, Shape shape) {
  const bool nullable = field.nullable || (shape == Shape::kRow && field.conditional);
  if (!field.summary.empty()) out.member("description", prose(field.summary));
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
  if (!entity.summary.empty()) out.member("description", prose(entity.summary));
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

std::vector<const surface::ApiRecord*> reached_records(const surface::Api& api, const std::vector<surface::ApiMember>& members) {
  std::vector<const surface::ApiRecord*> found;
  const auto add = [&](const std::vector<surface::ApiMember>& all) {
    for (const surface::ApiMember& member : all) {
      const ir::LogicalType* type = &member.type;
      while (type->element != nullptr) type = type->element.get();
      const surface::ApiRecord* record = type->record.valid() ? api.find(type->record) : nullptr;
      if (record != nullptr && std::find(found.begin(), found.end(), record) == found.end()) found.push_back(record);
    }
  };
  add(members);
  for (std::size_t at = 0; at < found.size(); ++at) add(found[at]->members);
  return found;
}

namespace {

/// Writes the types of members, which may be named types; those refer to a place that the document chooses.
class MemberWriter {
 public:
  MemberWriter(JsonWriter& out, const surface::Api& api, std::string_view types) : out_(out), api_(api), types_(types) {}

  void object(const std::vector<surface::ApiMember>& members) {
    out_.begin_object().member("type", "object").key("properties").begin_object();
    for (const surface::ApiMember& member : members) {
      out_.key(member.name).begin_object();
      if (!member.references.empty()) out_.member("description", fmt::format("Key of {}.", prose(member.references)));
      value(member.type, member.nullable, &member);
      out_.end_object();
    }
    out_.end_object();
    bool any = false;
    for (const surface::ApiMember& member : members) {
      if (member.nullable) continue;
      if (!any) out_.key("required").begin_array();
      any = true;
      out_.text(member.name);
    }
    if (any) out_.end_array();
    out_.member("additionalProperties", false).end_object();
  }

 private:
  void value(const ir::LogicalType& type, bool nullable, const surface::ApiMember* member) {
    if (type.scalar == ir::Scalar::kRecord) return record(type, nullable);
    if (type.scalar == ir::Scalar::kList) {
      write_type(out_, "array", nullable);
      out_.member("maxItems", static_cast<std::int64_t>(type.max_length != 0 ? type.max_length : ir::kDefaultListItems));
      if (type.element == nullptr) return;
      out_.key("items").begin_object();
      value(*type.element, false, nullptr);
      out_.end_object();
      return;
    }
    ApiField field;
    field.type = type;
    field.nullable = nullable;
    field.creatable = true;
    field.max_length = type.max_length != 0 ? type.max_length : type.scalar == ir::Scalar::kBytes ? ir::kDefaultBytesLength : ir::kDefaultTextLength;
    if (member != nullptr) {
      field.min = member->min;
      field.max = member->max;
    }
    if (const surface::ApiEnum* one = type.enumeration.valid() ? api_.find(type.enumeration) : nullptr) field.values = one->values;
    write_field_schema(out_, field, Shape::kCreate);
  }

  void record(const ir::LogicalType& type, bool nullable) {
    const surface::ApiRecord* record = api_.find(type.record);
    const std::string target = std::string(types_) + (record == nullptr ? "" : record->type_name);
    if (!nullable) {
      out_.member("$ref", target);
      return;
    }
    out_.key("oneOf").begin_array();
    out_.begin_object().member("$ref", target).end_object();
    out_.begin_object().member("type", "null").end_object();
    out_.end_array();
  }

  JsonWriter& out_;
  const surface::Api& api_;
  std::string_view types_;
};

struct SchemaHead {
  std::string id;
  std::string_view title;
  std::string description;
};

std::string print_members_file(const surface::Api& api, const std::vector<surface::ApiMember>& members, const SchemaHead& head) {
  JsonWriter out;
  out.begin_object();
  out.member("$schema", "https://json-schema.org/draft/2020-12/schema").member("$id", head.id).member("title", head.title);
  if (!head.description.empty()) out.member("description", prose(head.description));
  // Keywords beside $ref are evaluated in 2020-12.
  out.member("$ref", "#/$defs/self");
  out.key("$defs").begin_object().key("self");
  write_members_schema(out, api, members, "#/$defs/types/$defs/");
  const std::vector<const surface::ApiRecord*> records = reached_records(api, members);
  if (!records.empty()) {
    out.key("types").begin_object().key("$defs").begin_object();
    for (const surface::ApiRecord* record : records) {
      out.key(record->type_name);
      write_members_schema(out, api, record->members, "#/$defs/types/$defs/");
    }
    out.end_object().end_object();
  }
  out.end_object().end_object();
  return out.take();
}

/// What a URN takes (RFC 8141): unreserved bytes as they are, others as %XX.
std::string urn_part(std::string_view name) {
  std::string out;
  for (const char byte : name) {
    const auto code = static_cast<unsigned char>(byte);
    const bool plain = (code >= '0' && code <= '9') || (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z') || code == '_' || code == '-';
    out += plain ? std::string(1, byte) : fmt::format("%{:02X}", code);
  }
  return out;
}

}  // namespace

void write_members_schema(JsonWriter& out, const surface::Api& api, const std::vector<surface::ApiMember>& members, std::string_view types) {
  MemberWriter(out, api, types).object(members);
}

std::string print_event_schema(const surface::Api& api, const surface::ApiEvent& event) {
  const std::string id = fmt::format("urn:kingpost:{}:events:{}:{}", urn_part(api.system), urn_part(event.name), event.version);
  return print_members_file(api, event.data, {id, event.type_name, fmt::format("Data of the event {}, version {}.", event.name, event.version)});
}

std::string print_command_schema(const surface::Api& api, const surface::ApiCommand& command) {
  const std::string id = fmt::format("urn:kingpost:{}:{}:commands:{}", urn_part(api.system), urn_part(api.contract), urn_part(command.name));
  return print_members_file(api, command.input, {id, command.type_name, command.summary});
}

std::string print_json_schema(const surface::Api& api, const ApiEntity& entity) {
  JsonWriter out;
  out.begin_object();
  out.member("$schema", "https://json-schema.org/draft/2020-12/schema");
  out.member("$id", fmt::format("urn:kingpost:{}:{}:{}", urn_part(api.system), urn_part(api.contract), urn_part(entity.name)));
  out.member("title", entity.type_name);
  if (!entity.summary.empty()) out.member("description", prose(entity.summary));
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
