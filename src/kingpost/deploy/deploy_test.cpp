#include "kingpost/deploy/deploy.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "kingpost/compile/compile.hpp"
#include "kingpost/deploy/facts.hpp"

namespace kingpost::deploy {
namespace {

std::string read(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

ir::SystemPtr compiled(const std::string& text) {
  SourceMap sources;
  Diagnostics diagnostics;
  const auto reader = [&](const std::string&) -> Result<std::string> { return text; };
  auto system = compile::compile_file("m.yaml", reader, Limits{}, sources, diagnostics);
  EXPECT_FALSE(diagnostics.has_errors());
  return system;
}

Options options_for(const std::string& text, std::string_view targets = "all") {
  Options options;
  options.targets = parse_targets(targets).value();
  options.model = {{"m.yaml", text}};
  options.version = "1.2.3";
  return options;
}

const File* find(const std::vector<File>& files, std::string_view path) {
  const auto found = std::find_if(files.begin(), files.end(), [&](const File& file) { return file.path == path; });
  return found == files.end() ? nullptr : &*found;
}

constexpr const char* kSmall = "kingpost: 1\nsystem: small\nentities:\n  note:\n    fields:\n      text: text\n    access:\n      all: true\n";

TEST(Targets, are_known_by_name_once_and_in_order) {
  const auto two = parse_targets("nginx,compose,nginx");
  ASSERT_TRUE(two);
  EXPECT_EQ(*two, (std::vector{Target::kCompose, Target::kNginx}));
  EXPECT_EQ(parse_targets("all")->size(), target_table().size());
  const auto near = parse_targets("compose,k8");
  ASSERT_FALSE(near);
  EXPECT_EQ(near.error().code, "kp-deploy-target");
  EXPECT_EQ(near.error().hint, "Did you mean k8s?");
  EXPECT_FALSE(parse_targets(""));
  EXPECT_FALSE(parse_targets("compose,"));
}

TEST(Deploy, writes_the_same_bytes_for_the_same_input) {
  const auto system = compiled(kSmall);
  const auto one = make_files(*system, options_for(kSmall));
  const auto two = make_files(*system, options_for(kSmall));
  ASSERT_TRUE(one && two);
  ASSERT_EQ(one->size(), two->size());
  std::set<std::string> paths;
  for (std::size_t i = 0; i < one->size(); ++i) {
    EXPECT_EQ((*one)[i].bytes, (*two)[i].bytes) << (*one)[i].path;
    EXPECT_TRUE(paths.insert((*one)[i].path).second) << (*one)[i].path;
    EXPECT_EQ((*one)[i].bytes.find("@NAME@"), std::string::npos) << (*one)[i].path;
  }
}

TEST(Deploy, leaves_no_place_of_a_template_empty) {
  const auto system = compiled(kSmall + std::string("topology: services\n"));
  const auto files = make_files(*system, options_for(kSmall));
  ASSERT_TRUE(files);
  for (const File& file : *files) {
    for (std::size_t at = file.bytes.find('@'); at != std::string::npos; at = file.bytes.find('@', at + 1)) {
      const std::size_t end = file.bytes.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_", at + 1);
      EXPECT_FALSE(end != std::string::npos && end > at + 1 && file.bytes[end] == '@') << file.path << ": " << file.bytes.substr(at, 30);
    }
  }
}

TEST(Deploy, writes_only_what_was_asked_for) {
  const auto system = compiled(kSmall);
  const auto files = make_files(*system, options_for(kSmall, "systemd"));
  ASSERT_TRUE(files);
  EXPECT_EQ(files->size(), 4U);
  EXPECT_NE(find(*files, "systemd/small.service"), nullptr);
  EXPECT_EQ(find(*files, "Dockerfile"), nullptr);
}

TEST(Deploy, has_a_mesh_only_where_the_topology_says_services) {
  const auto monolith = compiled(kSmall);
  const auto none = make_files(*monolith, options_for(kSmall, "istio"));
  ASSERT_TRUE(none);
  EXPECT_EQ(none->size(), 1U);
  EXPECT_NE(none->front().bytes.find("Istio: the topology is a monolith"), std::string::npos);
  const auto split = compiled(kSmall + std::string("topology: services\n"));
  const auto mesh = make_files(*split, options_for(kSmall, "istio"));
  ASSERT_TRUE(mesh);
  EXPECT_NE(find(*mesh, "istio/small.yaml"), nullptr);
}

TEST(Deploy, refuses_a_model_file_that_leaves_the_folder) {
  const auto system = compiled(kSmall);
  for (const char* path : {"../m.yaml", "/m.yaml", "a//m.yaml", "a\nb.yaml", "", "a/./b.yaml"}) {
    Options options = options_for(kSmall);
    options.model.front().path = path;
    const auto files = make_files(*system, options);
    ASSERT_FALSE(files) << path;
    EXPECT_EQ(files.error().code, "kp-deploy-model");
  }
}

TEST(Deploy, numbers_follow_the_limits) {
  const auto system = compiled(kSmall);
  Options options = options_for(kSmall);
  options.limits.drain_timeout_ms = 42'500;
  options.limits.connections = 1'000;
  options.limits.body_bytes = 5'000'000;
  options.limits.postgres_connections = 3;
  const auto files = make_files(*system, options);
  ASSERT_TRUE(files);
  const auto has = [&](std::string_view path, std::string_view text) {
    const File* file = find(*files, path);
    ASSERT_NE(file, nullptr) << path;
    EXPECT_NE(file->bytes.find(text), std::string::npos) << path << " has no " << text;
  };
  has("systemd/small.service", "TimeoutStopSec=58");
  has("systemd/small.service", "LimitNOFILE=1256");
  has("systemd/small.service", "drain-timeout-ms=42500");
  has("k8s/postgres/deployment.yaml", "terminationGracePeriodSeconds: 63");
  has("compose.yaml", "stop_grace_period: 58s");
  has("nginx/small.conf", "client_max_body_size 5000000;");
  has("haproxy/small.cfg", "gt 5000000");
  has("gateway/kong.yaml", "allowed_payload_size: 5000000");
  const Facts facts = derive_facts(*system, options);
  EXPECT_EQ(facts.database_connections, (facts.most_replicas + 1) * 3 + 10);
}

TEST(Deploy, more_load_asks_for_more_servers) {
  const std::string light = kSmall + std::string("load:\n  users: 100\n");
  const std::string heavy = kSmall + std::string("load:\n  users: 100M\n");
  const Facts little = derive_facts(*compiled(light), options_for(light));
  const Facts much = derive_facts(*compiled(heavy), options_for(heavy));
  EXPECT_EQ(little.replicas, 2);
  EXPECT_GT(much.replicas, little.replicas);
  EXPECT_GT(much.cpu_millis, little.cpu_millis);
  EXPECT_GT(much.database_memory_mib, little.database_memory_mib);
  EXPECT_LE(much.most_replicas, 51);
}

TEST(Deploy, hostile_texts_stay_where_they_are_put) {
  ir::System system = *compiled(kSmall);
  system.name = "x\nUSER root\n# $(rm) `b` \"'; } %h @TAG@";
  system.summary = "s\nRUN curl evil | sh\n\xE2\x80\xA8privileged: true\r\n\x1b[31m @NAME@ */ -->";
  ir::HttpClient client;
  client.name = "c\nprivileged: true";
  client.url = "env(BAD\nNAME)";
  client.auth = "bearer(env(GOOD_NAME))";
  system.http_clients.push_back(client);
  system.topology = ir::Topology::kServices;
  Options options = options_for(kSmall);
  options.model = {{"a 'b' \"c\" $(d) `e` %h ${F} #.yaml", kSmall}};
  options.version = "1\nUSER root";
  const auto files = make_files(system, options);
  ASSERT_TRUE(files);
  for (const File& file : *files) {
    std::istringstream lines(file.bytes);
    for (std::string line; std::getline(lines, line);) {
      const std::size_t begin = line.find_first_not_of(" -");
      const std::string_view rest = begin == std::string::npos ? std::string_view{} : std::string_view(line).substr(begin);
      EXPECT_FALSE(rest.starts_with("RUN curl") || rest.starts_with("USER root") || rest.starts_with("privileged")) << file.path << ": " << line;
      EXPECT_EQ(line.find('\x1b'), std::string::npos) << file.path;
      EXPECT_EQ(line.find('\r'), std::string::npos) << file.path;
    }
    EXPECT_EQ(file.bytes.find("BAD"), std::string::npos) << file.path;
    EXPECT_EQ(file.path.find_first_of("\n$`;"), file.path.starts_with("model/") ? file.path.find_first_of("\n$`;") : std::string::npos);
  }
  const File* compose = find(*files, "compose.yaml");
  ASSERT_NE(compose, nullptr);
  EXPECT_NE(compose->bytes.find(R"("/srv/model/a 'b' \"c\" $$(d) `e` %h $${F} #.yaml")"), std::string::npos);
  EXPECT_NE(compose->bytes.find("      GOOD_NAME: ${GOOD_NAME:-}\n"), std::string::npos);
  const File* unit = find(*files, "systemd/x-user-root-rm-b-h-tag.service");
  ASSERT_NE(unit, nullptr);
  EXPECT_NE(unit->bytes.find(R"(/model/a 'b' \"c\" $$(d) `e` %%h $${F} #.yaml")"), std::string::npos);
}

TEST(Deploy, says_in_its_read_me_what_serve_refuses) {
  const std::string text = read(std::string(KINGPOST_SOURCE_DIR) + "/examples/shop/shop.yaml");
  const auto files = make_files(*compiled(text), options_for(text));
  ASSERT_TRUE(files);
  EXPECT_NE(files->front().bytes.find("refuses to serve this model"), std::string::npos);
  EXPECT_NE(files->front().bytes.find("order.card_hint (encrypted)"), std::string::npos);
  EXPECT_NE(files->front().bytes.find("PAYMENTS_KEY"), std::string::npos);
}

}  // namespace
}  // namespace kingpost::deploy
