#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "kingpost/foreign/foreign.hpp"
#include "kingpost/foreign/graphql_tokens.hpp"
#include "kingpost/foreign/yaml_value.hpp"

namespace kingpost::foreign {
namespace {

constexpr std::size_t kMaxValueDepth = 60;
constexpr std::size_t kMaxTypes = 50'000;
constexpr std::size_t kMaxProblems = 20;

/// Ends the definition being read; the next one is looked for.
struct Unexpected {
  std::string wanted;
};

/// The type system part of GraphQL (October 2021, §3) by recursive descent.
class SdlParser {
 public:
  SdlParser(const File& file, ApiFacts& facts, Diagnostics& diagnostics)
      : tokens_(file.text), file_(file.index), facts_(facts), diagnostics_(diagnostics) {}

  void read() {
    while (tokens_.kind() != Kind::kEnd && problems_ < kMaxProblems && facts_.types.size() < kMaxTypes) {
      try {
        definition();
      } catch (const Unexpected& problem) {
        complain(problem.wanted);
      }
    }
    operations();
  }

 private:
  using Kind = GraphqlTokens::Kind;

  void complain(const std::string& wanted) {
    ++problems_;
    const std::string found = tokens_.kind() == Kind::kEnd ? "the end" : fmt::format("`{}`", tokens_.text().substr(0, 40));
    refuse(diagnostics_, file_, tokens_.line(), tokens_.column(),
           fmt::format("Here is {}, where {} belongs; this definition was not read.", found, wanted));
    // Definitions begin at the first column wherever people write them.
    do {
      tokens_.next();
    } while (tokens_.kind() != Kind::kEnd && !(tokens_.column() == 1 && tokens_.kind() == Kind::kName));
  }

  bool accept(std::string_view word) {
    if (!tokens_.is(word)) return false;
    tokens_.next();
    return true;
  }
  void expect(std::string_view word) {
    if (!accept(word)) throw Unexpected{fmt::format("`{}`", word)};
  }
  std::string name(const char* what = "a name") {
    if (tokens_.kind() != Kind::kName) throw Unexpected{what};
    std::string out(tokens_.text());
    tokens_.next();
    return out;
  }
  [[nodiscard]] Span here() const {
    const auto length = static_cast<std::uint32_t>(std::min<std::size_t>(tokens_.text().size(), 200));
    return {file_, tokens_.line(), tokens_.column(), tokens_.line(), tokens_.column() + length};
  }
  void description() {
    if (tokens_.kind() == Kind::kString) tokens_.next();
  }

  void value(std::size_t depth = 0) {
    if (depth > kMaxValueDepth) throw Unexpected{"a value that is nested less deeply"};
    if (accept("$")) {
      name();
    } else if (accept("[")) {
      while (!accept("]")) value(depth + 1);
    } else if (accept("{")) {
      while (!accept("}")) {
        name();
        expect(":");
        value(depth + 1);
      }
    } else if (tokens_.kind() == Kind::kName || tokens_.kind() == Kind::kNumber || tokens_.kind() == Kind::kString) {
      tokens_.next();
    } else {
      throw Unexpected{"a value"};
    }
  }

  /// Names of the directives; their arguments are passed over.
  std::set<std::string> directives() {
    std::set<std::string> out;
    while (accept("@")) {
      out.insert(name("a directive's name"));
      if (!accept("(")) continue;
      while (!accept(")")) {
        name("an argument");
        expect(":");
        value();
      }
    }
    return out;
  }

  void type_reference(ApiMember& member, std::size_t depth = 0) {
    if (depth > kMaxValueDepth) throw Unexpected{"a type that is nested less deeply"};
    if (accept("[")) {
      ApiMember item;
      type_reference(item, depth + 1);
      expect("]");
      member.list = true;
      member.type = "array";
      member.item_type = item.list ? item.item_type : item.type;
    } else {
      member.type = name("a type");
    }
    member.required = accept("!");
    member.nullable = !member.required;
  }

