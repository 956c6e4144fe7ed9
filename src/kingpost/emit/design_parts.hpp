#pragma once

#include <string>
#include <vector>

#include "kingpost/emit/site.hpp"

namespace kingpost::emit {

/// The diagrams, as files and for the site; what cannot be drawn on this machine is named in `left_out`.
void add_diagrams(Files& files, SiteInput& site, std::vector<std::string>& left_out);

/// Further files of the design (kPrinters in design.cpp calls them in order).
void add_ddl(Files& files, const SiteInput& input);
/// The capacity plan as capacity.md and capacity.json.
void add_capacity(Files& files, const SiteInput& input);
/// Decision records and the caching plan.
void add_decisions(Files& files, const SiteInput& input);
/// GraphQL, protobuf, AsyncAPI, DBML, Structurizr, the event catalogue, schemas of events and commands.
void add_specs(Files& files, const SiteInput& input);
/// Types for the front end, a file a contract.
void add_typescript(Files& files, const SiteInput& input);
/// Cases for testers, a file a contract, and the program that runs them.
void add_contract_suite(Files& files, const SiteInput& input);
/// Requirements trace, permission matrix, threat model, objectives with alerts, compliance checklist.
void add_assurance(Files& files, const SiteInput& input);

}  // namespace kingpost::emit
