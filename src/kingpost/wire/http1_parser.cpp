#include "kingpost/wire/http1_parser.hpp"

#include <algorithm>
#include <array>
#include <boost/beast/http/basic_parser.hpp>
#include <cstring>

#include "kingpost/wire/http1_rules.hpp"

namespace kingpost::wire {
namespace {

namespace http = boost::beast::http;
using boost::beast::error_code;

/// With it a request line is at most 42 bytes longer than its target.
constexpr std::size_t kMaxMethodBytes = 32;
constexpr std::size_t kRequestLineRoom = 64;

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

/// Beast's reading of a complete head.
class BeastHead final : public http::basic_parser<true> {
 public:
  explicit BeastHead(HttpRequest& request) : request_(request) { body_limit(boost::none); }

 private:
  void on_request_impl(http::verb /*verb*/, boost::beast::string_view method, boost::beast::string_view target, int version,
                       error_code& /*error*/) override {
    request_.method = view(method);
    request_.target = view(target);
    request_.minor_version = version - 10;
  }
  void on_response_impl(int /*status*/, boost::beast::string_view /*reason*/, int /*version*/, error_code& /*error*/) override {}
  void on_field_impl(http::field /*field*/, boost::beast::string_view name, boost::beast::string_view value, error_code& /*error*/) override {
    request_.headers.add({view(name), view(value)});
  }
  void on_header_impl(error_code& /*error*/) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>& /*length*/, error_code& /*error*/) override {}
  std::size_t on_body_impl(boost::beast::string_view body, error_code& /*error*/) override { return body.size(); }
  void on_chunk_header_impl(std::uint64_t /*size*/, boost::beast::string_view /*extension*/, error_code& /*error*/) override {}
  std::size_t on_chunk_body_impl(std::uint64_t /*rest*/, boost::beast::string_view body, error_code& /*error*/) override { return body.size(); }
  void on_finish_impl(error_code& /*error*/) override {}

  HttpRequest& request_;
};

/// Remembers a field that may occur once; false on the second.
bool set_once(std::optional<std::string_view>& slot, std::string_view value) {
  if (slot.has_value()) {
    return false;
  }
  slot = value;
  return true;
}

bool is_version(std::string_view text) {
  return text.size() == 8 && text.substr(0, 5) == "HTTP/" && text[5] >= '0' && text[5] <= '9' && text[6] == '.' && text[7] >= '0' && text[7] <= '9';
}

}  // namespace

ParserLimits parser_limits(const Limits& limits) {
  const auto bytes = [](std::int64_t value) { return static_cast<std::size_t>(std::max<std::int64_t>(value, 0)); };
  return {bytes(limits.head_bytes), bytes(limits.head_fields), bytes(limits.target_bytes), bytes(limits.body_bytes)};
}

void Http1Parser::reset() noexcept {
  phase_ = Phase::kHead;
  wants_continue_ = chunked_ = is_head_ = says_close_ = says_keep_alive_ = root_target_ = false;
  start_ = scan_ = line_start_ = lines_ = head_end_ = raw_ = body_end_ = 0;
  length_ = 0;
  host_.reset();
  length_text_.reset();
  coding_.reset();
  expect_.reset();
  base_ = nullptr;
  chunks_.reset();
  request_.headers.clear();
  request_.method = request_.target = request_.body = {};
}

Http1Parser::Outcome Http1Parser::refuse(const Refusal& refusal) {
  refusal_ = refusal;
  return Outcome::kRefused;
}

