#include "kingpost/emit/proto.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "kingpost/emit/proto_shape.hpp"

namespace kingpost::emit {

using surface::Api;
using surface::ApiEntity;

namespace {

constexpr std::int32_t kReservedFirst = 19'000;  // protobuf keeps 19000–19999 for itself
constexpr std::int32_t kReservedLast = 19'999;

/// v1, v2beta1 and the like: what buf takes for a version.
bool is_version(const std::string& name) {
  if (name.size() < 2 || name[0] != 'v' || name[1] < '1' || name[1] > '9') return false;
  std::size_t at = 1;
  while (at < name.size() && name[at] >= '0' && name[at] <= '9') ++at;
  if (at == name.size()) return true;
  const std::string rest = name.substr(at);
  for (const std::string_view stage : {"alpha", "beta"}) {
    if (!rest.starts_with(stage)) continue;
    const std::string number = rest.substr(stage.size());
    const bool digits = std::all_of(number.begin(), number.end(), [](char byte) { return byte >= '0' && byte <= '9'; });
    return digits && !number.starts_with('0');
  }
  return false;
}

std::int32_t next_number(const std::map<std::string, std::int32_t>& given) {
  std::int32_t next = 1;
  for (const auto& [name, number] : given) next = std::max(next, number + 1);
  return next >= kReservedFirst && next <= kReservedLast ? kReservedLast + 1 : next;
}

/// A line comment holds one line: every control character becomes a blank, line separators of Unicode too.
std::string one_line(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto code = static_cast<unsigned char>(text[at]);
    const bool separator = text.substr(at, 3) == "\xE2\x80\xA8" || text.substr(at, 3) == "\xE2\x80\xA9";
    if (separator) at += 2;
    out += code < 0x20 || code == 0x7F || separator ? ' ' : text[at];
  }
  return out;
}

class Printer {
 public:
  Printer(const Api& api, const std::string& package, const ProtoNumbers& numbers) : api_(api), package_(package), numbers_(numbers), shape_(api) {}

  std::string print() {
    for (const ProtoType& type : shape_.types()) print_type(type);
    for (const ApiEntity& entity : api_.entities) print_service(entity);
    print_commands();
    return head() + out_;
  }

 private:
  void comment(std::string_view text, std::string_view indent = "") {
    if (!text.empty()) out_ += fmt::format("{}// {}\n", indent, one_line(text));
  }

  [[nodiscard]] std::string head() const {
    std::string out = fmt::format("// {}, contract {}. Field numbers are kept in kingpost.lock. Designed: this version serves REST.\n",
                                  one_line(api_.system), one_line(api_.contract));
    out += fmt::format("syntax = \"proto3\";\n\npackage {};\n\n", package_);
    for (const std::string_view import : {"google/protobuf/duration.proto", "google/protobuf/struct.proto", "google/protobuf/timestamp.proto"}) {
      if (shape_.uses(import)) out += fmt::format("import \"{}\";\n", import);
    }
    if (mask_) {
      // In the order of buf's formatter.
      const std::size_t at = out.find("import \"google/protobuf/struct");
      const std::size_t later = at != std::string::npos ? at : out.find("import \"google/protobuf/timestamp");
      out.insert(later != std::string::npos ? later : out.size(), "import \"google/protobuf/field_mask.proto\";\n");
    }
    if (!out.ends_with("\n\n")) out += '\n';
    if (!api_.deprecated.empty()) out += "option deprecated = true;\n\n";
    out.pop_back();
    return out;
  }

