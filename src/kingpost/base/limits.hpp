#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace kingpost {

/// Every bound of the running server, with its default. `limit_table()` lists them for the reference and `--limit name=value`.
struct Limits {
  std::int64_t model_bytes = 4LL << 20;
  std::int64_t model_depth = 64;
  std::int64_t head_bytes = 16 << 10;
  std::int64_t head_fields = 100;
  std::int64_t target_bytes = 8 << 10;
  std::int64_t body_bytes = 1 << 20;
  std::int64_t json_depth = 32;
  std::int64_t bulk_rows = 10'000;
  std::int64_t filter_nodes = 200;
  std::int64_t filter_depth = 16;
  std::int64_t select_nodes = 500;
  std::int64_t embed_depth = 6;
  std::int64_t embed_count = 20;
  std::int64_t in_list_values = 10'000;
  std::int64_t page_rows = 1'000;
  std::int64_t embed_rows = 10'000;
  std::int64_t response_bytes = 64LL << 20;
  std::int64_t connections = 10'000;
  std::int64_t pipeline_requests = 64;
  std::int64_t head_timeout_ms = 10'000;
  std::int64_t body_timeout_ms = 30'000;
  std::int64_t write_timeout_ms = 30'000;
  std::int64_t idle_timeout_ms = 75'000;
  std::int64_t request_timeout_ms = 15'000;
  std::int64_t drain_timeout_ms = 10'000;
  std::int64_t write_queue = 1'024;
  std::int64_t write_group = 64;
  std::int64_t statement_cache = 512;
  std::int64_t shape_cache = 4'096;
  std::int64_t idempotency_answer_bytes = 256 << 10;
  std::int64_t idempotency_hours = 24;
  std::int64_t postgres_connections = 8;
};

struct LimitRow {
  std::string_view name;
  std::int64_t Limits::*member;
  std::string_view unit;
  std::string_view meaning;
};

[[nodiscard]] const std::vector<LimitRow>& limit_table();

}  // namespace kingpost
