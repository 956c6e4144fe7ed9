#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "kingpost/assure/permissions.hpp"
#include "kingpost/compile/compile.hpp"
#include "kingpost/plan/policy.hpp"

namespace kingpost::assure {
namespace {

Result<std::string> read_text(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail(ErrorKind::kNotFound, "file", path);
  std::ostringstream text;
  text << in.rdbuf();
  return std::move(text).str();
}

/// The matrix says what the server's plans do: nothing denied is allowed, nothing allowed is denied.
TEST(PermissionMatrix, AgreesWithThePlansOfTheServer) {
  for (const char* name : {"shop", "saas", "flawed"}) {
    SourceMap sources;
    Diagnostics diagnostics;
    const std::string path = std::string(KINGPOST_SOURCE_DIR) + "/examples/" + name + "/" + name + ".yaml";
    const auto system = compile::compile_file(path, read_text, Limits{}, sources, diagnostics);
    ASSERT_NE(system, nullptr);
    const PermissionMatrix matrix = permission_matrix(*system);
    for (std::size_t at = 0; at < matrix.callers.size(); ++at) {
      request::Principal principal;
      if (matrix.callers[at].kind != Caller::Kind::kAnonymous) {
        principal.user = Uuid{};
        principal.tenant = Uuid{};
      }
      principal.roles = matrix.callers[at].audience.roles;
      const plan::Policies policies(*system, principal);
      for (const Permission& row : matrix.rows) {
        if (!row.entity.valid() || row.action == Action::kUpdate || row.engine_only) continue;
        const plan::Action action = row.action == Action::kRead     ? plan::Action::kRead
                                    : row.action == Action::kCreate ? plan::Action::kCreate
                                                                    : plan::Action::kDelete;
        const plan::Verdict verdict = policies.of(system->entity(row.entity), action);
        const std::string what = std::string(name) + " " + row.name + " " + matrix.callers[at].name;
        EXPECT_EQ(verdict.denied, row.verdicts[at] == surface::Verdict::kNever) << what;
        EXPECT_EQ(!verdict.denied && verdict.condition == nullptr, row.verdicts[at] == surface::Verdict::kAlways) << what;
      }
    }
  }
}

}  // namespace
}  // namespace kingpost::assure
