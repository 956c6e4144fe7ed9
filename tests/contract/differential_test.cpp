#include <gtest/gtest.h>

#include <random>

#include "databases.hpp"

namespace kingpost::contract {
namespace {

/// Random but repeatable reads of the suite's shop.
class Generator {
 public:
  explicit Generator(std::uint32_t seed) : random_(seed) {}

  Exchange next() {
    Exchange exchange;
    exchange.caller = pick({"anonymous", "ada", "bob", "mia", "sue", "dev"});
    exchange.method = "GET";
    const bool orders = exchange.caller != "anonymous" && chance(3);
    exchange.target = orders ? order_target() : product_target();
    return exchange;
  }

 private:
  std::string pick(const std::vector<std::string>& choices) { return choices[random_() % choices.size()]; }
  bool chance(std::uint32_t one_in) { return random_() % one_in == 0; }

  std::string product_condition() {
    return pick({"price", "price", "stock", "weight", "name", "active", "released", "sku", "tags", "attributes->>color", "on_offer"});
  }

  /// `column.op.value` with the value's dots and commas quoted where a tree needs it.
  std::string condition(char separator) {
    const auto column = product_condition();
    std::string rest;
    if (column == "price" || column == "stock" || column == "weight") {
      const auto value = column == "stock" ? pick({"0", "5", "7"}) : pick({"\"12.50\"", "9", "\"0.5\"", "100"});
      rest = pick({"eq.", "neq.", "lt.", "lte.", "gt.", "gte.", "isdistinct."}) + unquoted(value, separator);
    } else if (column == "name" || column == "sku" || column == "attributes->>color") {
      rest = pick({"like.*a*", "ilike.*A*", "eq.A-1", "in.(A-1,B-1,red)", "neq.red", "gt.B", "like(any).{*r,A*}", "like(all).{*a*,*m*}"});
    } else if (column == "tags") {
      rest = pick({"cs.{steel}", "cd.{steel,heavy,x}", "ov.{heavy,y}", "is.null"});
    } else if (column == "released") {
      rest = pick({"gt.2024-06-01", "eq.2024-01-02", "is.null", "not_null"});
      if (rest == "not_null") rest = "not.is.null";
      if (rest.starts_with("not.")) return column + separator + rest;
    } else {
      rest = pick({"is.true", "is.false", "is.null", "is.unknown"});
    }
    return column + separator + (chance(4) ? "not." : "") + rest;
  }

  static std::string unquoted(const std::string& value, char separator) {
    if (separator == '.') return value;
    return value.front() == '"' ? value.substr(1, value.size() - 2) : value;
  }

  std::string tree(int depth) {
    std::string out = "(";
    const auto count = 1 + random_() % 3;
    for (std::uint32_t i = 0; i < count; ++i) {
      if (i != 0) out += ',';
      out += depth > 0 && chance(3) ? pick({"and", "or", "not.and", "not.or"}) + tree(depth - 1) : condition('.');
    }
    return out + ")";
  }

  std::string product_target() {
    std::string target = "/product?select=" + pick({"sku,price", "id,name,attributes->size", "sku,on_offer,tags", "sku,weight"});
    target += pick({"", ",category(name)", ",category(name,parent(name))", ",labels(name)", ",category!inner(name)", ",labels!inner(name)",
                    ",...category(cat:name)", ",category(name,children(name))"});
    const bool labelled = target.find(",labels") != std::string::npos;
    if (labelled && chance(2))
      target += pick({"&labels.name=eq.hot", "&labels.limit=1", "&labels.order=name.desc", "&labels=is.null", "&labels=not.is.null"});
    if (chance(2)) target += "&" + condition('=');
    if (chance(2)) target += "&" + pick({"or=", "and=", "not.or=", "not.and="}) + tree(2);
    if (chance(2)) target += "&order=" + pick({"weight", "weight.desc", "price.desc", "released.desc.nullslast", "name,price", "stock.desc,sku"});
    if (chance(4)) target += "&limit=2";
    if (chance(6)) target += "&offset=1";
    return target;
  }

  std::string order_target() {
    std::string target = "/order?select=total,status" + pick({"", ",secret", ",note"});
    target += pick({"", ",items(quantity,unit_price)", ",items(product(sku,category(name)))", ",items!inner(quantity)", ",customer(email)"});
    if (target.find("items") != std::string::npos && chance(2))
      target += pick({"&items.unit_price=gt.9", "&items.order=unit_price.desc&items.limit=1"});
    if (chance(2)) target += "&" + pick({"total=gt.10", "secret=not.is.null", "secret=eq.ada only", "note=is.null", "status=in.(placed,paid)"});
    if (chance(2)) target += "&order=" + pick({"total", "note.desc", "created_at.desc", "status,total.desc"});
    return target;
  }

  std::mt19937 random_;
};

void compare_with_oracle(Backend& backend) {
  constexpr int kRequests = 400;
  const auto suite = load_suite(cases_path("contract/reads.cases.yaml"));
  const auto oracle = make_oracle_backend();
  oracle->reset(suite);
  backend.reset(suite);
  Generator generator(20'240'501);
  int answered = 0;
  for (int i = 0; i < kRequests; ++i) {
    const auto exchange = generator.next();
    const auto expected = oracle->call(suite, exchange);
    const auto actual = backend.call(suite, exchange);
    const auto what = backend.name() + ": GET " + exchange.target + " as " + exchange.caller;
    ASSERT_EQ(canonical_json(actual.response.body), canonical_json(expected.response.body)) << what;
    if (actual.response.status < 300) ++answered;
  }
  std::printf("[ contract ] %s: %d random reads agree with the oracle, %d of them answered with rows or none\n", backend.name().c_str(), kRequests,
              answered);
  EXPECT_GT(answered, kRequests / 2);
}

TEST(Differential, SqliteAgreesWithTheOracle) {
  const auto backend = make_sqlite_backend();
  compare_with_oracle(*backend);
}

TEST(Differential, PostgresAgreesWithTheOracle) {
  const auto backend = make_postgres_backend();
  if (backend == nullptr) GTEST_SKIP() << "PostgreSQL is NOT tested here";
  compare_with_oracle(*backend);
}

}  // namespace
}  // namespace kingpost::contract
