#include <optional>
#include <stdexcept>

#include "../oracle/oracle.hpp"
#include "databases.hpp"
#include "kingpost/dialect/codec.hpp"
#include "kingpost/protocol/rest/answer.hpp"

namespace kingpost::contract {
namespace {

class OracleBackend final : public Backend {
 public:
  std::string name() const override { return "oracle"; }

  void reset(const Suite& suite) override {
    database_.emplace(*suite.system);
    for (const auto& seed : suite.rows) {
      const auto id = suite.system->find_entity(seed.entity);
      const auto& entity = suite.system->entity(id);
      oracle::Row row(entity.fields.size());
      for (const auto& [name, raw] : seed.values) {
        const auto field_id = entity.find_column(name);
        const auto& field = entity.field(field_id);
        auto datum = dialect::encode(raw, field.type, field.storage, {suite.system.get(), dialect::Database::kSqlite});
        if (!datum) throw std::runtime_error(seed.entity + "." + name + ": " + datum.error().message);
        row[field_id.index()] = std::move(*datum);
      }
      database_->rows(id).push_back(std::move(row));
    }
  }

  Answer call(const Suite& suite, const Exchange& exchange) override {
    Answer answer;
    answer.response.status = exchange.status < 400 ? exchange.status : 200;
    auto body = run(suite, exchange);
    if (body) {
      answer.response.body = std::move(*body);
    } else {
      protocol::rest::answer_error(body.error(), exchange.target, answer.response);
    }
    return answer;
  }

 private:
  Result<std::string> run(const Suite& suite, const Exchange& exchange) {
    const auto& principal = suite.callers.at(exchange.caller);
    const auto call = read_call(exchange, limits_);
    if (!call) return fail(call.error());
    const auto plan = plan::make_plan(call->request, principal, *suite.system, limits_);
    if (!plan) return fail(plan.error());
    return oracle::answer(*plan, {call->request, principal, kNowUs}, *database_);
  }

  Limits limits_;
  std::optional<oracle::Database> database_;
};

}  // namespace

std::unique_ptr<Backend> make_oracle_backend() { return std::make_unique<OracleBackend>(); }

}  // namespace kingpost::contract
