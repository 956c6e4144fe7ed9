#include <fmt/format.h>

#include "kingpost/deploy/escape.hpp"
#include "kingpost/deploy/parts.hpp"

namespace kingpost::deploy {

namespace {

constexpr std::string_view kCompose = R"(# @TITLE@
# Kingpost and PostgreSQL 15 on one machine. Copy .env.example to .env, fill it in, then:
#   docker compose up -d --wait
# Prometheus and Grafana come with `--profile observability`, Redis with `--profile cache`. This version of the server neither serves /metrics
# nor uses a cache, so both profiles are for what you run beside it.
name: @NAME@

services:
  kingpost:
    image: @NAME@:@TAG@
    build:
      context: .
      args:
        KINGPOST_FROM: source
    restart: unless-stopped
    command: @SERVE@
    environment:
      KINGPOST_SECRET: ${KINGPOST_SECRET:?copy .env.example to .env and fill it in}
      PGPASSWORD: ${POSTGRES_PASSWORD:?copy .env.example to .env and fill it in}
@VARIABLES@    ports:
      - "127.0.0.1:@PORT@:@PORT@"
    networks: [front, back]
    depends_on:
      postgres:
        condition: service_healthy
      migrate:
        condition: service_completed_successfully
    healthcheck:
      test: ["CMD", "bash", "-c", @HEALTH@]
      interval: 5s
      timeout: 3s
      retries: 3
      start_period: 30s
    # SIGTERM lets running requests end within @DRAIN@ s (drain-timeout-ms), then the store finishes its writes.
    stop_grace_period: @STOP@s
    user: "@UID@:@UID@"
    read_only: true
    tmpfs: [/tmp]
    cap_drop: [ALL]
    security_opt: ["no-new-privileges:true"]
    ulimits:
      nofile: {soft: @FILES@, hard: @FILES@}  # connections and 256
    mem_limit: @MEMORY@m  # twice the plan's need and the largest answers at once
    memswap_limit: @MEMORY@m
    cpus: @CPUS@
    pids_limit: 256

  # Additive changes are applied; for others it says what to do and the server is not started.
  migrate:
    image: @NAME@:@TAG@
    restart: "no"
    command: @MIGRATE@
    environment:
      PGPASSWORD: ${POSTGRES_PASSWORD:?copy .env.example to .env and fill it in}
    networks: [back]
    depends_on:
      postgres:
        condition: service_healthy
    user: "@UID@:@UID@"
    read_only: true
    tmpfs: [/tmp]
    cap_drop: [ALL]
    security_opt: ["no-new-privileges:true"]
    mem_limit: 256m

  postgres:
    image: postgres:15
    restart: unless-stopped
    command: ["postgres", "-c", "max_connections=@CONNECTIONS@", "-c", "password_encryption=scram-sha-256"]
    environment:
      POSTGRES_USER: @DATABASE@
      POSTGRES_DB: @DATABASE@
      POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?copy .env.example to .env and fill it in}
      POSTGRES_INITDB_ARGS: "--auth-host=scram-sha-256 --data-checksums"
    volumes:
      - postgres_data:/var/lib/postgresql/data
    networks: [back]
    healthcheck:
      test: ["CMD", "pg_isready", "--username=@DATABASE@", "--dbname=@DATABASE@"]
      interval: 5s
      timeout: 3s
      retries: 10
      start_period: 30s
    stop_grace_period: 60s
    shm_size: 256m
    mem_limit: @DATABASE_MEMORY@m
    security_opt: ["no-new-privileges:true"]

  redis:
    profiles: [cache]
    image: redis:7.2
    restart: unless-stopped
    command: ["redis-server", "--save", "", "--appendonly", "no", "--maxmemory", "192mb", "--maxmemory-policy", "allkeys-lru"]
    networks: [back]
    healthcheck:
      test: ["CMD", "redis-cli", "ping"]
      interval: 5s
      timeout: 3s
      retries: 5
    user: "999:999"
    read_only: true
    cap_drop: [ALL]
    security_opt: ["no-new-privileges:true"]
    mem_limit: 256m

