#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "kingpost/assess/rules_deploy.hpp"

namespace kingpost::assess {
namespace {

bool is_placeholder(const std::string& value) {
  static constexpr std::array<std::string_view, 26> kWords{
      "change", "your", "example", "placeholder", "xxx",       "todo",  "replace",  "dummy", "sample",  "insert",    "here", "***",  "...",
      "${",     "$(",   "{{",      "<",           "secretref", "fixme", "redacted", "none",  "not-set", "undefined", "test", "fake", "generate"};
  return std::any_of(kWords.begin(), kWords.end(), [&](std::string_view word) { return value.find(word) != std::string::npos; });
}

/// Keys that their issuers have made recognisable.
bool is_known_key(std::string_view value) {
  static constexpr std::array<std::string_view, 13> kBeginnings{"AKIA",  "ASIA",  "sk_live_", "rk_live_", "ghp_",       "gho_", "github_pat_",
                                                                "xoxb-", "xoxp-", "AIza",     "glpat-",   "-----BEGIN", "SG."};
  const auto begins = [&](std::string_view beginning) { return value.starts_with(beginning) && value.size() >= beginning.size() + 12; };
  const bool pem = value.starts_with("-----BEGIN") && value.find("PRIVATE KEY") == std::string_view::npos;
  return !pem && std::any_of(kBeginnings.begin(), kBeginnings.end(), begins);
}

/// Long, of letters and digits, without a blank: what a generator writes and nobody types.
bool is_random(std::string_view value) {
  if (value.size() < 20 || value.find_first_of(" /:,") == 0 || value.find(' ') != std::string_view::npos ||
      value.find("://") != std::string_view::npos)
    return false;
  std::array<bool, 256> seen{};
  std::size_t different = 0;
  std::size_t digits = 0;
  std::size_t letters = 0;
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (!seen.at(byte)) ++different;
    seen.at(byte) = true;
    digits += std::isdigit(byte) != 0 ? 1 : 0;
    letters += std::isalpha(byte) != 0 ? 1 : 0;
  }
  return different >= 12 && digits >= 3 && letters >= 3;
}

/// The password of `scheme://user:password@host`; empty without one.
std::string_view password_in(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme == std::string_view::npos) return {};
  const auto rest = url.substr(scheme + 3);
  const auto at = rest.substr(0, rest.find_first_of("/?")).rfind('@');
  const auto colon = rest.substr(0, at).find(':');
  if (at == std::string_view::npos || colon == std::string_view::npos || colon > at) return {};
  return rest.substr(colon + 1, at - colon - 1);
}

bool names_secret_value(std::string_view name) {
  constexpr std::string_view kOther =
      " file path url uri host name user username length expiry expires ttl policy enabled public id type header timeout algorithm min max "
      "required empty provider alg mount dir age rotation hash method issuer endpoint limit limits count ";
  if (says(name, kOther)) return false;
  const auto all = folded(name);
  const bool key = all.ends_with("apikey") || all.ends_with("secretkey") || all.ends_with("privatekey") || all.ends_with("accesskey") ||
                   all.ends_with("encryptionkey") || all.ends_with("signingkey") || all.ends_with("appkey") || all.ends_with("authkey");
  return key || all.ends_with("password") || all.ends_with("passwd") ||
         says(name, " password passwd pass pwd secret token credentials passphrase jwt ");
}

}  // namespace

