#include <fmt/format.h>

#include "kingpost/decide/facts.hpp"
#include "kingpost/decide/kinds.hpp"

namespace kingpost::decide {
namespace {

Ladder command_communication(const ir::Command& command) {
  const auto key = [&command](std::string_view figure) { return operation_key(command.name, figure); };
  Ladder out{.kind = "communication", .scope = command.name};
  out.options = {
      {.choice = "asynchronous: 202 and an operation to ask",
       .all = {{key("time"), Op::kAbove, Bound::kSyncMs}},
       .because = "It takes longer than a request may.",
       .against = "Callers must ask again, and failures arrive later."},
      {.choice = "synchronous, its events after the commit",
       .all = {{key("emits"), Op::kAtLeast, Bound::kOne}},
       .because = "The caller waits for the transaction alone; whatever else follows happens from its events.",
       .against = "What follows is seen a moment later.",
       .consequences = {"The answer says what is done, never what will be."}},
      {.choice = "synchronous", .because = "One short transaction; the caller gets its result.", .against = "The caller waits for everything."},
  };
  return out;
}

Ladder saga_communication(const ir::Saga& saga) {
  const auto key = [&saga](std::string_view figure) { return operation_key(saga.name, figure); };
  const std::string choice = "asynchronous saga, led in one place";
  const std::string cost = "Between steps the system is in a state that a user can see; each step needs its undoing.";
  const std::vector<std::string> gain = {"Each step is repeated until it answers, under its own key, and undone in reverse."};
  Ladder out{.kind = "communication", .scope = saga.name};
  out.options = {
      {.choice = choice,
       .all = {{key("http"), Op::kAtLeast, Bound::kOne}},
       .because = "It waits for systems outside, which no transaction may.",
       .against = cost,
       .consequences = gain},
      {.choice = choice,
       .all = {{key("services"), Op::kAtLeast, Bound::kTwo}},
       .because = "It writes data of several services, which may be apart one day.",
       .against = cost,
       .consequences = gain},
      {.choice = "one transaction",
       .because = "It writes one service's data and waits for nobody: a command does the same without states between.",
       .against = "A transaction cannot wait for outside systems or span services."},
  };
  return out;
}

}  // namespace

void ask_communication(const Evidence& evidence, Ladders& out) {
  for (const ir::Command& command : evidence.system().commands) out.push_back(command_communication(command));
  for (const ir::Saga& saga : evidence.system().sagas) out.push_back(saga_communication(saga));
}

void ask_delivery(const Evidence&, Ladders& out) {
  out.push_back({.kind = "delivery",
                 .options = {{.choice = "transactional outbox, at least once",
                              .all = {{"events", Op::kAtLeast, Bound::kOne}},
                              .because = "The event is stored in the transaction that causes it: neither is there without the other.",
                              .against = "A table to empty and receivers that must bear repetition.",
                              .consequences = {"Receivers remember the ids they have seen; order holds per key."}},
                             {.choice = "not needed",
                              .because = "Nothing is published.",
                              .against = "An event sent beside the transaction is lost or lies when one of the two fails.",
                              .status = Status::kNotNeeded}}});
}

Ladder broker_ladder() {
  const std::string broker(kBrokerChoice);
  const std::string cost = "One more cluster that must not lose anything, with its own backups, limits and outages.";
  return {
      .kind = "broker",
      .options = {{.choice = broker,
                   .all = {{"events", Op::kAtLeast, Bound::kOne}, {"deployables", Op::kAtLeast, Bound::kTwo}},
                   .because = "Services that are deployed apart must hear of each other's events without reading each other's tables.",
                   .against = cost,
                   .consequences = {"The outbox still feeds it: a broker does not make two writes one."}},
                  {.choice = broker,
                   .all = {{"events", Op::kAtLeast, Bound::kOne}, {"events_rate", Op::kAbove, Bound::kOutboxEvents}},
                   .because = "Handing on so many events would take the primary's writes away from the requests.",
                   .against = cost,
                   .consequences = {"The outbox still feeds it: a broker does not make two writes one."}},
                  {.choice = "no broker, the outbox is enough",
                   .all = {{"events", Op::kAtLeast, Bound::kOne}},
                   .because = "Sender and receivers share a database: a row and a notification do what a broker would.",
                   .against = "Every event is written, marked and deleted by the primary.",
                   .consequences = {"A broker can be put behind the outbox later without touching a command."}},
                  {.choice = "not needed", .because = "No event is published.", .against = "Events need a way out.", .status = Status::kNotNeeded}}};
}

void ask_broker(const Evidence&, Ladders& out) { out.push_back(broker_ladder()); }

void ask_broker_class(const Evidence&, Ladders& out) {
  const std::string log = "partitioned log (Kafka class)";
  const std::string cost = "Partitions to plan, consumers that keep their place, no delay or priority of single messages.";
  out.push_back(
      {.kind = "broker-class",
       .options = {{.choice = log,
                    .all = {{"brokered", Op::kAtLeast, Bound::kOne}, {"events_rate", Op::kAbove, Bound::kLogEvents}},
                    .because = "So many messages are only moved in batches, in order per key.",
                    .against = cost},
                   {.choice = log,
                    .all = {{"brokered", Op::kAtLeast, Bound::kOne}, {"projections", Op::kAtLeast, Bound::kOne}},
                    .because = "Projections must be able to read the past again, and a log keeps it.",
                    .against = cost},
                   {.choice = "durable stream (NATS JetStream class)",
                    .all = {{"brokered", Op::kAtLeast, Bound::kOne}, {"consumers", Op::kAtLeast, Bound::kTwo}},
                    .because = "Several receivers read the same events at their own pace, and one small cluster is enough for the rate.",
                    .against = "Fewer people know it."},
                   {.choice = "queue (RabbitMQ class)",
                    .all = {{"brokered", Op::kAtLeast, Bound::kOne}},
                    .because = "Work is handed to one receiver, acknowledged one by one, with delays and dead letters.",
                    .against = "A message that was taken is gone; a second reader needs a queue of its own."},
                   {.choice = "not needed", .because = "No broker runs.", .against = "A broker needs a kind.", .status = Status::kNotNeeded}}});
}

void ask_idempotency(const Evidence& evidence, Ladders& out) {
  for (const ir::Command& command : evidence.system().commands) {
    const auto key = [&command](std::string_view figure) { return operation_key(command.name, figure); };
    Ladder ladder{.kind = "idempotency", .scope = command.name};
    ladder.options = {{.choice = "Idempotency-Key required",
                       .all = {{key("required"), Op::kAtLeast, Bound::kOne}},
                       .because = "The model says so; the key, the effect and the answer are stored in one transaction.",
                       .against = "Clients must make a key and keep it over repetitions.",
                       .consequences = {"A repetition gets the first answer for 24 hours (limit idempotency_hours)."},
                       .status = Status::kDeclared},
                      {.choice = "Idempotency-Key honoured; make it required",
                       .all = {{key("open_to_clients"), Op::kAtLeast, Bound::kOne}, {key("effects"), Op::kAtLeast, Bound::kOne}},
                       .because = "A client that repeats after a time-out makes the effect twice: records are made, values counted or events sent.",
                       .against = "Clients must make a key and keep it over repetitions.",
                       .consequences = {"Write `idempotency: required` in the command."}},
                      {.choice = "not needed",
                       .because = "Repeating it changes nothing more, or only the engine calls it, which repeats a step under the step's own id.",
                       .against = "A repetition would make the effect twice.",
                       .status = Status::kNotNeeded}};
    out.push_back(std::move(ladder));
  }
}

}  // namespace kingpost::decide
