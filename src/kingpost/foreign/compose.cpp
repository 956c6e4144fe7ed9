#include <fmt/format.h>

#include <algorithm>

#include "kingpost/foreign/foreign.hpp"
#include "kingpost/foreign/kind.hpp"
#include "kingpost/foreign/yaml_value.hpp"

namespace kingpost::foreign {
namespace {

constexpr std::size_t kMaxServices = 2'000;

/// `${NAME:-default}`: the default counts as literal, without one the value is the caller's.
EnvFact env_fact(const std::string& name, const std::string& written, const Span& span) {
  EnvFact out{name, written, false, span};
  if (!written.starts_with("${") || written.find('}') != written.size() - 1) {
    if (written.starts_with('$') && !written.starts_with("$$")) out = {name, "", true, span};
    return out;
  }
  const auto dash = written.find('-');
  out.from_secret = true;
  out.value.clear();
  if (dash == std::string::npos || written.substr(0, dash).find_first_of("?+") != std::string::npos) return out;
  out.value = written.substr(dash + 1, written.size() - dash - 2);
  out.from_secret = out.value.empty();
  return out;
}

int to_int(std::string_view text) {
  Value value;
  value.kind = Value::Kind::kText;
  value.text = text.substr(0, text.find_first_of("-/"));
  return value.number(0);
}

/// `5432`, `8080:80`, `127.0.0.1:8080:80/tcp`, `[::1]:8080:80`, `${PORT:-80}:80`.
PortFact short_port(std::string text, const Span& span) {
  for (auto open = text.find("${"); open != std::string::npos; open = text.find("${")) {
    const auto close = text.find('}', open);
    if (close == std::string::npos) break;
    const auto dash = text.find(":-", open);
    text.replace(open, close - open + 1, dash < close ? text.substr(dash + 2, close - dash - 2) : "1");
  }
  PortFact out;
  out.span = span;
  const auto last = text.rfind(':');
  out.target = to_int(last == std::string::npos ? std::string_view(text) : std::string_view(text).substr(last + 1));
  if (last == std::string::npos) return out;
  const auto head = text.substr(0, last);
  const auto middle = head.rfind(':');
  out.published = to_int(middle == std::string::npos ? std::string_view(head) : std::string_view(head).substr(middle + 1));
  if (middle != std::string::npos) out.host = head.substr(0, middle);
  return out;
}

class ComposeReader {
 public:
  ComposeReader(FileIndex file, DeployFacts& facts) : file_(file), facts_(facts) {}

  void read(const Value& root) {
    for (const auto& service : root["services"].members) {
      if (facts_.containers.size() >= kMaxServices) break;
      if (service.value.is_map()) facts_.containers.push_back(this->service(service));
    }
    for (const char* kind : {"networks", "volumes", "secrets", "configs"}) {
      for (const auto& each : root[kind].members) {
        ResourceFact out;
        out.kind = std::string(kind).substr(0, std::string_view(kind).size() - 1);
        out.name = each.name;
        out.type = each.value.text_of("driver");
        out.span = each.span(file_);
        facts_.resources.push_back(std::move(out));
      }
    }
    link();
  }

 private:
  ContainerFact service(const Member& written) {
    const auto& body = written.value;
    ContainerFact out;
    out.name = out.owner = written.name;
    out.workload = "compose";
    out.span = written.span(file_);
    out.image = body.text_of("image");
    out.has_build = body.has("build");
    out.role = role_of(out.has_build ? "" : out.image, written.name);
    out.replicas = body["deploy"]["replicas"].number(body["scale"].number(1));
    environment(body["environment"], out);
    ports(body["ports"], out);
    volumes(body["volumes"], out);
    dependencies(body["depends_on"], out);
    running(body, out);
    return out;
  }

  void environment(const Value& list, ContainerFact& out) const {
    for (const auto& member : list.members) {
      if (member.value.is_text()) out.environment.push_back(env_fact(member.name, member.value.text, member.span(file_)));
    }
    for (const auto& item : list.items) {
      const auto equals = item.text.find('=');
      if (equals == std::string::npos) {
        out.environment.push_back({item.text, "", true, item.span(file_)});
      } else {
        out.environment.push_back(env_fact(item.text.substr(0, equals), item.text.substr(equals + 1), item.span(file_)));
      }
    }
  }

