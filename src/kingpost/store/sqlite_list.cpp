#include "kingpost/store/sqlite_list.hpp"

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <new>
#include <string_view>
#include <variant>

#include "kingpost/store/sqlite_error.hpp"

namespace kingpost::store {
namespace {

constexpr char kPointerType[] = "kp_list";
constexpr int kValueColumn = 0;
constexpr int kPositionColumn = 1;
constexpr int kPointerColumn = 2;
constexpr int kByPosition = 1;
constexpr double kScanCost = 25;

struct Cursor {
  sqlite3_vtab_cursor base{};
  const ListSource* source = nullptr;
  std::size_t at = 0;
  std::size_t end = 0;
};

Cursor* cursor_of(sqlite3_vtab_cursor* cursor) { return reinterpret_cast<Cursor*>(cursor); }

int disconnect(sqlite3_vtab* table) {
  delete table;
  return SQLITE_OK;
}

int best_index(sqlite3_vtab* /*table*/, sqlite3_index_info* info) {
  int pointer = -1;
  int position = -1;
  for (int i = 0; i < info->nConstraint; ++i) {
    const auto& constraint = info->aConstraint[i];
    if (constraint.op != SQLITE_INDEX_CONSTRAINT_EQ) continue;
    if (constraint.iColumn == kPointerColumn) {
      // Without its argument the function has no rows to offer, so no plan may leave it for later.
      if (constraint.usable == 0) return SQLITE_CONSTRAINT;
      pointer = i;
    } else if (constraint.iColumn == kPositionColumn && constraint.usable != 0) {
      position = i;
    }
  }
  if (pointer < 0) return SQLITE_CONSTRAINT;
  info->aConstraintUsage[pointer].argvIndex = 1;
  info->aConstraintUsage[pointer].omit = 1;
  info->estimatedCost = kScanCost;
  info->estimatedRows = static_cast<sqlite3_int64>(kScanCost);
  if (position >= 0) {
    info->aConstraintUsage[position].argvIndex = 2;
    info->idxNum = kByPosition;
    info->estimatedCost = 1;
    info->estimatedRows = 1;
    info->idxFlags = SQLITE_INDEX_SCAN_UNIQUE;
  }
  if (info->nOrderBy == 1 && info->aOrderBy[0].iColumn == kPositionColumn && info->aOrderBy[0].desc == 0) info->orderByConsumed = 1;
  return SQLITE_OK;
}

int open_cursor(sqlite3_vtab* /*table*/, sqlite3_vtab_cursor** cursor) {
  auto* fresh = new (std::nothrow) Cursor{};
  if (fresh == nullptr) return SQLITE_NOMEM;
  *cursor = &fresh->base;
  return SQLITE_OK;
}

int close_cursor(sqlite3_vtab_cursor* cursor) {
  delete cursor_of(cursor);
  return SQLITE_OK;
}

int filter(sqlite3_vtab_cursor* base, int index, const char* /*text*/, int argc, sqlite3_value** argv) {
  Cursor* cursor = cursor_of(base);
  cursor->source = static_cast<const ListSource*>(sqlite3_value_pointer(argv[0], kPointerType));
  cursor->at = 0;
  cursor->end = cursor->source == nullptr ? 0 : cursor->source->size();
  if (index == kByPosition && argc > 1) {
    const sqlite3_int64 position = sqlite3_value_type(argv[1]) == SQLITE_INTEGER ? sqlite3_value_int64(argv[1]) : 0;
    if (position < 1 || static_cast<std::uint64_t>(position) > cursor->end) {
      cursor->end = 0;
    } else {
      cursor->at = static_cast<std::size_t>(position) - 1;
      cursor->end = cursor->at + 1;
    }
  }
  return SQLITE_OK;
}

int next(sqlite3_vtab_cursor* cursor) {
  ++cursor_of(cursor)->at;
  return SQLITE_OK;
}

int at_end(sqlite3_vtab_cursor* base) {
  const Cursor* cursor = cursor_of(base);
  return cursor->at >= cursor->end ? 1 : 0;
}

// The source outlives the statement's run, so SQLite may point into it (a null destructor is SQLITE_STATIC).
void answer_bytes(sqlite3_context* context, std::string_view bytes, bool text) {
  if (text) {
    // A null pointer would be NULL, not the empty text.
    sqlite3_result_text64(context, bytes.empty() ? "" : bytes.data(), bytes.size(), nullptr, SQLITE_UTF8);
  } else if (bytes.empty()) {
    sqlite3_result_zeroblob(context, 0);
  } else {
    sqlite3_result_blob64(context, bytes.data(), bytes.size(), nullptr);
  }
}

void answer_datum(sqlite3_context* context, const Datum& datum) {
  if (const auto* integer = std::get_if<std::int64_t>(&datum)) return sqlite3_result_int64(context, *integer);
  if (const auto* real = std::get_if<double>(&datum)) return sqlite3_result_double(context, *real);
  if (const auto* text = std::get_if<std::string>(&datum)) return answer_bytes(context, *text, true);
  if (const auto* blob = std::get_if<Blob>(&datum)) return answer_bytes(context, blob->bytes, false);
  sqlite3_result_null(context);
}

void answer_cell(sqlite3_context* context, const CellView& cell) {
  switch (cell.kind) {
    case CellView::Kind::kNull:
      return sqlite3_result_null(context);
    case CellView::Kind::kInt:
      return sqlite3_result_int64(context, cell.integer);
    case CellView::Kind::kReal:
      return sqlite3_result_double(context, cell.real);
    case CellView::Kind::kText:
      return answer_bytes(context, cell.bytes, true);
    case CellView::Kind::kBlob:
      return answer_bytes(context, cell.bytes, false);
  }
}

int column(sqlite3_vtab_cursor* base, sqlite3_context* context, int index) {
  const Cursor* cursor = cursor_of(base);
  if (index == kPositionColumn) {
    sqlite3_result_int64(context, static_cast<sqlite3_int64>(cursor->at) + 1);
  } else if (index == kValueColumn && cursor->source->values != nullptr) {
    answer_datum(context, (*cursor->source->values)[cursor->at]);
  } else if (index == kValueColumn) {
    answer_cell(context, cursor->source->rows->at(cursor->at, cursor->source->column).view());
  }
  return SQLITE_OK;
}

int rowid(sqlite3_vtab_cursor* base, sqlite3_int64* id) {
  *id = static_cast<sqlite3_int64>(cursor_of(base)->at) + 1;
  return SQLITE_OK;
}

// xCreate stays null: the table is eponymous only, nothing is ever stored in a schema.
constexpr sqlite3_module make_module() {
  sqlite3_module module{};
  module.iVersion = 0;
  // SQLite dictates the six parameters.
  module.xConnect = [](sqlite3* database, void* /*unused*/, int /*argc*/, const char* const* /*argv*/, sqlite3_vtab** table, char** /*message*/) {
    const int code = sqlite3_declare_vtab(database, "create table x(value, position integer, pointer hidden)");
    if (code != SQLITE_OK) return code;
    sqlite3_vtab_config(database, SQLITE_VTAB_INNOCUOUS);
    *table = new (std::nothrow) sqlite3_vtab{};
    return *table == nullptr ? SQLITE_NOMEM : SQLITE_OK;
  };
  module.xBestIndex = best_index;
  module.xDisconnect = disconnect;
  module.xOpen = open_cursor;
  module.xClose = close_cursor;
  module.xFilter = filter;
  module.xNext = next;
  module.xEof = at_end;
  module.xColumn = column;
  module.xRowid = rowid;
  return module;
}

constexpr sqlite3_module kModule = make_module();

}  // namespace

Result<void> register_list(sqlite3* database) {
  const int code = sqlite3_create_module_v2(database, "kp_list", &kModule, nullptr, nullptr);
  if (code != SQLITE_OK) return fail(sqlite_error(database, code));
  return {};
}

int bind_list(sqlite3_stmt* statement, int index, ListSource* source) {
  return sqlite3_bind_pointer(statement, index, source, kPointerType, nullptr);
}

}  // namespace kingpost::store
