#pragma once

#include "kingpost/model/grammar_entities.hpp"

namespace kingpost::model {

// What a system does: commands, events, sagas, consumers, projections, outgoing HTTP, schedules, flags.

inline constexpr KeyRule kElseKeys[] = {
    {"code", &kName, "The stable code of the error.", Need::kRequired},
    {"message", &kText, "One sentence for the caller.", Need::kRequired},
};
inline constexpr Rule kElse{Form::kObject, "else", "The error of a step that cannot be done.", {}, kElseKeys};

inline constexpr KeyRule kSetKey{"set", &kExpressions, "The fields and the expressions of their values."};
inline constexpr KeyRule kEachKey{"each", &kExpression, "Repeats the step for a set: `EXPRESSION as NAME`."};
inline constexpr KeyRule kWhereKey{"where", &kExpression, "Which records; `row` is the record.", Need::kRequired};
inline constexpr KeyRule kElseKey{"else", &kElse, "The error when the step cannot be done."};
inline constexpr KeyRule kAsKey{"as", &kName, "The name of the step's record in later steps."};
inline constexpr KeyRule kWithKey{"with", &kExpressions, "The inputs and the expressions of their values."};

inline constexpr KeyRule kLockKeys[] = {{"lock", &kExpression, "The record to lock until commit.", Need::kRequired}, kAsKey, kElseKey};
inline constexpr KeyRule kRequireKeys[] = {{"require", &kExpression, "What must be true.", Need::kRequired}, kElseKey};
inline constexpr KeyRule kCreateKeys[] = {
    {"create", &kName, "The entity to create records of.", Need::kRequired}, kEachKey, kSetKey, kAsKey, kElseKey};
inline constexpr KeyRule kUpdateKeys[] = {
    {"update", &kName, "The entity to change records of.", Need::kRequired}, kEachKey, kWhereKey, kSetKey, kAsKey, kElseKey};
inline constexpr KeyRule kDeleteKeys[] = {{"delete", &kName, "The entity to delete records of.", Need::kRequired}, kEachKey, kWhereKey, kElseKey};
inline constexpr KeyRule kEmitKeys[] = {{"emit", &kName, "The event to send when the transaction commits.", Need::kRequired},
                                        kEachKey,
                                        {"data", &kExpressions, "The event's members and the expressions of their values."}};
inline constexpr KeyRule kMoveStepKeys[] = {{"move", &kName, "The move of a state machine.", Need::kRequired},
                                            {"on", &kExpression, "The record that moves.", Need::kRequired},
                                            kSetKey,
                                            kElseKey};
inline constexpr Rule kLockStep{Form::kObject, "lock_step", "Locks a record.", {}, kLockKeys};
inline constexpr Rule kRequireStep{Form::kObject, "require_step", "Stops the command unless the expression is true.", {}, kRequireKeys};
inline constexpr Rule kCreateStep{Form::kObject, "create_step", "Creates records.", {}, kCreateKeys};
inline constexpr Rule kUpdateStep{Form::kObject, "update_step", "Changes records.", {}, kUpdateKeys};
inline constexpr Rule kDeleteStep{Form::kObject, "delete_step", "Deletes records.", {}, kDeleteKeys};
inline constexpr Rule kEmitStep{Form::kObject, "emit_step", "Emits an event.", {}, kEmitKeys};
inline constexpr Rule kMoveStep{Form::kObject, "move_step", "Moves a record to another state.", {}, kMoveStepKeys};
inline constexpr const Rule* kStepForms[] = {&kLockStep, &kRequireStep, &kCreateStep, &kUpdateStep, &kDeleteStep, &kEmitStep, &kMoveStep};
inline constexpr Rule kStep{Form::kVariant, "step", "A set-based step of a command.", {}, {}, kStepForms};
inline constexpr const Rule* kStepElement[] = {&kStep};
inline constexpr Rule kSteps{Form::kList, "steps", "The steps of one transaction, in order.", {}, {}, kStepElement};

inline constexpr Rule kIdempotency{Form::kEnum, "idempotency", "Whether callers must, may or cannot send an Idempotency-Key.",
                                   "required optional none"};
inline constexpr KeyRule kCommandKeys[] = {
    kSummaryKey,
    kForKey,
    {"service", &kName, "The service whose entities the command writes."},
    {"input", &kFields, "What the caller hands in."},
    {"allow", &kExpression, "Who may run it; replaces the access rules of the entities.", Need::kRequired},
    {"idempotency", &kIdempotency, "Whether an Idempotency-Key is required."},
    {"steps", &kSteps, "One transaction of set-based steps.", Need::kRequired},
    {"returns", &kExpression, "The record to answer; obeys the caller's read policy."},
};
inline constexpr Rule kCommand{Form::kObject, "command", "A transaction of named steps.", {}, kCommandKeys};
inline constexpr const Rule* kCommandElement[] = {&kCommand};
inline constexpr Rule kCommands{Form::kNamed, "commands", "Commands by name.", kNamePattern, {}, kCommandElement};

inline constexpr KeyRule kEventKeys[] = {
    kSummaryKey,
    kForKey,
    {"version", &kInteger, "The version of the event's shape.", Need::kRequired},
    {"key", &kName, "The member by which the order of delivery is kept.", Need::kRequired},
    {"data", &kFields, "The event's members.", Need::kRequired},
};
inline constexpr Rule kEvent{Form::kObject, "event", "Something that happened.", {}, kEventKeys};
inline constexpr const Rule* kEventElement[] = {&kEvent};
inline constexpr Rule kEvents{Form::kNamed, "events", "Events by name.", kNamePattern, {}, kEventElement};

inline constexpr Rule kBackoff{Form::kEnum, "backoff", "How the pause between attempts grows.", "fixed exponential"};
inline constexpr KeyRule kRetryKeys[] = {
    {"times", &kInteger, "How many further attempts.", Need::kRequired},
    {"backoff", &kBackoff, "How the pause between attempts grows."},
    {"delay", &kDuration, "The first pause."},
};
inline constexpr Rule kRetry{Form::kObject, "retry", "Further attempts after a failure.", {}, kRetryKeys};

inline constexpr KeyRule kUndoKey{"undo", &kDotted, "The command or HTTP operation that takes the step back."};
inline constexpr KeyRule kUndoWithKey{"undo_with", &kExpressions, "The inputs of `undo`; without it those of the step."};
inline constexpr KeyRule kTimeoutKey{"timeout", &kDuration, "How long the step may take."};
inline constexpr KeyRule kRetryKey{"retry", &kRetry, "Further attempts after a failure."};
inline constexpr KeyRule kPivotKey{"pivot", &kBool, "After this step the saga only goes forward."};
inline constexpr KeyRule kSagaCommandKeys[] = {
    {"command", &kName, "The command to run.", Need::kRequired}, kWithKey, kUndoKey, kUndoWithKey, kTimeoutKey, kRetryKey, kPivotKey};
inline constexpr KeyRule kSagaHttpKeys[] = {
    {"http", &kDotted, "The HTTP operation to call.", Need::kRequired}, kWithKey, kUndoKey, kUndoWithKey, kTimeoutKey, kRetryKey, kPivotKey};
inline constexpr KeyRule kSagaMoveKeys[] = {{"move", &kDotted, "The move, `entity.move`, of the subject.", Need::kRequired},
                                            kSetKey,
                                            kUndoKey,
                                            kUndoWithKey,
                                            kTimeoutKey,
                                            kRetryKey,
                                            kPivotKey};
inline constexpr Rule kSagaCommand{Form::kObject, "saga_command", "Runs a command.", {}, kSagaCommandKeys};
inline constexpr Rule kSagaHttp{Form::kObject, "saga_http", "Calls another system; the step's id travels as Idempotency-Key.", {}, kSagaHttpKeys};
inline constexpr Rule kSagaMove{Form::kObject, "saga_move", "Moves the saga's subject to another state.", {}, kSagaMoveKeys};
inline constexpr const Rule* kSagaStepForms[] = {&kSagaCommand, &kSagaHttp, &kSagaMove};
inline constexpr Rule kSagaStep{Form::kVariant, "saga_step", "A step of a saga.", {}, {}, kSagaStepForms};
inline constexpr const Rule* kSagaStepElement[] = {&kSagaStep};
inline constexpr Rule kSagaSteps{Form::kNamed, "saga_steps", "The steps of a saga in order, by name.", kNamePattern, {}, kSagaStepElement};
inline constexpr KeyRule kSagaKeys[] = {
    kSummaryKey,
    kForKey,
    {"starts_on", &kName, "The event that starts the saga.", Need::kRequired},
    {"subject", &kExpressions, "The records the saga's moves act on, by entity."},
    {"steps", &kSagaSteps, "The steps in order.", Need::kRequired},
    {"on_failed", &kSagaStep, "What is done after the undo steps."},
};
inline constexpr Rule kSaga{Form::kObject, "saga", "A long transaction over several services, taken back step by step when it fails.", {}, kSagaKeys};
inline constexpr const Rule* kSagaElement[] = {&kSaga};
inline constexpr Rule kSagas{Form::kNamed, "sagas", "Sagas by name.", kNamePattern, {}, kSagaElement};

inline constexpr KeyRule kOnKey{"on", &kName, "The event that is consumed.", Need::kRequired};
inline constexpr KeyRule kConsumerCommandKeys[] = {
    {"command", &kName, "The command to run.", Need::kRequired}, kOnKey, kWithKey, kRetryKey, kSummaryKey, kForKey};
inline constexpr KeyRule kConsumerHttpKeys[] = {
    {"http", &kDotted, "The HTTP operation to call.", Need::kRequired}, kOnKey, kWithKey, kTimeoutKey, kRetryKey, kSummaryKey, kForKey};
inline constexpr Rule kConsumerCommand{Form::kObject, "consumer_command", "Runs a command for each event.", {}, kConsumerCommandKeys};
inline constexpr Rule kConsumerHttp{Form::kObject, "consumer_http", "Calls another system for each event.", {}, kConsumerHttpKeys};
inline constexpr const Rule* kConsumerForms[] = {&kConsumerCommand, &kConsumerHttp};
inline constexpr Rule kConsumer{Form::kVariant, "consumer", "Reacts to an event.", {}, {}, kConsumerForms};
inline constexpr const Rule* kConsumerElement[] = {&kConsumer};
inline constexpr Rule kConsumers{Form::kNamed, "consumers", "Consumers by name.", kNamePattern, {}, kConsumerElement};

inline constexpr KeyRule kProjectionKeys[] = {
    kSummaryKey,
    kForKey,
    {"service", &kName, "The service that owns the projection."},
    {"from", &kName, "The entity it is made from.", Need::kRequired},
    {"where", &kExpression, "Which records take part."},
    {"group", &kNames, "The fields that make one record of the projection."},
    {"set", &kExpressions, "The projection's fields and their expressions.", Need::kRequired},
    {"access", &kAccess, "Who may read it."},
};
inline constexpr Rule kProjection{Form::kObject, "projection", "A read model that is kept up to date.", {}, kProjectionKeys};
inline constexpr const Rule* kProjectionElement[] = {&kProjection};
inline constexpr Rule kProjections{Form::kNamed, "projections", "Projections by name.", kNamePattern, {}, kProjectionElement};

inline constexpr Rule kPath{Form::kPattern, "http_path", "A path below the URL: `/charges/{id}`.", "/[A-Za-z0-9._~!$&'()*+,;=:@%/{}-]{0,500}"};
inline constexpr KeyRule kHttpBodyKey{"body", &kFields, "The members of the request's body."};
inline constexpr KeyRule kHttpReturnsKey{"returns", &kFields, "The members of the answer that are read."};
inline constexpr KeyRule kHttpGetKeys[] = {{"get", &kPath, "The path to GET.", Need::kRequired}, kHttpBodyKey, kHttpReturnsKey, kSummaryKey};
inline constexpr KeyRule kHttpPostKeys[] = {{"post", &kPath, "The path to POST to.", Need::kRequired}, kHttpBodyKey, kHttpReturnsKey, kSummaryKey};
inline constexpr KeyRule kHttpPutKeys[] = {{"put", &kPath, "The path to PUT to.", Need::kRequired}, kHttpBodyKey, kHttpReturnsKey, kSummaryKey};
inline constexpr KeyRule kHttpPatchKeys[] = {{"patch", &kPath, "The path to PATCH.", Need::kRequired}, kHttpBodyKey, kHttpReturnsKey, kSummaryKey};
inline constexpr KeyRule kHttpDeleteKeys[] = {{"delete", &kPath, "The path to DELETE.", Need::kRequired}, kHttpBodyKey, kHttpReturnsKey, kSummaryKey};
inline constexpr Rule kHttpGet{Form::kObject, "http_get", "A GET.", {}, kHttpGetKeys};
inline constexpr Rule kHttpPost{Form::kObject, "http_post", "A POST.", {}, kHttpPostKeys};
inline constexpr Rule kHttpPut{Form::kObject, "http_put", "A PUT.", {}, kHttpPutKeys};
inline constexpr Rule kHttpPatch{Form::kObject, "http_patch", "A PATCH.", {}, kHttpPatchKeys};
inline constexpr Rule kHttpDelete{Form::kObject, "http_delete", "A DELETE.", {}, kHttpDeleteKeys};
inline constexpr const Rule* kHttpOperationForms[] = {&kHttpGet, &kHttpPost, &kHttpPut, &kHttpPatch, &kHttpDelete};
inline constexpr Rule kHttpOperation{Form::kVariant, "http_operation", "One operation of another system.", {}, {}, kHttpOperationForms};
inline constexpr const Rule* kHttpOperationElement[] = {&kHttpOperation};
inline constexpr Rule kHttpOperations{Form::kNamed, "http_operations", "Operations by name.", kNamePattern, {}, kHttpOperationElement};
inline constexpr KeyRule kBreakerKeys[] = {
    {"failures", &kPercent, "The share of failures that opens the breaker.", Need::kRequired},
    {"window", &kInteger, "The number of calls the share is taken over."},
    {"open", &kDuration, "How long it stays open."},
};
inline constexpr Rule kBreaker{Form::kObject, "breaker", "Stops calling a system that fails.", {}, kBreakerKeys};
inline constexpr Rule kUrl{Form::kPattern, "url", "An https URL, or env(NAME) for the environment variable that holds it.",
                           "env\\([A-Z][A-Z0-9_]{0,62}\\)|https?://[^\\s]{1,500}"};
inline constexpr Rule kHttpAuth{Form::kPattern, "http_auth", "none, bearer(env(NAME)) or basic(env(NAME)); a secret never stands in a model.",
                                "none|(bearer|basic)\\(env\\([A-Z][A-Z0-9_]{0,62}\\)\\)"};
inline constexpr KeyRule kHttpSystemKeys[] = {
    kSummaryKey,
    {"url", &kUrl, "Where the system is: env(NAME) or a URL.", Need::kRequired},
    {"auth", &kHttpAuth, "How we prove who we are."},
    {"timeout", &kDuration, "How long a call may take."},
    {"retry", &kRetry, "Further attempts after a failure."},
    {"breaker", &kBreaker, "Stops calling a system that fails."},
    {"operations", &kHttpOperations, "The operations we call.", Need::kRequired},
};
inline constexpr Rule kHttpSystem{Form::kObject, "http_system", "Another system we call over HTTP.", {}, kHttpSystemKeys};
inline constexpr const Rule* kHttpSystemElement[] = {&kHttpSystem};
inline constexpr Rule kHttpSystems{Form::kNamed, "http", "Other systems by name.", kNamePattern, {}, kHttpSystemElement};

inline constexpr KeyRule kEveryKey{"every", &kDuration, "How often.", Need::kRequired};
inline constexpr KeyRule kScheduleServiceKey{"service", &kName, "The service whose entities the job writes."};
inline constexpr KeyRule kScheduleDeleteKeys[] = {
    {"delete", &kName, "The entity to delete records of.", Need::kRequired}, kEveryKey, kWhereKey, kScheduleServiceKey, kSummaryKey, kForKey};
inline constexpr KeyRule kScheduleUpdateKeys[] = {{"update", &kName, "The entity to change records of.", Need::kRequired},
                                                  kEveryKey,
                                                  kWhereKey,
                                                  kSetKey,
                                                  kScheduleServiceKey,
                                                  kSummaryKey,
                                                  kForKey};
inline constexpr KeyRule kScheduleCommandKeys[] = {
    {"command", &kName, "The command to run.", Need::kRequired}, kEveryKey, kWithKey, kSummaryKey, kForKey};
inline constexpr Rule kScheduleDelete{Form::kObject, "schedule_delete", "Deletes records regularly.", {}, kScheduleDeleteKeys};
inline constexpr Rule kScheduleUpdate{Form::kObject, "schedule_update", "Changes records regularly.", {}, kScheduleUpdateKeys};
inline constexpr Rule kScheduleCommand{Form::kObject, "schedule_command", "Runs a command regularly.", {}, kScheduleCommandKeys};
inline constexpr const Rule* kScheduleForms[] = {&kScheduleDelete, &kScheduleUpdate, &kScheduleCommand};
inline constexpr Rule kSchedule{Form::kVariant, "schedule", "Work that is done regularly, once over all nodes.", {}, {}, kScheduleForms};
inline constexpr const Rule* kScheduleElement[] = {&kSchedule};
inline constexpr Rule kSchedules{Form::kNamed, "schedules", "Schedules by name.", kNamePattern, {}, kScheduleElement};

inline constexpr KeyRule kFlagKeys[] = {
    kSummaryKey,
    kForKey,
    {"default", &kBool, "The flag's value where the rollout does not reach.", Need::kRequired},
    {"rollout", &kPercent, "The share of callers for whom it is turned."},
};
inline constexpr Rule kFlag{Form::kObject, "flag", "A switch that is turned without a release.", {}, kFlagKeys};
inline constexpr const Rule* kFlagElement[] = {&kFlag};
inline constexpr Rule kFlags{Form::kNamed, "flags", "Flags by name.", kNamePattern, {}, kFlagElement};

}  // namespace kingpost::model
