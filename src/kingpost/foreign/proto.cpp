#include <fmt/format.h>
#include <google/protobuf/compiler/parser.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <set>

#include "kingpost/foreign/foreign.hpp"
#include "kingpost/foreign/yaml_value.hpp"

namespace kingpost::foreign {
namespace {

namespace pb = google::protobuf;

constexpr std::size_t kMaxProblems = 20;
/// protoc's parser recurses into messages; it bounds that itself, but not before the stack of a small thread.
constexpr std::size_t kMaxBraces = 100;

class Complaints final : public pb::io::ErrorCollector {
 public:
  Complaints(FileIndex file, Diagnostics& diagnostics) : file_(file), diagnostics_(diagnostics) {}
  void AddError(int line, int column, const std::string& message) override {
    if (++count_ > kMaxProblems) return;
    refuse(diagnostics_, file_, static_cast<std::uint32_t>(line + 1), static_cast<std::uint32_t>(column + 1),
           fmt::format("protoc's parser says: {} What stands there was not read.", message));
  }

 private:
  FileIndex file_;
  Diagnostics& diagnostics_;
  std::size_t count_ = 0;
};

std::string last_part(const std::string& name) { return name.substr(name.rfind('.') + 1); }

std::string type_name(const pb::FieldDescriptorProto& field) {
  static constexpr std::array<const char*, 19> kNames{"",        "double",   "float",    "int64",  "uint64", "int32", "fixed64",
                                                      "fixed32", "bool",     "string",   "group",  "",       "bytes", "uint32",
                                                      "enum",    "sfixed32", "sfixed64", "sint32", "sint64"};
  if (!field.type_name().empty()) return field.type_name().starts_with('.') ? field.type_name().substr(1) : field.type_name();
  return field.has_type() ? kNames.at(static_cast<std::size_t>(field.type())) : "";
}

/// A package's last part when it is a version: `v1`, `v2beta1`.
std::string version_part(const std::string& package) {
  const auto last = last_part(package);
  return last.size() > 1 && last[0] == 'v' && last[1] >= '0' && last[1] <= '9' ? last : std::string{};
}

class ProtoReader {
 public:
  ProtoReader(const pb::FileDescriptorProto& proto, const pb::compiler::SourceLocationTable& places, FileIndex file, ApiFacts& facts)
      : proto_(proto), places_(places), file_(file), facts_(facts) {}

  void read() {
    facts_.package = facts_.title = proto_.package();
    facts_.version = version_part(proto_.package());
    facts_.syntax = proto_.syntax().empty() ? "proto2" : proto_.syntax();
    for (const auto& message : proto_.message_type()) this->message(message, "");
    for (const auto& each : proto_.enum_type()) enumeration(each, "");
    for (const auto& service : proto_.service()) {
      for (const auto& method : service.method()) operation(service.name(), method);
    }
    mark(false);
    mark(true);
  }

 private:
  [[nodiscard]] Span place(const pb::Message& descriptor, pb::DescriptorPool::ErrorCollector::ErrorLocation part) const {
    int line = 0;
    int column = 0;
    if (!places_.Find(&descriptor, part, &line, &column)) return {file_, 1, 1, 1, 1};
    const auto at = static_cast<std::uint32_t>(line + 1);
    const auto from = static_cast<std::uint32_t>(column + 1);
    return {file_, at, from, at, from};
  }
  [[nodiscard]] Span name_of(const pb::Message& descriptor) const { return place(descriptor, pb::DescriptorPool::ErrorCollector::NAME); }

  void message(const pb::DescriptorProto& message, const std::string& outer) {
    ApiType type;
    type.name = outer + message.name();
    type.kind = "message";
    type.span = name_of(message);
    for (const auto& range : message.reserved_range()) type.reserved.emplace_back(range.start(), range.end() - 1);
    for (const auto& range : message.extension_range()) type.reserved.emplace_back(range.start(), range.end() - 1);
    std::set<std::string> maps;
    for (const auto& nested : message.nested_type()) {
      if (nested.options().map_entry()) maps.insert(nested.name());
    }
    for (const auto& field : message.field()) type.members.push_back(member(field, maps));
    facts_.types.push_back(std::move(type));
    const std::string inside = outer + message.name() + ".";
    for (const auto& nested : message.nested_type()) {
      if (!nested.options().map_entry()) this->message(nested, inside);
    }
    for (const auto& each : message.enum_type()) enumeration(each, inside);
  }

