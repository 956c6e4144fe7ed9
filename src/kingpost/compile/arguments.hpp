#pragma once

#include "kingpost/compile/context.hpp"

namespace kingpost::compile {

/// Where assignments stand, for messages and for the rules that hold there.
struct AssignPlace {
  std::string what;       ///< "the event `order_placed`"
  ir::ServiceId service;  ///< whose reads are checked; none for sagas
  std::string reader;     ///< "The command `place_order`"
  Span span;              ///< where a missing member is reported
  bool partial = false;   ///< further names are left out: an undo with its step's arguments
  bool texts = false;     ///< a bare word for a text is that text: arguments of another system
};

/// Name: expression pairs for the members of an input, an event or an HTTP body. Diagnostics: unknown-argument, missing-argument, cel-*.
[[nodiscard]] std::vector<ir::Assignment> compile_arguments(Context& context, const std::vector<ir::Member>& members, const model::Node* node,
                                                            const cel::Scope& scope, const AssignPlace& place);

enum class WriteKind : std::uint8_t { kCreate, kUpdate, kMove };

/// Name: expression pairs for an entity's fields. Diagnostics: unknown-field, set-field, state-by-move, missing-assignment, cel-*.
[[nodiscard]] std::vector<ir::Assignment> compile_set(Context& context, ir::EntityId entity, const model::Node& step, const cel::Scope& scope,
                                                      WriteKind kind);

/// The members that `client.operation` or a command takes; nullptr when there is none (reported).
[[nodiscard]] const std::vector<ir::Member>* require_operation_body(Context& context, const Text& name);
[[nodiscard]] ir::CommandId require_command(Context& context, const Text& name);
[[nodiscard]] ir::EventId require_event(Context& context, const Text& name);

/// A scope where every entity's name is the list of its records.
void add_entities(cel::Scope& scope, const Context& context);

}  // namespace kingpost::compile
