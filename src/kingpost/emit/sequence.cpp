#include "kingpost/emit/sequence.hpp"

#include <fmt/format.h>

#include "kingpost/emit/flow.hpp"

namespace kingpost::emit {

std::size_t Sequence::party(PartyKind kind, const std::string& name) {
  for (std::size_t at = 0; at < parties.size(); ++at) {
    if (parties[at].kind == kind && parties[at].name == name) return at;
  }
  parties.push_back({kind, name});
  return parties.size() - 1;
}

void Sequence::call(std::size_t from, std::size_t to, std::string text) { items.push_back({SequenceItemKind::kCall, from, to, std::move(text)}); }
void Sequence::answer(std::size_t from, std::size_t to, std::string text) { items.push_back({SequenceItemKind::kAnswer, from, to, std::move(text)}); }
void Sequence::async(std::size_t from, std::size_t to, std::string text) { items.push_back({SequenceItemKind::kAsync, from, to, std::move(text)}); }
void Sequence::note(std::size_t over, std::string text) { items.push_back({SequenceItemKind::kNote, over, over, std::move(text)}); }
void Sequence::begin(std::string frame, std::string text) { items.push_back({SequenceItemKind::kBegin, 0, 0, std::move(text), std::move(frame)}); }
void Sequence::otherwise(std::string text) { items.push_back({SequenceItemKind::kElse, 0, 0, std::move(text)}); }
void Sequence::end() { items.push_back({SequenceItemKind::kEnd, 0, 0, {}}); }

namespace {

std::string print_item(const SequenceItem& item, std::vector<std::string>& frames) {
  const std::string text = mermaid_text(item.text);
  switch (item.kind) {
    case SequenceItemKind::kCall:
      return fmt::format("p{}->>p{}: {}", item.from, item.to, text);
    case SequenceItemKind::kAnswer:
      return fmt::format("p{}-->>p{}: {}", item.from, item.to, text);
    case SequenceItemKind::kAsync:
      return fmt::format("p{}-)p{}: {}", item.from, item.to, text);
    case SequenceItemKind::kNote:
      return fmt::format("Note over p{}: {}", item.from, text);
    case SequenceItemKind::kBegin:
      frames.push_back(item.frame);
      return fmt::format("{} {}", item.frame, text);
    case SequenceItemKind::kElse: {
      const std::string& frame = frames.empty() ? std::string("alt") : frames.back();
      return fmt::format("{} {}", frame == "par" ? "and" : frame == "critical" ? "option" : "else", text);
    }
    case SequenceItemKind::kEnd:
      if (!frames.empty()) frames.pop_back();
      return "end";
  }
  return "";
}

}  // namespace

std::string print_sequence_mermaid(const Sequence& sequence) {
  std::string out = "sequenceDiagram\n";
  for (std::size_t at = 0; at < sequence.parties.size(); ++at) {
    const Party& party = sequence.parties[at];
    out += fmt::format("  {} p{} as {}\n", party.kind == PartyKind::kActor ? "actor" : "participant", at, mermaid_text(party.name));
  }
  std::vector<std::string> frames;
  for (const SequenceItem& item : sequence.items) out += "  " + print_item(item, frames) + '\n';
  return out;
}

}  // namespace kingpost::emit
