#include <fmt/format.h>

#include <algorithm>

#include "kingpost/base/text.hpp"
#include "kingpost/foreign/foreign.hpp"
#include "kingpost/foreign/kind.hpp"
#include "kingpost/foreign/yaml_value.hpp"

namespace kingpost::foreign {
namespace {

constexpr std::size_t kMaxObjects = 20'000;

Labels labels_of(const Value& map) {
  Labels out;
  for (const auto& label : map.members) out.emplace_back(label.name, label.value.text);
  return out;
}

/// Base64 as Secrets have it (RFC 4648 §4); the text itself where it is none.
std::string decoded(std::string text) {
  std::erase_if(text, [](char c) { return c == '\n' || c == '='; });
  std::string plain = text;
  std::replace(plain.begin(), plain.end(), '+', '-');
  std::replace(plain.begin(), plain.end(), '/', '_');
  return decode_base64url(plain).value_or(text);
}

class ManifestReader {
 public:
  ManifestReader(FileIndex file, DeployFacts& facts) : file_(file), facts_(facts) {}

  void read(const Value& document, std::size_t depth = 0) {
    if (!document.is_map() || facts_.containers.size() + facts_.resources.size() >= kMaxObjects) return;
    const auto& kind = document.text_of("kind");
    if (kind.ends_with("List") && depth < 4) {
      for (const auto& item : document["items"].items) read(item, depth + 1);
      return;
    }
    const auto& spec = document["spec"];
    if (kind == "Pod") return pod(document, spec, document, 1);
    if (kind == "CronJob") return pod(document, spec["jobTemplate"]["spec"]["template"]["spec"], spec["jobTemplate"]["spec"]["template"], 1);
    const bool workload = kind == "Deployment" || kind == "StatefulSet" || kind == "DaemonSet" || kind == "Job" || kind == "ReplicaSet" ||
                          kind == "ReplicationController";
    if (workload) return pod(document, spec["template"]["spec"], spec["template"], spec["replicas"].number(1));
    resource(document, spec);
  }

 private:
  struct Volumes {
    std::vector<std::string> kept;  ///< claims and folders of the host
    std::vector<std::string> sockets;
  };

  static Volumes volumes_of(const Value& owner, const Value& spec) {
    Volumes out;
    for (const auto& claim : owner["spec"]["volumeClaimTemplates"].items) out.kept.push_back(claim["metadata"].text_of("name"));
    for (const auto& volume : spec["volumes"].items) {
      const auto& path = volume["hostPath"].text_of("path");
      const bool elsewhere =
          volume.has("emptyDir") || volume.has("configMap") || volume.has("secret") || volume.has("projected") || volume.has("downwardAPI");
      if (path.find("docker.sock") != std::string::npos || path.find("containerd.sock") != std::string::npos)
        out.sockets.push_back(volume.text_of("name"));
      if (!elsewhere) out.kept.push_back(volume.text_of("name"));
    }
    return out;
  }

  void pod(const Value& owner, const Value& spec, const Value& pattern, int replicas) {
    const auto volumes = volumes_of(owner, spec);
    for (const char* list : {"initContainers", "containers"}) {
      for (const auto& written : spec[list].items) {
        if (!written.is_map()) continue;
        ContainerFact out;
        out.workload = owner.text_of("kind");
        out.owner = owner["metadata"].text_of("name");
        out.space = owner["metadata"].text_of("namespace");
        out.name = written.text_of("name");
        out.image = written.text_of("image");
        out.labels = labels_of(pattern["metadata"]["labels"]);
        out.replicas = replicas;
        out.init = std::string_view(list) == "initContainers" && written.text_of("restartPolicy") != "Always";
        out.role = role_of(out.image, out.name);
        if (out.workload == "Job" || out.workload == "CronJob") out.role = ContainerRole::kJob;
        out.span = written["image"].line != 0 ? written["image"].span(file_) : written.span(file_);
        out.host_network = spec["hostNetwork"].is_true();
        out.recreates = owner["spec"]["strategy"].text_of("type") == "Recreate";
        out.restarts = out.workload != "Pod" && out.workload != "Job";
        environment(written, out);
        mounts(written, volumes, out);
        security(spec["securityContext"], written["securityContext"], out);
        resources(written, out);
        facts_.containers.push_back(std::move(out));
      }
    }
  }

  void environment(const Value& written, ContainerFact& out) const {
    for (const auto& variable : written["env"].items) {
      EnvFact fact{variable.text_of("name"), variable.text_of("value"), variable.has("valueFrom"), variable["name"].span(file_)};
      if (fact.value.starts_with("$(")) fact = {fact.name, "", true, fact.span};
      out.environment.push_back(std::move(fact));
    }
    for (const auto& port : written["ports"].items) {
      out.ports.push_back({port.text_of("hostIP"), port["hostPort"].number(0), port["containerPort"].number(0), port.span(file_)});
    }
  }

  static void mounts(const Value& written, const Volumes& volumes, ContainerFact& out) {
    for (const auto& mount : written["volumeMounts"].items) {
      const auto& name = mount.text_of("name");
      const auto holds = [&](const std::vector<std::string>& names) { return std::find(names.begin(), names.end(), name) != names.end(); };
      out.volumes.push_back(mount.text_of("mountPath"));
      if (holds(volumes.kept) && keeps_data(mount.text_of("mountPath"))) out.persistent = true;
      if (holds(volumes.sockets)) out.mounts_docker_socket = true;
    }
  }

