#include "kingpost/app/mcp_tools.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "kingpost/app/guide.hpp"
#include "kingpost/app/loading.hpp"
#include "kingpost/app/version.hpp"
#include "kingpost/model/model.hpp"

namespace kingpost::app {

namespace {

namespace fs = std::filesystem;
using mcp::Argument;
using mcp::ArgumentKind;
using mcp::Json;
using mcp::Outcome;
using mcp::Work;

Result<std::string> below_root(const McpPolicy& policy, const std::string& path) {
  std::error_code code;
  const fs::path whole = fs::weakly_canonical(fs::path(policy.root) / path, code);
  const fs::path relative = whole.lexically_relative(policy.root);
  if (code || path.empty() || relative.empty() || *relative.begin() == "..")
    return fail(ErrorKind::kPermissionDenied, "kp-mcp-path",
                fmt::format("`{}` does not lie below {}, where this server may look", path, policy.root));
  return whole.string();
}

Result<void> may_write(const McpPolicy& policy) {
  if (policy.allow_write) return {};
  Error error = make_error(ErrorKind::kPermissionDenied, "kp-mcp-read-only", "This server may not write");
  error.hint = "Start it as `kingpost mcp --allow-write`, or leave the argument out and write the answer yourself.";
  return fail(std::move(error));
}

/// The model that a call is about: `path` below the root, or `text`, which is put into the scratch folder.
Result<std::string> model_of(const McpPolicy& policy, const Json& arguments, const std::string& scratch) {
  const bool has_path = arguments.find("path") != nullptr;
  if (has_path == (arguments.find("text") != nullptr))
    return fail(ErrorKind::kInvalidArgument, "kp-mcp-model", "Give the model as `path` or as `text`, and not as both");
  if (has_path) return below_root(policy, arguments.text_of("path"));
  std::string file = scratch + "/model.yaml";
  if (auto written = write_file(file, arguments.text_of("text")); !written) return fail(std::move(written.error()));
  return file;
}

/// The scratch folder's name says nothing to the client.
Outcome without_scratch(Outcome outcome, const std::string& scratch) {
  for (std::string* text : {&outcome.output, &outcome.notes}) {
    for (std::size_t at = text->find(scratch); at != std::string::npos; at = text->find(scratch, at)) {
      text->erase(at, std::min(scratch.size() + 1, text->size() - at));
    }
  }
  return outcome;
}

/// Reads `file` of the scratch folder as the output, if the command was content.
Outcome read_back(Outcome outcome, const std::string& scratch, const std::string& file) {
  if (outcome.exit_code == 0) {
    if (auto text = read_file(scratch + "/" + file)) {
      outcome.output = *text;
    } else {
      outcome.exit_code = 2;
      outcome.notes += text.error().message;
    }
  }
  return without_scratch(std::move(outcome), scratch);
}

std::vector<Argument> model_arguments(std::vector<Argument> more = {}) {
  std::vector<Argument> out = {{"path", ArgumentKind::kText, "model file, relative to the server's root", false, {}},
                               {"text", ArgumentKind::kText, "the model itself, instead of a path; it cannot import", false, {}}};
  out.insert(out.end(), more.begin(), more.end());
  return out;
}

/// A tool that runs `command MODEL`, with options of its own appended by `options`.
mcp::Tool model_tool(const McpPolicy& policy, mcp::Tool tool, const std::string& command,
                     std::function<std::vector<std::string>(const Json&)> options) {
  tool.prepare = [policy, command, options = std::move(options)](const Json& arguments, const std::string& scratch) -> Result<Work> {
    Result<std::string> model = model_of(policy, arguments, scratch);
    if (!model) return fail(std::move(model.error()));
    Work work;
    work.arguments = {command, *model};
    for (std::string& option : options(arguments)) work.arguments.push_back(std::move(option));
    work.finish = without_scratch;
    return work;
  };
  return tool;
}

/// `--name value` for every text argument that was given, in the order of `names`.
std::vector<std::string> given_options(const Json& arguments, std::initializer_list<const char*> names) {
  std::vector<std::string> out;
  for (const char* name : names) {
    if (const Json* value = arguments.find(name)) out.push_back(fmt::format("--{}={}", name, value->text));
  }
  return out;
}

mcp::Tool guide_tool() {
  mcp::Tool tool{"guide",
                 "Guide to the model language",
                 "The language by examples, a page a topic. Without `page`: the list of pages. Read it before you write a model.",
                 {{"page", ArgumentKind::kText, "name of a page", false, {}}},
                 true,
                 {}};
  for (const GuidePage& page : guide_pages()) tool.arguments[0].values.emplace_back(page.name);
  tool.prepare = [](const Json& arguments, const std::string&) -> Result<Work> {
    const std::string name = arguments.text_of("page");
    Work work;
    work.finish = [name](Outcome outcome, const std::string&) {
      outcome.output = name.empty() ? list_guide() : std::string(find_guide_page(name)->text);
      return outcome;
    };
    return work;
  };
  return tool;
}

mcp::Tool format_tool(const McpPolicy& policy) {
  mcp::Tool tool{
      "fmt",
      "Canonical form",
      "The canonical text of a model file; comments are kept.",
      model_arguments({{"write", ArgumentKind::kBoolean, "write the file in place (needs permission) instead of answering its text", false, {}}}),
      !policy.allow_write,
      {}};
  tool.prepare = [policy](const Json& arguments, const std::string& scratch) -> Result<Work> {
    const Json* write = arguments.find("write");
    const bool in_place = write != nullptr && write->text == "true";
    if (in_place) {
      if (auto allowed = may_write(policy); !allowed) return fail(std::move(allowed.error()));
    }
    Result<std::string> model = model_of(policy, arguments, scratch);
    if (!model) return fail(std::move(model.error()));
    Work work;
    if (in_place) {
      work.arguments = {"fmt", *model};
      work.finish = without_scratch;
      return work;
    }
    const std::string copy = scratch + "/model.yaml";
    if (*model != copy) {
      Result<std::string> text = read_file(*model);
      if (!text) return fail(std::move(text.error()));
      if (auto written = write_file(copy, *text); !written) return fail(std::move(written.error()));
    }
    work.arguments = {"fmt", copy};
    work.finish = [](Outcome outcome, const std::string& folder) { return read_back(std::move(outcome), folder, "model.yaml"); };
    return work;
  };
  return tool;
}

mcp::Tool review_tool(const McpPolicy& policy) {
  mcp::Tool tool{
      "review",
      "Review",
      "Judges a model, or what exists without one: a folder or files of SQL, OpenAPI, GraphQL, protobuf, compose, Kubernetes. Findings with place, "
      "consequence, evidence and fix.",
      model_arguments({{"format", ArgumentKind::kText, "json (default), text or sarif", false, {"json", "text", "sarif"}},
                       {"fix", ArgumentKind::kBoolean, "apply the fixes that are edits (needs permission)", false, {}}}),
      !policy.allow_write,
      {}};
  tool.prepare = [policy](const Json& arguments, const std::string& scratch) -> Result<Work> {
    const Json* fix = arguments.find("fix");
    const bool mend = fix != nullptr && fix->text == "true";
    if (mend) {
      if (auto allowed = may_write(policy); !allowed) return fail(std::move(allowed.error()));
    }
    Result<std::string> model = model_of(policy, arguments, scratch);
    if (!model) return fail(std::move(model.error()));
    Work work;
    const std::string format = arguments.text_of("format");
    work.arguments = {"review", *model, "--format", format.empty() ? "json" : format};
    if (mend) work.arguments.emplace_back("--fix");
    work.finish = without_scratch;
    return work;
  };
  return tool;
}

/// The files of a folder with their sizes, or the text of one of them.
Outcome show_design(Outcome outcome, const std::string& scratch, const std::string& artefact) {
  outcome = without_scratch(std::move(outcome), scratch);
  if (outcome.exit_code != 0) return outcome;
  const fs::path folder = fs::path(scratch) / "design";
  if (!artefact.empty()) {
    const fs::path inside = (folder / artefact).lexically_normal().lexically_relative(folder);
    if (inside.empty() || *inside.begin() == "..") return {2, {}, fmt::format("kp-mcp-path: `{}` is no file of the design", artefact)};
    return read_back(std::move(outcome), scratch, (fs::path("design") / inside).string());
  }
  std::vector<std::string> lines;
  std::error_code code;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder, code)) {
    if (entry.is_regular_file()) lines.push_back(fmt::format("{}\t{} bytes", entry.path().lexically_relative(folder).string(), entry.file_size()));
  }
  std::sort(lines.begin(), lines.end());
  outcome.output = fmt::format("{}\n", fmt::join(lines, "\n"));
  return outcome;
}

