#include <algorithm>
#include <utility>

#include "kingpost/base/text.hpp"
#include "kingpost/dialect/codec.hpp"
#include "kingpost/sql/array_literal.hpp"
#include "kingpost/sql/sql.hpp"

namespace kingpost::sql {
namespace {

/// Refused members that one answer lists at most.
constexpr std::size_t kMaxFieldErrors = 50;

std::string pointer_of(const request::Request& request, std::size_t row, const std::string& name) {
  std::string pointer = request.rows_are_array ? "/" + std::to_string(row) + "/" : "/";
  for (const char c : name) {
    if (c == '~') {
      pointer += "~0";
    } else if (c == '/') {
      pointer += "~1";
    } else {
      pointer += c;
    }
  }
  return pointer;
}

/// PostgREST writes * for % in patterns.
RawValue like_pattern(const RawValue& raw) {
  auto pattern = raw;
  std::replace(pattern.text.begin(), pattern.text.end(), '*', '%');
  return pattern;
}

class Binder {
 public:
  Binder(const Program& program, const request::Request& request, const request::Principal& principal, const ir::System& system)
      : program_(program), request_(request), principal_(principal), context_{&system, program.database} {}

  Result<Binding> bind(std::int64_t now_us);

 private:
  Result<void> encode_rows();
  Result<Datum> encode_cell(const RowColumn& column, std::size_t row);
  Result<Datum> fill(const RowColumn& column);
  Result<void> bind_param(const Param& param, BoundValue& out);
  Result<void> bind_list(const Param& param, BoundValue& out);
  Result<void> bind_filter(const Param& param, const RawValue& raw, Datum& out);
  Result<Datum> encode(const cel::Value& value, const ir::LogicalType& type, const ir::Storage& storage) {
    return dialect::encode(value, type, storage, context_);
  }
  Result<const RawValue*> value_at(std::uint32_t slot) const;
  void refuse(std::size_t row, const RowColumn& column, const Error& error);

