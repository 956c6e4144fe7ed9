#include "kingpost/interview/answers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>

#include "kingpost/base/diagnostic.hpp"

namespace kingpost::interview {

namespace {

constexpr std::size_t kMaxBytes = std::size_t{64} * 1024;

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

/// The text inside quotes; empty when they do not close at the end of the value.
std::optional<std::string> unquote(std::string_view text) {
  const char quote = text.front();
  std::string out;
  for (std::size_t at = 1; at < text.size(); ++at) {
    const char byte = text[at];
    if (byte == quote && quote == '\'' && at + 1 < text.size() && text[at + 1] == quote) {
      out += quote;
      ++at;
    } else if (byte == quote) {
      const std::string_view rest = trim(text.substr(at + 1));
      return rest.empty() || rest.front() == '#' ? std::optional(out) : std::nullopt;
    } else if (byte == '\\' && quote == '"') {
      if (++at == text.size() || (text[at] != '"' && text[at] != '\\')) return std::nullopt;
      out += text[at];
    } else {
      out += byte;
    }
  }
  return std::nullopt;
}

std::optional<std::string> read_value(std::string_view text) {
  text = trim(text);
  if (!text.empty() && (text.front() == '"' || text.front() == '\'')) return unquote(text);
  if (text.starts_with('#')) return std::string{};
  return std::string(trim(text.substr(0, text.find(" #"))));
}

Error bad_line(std::size_t number, std::string_view what) {
  Error error = make_error(ErrorKind::kInvalidArgument, "kp-interview-syntax", fmt::format("line {} of the answers {}", number, what));
  error.hint = "Write `key: value`, one answer a line; `kingpost init --questions` lists the keys.";
  return error;
}

std::optional<Error> read_line(std::string_view line, std::size_t number, std::vector<Given>& out) {
  line = trim(line);
  if (line.empty() || line.front() == '#' || line == "---") return std::nullopt;
  if (line.starts_with("- ")) {
    const std::optional<std::string> word = read_value(line.substr(2));
    if (out.empty() || !word) return bad_line(number, "is an item of no list");
    out.back().value += (out.back().value.empty() ? "" : ",") + *word;
    return std::nullopt;
  }
  const std::size_t at = line.find_first_of(":=");
  if (at == std::string_view::npos || at == 0) return bad_line(number, "has no key");
  std::optional<std::string> value = read_value(line.substr(at + 1));
  if (!value) return bad_line(number, "has quotes that do not close");
  out.push_back({std::string(trim(line.substr(0, at))), std::move(*value)});
  return std::nullopt;
}

const Question* find_question(const std::vector<Question>& questions, std::string_view key) {
  const auto found = std::find_if(questions.begin(), questions.end(), [&](const Question& question) { return question.key == key; });
  return found == questions.end() ? nullptr : &*found;
}

double number_of(const Answers& answers, std::string_view key) { return std::strtod(answers.find(key)->second.c_str(), nullptr); }

/// A tenth of the people in the busiest hour, 20 requests each, twice the mean of that hour.
double assumed_peak(double users) {
  constexpr double kBusyShare = 0.1;
  constexpr double kRequests = 20;
  constexpr double kBurst = 2;
  constexpr double kSecondsAnHour = 3600;
  return std::max(1.0, users * kBusyShare * kRequests * kBurst / kSecondsAnHour);
}

void add_words(const Question& question, std::string_view value, Facts& facts) {
  const bool short_words = question.key == "integrations" || question.key == "sensitive" || question.key == "pattern";
  while (!value.empty()) {
    const std::size_t end = std::min(value.find(','), value.size());
    const std::string_view word = value.substr(0, end);
    value.remove_prefix(std::min(end + 1, value.size()));
    const std::string answer = fmt::format("{}={}", question.key, word);
    facts.words[fmt::format("{}.{}", question.key, word)] = answer;
    if (word == "none" || word == "no") continue;
    facts.words.emplace(question.key, answer);
    if (short_words) facts.words[std::string(word)] = answer;
  }
}

struct Contradiction {
  std::string_view condition;
  std::string_view message;
};

constexpr std::array<Contradiction, 5> kContradictions{{
    {"payments !currency", "a payment provider moves money, but there is no currency"},
    {"never_lost.money !currency", "no amount can be lost where there is no currency"},
    {"carried>60000",
     "peak times growth is beyond 60000 requests a second, which no single database carries; make one system for each region or group"},
    {"peak_per_user>10", "the peak is more than ten requests a second for each user"},
    {"tenants.database users>=100000000", "a database for each tenant does not fit a hundred million users"},
}};

/// A line of text that Markdown shows as it is.
std::string markdown_text(std::string_view text) {
  std::string out;
  for (const char byte : text) {
    constexpr std::string_view kSpecial = "\\`*_[]<>|&~";
    constexpr std::string_view kSpecialFirst = "#+-=:";
    if (out.empty() && kSpecialFirst.find(byte) != std::string_view::npos) out += '\\';
    if (kSpecial.find(byte) != std::string_view::npos) out += '\\';
    out += byte;
  }
  return out;
}

}  // namespace

tl::expected<std::vector<Given>, Errors> parse_answers(std::string_view text) {
  if (text.size() > kMaxBytes) {
    return tl::make_unexpected(
        Errors{make_error(ErrorKind::kOutOfRange, "kp-interview-syntax", fmt::format("answers of more than {} bytes", kMaxBytes))});
  }
  std::vector<Given> out;
  Errors errors;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (auto error = read_line(text.substr(0, end), number, out)) errors.push_back(std::move(*error));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (!errors.empty()) return tl::make_unexpected(std::move(errors));
  return out;
}

tl::expected<Answers, Errors> settle_answers(const std::vector<Given>& given) {
  const std::vector<Question> questions = make_questions();
  std::vector<std::string> keys;
  for (const Question& question : questions) keys.emplace_back(question.key);
  Answers out;
  Errors errors;
  for (const Given& one : given) {
    const Question* question = find_question(questions, one.key);
    if (question == nullptr) {
      Error error = make_error(ErrorKind::kNotFound, "kp-interview-unknown", fmt::format("there is no question \"{}\"", one.key));
      if (const auto near = nearest_name(one.key, keys)) error.message += fmt::format("; do you mean \"{}\"", *near);
      error.hint = fmt::format("The keys are {}.", fmt::join(keys, ", "));
      errors.push_back(std::move(error));
      continue;
    }
    Result<std::string> answer = read_answer(*question, one.value);
    if (!answer) {
      errors.push_back(std::move(answer.error()));
    } else if (!out.emplace(one.key, std::move(*answer)).second) {
      errors.push_back(make_error(ErrorKind::kAlreadyExists, "kp-interview-twice", fmt::format("{} is answered twice", one.key)));
    }
  }
  if (!errors.empty()) return tl::make_unexpected(std::move(errors));
  return out;
}

Answers complete_answers(const Answers& answers, const std::vector<Pattern>& patterns) {
  Answers out = answers;
  const std::vector<Question> questions = make_questions();
  out.emplace("pattern", find_question(questions, "pattern")->default_answer);
  for (const Pattern& pattern : patterns) {
    if (pattern.name == out.find("pattern")->second) out.insert(pattern.defaults.begin(), pattern.defaults.end());
  }
  for (const Question& question : questions) {
    // Defaults of people are written as people write them; an answer is canonical.
    out.emplace(question.key, read_answer(question, question.default_answer).value_or(std::string(question.default_answer)));
  }
  for (const Question& question : questions) {
    std::string& value = out.find(question.key)->second;
    value = read_answer(question, value).value_or(value);
  }
  return out;
}

Facts make_facts(const Answers& complete) {
  Facts facts;
  for (const Question& question : make_questions()) {
    const std::string& value = complete.find(question.key)->second;
    if (question.kind == AnswerKind::kChoice || question.kind == AnswerKind::kChoices) add_words(question, value, facts);
    // Figures of size are printed rounded, from the numbers below.
    const bool size = question.key == "users" || question.key == "peak" || question.key == "rows_per_day";
    if (!size) facts.texts[std::string(question.key)] = value;
  }
  for (const char* key : {"users", "team", "p99_ms", "availability", "keep_months", "growth"}) facts.numbers[key] = number_of(complete, key);
  const double users = facts.numbers["users"];
  const bool no_peak = complete.find("peak")->second == "auto";
  facts.numbers["peak"] = no_peak ? assumed_peak(users) : number_of(complete, "peak");
  facts.numbers["peak_per_user"] = facts.numbers["peak"] / users;
  facts.numbers["carried"] = facts.numbers["peak"] * facts.numbers["growth"];
  // Where statements of 5 ms, what the review assumes, would keep most of PostgreSQL's hundred connections busy.
  constexpr double kHeavy = 10000;
  if (facts.numbers["carried"] > kHeavy) facts.words["heavy"] = fmt::format("peak={}/s", print_rate(facts.numbers["peak"]));
  // Services are worth their price for several teams and a load that several nodes carry anyway.
  constexpr double kFourTeams = 24;
  if (facts.numbers["carried"] > kHeavy && facts.numbers["team"] >= kFourTeams) {
    facts.words["split"] = fmt::format("team={:.0f}, peak={}/s", facts.numbers["team"], print_rate(facts.numbers["peak"]));
  }
  facts.words[no_peak ? "peak_assumed" : "peak_given"] =
      no_peak ? "users=" + print_count(users) : fmt::format("peak={}", print_rate(facts.numbers["peak"]));
  constexpr double kUsersARow = 10;
  facts.numbers["rows"] = complete.find("rows_per_day")->second == "auto" ? std::max(1.0, users / kUsersARow) : number_of(complete, "rows_per_day");
  if (facts.texts["currency"] != "none") {
    const std::string& codes = facts.texts["currency"];
    facts.words["currency"] = "currency=" + codes;
    if (codes.find(',') != std::string::npos) facts.words["currencies"] = facts.words["currency"];
    constexpr std::size_t kLetters = 3;
    facts.texts["main_currency"] = codes.substr(0, kLetters);
  }
  if (facts.texts["clients"] != "none") facts.words["clients"] = "clients=" + facts.texts["clients"];
  const std::string& regions = facts.texts["regions"];
  if (regions.find(',') != std::string::npos) facts.words["regional"] = "regions=" + regions;
  std::string spaced;
  for (const char byte : regions) spaced += byte == ',' ? std::string(", ") : std::string(1, byte);
  facts.texts["region_words"] = spaced;
  facts.texts["main_region"] = regions.substr(0, regions.find(','));
  constexpr double kHoursAMonth = 730.5;
  facts.texts["keep_hours"] = fmt::format("{:.0f}", facts.numbers["keep_months"] * kHoursAMonth);
  facts.texts["errors"] = fmt::format("{:.6g}", 100 - facts.numbers["availability"]);
  std::string ids = "R1, R2, R3, R4";
  for (const auto& [word, id] : {std::pair<std::string_view, std::string_view>{"audit", "R10"}, {"clients", "R17"}}) {
    if (facts.words.contains(word)) ids += fmt::format(", {}", id);
  }
  facts.texts["core_requirements"] = ids;
  facts.texts["summary_md"] = markdown_text(facts.texts["summary"]);
  // Where each further index costs more writes than the lists it serves are worth.
  constexpr double kBusyRows = 8e6;
  if (facts.words.contains("heavy") || facts.numbers["rows"] >= kBusyRows) facts.words["busy"] = "rows_per_day=" + print_count(facts.numbers["rows"]);
  if (facts.words.contains("regional") && !facts.words.contains("tenants")) facts.words["person_region"] = facts.words["regional"];
  for (const char* word : {"personal", "person_region"}) {
    if (facts.words.contains(word)) facts.words.emplace("profile", facts.words[word]);
  }
  // Nine people are two teams; two teams want a boundary between them.
  constexpr double kTwoTeams = 9;
  if (facts.numbers["team"] >= kTwoTeams) facts.words["services"] = fmt::format("team={:.0f}", facts.numbers["team"]);
  return facts;
}

Errors find_contradictions(const Facts& facts, const Pattern& pattern) {
  Errors out;
  const auto add = [&](std::string_view condition, std::string_view message) {
    if (!holds(condition, facts)) return;
    Error error = make_error(ErrorKind::kFailedPrecondition, "kp-interview-contradiction", std::string(message));
    error.details = fmt::format("pattern={}, {}", pattern.name, reasons(condition, facts));
    error.hint = "Change one of these answers.";
    out.push_back(std::move(error));
  };
  for (const Contradiction& known : kContradictions) add(known.condition, known.message);
  for (const Impossible& impossible : pattern.never) add(impossible.condition, impossible.reason);
  return out;
}

std::string print_answers(const Answers& complete) {
  std::string out =
      "# The answers this model was made from. Change one and make another folder with it, then compare:\n"
      "#   kingpost init NEWDIR --answers answers.yaml\n";
  for (const Question& question : make_questions()) {
    const std::string& value = complete.find(question.key)->second;
    out += fmt::format("\n# {}\n{}: {}\n", question.question, question.key, question.kind == AnswerKind::kText ? quote_yaml(value) : value);
  }
  return out;
}

}  // namespace kingpost::interview