mcp::Tool design_tool(const McpPolicy& policy) {
  mcp::Tool tool{"design",
                 "Design",
                 "Everything an architect hands over: specs, DDL, diagrams, decisions, threat model, site. Answers the list of files, or one of them "
                 "as `artefact`; "
                 "with `output` writes them into a folder (needs permission).",
                 model_arguments({{"artefact", ArgumentKind::kText, "path of one file of the design to read", false, {}},
                                  {"output", ArgumentKind::kText, "folder to write, relative to the root", false, {}}}),
                 !policy.allow_write,
                 {}};
  tool.prepare = [policy](const Json& arguments, const std::string& scratch) -> Result<Work> {
    Result<std::string> model = model_of(policy, arguments, scratch);
    if (!model) return fail(std::move(model.error()));
    Work work;
    if (arguments.find("output") != nullptr) {
      if (auto allowed = may_write(policy); !allowed) return fail(std::move(allowed.error()));
      Result<std::string> output = below_root(policy, arguments.text_of("output"));
      if (!output) return fail(std::move(output.error()));
      work.arguments = {"design", *model, "-o", *output};
      work.finish = without_scratch;
      return work;
    }
    work.arguments = {"design", *model, "-o", scratch + "/design"};
    work.finish = [artefact = arguments.text_of("artefact")](Outcome outcome, const std::string& folder) {
      return show_design(std::move(outcome), folder, artefact);
    };
    return work;
  };
  return tool;
}

