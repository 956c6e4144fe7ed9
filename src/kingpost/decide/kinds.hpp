#pragma once

#include <vector>

#include "kingpost/decide/ladder.hpp"

namespace kingpost::decide {

using Ladders = std::vector<Ladder>;

// One function a kind, in the order of kinds(). Each appends its ladders.
void ask_topology(const Evidence& evidence, Ladders& out);
void ask_database(const Evidence& evidence, Ladders& out);
void ask_store(const Evidence& evidence, Ladders& out);
void ask_keys(const Evidence& evidence, Ladders& out);
void ask_id_exposure(const Evidence& evidence, Ladders& out);
void ask_sharding(const Evidence& evidence, Ladders& out);
void ask_partitioning(const Evidence& evidence, Ladders& out);
void ask_read_replicas(const Evidence& evidence, Ladders& out);
void ask_availability(const Evidence& evidence, Ladders& out);
void ask_regions(const Evidence& evidence, Ladders& out);
void ask_backup(const Evidence& evidence, Ladders& out);
void ask_pooling(const Evidence& evidence, Ladders& out);
void ask_communication(const Evidence& evidence, Ladders& out);
void ask_delivery(const Evidence& evidence, Ladders& out);
void ask_broker(const Evidence& evidence, Ladders& out);
void ask_broker_class(const Evidence& evidence, Ladders& out);
void ask_isolation(const Evidence& evidence, Ladders& out);
void ask_consistency(const Evidence& evidence, Ladders& out);
void ask_idempotency(const Evidence& evidence, Ladders& out);
void ask_cache(const Evidence& evidence, Ladders& out);
void ask_shared_cache(const Evidence& evidence, Ladders& out);
void ask_cdn(const Evidence& evidence, Ladders& out);
void ask_search(const Evidence& evidence, Ladders& out);
void ask_tenancy(const Evidence& evidence, Ladders& out);
void ask_api_style(const Evidence& evidence, Ladders& out);
void ask_internal_api(const Evidence& evidence, Ladders& out);
void ask_pagination(const Evidence& evidence, Ladders& out);
void ask_authentication(const Evidence& evidence, Ladders& out);
void ask_audit(const Evidence& evidence, Ladders& out);
void ask_gateway(const Evidence& evidence, Ladders& out);
void ask_mesh(const Evidence& evidence, Ladders& out);
void ask_serverless(const Evidence& evidence, Ladders& out);

/// The ladders that derived figures look at.
[[nodiscard]] Ladder topology_ladder();
[[nodiscard]] Ladder database_ladder();
[[nodiscard]] Ladder read_replicas_ladder();
[[nodiscard]] Ladder broker_ladder();
[[nodiscard]] Ladder cache_ladder(const CacheSubject& subject);

// Choices that other rooms or derived figures compare with.
inline constexpr std::string_view kServicesChoice = "services, each with its own database";
inline constexpr std::string_view kMonolithChoice = "modular monolith";
inline constexpr std::string_view kPostgresChoice = "PostgreSQL";
inline constexpr std::string_view kSqliteChoice = "SQLite";
inline constexpr std::string_view kReplicasChoice = "read replicas";
inline constexpr std::string_view kBrokerChoice = "a broker behind the outbox";
inline constexpr std::string_view kCdnCache = "CDN";
inline constexpr std::string_view kRedisCache = "shared cache (Redis)";
inline constexpr std::string_view kProcessCache = "in process";
inline constexpr std::string_view kClientCache = "client";
inline constexpr std::string_view kNoCache = "none";

}  // namespace kingpost::decide
