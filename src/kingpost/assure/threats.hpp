#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kingpost/assure/flows.hpp"
#include "kingpost/assure/mechanisms.hpp"
#include "kingpost/assure/operations.hpp"
#include "kingpost/assure/personal_data.hpp"

namespace kingpost::assure {

/// How far a threat is met.
enum class Status : std::uint8_t {
  kNone,         ///< the threat does not arise; `because` says why
  kInForce,      ///< a mechanism of the server and the model meet it
  kConditional,  ///< in force while `condition` holds
  kDesigned,     ///< met by what this version designs and checks but does not run
  kOperator,     ///< left to whoever runs the server
  kOpen,         ///< nothing meets it
};
[[nodiscard]] std::string_view status_name(Status status) noexcept;
/// camelCase, for JSON.
[[nodiscard]] std::string_view status_key(Status status) noexcept;

/// One judgement. `threat` is an id: S T R I D E of a flow, API1 … API10 of an operation.
struct Assessment {
  std::string_view threat;
  Status status = Status::kNone;
  std::vector<Mechanism> by;
  std::string because;    ///< what in the model decides: a rule's text, names, figures
  std::string condition;  ///< of kConditional
  std::string breaks;     ///< what would undo it
  Span span;              ///< the deciding line, when there is one
};

struct FlowThreats {
  DataFlow flow;
  std::vector<Assessment> stride;  ///< six, in the order of the word
};

struct OperationThreats {
  Operation operation;
  std::vector<Assessment> top10;  ///< ten
  double risk = 0;                ///< residual, in points (see Weight); 0 when everything is met
};

/// What a residual point is multiplied with. Assumed: a judgement that ranks, no measurement.
struct Weight {
  std::string_view what;
  double points;
};
[[nodiscard]] const std::vector<Weight>& risk_weights();

/// Moved, never copied: operations point into the matrix.
struct ThreatModel {
  ThreatModel() = default;
  ThreatModel(ThreatModel&&) = default;
  ThreatModel& operator=(ThreatModel&&) = default;
  ThreatModel(const ThreatModel&) = delete;
  ThreatModel& operator=(const ThreatModel&) = delete;
  ~ThreatModel() = default;

  PermissionMatrix matrix;
  std::vector<PersonalField> personal;
  std::vector<FlowThreats> flows;
  std::vector<OperationThreats> operations;  ///< those that somebody outside can reach, in the matrix's order
  std::vector<std::size_t> ranked;           ///< indices into `operations` with risk, the highest first
};

/// STRIDE a flow and OWASP API Security Top 10 (2023) an operation. Pure and deterministic.
[[nodiscard]] ThreatModel threat_model(const ir::System& system);

struct ThreatName {
  std::string_view id;
  std::string_view title;
};
[[nodiscard]] const std::vector<ThreatName>& stride_names();
[[nodiscard]] const std::vector<ThreatName>& top10_names();

/// What judges read. Everything borrowed.
struct ThreatFacts {
  const ir::System& system;
  const PermissionMatrix& matrix;
  const std::vector<PersonalField>& personal;
  const std::vector<Operation>& operations;
};
[[nodiscard]] std::vector<Assessment> judge_flow(const ThreatFacts& facts, const DataFlow& flow);
[[nodiscard]] std::vector<Assessment> judge_operation(const ThreatFacts& facts, const Operation& operation);

/// `a, b, c and 4 more`.
[[nodiscard]] std::string few(const std::vector<std::string>& names);
/// A client's address or a part of it holds a credential in plain text.
[[nodiscard]] bool holds_credential(const ir::HttpClient& client);
[[nodiscard]] bool speaks_plain_http(const ir::HttpClient& client);

}  // namespace kingpost::assure
