#pragma once

#include <string>
#include <vector>

#include "kingpost/decide/decide.hpp"

namespace kingpost::decide {

/// Where the answer of one query is kept, for how long, and what ends it.
struct CacheLine {
  std::string query;  ///< product.by_category
  std::string where;  ///< as decided: CDN, shared cache (Redis), in process, client, none
  Sharing sharing = Sharing::kPrincipal;
  std::string key;                          ///< of a cache on the servers, with {parts}; empty when none is used
  double ttl_s = 0;                         ///< declared; 0 = none allowed
  std::vector<std::string> invalidated_by;  ///< operations that change it
  std::string cache_control;                ///< RFC 9111
  std::string cdn_cache_control;            ///< RFC 9213, where a CDN keeps it
  std::string vary;                         ///< request header fields
  Figure reads;                             ///< at peak
  double different_answers = 0;
  double hit_percent = 0;  ///< assumed, from the reads, the different answers and the time kept
  double saved_per_second = 0;
  std::string verdict;  ///< one sentence with the numbers
};

/// One line for every look-up by key and declared query that a client can reach, in the model's order. Whatever depends on the caller is private.
[[nodiscard]] std::vector<CacheLine> plan_caches(const Evidence& evidence, const std::vector<Decision>& decisions);

}  // namespace kingpost::decide
