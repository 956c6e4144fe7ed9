#include "kingpost/app/mock.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>

#include "kingpost/app/database.hpp"
#include "kingpost/app/seed_rows.hpp"
#include "kingpost/base/clock.hpp"
#include "kingpost/seed/seed.hpp"

namespace kingpost::app {

namespace {

std::string upper(std::string_view name) {
  std::string out;
  for (const char c : name) out += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return out;
}

}  // namespace

Result<MockDatabase> MockDatabase::make(const ir::System& system, const std::string& rows) {
  auto wanted = read_seed_rows(rows);
  if (!wanted) return fail(std::move(wanted.error()));
  std::string folder = (std::filesystem::temp_directory_path() / "kingpost-mock-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) return fail(ErrorKind::kUnavailable, "kp-file", "cannot make a temporary folder for the invented rows");
  MockDatabase mock(std::move(folder));
  if (auto migrated = migrate_at_start(mock.url(), system); !migrated) return fail(std::move(migrated.error()));
  seed::SeedOptions options;
  options.rows = std::move(*wanted);
  auto report = seed::seed_database(system, mock.url(), options, Limits{});
  if (!report) return fail(std::move(report.error()));
  mock.tenant_ = report->first_tenant;
  return mock;
}

MockDatabase::MockDatabase(MockDatabase&& other) noexcept : folder_(std::exchange(other.folder_, {})), tenant_(other.tenant_) {}

MockDatabase::~MockDatabase() {
  std::error_code ignored;
  if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
}

std::string MockDatabase::print_tokens(const ir::System& system, const identity::TokenAuthority& authority) const {
  constexpr std::int64_t kDaySeconds = 86'400;
  std::string out;
  for (std::size_t at = 0; at < system.roles.size(); ++at) {
    identity::TokenAuthority::Claims claims;
    claims.subject = print_uuid(seed::seed_user_id({}, at == 0 ? 0 : 1));
    claims.role = system.roles[at].name;
    if (system.tenancy && tenant_) {
      claims.tenant = print_uuid(*tenant_);
      claims.tenant_claim = system.tenancy->claim;
    }
    claims.issued_s = SystemClock().now_us() / 1'000'000;
    claims.expires_s = claims.issued_s + kDaySeconds;
    out += fmt::format("export TOKEN_{}={}\n", upper(system.roles[at].name), authority.sign(claims));
  }
  return out;
}

}  // namespace kingpost::app
