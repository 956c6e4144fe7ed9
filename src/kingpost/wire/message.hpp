#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kingpost::wire {

struct HeaderField {
  std::string_view name;   ///< lower case
  std::string_view value;  ///< without surrounding blanks; no control characters but HTAB
};

/// The fields of a request's head in the order received.
class HeaderList {
 public:
  /// The first field of that name. `lower_name` is in lower case.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view lower_name) const noexcept {
    for (const HeaderField& field : fields_) {
      if (field.name == lower_name) {
        return field.value;
      }
    }
    return std::nullopt;
  }
  /// Every value of that name joined by ", " (RFC 9110 §5.3); empty when there is none.
  [[nodiscard]] std::string joined(std::string_view lower_name) const;

  [[nodiscard]] auto begin() const noexcept { return fields_.begin(); }
  [[nodiscard]] auto end() const noexcept { return fields_.end(); }
  [[nodiscard]] std::size_t size() const noexcept { return fields_.size(); }

  void clear() noexcept { fields_.clear(); }
  void add(HeaderField field) { fields_.push_back(field); }
  [[nodiscard]] std::vector<HeaderField>& fields() noexcept { return fields_; }

 private:
  std::vector<HeaderField> fields_;
};

/// A request that passed the strict check. Every view points into the connection and stays valid until the answer is given.
struct HttpRequest {
  std::string_view method;
  /// "/path?query" as sent, not decoded (the path of an absolute form), or "*" of OPTIONS.
  std::string_view target;
  HeaderList headers;
  /// The whole body; chunks already joined.
  std::string_view body;
  /// The address of the other end of the connection, without port.
  std::string_view peer;
  bool keep_alive = true;
  int minor_version = 1;

  [[nodiscard]] std::string_view path() const noexcept { return target.substr(0, target.find('?')); }
  /// What follows the first '?'; empty when there is none.
  [[nodiscard]] std::string_view query() const noexcept {
    const std::size_t mark = target.find('?');
    return mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
  }
};

/// An answer. Content-Length, Date and Connection are written by the wire; a HEAD request gets the head of `body` alone, and 204
/// and 304 never carry a body. Reuse one object: `clear` keeps its memory.
struct HttpResponse {
  int status = 200;
  /// Whole header lines, each ending in CRLF. Filled by add_header, or with constant text known to be well formed.
  std::string headers;
  std::string body;
  /// Close the connection after this answer.
  bool close = false;
  /// An answer to HEAD whose body was not made: its length is not told (RFC 9110 §8.6).
  bool unmade = false;

  void clear() noexcept {
    status = 200;
    headers.clear();
    body.clear();
    close = false;
    unmade = false;
  }
  /// Appends a header line. False, and nothing appended, when the name is no token or is one that the wire writes itself, or the
  /// value holds a control character (so no value can forge a line).
  bool add_header(std::string_view name, std::string_view value);
};

/// The registered reason phrase, or "Unknown".
[[nodiscard]] std::string_view reason_phrase(int status) noexcept;

/// A problem document (RFC 9457) with the legacy keys: {"type","title","status","detail","instance","code","message","details","hint"}.
/// `code` and `message` are texts of ours.
[[nodiscard]] std::string problem_body(int status, std::string_view code, std::string_view message);

}  // namespace kingpost::wire
