#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>

#include "kingpost/app/commands.hpp"
#include "kingpost/app/loading.hpp"
#include "kingpost/app/review_lock.hpp"
#include "kingpost/app/templates.hpp"
#include "kingpost/interview/project.hpp"
#include "kingpost/interview/session.hpp"
#include "kingpost/model/model.hpp"
#include "kingpost/review/review.hpp"

namespace kingpost::app {

namespace {

namespace fs = std::filesystem;

/// The folder's own name in lower case with underscores; empty when nothing of it is left.
std::string name_of(const std::string& directory) {
  const fs::path path = fs::path(directory).lexically_normal();
  return path.filename().empty() ? path.parent_path().filename().string() : path.filename().string();
}

std::string legal_name(const std::string& directory) {
  constexpr std::size_t kMaxBytes = 40;
  std::string out;
  for (const char byte : name_of(directory)) {
    const bool upper = byte >= 'A' && byte <= 'Z';
    const bool legal = upper || (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9');
    if (out.empty() && (!legal || (byte >= '0' && byte <= '9'))) continue;
    out += upper ? static_cast<char>(byte - 'A' + 'a') : legal ? byte : '_';
  }
  return out.substr(0, kMaxBytes);
}

std::string in(const std::string& directory, const char* file) { return (fs::path(directory) / file).string(); }

Result<void> check_folder(const std::string& directory) {
  std::error_code code;
  if (directory.empty()) {
    Error error = make_error(ErrorKind::kInvalidArgument, "kp-init-directory", "init needs a folder to make");
    error.hint = "kingpost init myshop --interview";
    return fail(std::move(error));
  }
  if (fs::exists(directory, code) && !(fs::is_directory(directory, code) && fs::is_empty(directory, code))) {
    Error error = make_error(ErrorKind::kAlreadyExists, "kp-init-exists", directory + " exists and is not an empty folder");
    error.hint = "Name a folder that does not exist yet.";
    return fail(std::move(error));
  }
  return {};
}

int complain_all(const interview::Errors& errors) {
  for (const Error& error : errors) static_cast<void>(complain(error));
  return kExitUsage;
}

int init_from_template(const InitOptions& options) {
  const bool shop = options.template_name != "blank";
  const std::string file = in(options.directory, shop ? "shop.yaml" : "model.yaml");
  const std::string text = shop ? std::string(kShopTemplate) : blank_template(name_of(options.directory));
  if (auto written = write_file(file, text); !written) return complain(written.error());
  const std::string schema = in(options.directory, "kingpost.schema.json");
  if (auto written = write_file(schema, model::print_model_schema()); !written) return complain(written.error());
  const std::string database = in(options.directory, shop ? "shop.db" : "model.db");
  fmt::print("Wrote {} and its JSON Schema for your editor.\n\nNext:\n  kingpost check {}\n  kingpost serve {} --database sqlite:{} --dev\n", file,
             file, file, database);
  return kExitOk;
}

/// The answers of the command line; those of the file first, so that `--answer` can change one of them.
tl::expected<std::vector<interview::Given>, interview::Errors> gather(const InitOptions& options) {
  std::vector<interview::Given> out;
  if (!options.answers_file.empty()) {
    const Result<std::string> text = read_file(options.answers_file);
    if (!text) return tl::make_unexpected(interview::Errors{text.error()});
    auto given = interview::parse_answers(*text);
    if (!given) return given;
    out = std::move(*given);
  }
  for (const std::string& answer : options.answers) {
    const std::size_t equals = answer.find('=');
    if (equals == std::string::npos) {
      Error error = make_error(ErrorKind::kInvalidArgument, "kp-interview-syntax", "\"" + answer + "\" is no answer");
      error.hint = "Write --answer key=value; kingpost init --questions lists the keys.";
      return tl::make_unexpected(interview::Errors{std::move(error)});
    }
    const std::string key = answer.substr(0, equals);
    if (!options.answers_file.empty()) std::erase_if(out, [&](const interview::Given& given) { return given.key == key; });
    out.push_back({key, answer.substr(equals + 1)});
  }
  const bool named = std::any_of(out.begin(), out.end(), [](const interview::Given& given) { return given.key == "name"; });
  if (const std::string name = legal_name(options.directory); !named && !name.empty()) out.push_back({"name", name});
  return out;
}

std::optional<std::string> read_line() {
  constexpr std::size_t kMaxBytes = 4096;
  std::string out;
  for (int byte = std::getchar(); byte != '\n'; byte = std::getchar()) {
    if (byte == EOF) return out.empty() ? std::nullopt : std::optional(out);
    if (out.size() < kMaxBytes) out += static_cast<char>(byte);
  }
  return out;
}

/// Asks until all is answered; empty when the caller gave up. Nothing is written before the end, so whatever ends the process leaves nothing.
tl::expected<std::optional<std::vector<interview::Given>>, interview::Errors> ask(const std::vector<interview::Given>& given) {
  auto settled = interview::settle_answers(given);
  if (!settled) return tl::make_unexpected(std::move(settled.error()));
  auto patterns = interview::load_patterns();
  if (!patterns) return tl::make_unexpected(interview::Errors{patterns.error()});
  interview::Session session(std::move(*settled), std::move(*patterns));
  fmt::print("Enter takes the answer in brackets. ? explains what may be answered, back goes to the question before, quit ends without writing.\n");
  while (session.state() == interview::Session::State::kAsking || session.state() == interview::Session::State::kConfirming) {
    std::fputs(session.prompt().c_str(), stdout);
    std::fflush(stdout);
    const std::optional<std::string> line = read_line();
    if (!line) return std::nullopt;
    std::fputs(session.take(*line).c_str(), stdout);
  }
  if (session.state() == interview::Session::State::kQuit) return std::nullopt;
  return session.answers();
}

/// Accepts, with their reasons, the findings that a generated model is known to have. Errors: kp-interview-model when the model is not clean
/// otherwise: a fault of the fragments, not of the caller.
Result<void> write_lock_beside(const std::string& file) {
  const LoadedModel model = load_model(file, Limits{});
  if (!model.system) {
    report(model, "text", true);
    return fail(ErrorKind::kInternal, "kp-interview-model", "the model made from these answers has errors; please report the answers");
  }
  Result<Lock> lock = read_lock(file);
  if (!lock) return fail(lock.error());
  const std::vector<interview::KnownFinding> known = interview::known_findings();
  for (const review::Finding& finding : review::review(*model.system)) {
    const auto found = std::find_if(known.begin(), known.end(), [&](const interview::KnownFinding& one) { return one.rule == finding.rule; });
    if (found == known.end()) continue;
    lock->accepted.push_back({finding.rule, finding.element, std::string(found->reason), {}});
  }
  return lock->accepted.empty() ? Result<void>{} : write_file(lock->path, print_lock(*lock));
}

int init_from_answers(const InitOptions& options) {
  auto given = gather(options);
  if (!given) return complain_all(given.error());
  if (options.interview) {
    auto asked = ask(*given);
    if (!asked) return complain_all(asked.error());
    if (!*asked) {
      fmt::print(stderr, "\nNothing was written.\n");
      return kExitFindings;
    }
    given = std::move(**asked);
  }
  const auto project = interview::make_project(*given);
  if (!project) return complain_all(project.error());
  const std::string file = in(options.directory, "model.yaml");
  const std::string schema = model::print_model_schema();
  for (const auto& [name, text] : {std::pair<const char*, const std::string*>{"model.yaml", &project->model},
                                   {"answers.yaml", &project->answers},
                                   {"README.md", &project->readme},
                                   {"kingpost.schema.json", &schema}}) {
    if (auto written = write_file(in(options.directory, name), *text); !written) return complain(written.error());
  }
  if (auto locked = write_lock_beside(file); !locked) return complain(locked.error());
  fmt::print(
      "Wrote {}, answers.yaml and README.md with the decisions that your answers took.\n\nNext:\n  kingpost review {}\n  kingpost design {} -o {}\n  "
      "kingpost serve {} --database sqlite:{} --dev\n",
      file, file, file, in(options.directory, "design"), file, in(options.directory, "model.db"));
  return kExitOk;
}

}  // namespace

int run_init(const InitOptions& options) {
  if (options.questions) {
    const Result<std::string> json = interview::print_questions_json();
    if (!json) return complain(json.error());
    std::fputs(json->c_str(), stdout);
    return kExitOk;
  }
  if (auto good = check_folder(options.directory); !good) return complain(good.error());
  const bool answers = options.interview || !options.answers.empty() || !options.answers_file.empty();
  if (answers && !options.template_name.empty()) {
    Error error = make_error(ErrorKind::kInvalidArgument, "kp-init-template", "a template and answers exclude each other");
    error.hint = "Leave --template out; the answer `pattern` chooses what to start from.";
    return complain(error);
  }
  return answers ? init_from_answers(options) : init_from_template(options);
}

}  // namespace kingpost::app
