#include <gtest/gtest.h>

#include <algorithm>

#include "kingpost/foreign/foreign.hpp"
#include "kingpost/foreign/kind.hpp"

namespace kingpost::foreign {
namespace {

TEST(Kinds, AreKnownByNameAndText) {
  EXPECT_EQ(kind_of("a/schema.sql", ""), FileKind::kSql);
  EXPECT_EQ(kind_of("a/shop.proto", ""), FileKind::kProto);
  EXPECT_EQ(kind_of("a/s.graphql", "type Query {"), FileKind::kGraphql);
  EXPECT_EQ(kind_of("a/q.graphql", "query Q { me }"), FileKind::kUnknown);
  EXPECT_EQ(kind_of("a/.env.example", ""), FileKind::kEnv);
  EXPECT_EQ(kind_of("a/x.json", "{\"info\": {}, \"openapi\" : \"3.0.1\"}"), FileKind::kOpenApi);
  EXPECT_EQ(kind_of("a/x.yml", "# c\nswagger: '2.0'\n"), FileKind::kSwagger);
  EXPECT_EQ(kind_of("a/docker-compose.prod.yml", "services:\n"), FileKind::kCompose);
  EXPECT_EQ(kind_of("a/x.yaml", "apiVersion: v1\nkind: Service\n"), FileKind::kKubernetes);
  EXPECT_EQ(kind_of("a/package.json", "{\"name\": \"openapi\"}"), FileKind::kUnknown);
  EXPECT_EQ(kind_of("a/prometheus.yml", "scrape_configs: []\n"), FileKind::kUnknown);
}

TEST(Roles, FollowFromTheImage) {
  EXPECT_EQ(role_of("registry.example:5000/library/postgres:16-alpine", "db"), ContainerRole::kDatabase);
  EXPECT_EQ(role_of("bitnami/redis@sha256:00", "x"), ContainerRole::kCache);
  EXPECT_EQ(role_of("confluentinc/cp-kafka:7", "x"), ContainerRole::kBroker);
  EXPECT_EQ(role_of("prom/mysqld-exporter", "x"), ContainerRole::kObservability);
  EXPECT_EQ(role_of("shop/api:1", "postgres"), ContainerRole::kApplication);
  EXPECT_EQ(role_of("", "mysql8"), ContainerRole::kDatabase);
}

TEST(Development, IsToldByTheNearestFolders) {
  EXPECT_TRUE(is_for_development("docker-compose.dev.yml"));
  EXPECT_TRUE(is_for_development("a/examples/compose.yml"));
  EXPECT_TRUE(is_for_development("test/integration/compose.yml"));
  EXPECT_TRUE(is_for_development("/srv/.devbox/compose.yml"));
  EXPECT_FALSE(is_for_development("../../shop/.env"));
  EXPECT_FALSE(is_for_development("/test/home/work/shop/compose.yml"));
}

TEST(Compose, ReadsPortsVariablesAndWhatDependsOnWhat) {
  Diagnostics diagnostics;
  const auto facts = read_compose({"compose.yaml", R"(services:
  db:
    image: postgres:16
    ports: ["127.0.0.1:5432:5432", "${PORT:-6000}:7000/tcp", {target: 80, published: "8080", host_ip: 10.0.0.1}, "[::1]:1:2"]
    volumes: ["data:/var/lib/postgresql/data:rw", "./init.sql:/docker-entrypoint-initdb.d/init.sql"]
  app:
    build: .
    environment: ["URL=postgres://u:p@db:5432/x", "TOKEN=${TOKEN}", "LEVEL=${LEVEL:-info}", "PASSED"]
    volumes: [".:/app"]
    healthcheck: {disable: true}
    deploy: {replicas: 3, resources: {limits: {memory: 1g}}}
)",
                                   0},
                                  diagnostics);
  ASSERT_TRUE(diagnostics.all().empty());
  ASSERT_EQ(facts.containers.size(), 2U);
  const auto& db = facts.containers[0];
  EXPECT_EQ(db.ports.at(0).host, "127.0.0.1");
  EXPECT_EQ(db.ports.at(1).published, 6000);
  EXPECT_EQ(db.ports.at(2).host, "10.0.0.1");
  EXPECT_EQ(db.ports.at(3).host, "[::1]");
  EXPECT_TRUE(db.persistent);
  const auto& app = facts.containers[1];
  EXPECT_EQ(app.depends_on, std::vector<std::string>{"db"});
  EXPECT_TRUE(app.environment.at(1).from_secret);
  EXPECT_EQ(app.environment.at(2).value, "info");
  EXPECT_TRUE(app.environment.at(3).from_secret);
  EXPECT_TRUE(app.mounts_source && facts.development);
  EXPECT_FALSE(app.has_health_check);
  EXPECT_TRUE(app.has_memory_limit);
  EXPECT_EQ(app.replicas, 3);
}

TEST(Kubernetes, ReadsEveryDocumentAndListsInsideThem) {
  Diagnostics diagnostics;
  const auto facts = read_kubernetes({"all.yaml", R"(apiVersion: v1
kind: List
items:
  - {kind: Secret, metadata: {name: s}, data: {password: aHVudGVyMg==}}
---
kind: CronJob
metadata: {name: nightly, namespace: shop}
spec: {jobTemplate: {spec: {template: {spec: {containers: [{name: c, image: "a:1"}]}}}}}
---
kind: StatefulSet
metadata: {name: db}
spec:
  replicas: 3
  volumeClaimTemplates: [{metadata: {name: data}}]
  template:
    metadata: {labels: {app: db}}
    spec:
      securityContext: {runAsNonRoot: true}
      initContainers: [{name: i, image: "busybox:1"}]
      containers:
        - name: pg
          image: postgres:16
          env: [{name: P, valueFrom: {secretKeyRef: {name: s, key: password}}}]
          volumeMounts: [{name: data, mountPath: /var/lib/postgresql/data}]
---
kind: Ingress
metadata: {name: in}
spec: {tls: [{}], rules: [{http: {paths: [{backend: {service: {name: app}}}]}}]}
)",
                                      0},
                                     diagnostics);
  ASSERT_TRUE(diagnostics.all().empty());
  ASSERT_EQ(facts.containers.size(), 3U);
  EXPECT_EQ(facts.containers[0].role, ContainerRole::kJob);
  EXPECT_EQ(facts.containers[0].space, "shop");
  EXPECT_TRUE(facts.containers[1].init);
  const auto& db = facts.containers[2];
  EXPECT_TRUE(db.persistent);
  EXPECT_FALSE(db.runs_as_root);
  EXPECT_TRUE(db.environment.at(0).from_secret);
  EXPECT_EQ(db.replicas, 3);
  ASSERT_EQ(facts.resources.size(), 2U);
  EXPECT_EQ(facts.resources[0].entries.at(0).value, "hunter2");
  EXPECT_EQ(facts.resources[1].backends, std::vector<std::string>{"app"});
}

