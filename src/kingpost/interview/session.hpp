#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "kingpost/interview/answers.hpp"

namespace kingpost::interview {

/// The interview as a conversation: a text to show, a line to take, until it is done or given up. It reads no terminal and writes nothing.
class Session {
 public:
  enum class State : std::uint8_t { kAsking, kConfirming, kDone, kQuit };

  /// `settled` are answers that were given beforehand; they become the defaults of their questions.
  Session(Answers settled, std::vector<Pattern> patterns);

  /// What to show before the next line is read.
  [[nodiscard]] std::string prompt() const;
  /// Takes a line: an answer, nothing (the default), `back`, `quit` or `?`. Returns what to say about it, if anything.
  [[nodiscard]] std::string take(std::string_view line);

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] std::vector<Given> answers() const;

 private:
  [[nodiscard]] std::string default_of(const Question& question) const;
  /// The figure that `auto` stands for.
  [[nodiscard]] std::string worked_out(const Question& question) const;
  [[nodiscard]] std::string take_answer(std::string_view line);
  [[nodiscard]] std::string take_confirmation(std::string_view line);
  /// What contradicts what so far.
  [[nodiscard]] std::string complaint() const;

  std::vector<Question> questions_;
  std::vector<Pattern> patterns_;
  Answers answers_;
  std::size_t at_ = 0;
  State state_ = State::kAsking;
};

}  // namespace kingpost::interview
