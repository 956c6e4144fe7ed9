#include "kingpost/interview/session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace kingpost::interview {

namespace {

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

std::string choices_of(const Question& question) {
  std::size_t width = 0;
  for (const Choice& choice : question.choices) width = std::max(width, choice.word.size());
  std::string out;
  for (const Choice& choice : question.choices) out += fmt::format("    {:<{}}  {}\n", choice.word, width, choice.meaning);
  return out;
}

}  // namespace

Session::Session(Answers settled, std::vector<Pattern> patterns)
    : questions_(make_questions()), patterns_(std::move(patterns)), answers_(std::move(settled)) {}

std::string Session::default_of(const Question& question) const { return complete_answers(answers_, patterns_).find(question.key)->second; }

std::string Session::prompt() const {
  if (state_ == State::kConfirming) {
    std::string out = "\nYour answers:\n";
    for (const auto& question : questions_) out += fmt::format("  {:<13} {}\n", question.key, default_of(question));
    return out + "\nMake the project? [yes] ";
  }
  if (state_ != State::kAsking) return {};
  const Question& question = questions_[at_];
  const std::string preset = default_of(question);
  std::string out = fmt::format("\n{} of {}  {}\n  {}\n{}", at_ + 1, questions_.size(), question.question, question.why, choices_of(question));
  if (question.kind == AnswerKind::kChoices) out += "  One or several, joined by commas.\n";
  if (question.kind == AnswerKind::kDate || question.kind == AnswerKind::kCurrencies) out += fmt::format("  Takes {}.\n", describe_kind(question));
  return out + fmt::format("{} [{}] ", question.key, preset == "auto" ? "auto: " + worked_out(question) : preset);
}

std::string Session::worked_out(const Question& question) const {
  const Facts facts = make_facts(complete_answers(answers_, patterns_));
  return question.key == "peak" ? print_rate(facts.numbers.find("peak")->second) : print_count(facts.numbers.find("rows")->second);
}

std::string Session::complaint() const {
  const Answers complete = complete_answers(answers_, patterns_);
  std::string out;
  for (const Pattern& pattern : patterns_) {
    if (pattern.name != complete.find("pattern")->second) continue;
    for (const Error& error : find_contradictions(make_facts(complete), pattern)) {
      out += fmt::format("  That does not fit together: {} ({}).\n", error.message, error.details.value_or(""));
    }
  }
  return out;
}

std::string Session::take(std::string_view line) {
  line = trim(line);
  if (line == "quit") {
    state_ = State::kQuit;
    return {};
  }
  if (line == "back") {
    if (state_ == State::kConfirming) {
      state_ = State::kAsking;
      return {};
    }
    if (at_ == 0) return "  This is the first question.\n";
    --at_;
    return {};
  }
  return state_ == State::kConfirming ? take_confirmation(line) : take_answer(line);
}

std::string Session::take_answer(std::string_view line) {
  const Question& question = questions_[at_];
  if (line == "?") return fmt::format("  Answer with {}. Enter takes what stands in brackets; back, quit.\n", describe_kind(question));
  const auto before = answers_.find(question.key);
  const std::optional<std::string> old = before == answers_.end() ? std::nullopt : std::optional(before->second);
  if (!line.empty()) {
    Result<std::string> answer = read_answer(question, line);
    if (!answer) return fmt::format("  {}. {}\n", answer.error().message, answer.error().hint.value_or(""));
    answers_.insert_or_assign(std::string(question.key), std::move(*answer));
  }
  if (std::string said = complaint(); !said.empty() && !line.empty()) {
    if (old) {
      answers_.insert_or_assign(std::string(question.key), *old);
    } else {
      answers_.erase(std::string(question.key));
    }
    return said;
  }
  if (++at_ == questions_.size()) {
    --at_;
    state_ = State::kConfirming;
  }
  return {};
}

std::string Session::take_confirmation(std::string_view line) {
  if (line == "no" || line == "n") {
    state_ = State::kQuit;
    return {};
  }
  if (!line.empty() && line != "yes" && line != "y") return "  Answer yes or no, or go back.\n";
  if (std::string said = complaint(); !said.empty()) {
    state_ = State::kAsking;
    return said;
  }
  state_ = State::kDone;
  return {};
}

std::vector<Given> Session::answers() const {
  std::vector<Given> out;
  for (const auto& [key, value] : answers_) out.push_back({key, value});
  return out;
}

}  // namespace kingpost::interview
