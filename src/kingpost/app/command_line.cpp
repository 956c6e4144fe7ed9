#include "kingpost/app/command_line.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>

#include "kingpost/app/commands.hpp"
#include "kingpost/app/completion.hpp"
#include "kingpost/app/version.hpp"

namespace kingpost::app {

namespace {

/// Every command's options, and which command was chosen.
struct Parsed {
  InitOptions init;
  CheckOptions check;
  FormatOptions format;
  SchemaOptions schema;
  DesignOptions design;
  DecisionsOptions decisions;
  ReviewOptions review;
  AssessOptions assess;
  CapacityOptions capacity;
  ServeOptions serve;
  TokenOptions token;
  SeedOptions seed;
  ImportOptions import;
  MigrateOptions migrate;
  ExplainOptions explain;
  McpOptions mcp;
  GuideOptions guide;
  CompletionOptions completion;
  ReferenceOptions reference;
  std::function<int()> run;
};

constexpr const char* kDatabaseHelp = "sqlite:PATH or postgres://USER@HOST/NAME";

struct Help {
  const char* name;
  const char* summary;
  const char* example;
};

CLI::App* add_command(CLI::App& app, Parsed& parsed, const Help& help, std::function<int()> run) {
  CLI::App* command = app.add_subcommand(help.name, help.summary);
  command->footer(std::string("Example:\n  ") + help.example);
  command->callback([&parsed, run = std::move(run)] { parsed.run = run; });
  return command;
}

void add_init_command(CLI::App& app, Parsed& parsed) {
  CLI::App* init = add_command(app, parsed, {"init", "Start a project from answers or a template", "kingpost init bikes --interview"},
                               [&parsed] { return run_init(parsed.init); });
  init->add_option("DIR", parsed.init.directory, "folder to make; must be empty or absent");
  init->add_option("--template", parsed.init.template_name, "blank or shop; shop when nothing is answered")->check(CLI::IsMember({"blank", "shop"}));
  init->add_flag("--interview", parsed.init.interview, "ask what an architect asks first, one question at a time");
  init->add_option("--answer", parsed.init.answers, "an answer as key=value, instead of being asked; may be repeated")
      ->take_all()
      ->allow_extra_args(false);
  init->add_option("--answers", parsed.init.answers_file, "file of answers, `key: value` lines");
  init->add_flag("--questions", parsed.init.questions, "print the questions as JSON and make nothing");
}

void add_model_commands(CLI::App& app, Parsed& parsed) {
  CLI::App* check =
      add_command(app, parsed, {"check", "Check a model and say everything that is wrong with it", "kingpost check shop.yaml --format github"},
                  [&parsed] { return run_check(parsed.check); });
  check->add_option("MODEL", parsed.check.model, "model file")->required();
  check->add_option("--format", parsed.check.format, "text, json or github")->check(CLI::IsMember({"text", "json", "github"}))->capture_default_str();
  check->add_flag("--watch", parsed.check.watch, "check again whenever a file of the model is saved");

  CLI::App* format = add_command(app, parsed, {"fmt", "Write models in their canonical form", "kingpost fmt shop.yaml"},
                                 [&parsed] { return run_format(parsed.format); });
  format->add_option("FILE", parsed.format.files, "model files")->required();
  format->add_flag("--check", parsed.format.check, "change nothing; exit 1 when a file is not canonical");

  CLI::App* schema =
      add_command(app, parsed, {"schema", "Print the JSON Schema of the model language, for editors", "kingpost schema -o kingpost.schema.json"},
                  [&parsed] { return run_schema(parsed.schema); });
  schema->add_option("-o,--output", parsed.schema.output, "file to write instead of standard output");
}

void add_decisions_command(CLI::App& app, Parsed& parsed) {
  CLI::App* decisions = add_command(app, parsed,
                                    {"decisions", "Tell the architecture decisions that follow from a model, and what would change them",
                                     "kingpost decisions shop.yaml --factor 100"},
                                    [&parsed] { return run_decisions(parsed.decisions); });
  decisions->add_option("MODEL", parsed.decisions.model, "model file")->required();
  decisions->add_option("--factor", parsed.decisions.factor, "decide for so many times the declared load")
      ->check(CLI::Range(1e-6, 1e6))
      ->capture_default_str();
  decisions->add_option("--format", parsed.decisions.format, "text, markdown or json")
      ->check(CLI::IsMember({"text", "markdown", "json"}))
      ->capture_default_str();
  decisions->add_option("-o,--output", parsed.decisions.output, "folder for a file a decision, decisions.json and the caching plan");
}

/// One model is judged as a design; anything else as what somebody else made.
int run_review_paths(Parsed& parsed) {
  if (parsed.assess.paths.size() != 1 || !is_model_file(parsed.assess.paths.front())) return run_assess(parsed.assess);
  parsed.review.model = parsed.assess.paths.front();
  parsed.review.format = parsed.assess.format;
  return run_review(parsed.review);
}

void add_review_command(CLI::App& app, Parsed& parsed) {
  CLI::App* review = add_command(app, parsed,
                                 {"review", "Read a model, or an existing system's files, as a senior reviewer would",
                                  "kingpost review shop.yaml\n  kingpost review path/to/repository -o out/review"},
                                 [&parsed] { return run_review_paths(parsed); });
  review
      ->add_option("PATH", parsed.assess.paths,
                   "a model; or files and folders with SQL, OpenAPI, Swagger, GraphQL SDL, .proto, docker-compose, Kubernetes manifests, .env")
      ->required();
  review->add_option("--format", parsed.assess.format, "text, json, sarif or github")
      ->check(CLI::IsMember({"text", "json", "sarif", "github"}))
      ->capture_default_str();
  review->add_flag("--fix", parsed.review.fix, "model: carry out the fixes that are edits; each is tried and kept only if it makes no other finding");
  review->add_option("--accept", parsed.review.accept, "model: accept the findings of RULE or RULE:ELEMENT in kingpost.lock; needs --reason");
  review->add_option("--reason", parsed.review.reason, "model: why these findings can be lived with");
  review->add_flag("--all", parsed.assess.all, "files: show every place in the text, not the first of each rule");
  review->add_option("-o,--output", parsed.assess.output, "files: folder for the report, diagrams, boundaries, strangler plan and draft model");
  review->add_option("--as-model", parsed.assess.as_model, "files: write a draft model of the tables to this file");
  review->add_flag("!--no-pictures", parsed.assess.pictures, "files: leave out the SVG pictures of -o");
}

void add_design_commands(CLI::App& app, Parsed& parsed) {
  CLI::App* design = add_command(
      app, parsed, {"design", "Write the design: specs, DDL, diagrams, schemas and a site to browse", "kingpost design shop.yaml -o out/shop"},
      [&parsed] { return run_design(parsed.design); });
  design->add_option("MODEL", parsed.design.model, "model file")->required();
  design->add_option("-o,--output", parsed.design.output, "folder to write")->required();
  design->add_flag("!--no-pictures", parsed.design.pictures, "leave out the SVG pictures; the Mermaid texts say the same");
  design->add_flag("--lock", parsed.design.lock, "keep the numbers of protobuf fields in kingpost.lock beside the model");
  design->add_option(
      "--deploy", parsed.design.deploy,
      "also write deploy/: some of compose, k8s, systemd, github, gitlab, nginx, haproxy, gateway, istio, separated by commas, or all");

  CLI::App* import =
      add_command(app, parsed, {"import", "Write a model of an existing database", "kingpost import sqlite:chinook.db -o chinook.yaml"},
                  [&parsed] { return run_import(parsed.import); });
  import->add_option("URL", parsed.import.url, "sqlite:PATH")->required();
  import->add_option("-o,--output", parsed.import.output, "model file to write")->required();

  CLI::App* explain = add_command(app, parsed,
                                  {"explain", "Show what a request becomes: policy, plan, SQL, query plan",
                                   "kingpost explain shop.yaml 'GET /rest/v1/product?limit=5' --as customer"},
                                  [&parsed] { return run_explain(parsed.explain); });
  explain->add_option("MODEL", parsed.explain.model, "model file")->required();
  explain->add_option("REQUEST", parsed.explain.request, "'METHOD /rest/v1/…'")->required();
  explain->add_option("--as", parsed.explain.role, "role of the caller; without it an anonymous one");
  explain->add_option("--user", parsed.explain.user, "id of the caller");
  explain->add_option("--tenant", parsed.explain.tenant, "id of the caller's tenant");
  explain->add_option("--body", parsed.explain.body, "JSON body of a POST or PATCH");
  explain->add_option("--database", parsed.explain.database, "database to ask for its query plan; without it an empty SQLite one");
}

void add_capacity_command(CLI::App& app, Parsed& parsed) {
  CLI::App* capacity = add_command(app, parsed,
                                   {"capacity", "Plan machines, disk and cost on paper, from the declared load and growth",
                                    "kingpost capacity shop.yaml --prices prices.yaml --format html -o capacity.html"},
                                   [&parsed] { return run_capacity(parsed.capacity); });
  CapacityOptions& options = parsed.capacity;
  capacity->add_option("MODEL", options.model, "model file")->required();
  capacity->add_option("--database", options.database, "sqlite or postgres; postgres when neither this nor --like is given")
      ->check(CLI::IsMember({"sqlite", "postgres"}));
  capacity->add_option("--factor", options.factor, "multiplies users, peaks and rows a day")->capture_default_str();
  capacity->add_option("--prices", options.prices, "YAML file with sizes and prices of machines, see examples/prices.yaml");
  capacity->add_option("--assume", options.assume, "NAME=VALUE, an input of the plan; may be repeated");
  capacity->add_option("--like", options.like, "database to measure rows and widths in: sqlite:PATH or postgres://USER@HOST/NAME; only read");
  capacity->add_option("--format", options.format, "text, markdown, json or html")
      ->check(CLI::IsMember({"text", "markdown", "json", "html"}))
      ->capture_default_str();
  capacity->add_option("-o,--output", options.output, "file to write instead of standard output");
}

void add_server_commands(CLI::App& app, Parsed& parsed) {
  CLI::App* serve = add_command(app, parsed, {"serve", "Serve a model over a database", "kingpost serve shop.yaml --database sqlite:shop.db --dev"},
                                [&parsed] { return run_serve(parsed.serve); });
  serve->add_option("MODEL", parsed.serve.model, "model file")->required();
  serve->add_option("--database", parsed.serve.database, kDatabaseHelp);
  serve->add_flag("--mock", parsed.serve.mock,
                  "invent rows instead of a database; writes last until the server stops, commands are checked and answered");
  serve->add_option("--mock-rows", parsed.serve.mock_rows, "ENTITY=COUNT, comma separated, of --mock");
  serve->add_option("--address", parsed.serve.address, "address to listen at")->capture_default_str();
  serve->add_option("--port", parsed.serve.port, "port to listen at; 0 takes a free one")->capture_default_str();
  serve->add_flag("--next-port", parsed.serve.next_port, "when the port is taken, use the next free one");
  serve->add_option("--threads", parsed.serve.threads, "event loops; 0 = one per processor")->check(CLI::Range(0U, 256U))->capture_default_str();
  serve->add_flag("--dev", parsed.serve.dev, "development: callers without a token act as administrator");
  serve->add_flag("--design", parsed.serve.design, "serve the design site at /design to everybody; always so with --dev");
  serve->add_flag("--watch", parsed.serve.watch, "serve the model anew whenever a file of it is saved");
  serve->add_option("--log", parsed.serve.log, "text or json")->check(CLI::IsMember({"text", "json"}))->capture_default_str();
  serve->add_option("--limit", parsed.serve.limits, "NAME=VALUE, see docs/reference/limits.md; may be repeated");

  CLI::App* token = add_command(
      app, parsed,
      {"token", "Print an access token signed with KINGPOST_SECRET", "kingpost token --as customer --user 018f5b2e-0000-7000-8000-000000000001"},
      [&parsed] { return run_token(parsed.token); });
  token->add_option("--as", parsed.token.role, "role to act as")->required();
  token->add_option("--user", parsed.token.user, "id of the user (uuid)");
  token->add_option("--tenant", parsed.token.tenant, "id of the tenant (uuid)");
  token->add_option("--tenant-claim", parsed.token.tenant_claim, "name of the tenant's claim")->capture_default_str();
  token->add_option("--hours", parsed.token.hours, "hours until it expires")->check(CLI::Range(1, 24 * 365))->capture_default_str();
}

void add_database_commands(CLI::App& app, Parsed& parsed) {
  CLI::App* seed = add_command(
      app, parsed, {"seed", "Fill a database with plausible rows", "kingpost seed shop.yaml --database sqlite:shop.db --rows product=1000,order=200"},
      [&parsed] { return run_seed(parsed.seed); });
  seed->add_option("MODEL", parsed.seed.model, "model file")->required();
  seed->add_option("--database", parsed.seed.database, kDatabaseHelp)->required();
  seed->add_option("--rows", parsed.seed.rows, "ENTITY=COUNT, comma separated; k and M are understood");
  seed->add_option("--scale", parsed.seed.scale, "multiplies every count")->capture_default_str();
  seed->add_option("--seed", parsed.seed.seed, "equal seeds make equal rows")->capture_default_str();
  seed->add_flag("--if-empty", parsed.seed.if_empty, "do nothing when there are rows already");

  CLI::App* migrate = add_command(
      app, parsed,
      {"migrate", "Show or apply the difference between a model and its database", "kingpost migrate plan shop.yaml --database sqlite:shop.db"},
      [&parsed] { return run_migrate(parsed.migrate); });
  migrate->add_option("ACTION", parsed.migrate.action, "status, plan or apply")->required()->check(CLI::IsMember({"status", "plan", "apply"}));
  migrate->add_option("MODEL", parsed.migrate.model, "model file")->required();
  migrate->add_option("--database", parsed.migrate.database, kDatabaseHelp)->required();
  migrate->add_option("--format", parsed.migrate.format, "text or json")->check(CLI::IsMember({"text", "json"}))->capture_default_str();
}

void add_agent_commands(CLI::App& app, Parsed& parsed) {
  CLI::App* mcp =
      add_command(app, parsed, {"mcp", "Serve coding agents over standard input and output (Model Context Protocol)", "kingpost mcp --root ."},
                  [&parsed] { return run_mcp(parsed.mcp); });
  mcp->add_option("--root", parsed.mcp.root, "folder that tools may look into")->capture_default_str();
  mcp->add_flag("--allow-write", parsed.mcp.allow_write, "let tools write below the root too");

  CLI::App* guide = add_command(app, parsed, {"guide", "Print a page of the guide to the model language", "kingpost guide first-model"},
                                [&parsed] { return run_guide(parsed.guide); });
  guide->add_option("PAGE", parsed.guide.page, "page to print; without it the list");
}

void add_commands(CLI::App& app, Parsed& parsed) {
  app.require_subcommand(1);
  app.set_version_flag("--version", std::string("kingpost ") + kVersion);
  app.footer(
      "Start here:\n  kingpost init myshop --template shop\n  kingpost serve myshop/shop.yaml --database sqlite:myshop/shop.db --dev\n\n"
      "Help on one command:\n  kingpost COMMAND --help");
  add_init_command(app, parsed);
  add_model_commands(app, parsed);
  add_design_commands(app, parsed);
  add_review_command(app, parsed);
  add_capacity_command(app, parsed);
  add_decisions_command(app, parsed);
  add_server_commands(app, parsed);
  add_database_commands(app, parsed);
  add_agent_commands(app, parsed);
  CLI::App* completion = add_command(app, parsed, {"completion", "Print a completion script for a shell", "source <(kingpost completion bash)"},
                                     [&app, &parsed] { return print_completion(app, parsed.completion.shell); });
  completion->add_option("SHELL", parsed.completion.shell, "bash, zsh or fish")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
  CLI::App* reference = add_command(app, parsed, {"reference", "Write the reference pages", "kingpost reference -o docs/reference"},
                                    [&parsed] { return run_reference(parsed.reference); });
  reference->add_option("-o,--output", parsed.reference.output, "folder to write")->required();
  reference->add_option("--examples", parsed.reference.examples, "folder of the rules' cases (tests/cases), for the examples of their pages");
}

std::string markdown_help(const CLI::App& command) {
  std::string out =
      fmt::format("## kingpost {}\n\n{}\n\n| argument | meaning | default |\n| --- | --- | --- |\n", command.get_name(), command.get_description());
  for (const CLI::Option* option : command.get_options()) {
    if (option->get_name(false, true) == "-h,--help") continue;
    std::string name = option->get_name(true, true);
    const char* required = option->get_required() ? " (required)" : "";
    out += fmt::format("| `{}`{} | {} | {} |\n", name, required, option->get_description(), option->get_default_str());
  }
  std::string example = command.get_footer();
  return out + "\n```sh\n" + example.substr(example.find('\n') + 3) + "\n```\n\n";
}

}  // namespace

int run_command_line(int argc, char** argv) {
  CLI::App app{"Kingpost designs, runs, evolves and proves a backend from one model."};
  Parsed parsed;
  add_commands(app, parsed);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {
    return app.exit(success);
  } catch (const CLI::ParseError& error) {
    app.exit(error);
    return kExitUsage;
  }
  return parsed.run ? parsed.run() : kExitUsage;
}

std::string print_command_reference() {
  CLI::App app;
  Parsed parsed;
  add_commands(app, parsed);
  std::string out = "# Command line\n\nExit codes: 0 done; 1 the model, review or migration has something to say; 2 the command cannot run.\n\n";
  for (const CLI::App* command : app.get_subcommands({})) out += markdown_help(*command);
  return out;
}

}  // namespace kingpost::app