  static void security(const Value& pod, const Value& own, ContainerFact& out) {
    const auto& user = own.has("runAsUser") ? own["runAsUser"] : pod["runAsUser"];
    const auto& other = own.has("runAsNonRoot") ? own["runAsNonRoot"] : pod["runAsNonRoot"];
    out.root_said = user.is_text() && user.text == "0";
    out.runs_as_root = out.root_said || (!other.is_true() && !user.is_text());
    out.privileged = own["privileged"].is_true();
    for (const auto& item : own["capabilities"]["add"].items) out.capabilities.push_back(item.text);
  }

  static void resources(const Value& written, ContainerFact& out) {
    out.has_memory_limit = written["resources"]["limits"].has("memory");
    out.has_cpu_request = written["resources"]["requests"].has("cpu") || written["resources"]["limits"].has("cpu");
    out.has_health_check = written.has("livenessProbe") || written.has("startupProbe");
    out.has_readiness = written.has("readinessProbe");
  }

  void resource(const Value& document, const Value& spec) {
    const auto& meta = document["metadata"];
    ResourceFact out;
    out.kind = document.text_of("kind");
    out.name = meta.text_of("name");
    out.space = meta.text_of("namespace");
    out.span = meta["name"].line != 0 ? meta["name"].span(file_) : document.span(file_);
    if (out.kind.empty() || out.kind == "Kustomization") return;
    if (out.kind == "Service") {
      out.type = spec.text_of("type").empty() ? "ClusterIP" : spec.text_of("type");
      out.selector = labels_of(spec["selector"]);
    } else if (out.kind == "Ingress") {
      ingress(spec, out);
      for (const auto& note : meta["annotations"].members) {
        // Cloud controllers take the certificate from an annotation.
        if (note.name.find("certificate") != std::string::npos || note.name.find("certmanager") != std::string::npos) out.tls = true;
      }
    } else if (out.kind == "HorizontalPodAutoscaler") {
      out.backends.push_back(spec["scaleTargetRef"].text_of("name"));
    } else if (out.kind == "PodDisruptionBudget") {
      out.selector = labels_of(spec["selector"]["matchLabels"]);
    } else if (out.kind == "NetworkPolicy") {
      out.selector = labels_of(spec["podSelector"]["matchLabels"]);
    } else if (out.kind == "Secret" || out.kind == "ConfigMap") {
      entries(document, out);
    }
    facts_.resources.push_back(std::move(out));
  }

  static void ingress(const Value& spec, ResourceFact& out) {
    out.tls = !spec["tls"].items.empty();
    for (const auto& rule : spec["rules"].items) {
      for (const auto& path : rule["http"]["paths"].items) {
        const auto& service = path["backend"]["service"].text_of("name");
        out.backends.push_back(service.empty() ? path["backend"].text_of("serviceName") : service);
      }
    }
  }

  void entries(const Value& document, ResourceFact& out) const {
    out.type = document.text_of("type");
    for (const auto& entry : document["data"].members) {
      if (entry.value.is_text())
        out.entries.push_back({entry.name, out.kind == "Secret" ? decoded(entry.value.text) : entry.value.text, false, entry.span(file_)});
    }
    for (const auto& entry : document["stringData"].members) {
      if (entry.value.is_text()) out.entries.push_back({entry.name, entry.value.text, false, entry.span(file_)});
    }
  }

  FileIndex file_;
  DeployFacts& facts_;
};

/// A line that a template engine has to fill in before anybody can read the file.
std::uint32_t template_line(std::string_view text) {
  const auto found = text.find("{{");
  if (found == std::string_view::npos) return 0;
  return static_cast<std::uint32_t>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(found), '\n') + 1);
}

}  // namespace

DeployFacts read_kubernetes(const File& file, Diagnostics& diagnostics) {
  DeployFacts facts;
  facts.kind = "kubernetes";
  facts.file = file.path;
  facts.development = is_for_development(file.path);
  Diagnostics own;
  const auto first = file.text.find_first_not_of(" \t\r\n");
  const bool json = first != std::string::npos && file.text[first] == '{';
  std::vector<Value> documents;
  if (json) {
    documents.push_back(read_json_or_yaml(file.text, file.index, own));
  } else {
    documents = read_yaml(file.text, file.index, own);
  }
  const auto line = template_line(file.text);
  // Braces in a ConfigMap's text are harmless; a template breaks the YAML or the names.
  if (line != 0 && (!own.all().empty() || file.path.find("templates/") != std::string::npos)) {
    refuse(diagnostics, file.index, line, 1,
           "This is a template (`{{ … }}`), which cannot be read before it is filled in: render it first, for example with `helm template`.");
    return facts;
  }
  for (const auto& diagnostic : own.all()) diagnostics.add(diagnostic);
  ManifestReader reader(file.index, facts);
  for (const auto& document : documents) reader.read(document);
  return facts;
}

}  // namespace kingpost::foreign
