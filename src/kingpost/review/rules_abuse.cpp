#include <fmt/format.h>

#include <algorithm>

#include "kingpost/cel/cel.hpp"
#include "kingpost/review/audience.hpp"
#include "kingpost/review/rules.hpp"

// The rules of the group "Security" about features that work as written and are used against us.
namespace kingpost::review::rule {
namespace {

bool is_text(const ir::Field& field) { return field.type.scalar == ir::Scalar::kString || field.type.scalar == ir::Scalar::kText; }

bool opens_doors(std::string_view name) {
  return is_one_of(name,
                   "token token_hash session_token refresh_token access_token api_key api_key_hash otp otp_code reset_code reset_token "
                   "verification_code verification_token invite_code invite_token invitation_token magic_link one_time_code");
}

bool is_end(const ir::Field& field) {
  const bool moment =
      field.type.scalar == ir::Scalar::kTimestamp || field.type.scalar == ir::Scalar::kDate || field.type.scalar == ir::Scalar::kDuration;
  return moment && has_word(field.name, "expires expire expiry expiration until ends end lifetime ttl");
}

/// The widest circle that may write the record.
Audience writers(const Callers& callers, const ir::Entity& entity) {
  return std::max(callers.of(without_tenant(entity.access.create)), callers.of(without_tenant(entity.access.update)));
}

/// Whether a check looks at the beginning or the pattern of the field.
bool is_bounded(const ir::Entity& entity, const std::string& name) {
  bool found = false;
  for (const auto& check : entity.checks) {
    walk(check.condition, [&](const cel::Expr& node) {
      const bool looks = node.kind == cel::ExprKind::kCall && (node.name == "startsWith" || node.name == "matches");
      if (!looks || node.args.empty()) return;
      walk(node.args[0], [&](const cel::Expr& inner) { found = found || (inner.kind == cel::ExprKind::kSelect && inner.name == name); });
    });
  }
  return found;
}

}  // namespace

void sec_token_lifetime(const ir::System& system, Report& report) {
  for (const auto& entity : system.entities) {
    if (entity.built_in || std::any_of(entity.fields.begin(), entity.fields.end(), is_end)) continue;
    const auto token = std::find_if(entity.fields.begin(), entity.fields.end(),
                                    [](const ir::Field& field) { return field.stored() && is_text(field) && opens_doors(field.name); });
    if (token == entity.fields.end()) continue;
    const bool signs_in = has_word(token->name, "session access refresh reset magic api");
    report.add({.severity = signs_in ? Severity::kError : Severity::kWarning,
                .span = token->span,
                .message = fmt::format("A `{}` of `{}` that leaked once is good for ever: the record names no moment at which it ends.", token->name,
                                       entity.name),
                .fix = "Add `expires_at: timestamp`, compare it with `now` where the value is accepted, and delete what ended by a schedule.",
                .edits = {edit_set(entity.span, {"fields"}, "expires_at", "timestamp")}});
  }
}

void sec_ssrf_url(const ir::System& system, Report& report) {
  const Callers callers(system);
  for (const auto& entity : system.entities) {
    if (!is_reachable(entity) || writers(callers, entity) <= Audience::kEngine) continue;
    for (const auto& field : entity.fields) {
      const bool fetched = is_one_of(field.name,
                                     "webhook webhook_url callback callback_url hook_url notify_url notification_url feed_url import_url "
                                     "endpoint_url target_url ping_url");
      if (!fetched || !is_client_set(field) || !is_text(field) || is_bounded(entity, field.name)) continue;
      const auto test = fmt::format("{}row.{}.startsWith(\"https://\")", field.nullable ? "row." + field.name + " == null || " : "", field.name);
      report.add(
          {.severity = Severity::kWarning,
           .span = field.span,
           .message = fmt::format("Whoever calls `{}.{}` can be sent to addresses inside our network, cloud credentials among them: a caller "
                                  "writes it and nothing bounds it.",
                                  entity.name, field.name),
           .fix = fmt::format("Bound it by a check, at least `{}`, better the hosts you know; resolve and refuse private addresses where it is "
                              "called.",
                              test),
           .edits = {edit_set(entity.span, {"checks"}, field.name + "_is_https", test)}});
    }
  }
  const auto handed = [&](const ir::Step& step, const Span& place) {
    if (step.kind != ir::StepKind::kHttp) return;
    for (const auto& set : step.set) {
      const bool address = set.name == "url" || set.name == "uri" || set.name.ends_with("_url") || set.name.ends_with("_uri");
      const bool literal = set.value == nullptr || set.value->kind == cel::ExprKind::kLiteral;
      if (!address || literal) continue;
      report.add({.severity = Severity::kError,
                  .span = set.span.known() ? set.span : place,
                  .message = fmt::format("`{}` is told to fetch an address that came with the event: whoever caused it chooses what our side of the "
                                         "wall asks for.",
                                         step.http),
                  .fix = "Send a key, and let the address come from a list that staff keeps."});
    }
  };
  for (const auto& saga : system.sagas) {
    for (const auto& step : saga.steps) handed(step, saga.span);
  }
  for (const auto& consumer : system.consumers) handed(consumer.step, consumer.span);
}

void sec_business_flow(const ir::System& system, Report& report) {
  const Callers callers(system);
  for (const auto& command : system.commands) {
    const auto audience = callers.of(command.allow);
    if (audience < Audience::kOwner) continue;
    const auto hands_out = std::find_if(command.steps.begin(), command.steps.end(), [&](const ir::Step& step) {
      return step.kind == ir::StepKind::kCreate && step.entity.valid() &&
             has_word(system.entity(step.entity).name,
                      "otp code verification invitation invite coupon voucher booking reservation appointment vote signup");
    });
    if (hands_out == command.steps.end()) continue;
    const auto& entity = system.entity(hands_out->entity);
    // A step that looks at what is there already, or a count that goes down, is a quota.
    const bool counted = std::any_of(command.steps.begin(), command.steps.end(), [](const ir::Step& step) {
      bool looks = is_relative(step);
      if (step.kind == ir::StepKind::kRequire) {
        walk(step.target, [&](const cel::Expr& node) {
          looks = looks || node.kind == cel::ExprKind::kMacro || (node.kind == cel::ExprKind::kCall && node.name == "size");
        });
      }
      return looks;
    });
    const bool unique = std::any_of(entity.uniques.begin(), entity.uniques.end(), [&](const ir::Unique& one) {
      return std::all_of(one.fields.begin(), one.fields.end(), [&](ir::FieldId id) {
        return id == entity.tenant_field ||
               std::any_of(hands_out->set.begin(), hands_out->set.end(), [&](const ir::Assignment& set) { return set.field == id; });
      });
    });
    if (counted || unique) continue;
    const double rate = peak_of(system, command.name);
    report.add(
        {.severity = audience == Audience::kEveryone ? Severity::kError : Severity::kWarning,
         .span = command.span,
         .message = fmt::format("A script of one caller can run `{}` until every `{}` is taken: no step counts what the caller has already{}.",
                                command.name, entity.name,
                                rate > 0 ? fmt::format(", and {} a second are declared for all callers together", amount_text(rate)) : std::string()),
         .fix = fmt::format("Require that the caller has few of them, or give `{}` a unique over the caller and what is handed out.", entity.name)});
  }
}

}  // namespace kingpost::review::rule