  void print_type(const ProtoType& type) {
    const auto found = numbers_.find(package_ + "." + type.name);
    std::map<std::string, std::int32_t> numbers = found == numbers_.end() ? std::map<std::string, std::int32_t>{} : found->second;
    out_ += '\n';
    comment(type.comment);
    out_ += fmt::format("{} {} {{\n", type.is_enum ? "enum" : "message", type.name);
    const std::string reserved = reserved_numbers(type, numbers);
    if (!reserved.empty()) out_ += fmt::format("  reserved {};\n", reserved);
    for (const ProtoMember& member : type.members) {
      for (const std::string& line : member.comments) comment(line, "  ");
      const bool zero = type.is_enum && &member == &type.members.front();
      auto number = numbers.find(member.name);
      if (!zero && number == numbers.end()) number = numbers.emplace(member.name, next_number(numbers)).first;
      if (type.is_enum) {
        out_ += fmt::format("  {} = {};\n", member.name, zero ? 0 : number->second);
      } else {
        out_ += fmt::format("  {} {} = {};\n", member.type, member.name, number->second);
      }
    }
    out_ += "}\n";
  }

  /// Numbers of what is no longer there, or not for this audience: never free for something else. Names are not said, they might tell.
  static std::string reserved_numbers(const ProtoType& type, const std::map<std::string, std::int32_t>& numbers) {
    std::vector<std::int32_t> gone;
    for (const auto& [name, number] : numbers) {
      const bool here = std::any_of(type.members.begin(), type.members.end(), [&name](const ProtoMember& one) { return one.name == name; });
      if (!here) gone.push_back(number);
    }
    std::sort(gone.begin(), gone.end());
    std::string out;
    for (const std::int32_t number : gone) out += fmt::format("{}{}", out.empty() ? "" : ", ", number);
    return out;
  }

  // --- services

  void method(std::string_view name, std::string_view about) {
    methods_ += fmt::format("  // {}\n  rpc {}({}Request) returns ({}Response);\n", one_line(about), name, name, name);
  }

  void message(const std::string& name, const std::vector<std::string>& fields) {
    if (fields.empty()) {
      messages_ += fmt::format("\nmessage {} {{}}\n", name);
      return;
    }
    messages_ += fmt::format("\nmessage {} {{\n", name);
    int number = 0;
    for (const std::string& field : fields) messages_ += fmt::format("  {} = {};\n", field, ++number);
    messages_ += "}\n";
  }

  void close_service(const std::string& name, std::string_view about) {
    if (!methods_.empty()) {
      out_ += messages_;
      out_ += '\n';
      comment(about);
      out_ += fmt::format("service {} {{\n", name);
      if (!api_.deprecated.empty()) out_ += "  option deprecated = true;\n\n";
      out_ += methods_ + "}\n";
    }
    methods_.clear();
    messages_.clear();
  }

  void print_service(const ApiEntity& entity) {
    const ProtoEntity& named = shape_.of(entity);
    const std::string row = fmt::format("{} {}", named.message, named.field);
    const std::string key = fmt::format("{} key", named.key);
    if (entity.readable) {
      if (!named.key.empty()) {
        method("Get" + named.message, fmt::format("One row of {}; NOT_FOUND where there is none that the caller may read.", entity.name));
        message(fmt::format("Get{}Request", named.message), {key});
        message(fmt::format("Get{}Response", named.message), {row, "string etag"});
      }
      method("List" + named.plural, fmt::format("Rows of {} by pages; an empty token ends them. Filters as in AIP-160.", entity.name));
      message(fmt::format("List{}Request", named.plural), {"int32 page_size", "string page_token", "string filter", "string order_by", "int32 skip"});
      message(fmt::format("List{}Response", named.plural),
              {fmt::format("repeated {} {}", named.message, named.fields), "string next_page_token", "optional int64 total_size"});
    }
    if (entity.creatable) {
      method("Create" + named.message, fmt::format("Creates a row of {}; the same request_id takes effect once.", entity.name));
      message(fmt::format("Create{}Request", named.message), {row, "string request_id"});
      message(fmt::format("Create{}Response", named.message), {row, "string etag"});
    }
    if (entity.updatable && !named.key.empty()) {
      mask_ = true;
      method("Update" + named.message, fmt::format("Changes the masked fields of a row of {}; ABORTED where its etag is another.", entity.name));
      message(fmt::format("Update{}Request", named.message),
              {key, row, "google.protobuf.FieldMask update_mask", "string etag", "string request_id", "bool allow_missing"});
      message(fmt::format("Update{}Response", named.message), {row, "string etag"});
    }
    if (entity.removable && !named.key.empty()) {
      method("Delete" + named.message, fmt::format("Deletes a row of {}; ABORTED where its etag is another.", entity.name));
      message(fmt::format("Delete{}Request", named.message), {key, "string etag", "string request_id"});
      message(fmt::format("Delete{}Response", named.message), {});
    }
    close_service(named.service, fmt::format("Rows of {}.", entity.name));
  }

