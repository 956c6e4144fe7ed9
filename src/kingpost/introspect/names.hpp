#pragma once

#include <set>
#include <string>
#include <string_view>

namespace kingpost::introspect {

/// A model name of a database name: `InvoiceLine` is invoice_line, `HTTP Server` is http_server; `otherwise` when nothing is left of it.
[[nodiscard]] std::string model_name(std::string_view name, std::string_view otherwise);

/// Cut so that a suffix still fits into the language's 63 bytes.
[[nodiscard]] std::string fit_model_name(std::string name);

/// `category` is categories; good enough for names that people may change.
[[nodiscard]] std::string plural_of(const std::string& name);

/// Hands out names once: the second `name` is name_2.
class NameSet {
 public:
  [[nodiscard]] bool taken(const std::string& name) const { return names_.count(name) != 0; }
  void reserve(std::string name) { names_.insert(std::move(name)); }
  [[nodiscard]] std::string take(const std::string& name);

 private:
  std::set<std::string> names_;
};

}  // namespace kingpost::introspect