TEST(Kubernetes, SaysThatATemplateHasToBeRenderedFirst) {
  Diagnostics diagnostics;
  const auto facts =
      read_kubernetes({"chart/templates/d.yaml", "apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ .Values.name }}\n", 0}, diagnostics);
  EXPECT_TRUE(facts.containers.empty());
  ASSERT_EQ(diagnostics.all().size(), 1U);
  EXPECT_EQ(diagnostics.all().front().span.line, 4U);
  EXPECT_NE(diagnostics.all().front().message.find("helm template"), std::string::npos);
}

TEST(Env, ReadsAssignmentsAsAShellWould) {
  Diagnostics diagnostics;
  const auto facts = read_env({".env.example", "# c\nexport A='x # y' # z\nB=\nC=$OTHER\nD = q # r\nnot a line\r\nE=\"w\"\n", 0}, diagnostics);
  EXPECT_TRUE(facts.example);
  ASSERT_EQ(facts.environment.size(), 5U);
  EXPECT_EQ(facts.environment[0].value, "x # y");
  EXPECT_EQ(facts.environment[1].value, "");
  EXPECT_TRUE(facts.environment[2].from_secret);
  EXPECT_EQ(facts.environment[3].value, "q");
  EXPECT_EQ(facts.environment[4].span.line, 7U);
  EXPECT_EQ(diagnostics.all().size(), 1U);
}

}  // namespace
}  // namespace kingpost::foreign
