#include "kingpost/base/limits.hpp"

namespace kingpost {

const std::vector<LimitRow>& limit_table() {
  static const std::vector<LimitRow> kTable = {
      {"model-bytes", &Limits::model_bytes, "bytes", "size of a model with everything it imports"},
      {"model-depth", &Limits::model_depth, "levels", "nesting of a model's text"},
      {"head-bytes", &Limits::head_bytes, "bytes", "request line and header fields together"},
      {"head-fields", &Limits::head_fields, "fields", "header fields of one request"},
      {"target-bytes", &Limits::target_bytes, "bytes", "request target, the path with its query"},
      {"body-bytes", &Limits::body_bytes, "bytes", "request body"},
      {"json-depth", &Limits::json_depth, "levels", "nesting of a JSON body or value"},
      {"bulk-rows", &Limits::bulk_rows, "rows", "rows of one insert, upsert or CSV body"},
      {"filter-nodes", &Limits::filter_nodes, "conditions", "conditions and groups in the filters of one request"},
      {"filter-depth", &Limits::filter_depth, "levels", "nesting of and/or groups"},
      {"select-nodes", &Limits::select_nodes, "items", "selected columns and embeds of one request"},
      {"embed-depth", &Limits::embed_depth, "levels", "nesting of embeds"},
      {"embed-count", &Limits::embed_count, "embeds", "embeds of one request"},
      {"in-list-values", &Limits::in_list_values, "values", "values of one list operand"},
      {"page-rows", &Limits::page_rows, "rows", "rows of one answer; a larger limit is lowered to it"},
      {"embed-rows", &Limits::embed_rows, "rows", "embedded rows of one answer"},
      {"response-bytes", &Limits::response_bytes, "bytes", "response body"},
      {"connections", &Limits::connections, "connections", "open client connections"},
      {"pipeline-requests", &Limits::pipeline_requests, "requests", "requests in work on one connection before reading pauses"},
      {"head-timeout-ms", &Limits::head_timeout_ms, "ms", "time to receive a request's head"},
      {"body-timeout-ms", &Limits::body_timeout_ms, "ms", "time to receive a request's body"},
      {"write-timeout-ms", &Limits::write_timeout_ms, "ms", "time in which a client must take bytes of an answer"},
      {"idle-timeout-ms", &Limits::idle_timeout_ms, "ms", "time a connection may stay open without a request"},
      {"request-timeout-ms", &Limits::request_timeout_ms, "ms", "time from a request's last byte to its answer"},
      {"drain-timeout-ms", &Limits::drain_timeout_ms, "ms", "time for running requests when the server stops"},
      {"write-queue", &Limits::write_queue, "requests", "writes that wait for the database before new ones are refused"},
      {"write-group", &Limits::write_group, "requests", "writes committed together"},
      {"statement-cache", &Limits::statement_cache, "statements", "prepared statements kept per database connection"},
      {"shape-cache", &Limits::shape_cache, "shapes", "request shapes whose rendered SQL is kept"},
      {"idempotency-answer-bytes", &Limits::idempotency_answer_bytes, "bytes", "stored answer of an idempotency key"},
      {"idempotency-hours", &Limits::idempotency_hours, "hours", "time an idempotency key is remembered"},
      {"postgres-connections", &Limits::postgres_connections, "connections", "connections to PostgreSQL"},
  };
  return kTable;
}

}  // namespace kingpost