Secrecy secrecy_of(std::string_view name, std::string_view value) {
  const std::string lowered = [&] {
    std::string out(value);
    std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
  }();
  if (is_known_key(value) && lowered.find("example") == std::string::npos) return Secrecy::kReal;
  // A whole file in one entry is no password.
  if (value.find('\n') != std::string_view::npos) return Secrecy::kNone;
  const auto inside = password_in(value);
  if (!inside.empty()) {
    if (inside.starts_with('$') || is_placeholder(std::string(inside)) || lowered.find("example.") != std::string::npos) return Secrecy::kNone;
    return is_random(inside) ? Secrecy::kReal : Secrecy::kWeak;
  }
  // `API_KEY_VAL` waits for the value of API_KEY.
  if (name.size() > 3 && folded(value).find(folded(name)) != std::string::npos) return Secrecy::kNone;
  const bool trivial =
      value.empty() || value == "true" || value == "false" || value == "yes" || value == "no" || value == "0" || value == "1" || value == "null";
  if (trivial || !names_secret_value(name) || is_placeholder(lowered) || value.starts_with('/') || value.starts_with('$') ||
      value.find("://") != std::string_view::npos)
    return Secrecy::kNone;
  return is_random(value) ? Secrecy::kReal : Secrecy::kWeak;
}

namespace rule {
namespace {

struct Literals {
  std::vector<Hit> real;
  std::vector<Hit> weak;

  void look_at(const std::vector<foreign::EnvFact>& variables, const std::string& owner) {
    for (const auto& variable : variables) {
      if (variable.from_secret) continue;
      const auto secrecy = secrecy_of(variable.name, variable.value);
      const Hit hit{owner.empty() ? variable.name : owner + ": " + variable.name, variable.span};
      if (secrecy == Secrecy::kReal) real.push_back(hit);
      if (secrecy == Secrecy::kWeak) weak.push_back(hit);
    }
  }
};

}  // namespace

void deploy_secret_literal(const foreign::Facts& facts, review::Report& report) {
  for (const auto& file : facts.deployments) {
    Literals found;
    for (const auto& container : file.containers) found.look_at(container.environment, container.name);
    for (const auto& resource : file.resources) found.look_at(resource.entries, fmt::format("{} {}", resource.kind, resource.name));
    if (file.kind == "env") found.look_at(file.environment, "");
    if (!found.real.empty()) {
      report.add(
          {.severity = Severity::kError,
           .span = found.real.front().span,
           .message =
               fmt::format("{} like a real secret: {}. Everybody who may read the repository, its copies and its history may use it.",
                           found.real.size() == 1 ? "A literal looks" : fmt::format("{} literals look", found.real.size()), first_of(found.real)),
           .fix = "Revoke it, and take it from a secret store, a mounted file or the caller's environment; the history keeps what is deleted here."});
    }
    // What is copied and filled in, or runs on one developer's machine, may say `postgres`.
    if (found.weak.empty() || file.example || (file.development && !is_kubernetes(file))) continue;
    report.add(
        {.severity = file.development ? Severity::kNote : Severity::kWarning,
         .span = found.weak.front().span,
         .message =
             fmt::format("{} in the file as plain text: {}. It is the same wherever this file is used, and known to everybody who can read it.",
                         found.weak.size() == 1 ? "A password stands" : fmt::format("{} passwords stand", found.weak.size()), first_of(found.weak)),
         .fix = is_kubernetes(file)
                    ? "Refer to a Secret that is made outside of the repository (External Secrets, Sealed Secrets, or `kubectl create secret`)."
                    : "Take it from the environment without a default (`${NAME:?}`) or from a file of `secrets:`."});
  }
}

void deploy_trust_boundary(const foreign::Facts& facts, review::Report& report) {
  std::vector<Hit> open;
  for (const auto* ingress : resources_of(facts, "Ingress")) {
    if (!ingress->tls) open.push_back({ingress->name, ingress->span});
  }
  if (open.empty()) return;
  report.add({.severity = Severity::kWarning,
              .span = open.front().span,
              .message = fmt::format(
                  "{} without TLS: {}. Passwords and sessions cross the network in the clear, unless something in front of it ends TLS.",
                  open.size() == 1 ? "An Ingress lets callers in" : fmt::format("{} Ingresses let callers in", open.size()), first_of(open)),
              .fix = "Add `tls:` with a certificate (cert-manager), and send http to https."});
}

}  // namespace rule
}  // namespace kingpost::assess