mcp::Tool import_tool(const McpPolicy& policy) {
  mcp::Tool tool{"import",
                 "Import a database",
                 "A model of an existing SQLite file, and what could not be expressed.",
                 {{"path", ArgumentKind::kText, "database file, relative to the root", true, {}}},
                 true,
                 {}};
  tool.prepare = [policy](const Json& arguments, const std::string& scratch) -> Result<Work> {
    Result<std::string> file = below_root(policy, arguments.text_of("path"));
    if (!file) return fail(std::move(file.error()));
    Work work;
    work.arguments = {"import", "sqlite:" + *file, "-o", scratch + "/model.yaml"};
    work.finish = [](Outcome outcome, const std::string& folder) { return read_back(std::move(outcome), folder, "model.yaml"); };
    return work;
  };
  return tool;
}

mcp::Tool plain_tool(std::string name, std::string title, std::string description, std::vector<std::string> command) {
  mcp::Tool tool{std::move(name), std::move(title), std::move(description), {}, true, {}};
  tool.prepare = [command = std::move(command)](const Json&, const std::string&) -> Result<Work> { return Work{command, {}}; };
  return tool;
}

mcp::Tool interview_tool(const McpPolicy& policy) {
  mcp::Tool tool{
      "interview",
      "Model from answers",
      "A model that checks, reviews clean and serves, from the answers to interview_questions, with requirement ids and the decisions taken.",
      {{"answers", ArgumentKind::kTexts, "key=value, one an answer", true, {}},
       {"output", ArgumentKind::kText, "folder to write, relative to the root (needs permission)", false, {}}},
      !policy.allow_write,
      {}};
  tool.prepare = [policy](const Json& arguments, const std::string& scratch) -> Result<Work> {
    Work work;
    std::string folder = scratch + "/project";
    work.finish = [](Outcome outcome, const std::string& place) { return read_back(std::move(outcome), place, "project/model.yaml"); };
    if (arguments.find("output") != nullptr) {
      if (auto allowed = may_write(policy); !allowed) return fail(std::move(allowed.error()));
      Result<std::string> output = below_root(policy, arguments.text_of("output"));
      if (!output) return fail(std::move(output.error()));
      folder = *output;
      work.finish = without_scratch;
    }
    work.arguments = {"init", folder};
    for (const Json& answer : arguments.find("answers")->items) work.arguments.push_back("--answer=" + answer.text);
    return work;
  };
  return tool;
}

