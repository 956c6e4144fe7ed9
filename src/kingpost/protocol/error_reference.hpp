#pragma once

#include <span>
#include <string>
#include <string_view>

#include "kingpost/base/error.hpp"

namespace kingpost::protocol {

/// Where an error comes from; also the order of the reference's sections.
enum class ErrorSource { kHttp, kCaller, kQuery, kWrite, kValue, kDatabase, kCommand };

/// One code that an answer of the API, or a command, may carry.
struct ErrorRow {
  ErrorSource source = ErrorSource::kQuery;
  std::string_view code;
  ErrorKind kind = ErrorKind::kInternal;
  /// When not 0, the status that the error carries itself.
  int own_status = 0;
  std::string_view meaning;
  std::string_view mend;
};

/// Every code, by source and then in the order of reading.
[[nodiscard]] std::span<const ErrorRow> error_rows() noexcept;

/// The HTTP status of a row, found as it is for a request: by http_status().
[[nodiscard]] int status_of(const ErrorRow& row);

/// The page `errors.md` of the reference.
[[nodiscard]] std::string print_error_reference();

}  // namespace kingpost::protocol
