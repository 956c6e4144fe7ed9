#include "kingpost/foreign/kind.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "kingpost/foreign/foreign.hpp"

namespace kingpost::foreign {
namespace {

struct RoleWords {
  ContainerRole role;
  std::string_view words;
};

constexpr std::array kRoles{
    RoleWords{
        ContainerRole::kObservability,
        " prometheus grafana loki jaeger otel opentelemetry kibana logstash fluentd fluent cadvisor exporter alertmanager zipkin tempo telegraf "
        "phpmyadmin pgadmin adminer express commander kafdrop "},
    RoleWords{
        ContainerRole::kDatabase,
        " postgres postgresql mysql mariadb mongo mongodb mssql oracle cassandra cockroach cockroachdb timescaledb postgis neo4j couchdb influxdb "
        "clickhouse rethinkdb arangodb percona scylla pgvector pg "},
    RoleWords{ContainerRole::kCache, " redis memcached valkey keydb dragonfly "},
    RoleWords{ContainerRole::kBroker, " rabbitmq kafka nats zookeeper pulsar mosquitto activemq redpanda emqx "},
    RoleWords{ContainerRole::kSearch, " elasticsearch opensearch solr meilisearch typesense "},
    RoleWords{ContainerRole::kProxy, " nginx traefik haproxy caddy envoy httpd varnish "},
};

std::string_view without_tag(std::string_view image) {
  image = image.substr(0, image.find('@'));
  const auto slash = image.rfind('/');
  const auto colon = image.rfind(':');
  return colon != std::string_view::npos && (slash == std::string_view::npos || colon > slash) ? image.substr(0, colon) : image;
}

/// Whether some line begins with `word`.
bool has_line(std::string_view text, std::string_view word) {
  for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    if (at == 0 || text[at - 1] == '\n' || text.substr(0, at) == "\xEF\xBB\xBF") return true;
  }
  return false;
}

/// Whether JSON has a member of that name with a text that begins with `digit`.
bool has_json_version(std::string_view text, std::string_view name, char digit) {
  for (std::size_t at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
    auto rest = text.substr(at + name.size(), 40);
    const auto value = rest.find_first_not_of(" \t\r\n:");
    if (value != std::string_view::npos && value > 0 && rest.substr(value).starts_with('"') && rest.size() > value + 1 && rest[value + 1] == digit)
      return true;
  }
  return false;
}

FileKind kind_of_tree(const std::string& name, std::string_view text) {
  if (has_line(text, "openapi:") || has_json_version(text, "\"openapi\"", '3')) return FileKind::kOpenApi;
  if (has_line(text, "swagger:") || has_json_version(text, "\"swagger\"", '2')) return FileKind::kSwagger;
  const bool compose = name.find("compose") != std::string::npos || name.find("docker-stack") != std::string::npos;
  if (compose && has_line(text, "services:")) return FileKind::kCompose;
  if (has_line(text, "apiVersion:") && has_line(text, "kind:")) return FileKind::kKubernetes;
  if (text.find("\"apiVersion\"") != std::string_view::npos && text.find("\"kind\"") != std::string_view::npos) return FileKind::kKubernetes;
  const bool images = text.find("\n    image:") != std::string_view::npos || text.find("\n    build:") != std::string_view::npos;
  return has_line(text, "services:") && images && text.find("{{") == std::string_view::npos ? FileKind::kCompose : FileKind::kUnknown;
}

}  // namespace

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

ContainerRole role_of(std::string_view image, std::string_view name) {
  const auto plain = without_tag(image);
  const std::string whole = lower(plain.empty() ? name : plain.substr(plain.rfind('/') + 1));
  for (const auto& row : kRoles) {
    for (std::size_t begin = 0; begin < whole.size();) {
      const auto end = std::min(whole.find_first_of("-_.", begin), whole.size());
      // `postgres15` and `mysql8` are what they were without the number.
      auto word = whole.substr(begin, end - begin);
      while (word.size() > 2 && std::isdigit(static_cast<unsigned char>(word.back())) != 0 && word != "neo4") word.pop_back();
      if (!word.empty() && row.words.find(" " + word + " ") != std::string_view::npos) return row.role;
      begin = end + 1;
    }
  }
  return ContainerRole::kApplication;
}

bool is_for_development(std::string_view path) {
  // Of the folders only the nearest three: a checkout far below `test` is no test.
  std::size_t begins = path.size();
  for (int part = 0; part < 4 && begins != 0 && begins != std::string_view::npos; ++part) begins = path.rfind('/', begins - 1);
  const std::string all = lower(path.substr(begins == std::string_view::npos ? 0 : begins));
  // A hidden folder belongs to somebody's tools.
  for (std::size_t at = all.find("/."); at != std::string::npos; at = all.find("/.", at + 1)) {
    const auto end = all.find('/', at + 1);
    if (end != std::string::npos && end - at > 3) return true;
  }
  static constexpr std::array<std::string_view, 16> kWords{"dev",          "test",    "tests",       "testing", "local",    "override",
                                                           "ci",           "e2e",     "example",     "debug",   "examples", "sample",
                                                           "devcontainer", "samples", "development", "demo"};
  for (std::size_t begin = 0; begin < all.size();) {
    const auto end = std::min(all.find_first_of("/.-_", begin), all.size());
    if (std::find(kWords.begin(), kWords.end(), all.substr(begin, end - begin)) != kWords.end()) return true;
    begin = end + 1;
  }
  return false;
}

bool keeps_data(std::string_view mounted_at) {
  if (mounted_at.find("initdb.d") != std::string_view::npos || mounted_at.find("localtime") != std::string_view::npos) return false;
  static constexpr std::array<std::string_view, 12> kEndings{".sql",  ".conf", ".cnf", ".yml",  ".yaml", ".sh",
                                                             ".json", ".xml",  ".cfg", ".sock", ".js",   ".ini"};
  return std::none_of(kEndings.begin(), kEndings.end(), [&](std::string_view ending) { return mounted_at.ends_with(ending); });
}

FileKind kind_of(const std::string& path, std::string_view text) {
  const std::string name = lower(std::string_view(path).substr(path.rfind('/') + 1));
  const auto ends = [&](std::string_view ending) { return name.ends_with(ending); };
  if (ends(".sql") || ends(".ddl")) return FileKind::kSql;
  if (ends(".proto")) return FileKind::kProto;
  if (ends(".graphql") || ends(".graphqls") || ends(".gql") || ends(".sdl")) {
    static constexpr std::array<std::string_view, 8> kWords{"type ", "input ", "enum ", "schema ", "interface ", "extend ", "union ", "scalar "};
    const bool schema = std::any_of(kWords.begin(), kWords.end(), [&](std::string_view word) { return has_line(text, word); });
    return schema ? FileKind::kGraphql : FileKind::kUnknown;
  }
  if (name == ".env" || name.starts_with(".env.") || ends(".env") || name == "env.example" || name.starts_with("example.env")) return FileKind::kEnv;
  if (ends(".yaml") || ends(".yml") || ends(".json")) return kind_of_tree(name, text);
  return FileKind::kUnknown;
}

}  // namespace kingpost::foreign
