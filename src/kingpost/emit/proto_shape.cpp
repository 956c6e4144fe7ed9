#include "kingpost/emit/proto_shape.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "kingpost/emit/schemas.hpp"

namespace kingpost::emit {

using surface::ApiEntity;
using surface::ApiField;
using surface::ApiMember;

namespace {

constexpr std::string_view kTimestamp = "google/protobuf/timestamp.proto";
constexpr std::string_view kDuration = "google/protobuf/duration.proto";
constexpr std::string_view kStruct = "google/protobuf/struct.proto";

bool ends_with_any(const std::string& word, std::initializer_list<std::string_view> endings) {
  return std::any_of(endings.begin(), endings.end(), [&word](std::string_view ending) { return word.ends_with(ending); });
}

/// English plural of the last word, well enough for a name: category → categories, box → boxes.
std::string plural_of(const std::string& word) {
  const bool after_vowel = ends_with_any(word, {"ay", "ey", "oy", "uy"});
  if (word.ends_with('y') && !after_vowel) return word.substr(0, word.size() - 1) + "ies";
  if (ends_with_any(word, {"s", "x", "z", "ch", "sh"})) return word + "es";
  return word + "s";
}

std::string upper_case(std::string text) {
  for (char& byte : text) byte = byte >= 'a' && byte <= 'z' ? static_cast<char>(byte - 'a' + 'A') : byte;
  return text;
}

std::string bounds_of(const ApiField& field) {
  std::string out;
  if (field.min) out += fmt::format(" At least {}.", print_decimal(*field.min));
  if (field.max) out += fmt::format(" At most {}.", print_decimal(*field.max));
  return out;
}

/// How a value is written where the protobuf type does not say it.
std::string_view format_of(const ir::LogicalType& type) {
  switch (type.scalar) {
    case ir::Scalar::kDecimal:
      return " An exact decimal number.";
    case ir::Scalar::kUuid:
      return " A UUID.";
    case ir::Scalar::kDate:
      return " A date, YYYY-MM-DD.";
    case ir::Scalar::kTime:
      return " A time of day, HH:MM:SS.ffffff.";
    default:
      return "";
  }
}

ProtoMember field_member(const ApiField& field, std::string type) {
  ProtoMember out{field.proto, std::move(type), {}};
  if (!field.summary.empty()) out.comments.push_back(field.summary);
  std::string facts;
  if (!field.creatable && !field.updatable) facts += " Output only.";
  if (!field.readable) facts += " Input only.";
  if (field.required) facts += " Required at creation.";
  if (field.creatable && !field.updatable) facts += " Immutable.";
  facts += format_of(field.type);
  facts += bounds_of(field);
  if (!field.references.empty()) facts += fmt::format(" Key of {}.", field.references);
  if (!facts.empty()) out.comments.push_back(facts.substr(1));
  return out;
}

}  // namespace

std::string proto_type_name(std::string_view name) {
  const std::string words = surface::word_case(name);
  std::string out;
  bool start = true;
  for (const char byte : words) {
    if (byte == '_') {
      start = true;
      continue;
    }
    out += start && byte >= 'a' && byte <= 'z' ? static_cast<char>(byte - 'a' + 'A') : byte;
    start = false;
  }
  return out;
}

ProtoShape::ProtoShape(const surface::Api& api) : api_(api) {
  name_all();
  for (const ApiEntity& entity : api_.entities) add_entity(entity);
  std::vector<const surface::ApiRecord*> records;
  for (const surface::ApiCommand& command : api_.commands) {
    add_members(commands_.at(command.name).method + "Request", command.summary, command.input);
    for (const surface::ApiRecord* record : reached_records(api_, command.input)) {
      if (std::find(records.begin(), records.end(), record) == records.end()) records.push_back(record);
    }
  }
  for (const surface::ApiRecord* record : records) add_members(records_.at(record->record.value), "", record->members);
  for (const surface::ApiEnum& one : api_.enums) add_enum(one);
}

void ProtoShape::name_all() {
  for (const ApiEntity& entity : api_.entities) {
    ProtoEntity out;
    out.message = names_.claim(proto_type_name(entity.type_name), {"Key", "Service"});
    out.service = out.message + "Service";
    surface::NameTable request(surface::NameTable::Fold::kLoose);
    for (const char* name : {"update_mask", "etag", "request_id", "allow_missing", "next_page_token", "total_size", "key"}) request.claim(name);
    const std::string words = surface::word_case(out.message);
    out.field = request.claim(words);
    out.fields = request.claim(plural_of(words));
    const std::string methods = proto_type_name(plural_of(words));
    // Requests and answers are named after methods, so those are unique in the package.
    out.plural = names_.claim("List" + methods, {"Request", "Response"}).substr(4);
    for (const char* verb : {"Get", "Create", "Update", "Delete"}) names_.claim(verb + out.message, {"Request", "Response"});
    const auto visible =
        static_cast<std::size_t>(std::count_if(entity.fields.begin(), entity.fields.end(), [](const ApiField& one) { return one.key; }));
    if (visible > 0 && visible == entity.key_fields) out.key = out.message + "Key";
    entities_.emplace(entity.name, std::move(out));
  }
  for (const surface::ApiCommand& command : api_.commands) {
    const std::string method = names_.claim(proto_type_name(command.type_name), {"Request", "Response"});
    commands_.emplace(command.name, ProtoCommand{method, !command.input.empty()});
    if (!command_services_.contains(command.service)) {
      const std::string wanted = command.service.empty() ? "Command" : proto_type_name(command.service) + "Command";
      command_services_.emplace(command.service, names_.claim(wanted, {"Service"}) + "Service");
    }
  }
  for (const surface::ApiRecord& one : api_.records) records_.emplace(one.record.value, names_.claim(proto_type_name(one.type_name)));
  for (const surface::ApiEnum& one : api_.enums) enums_.emplace(one.enumeration.value, names_.claim(proto_type_name(one.type_name)));
}

void ProtoShape::add_entity(const ApiEntity& entity) {
  const ProtoEntity& named = entities_.at(entity.name);
  ProtoType row{named.message, false, entity.summary.empty() ? fmt::format("A row of {}.", entity.name) : entity.summary, {}};
  ProtoType key{named.key, false, fmt::format("The key of a row of {}.", entity.name), {}};
  for (const ApiField& field : entity.fields) {
    row.members.push_back(field_member(field, member_type(field.type, field.nullable || field.conditional || !field.required)));
    if (field.key && !named.key.empty()) key.members.push_back({field.proto, member_type(field.type, false), {}});
  }
  types_.push_back(std::move(row));
  if (!named.key.empty()) types_.push_back(std::move(key));
}

void ProtoShape::add_members(const std::string& name, const std::string& comment, const std::vector<ApiMember>& members) {
  ProtoType out{name, false, comment, {}};
  for (const ApiMember& member : members) {
    ProtoMember one{member.proto, member_type(member.type, member.nullable), {}};
    std::string facts(format_of(member.type));
    if (!member.references.empty()) facts += fmt::format(" Key of {}.", member.references);
    if (!facts.empty()) one.comments.push_back(facts.substr(1));
    out.members.push_back(std::move(one));
  }
  types_.push_back(std::move(out));
}

void ProtoShape::add_enum(const surface::ApiEnum& one) {
  const std::string& name = enums_.at(one.enumeration.value);
  const std::string prefix = upper_case(surface::word_case(name)) + "_";
  ProtoType out{name, true, "", {}};
  out.members.push_back({values_.claim(prefix + "UNSPECIFIED"), "", {}});
  for (const std::string& value : one.values) {
    ProtoMember member{values_.claim(prefix + upper_case(surface::word_case(value))), "", {}};
    if (surface::word_case(value) != value) member.comments.push_back(fmt::format("The value `{}`.", value));
    out.members.push_back(std::move(member));
  }
  types_.push_back(std::move(out));
}

std::string ProtoShape::scalar(const ir::LogicalType& type) {
  switch (type.scalar) {
    case ir::Scalar::kBool:
      return "bool";
    case ir::Scalar::kInt64:
      return "int64";
    case ir::Scalar::kInt32:
      return "int32";
    case ir::Scalar::kFloat:
      return "double";
    case ir::Scalar::kBytes:
      return "bytes";
    case ir::Scalar::kTimestamp:
      imports_.push_back(kTimestamp);
      return "google.protobuf.Timestamp";
    case ir::Scalar::kDuration:
      imports_.push_back(kDuration);
      return "google.protobuf.Duration";
    case ir::Scalar::kList:
      // A list in a list has no repeated form.
      imports_.push_back(kStruct);
      return "google.protobuf.ListValue";
    case ir::Scalar::kRecord:
      if (const auto found = records_.find(type.record.value); found != records_.end()) return found->second;
      [[fallthrough]];
    case ir::Scalar::kJson:
      imports_.push_back(kStruct);
      return "google.protobuf.Value";
    case ir::Scalar::kEnum:
      if (const auto found = enums_.find(type.enumeration.value); found != enums_.end()) return found->second;
      return "string";
    default:
      return "string";
  }
}

std::string ProtoShape::member_type(const ir::LogicalType& type, bool nullable) {
  if (type.scalar == ir::Scalar::kList && type.element != nullptr) return "repeated " + scalar(*type.element);
  std::string out = scalar(type);
  return nullable ? "optional " + out : out;
}

bool ProtoShape::uses(std::string_view import) const { return std::find(imports_.begin(), imports_.end(), import) != imports_.end(); }

}  // namespace kingpost::emit