Http1Parser::Outcome Http1Parser::advance(char* data, std::size_t& size) {
  if (phase_ == Phase::kHead) {
    const Scan scan = scan_head(data, size);
    if (scan == Scan::kNeedMore) {
      return Outcome::kNeedMore;
    }
    if (scan == Scan::kRefused || !run_beast(data) || !check_fields(data) || !check_message()) {
      return Outcome::kRefused;
    }
    base_ = data;
    raw_ = body_end_ = head_end_;
    phase_ = chunked_ ? Phase::kChunks : Phase::kLength;
  }
  if (phase_ == Phase::kLength) {
    if (size - head_end_ < length_) {
      return Outcome::kNeedMore;
    }
    body_end_ = raw_ = head_end_ + length_;
  } else {
    const ChunkLimits limits{limits_.body_bytes, limits_.head_bytes, limits_.head_fields};
    const ChunkDecoder::Step step = chunks_.advance(data, size, raw_, body_end_, limits);
    if (step == ChunkDecoder::Step::kRefused) {
      return refuse(chunks_.refusal());
    }
    if (step == ChunkDecoder::Step::kNeedMore) {
      // What is not decoded yet moves behind what is, so a body of many small chunks never takes more room than its limit.
      std::memmove(data + body_end_, data + raw_, size - raw_);
      size -= raw_ - body_end_;
      raw_ = body_end_;
      return Outcome::kNeedMore;
    }
  }
  wants_continue_ = false;
  rebase(data);
  request_.body = std::string_view(data + head_end_, body_end_ - head_end_);
  return Outcome::kRequest;
}

Http1Parser::Scan Http1Parser::scan_head(const char* data, std::size_t size) {
  const std::string_view text(data, size);
  while (true) {
    scan_ = find_control(text, scan_);
    if (scan_ == size) {
      return scan_incomplete(size);
    }
    if (data[scan_] == '\t') {
      ++scan_;
      continue;
    }
    if (data[scan_] != '\r') {
      refusal_ = kBadLine;
      return Scan::kRefused;
    }
    if (scan_ + 1 == size) {
      return scan_incomplete(size);
    }
    if (data[scan_ + 1] != '\n') {
      refusal_ = kBadLine;
      return Scan::kRefused;
    }
    const std::size_t end = scan_;
    scan_ += 2;
    // One empty line before the request line is skipped (RFC 9112 §2.2).
    if (end == 0) {
      start_ = line_start_ = 2;
      continue;
    }
    const Scan step = end_line(data, end);
    if (step != Scan::kNeedMore) {
      return step;
    }
    line_start_ = scan_;
  }
}

/// The bounds that hold while the head is still arriving.
Http1Parser::Scan Http1Parser::scan_incomplete(std::size_t size) {
  const std::size_t bytes = size - start_;
  if (lines_ == 0 && bytes > limits_.target_bytes + kRequestLineRoom) {
    refusal_ = kTargetTooLong;
    return Scan::kRefused;
  }
  if (bytes > limits_.head_bytes) {
    refusal_ = kHeadTooLarge;
    return Scan::kRefused;
  }
  return Scan::kNeedMore;
}

/// Looks at the line [line_start_, end); kDone when it is the empty one that ends the head.
Http1Parser::Scan Http1Parser::end_line(const char* data, std::size_t end) {
  const std::string_view line(data + line_start_, end - line_start_);
  if (lines_ == 0) {
    if (!check_request_line(line)) {
      return Scan::kRefused;
    }
  } else if (line.empty()) {
    head_end_ = end + 2;
    if (head_end_ - start_ > limits_.head_bytes) {
      refusal_ = kHeadTooLarge;
      return Scan::kRefused;
    }
    return Scan::kDone;
  } else if (line.front() == ' ' || line.front() == '\t') {
    refusal_ = kFolded;
    return Scan::kRefused;
  } else if (lines_ > limits_.head_fields) {
    refusal_ = kTooManyFields;
    return Scan::kRefused;
  }
  ++lines_;
  return Scan::kNeedMore;
}

bool Http1Parser::check_request_line(std::string_view line) {
  refusal_ = kMalformed;
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last || first > kMaxMethodBytes || !is_token(line.substr(0, first))) {
    return false;
  }
  const std::string_view target = line.substr(first + 1, last - first - 1);
  const std::string_view version = line.substr(last + 1);
  if (!is_version(version)) {
    return false;
  }
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    refusal_ = kBadVersion;
    return false;
  }
  if (target.size() > limits_.target_bytes) {
    refusal_ = kTargetTooLong;
    return false;
  }
  refusal_ = kBadTarget;
  return !target.empty() && std::all_of(target.begin(), target.end(), [](char c) { return c > 0x20 && c < 0x7f && c != '#'; });
}

