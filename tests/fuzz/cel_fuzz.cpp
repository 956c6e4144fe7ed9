#include <cstdint>
#include <cstdlib>
#include <string>

#include "kingpost/cel/test_provider.hpp"

namespace {

namespace cel = kingpost::cel;
using kingpost::Diagnostics;
using kingpost::Result;

constexpr kingpost::Span kOrigin = {0, 1, 1, 1, 1};

void require(bool holds) {
  if (!holds) std::abort();
}

cel::Activation activation() {
  cel::Activation activation;
  activation.lookup = [](const std::string& name) -> Result<cel::Value> {
    if (name == "row") return cel::Value{cel::Json{R"({"sku":"A","price":1.5,"items":[1,2,{"a":null}]})"}};
    return kingpost::fail(kingpost::ErrorKind::kInvalidArgument, "cel-unknown-name", "no name");
  };
  activation.has_role = [](const std::string& role) { return role == "agent"; };
  return activation;
}

// Any text is a tree or has a diagnostic, and the canonical form of a tree reads back to itself.
cel::ExprPtr parsed(const std::string& text) {
  Diagnostics diagnostics;
  const cel::ExprPtr expr = cel::parse(text, kOrigin, diagnostics);
  require((expr == nullptr) == diagnostics.has_errors());
  if (expr == nullptr) return expr;
  const std::string canonical = cel::print_expr(*expr);
  // Escapes may make the canonical form longer than a text may be.
  if (canonical.size() > cel::kMaxExprBytes) return expr;
  const cel::ExprPtr again = cel::parse(canonical, kOrigin, diagnostics);
  require(again != nullptr);
  require(cel::print_expr(*again) == canonical);
  return expr;
}

// Where both the whole and the folded expression have a value it is the same one; an error stays an error.
void same_result(const cel::Expr& expr, const cel::Expr& folded, const cel::Activation& known) {
  const Result<cel::Value> before = cel::evaluate(expr, known);
  const Result<cel::Value> after = cel::evaluate(folded, known);
  const auto costly = [](const Result<cel::Value>& one) { return !one.has_value() && one.error().code == "cel-cost"; };
  if (costly(before) || costly(after)) return;
  require(before.has_value() == after.has_value());
  if (!before.has_value()) return;
  require(before->data.index() == after->data.index());
}

void check_typed(const cel::ExprPtr& expr) {
  const cel::testing::TestProvider provider;
  for (const char* record : {"product", "ticket"}) {
    Diagnostics diagnostics;
    const cel::ExprPtr typed = cel::check(expr, cel::testing::make_scope(provider, record), std::nullopt, diagnostics);
    require((typed == nullptr) == diagnostics.has_errors());
    if (typed == nullptr) continue;
    // What checks still checks in its canonical form.
    const std::string canonical = cel::print_expr(*typed);
    if (canonical.size() <= cel::kMaxExprBytes) require(cel::parse(canonical, kOrigin, diagnostics) != nullptr);
    cel::PartialActivation known;
    known.has_role = [](const std::string& role) { return role == "agent"; };
    same_result(*typed, *cel::fold(typed, known), activation());
    static_cast<void>(cel::fold_predicate(typed, known));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const void* bytes = data;
  const std::string text(static_cast<const char*>(bytes), size);
  const cel::ExprPtr expr = parsed(text);
  if (expr == nullptr) return 0;
  static_cast<void>(cel::evaluate(*expr, activation()));
  check_typed(expr);
  return 0;
}
