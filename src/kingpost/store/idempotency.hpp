#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "kingpost/base/limits.hpp"
#include "kingpost/base/result.hpp"
#include "kingpost/plan/row_set.hpp"
#include "kingpost/sql/program.hpp"
#include "kingpost/store/store.hpp"

namespace kingpost::store {

/// The idempotency keys that are being worked on in this process. Thread-safe.
class InFlightKeys {
 public:
  /// False when the key is already there.
  [[nodiscard]] bool insert(const Idempotency& request);
  void erase(const Idempotency& request);

 private:
  std::mutex mutex_;
  std::set<std::pair<std::string, std::string>> keys_;
};

/// Runs a Program on the open transaction of whichever database it is.
using ProgramRunner = std::function<Result<void>(const sql::Program&, plan::RowSets&)>;

/// The statements that make the table of stored answers, which the writing store runs when it opens.
[[nodiscard]] std::vector<std::string> idempotency_ddl(dialect::Database database);
/// The answer stored for this key, if it is still kept. Error kp-idempotency-mismatch when it was given for another payload.
[[nodiscard]] Result<std::optional<StoredAnswer>> find_answer(const ProgramRunner& run, const Idempotency& request);
/// Renders the answer of a first execution and stores it, without its body when that is longer than limits.idempotency_answer_bytes.
[[nodiscard]] Result<StoredAnswer> store_answer(const ProgramRunner& run, const Idempotency& request, const plan::RowSets& rows,
                                                const Limits& limits);
/// Forgets a bounded number of answers that expired before `now_us` (Unix time).
[[nodiscard]] Result<void> purge_answers(const ProgramRunner& run, std::int64_t now_us);

}  // namespace kingpost::store
