#pragma once

#include "kingpost/model/grammar.hpp"

namespace kingpost::model {

// Values that many constructs share. A pattern is matched against the whole text by RE2 and printed into the JSON Schema, so it stays
// inside what both understand.
inline constexpr std::string_view kNamePattern = "[a-z][a-z0-9_]{0,62}";
inline constexpr std::string_view kDottedPattern = "[a-z][a-z0-9_]{0,62}(\\.[a-z][a-z0-9_]{0,62}){0,2}";

inline constexpr std::string_view kSqlNamePattern = "[^\\x00-\\x1f\\x7f]{1,128}";

inline constexpr Rule kNothing{Form::kNothing, "nothing", "No value."};
inline constexpr Rule kText{Form::kText, "text", "A text."};
inline constexpr Rule kExpression{Form::kExpression, "expression", "A CEL expression."};
inline constexpr Rule kBool{Form::kBool, "bool", "true or false."};
inline constexpr Rule kName{Form::kPattern, "name", "A name: lower-case letters, digits and underscores, starting with a letter, at most 63 bytes.",
                            kNamePattern};
inline constexpr Rule kDotted{Form::kPattern, "dotted_name", "A name, or names joined by dots: `product.get`.", kDottedPattern};
inline constexpr Rule kInteger{Form::kPattern, "integer", "A whole number.", "-?[0-9]{1,19}"};
inline constexpr Rule kNumber{Form::kPattern, "number", "A number.", "-?[0-9]{1,38}(\\.[0-9]{1,38})?"};
inline constexpr Rule kCount{Form::kPattern, "count", "A count, with k, M or G for thousands, millions or milliards: `100k`.",
                             "[0-9]{1,15}(\\.[0-9]{1,6})?[kMG]?"};
inline constexpr Rule kPercent{Form::kPattern, "percent", "A percentage: `99.95%`.", "[0-9]{1,3}(\\.[0-9]{1,6})?%"};
inline constexpr Rule kDuration{Form::kPattern, "duration", "A duration in one unit of us, ms, s, m, h or d: `60s`.", "[0-9]{1,12}(us|ms|s|m|h|d)"};
inline constexpr Rule kRate{Form::kPattern, "rate", "A rate per second, minute, hour or day: `800/s`.",
                            "[0-9]{1,15}(\\.[0-9]{1,6})?[kMG]?/(s|m|h|d)"};
inline constexpr Rule kDate{Form::kPattern, "date", "A date: `2027-01-31`.", "[0-9]{4}-[0-9]{2}-[0-9]{2}"};
inline constexpr Rule kRequirementId{Form::kPattern, "requirement_id", "The id of a requirement: `R2`.", "[A-Za-z][A-Za-z0-9_-]{0,62}"};
inline constexpr Rule kSqlName{Form::kPattern, "sql_name", "A name as the database has it.", kSqlNamePattern};

inline constexpr const Rule* kNameElement[] = {&kName};
inline constexpr const Rule* kTextElement[] = {&kText};
inline constexpr const Rule* kExpressionElement[] = {&kExpression};
inline constexpr const Rule* kRequirementElement[] = {&kRequirementId};
inline constexpr Rule kNames{Form::kList, "names", "A list of names.", {}, {}, kNameElement};
inline constexpr Rule kRequirementIds{Form::kList, "requirement_ids", "The requirements an element serves.", {}, {}, kRequirementElement};
inline constexpr Rule kExpressions{Form::kNamed, "expressions", "Expressions by name.", kNamePattern, {}, kExpressionElement};

inline constexpr KeyRule kSummaryKey{"summary", &kText, "One sentence for people; it becomes the description in every specification."};
inline constexpr KeyRule kForKey{"for", &kRequirementIds, "The requirements this element serves."};

}  // namespace kingpost::model