bool Http1Parser::run_beast(const char* data) {
  refusal_ = kMalformed;
  BeastHead beast(request_);
  beast.header_limit(static_cast<std::uint32_t>(head_end_ - start_ + 1));
  error_code error;
  const std::size_t used = beast.put({data + start_, head_end_ - start_}, error);
  // Beast must have read exactly the lines that we did.
  return !error && beast.is_header_done() && used == head_end_ - start_ && request_.headers.size() + 1 == lines_;
}

bool Http1Parser::check_fields(char* data) {
  for (HeaderField& field : request_.headers.fields()) {
    if (!check_field(field, data)) {
      return false;
    }
  }
  return true;
}

bool Http1Parser::check_field(HeaderField& field, char* data) {
  refusal_ = kBadField;
  const auto offset = static_cast<std::size_t>(field.name.data() - data);
  const std::size_t end = offset + field.name.size();
  if (!is_token(field.name) || data[end] != ':') {
    return false;
  }
  for (std::size_t at = offset; at < end; ++at) {
    if (data[at] >= 'A' && data[at] <= 'Z') {
      data[at] = static_cast<char>(data[at] + 32);
    }
  }
  refusal_ = kRepeatedField;
  const std::string_view name = field.name;
  const std::string_view value = field.value;
  switch (name.size()) {
    case 4:
      refusal_ = kBadHost;
      return name != "host" || set_once(host_, value);
    case 6:
      return name != "expect" || set_once(expect_, value);
    case 10:
      if (name == "connection") {
        says_close_ = says_close_ || list_holds(value, "close");
        says_keep_alive_ = says_keep_alive_ || list_holds(value, "keep-alive");
      }
      return true;
    case 14:
      refusal_ = kBadLength;
      return name != "content-length" || set_once(length_text_, value);
    case 17:
      refusal_ = kBadLength;
      return name != "transfer-encoding" || set_once(coding_, value);
    case 12:
    case 13: {
      // Two of these would let one reader authenticate or decode what another does not see.
      const auto same = [name](const HeaderField& other) { return other.name == name; };
      const auto& fields = request_.headers.fields();
      return (name != "content-type" && name != "authorization") || std::find_if(fields.begin(), fields.end(), same)->name.data() == name.data();
    }
    default:
      return true;
  }
}

bool Http1Parser::check_message() {
  const bool modern = request_.minor_version == 1;
  refusal_ = kBadHost;
  if ((modern && !host_) || (host_ && !is_host(*host_))) {
    return false;
  }
  is_head_ = request_.method == "HEAD";
  refusal_ = kBadTarget;
  const auto target = origin_target(request_.method, request_.target, host_.value_or(std::string_view()));
  if (!target) {
    return false;
  }
  // "http://host" has no path to point at: the path is "/", a constant that does not move with the buffer.
  root_target_ = target->size() == 1 && request_.target.size() > 1;
  request_.target = root_target_ ? std::string_view("/") : *target;
  refusal_ = kBadLength;
  if (coding_) {
    if (!modern || length_text_ || *coding_ != "chunked") {
      return false;
    }
    chunked_ = true;
  } else if (length_text_) {
    const auto length = parse_content_length(*length_text_);
    if (!length) {
      return false;
    }
    length_ = *length;
  }
  if (length_ > limits_.body_bytes) {
    refusal_ = kBodyTooLarge;
    return false;
  }
  // HTTP/1.0 knows no expectations: ignored there (RFC 9110 §10.1.1).
  if (expect_ && modern) {
    if (!equal_ignoring_case(*expect_, "100-continue")) {
      refusal_ = kBadExpect;
      return false;
    }
    wants_continue_ = chunked_ || length_ > 0;
  }
  request_.keep_alive = !says_close_ && (modern || says_keep_alive_);
  return true;
}

/// Points the views of the head to where the data is now.
void Http1Parser::rebase(const char* data) {
  if (data == base_) {
    return;
  }
  const auto move = [this, data](std::string_view& text) { text = std::string_view(data + (text.data() - base_), text.size()); };
  move(request_.method);
  if (!root_target_) {
    move(request_.target);
  }
  for (HeaderField& field : request_.headers.fields()) {
    move(field.name);
    // Beast gives an empty value as a view of nothing.
    if (!field.value.empty()) {
      move(field.value);
    }
  }
  base_ = data;
}

}  // namespace kingpost::wire