  const Program& program_;
  const request::Request& request_;
  const request::Principal& principal_;
  dialect::EncodeContext context_;
  std::int64_t now_us_ = 0;
  std::vector<std::vector<Datum>> columns_;  ///< encoded rows, by row column
  std::vector<std::size_t> uses_;            ///< parameters that still want a row column
  std::optional<Error> refused_;
};

void Binder::refuse(std::size_t row, const RowColumn& column, const Error& error) {
  if (!refused_) refused_ = error;
  if (refused_->errors.size() < kMaxFieldErrors) refused_->errors.push_back({pointer_of(request_, row, column.name), error.code, error.message});
}

Result<Datum> Binder::fill(const RowColumn& column) {
  switch (column.fill) {
    case RowColumn::Fill::kNone:
      return Datum{};
    case RowColumn::Fill::kConstant:
      return column.fill_value;
    case RowColumn::Fill::kUuidV7:
      return encode(cel::Value{make_uuid_v7(now_us_ / 1'000)}, column.type, column.storage);
    case RowColumn::Fill::kNow:
      return encode(cel::Value{cel::Timestamp{now_us_}}, column.type, column.storage);
    case RowColumn::Fill::kTenant:
      if (principal_.tenant) return encode(cel::Value{*principal_.tenant}, column.type, column.storage);
      return Datum{};
    case RowColumn::Fill::kAuthUser:
      if (principal_.user) return encode(cel::Value{*principal_.user}, column.type, column.storage);
      return Datum{};
  }
  return Datum{};
}

Result<Datum> Binder::encode_cell(const RowColumn& column, std::size_t row) {
  const bool sent = column.source >= 0;
  const auto* raw = sent ? &request_.rows.cell(row, static_cast<std::size_t>(column.source)) : nullptr;
  auto datum = sent && raw->kind != RawValue::Kind::kAbsent ? dialect::encode(*raw, column.type, column.storage, context_) : fill(column);
  if (!datum) return datum;
  if (!column.nullable && std::holds_alternative<std::monostate>(*datum)) {
    return fail(ErrorKind::kInvalidArgument, "23502", "null value in column \"" + column.name + "\" violates not-null constraint");
  }
  return datum;
}

Result<void> Binder::encode_rows() {
  const auto rows = request_.rows.row_count;
  columns_.resize(program_.row_columns.size());
  for (auto& column : columns_) column.reserve(rows);
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t i = 0; i < program_.row_columns.size(); ++i) {
      const auto& column = program_.row_columns[i];
      auto datum = encode_cell(column, row);
      if (!datum) {
        refuse(row, column, datum.error());
        columns_[i].emplace_back();
        continue;
      }
      columns_[i].push_back(std::move(*datum));
    }
  }
  if (refused_) return fail(std::move(*refused_));
  uses_.assign(columns_.size(), 0);
  for (const auto& step : program_.steps) {
    for (const auto& param : step.params) {
      if (param.kind == ParamKind::kRows) ++uses_[param.column];
    }
  }
  return {};
}

Result<const RawValue*> Binder::value_at(std::uint32_t slot) const {
  if (slot < request_.values.size()) return &request_.values[slot];
  return fail(ErrorKind::kInternal, "XX000", "the request lacks a value of its own shape");
}

Result<void> Binder::bind_filter(const Param& param, const RawValue& raw, Datum& out) {
  RawValue converted;
  const auto* value = &raw;
  // A filter's value arrives as text: of a json column it is JSON text, of a list an array literal or a JSON array.
  if (raw.kind == RawValue::Kind::kText && (param.type.scalar == ir::Scalar::kJson || param.type.scalar == ir::Scalar::kList)) {
    converted.kind = RawValue::Kind::kJson;
    converted.text = raw.text;
    if (param.type.scalar == ir::Scalar::kList && raw.text.starts_with('{')) {
      auto array = array_literal_to_json(raw.text, param.type.element.get());
      if (!array) return fail(std::move(array.error()));
      converted.text = std::move(*array);
    }
    value = &converted;
  }
  auto datum = dialect::encode(*value, param.type, param.storage, context_);
  if (!datum) return fail(std::move(datum.error()));
  out = std::move(*datum);
  return {};
}

Result<void> Binder::bind_list(const Param& param, BoundValue& out) {
  out.is_list = true;
  if (param.kind == ParamKind::kRows) {
    auto& column = columns_[param.column];
    // The last parameter that wants a column takes it.
    out.list = --uses_[param.column] == 0 ? std::move(column) : column;
    return {};
  }
  if (param.slot >= request_.lists.size()) return fail(ErrorKind::kInternal, "XX000", "the request lacks a list of its own shape");
  const auto& list = request_.lists[param.slot];
  out.list.reserve(list.size());
  for (const auto& raw : list) {
    Datum datum;
    auto done = param.kind == ParamKind::kLikeList ? bind_filter(param, like_pattern(raw), datum) : bind_filter(param, raw, datum);
    if (!done) return done;
    out.list.push_back(std::move(datum));
  }
  return {};
}

Result<void> Binder::bind_param(const Param& param, BoundValue& out) {
  const auto keep = [&](Result<Datum> datum) -> Result<void> {
    if (!datum) return fail(std::move(datum.error()));
    out.scalar = std::move(*datum);
    return {};
  };
  switch (param.kind) {
    case ParamKind::kConstant:
      out.scalar = param.constant;
      return {};
    case ParamKind::kKeys:
      out.is_list = true;
      return {};
    case ParamKind::kKey:
      return {};
    case ParamKind::kValue:
    case ParamKind::kLikePattern: {
      auto raw = value_at(param.slot);
      if (!raw) return fail(std::move(raw.error()));
      return param.kind == ParamKind::kValue ? bind_filter(param, **raw, out.scalar) : bind_filter(param, like_pattern(**raw), out.scalar);
    }
    case ParamKind::kList:
    case ParamKind::kLikeList:
    case ParamKind::kRows:
      return bind_list(param, out);
    case ParamKind::kRow:
      out.scalar = columns_[param.column].front();
      return {};
    case ParamKind::kCursor:
      if (param.slot >= request_.cursor.size())
        return fail(ErrorKind::kInvalidArgument, "kp-cursor", "the cursor does not fit the order of the request");
      return bind_filter(param, request_.cursor[param.slot], out.scalar);
    case ParamKind::kAuthUser:
      if (!principal_.user) return fail(ErrorKind::kUnauthenticated, "42501", "the caller is anonymous");
      return keep(encode(cel::Value{*principal_.user}, param.type, param.storage));
    case ParamKind::kAuthTenant:
      if (!principal_.tenant) return fail(ErrorKind::kPermissionDenied, "42501", "the caller belongs to no tenant");
      return keep(encode(cel::Value{*principal_.tenant}, param.type, param.storage));
    case ParamKind::kNow:
      return keep(encode(cel::Value{cel::Timestamp{now_us_}}, param.type, param.storage));
  }
  return {};
}

Result<Binding> Binder::bind(std::int64_t now_us) {
  now_us_ = now_us;
  Binding binding;
  binding.row_count = request_.rows.row_count;
  // DEFAULT VALUES makes one row, however many were sent.
  if (request_.operation == request::Operation::kInsert && program_.row_columns.empty() && binding.row_count != 1) {
    Error error = make_error(ErrorKind::kInvalidArgument, "PGRST102", "Rows without any value are inserted one a request");
    error.hint = "Send one object, or name a column with ?columns=.";
    return fail(std::move(error));
  }
  if (request_.operation == request::Operation::kUpdate && binding.row_count != 1) {
    return fail(ErrorKind::kInvalidArgument, "PGRST102", "An update takes exactly one object");
  }
  if (!program_.row_columns.empty()) {
    if (auto encoded = encode_rows(); !encoded) return fail(std::move(encoded.error()));
  }
  binding.steps.resize(program_.steps.size());
  for (std::size_t i = 0; i < program_.steps.size(); ++i) {
    const auto& params = program_.steps[i].params;
    auto& values = binding.steps[i];
    values.resize(params.size());
    for (std::size_t k = 0; k < params.size(); ++k) {
      if (auto done = bind_param(params[k], values[k]); !done) return fail(std::move(done.error()));
    }
  }
  binding.if_match = request_.if_match;
  return binding;
}

}  // namespace

Result<Binding> bind_request(const Program& program, const request::Request& request, const request::Principal& principal, const ir::System& system,
                             std::int64_t now_us) {
  return Binder(program, request, principal, system).bind(now_us);
}

}  // namespace kingpost::sql
