#include "kingpost/base/civil_time.hpp"

#include <algorithm>
#include <chrono>
#include <limits>

#include "kingpost/base/decimal.hpp"

namespace kingpost {
namespace {

constexpr std::int64_t kNanosPerMicro = 1'000;
constexpr std::int64_t kNanosPerSecond = kMicrosPerSecond * kNanosPerMicro;
constexpr std::int64_t kMinDay = -719'162;
constexpr std::int64_t kMaxDay = 2'932'896;
constexpr std::int64_t kMinTimestamp = kMinDay * kMicrosPerDay;
constexpr std::int64_t kMaxTimestamp = (kMaxDay + 1) * kMicrosPerDay - 1;
constexpr int kMaxFractionDigits = 9;

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Takes a text apart from its front; every take leaves the text as it was when it fails.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool done() const { return rest_.empty(); }
  [[nodiscard]] char peek() const { return rest_.empty() ? '\0' : rest_.front(); }
  [[nodiscard]] std::string_view rest() const { return rest_; }
  void skip(std::size_t count) { rest_.remove_prefix(count); }

  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // Exactly `count` digits.
  std::optional<int> digits(std::size_t count) {
    if (rest_.size() < count) return std::nullopt;
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (!is_digit(rest_[i])) return std::nullopt;
      value = value * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(count);
    return value;
  }

