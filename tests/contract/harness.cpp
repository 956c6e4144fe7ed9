#include "harness.hpp"

#include <yaml-cpp/yaml.h>

#include <fstream>
#include <sstream>
#include <stdexcept>

#include "kingpost/compile/compile.hpp"
#include "kingpost/dialect/codec.hpp"

namespace kingpost::contract {
namespace {

std::string read_text(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + path);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

RawValue read_value(const YAML::Node& node) {
  if (node.IsNull()) return {RawValue::Kind::kNull, {}};
  const auto text = node.as<std::string>();
  const bool json = !text.empty() && (text.front() == '{' || text.front() == '[');
  return {json ? RawValue::Kind::kJson : RawValue::Kind::kText, text};
}

request::Principal read_principal(const YAML::Node& node) {
  request::Principal principal;
  if (node["user"]) principal.user = parse_uuid(node["user"].as<std::string>());
  if (node["tenant"]) principal.tenant = parse_uuid(node["tenant"].as<std::string>());
  if (node["roles"]) principal.roles = node["roles"].as<std::vector<std::string>>();
  if (node["admin"]) principal.admin = node["admin"].as<bool>();
  if (node["system"]) principal.system = node["system"].as<bool>();
  return principal;
}

std::vector<std::pair<std::string, std::string>> read_pairs(const YAML::Node& node) {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const auto& pair : node) pairs.emplace_back(pair.first.as<std::string>(), pair.second.as<std::string>());
  return pairs;
}

Exchange read_exchange(const YAML::Node& node) {
  Exchange exchange;
  exchange.caller = node["as"].as<std::string>("anonymous");
  const auto request = node["request"].as<std::string>();
  const auto blank = request.find(' ');
  exchange.method = request.substr(0, blank);
  exchange.target = request.substr(blank + 1);
  exchange.headers = read_pairs(node["headers"]);
  exchange.body = node["body"].as<std::string>("");
  exchange.status = node["status"].as<int>(200);
  exchange.code = node["code"].as<std::string>("");
  exchange.answer = node["answer"].as<std::string>("");
  exchange.answer_headers = read_pairs(node["answer_headers"]);
  exchange.statements = node["statements"].as<int>(0);
  return exchange;
}

Case read_case(const YAML::Node& node) {
  Case made;
  made.name = node["name"].as<std::string>();
  if (node["skip"]) made.skip = node["skip"].as<std::vector<std::string>>();
  if (node["exchanges"]) {
    for (const auto& exchange : node["exchanges"]) made.exchanges.push_back(read_exchange(exchange));
  } else {
    made.exchanges.push_back(read_exchange(node));
  }
  return made;
}

}  // namespace

std::string cases_path(const std::string& below) { return std::string(KINGPOST_SOURCE_DIR) + "/tests/cases/" + below; }

ir::SystemPtr load_system(const std::string& path) {
  SourceMap sources;
  Diagnostics diagnostics;
  const auto read = [](const std::string& file) -> Result<std::string> { return read_text(file); };
  auto system = compile::compile_file(path, read, Limits{}, sources, diagnostics);
  if (system == nullptr) throw std::runtime_error(print_diagnostics(diagnostics, sources, DiagnosticFormat::kText, false));
  return system;
}

Suite load_suite(const std::string& path) {
  const auto root = YAML::Load(read_text(path));
  Suite suite;
  suite.name = path.substr(path.rfind('/') + 1);
  suite.name = suite.name.substr(0, suite.name.find('.'));
  const auto base = YAML::Load(read_text(cases_path(root["base"].as<std::string>())));
  suite.system = load_system(cases_path(base["model"].as<std::string>()));
  suite.callers["anonymous"] = {};
  for (const auto& caller : base["callers"]) suite.callers[caller.first.as<std::string>()] = read_principal(caller.second);
  for (const auto& entity : base["rows"]) {
    for (const auto& row : entity.second) {
      SeedRow made;
      made.entity = entity.first.as<std::string>();
      for (const auto& value : row) made.values.emplace_back(value.first.as<std::string>(), read_value(value.second));
      suite.rows.push_back(std::move(made));
    }
  }
  for (const auto& one : root["cases"]) suite.cases.push_back(read_case(one));
  return suite;
}

Result<protocol::rest::Call> read_call(const Exchange& exchange, const Limits& limits) {
  wire::HttpRequest http;
  const auto target = "/rest/v1" + exchange.target;
  http.method = exchange.method;
  http.target = target;
  http.body = exchange.body;
  for (const auto& [name, value] : exchange.headers) http.headers.add({name, value});
  if (!exchange.body.empty() && !http.headers.find("content-type")) http.headers.add({"content-type", "application/json"});
  return protocol::rest::parse_call(http, http.path().substr(std::string_view("/rest/v1").size()), limits);
}

std::string canonical_json(const std::string& text) {
  ir::LogicalType json;
  json.scalar = ir::Scalar::kJson;
  const auto datum = dialect::encode({RawValue::Kind::kJson, text}, json, {}, {nullptr, dialect::Database::kSqlite});
  return datum ? std::get<std::string>(*datum) : text;
}

std::string compact_json(const std::string& text) {
  std::string out;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      out += c;
      if (c == '\\' && i + 1 < text.size()) out += text[++i];
      if (c == '"') quoted = false;
      continue;
    }
    if (c == ' ' || c == '\n' || c == '\t' || c == '\r') continue;
    quoted = c == '"';
    out += c;
  }
  return out;
}

}  // namespace kingpost::contract