void add_model_tools(const McpPolicy& policy, std::vector<mcp::Tool>& tools) {
  const Argument factor{"factor", ArgumentKind::kNumber, "multiplies the declared load", false, {}};
  tools.push_back(model_tool(policy, {"check", "Check", "Everything that is wrong with a model, with places and mends.", model_arguments(), true, {}},
                             "check", [](const Json&) {
                               return std::vector<std::string>{"--format", "json"};
                             }));
  tools.push_back(format_tool(policy));
  tools.push_back(review_tool(policy));
  tools.push_back(design_tool(policy));
  tools.push_back(
      model_tool(policy,
                 {"decisions",
                  "Decisions",
                  "Decision records derived from the model: choice, alternatives, figures, and the threshold at which the answer changes.",
                  model_arguments({factor}),
                  true,
                  {}},
                 "decisions", [](const Json& arguments) {
                   std::vector<std::string> out = given_options(arguments, {"factor"});
                   out.insert(out.end(), {"--format", "markdown"});
                   return out;
                 }));
  tools.push_back(
      model_tool(policy,
                 {"capacity",
                  "Capacity",
                  "Rows, bytes, rates, connections, nodes, memory, cost, and what breaks first; each figure declared, measured or assumed.",
                  model_arguments({factor, {"database", ArgumentKind::kText, "sqlite or postgres", false, {"sqlite", "postgres"}}}),
                  true,
                  {}},
                 "capacity", [](const Json& arguments) {
                   std::vector<std::string> out = given_options(arguments, {"factor", "database"});
                   out.insert(out.end(), {"--format", "markdown"});
                   return out;
                 }));
  mcp::Tool explain = model_tool(policy,
                                 {"explain",
                                  "Explain a request",
                                  "What a request becomes: policy, plan, SQL, query plan.",
                                  model_arguments({{"request", ArgumentKind::kText, "'METHOD /rest/v1/…'", true, {}},
                                                   {"as", ArgumentKind::kText, "role of the caller", false, {}},
                                                   {"user", ArgumentKind::kText, "id of the caller", false, {}},
                                                   {"tenant", ArgumentKind::kText, "id of the caller's tenant", false, {}},
                                                   {"body", ArgumentKind::kText, "JSON body", false, {}}}),
                                  true,
                                  {}},
                                 "explain", [](const Json& arguments) {
                                   std::vector<std::string> out = given_options(arguments, {"as", "user", "tenant", "body"});
                                   // What follows `--` is no option, whatever it starts with.
                                   out.insert(out.end(), {"--", arguments.text_of("request")});
                                   return out;
                                 });
  tools.push_back(std::move(explain));
}

mcp::Prompt design_prompt() {
  return {"design-backend",
          "Work as the backend architect: requirements to model, check, review, design, run, prove.",
          {{"requirements", ArgumentKind::kText, "what the system must do, in the words of whoever wants it", true, {}}},
          [](const Json& arguments) { return fmt::format("{}\n\n# The requirements\n\n{}\n", agent_text(), arguments.text_of("requirements")); }};
}

}  // namespace

mcp::Catalogue make_mcp_catalogue(const McpPolicy& policy) {
  mcp::Catalogue out;
  out.version = kVersion;
  out.instructions =
      "Kingpost designs, runs, evolves and proves a backend from one model. Read `guide` first; then interview_questions → interview or your own "
      "model → "
      "check until clean → review → decisions and capacity → design. Every number it gives is marked declared, measured or assumed: keep the mark "
      "when "
      "you repeat it.";
  out.tools.push_back(guide_tool());
  out.tools.push_back(plain_tool("schema", "Schema of the language", "The JSON Schema of the model language.", {"schema"}));
  out.tools.push_back(plain_tool("interview_questions", "Interview questions",
                                 "What an architect asks first, with keys, kinds and defaults, as JSON.", {"init", "--questions"}));
  out.tools.push_back(interview_tool(policy));
  add_model_tools(policy, out.tools);
  out.tools.push_back(import_tool(policy));
  for (const GuidePage& page : guide_pages()) {
    out.resources.push_back({fmt::format("kingpost://guide/{}", page.name), std::string(page.title), "Guide to the model language", "text/markdown",
                             [&page] { return std::string(page.text); }});
  }
  out.resources.push_back(
      {"kingpost://schema", "Schema of the language", "JSON Schema 2020-12", "application/schema+json", model::print_model_schema});
  out.resources.push_back(
      {"kingpost://agent", "Backend architect", "How a coding agent works with Kingpost", "text/markdown", [] { return std::string(agent_text()); }});
  out.prompts.push_back(design_prompt());
  return out;
}

}  // namespace kingpost::app
