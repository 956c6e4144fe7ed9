#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "kingpost/observe/sink.hpp"

namespace kingpost::observe {
namespace {

constexpr std::int64_t kNoon = 1'704'110'400'123'456;

TEST(LogSink, PrintsOneTextLinePerEvent) {
  EXPECT_EQ(print_event(ServerStarted{"127.0.0.1", 8080, 2}, LogFormat::kText, kNoon),
            "2024-01-01T12:00:00.123Z info  server-started address=\"127.0.0.1\" port=8080 threads=2");
}

TEST(LogSink, PrintsOneJsonObjectPerEvent) {
  EXPECT_EQ(print_event(RequestRefused{400, "http-host", "::1"}, LogFormat::kJson, kNoon),
            "{\"time\":\"2024-01-01T12:00:00.123Z\",\"level\":\"info\",\"event\":\"request-refused\",\"status\":400,"
            "\"code\":\"http-host\",\"peer\":\"::1\"}");
}

TEST(LogSink, EscapesControlCharactersSoThatNobodyForgesALine) {
  EXPECT_EQ(print_event(Failure{"store", "x", "a\r\n\"b\\"}, LogFormat::kText, kNoon),
            "2024-01-01T12:00:00.123Z error failure room=\"store\" code=\"x\" message=\"a\\u000d\\u000a\\\"b\\\\\"");
}

TEST(LogSink, WantsRequestsOnlyWhenAsked) {
  EXPECT_FALSE(make_log_sink({})->wants_requests());
  EXPECT_TRUE(make_log_sink({LogFormat::kJson, true})->wants_requests());
  EXPECT_FALSE(make_null_sink()->wants_requests());
}

TEST(LogSink, PrintsAtMostTwentyRefusalsASecond) {
  const auto sink = make_log_sink({});
  testing::internal::CaptureStderr();
  for (int round = 0; round < 1000; ++round) {
    sink->observe(RequestRefused{400, "http-host", "::1"});
  }
  const std::string text = testing::internal::GetCapturedStderr();
  const auto lines = std::count(text.begin(), text.end(), '\n');
  EXPECT_GE(lines, 20);
  EXPECT_LE(lines, 200);
}

}  // namespace
}  // namespace kingpost::observe
