#include <fmt/format.h>

#include "kingpost/decide/kinds.hpp"

namespace kingpost::decide {

Ladder cache_ladder(const CacheSubject& subject) {
  const auto key = [&subject](std::string_view figure) { return query_key(subject.name, figure); };
  const Condition allowed{key("ttl"), Op::kAtLeast, Bound::kOne};
  const Condition shared{key("shared"), Op::kAtLeast, Bound::kOne};
  const Condition worth{key("saved"), Op::kAbove, Bound::kCacheSaved};
  const std::string redis(kRedisCache);
  const std::string redis_cost = "A round trip a read, one more thing to run, and values to code and decode.";
  Ladder out{.kind = "cache", .scope = subject.name};
  out.options = {
      {.choice = std::string(kCdnCache),
       .all = {{key("public"), Op::kAtLeast, Bound::kOne}, allowed, {key("saved"), Op::kAbove, Bound::kCdnSaved}},
       .because = "Everybody gets the same answer, and enough of them ask for it.",
       .against = "What a CDN has, it shows to everybody until its time is over or it is purged."},
      {.choice = std::string(kCdnCache),
       .all = {{key("public"), Op::kAtLeast, Bound::kOne}, allowed, worth, {"cdn_worth", Op::kAtLeast, Bound::kOne}},
       .because = "Everybody gets the same answer, and a CDN stands there already for others.",
       .against = "What a CDN has, it shows to everybody until its time is over or it is purged."},
      {.choice = redis,
       .all = {shared, allowed, worth, {"nodes", Op::kAtLeast, Bound::kSharedCacheNodes}},
       .because = "Many nodes would each fill a cache of their own.",
       .against = redis_cost},
      {.choice = redis,
       .all = {shared, allowed, worth, {key("working"), Op::kAbove, Bound::kInProcessBytes}},
       .because = "The answers worth keeping do not fit beside the process.",
       .against = redis_cost},
      {.choice = std::string(kProcessCache),
       .all = {shared, allowed, worth},
       .because = "Few nodes, an answer that several users share, and enough reads saved to pay for staleness.",
       .against = "Each node has its own copies, which writes must drop over the node bus."},
      {.choice = std::string(kClientCache),
       .all = {allowed},
       .because = "The model allows staleness, but keeping answers on the servers saves too little or would mix users: the client keeps its own.",
       .against = "Only the same client profits."},
      {.choice = std::string(kNoCache),
       .because = "No staleness is allowed: the client may keep the answer and asks each time whether it still holds (ETag).",
       .against = "Every read reaches the database.",
       .status = Status::kNotNeeded},
  };
  return out;
}

void ask_cache(const Evidence& evidence, Ladders& out) {
  for (const CacheSubject& subject : evidence.cache_subjects()) out.push_back(cache_ladder(subject));
}

void ask_shared_cache(const Evidence&, Ladders& out) {
  out.push_back({.kind = "shared-cache",
                 .options = {{.choice = "Redis",
                              .all = {{"redis_queries", Op::kAtLeast, Bound::kOne}},
                              .because = "Some queries are answered from a cache that all nodes share.",
                              .against = "One more thing to run; when it is away, the database gets everything at once.",
                              .consequences = {"It holds nothing that is not in the database; its loss costs time, not data.",
                                               "Misses of one key are asked for once (single flight)."}},
                             {.choice = "not needed",
                              .because = "No query is worth a cache that nodes share.",
                              .against = "Nodes would fill their caches apart.",
                              .status = Status::kNotNeeded}}});
}

void ask_cdn(const Evidence&, Ladders& out) {
  const std::string cost = "Answers that must be purged or waited out, logs that are elsewhere, and a bill by the byte.";
  out.push_back({.kind = "cdn",
                 .options = {{.choice = "CDN before the API",
                              .all = {{"cdn_queries", Op::kAtLeast, Bound::kOne}},
                              .because = "Public answers are asked for often enough to take them off the servers.",
                              .against = cost,
                              .consequences = {"Only answers marked `public` are kept; everything else passes."}},
                             {.choice = "CDN before the API",
                              .all = {{"public_egress", Op::kAbove, Bound::kEgressBytes}},
                              .because = "What is the same for everybody fills the line.",
                              .against = cost,
                              .consequences = {"Only answers marked `public` are kept; everything else passes."}},
                             {.choice = "not needed",
                              .because = "Too few public answers could be kept to be worth it; static files of a front end are another matter.",
                              .against = "Every public read comes to the servers.",
                              .status = Status::kNotNeeded}}});
}

void ask_authentication(const Evidence&, Ladders& out) {
  const std::string tokens = "short-lived signed tokens";
  const std::string cost = "A token holds until it ends: revoking one needs a list or short lives.";
  const std::vector<std::string> gain = {"Access tokens live minutes, refresh tokens rotate, keys are published as a set (JWKS)."};
  out.push_back({.kind = "authentication",
                 .options = {{.choice = tokens,
                              .all = {{"caller_policies", Op::kAtLeast, Bound::kOne}, {"deployables", Op::kAtLeast, Bound::kTwo}},
                              .because = "Each service must know the caller without asking one that knows.",
                              .against = cost,
                              .consequences = gain},
                             {.choice = tokens,
                              .all = {{"caller_policies", Op::kAtLeast, Bound::kOne}, {"nodes", Op::kAtLeast, Bound::kTwo}},
                              .because = "Any node must know the caller without a look-up a request.",
                              .against = cost,
                              .consequences = gain},
                             {.choice = "sessions in the database",
                              .all = {{"caller_policies", Op::kAtLeast, Bound::kOne}},
                              .because = "One node and its database are beside each other: a look-up costs microseconds, and a session ends at once.",
                              .against = "A look-up for every request, and every node asks the same table."},
                             {.choice = "not needed",
                              .because = "No rule of the model asks who calls.",
                              .against = "Rules that ask who calls need an answer.",
                              .status = Status::kNotNeeded}}});
}

void ask_audit(const Evidence&, Ladders& out) {
  const std::string cost = "Every change is written twice.";
  out.push_back({.kind = "audit",
                 .options = {{.choice = "audit rows in the transaction, shipped to a store that only grows",
                              .all = {{"audited", Op::kAtLeast, Bound::kOne}, {"audit_bytes_day", Op::kAbove, Bound::kAuditBytesPerDay}},
                              .because = "What must be proved is written with the change, and there is too much of it to stay beside the data.",
                              .against = "A second store, and a job that must not stop."},
                             {.choice = "audit rows in the transaction",
                              .all = {{"audited", Op::kAtLeast, Bound::kOne}},
                              .because = "The model asks for it: who changed what, when and from what, stored with the change or not at all.",
                              .against = cost,
                              .consequences = {"Nobody may update or delete them; their retention is decided apart."}},
                             {.choice = "audit rows in the transaction; write `audit: true`",
                              .all = {{"sensitive", Op::kAtLeast, Bound::kOne}},
                              .because = "Sensitive fields are stored, and no entity says who changed them.",
                              .against = cost},
                             {.choice = "not needed",
                              .because = "Nothing sensitive is stored and no entity asks for it; request logs are enough.",
                              .against = "Nobody could say who changed a record.",
                              .status = Status::kNotNeeded}}});
}

}  // namespace kingpost::decide
