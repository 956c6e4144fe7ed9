#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "kingpost/foreign/api_facts.hpp"
#include "kingpost/foreign/yaml_value.hpp"

namespace kingpost::foreign {

/// The JSON schemas of one OpenAPI document: references followed, compositions flattened. Lives as long as the document.
class SchemaReader {
 public:
  SchemaReader(const Value& root, FileIndex file) : root_(root), file_(file) {}

  /// The value that a chain of references inside the document ends at; null where it leaves the document, is broken or runs in a circle.
  const Value& follow(const Value& value);
  /// The name of the schema that is referred to; empty without a reference.
  [[nodiscard]] static std::string name_of(const Value& schema);
  /// Members of an object, allOf, oneOf and anyOf taken together; objects written inside it follow with their path as name.
  std::vector<ApiMember> members_of(const Value& schema);
  /// One property or parameter.
  ApiMember member(const std::string& name, const Value& schema, const Span& span);
  /// The schema of a list's items, a null value when it is no list.
  const Value& items_of(const Value& schema);
  /// Calls `visit` for the pointer of every schema below, once in the life of `seen`.
  void reach(const Value& schema, std::unordered_set<const Value*>& seen);

  [[nodiscard]] std::size_t references_elsewhere() const noexcept { return elsewhere_; }
  [[nodiscard]] FileIndex file() const noexcept { return file_; }

 private:
  struct Walk {
    std::vector<ApiMember> members;
    std::unordered_set<const Value*> open;
    std::size_t depth = 0;
  };
  const Value& resolve(const std::string& reference);
  void collect(const Value& schema, const std::string& prefix, Walk& walk);
  void collect_properties(const Value& schema, const std::string& prefix, Walk& walk);

  const Value& root_;
  FileIndex file_;
  std::unordered_map<std::string, const Value*> resolved_;
  std::size_t elsewhere_ = 0;
};

}  // namespace kingpost::foreign