  prometheus:
    profiles: [observability]
    image: prom/prometheus:v2.53.0
    restart: unless-stopped
    volumes:
      - ./prometheus.yml:/etc/prometheus/prometheus.yml:ro
      - prometheus_data:/prometheus
    networks: [back]
    healthcheck:
      test: ["CMD", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1:9090/-/ready"]
      interval: 10s
      timeout: 3s
      retries: 5
    read_only: true
    cap_drop: [ALL]
    security_opt: ["no-new-privileges:true"]
    mem_limit: 512m

  grafana:
    profiles: [observability]
    image: grafana/grafana:11.1.0
    restart: unless-stopped
    environment:
      GF_SECURITY_ADMIN_PASSWORD: ${GRAFANA_PASSWORD:?copy .env.example to .env and fill it in}
      GF_ANALYTICS_REPORTING_ENABLED: "false"
      GF_ANALYTICS_CHECK_FOR_UPDATES: "false"
    ports:
      - "127.0.0.1:3000:3000"
    volumes:
      - grafana_data:/var/lib/grafana
    networks: [front, back]
    healthcheck:
      test: ["CMD", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1:3000/api/health"]
      interval: 10s
      timeout: 3s
      retries: 5
    cap_drop: [ALL]
    security_opt: ["no-new-privileges:true"]
    mem_limit: 512m

networks:
  front:
  back:
    internal: true

volumes:
  postgres_data:
  prometheus_data:
  grafana_data:
)";

constexpr std::string_view kPrometheus =
    R"(# Prometheus watches itself. This version of the server serves no /metrics; when it does, take the comment away from its job.
global:
  scrape_interval: 15s
  evaluation_interval: 15s

scrape_configs:
  - job_name: prometheus
    static_configs:
      - targets: ["127.0.0.1:9090"]
#  - job_name: kingpost
#    static_configs:
#      - targets: ["kingpost:@PORT@"]
)";

/// Without values: this file is copied and filled in.
std::string print_example(const Facts& facts) {
  std::string out =
      "# Copy to .env (readable by you alone) and fill in. No value: compose says which is missing.\n"
      "# openssl rand -base64 32\nKINGPOST_SECRET=\n# openssl rand -hex 24\nPOSTGRES_PASSWORD=\n# openssl rand -hex 24\nGRAFANA_PASSWORD=\n";
  for (const ClientVariable& variable : facts.variables) {
    out += fmt::format("# {} of the other system {}; this version does not call it yet\n{}=\n", variable.secret ? "Token" : "Address",
                       variable.client, variable.name);
  }
  return out;
}

}  // namespace

void add_compose(const Facts& facts, std::vector<File>& out) {
  std::string variables;
  for (const ClientVariable& variable : facts.variables) variables += fmt::format("      {0}: ${{{0}:-}}\n", variable.name);
  const std::string model = dollars_doubled("/srv/model/" + facts.root);
  const std::string url = fmt::format("postgres://{0}@postgres:5432/{0}", facts.database);
  const auto number = [](std::int64_t value) { return std::to_string(value); };
  out.push_back({"compose.yaml", kYaml,
                 fill(kCompose, {{"TITLE", facts.title},
                                 {"NAME", facts.name},
                                 {"TAG", facts.tag},
                                 {"SERVE", flow_list(serve_arguments(facts, model, url, "0.0.0.0"))},
                                 {"MIGRATE", flow_list({"migrate", "apply", model, "--database", url})},
                                 {"VARIABLES", variables},
                                 {"PORT", number(kPort)},
                                 {"HEALTH", yaml_quoted(dollars_doubled(health_command("/health/ready")))},
                                 {"DRAIN", number(facts.drain_seconds)},
                                 {"STOP", number(facts.stop_seconds)},
                                 {"UID", number(kUser)},
                                 {"FILES", number(facts.files)},
                                 {"MEMORY", number(facts.most_memory_mib)},
                                 {"CPUS", number(facts.threads)},
                                 {"CONNECTIONS", number(facts.database_connections)},
                                 {"DATABASE", facts.database},
                                 {"DATABASE_MEMORY", number(facts.database_memory_mib)}}),
                 "Compose file"});
  out.push_back({".env.example", kText, print_example(facts), "Variables of the compose file"});
  out.push_back({"prometheus.yml", kYaml, fill(kPrometheus, {{"PORT", std::to_string(kPort)}}), "Prometheus' own settings"});
}

}  // namespace kingpost::deploy
