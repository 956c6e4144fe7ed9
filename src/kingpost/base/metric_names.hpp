#pragma once

#include <string_view>

namespace kingpost::metric {

// The metrics that service objectives are written over, by the names that `GET /metrics` gives them (Prometheus text format, OpenMetrics names).
// Designed: this version serves no metrics yet (#5). Alert rules and the server both take the names from here.

/// The scrape job that the emitted rules expect.
inline constexpr std::string_view kJob = "kingpost";
/// Counter: answered requests by kOperationLabel and kCodeLabel.
inline constexpr std::string_view kRequestsTotal = "kingpost_requests_total";
/// Histogram of seconds from the request's last byte to the answer's first, by kOperationLabel and Prometheus' own `le`.
inline constexpr std::string_view kRequestDurationSeconds = "kingpost_request_duration_seconds";
/// Gauge: 1 while /health/ready answers 200, else 0.
inline constexpr std::string_view kReady = "kingpost_ready";
/// An operation as `load.peak` and `slo.operations` of the model name it: `product.get`, `product.by_category`, `place_order`.
inline constexpr std::string_view kOperationLabel = "operation";
/// The answer's HTTP status, three digits.
inline constexpr std::string_view kCodeLabel = "code";

/// Upper bounds of the histogram in seconds. The server adds every latency that the model's `slo` promises (assure::duration_buckets), because a
/// promise can be counted at a bucket's bound alone.
inline constexpr double kDurationBuckets[] = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};

}  // namespace kingpost::metric