  void print_commands() {
    std::vector<std::string> services;
    for (const surface::ApiCommand& command : api_.commands) {
      if (std::find(services.begin(), services.end(), command.service) == services.end()) services.push_back(command.service);
    }
    for (const std::string& service : services) {
      for (const surface::ApiCommand& command : api_.commands) {
        if (command.service == service) print_command(command);
      }
      close_service(shape_.command_service(service), service.empty() ? "Commands." : fmt::format("Commands of {}.", service));
    }
  }

  void print_command(const surface::ApiCommand& command) {
    const std::string& name = shape_.of(command).method;
    std::string about = command.summary.empty() ? fmt::format("The command {}.", command.name) : command.summary;
    about += command.idempotent ? " Wants the metadata idempotency-key." : "";
    for (const auto& [code, message] : command.errors) about += fmt::format(" FAILED_PRECONDITION {}: {}", code, message);
    method(name, about);
    const ApiEntity* returned = api_.find(command.returns);
    if (returned != nullptr && returned->readable) {
      const ProtoEntity& named = shape_.of(*returned);
      message(name + "Response", {fmt::format("{} {}", named.message, named.field), "string etag"});
    } else {
      message(name + "Response", {});
    }
  }

  const Api& api_;
  const std::string& package_;
  const ProtoNumbers& numbers_;
  ProtoShape shape_;
  std::string out_;
  std::string methods_;
  std::string messages_;
  bool mask_ = false;
};

}  // namespace

std::vector<std::string> proto_packages(const ir::System& system) {
  const std::string first = surface::word_case(system.name);
  surface::NameTable names;
  std::vector<std::string> out;
  for (const ir::Contract& contract : system.contracts) {
    const std::string word = surface::word_case(contract.name);
    const std::string package = names.claim(fmt::format("{}.{}", first, word));
    out.push_back(is_version(word) ? package : package + ".v1");
  }
  return out;
}

ProtoNumbers assign_proto_numbers(const Api& api, const std::string& package, ProtoNumbers known) {
  const ProtoShape shape(api);
  for (const ProtoType& type : shape.types()) {
    std::map<std::string, std::int32_t>& given = known[package + "." + type.name];
    for (const ProtoMember& member : type.members) {
      const bool zero = type.is_enum && &member == &type.members.front();
      if (!zero && !given.contains(member.name)) given.emplace(member.name, next_number(given));
    }
    if (given.empty()) known.erase(package + "." + type.name);
  }
  return known;
}

ProtoNumbers assign_proto_numbers(const ir::System& system, ProtoNumbers known) {
  const std::vector<std::string> packages = proto_packages(system);
  for (std::size_t at = 0; at < packages.size(); ++at) {
    known = assign_proto_numbers(surface::describe(system, system.contracts[at], {}), packages[at], std::move(known));
  }
  return known;
}

std::string print_proto(const Api& api, const std::string& package, const ProtoNumbers& numbers) { return Printer(api, package, numbers).print(); }

std::string proto_path(const std::string& package) {
  std::string path = package;
  std::replace(path.begin(), path.end(), '.', '/');
  return fmt::format("{}/{}.proto", path, package.substr(0, package.find('.')));
}

}  // namespace kingpost::emit
