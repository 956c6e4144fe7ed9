#include "kingpost/app/proto_lock.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstdio>
#include <filesystem>
#include <set>

#include "kingpost/app/loading.hpp"
#include "kingpost/model/source_text.hpp"
#include "kingpost/model/yaml.hpp"

namespace kingpost::app {

namespace {

constexpr std::string_view kSection = "proto";
constexpr std::int32_t kLargestNumber = 536'870'911;  // 2^29 - 1, protobuf's bound
constexpr std::int32_t kReservedFirst = 19'000;
constexpr std::int32_t kReservedLast = 19'999;

auto broken(const std::string& path, std::uint32_t line, std::string_view why) {
  auto error = make_error(ErrorKind::kInvalidArgument, "kp-lock", fmt::format("{}:{}: error[kp-lock]: {}", path, line, why));
  error.hint = "Below `proto:` stands message → field → number, as `kingpost design --lock` writes it; mend the line or restore the file.";
  return fail(std::move(error));
}

Result<model::Node> read_tree(const std::string& path, const std::string& text) {
  SourceMap sources;
  Diagnostics diagnostics;
  const auto file = sources.add(path, text);
  model::Node root;
  if (model::check_source_text(text, file, Limits{}, diagnostics)) root = model::read_yaml(text, file, Limits{}, diagnostics);
  if (diagnostics.has_errors()) return broken(path, diagnostics.all().front().span.line, diagnostics.all().front().message);
  if (!root.is_map()) return broken(path, 1, "the file is no map of sections");
  return root;
}

Result<std::int32_t> read_number(const std::string& path, const model::Member& member) {
  const std::string& text = member.value.text;
  std::int32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = member.value.is_scalar() && error == std::errc() && end == text.data() + text.size();
  if (!whole || number < 1 || number > kLargestNumber || (number >= kReservedFirst && number <= kReservedLast)) {
    return broken(path, member.key_span.line, fmt::format("`{}` is no field number of protobuf", text));
  }
  return number;
}

Result<std::map<std::string, std::int32_t>> read_message(const std::string& path, const model::Member& message) {
  if (!message.value.is_map()) return broken(path, message.key_span.line, fmt::format("`{}` is no map of numbers", message.key));
  std::map<std::string, std::int32_t> out;
  std::set<std::int32_t> taken;
  for (const model::Member& member : message.value.members) {
    auto number = read_number(path, member);
    if (!number) return fail(std::move(number.error()));
    if (!taken.insert(*number).second) return broken(path, member.key_span.line, fmt::format("{} gives {} twice", message.key, *number));
    out.emplace(member.key, *number);
  }
  return out;
}

std::string print_section(const emit::ProtoNumbers& numbers) {
  if (numbers.empty()) return {};
  std::string out = fmt::format("{}:\n", kSection);
  for (const auto& [message, members] : numbers) {
    out += fmt::format("  {}:\n", message);
    // Quoted, because a field may be called null or on.
    for (const auto& [name, number] : members) out += fmt::format("    \"{}\": {}\n", name, number);
  }
  return out;
}

}  // namespace

Result<ProtoLock> parse_proto_lock(const std::string& path, std::string text) {
  ProtoLock lock{path, std::move(text), false, {}};
  const auto root = read_tree(path, lock.text);
  if (!root) return fail(root.error());
  const model::Node* section = root->find(kSection);
  if (section == nullptr) return lock;
  lock.present = true;
  if (section->is_null()) return lock;
  if (!section->is_map()) return broken(path, section->span.line, "`proto` is a map of messages");
  for (const model::Member& message : section->members) {
    auto numbers = read_message(path, message);
    if (!numbers) return fail(std::move(numbers.error()));
    lock.numbers.emplace(message.key, *std::move(numbers));
  }
  return lock;
}

Result<ProtoLock> read_proto_lock(const std::string& model) {
  const std::string path = (std::filesystem::path(model).parent_path() / "kingpost.lock").string();
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return ProtoLock{path, {}, false, {}};
  auto text = read_file(path);
  if (!text) return fail(std::move(text.error()));
  return parse_proto_lock(path, *std::move(text));
}

std::string print_proto_lock(const ProtoLock& lock) {
  const std::string section = print_section(lock.numbers);
  if (lock.text.empty()) return "# Decisions about this model that are no part of it; commit it with the model.\nversion: 1\n" + section;
  const auto root = read_tree(lock.path, lock.text);
  if (!root) return lock.text;
  const model::LineIndex lines(lock.text);
  for (std::size_t at = 0; at < root->members.size(); ++at) {
    if (root->members[at].key != kSection) continue;
    const auto first = root->members[at].key_span.line;
    const std::size_t begin = lines.offset(first, 1);
    std::size_t end = lock.text.size();
    if (at + 1 < root->members.size()) {
      auto line = root->members[at + 1].key_span.line;
      // Comments right before the next section belong to it.
      while (line > first + 1 && lock.text[lines.offset(line - 1, 1)] == '#') --line;
      end = lines.offset(line, 1);
    }
    return lock.text.substr(0, begin) + section + lock.text.substr(end);
  }
  return lock.text + (lock.text.ends_with('\n') ? "" : "\n") + section;
}

Result<void> keep_proto_numbers(const ir::System& system, ProtoLock& lock, bool asked) {
  if (!lock.present && !asked) {
    fmt::print(stderr, "The numbers of protobuf fields are not kept, so they may change with the model; --lock keeps them in {}.\n", lock.path);
    return {};
  }
  emit::ProtoNumbers numbers = emit::assign_proto_numbers(system, lock.numbers);
  if (lock.present && numbers == lock.numbers) return {};
  lock.numbers = std::move(numbers);
  auto written = write_file(lock.path, print_proto_lock(lock));
  if (written) fmt::print(stderr, "Kept the numbers of protobuf fields in {}; commit it with the model.\n", lock.path);
  return written;
}

}  // namespace kingpost::app
