#include "kingpost/store/sqlite_functions.hpp"

#include <re2/re2.h>
#include <sqlite3.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "kingpost/store/like_pattern.hpp"
#include "kingpost/store/sqlite_error.hpp"

namespace kingpost::store {
namespace {

constexpr std::int64_t kRegexMemoryBytes = 1 << 20;
constexpr std::size_t kRegexPatternBytes = 4096;
constexpr int kEscapeArgument = 2;

std::string_view text_of(sqlite3_value* value) {
  const unsigned char* text = sqlite3_value_text(value);
  if (text == nullptr) return {};
  return {reinterpret_cast<const char*>(text), static_cast<std::size_t>(sqlite3_value_bytes(value))};
}

bool any_null(int argc, sqlite3_value** argv) {
  for (int i = 0; i < argc; ++i) {
    if (sqlite3_value_type(argv[i]) == SQLITE_NULL) return true;
  }
  return false;
}

/// The compiled form of argument 0: kept by SQLite while the argument stays the same, else owned by `fresh` for this call.
template <typename Compiled, typename Make>
const Compiled* compiled_argument(sqlite3_context* context, std::unique_ptr<Compiled>& fresh, Make make) {
  if (const auto* kept = static_cast<const Compiled*>(sqlite3_get_auxdata(context, 0))) return kept;
  fresh = make();
  return fresh.get();
}

template <typename Compiled>
void keep(sqlite3_context* context, std::unique_ptr<Compiled> fresh) {
  if (fresh == nullptr) return;
  sqlite3_set_auxdata(context, 0, fresh.release(), [](void* kept) { delete static_cast<Compiled*>(kept); });
}

void like(sqlite3_context* context, int argc, sqlite3_value** argv) {
  if (any_null(argc, argv)) return sqlite3_result_null(context);
  const bool fold = sqlite3_user_data(context) != nullptr;
  std::unique_ptr<LikePattern> fresh;
  const LikePattern* pattern = compiled_argument(context, fresh, [&]() -> std::unique_ptr<LikePattern> {
    char escape = '\\';
    if (argc > kEscapeArgument) {
      const std::string_view text = text_of(argv[kEscapeArgument]);
      if (text.size() > 1) return nullptr;
      escape = text.empty() ? '\0' : text[0];
    }
    auto compiled = LikePattern::compile(text_of(argv[0]), escape, fold);
    return compiled ? std::make_unique<LikePattern>(std::move(*compiled)) : nullptr;
  });
  if (pattern == nullptr) return sqlite3_result_error(context, "kp:22025:LIKE pattern is too long or ends with its escape character", -1);
  const std::string_view text = text_of(argv[1]);
  const bool matches = fold ? pattern->matches(fold_case(text)) : pattern->matches(text);
  sqlite3_result_int(context, matches ? 1 : 0);
  keep(context, std::move(fresh));
}

void regexp(sqlite3_context* context, int argc, sqlite3_value** argv) {
  if (any_null(argc, argv)) return sqlite3_result_null(context);
  std::unique_ptr<RE2> fresh;
  const RE2* pattern = compiled_argument(context, fresh, [&]() -> std::unique_ptr<RE2> {
    const std::string_view text = text_of(argv[0]);
    if (text.size() > kRegexPatternBytes) return nullptr;
    RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(kRegexMemoryBytes);
    options.set_case_sensitive(sqlite3_user_data(context) == nullptr);
    return std::make_unique<RE2>(re2::StringPiece(text.data(), text.size()), options);
  });
  if (pattern == nullptr || !pattern->ok()) return sqlite3_result_error(context, "kp:2201B:invalid regular expression", -1);
  const std::string_view text = text_of(argv[1]);
  sqlite3_result_int(context, RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *pattern) ? 1 : 0);
  keep(context, std::move(fresh));
}

struct FunctionRow {
  const char* name;
  int arguments;
  void (*call)(sqlite3_context*, int, sqlite3_value**);
  bool fold;
};

constexpr FunctionRow kFunctions[] = {
    {"like", 2, like, false}, {"like", 3, like, false},     {"ilike", 2, like, true},
    {"ilike", 3, like, true}, {"regexp", 2, regexp, false}, {"iregexp", 2, regexp, true},
};

}  // namespace

Result<void> register_functions(sqlite3* database) {
  static int fold_marker = 0;
  for (const FunctionRow& row : kFunctions) {
    void* marker = row.fold ? &fold_marker : nullptr;
    const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
    const int code = sqlite3_create_function_v2(database, row.name, row.arguments, flags, marker, row.call, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) return fail(sqlite_error(database, code));
  }
  return {};
}

}  // namespace kingpost::store