  ApiMember member(const pb::FieldDescriptorProto& field, const std::set<std::string>& maps) const {
    ApiMember out;
    out.name = field.name();
    out.number = field.number();
    out.span = name_of(field);
    const auto named = type_name(field);
    out.required = field.label() == pb::FieldDescriptorProto::LABEL_REQUIRED;
    out.deprecated = field.options().deprecated();
    if (maps.contains(last_part(named))) {
      out.type = "map";
    } else if (field.label() == pb::FieldDescriptorProto::LABEL_REPEATED) {
      out.list = true;
      out.type = "array";
      out.item_type = named;
    } else {
      out.type = named;
      out.nullable = field.proto3_optional() || field.has_oneof_index();
    }
    return out;
  }

  void enumeration(const pb::EnumDescriptorProto& each, const std::string& outer) {
    ApiType type;
    type.name = outer + each.name();
    type.kind = "enum";
    type.span = name_of(each);
    for (const auto& value : each.value()) type.values.push_back(value.name());
    facts_.types.push_back(std::move(type));
  }

  void operation(const std::string& service, const pb::MethodDescriptorProto& method) {
    ApiOperation out;
    out.id = method.name();
    out.method = "RPC";
    out.path = service + "." + method.name();
    out.body_type = last_part(method.input_type());
    out.client_streaming = method.client_streaming();
    out.server_streaming = method.server_streaming();
    out.deprecated = method.options().deprecated();
    out.span = name_of(method);
    if (const auto* input = find(method.input_type())) {
      out.body = input->members;
    } else {
      out.partly_elsewhere = true;
    }
    ApiAnswer answer;
    answer.status = "200";
    answer.type = last_part(method.output_type());
    answer.has_body = true;
    answer.span = out.span;
    if (const auto* output = find(method.output_type())) {
      for (const auto& member : output->members) {
        if (member.name.starts_with("next_page") || member.name.ends_with("cursor")) answer.paged = true;
        if (!member.list || answer.list) continue;
        answer.list = true;
        answer.item_type = member.item_type;
      }
    } else {
      out.partly_elsewhere = true;
    }
    out.answers.push_back(std::move(answer));
    facts_.operations.push_back(std::move(out));
  }

  /// A message by the name that a field or method gives it: as a whole, or within the package.
  const ApiType* find(const std::string& name) {
    if (index_.empty()) {
      for (std::size_t at = 0; at < facts_.types.size(); ++at) index_.emplace(facts_.types[at].name, at);
    }
    std::string rest = name.starts_with('.') ? name.substr(1) : name;
    if (!proto_.package().empty() && rest.starts_with(proto_.package() + ".")) rest = rest.substr(proto_.package().size() + 1);
    auto found = index_.find(rest);
    return found == index_.end() ? nullptr : &facts_.types[found->second];
  }

  void mark(bool answers) {
    std::vector<std::string> waiting;
    for (const auto& operation : facts_.operations) waiting.push_back(answers ? operation.answers.front().type : operation.body_type);
    std::set<std::string> seen;
    while (!waiting.empty()) {
      const auto name = std::move(waiting.back());
      waiting.pop_back();
      const auto* found = find(name);
      if (found == nullptr || !seen.insert(found->name).second) continue;
      auto& type = facts_.types[static_cast<std::size_t>(found - facts_.types.data())];
      (answers ? type.used_in_response : type.used_in_request) = true;
      if (answers) type.used_in_read = true;
      for (const auto& member : type.members) waiting.push_back(member.list ? member.item_type : member.type);
    }
  }

  const pb::FileDescriptorProto& proto_;
  const pb::compiler::SourceLocationTable& places_;
  FileIndex file_;
  ApiFacts& facts_;
  std::map<std::string, std::size_t> index_;
};

bool nested_too_deeply(std::string_view text) {
  std::size_t depth = 0;
  for (const char c : text) {
    if (c == '{') ++depth;
    if (c == '}' && depth != 0) --depth;
    if (depth > kMaxBraces) return true;
  }
  return false;
}

}  // namespace

ApiFacts read_proto(const File& file, Diagnostics& diagnostics) {
  ApiFacts facts;
  facts.kind = ApiKind::kProto;
  facts.file = file.path;
  facts.span = {file.index, 1, 1, 1, 1};
  if (file.text.size() > kMaxForeignBytes || nested_too_deeply(file.text)) {
    refuse(diagnostics, file.index, 1, 1, "This file is too large or nested too deeply and was not read.");
    return facts;
  }
  Complaints complaints(file.index, diagnostics);
  pb::io::ArrayInputStream stream(file.text.data(), static_cast<int>(file.text.size()));
  pb::io::Tokenizer tokenizer(&stream, &complaints);
  pb::compiler::Parser parser;
  pb::compiler::SourceLocationTable places;
  pb::FileDescriptorProto proto;
  parser.RecordErrorsTo(&complaints);
  parser.RecordSourceLocationsTo(&places);
  // What stands beside an error is in the descriptor all the same.
  parser.Parse(&tokenizer, &proto);
  ProtoReader(proto, places, file.index, facts).read();
  return facts;
}

}  // namespace kingpost::foreign
