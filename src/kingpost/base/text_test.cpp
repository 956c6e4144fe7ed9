#include "kingpost/base/text.hpp"

#include <gtest/gtest.h>

#include <random>

namespace kingpost {
namespace {

std::string json(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

TEST(JsonString, PlainTextIsCopiedBetweenQuotes) {
  EXPECT_EQ(json(""), "\"\"");
  EXPECT_EQ(json("Grüße, 世界 / 😀"), "\"Grüße, 世界 / 😀\"");
  EXPECT_EQ(json("\x7f"), "\"\x7f\"");
}

TEST(JsonString, QuotesBackslashesAndControlCharactersAreEscaped) {
  EXPECT_EQ(json("a\"b\\c"), R"("a\"b\\c")");
  EXPECT_EQ(json("\b\f\n\r\t"), R"("\b\f\n\r\t")");
  EXPECT_EQ(json(std::string_view("\0x\x1f", 3)), R"("\u0000x\u001f")");
}

// Eight bytes are looked at together, so each byte stands at each place of three words once.
TEST(JsonString, EveryByteIsWrittenTheSameWhereverItStands) {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string alone = json(std::string(1, static_cast<char>(byte)));
    const std::string inner = alone.substr(1, alone.size() - 2);
    for (std::size_t place = 0; place < 24; ++place) {
      std::string text(24, 'a');
      text[place] = static_cast<char>(byte);
      EXPECT_EQ(json(text), '"' + std::string(place, 'a') + inner + std::string(23 - place, 'a') + '"') << byte << " at " << place;
    }
  }
}

// The encoder of RFC 3629, to compare with.
std::string utf8(std::uint32_t point) {
  std::string out;
  const auto push = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (point < 0x80) {
    push(point);
  } else if (point < 0x800) {
    push(0xc0 | (point >> 6));
    push(0x80 | (point & 0x3f));
  } else if (point < 0x10000) {
    push(0xe0 | (point >> 12));
    push(0x80 | ((point >> 6) & 0x3f));
    push(0x80 | (point & 0x3f));
  } else {
    push(0xf0 | (point >> 18));
    push(0x80 | ((point >> 12) & 0x3f));
    push(0x80 | ((point >> 6) & 0x3f));
    push(0x80 | (point & 0x3f));
  }
  return out;
}

TEST(Utf8, EveryScalarValueIsValidAndSurrogatesAreNot) {
  for (std::uint32_t point = 0; point <= 0x110000; ++point) {
    const bool scalar = point < 0xd800 || (point > 0xdfff && point <= 0x10ffff);
    ASSERT_EQ(valid_utf8(utf8(point)), scalar) << point;
    if (scalar) {
      ASSERT_EQ(count_code_points(utf8(point)), 1U) << point;
    }
  }
}

TEST(Utf8, MalformedSequencesAreRefusedWhereverTheyStand) {
  for (const std::string bad : {"\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xed\xa0\x80", "\xf0\x80\x80\x80", "\xf5\x80\x80\x80", "\xff",
                                "\xc3", "\xe2\x82", "\xf0\x9f\x98", "\xc3(", "\xe2(\xa1", "\xf4\x90\x80\x80"}) {
    for (std::size_t before = 0; before < 20; ++before) {
      const std::string padding(before, 'a');
      EXPECT_FALSE(valid_utf8(padding + bad));
      EXPECT_FALSE(valid_utf8(padding + bad + "tail of the text"));
    }
  }
}

TEST(Base64Url, TheVectorsOfRfc4648Hold) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"", ""}, {"f", "Zg"}, {"fo", "Zm8"}, {"foo", "Zm9v"}, {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}, {"\xfb\xff", "-_8"}};
  for (const auto& [bytes, text] : cases) {
    EXPECT_EQ(encode_base64url(bytes), text);
    EXPECT_EQ(decode_base64url(text), bytes);
  }
}

TEST(Base64Url, RandomBytesReadBack) {
  std::mt19937 random(1);
  for (int round = 0; round < 2'000; ++round) {
    std::string bytes(random() % 70, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    ASSERT_EQ(decode_base64url(encode_base64url(bytes)), bytes);
  }
}

TEST(Base64Url, PaddingForeignCharactersAndUnusedBitsAreRefused) {
  for (const std::string_view bad : {"Z", "Zg==", "Zm9vY", "Zm+v", "Zm/v", "Zm v", "Zh", "Zm9"}) EXPECT_FALSE(decode_base64url(bad)) << bad;
}

TEST(PercentDecode, TripletsAreDecodedAndPlusFollowsTheContext) {
  EXPECT_EQ(percent_decode("a%20b%C3%bc%00", PlusSign::kLiteral), std::string("a b\xc3\xbc\0", 6));
  EXPECT_EQ(percent_decode("a+b", PlusSign::kLiteral), "a+b");
  EXPECT_EQ(percent_decode("a+b%2B", PlusSign::kBlank), "a b+");
}

TEST(PercentDecode, HalfTripletsAreRefused) {
  for (const std::string_view bad : {"%", "%2", "a%", "%2x", "%x2", "%-1", "%%20"}) EXPECT_FALSE(percent_decode(bad, PlusSign::kLiteral)) << bad;
}

}  // namespace
}  // namespace kingpost
