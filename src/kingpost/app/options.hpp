#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kingpost/base/limits.hpp"

namespace kingpost::app {

/// What the command line asked for; one struct a command, filled by parse_command_line. Defaults are the documented ones.
struct InitOptions {
  std::string directory;
  std::string template_name;         ///< empty: shop, unless answers are given
  bool interview = false;            ///< ask on the terminal
  bool questions = false;            ///< print the questions and make nothing
  std::vector<std::string> answers;  ///< key=value
  std::string answers_file;
};

struct CheckOptions {
  std::string model;
  std::string format = "text";
  bool watch = false;
};

struct FormatOptions {
  std::vector<std::string> files;
  bool check = false;
};

struct SchemaOptions {
  std::string output;
};

struct DesignOptions {
  std::string model;
  std::string output;
  std::string deploy;  ///< targets separated by commas; empty: no deployment files
  bool pictures = true;
  bool lock = false;
};

struct DecisionsOptions {
  std::string model;
  double factor = 1;
  std::string format = "text";
  std::string output;
};

struct ReviewOptions {
  std::string model;
  std::string format = "text";
  bool fix = false;
  std::vector<std::string> accept;  ///< RULE or RULE:ELEMENT
  std::string reason;
};

/// Files that somebody else made.
struct AssessOptions {
  std::vector<std::string> paths;
  std::string format = "text";
  std::string output;
  std::string as_model;
  bool all = false;
  bool pictures = true;
};

struct CapacityOptions {
  std::string model;
  std::string database;  ///< sqlite or postgres; empty = that of `like`, else postgres
  double factor = 1;
  std::string prices;
  std::vector<std::string> assume;
  std::string like;
  std::string format = "text";
  std::string output;
};

struct ServeOptions {
  std::string model;
  std::string database;
  std::string address = "127.0.0.1";
  std::uint16_t port = 8080;
  bool next_port = false;
  unsigned threads = 0;
  bool dev = false;
  bool design = false;
  bool watch = false;
  bool mock = false;
  std::string mock_rows;
  std::string log = "text";
  std::vector<std::string> limits;
};

struct TokenOptions {
  std::string role;
  std::string user;
  std::string tenant;
  std::string tenant_claim = "tenant";
  std::int64_t hours = 24;
};

struct SeedOptions {
  std::string model;
  std::string database;
  std::string rows;
  double scale = 1;
  std::uint64_t seed = 1;
  bool if_empty = false;
};

struct ImportOptions {
  std::string url;
  std::string output;
};

struct MigrateOptions {
  std::string action;
  std::string model;
  std::string database;
  std::string format = "text";
};

struct ExplainOptions {
  std::string model;
  std::string request;
  std::string database;
  std::string role;
  std::string user;
  std::string tenant;
  std::string body;
};

struct CompletionOptions {
  std::string shell;
};

struct McpOptions {
  std::string root = ".";
  bool allow_write = false;
};

struct GuideOptions {
  std::string page;
};

struct ReferenceOptions {
  std::string output;
  std::string examples;  ///< folder of the rules' cases; empty: pages without examples
};

}  // namespace kingpost::app
