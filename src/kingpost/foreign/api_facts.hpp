#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "kingpost/base/span.hpp"

namespace kingpost::foreign {

/// A property, parameter, argument or field of a foreign API, with the bounds that it declares.
struct ApiMember {
  std::string name;   ///< of an object written inside another one: `outer.inner`
  std::string place;  ///< query, path, header, cookie, form; empty in a body, type or message
  std::string type;   ///< string, integer, number, boolean, array, object, or a type's name
  std::string format;
  bool required = false;
  bool nullable = false;
  bool bounded = false;  ///< maxLength, maxItems, maximum, pattern, enum or a format that bounds by itself
  bool closed_enum = false;
  bool read_only = false;
  bool write_only = false;
  bool deprecated = false;
  bool list = false;
  bool limited = false;                ///< a list whose length the caller or the schema bounds (maxItems, an argument such as `first`)
  std::string item_type;               ///< of a list
  int number = 0;                      ///< of a protobuf field
  std::vector<std::string> arguments;  ///< of a GraphQL field
  Span span;
};

/// A named schema, GraphQL type or protobuf message.
struct ApiType {
  std::string name;
  std::string kind;  ///< object, input, enum, interface, union, scalar, message
  std::vector<ApiMember> members;
  std::vector<std::string> values;            ///< of an enum, or the members of a union
  std::vector<std::pair<int, int>> reserved;  ///< protobuf field numbers, both ends included
  bool open = true;                           ///< additionalProperties not refused
  bool used_in_request = false;
  bool used_in_response = false;
  bool used_in_read = false;  ///< in the answer of something that only reads
  Span span;
};

struct ApiAnswer {
  std::string status;  ///< 200, 4XX, default
  std::string type;    ///< named type, or array
  std::string item_type;
  bool has_body = false;
  bool list = false;     ///< the body is, or wraps, a list
  bool limited = false;  ///< the list has a greatest length
  bool paged = false;    ///< the body tells how to get the next page
  std::vector<std::string> headers;
  Span span;
};

/// One operation: HTTP method and path, GraphQL root field, or rpc.
struct ApiOperation {
  std::string id;
  std::string method;  ///< GET…; QUERY, MUTATION, SUBSCRIPTION; RPC; WEBHOOK for a call that the API makes
  std::string path;
  std::vector<ApiMember> parameters;
  std::string body_type;
  std::vector<ApiMember> body;  ///< members of the request body, references at its top followed
  std::vector<ApiAnswer> answers;
  bool secured = false;  ///< some security requirement holds, its own or the document's, or it takes a key as a parameter
  bool explicitly_public = false;
  bool deprecated = false;
  bool client_streaming = false;
  bool server_streaming = false;
  bool partly_elsewhere = false;  ///< some of it stands in another file
  Span span;
};

enum class ApiKind : std::uint8_t { kOpenApi, kSwagger, kGraphql, kProto };

struct ApiServer {
  std::string url;
  Span span;
};

struct ApiSecurityScheme {
  std::string name;
  std::string type;                ///< http, apiKey, oauth2, openIdConnect, basic, mutualTLS
  std::string place;               ///< of an API key: query, header, cookie
  std::string scheme;              ///< of http: basic, bearer
  std::vector<std::string> flows;  ///< of oauth2
  Span span;
};

struct ApiFacts {
  ApiKind kind = ApiKind::kOpenApi;
  std::string file;
  std::string title;
  std::string version;  ///< info.version or the package's version part
  std::string package;  ///< of .proto
  std::string syntax;   ///< 3.0.3, 2.0, proto3
  std::vector<ApiServer> servers;
  std::vector<ApiSecurityScheme> security;
  std::vector<ApiOperation> operations;
  std::vector<ApiType> types;
  std::size_t references_elsewhere = 0;  ///< to other files, which were not read
  Span span;
};

}  // namespace kingpost::foreign
