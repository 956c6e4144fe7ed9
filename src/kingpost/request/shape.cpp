#include <algorithm>

#include "kingpost/request/request.hpp"

namespace kingpost::request {
namespace {

constexpr std::size_t kTypicalBytes = 256;

/// Writes a shape: every text with its length before it, so that no two shapes share a key.
class ShapeWriter {
 public:
  ShapeWriter() { out_.reserve(kTypicalBytes); }
  void text(std::string_view value) {
    number(value.size());
    out_ += value;
  }
  void number(std::uint64_t value) {
    do {
      out_ += static_cast<char>((value & 0x7FU) | (value > 0x7FU ? 0x80U : 0U));
      value >>= 7U;
    } while (value != 0);
  }
  void flag(bool value) { out_ += value ? '1' : '0'; }
  template <typename Enum>
  void word(Enum value) {
    out_ += static_cast<char>('A' + static_cast<int>(value));
  }
  void bound(const std::optional<std::uint64_t>& value) {
    flag(value.has_value());
    if (value) number(*value);
  }
  void texts(const std::vector<std::string>& values) {
    number(values.size());
    for (const auto& value : values) text(value);
  }
  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

void write_path(ShapeWriter& out, const ColumnPath& path) {
  out.text(path.column);
  out.number(path.steps.size());
  for (const auto& step : path.steps) {
    out.flag(step.is_position);
    if (step.is_position) {
      out.number(static_cast<std::uint64_t>(step.position));
    } else {
      out.text(step.member);
    }
  }
  out.flag(path.as_text);
}

void write_filter(ShapeWriter& out, const Filter& filter) {
  out.word(filter.kind);
  out.flag(filter.negated);
  if (filter.kind == FilterKind::kCompare || filter.kind == FilterKind::kEmbedNull) {
    out.word(filter.op);
    out.word(filter.quantifier);
    write_path(out, filter.path);
    out.number(filter.value.index);
    out.text(filter.language);
  }
  out.number(filter.children.size());
  for (const auto& child : filter.children) write_filter(out, child);
}

void write_node(ShapeWriter& out, const ReadNode& node) {
  out.text(node.name);
  out.text(node.hint);
  out.flag(node.inner);
  out.flag(node.spread);
  out.flag(node.empty);
  out.number(node.select.size());
  for (const auto& item : node.select) {
    out.word(item.kind);
    out.text(item.alias);
    write_path(out, item.path);
    out.text(item.cast);
    out.flag(item.embed != nullptr);
    if (item.embed) write_node(out, *item.embed);
  }
  out.flag(node.where.has_value());
  if (node.where) write_filter(out, *node.where);
  out.number(node.order.size());
  for (const auto& term : node.order) {
    write_path(out, term.path);
    out.text(term.relation);
    out.flag(term.descending);
    out.word(term.nulls);
  }
  out.bound(node.limit);
  out.bound(node.offset);
}

}  // namespace

std::string shape_of(const Request& request) {
  ShapeWriter out;
  out.word(request.operation);
  out.text(request.contract);
  write_node(out, request.root);
  out.word(request.count);
  out.word(request.returning);
  out.word(request.resolution);
  out.flag(request.count_only);
  out.flag(request.singular);
  out.flag(request.missing_default);
  out.flag(request.want_version);
  out.flag(request.has_if_match);
  out.texts(request.on_conflict);
  out.texts(request.columns);
  out.flag(request.has_columns);
  out.flag(request.has_cursor);
  out.flag(request.idempotent);
  out.texts(request.rows.columns);
  return out.take();
}

bool Principal::has_role(std::string_view role) const noexcept { return std::binary_search(roles.begin(), roles.end(), role, std::less<>()); }

std::string shape_of(const Principal& principal) {
  ShapeWriter out;
  out.flag(principal.user.has_value());
  out.flag(principal.tenant.has_value());
  out.flag(principal.admin);
  out.flag(principal.system);
  out.texts(principal.roles);
  return out.take();
}

}  // namespace kingpost::request
