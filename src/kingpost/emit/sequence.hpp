#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "kingpost/emit/diagrams.hpp"
#include "kingpost/ir/system.hpp"

namespace kingpost::emit {

enum class PartyKind : std::uint8_t { kActor, kService, kStore, kQueue, kOutside };

struct Party {
  PartyKind kind = PartyKind::kService;
  std::string name;
};

enum class SequenceItemKind : std::uint8_t { kCall, kAnswer, kAsync, kNote, kBegin, kElse, kEnd };

/// A message between two parties, a note over `from`, or an edge of a frame, whose `frame` is alt, opt, loop, par, critical.
struct SequenceItem {
  SequenceItemKind kind = SequenceItemKind::kCall;
  std::size_t from = 0;
  std::size_t to = 0;
  std::string text;
  std::string frame = {};
  bool undo = false;  ///< compensates an earlier step
};

/// Who tells whom what, in order. Frames are balanced.
struct Sequence {
  std::string title;
  std::vector<Party> parties;
  std::vector<SequenceItem> items;

  /// The party of that name, added when new.
  std::size_t party(PartyKind kind, const std::string& name);
  void call(std::size_t from, std::size_t to, std::string text);
  void answer(std::size_t from, std::size_t to, std::string text);
  void async(std::size_t from, std::size_t to, std::string text);
  void note(std::size_t over, std::string text);
  void begin(std::string frame, std::string text);
  void otherwise(std::string text);
  void end();
};

/// As a Mermaid sequenceDiagram. Every text is made harmless. Deterministic.
[[nodiscard]] std::string print_sequence_mermaid(const Sequence& sequence);
/// Laid out without Graphviz. Deterministic.
[[nodiscard]] Picture draw_sequence(const Sequence& sequence);

/// A request for a command: who may, what the transaction does in which order, how it fails, what leaves after commit. Pure, as all below.
[[nodiscard]] Sequence make_command_sequence(const ir::System& system, const ir::Command& command);
/// A saga: its steps and the way back from each.
[[nodiscard]] Sequence make_saga_sequence(const ir::System& system, const ir::Saga& saga);

struct AuthSequence {
  std::string name;  ///< for paths
  std::string title;
  std::string about;  ///< says what this version runs and what is designed only
  Sequence sequence;
};

/// Request with a token (runs), sign-in, refresh and, with tenants, the tenant's claim.
[[nodiscard]] std::vector<AuthSequence> make_auth_sequences(const ir::System& system);

}  // namespace kingpost::emit
