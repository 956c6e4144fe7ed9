#include <fmt/format.h>
#include <libpq-fe.h>

#include <array>
#include <charconv>
#include <optional>

#include "kingpost/store/admin_connection.hpp"
#include "kingpost/store/postgres_error.hpp"
#include "kingpost/store/postgres_session.hpp"

namespace kingpost::store {
namespace {

constexpr Oid kBoolOid = 16;
constexpr std::array<Oid, 3> kIntegerOids = {20, 21, 23};

class AdminPostgres final : public AdminConnection {
 public:
  explicit AdminPostgres(PGconn* connection) : connection_(connection) {}
  ~AdminPostgres() override { PQfinish(connection_); }

  [[nodiscard]] dialect::Database database() const noexcept override { return dialect::Database::kPostgres; }

  [[nodiscard]] Result<void> run(const std::string& sql) override {
    auto rows = query(sql, {});
    if (!rows) return fail(rows.error());
    return {};
  }

  [[nodiscard]] Result<AdminRows> query(const std::string& sql, const std::vector<Datum>& parameters) override {
    std::vector<std::optional<std::string>> texts;
    for (const auto& value : parameters) texts.push_back(text_of(value));
    std::vector<const char*> values;
    for (const auto& text : texts) values.push_back(text ? text->c_str() : nullptr);
    const std::unique_ptr<PGresult, void (*)(PGresult*)> result(
        PQexecParams(connection_, sql.c_str(), static_cast<int>(values.size()), nullptr, values.data(), nullptr, nullptr, 0), PQclear);
    const auto status = PQresultStatus(result.get());
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK && status != PGRES_EMPTY_QUERY) return failure(result.get());
    AdminRows rows;
    for (int row = 0; row < PQntuples(result.get()); ++row) {
      auto& cells = rows.emplace_back();
      for (int column = 0; column < PQnfields(result.get()); ++column) cells.push_back(cell(result.get(), row, column));
    }
    return rows;
  }

 private:
  [[nodiscard]] tl::unexpected<Error> failure(const PGresult* result) const {
    const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    if (state == nullptr) return fail(database_down_error(PQerrorMessage(connection_)));
    const char* message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    return fail(ErrorKind::kFailedPrecondition, state, fmt::format("PostgreSQL says: {}.", message == nullptr ? "" : message));
  }

  static std::optional<std::string> text_of(const Datum& value) {
    if (const auto* integer = std::get_if<std::int64_t>(&value)) return std::to_string(*integer);
    if (const auto* real = std::get_if<double>(&value)) return fmt::format("{}", *real);
    if (const auto* text = std::get_if<std::string>(&value)) return *text;
    if (const auto* blob = std::get_if<Blob>(&value)) {
      std::string hex = "\\x";
      for (const char byte : blob->bytes) hex += fmt::format("{:02x}", static_cast<unsigned char>(byte));
      return hex;
    }
    return std::nullopt;
  }

  static Datum cell(const PGresult* result, int row, int column) {
    if (PQgetisnull(result, row, column) != 0) return {};
    const std::string text(PQgetvalue(result, row, column), static_cast<std::size_t>(PQgetlength(result, row, column)));
    const auto oid = PQftype(result, column);
    if (oid == kBoolOid) return std::int64_t{text == "t" ? 1 : 0};
    for (const auto integer : kIntegerOids) {
      std::int64_t value = 0;
      if (oid == integer && std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc()) return value;
    }
    return text;
  }

  PGconn* connection_;
};

}  // namespace

Result<std::unique_ptr<AdminConnection>> open_admin_postgres(const std::string& url) {
  if (auto checked = check_postgres_url(url); !checked) return fail(std::move(checked.error()));
  // Names before dbname are defaults that the URL may override.
  const char* names[] = {"connect_timeout", "dbname", nullptr};
  const char* values[] = {"5", url.c_str(), nullptr};
  auto* connection = PQconnectdbParams(names, values, 1);
  auto admin = std::make_unique<AdminPostgres>(connection);
  if (PQstatus(connection) != CONNECTION_OK) return fail(database_down_error(PQerrorMessage(connection)));
  // Notices would go to standard error.
  PQsetNoticeProcessor(
      connection, [](void*, const char*) {}, nullptr);
  return admin;
}

}  // namespace kingpost::store
