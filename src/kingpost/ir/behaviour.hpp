#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "kingpost/base/span.hpp"
#include "kingpost/cel/expr.hpp"
#include "kingpost/ir/types.hpp"

namespace kingpost::ir {

/// A typed member of an input, an event's data or a named type. `entity` is set where it is a ref (then `type` is the key's).
struct Member {
  std::string name;
  LogicalType type;
  EntityId entity;
  bool nullable = false;
  std::optional<Decimal> min;
  std::optional<Decimal> max;
  Span span;
};

/// A named type: `types:` of the model.
struct RecordType {
  std::string name;
  std::vector<Member> members;
  Span span;
};

struct Assignment {
  std::string name;  ///< field of the entity, member of the event, or argument
  FieldId field;     ///< when the target is an entity's field
  cel::ExprPtr value;
  Span span;
};

struct ElseError {
  std::string code;
  std::string message;
};

enum class StepKind : std::uint8_t { kLock, kRequire, kCreate, kUpdate, kDelete, kMove, kEmit, kHttp, kCommand };

/// One step of a command, saga or schedule; which members are set depends on `kind`.
struct Step {
  StepKind kind = StepKind::kRequire;
  std::string id;       ///< `as` name, or a saga step's id
  EntityId entity;      ///< create, update, delete, move
  EventId event;        ///< emit
  CommandId command;    ///< saga step
  std::string http;     ///< client.operation
  std::string move;     ///< name of the state move
  cel::ExprPtr target;  ///< lock, require (the condition), move (the record)
  cel::ExprPtr each;    ///< rows to run over, with `each_name`
  std::string each_name;
  cel::ExprPtr where;
  std::vector<Assignment> set;  ///< set, data, with
  std::optional<ElseError> otherwise;
  bool pivot = false;
  std::int64_t timeout_ms = 0;
  std::int64_t retry_times = 0;
  std::string retry_backoff;
  std::string undo;  ///< command or client.operation
  std::vector<Assignment> undo_with;
  Span span;
};

struct Command {
  std::string name;
  std::string summary;
  ServiceId service;
  std::vector<Member> input;
  cel::ExprPtr allow;
  bool idempotency_required = false;
  std::vector<Step> steps;
  cel::ExprPtr returns;
  std::vector<std::string> requirements;
  Span span;
};

struct Event {
  std::string name;
  std::int64_t version = 1;
  std::string key;
  std::vector<Member> data;
  Span span;
};

struct Saga {
  std::string name;
  EventId starts_on;
  std::vector<Assignment> subject;
  std::vector<Step> steps;
  std::optional<Step> on_failed;
  Span span;
};

struct Consumer {
  std::string name;
  EventId on;
  Step step;
  Span span;
};

struct Projection {
  std::string name;
  EntityId from;
  cel::ExprPtr where;
  std::vector<std::string> group;
  std::vector<Assignment> set;
  cel::ExprPtr read;
  Span span;
};

struct HttpOperation {
  std::string name;
  std::string method;
  std::string path;
  std::vector<Member> body;
  std::vector<Member> returns;
  Span span;
};

struct HttpClient {
  std::string name;
  std::string url;   ///< literal or env(NAME)
  std::string auth;  ///< bearer(env(NAME)) or empty
  double breaker_failures = 0;
  std::int64_t breaker_window = 0;
  std::vector<HttpOperation> operations;
  Span span;
};

struct Schedule {
  std::string name;
  std::int64_t every_ms = 0;
  std::string cron;
  Step step;
  Span span;
};

struct Flag {
  std::string name;
  bool default_on = false;
  double rollout = 0;
  Span span;
};

}  // namespace kingpost::ir