 private:
  std::string_view rest_;
};

// 1 to 9 digits after the point, in nanoseconds.
std::optional<std::int64_t> read_fraction_ns(Reader& reader) {
  std::int64_t value = 0;
  int count = 0;
  while (is_digit(reader.peek())) {
    if (++count > kMaxFractionDigits) return std::nullopt;
    value = value * 10 + (reader.peek() - '0');
    reader.skip(1);
  }
  if (count == 0) return std::nullopt;
  for (; count < kMaxFractionDigits; ++count) value *= 10;
  return value;
}

std::optional<std::int64_t> read_date(Reader& reader) {
  const auto year = reader.digits(4);
  if (!year || !reader.take('-')) return std::nullopt;
  const auto month = reader.digits(2);
  if (!month || !reader.take('-')) return std::nullopt;
  const auto day = reader.digits(2);
  if (!day || *year == 0) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{*year}, std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days{date}.time_since_epoch().count();
}

// HH:MM[:SS[.fraction]] in microseconds, rounded to the nearest; a second 60 is refused.
std::optional<std::int64_t> read_time(Reader& reader) {
  const auto hour = reader.digits(2);
  if (!hour || *hour > 23 || !reader.take(':')) return std::nullopt;
  const auto minute = reader.digits(2);
  if (!minute || *minute > 59) return std::nullopt;
  int second = 0;
  std::int64_t fraction_ns = 0;
  if (reader.take(':')) {
    const auto seconds = reader.digits(2);
    if (!seconds || *seconds > 59) return std::nullopt;
    second = *seconds;
    if (reader.take('.')) {
      const auto fraction = read_fraction_ns(reader);
      if (!fraction) return std::nullopt;
      fraction_ns = *fraction;
    }
  }
  const std::int64_t whole = (static_cast<std::int64_t>(*hour) * 60 + *minute) * 60 + second;
  return whole * kMicrosPerSecond + (fraction_ns + kNanosPerMicro / 2) / kNanosPerMicro;
}

// Z, ±HH, ±HH:MM or ±HHMM, in microseconds east of UTC; nothing means UTC.
std::optional<std::int64_t> read_offset(Reader& reader) {
  if (reader.done() || reader.take('Z') || reader.take('z')) return 0;
  const bool negative = reader.peek() == '-';
  if (!reader.take('-') && !reader.take('+')) return std::nullopt;
  const auto hour = reader.digits(2);
  if (!hour || *hour > 23) return std::nullopt;
  int minute = 0;
  if (!reader.done()) {
    reader.take(':');
    const auto minutes = reader.digits(2);
    if (!minutes || *minutes > 59) return std::nullopt;
    minute = *minutes;
  }
  const std::int64_t micros = (static_cast<std::int64_t>(*hour) * 60 + minute) * 60 * kMicrosPerSecond;
  return negative ? -micros : micros;
}

// Nanoseconds while a duration is added up: 128 bits hold far more than the bound on each summand and their number allow.
constexpr Int128 kMaxDurationNanos = Int128{kMaxDurationMicros} * kNanosPerMicro;

bool add_bounded(Int128& total, Int128 amount) {
  total += amount;
  return total <= kMaxDurationNanos && total >= -kMaxDurationNanos;
}

// digits[.digits] times `unit_ns`; the unit follows the number, so this only reads the number.
struct Amount {
  std::int64_t whole = 0;
  std::int64_t fraction_ns = 0;  // of one unit, in billionths
  bool fractional = false;
};

std::optional<Amount> read_amount(Reader& reader, bool digits_required) {
  Amount amount;
  bool any = false;
  while (is_digit(reader.peek())) {
    if (amount.whole > std::numeric_limits<std::int64_t>::max() / 100) return std::nullopt;
    amount.whole = amount.whole * 10 + (reader.peek() - '0');
    reader.skip(1);
    any = true;
  }
  if (!any && digits_required) return std::nullopt;
  if (reader.take('.')) {
    const auto fraction = read_fraction_ns(reader);
    if (!fraction) return std::nullopt;
    amount.fraction_ns = *fraction;
    amount.fractional = true;
    any = true;
  }
  if (!any) return std::nullopt;
  return amount;
}

Int128 scaled(const Amount& amount, std::int64_t unit_ns) {
  return Int128{amount.whole} * unit_ns + Int128{amount.fraction_ns} * unit_ns / kNanosPerSecond;
}

std::int64_t to_micros(Int128 nanos) {
  const Int128 half = nanos < 0 ? -kNanosPerMicro / 2 : kNanosPerMicro / 2;
  return static_cast<std::int64_t>((nanos + half) / kNanosPerMicro);
}

struct Unit {
  std::string_view name;
  std::int64_t nanos;
};

constexpr std::int64_t kNanosPerDay = 86'400 * kNanosPerSecond;
constexpr Unit kIsoDateUnits[] = {{"W", 7 * kNanosPerDay}, {"D", kNanosPerDay}};
constexpr Unit kIsoTimeUnits[] = {{"H", 3'600 * kNanosPerSecond}, {"M", 60 * kNanosPerSecond}, {"S", kNanosPerSecond}};
// Longer names before their prefixes.
constexpr Unit kCelUnits[] = {{"ns", 1},
                              {"us", kNanosPerMicro},
                              {"µs", kNanosPerMicro},
                              {"ms", 1'000'000},
                              {"s", kNanosPerSecond},
                              {"m", 60 * kNanosPerSecond},
                              {"h", 3'600 * kNanosPerSecond}};

// One half of an ISO duration: amounts whose units appear in order, each at most once, with their own signs. `count` amounts were read.
template <std::size_t N>
bool read_iso_part(Reader& reader, const Unit (&units)[N], Int128& total, int& count) {
  std::size_t next = 0;
  while (!reader.done() && reader.peek() != 'T') {
    const bool negative = reader.take('-');
    const auto amount = read_amount(reader, true);
    if (!amount) return false;
    std::size_t found = next;
    while (found < N && reader.peek() != units[found].name.front()) ++found;
    if (found == N) return false;
    if (amount->fractional && units[found].name != "S") return false;
    reader.skip(1);
    next = found + 1;
    ++count;
    const Int128 nanos = scaled(*amount, units[found].nanos);
    if (!add_bounded(total, negative ? -nanos : nanos)) return false;
  }
  return true;
}

std::optional<Int128> read_iso_duration(Reader reader) {
  Int128 total = 0;
  int count = 0;
  if (!reader.take('P') || !read_iso_part(reader, kIsoDateUnits, total, count)) return std::nullopt;
  if (reader.take('T')) {
    int times = 0;
    if (!read_iso_part(reader, kIsoTimeUnits, total, times) || times == 0 || !reader.done()) return std::nullopt;
    count += times;
  }
  if (count == 0) return std::nullopt;
  return total;
}

std::optional<Int128> read_cel_duration(Reader reader) {
  if (reader.rest() == "0") return Int128{0};
  Int128 total = 0;
  if (reader.done()) return std::nullopt;
  while (!reader.done()) {
    const auto amount = read_amount(reader, false);
    if (!amount) return std::nullopt;
    const Unit* unit = std::find_if(std::begin(kCelUnits), std::end(kCelUnits), [&](const Unit& u) { return reader.rest().starts_with(u.name); });
    if (unit == std::end(kCelUnits)) return std::nullopt;
    reader.skip(unit->name.size());
    if (!add_bounded(total, scaled(*amount, unit->nanos))) return std::nullopt;
  }
  return total;
}

/// Two digits; the value is below 100.
void put_two(char* at, std::int64_t value) {
  at[0] = static_cast<char>('0' + value / 10);
  at[1] = static_cast<char>('0' + value % 10);
}

/// YYYY-MM-DD.
void put_date(char* at, std::int32_t days) {
  const auto bounded = std::clamp(static_cast<std::int64_t>(days), kMinDay, kMaxDay);
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{static_cast<int>(bounded)}}};
  const int year = static_cast<int>(date.year());
  put_two(at, year / 100);
  put_two(at + 2, year % 100);
  at[4] = '-';
  put_two(at + 5, static_cast<unsigned>(date.month()));
  at[7] = '-';
  put_two(at + 8, static_cast<unsigned>(date.day()));
}

/// HH:MM:SS of whole seconds.
void put_time(char* at, std::int64_t seconds) {
  put_two(at, seconds / 3'600);
  at[2] = ':';
  put_two(at + 3, seconds / 60 % 60);
  at[5] = ':';
  put_two(at + 6, seconds % 60);
}

void append_padded(std::string& out, std::int64_t value, int width) {
  char buffer[20];
  int at = 20;
  for (int i = 0; i < width || value != 0; ++i) {
    buffer[--at] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  out.append(buffer + at, static_cast<std::size_t>(20 - at));
}

void append_fraction(std::string& out, std::int64_t micros) {
  if (micros == 0) return;
  out += '.';
  if (micros % 1'000 == 0) {
    append_padded(out, micros / 1'000, 3);
  } else {
    append_padded(out, micros, 6);
  }
}

}  // namespace

std::optional<std::int64_t> parse_timestamp(std::string_view text) {
  Reader reader(text);
  const auto day = read_date(reader);
  if (!day) return std::nullopt;
  std::int64_t micros = *day * kMicrosPerDay;
  if (reader.done()) return micros;
  if (!reader.take('T') && !reader.take('t') && !reader.take(' ')) return std::nullopt;
  const auto time = read_time(reader);
  if (!time) return std::nullopt;
  const auto offset = read_offset(reader);
  if (!offset || !reader.done()) return std::nullopt;
  micros += *time - *offset;
  if (micros < kMinTimestamp || micros > kMaxTimestamp) return std::nullopt;
  return micros;
}

std::optional<std::int32_t> parse_date(std::string_view text) {
  Reader reader(text);
  const auto day = read_date(reader);
  if (!day || !reader.done()) return std::nullopt;
  return static_cast<std::int32_t>(*day);
}

std::optional<std::int64_t> parse_time(std::string_view text) {
  Reader reader(text);
  const auto time = read_time(reader);
  // Rounding may reach midnight, which a time of day cannot say.
  if (!time || !reader.done() || *time >= kMicrosPerDay) return std::nullopt;
  return time;
}

std::optional<std::int64_t> parse_duration(std::string_view text) {
  Reader reader(text);
  const bool negative = reader.peek() == '-';
  if (!reader.take('-')) reader.take('+');
  const auto nanos = reader.peek() == 'P' ? read_iso_duration(reader) : read_cel_duration(reader);
  if (!nanos) return std::nullopt;
  return to_micros(negative ? -*nanos : *nanos);
}

void append_date(std::string& out, std::int32_t days) {
  char text[10];
  put_date(text, days);
  out.append(text, sizeof(text));
}

void append_time(std::string& out, std::int64_t micros) {
  micros = std::clamp(micros, std::int64_t{0}, kMicrosPerDay - 1);
  char text[8];
  put_time(text, micros / kMicrosPerSecond);
  out.append(text, sizeof(text));
  append_fraction(out, micros % kMicrosPerSecond);
}

void append_timestamp(std::string& out, std::int64_t micros) {
  micros = std::clamp(micros, kMinTimestamp, kMaxTimestamp);
  std::int64_t day = micros / kMicrosPerDay;
  if (micros % kMicrosPerDay < 0) --day;
  const std::int64_t time = micros - day * kMicrosPerDay;
  char text[19];
  put_date(text, static_cast<std::int32_t>(day));
  text[10] = 'T';
  put_time(text + 11, time / kMicrosPerSecond);
  out.append(text, sizeof(text));
  append_fraction(out, time % kMicrosPerSecond);
  out += 'Z';
}

void append_duration(std::string& out, std::int64_t micros) {
  if (micros == 0) {
    out += "PT0S";
    return;
  }
  if (micros < 0) out += '-';
  // Halves of the range differ by one; every duration we store is far inside it.
  const std::int64_t value = micros < 0 ? -std::max(micros, -std::numeric_limits<std::int64_t>::max()) : micros;
  out += 'P';
  if (value >= kMicrosPerDay) {
    append_padded(out, value / kMicrosPerDay, 1);
    out += 'D';
  }
  const std::int64_t rest = value % kMicrosPerDay;
  if (rest == 0) return;
  out += 'T';
  const std::int64_t seconds = rest / kMicrosPerSecond;
  if (seconds >= 3'600) {
    append_padded(out, seconds / 3'600, 1);
    out += 'H';
  }
  if (seconds / 60 % 60 != 0) {
    append_padded(out, seconds / 60 % 60, 1);
    out += 'M';
  }
  if (rest % (60 * kMicrosPerSecond) == 0) return;
  append_padded(out, seconds % 60, 1);
  std::int64_t fraction = rest % kMicrosPerSecond;
  if (fraction != 0) {
    out += '.';
    int width = 6;
    for (; fraction % 10 == 0; fraction /= 10) --width;
    append_padded(out, fraction, width);
  }
  out += 'S';
}

}  // namespace kingpost
