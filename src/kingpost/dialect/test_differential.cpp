#include "kingpost/dialect/test_differential.hpp"

#include <fmt/format.h>

#include <fstream>
#include <random>

#include "kingpost/cel/cel.hpp"
#include "kingpost/dialect/codec.hpp"
#include "kingpost/dialect/render_expr.hpp"

namespace kingpost::dialect {
namespace {

/// Prints every value into the text: this statement runs once, and only here.
class InlineSink final : public ParamSink {
 public:
  explicit InlineSink(Database database) : literals_(database), database_(database) {}
  Result<std::string> constant(const Datum& value, const ir::LogicalType& type, const ir::Storage& storage) override {
    auto text = literals_.constant(value, type, storage);
    if (!text || database_ == Database::kSqlite) return text;
    return fmt::format("({}::{})", *text, postgres_type(type, storage));
  }
  Result<std::string> named(const cel::Expr& path, const ir::LogicalType& type, const ir::Storage& storage) override {
    const auto name = cel::print_expr(path);
    cel::Value value;
    if (name == "now") value.data = cel::Timestamp{kTestNow};
    if (name == "auth.uid") value.data = test_user();
    const auto datum = encode(value, type, storage, {nullptr, database_});
    return datum ? constant(*datum, type, storage) : Result<std::string>(fail(datum.error()));
  }

 private:
  LiteralSink literals_;
  Database database_;
};

class AuthRecord final : public cel::Record {
 public:
  [[nodiscard]] Result<cel::Value> field(const std::string& /*name*/) const override { return cel::Value{test_user()}; }
  [[nodiscard]] Result<cel::Value> key() const override { return cel::Value{}; }
};

}  // namespace

Uuid test_user() { return TestRows::key(ir::EntityId{1}, 1); }

std::set<std::size_t> evaluated(const TestRows& rows, const cel::Expr& expr) {
  const auto task = rows.system().find_entity("task");
  std::set<std::size_t> out;
  for (std::size_t row = 0; row < rows.size(task); ++row) {
    cel::Activation activation;
    activation.now_us = kTestNow;
    activation.lookup = [&](const std::string& name) -> Result<cel::Value> {
      if (name == "row") return cel::Value{rows.record(task, row)};
      if (name == "auth") return cel::Value{cel::RecordPtr(std::make_shared<const AuthRecord>())};
      return fail(ErrorKind::kInvalidArgument, "cel-unknown-name", name);
    };
    const auto value = cel::evaluate(expr, activation);
    const auto* truth = value ? std::get_if<bool>(&value->data) : nullptr;
    if (truth != nullptr && *truth) out.insert(row);
  }
  return out;
}

Result<std::string> selecting(const TestRows& rows, const cel::Expr& expr) {
  InlineSink sink(rows.database());
  RenderScope scope;
  scope.system = &rows.system();
  scope.database = rows.database();
  scope.rows = {RowName{"row", rows.system().find_entity("task"), "t0"}};
  scope.sink = &sink;
  auto condition = render_condition(expr, scope);
  if (!condition) return condition;
  return fmt::format("SELECT t0.\"id\" FROM \"task\" AS t0 WHERE {}", *condition);
}

std::vector<std::string> test_expressions(unsigned seed, std::size_t composed) {
  std::vector<std::string> out;
  std::ifstream file(std::string(KINGPOST_SOURCE_DIR) + "/tests/cases/dialect/render.txt");
  for (std::string line; std::getline(file, line);) {
    // matches() needs a function that only the server registers.
    if (!line.empty() && !line.starts_with(" ") && !line.starts_with("#") && line.find("matches") == std::string::npos) out.push_back(line);
  }
  const auto atoms = out;
  std::mt19937 random(seed);
  const auto pick = [&]() { return "(" + atoms[random() % atoms.size()] + ")"; };
  for (const auto& atom : atoms) out.push_back("!(" + atom + ")");
  for (std::size_t i = 0; i < composed; ++i) {
    switch (random() % 5) {
      case 0:
        out.push_back(fmt::format("!({} && {})", pick(), pick()));
        break;
      case 1:
        out.push_back(fmt::format("{} ? {} : !{}", pick(), pick(), pick()));
        break;
      case 2:
        out.push_back(fmt::format("{} == {}", pick(), pick()));
        break;
      case 3:
        out.push_back(fmt::format("row.parent.children.all(c, {} || !{})", pick(), pick()));
        break;
      default:
        out.push_back(fmt::format("{} || !{} && {}", pick(), pick(), pick()));
        break;
    }
  }
  return out;
}

}  // namespace kingpost::dialect