  ApiMember input_value() {
    description();
    ApiMember out;
    out.span = here();
    out.name = name("an argument or input field");
    expect(":");
    type_reference(out);
    if (accept("=")) {
      value();
      out.required = false;
    }
    out.deprecated = directives().contains("deprecated");
    return out;
  }

  ApiMember field(std::vector<ApiMember>& arguments) {
    description();
    ApiMember out;
    out.span = here();
    out.name = name("a field");
    if (accept("(")) {
      while (!accept(")")) arguments.push_back(input_value());
    }
    for (const auto& argument : arguments) out.arguments.push_back(argument.name);
    expect(":");
    type_reference(out);
    const auto marks = directives();
    out.deprecated = marks.contains("deprecated");
    out.limited = marks.contains("listSize");
    return out;
  }

  ApiType& type(const std::string& named, const char* kind, const Span& span) {
    const auto [at, added] = index_.emplace(named, facts_.types.size());
    if (!added) return facts_.types[at->second];
    ApiType out;
    out.name = named;
    out.kind = kind;
    out.span = span;
    facts_.types.push_back(std::move(out));
    return facts_.types.back();
  }

  void fields_of(ApiType& owner) {
    if (!accept("{")) return;
    while (!accept("}")) {
      std::vector<ApiMember> arguments;
      owner.members.push_back(field(arguments));
      if (!arguments.empty()) arguments_[owner.name + "." + owner.members.back().name] = std::move(arguments);
    }
  }

  void implemented() {
    if (!accept("implements")) return;
    accept("&");
    do {
      name("an interface");
    } while (accept("&") || tokens_.kind() == Kind::kName);
  }

  void schema() {
    directives();
    if (!accept("{")) return;
    while (!accept("}")) {
      description();
      const std::string which = name("query, mutation or subscription");
      expect(":");
      roots_[which] = name("a type");
    }
  }

  void directive_definition() {
    expect("@");
    name("a directive's name");
    if (accept("(")) {
      while (!accept(")")) input_value();
    }
    accept("repeatable");
    expect("on");
    accept("|");
    do {
      name("a place");
    } while (accept("|"));
  }

  void union_members(ApiType& owner) {
    directives();
    if (!accept("=")) return;
    accept("|");
    do {
      owner.values.push_back(name("a type"));
    } while (accept("|"));
  }

  void enum_values(ApiType& owner) {
    directives();
    if (!accept("{")) return;
    while (!accept("}")) {
      description();
      owner.values.push_back(name("a value"));
      directives();
    }
  }

  /// Operations and fragments are a client's; they are passed over to their closing brace.
  void pass_over_executable() {
    while (tokens_.kind() != Kind::kEnd && !tokens_.is("{")) tokens_.next();
    std::size_t depth = 0;
    do {
      if (tokens_.is("{")) ++depth;
      if (tokens_.is("}")) --depth;
      tokens_.next();
    } while (depth != 0 && tokens_.kind() != Kind::kEnd);
  }

  void definition() {
    description();
    accept("extend");
    const std::string word = tokens_.kind() == Kind::kName ? std::string(tokens_.text()) : "";
    static constexpr std::string_view kWords = " schema scalar type interface union enum input directive query mutation subscription fragment ";
    if (word.empty() || kWords.find(" " + word + " ") == std::string_view::npos) throw Unexpected{"a definition"};
    tokens_.next();
    if (word == "schema") return schema();
    if (word == "directive") return directive_definition();
    if (word == "query" || word == "mutation" || word == "subscription" || word == "fragment") return pass_over_executable();
    const Span span = here();
    const std::string named = name("a type's name");
    auto& owner = type(named, word == "type" ? "object" : word.c_str(), span);
    if (word == "type" || word == "interface") {
      implemented();
      directives();
      fields_of(owner);
    } else if (word == "union") {
      union_members(owner);
    } else if (word == "enum") {
      enum_values(owner);
    } else {
      directives();
      if (word != "input" || !accept("{")) return;
      while (!accept("}")) owner.members.push_back(input_value());
    }
  }

