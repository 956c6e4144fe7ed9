#include <algorithm>

#include "kingpost/foreign/foreign.hpp"
#include "kingpost/foreign/kind.hpp"
#include "kingpost/foreign/yaml_value.hpp"

namespace kingpost::foreign {
namespace {

constexpr std::size_t kMaxVariables = 20'000;

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

/// The value without its quotes, or without the comment that follows an unquoted one.
std::string_view plain(std::string_view value) {
  if (value.size() > 1 && (value[0] == '"' || value[0] == '\'')) {
    const auto end = value.find(value[0], 1);
    if (end != std::string_view::npos) return value.substr(1, end - 1);
  }
  if (value.starts_with('#')) return {};
  const auto comment = value.find(" #");
  return trimmed(value.substr(0, comment));
}

}  // namespace

DeployFacts read_env(const File& file, Diagnostics& diagnostics) {
  DeployFacts facts;
  facts.kind = "env";
  facts.file = file.path;
  facts.development = is_for_development(file.path);
  const auto name = lower(file.path);
  for (const char* word : {"example", "sample", "template", "dist", "default"}) facts.example = facts.example || name.find(word) != std::string::npos;
  std::string_view rest = file.text;
  for (std::uint32_t line = 1; !rest.empty() && facts.environment.size() < kMaxVariables; ++line) {
    const auto end = std::min(rest.find('\n'), rest.size());
    auto text = trimmed(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (text.empty() || text[0] == '#') continue;
    if (text.starts_with("export ")) text = trimmed(text.substr(7));
    const auto equals = text.find('=');
    const auto key = trimmed(text.substr(0, equals));
    const bool named = !key.empty() && key.find_first_of(" \t\"'") == std::string_view::npos;
    if (equals == std::string_view::npos || !named) {
      if (!named) refuse(diagnostics, file.index, line, 1, "This line assigns no variable and was not read.");
      continue;
    }
    const auto value = plain(trimmed(text.substr(equals + 1)));
    EnvFact fact{std::string(key), std::string(value), value.starts_with('$'), {file.index, line, 1, line, 1}};
    if (fact.from_secret) fact.value.clear();
    facts.environment.push_back(std::move(fact));
  }
  return facts;
}

}  // namespace kingpost::foreign
