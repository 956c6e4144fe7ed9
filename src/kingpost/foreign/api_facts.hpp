#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kingpost/base/span.hpp"

namespace kingpost::foreign {

/// A property, parameter, argument or field of a foreign API, with the bounds that it declares.
struct ApiMember {
  std::string name;
  std::string place;  ///< query, path, header, cookie; empty in a body, type or message
  std::string type;   ///< string, integer, number, boolean, array, object, or a type's name
  std::string format;
  bool required = false;
  bool nullable = false;
  bool bounded = false;  ///< maxLength, maxItems, maximum, pattern, enum or a format that bounds by itself
  bool closed_enum = false;
  bool read_only = false;
  bool list = false;
  std::string item_type;  ///< of a list
  Span span;
};

/// A named schema, GraphQL type or protobuf message.
struct ApiType {
  std::string name;
  std::string kind;  ///< object, input, enum, interface, union, message
  std::vector<ApiMember> members;
  std::vector<std::string> values;  ///< of an enum
  bool open = true;                 ///< additionalProperties not refused
  bool used_in_request = false;
  bool used_in_response = false;
  Span span;
};

struct ApiAnswer {
  std::string status;  ///< 200, 4XX, default
  std::string type;    ///< named type, or array
  std::string item_type;
  bool has_body = false;
  bool list = false;  ///< the body is, or wraps, a list
  Span span;
};

/// One operation: HTTP method and path, GraphQL root field, or rpc.
struct ApiOperation {
  std::string id;
  std::string method;  ///< GET…; QUERY, MUTATION, SUBSCRIPTION; RPC
  std::string path;
  std::vector<ApiMember> parameters;
  std::string body_type;
  std::vector<ApiMember> body;  ///< top-level members of the request body, references followed
  std::vector<ApiAnswer> answers;
  bool secured = false;  ///< some security requirement holds, its own or the document's
  bool explicitly_public = false;
  bool deprecated = false;
  bool client_streaming = false;
  bool server_streaming = false;
  Span span;
};

enum class ApiKind : std::uint8_t { kOpenApi, kSwagger, kGraphql, kProto };

struct ApiServer {
  std::string url;
  Span span;
};

struct ApiSecurityScheme {
  std::string name;
  std::string type;   ///< http, apiKey, oauth2, openIdConnect, basic, mutualTLS
  std::string place;  ///< of an API key: query, header, cookie
  Span span;
};

struct ApiFacts {
  ApiKind kind = ApiKind::kOpenApi;
  std::string file;
  std::string title;
  std::string version;  ///< info.version or the package's version part
  std::string package;  ///< of .proto
  std::vector<ApiServer> servers;
  std::vector<ApiSecurityScheme> security;
  std::vector<ApiOperation> operations;
  std::vector<ApiType> types;
  Span span;
};

}  // namespace kingpost::foreign
