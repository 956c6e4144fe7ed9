// The ceiling of the SQLite shapes: cached statements inline in a bare loop, one read transaction a tick.
// Usage: ceiling_sqlite PORT DATABASE; answers /point/ID, /list/CATEGORY, /nested/ORDER.
#include <sqlite3.h>

#include <charconv>
#include <cstdio>

#include "epoll_loop.hpp"

namespace {

constexpr const char* kProduct = "p.id,p.sku,p.name,p.description,p.price,p.category_id,p.created_at,p.stock";

class Shop {
 public:
  explicit Shop(const char* path) {
    if (sqlite3_open_v2(path, &db_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr) != SQLITE_OK) std::abort();
    sqlite3_exec(db_, "pragma journal_mode=wal; pragma cache_size=-65536; pragma mmap_size=268435456;", nullptr, nullptr, nullptr);
    const std::string columns = kProduct;
    begin_ = prepare("begin");
    commit_ = prepare("commit");
    point_ = prepare("select " + columns + " from product p where id=?");
    list_ = prepare("select " + columns +
                    ",c.id,c.name from product p join category c on c.id=p.category_id where p.category_id=? "
                    "order by p.price desc,p.id limit 20");
    order_ = prepare("select id,customer,status,created_at,total from \"order\" where id=?");
    items_ = prepare("select i.id,i.qty,i.unit_price," + columns + " from order_item i join product p on p.id=i.product_id where i.order_id=?");
  }

  void answer(std::string_view target, std::string& out) {
    body_.clear();
    if (!open_) step_once(begin_);
    open_ = true;
    const std::size_t slash = target.rfind('/');
    int key = 0;
    std::from_chars(target.data() + slash + 1, target.data() + target.size(), key);
    if (target.starts_with("/point")) {
      point(key);
    } else if (target.starts_with("/list")) {
      list(key);
    } else {
      nested(key);
    }
    kingpost::bench::append_answer(out, body_);
  }

  void end_tick() {
    if (open_) step_once(commit_);
    open_ = false;
  }

 private:
  sqlite3_stmt* prepare(const std::string& sql) {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v3(db_, sql.c_str(), -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr) != SQLITE_OK) {
      std::fprintf(stderr, "%s\n", sqlite3_errmsg(db_));
      std::abort();
    }
    return statement;
  }
  static void step_once(sqlite3_stmt* statement) {
    sqlite3_step(statement);
    sqlite3_reset(statement);
  }

  void number(const char* name, sqlite3_stmt* row, int column) {
    body_ += name;
    std::array<char, 24> digits{};
    body_.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), sqlite3_column_int64(row, column)).ptr);
  }
  void text(const char* name, sqlite3_stmt* row, int column) {
    body_ += name;
    body_ += '"';
    const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(row, column));
    for (const char byte : std::string_view(bytes, static_cast<std::size_t>(sqlite3_column_bytes(row, column)))) {
      if (byte == '"' || byte == '\\') body_ += '\\';
      body_ += byte;
    }
    body_ += '"';
  }
  void product(sqlite3_stmt* row, int first) {
    number("{\"id\":", row, first);
    text(",\"sku\":", row, first + 1);
    text(",\"name\":", row, first + 2);
    text(",\"description\":", row, first + 3);
    number(",\"price\":", row, first + 4);
    number(",\"category_id\":", row, first + 5);
    text(",\"created_at\":", row, first + 6);
    number(",\"stock\":", row, first + 7);
  }

  void point(int key) {
    sqlite3_bind_int(point_, 1, key);
    body_ += '[';
    if (sqlite3_step(point_) == SQLITE_ROW) {
      product(point_, 0);
      body_ += '}';
    }
    body_ += ']';
    sqlite3_reset(point_);
  }
  void list(int key) {
    sqlite3_bind_int(list_, 1, key);
    body_ += '[';
    while (sqlite3_step(list_) == SQLITE_ROW) {
      if (body_.back() != '[') body_ += ',';
      product(list_, 0);
      number(",\"category\":{\"id\":", list_, 8);
      text(",\"name\":", list_, 9);
      body_ += "}}";
    }
    body_ += ']';
    sqlite3_reset(list_);
  }
  void nested(int key) {
    sqlite3_bind_int(order_, 1, key);
    if (sqlite3_step(order_) == SQLITE_ROW) {
      number("[{\"id\":", order_, 0);
      text(",\"customer\":", order_, 1);
      text(",\"status\":", order_, 2);
      text(",\"created_at\":", order_, 3);
      number(",\"total\":", order_, 4);
    }
    sqlite3_reset(order_);
    body_ += ",\"items\":[";
    sqlite3_bind_int(items_, 1, key);
    while (sqlite3_step(items_) == SQLITE_ROW) {
      if (body_.back() != '[') body_ += ',';
      number("{\"id\":", items_, 0);
      number(",\"qty\":", items_, 1);
      number(",\"unit_price\":", items_, 2);
      body_ += ",\"product\":";
      product(items_, 3);
      body_ += "}}";
    }
    body_ += "]}]";
    sqlite3_reset(items_);
  }

  sqlite3* db_ = nullptr;
  sqlite3_stmt *begin_ = nullptr, *commit_ = nullptr, *point_ = nullptr, *list_ = nullptr, *order_ = nullptr, *items_ = nullptr;
  std::string body_;
  bool open_ = false;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  Shop shop(argv[2]);
  kingpost::bench::EpollLoop loop(static_cast<std::uint16_t>(std::atoi(argv[1])));
  loop.run([&shop](std::string_view target, std::string& out) { shop.answer(target, out); }, [&shop] { shop.end_tick(); });
}
