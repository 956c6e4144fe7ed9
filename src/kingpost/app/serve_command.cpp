#include <fmt/format.h>
#include <pthread.h>
#include <sys/resource.h>

#include <charconv>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <optional>
#include <thread>

#include "kingpost/app/commands.hpp"
#include "kingpost/app/database.hpp"
#include "kingpost/app/deploy.hpp"
#include "kingpost/app/loading.hpp"
#include "kingpost/app/mock.hpp"
#include "kingpost/app/proto_lock.hpp"
#include "kingpost/observe/sink.hpp"
#include "kingpost/serve/lifecycle.hpp"

namespace kingpost::app {

namespace {

constexpr long kWatchIntervalNs = 150'000'000;

/// `--limit name=value` onto the defaults.
Result<Limits> read_limits(const std::vector<std::string>& settings) {
  Limits limits;
  for (const std::string& setting : settings) {
    const std::size_t equals = setting.find('=');
    const LimitRow* found = nullptr;
    std::vector<std::string> names;
    for (const LimitRow& row : limit_table()) {
      names.emplace_back(row.name);
      if (row.name == setting.substr(0, equals)) found = &row;
    }
    std::int64_t value = 0;
    const char* end = setting.data() + setting.size();
    const bool number = equals != std::string::npos && std::from_chars(setting.data() + equals + 1, end, value).ptr == end && value > 0;
    if (found == nullptr || !number) {
      std::string message = "'" + setting + "' is no limit: write NAME=VALUE with a positive whole number";
      Error error = make_error(ErrorKind::kInvalidArgument, "kp-usage", std::move(message));
      if (const auto near = nearest_name(setting.substr(0, equals), names); found == nullptr && near) error.hint = "Did you mean " + *near + "?";
      return fail(std::move(error));
    }
    limits.*(found->member) = value;
  }
  return limits;
}

/// The model's unexecuted safety features: without --dev they refuse to serve, with it they warn.
Result<void> check_safety(const ir::System& system, bool dev) {
  std::string features;
  for (const ir::NotExecuted& item : system.not_executed) {
    if (item.safety) features += fmt::format("{}{} ({})", features.empty() ? "" : ", ", item.element, item.feature);
  }
  if (features.empty()) return {};
  if (dev) {
    fmt::print(stderr, "kingpost: WARNING: not executed by this version, writes to these elements are refused: {}\n", features);
    return {};
  }
  Error error =
      make_error(ErrorKind::kFailedPrecondition, "kp-not-executed", "the model asks for safety features that this version does not execute");
  error.details = features;
  error.hint = "Remove them from the model, or try the rest with --dev (writes to those elements are refused).";
  return fail(std::move(error));
}

Result<identity::TokenAuthority> make_authority(bool dev) {
  const char* secret = std::getenv("KINGPOST_SECRET");
  if (secret != nullptr) return identity::TokenAuthority::create(secret);
  if (dev) return identity::TokenAuthority::create(identity::make_secret());
  Error error = make_error(ErrorKind::kFailedPrecondition, "kp-no-secret", "KINGPOST_SECRET is not set; access tokens are checked with it");
  error.hint = "export KINGPOST_SECRET=\"$(openssl rand -base64 32)\", or serve with --dev on your own machine.";
  return fail(std::move(error));
}

void warn_dev(const std::string& address) {
  fmt::print(stderr,
             "kingpost: WARNING: --dev: whoever reaches {} without a token is ADMINISTRATOR and skips every policy. "
             "Never on a machine that others reach.\n",
             address);
}

/// One descriptor a connection, as far as the system lets us.
void raise_descriptor_limit(std::int64_t wanted) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, static_cast<rlim_t>(wanted) + 256);
  static_cast<void>(setrlimit(RLIMIT_NOFILE, &limit));
}

sigset_t block_stop_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return set;
}

/// A lock that cannot be read costs the design its kept numbers, never the service.
DeploymentOptions deployment_of(const ServeOptions& options) {
  DeploymentOptions out{options.dev || options.design, options.mock, {}};
  if (!out.design) return out;
  if (auto lock = read_proto_lock(options.model)) {
    out.proto_numbers = std::move(lock->numbers);
  } else {
    static_cast<void>(complain(lock.error()));
  }
  return out;
}

struct Running {
  const ServeOptions& options;
  const Limits& limits;
  serve::Service& service;
  store::Store& store;
};