  void operations() {
    static constexpr std::array<std::array<const char*, 3>, 3> kRoots{
        {{"query", "Query", "QUERY"}, {"mutation", "Mutation", "MUTATION"}, {"subscription", "Subscription", "SUBSCRIPTION"}}};
    for (const auto& [which, otherwise, method] : kRoots) {
      const auto root = roots_.find(which);
      const auto found = index_.find(root == roots_.end() ? otherwise : root->second);
      if (found == index_.end()) continue;
      for (const auto& field : facts_.types[found->second].members) {
        ApiOperation out;
        out.method = method;
        out.id = out.path = field.name;
        const auto arguments = arguments_.find(facts_.types[found->second].name + "." + field.name);
        if (arguments != arguments_.end()) out.parameters = arguments->second;
        input_members(out);
        out.deprecated = field.deprecated;
        ApiAnswer answer;
        answer.status = "200";
        answer.type = field.type;
        answer.item_type = field.item_type;
        answer.has_body = true;
        answer.list = field.list;
        answer.limited = field.limited;
        answer.span = field.span;
        out.answers.push_back(std::move(answer));
        out.span = field.span;
        facts_.operations.push_back(std::move(out));
      }
    }
    mark_inputs();
    mark_answers();
  }

  /// Members of the input objects that an operation takes, one level deep.
  void input_members(ApiOperation& out) const {
    for (const auto& parameter : out.parameters) {
      const auto found = index_.find(parameter.list ? parameter.item_type : parameter.type);
      if (found == index_.end() || facts_.types[found->second].kind != "input") continue;
      out.body_type = facts_.types[found->second].name;
      const auto& members = facts_.types[found->second].members;
      out.body.insert(out.body.end(), members.begin(), members.end());
    }
  }

  void mark_inputs() {
    for (auto& each : facts_.types) each.used_in_request = each.kind == "input";
  }

  /// Whatever a query can reach.
  void mark_answers() {
    std::vector<std::pair<std::string, bool>> waiting;
    for (const auto& operation : facts_.operations) {
      const auto& answer = operation.answers.front();
      waiting.emplace_back(answer.list ? answer.item_type : answer.type, operation.method == "QUERY");
    }
    std::set<std::pair<std::string, bool>> seen;
    while (!waiting.empty()) {
      auto [named, read] = std::move(waiting.back());
      waiting.pop_back();
      const auto found = index_.find(named);
      if (found == index_.end() || !seen.emplace(named, read).second) continue;
      auto& each = facts_.types[found->second];
      each.used_in_response = true;
      each.used_in_read = each.used_in_read || read;
      for (const auto& member : each.members) waiting.emplace_back(member.list ? member.item_type : member.type, read);
      if (each.kind != "union") continue;
      for (const auto& part : each.values) waiting.emplace_back(part, read);
    }
  }

  GraphqlTokens tokens_;
  FileIndex file_;
  ApiFacts& facts_;
  Diagnostics& diagnostics_;
  std::map<std::string, std::size_t> index_;
  std::map<std::string, std::vector<ApiMember>> arguments_;
  std::map<std::string, std::string> roots_;
  std::size_t problems_ = 0;
};

}  // namespace

ApiFacts read_graphql(const File& file, Diagnostics& diagnostics) {
  ApiFacts facts;
  facts.kind = ApiKind::kGraphql;
  facts.file = file.path;
  facts.span = {file.index, 1, 1, 1, 1};
  if (file.text.size() > kMaxForeignBytes) {
    refuse(diagnostics, file.index, 1, 1, fmt::format("This file has more than {} MiB and was not read.", kMaxForeignBytes >> 20U));
    return facts;
  }
  SdlParser(file, facts, diagnostics).read();
  return facts;
}

}  // namespace kingpost::foreign
