#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "kingpost/cel/cel.hpp"
#include "kingpost/review/audience.hpp"
#include "kingpost/review/rules.hpp"

// What leaves the system that should not: personal data, secrets, calls without protection.
namespace kingpost::review::rule {
namespace {

bool is_personal(const ir::System& system, const ir::Entity& entity, const ir::Field& field) {
  return field.sensitivity == ir::Sensitivity::kPersonal || names_personal(field.name) ||
         (names_contact(field.name) && is_about_person(system, entity));
}
bool is_secret(const ir::Field& field) { return field.sensitivity == ir::Sensitivity::kSecret || names_secret(field.name); }

void shown_fields(const ir::System& system, const ir::Entity& entity, const Callers& callers, Report& report) {
  for (const auto& field : entity.fields) {
    const auto audience = callers.of(without_tenant(field.read_policy != nullptr ? field.read_policy : entity.access.read));
    const auto rows = callers.of(without_tenant(entity.access.read));
    if (is_secret(field) && !(field.read_policy != nullptr && cel::never_true(*field.read_policy)) && rows > Audience::kEngine) {
      report.add({.severity = Severity::kError,
                  .span = field.span,
                  .message = fmt::format("`{}.{}` is in every answer to whoever may read the record, and so in caches, logs and backups of clients.",
                                         entity.name, field.name),
                  .fix = "Passwords belong to the identity service; anything else gets `read: none` and `encrypted`.",
                  .edits = {edit_word(field.span, "read(none)")}});
      continue;
    }
    if (is_personal(system, entity, field) && std::min(audience, rows) >= Audience::kEveryone) {
      report.add({.severity = Severity::kError,
                  .span = field.span,
                  .message = fmt::format("Anybody can collect `{}.{}` of every person by paging through the list without signing in.", entity.name,
                                         field.name),
                  .fix = fmt::format("Give `{}` a `read` rule, or the entity one that names the owner.", field.name)});
    }
  }
}

void unmarked_fields(const ir::System& system, const ir::Entity& entity, Report& report) {
  std::string names;
  Span place;
  std::vector<ModelEdit> edits;
  for (const auto& field : entity.fields) {
    const bool marked = field.sensitivity != ir::Sensitivity::kNone || is_secret(field);
    if (!field.stored() || marked || !is_personal(system, entity, field)) continue;
    if (names.empty()) place = field.span;
    edits.push_back(edit_word(field.span, "sensitive(personal)"));
    names += (names.empty() ? "`" : ", `") + field.name + "`";
  }
  if (names.empty()) return;
  report.add({.severity = Severity::kNote,
              .span = place,
              .message = fmt::format("Logs, exports and seeds treat {} of `{}` like any other value: it looks like personal data and is not marked.",
                                     names, entity.name),
              .fix = "Add `sensitive(personal)`, or `sensitive(health)` where it is.",
              .edits = edits});
}

}  // namespace

void sec_pii_exposed(const ir::System& system, Report& report) {
  const Callers callers(system);
  for (const auto& entity : system.entities) {
    if (entity.built_in) continue;
    if (is_reachable(entity)) shown_fields(system, entity, callers, report);
    unmarked_fields(system, entity, report);
  }
  for (const auto& event : system.events) {
    for (const auto& member : event.data) {
      if (!names_personal(member.name) && !names_contact(member.name) && !names_secret(member.name)) continue;
      report.add({.severity = Severity::kWarning,
                  .span = member.span,
                  .message = fmt::format("`{}` copies `{}` to every consumer and keeps it in the event log, where no request for erasure reaches it.",
                                         event.name, member.name),
                  .fix = "Send the record's key; who may read the rest asks for it."});
    }
  }
}

void sec_trust_boundary(const ir::System& system, Report& report) {
  for (const auto& client : system.http_clients) {
    const bool writes = std::any_of(client.operations.begin(), client.operations.end(),
                                    [](const ir::HttpOperation& operation) { return operation.method != "GET" && operation.method != "get"; });
    if (client.url.starts_with("http://")) {
      report.add(
          {.severity = Severity::kError,
           .span = client.span,
           .message = fmt::format("Whoever sits between us and `{}` reads and changes what we send: the call leaves without TLS.", client.name),
           .fix = "Write `url: env(NAME)` with an https address."});
    }
    if (client.auth.empty() || client.auth == "none") {
      report.add({.severity = writes ? Severity::kWarning : Severity::kNote,
                  .span = client.span,
                  .message = fmt::format("`{}` cannot tell our calls from anybody else's: they carry no proof of identity.", client.name),
                  .fix = "Write `auth: bearer(env(NAME))`."});
    }
  }
}

void sec_secret_literal(const ir::System& system, Report& report) {
  constexpr std::array<std::string_view, 8> kMarks{"sk_live_", "sk_test_", "AKIA", "ghp_", "xoxb-", "-----BEGIN", "AIza", "eyJhbGciOi"};
  const auto say = [&](const Span& place, const std::string& what) {
    report.add({.severity = Severity::kError,
                .span = place,
                .message = fmt::format("{} is known to everybody who can read the repository, its history and the design site.", what),
                .fix = "Revoke it, and read the new one from the environment: `env(NAME)`."});
  };
  for (const auto& client : system.http_clients) {
    const auto scheme = client.url.find("://");
    if (scheme == std::string::npos) continue;
    const auto host_end = client.url.find('/', scheme + 3);
    const auto at = client.url.find('@', scheme + 3);
    const bool user = at != std::string::npos && at < host_end;
    bool query = false;
    for (const std::string_view name : {"key=", "token=", "secret=", "password="}) query = query || client.url.find(name) != std::string::npos;
    if (user || query) say(client.span, fmt::format("The secret in the URL of `{}`", client.name));
  }
  for (const auto& entity : system.entities) {
    for (const auto& field : entity.fields) {
      const auto* text = field.default_value != nullptr ? std::get_if<std::string>(&field.default_value->value.data) : nullptr;
      if (text != nullptr && !text->empty() && names_secret(field.name))
        say(field.span, fmt::format("The default of `{}.{}`", entity.name, field.name));
    }
  }
  walk_system(system, [&](const cel::ExprPtr& expr, const Span& place) {
    walk(expr, [&](const cel::Expr& node) {
      const auto* text = node.kind == cel::ExprKind::kLiteral ? std::get_if<std::string>(&node.value.data) : nullptr;
      if (text == nullptr) return;
      const bool marked = std::any_of(kMarks.begin(), kMarks.end(), [&](std::string_view mark) { return text->starts_with(mark); });
      if (marked) say(node.span.known() ? node.span : place, "The key in this expression");
    });
  });
}

}  // namespace kingpost::review::rule