/// Serves the saved model from now on, or says why not and keeps the old one.
void reload(const Running& running, FileWatch& watch) {
  const ServeOptions& options = running.options;
  const LoadedModel model = load_model(options.model, running.limits);
  watch.set_files(files_of(model, options.model));
  report(model, "text", true);
  if (!model.system) {
    fmt::print(stderr, "kingpost: the model has errors; still serving the one before\n");
    return;
  }
  if (auto safe = check_safety(*model.system, options.dev || options.mock); !safe) {
    static_cast<void>(complain(safe.error()));
    return;
  }
  if (auto migrated = migrate_served(options.database, *model.system, running.store); !migrated) {
    static_cast<void>(complain(migrated.error()));
    fmt::print(stderr, "kingpost: still serving the model before\n");
    return;
  }
  running.service.replace(make_deployment(model.system, deployment_of(options)));
  fmt::print(stderr, "kingpost: serving the changed model\n");
}

void wait_for_stop(const Running& running, const LoadedModel& model, const sigset_t& signals) {
  FileWatch watch(files_of(model, running.options.model));
  const timespec interval{0, kWatchIntervalNs};
  for (;;) {
    if (sigtimedwait(&signals, nullptr, &interval) > 0) return;
    if (running.options.watch && watch.changed()) reload(running, watch);
  }
}

void print_banner(const ServeOptions& options, std::uint16_t port) {
  const std::string base = fmt::format("http://{}:{}", options.address, port);
  if (port != options.port && options.port != 0) fmt::print(stderr, "kingpost: port {} is taken, using {}\n", options.port, port);
  fmt::print(stderr, "kingpost: API     {}/rest/v1/\n", base);
  if (options.dev || options.design) fmt::print(stderr, "kingpost: design  {}/design/\n", base);
  fmt::print(stderr, "kingpost: health  {}/health/ready\n", base);
  std::fflush(stderr);
}

/// The database that was named, or with --mock one that is made up.
Result<void> choose_database(ServeOptions& options, const ir::System& system, std::optional<MockDatabase>& mock) {
  if (options.mock == !options.database.empty()) {
    return fail(ErrorKind::kInvalidArgument, "kp-usage",
                "name a database with --database (sqlite:PATH or postgres://…), or ask for --mock, and not for both");
  }
  if (!options.mock) return {};
  auto made = MockDatabase::make(system, options.mock_rows);
  if (!made) return fail(std::move(made.error()));
  mock.emplace(std::move(*made));
  options.database = mock->url();
  fmt::print(stderr, "kingpost: MOCK: invented rows, writes last until this ends, commands are checked and answered but not executed\n");
  return {};
}

}  // namespace

int run_serve(const ServeOptions& asked) {
  const sigset_t signals = block_stop_signals();
  ServeOptions options = asked;
  auto limits = read_limits(options.limits);
  if (!limits) return complain(limits.error());
  const LoadedModel model = load_model(options.model, *limits);
  report(model, "text", true);
  if (!model.system) return kExitFindings;
  if (auto safe = check_safety(*model.system, options.dev || options.mock); !safe) return complain(safe.error());
  auto authority = make_authority(options.dev || options.mock);
  if (!authority) return complain(authority.error());
  std::optional<MockDatabase> mock;
  if (auto chosen = choose_database(options, *model.system, mock); !chosen) return complain(chosen.error());
  if (auto migrated = migrate_at_start(options.database, *model.system); !migrated) return complain(migrated.error());
  auto store = store::open_store(options.database, *limits);
  if (!store) return complain(store.error());
  raise_descriptor_limit(limits->connections);
  if (options.dev) warn_dev(options.address);
  const auto sink = observe::make_log_sink({options.log == "json" ? observe::LogFormat::kJson : observe::LogFormat::kText, false});
  serve::ServeOptions serve_options;
  serve_options.address = options.address;
  serve_options.port = options.port;
  serve_options.further_ports = options.next_port ? 50 : 0;
  serve_options.threads = options.threads != 0 ? options.threads : std::max(1U, std::thread::hardware_concurrency());
  serve_options.dev = options.dev;
  serve_options.limits = *limits;
  serve_options.sink = sink.get();
  auto service = serve::Service::start(serve_options, make_deployment(model.system, deployment_of(options)), **store, *authority);
  if (!service) return complain(service.error());
  print_banner(options, (*service)->port());
  if (mock) fmt::print("{}", mock->print_tokens(*model.system, *authority));
  std::fflush(stdout);
  wait_for_stop({options, *limits, **service, **store}, model, signals);
  fmt::print(stderr, "kingpost: stopping\n");
  (*service)->stop();
  return kExitOk;
}

}  // namespace kingpost::app