  void ports(const Value& list, ContainerFact& out) const {
    for (const auto& item : list.items) {
      if (item.is_map()) {
        PortFact port{item.text_of("host_ip"), item["published"].number(0), item["target"].number(0), item.span(file_)};
        out.ports.push_back(std::move(port));
      } else if (item.is_text()) {
        out.ports.push_back(short_port(item.text, item.span(file_)));
      }
    }
  }

  void volumes(const Value& list, ContainerFact& out) const {
    for (const auto& item : list.items) {
      std::string source = item.is_map() ? item.text_of("source") : item.text.substr(0, item.text.find(':'));
      std::string target = item.is_map() ? item.text_of("target") : item.text;
      if (!item.is_map() && target.find(':') != std::string::npos) {
        target = target.substr(target.find(':') + 1);
        target = target.substr(0, target.find(':'));
      }
      if (source.find("docker.sock") != std::string::npos) out.mounts_docker_socket = true;
      if (source == "." || source == "./" || (source.starts_with("./") && out.has_build && target.starts_with("/") && keeps_data(target)))
        out.mounts_source = true;
      if (item.text_of("type") != "tmpfs" && keeps_data(target)) out.persistent = true;
      out.volumes.push_back(std::move(target));
    }
  }

  static void dependencies(const Value& list, ContainerFact& out) {
    for (const auto& item : list.items) out.depends_on.push_back(item.text);
    out.waits_for_health = !list.members.empty();
    for (const auto& member : list.members) {
      out.depends_on.push_back(member.name);
      const auto& condition = member.value.text_of("condition");
      if (condition != "service_healthy" && condition != "service_completed_successfully") out.waits_for_health = false;
    }
  }

  static void running(const Value& body, ContainerFact& out) {
    out.has_health_check = body.has("healthcheck") && !body["healthcheck"]["disable"].is_true();
    out.has_readiness = out.has_health_check;
    out.privileged = body["privileged"].is_true();
    out.host_network = body.text_of("network_mode") == "host";
    const auto& user = body.text_of("user");
    out.root_said = out.runs_as_root = user == "root" || user == "0" || user.starts_with("0:") || user.starts_with("root:");
    const auto& limits = body["deploy"]["resources"]["limits"];
    out.has_memory_limit = body.has("mem_limit") || limits.has("memory");
    out.has_cpu_request = body.has("cpus") || limits.has("cpus") || body.has("cpu_shares");
    const auto& restart = body.text_of("restart");
    out.restarts = (!restart.empty() && restart != "no") || body["deploy"].has("restart_policy");
    for (const auto& item : body["cap_add"].items) out.capabilities.push_back(item.text);
  }

  /// A service whose name is the host of some value is needed as much as one that is said to be.
  void link() {
    for (auto& container : facts_.containers) {
      for (const auto& variable : container.environment) {
        for (const auto& other : facts_.containers) {
          if (&other == &container || !names_host(variable.value, other.name)) continue;
          if (std::find(container.depends_on.begin(), container.depends_on.end(), other.name) != container.depends_on.end()) continue;
          container.depends_on.push_back(other.name);
        }
      }
    }
  }

  static bool names_host(std::string_view value, std::string_view host) {
    for (auto at = value.find(host); at != std::string_view::npos; at = value.find(host, at + 1)) {
      const char before = at == 0 ? '@' : value[at - 1];
      const auto end = at + host.size();
      const char after = end == value.size() ? ':' : value[end];
      const bool whole = at == 0 && end == value.size();
      if (whole || ((before == '@' || before == '/' || at == 0) && (after == ':' || after == '/'))) return true;
    }
    return false;
  }

  FileIndex file_;
  DeployFacts& facts_;
};

}  // namespace

DeployFacts read_compose(const File& file, Diagnostics& diagnostics) {
  DeployFacts facts;
  facts.kind = "compose";
  facts.file = file.path;
  facts.development = is_for_development(file.path);
  const Value root = read_json_or_yaml(file.text, file.index, diagnostics);
  ComposeReader(file.index, facts).read(root);
  const auto mounts = [](const ContainerFact& container) { return container.mounts_source; };
  if (std::any_of(facts.containers.begin(), facts.containers.end(), mounts)) facts.development = true;
  return facts;
}

}  // namespace kingpost::foreign
