#include "kingpost/emit/openapi.hpp"

#include <fmt/format.h>

#include <array>
#include <initializer_list>
#include <set>

#include "kingpost/emit/schemas.hpp"

namespace kingpost::emit {

using surface::Api;
using surface::ApiCommand;
using surface::ApiEntity;
using surface::ApiField;

namespace {

struct Refusal {
  int status;
  std::string_view name;
  std::string_view description;
};

/// Every refusal an operation may answer; each is a problem document.
constexpr std::array kRefusals = {
    Refusal{400, "BadRequest", "The request is malformed or breaks a constraint; `code` says which."},
    Refusal{401, "Unauthenticated", "The token is missing, expired or not valid."},
    Refusal{403, "Forbidden", "A policy of the model denies this."},
    Refusal{404, "NotFound", "There is no such entity in this contract."},
    Refusal{406, "NotAcceptable", "Not exactly one row where one was asked for, or an unknown media type or contract."},
    Refusal{409, "Conflict", "A unique or foreign key stands against it, or the same Idempotency-Key is in flight."},
    Refusal{412, "PreconditionFailed", "If-Match names another version of the row."},
    Refusal{413, "ContentTooLarge", "The body is larger than this server takes."},
    Refusal{415, "UnsupportedMediaType", "The body is no JSON."},
    Refusal{422, "Unprocessable", "The Idempotency-Key was used with another payload."},
    Refusal{429, "TooManyRequests", "The caller asks too often."},
    Refusal{500, "InternalError", "Something broke on the server."},
    Refusal{503, "Unavailable", "The database does not answer or the queue is full; try again later."},
    Refusal{504, "Timeout", "The database took too long."},
};

constexpr std::array<int, 9> kReadRefusals = {400, 401, 403, 404, 406, 429, 500, 503, 504};

constexpr std::string_view kCommandTag = "rpc";

/// A query parameter with a bounded string.
struct Parameter {
  std::string_view name;
  std::string_view place;
  std::string_view description;
  std::string_view pattern;
  std::int64_t max_length;
};

constexpr std::array kReadParameters = {
    Parameter{"select", "query", "Columns and embeds: `id,name,category(name)`; aliases `a:name`, casts `price::text`, JSON paths `doc->a->>b`.",
              "^[^\\u0000]*$", 8192},
    Parameter{"order", "query", "`price.desc.nullslast,id`", "^[^\\u0000]*$", 2048},
    Parameter{"cursor", "query", "Opaque; from the `Link` header of the page before.", "^[A-Za-z0-9_-]*$", 4096},
    Parameter{"or", "query", "A logic tree: `(a.lt.1,and(b.gte.2,c.is.null))`.", "^[^\\u0000]*$", 8192},
    Parameter{"and", "query", "A logic tree.", "^[^\\u0000]*$", 8192},
    Parameter{"Range", "header", "Rows `0-24`, instead of limit and offset.", "^[0-9]+-[0-9]*$", 41},
    Parameter{"If-None-Match", "header", "Entity tags; 304 when the answer has one of them.", "^[^\\u0000]*$", 2048},
};

constexpr std::array kCommonParameters = {
    Parameter{"Prefer", "header", "RFC 7240: `return=representation`, `count=exact`, `resolution=merge-duplicates`, `missing=default`.",
              "^[^\\u0000]*$", 512},
    Parameter{"Idempotency-Key", "header", "The effect happens once per key; the answer is kept and replayed.", "^[!-~ ]*$", 257},
    Parameter{"If-Match", "header", "Versions of the one row that the filter pins; 412 when it has another.", "^[^\\u0000]*$", 2048},
    Parameter{"columns", "query", "Keys to take from the body; others are ignored.", "^[^\\u0000]*$", 4096},
    Parameter{"on_conflict", "query", "Columns of the unique constraint that an upsert meets.", "^[^\\u0000]*$", 1024},
};

/// Prints one contract.
class Printer {
 public:
  Printer(const Api& api, OpenApiScope scope) : api_(api), scope_(scope) {}

  [[nodiscard]] std::string print() {
    out_.begin_object().member("openapi", "3.1.0");
    info();
    servers();
    out_.key("security").begin_array();
    out_.begin_object().key("bearer").begin_array().end_array().end_object();
    out_.end_array();
    tags();
    out_.key("paths").begin_object();
    for (const ApiEntity& entity : api_.entities) path(entity);
    for (const ApiCommand& command : commands()) call(command);
    out_.end_object();
    components();
    out_.end_object();
    return out_.take();
  }

 private:
  /// Remembers what is referred to, because only that becomes a component.
  JsonWriter& reference(std::string_view name, const std::string& target) {
    used_.insert(target);
    return out_.reference(name, target);
  }

  void use_of(const std::string& target) {
    used_.insert(target);
    out_.begin_object().member("$ref", target).end_object();
  }

  [[nodiscard]] bool used(std::string_view kind, std::string_view name) const {
    return used_.contains(fmt::format("#/components/{}/{}", kind, name));
  }

  void servers() {
    out_.key("servers").begin_array().begin_object().member("url", "/rest/v1");
    out_.member("description", "The server that this document came from; each environment, test, staging or production, has its own.");
    out_.member("x-internal", false).end_object().end_array();
  }

  void info() {
    out_.key("info").begin_object();
    out_.member("title", fmt::format("{} API", api_.system));
    out_.member("version", api_.contract);
    std::string description = api_.summary.empty() ? fmt::format("The REST API of {}.", api_.system) : api_.summary;
    description += " Filters are written `column=operator.value`; errors are RFC 9457 problem documents.";
    if (!api_.deprecated.empty()) description += fmt::format(" This contract is deprecated since {}.", api_.deprecated);
    if (!api_.sunset.empty()) description += fmt::format(" It ends on {}.", api_.sunset);
    out_.member("description", prose(description));
    out_.key("license").begin_object().member("name", "Proprietary").member("identifier", "LicenseRef-Proprietary").end_object();
    out_.key("contact").begin_object().member("name", fmt::format("The team of {}", api_.system)).member("url", "https://example.com/").end_object();
    out_.end_object();
  }

  void tags() {
    out_.key("tags").begin_array();
    for (const ApiEntity& entity : api_.entities) {
      out_.begin_object().member("name", entity.name);
      out_.member("description", prose(entity.summary.empty() ? fmt::format("Rows of {}.", entity.name) : entity.summary)).end_object();
    }
    if (!commands().empty() && api_.find(kCommandTag) == nullptr) {
      out_.begin_object().member("name", kCommandTag).member("description", "Commands: each is one transaction.").end_object();
    }
    out_.end_array();
  }

  /// Commands do not run yet, so only the design lists them.
  [[nodiscard]] const std::vector<ApiCommand>& commands() const {
    static const std::vector<ApiCommand> none;
    return scope_ == OpenApiScope::kDesigned ? api_.commands : none;
  }

  void path(const ApiEntity& entity) {
    out_.key("/" + encoded(entity.name)).begin_object();
    if (entity.readable) read(entity);
    if (entity.creatable) create(entity);
    if (entity.updatable) change(entity, "patch", "update", fmt::format("Change the rows of {} that the filters select", entity.name));
    if (entity.removable) change(entity, "delete", "delete", fmt::format("Delete the rows of {} that the filters select", entity.name));
    out_.end_object();
  }

  void operation(const ApiEntity& entity, std::string_view method, std::string_view verb, std::string_view summary) {
    out_.key(method).begin_object();
    out_.member("operationId", fmt::format("{}{}", verb, entity.type_name));
    out_.member("summary", summary);
    out_.member("description", fmt::format("{}. Rows and columns that the caller may not see are absent.", prose(summary)));
    out_.key("tags").begin_array().text(entity.name).end_array();
    if (!api_.deprecated.empty()) out_.member("deprecated", true);
    out_.key("parameters").begin_array();
  }

  /// A secret has no place in a URL, which logs and histories keep, so no filter is offered for one.
  void filters(const ApiEntity& entity) {
    for (const ApiField& field : entity.fields) {
      if (field.readable && field.sensitivity != ir::Sensitivity::kSecret) use_of("#/components/parameters/" + filter_name(entity, field));
    }
  }

  void use(std::string_view parameter) { use_of(fmt::format("#/components/parameters/{}", parameter)); }

  void read(const ApiEntity& entity) {
    operation(entity, "get", "list", fmt::format("List rows of {}", entity.name));
    filters(entity);
    for (const Parameter& parameter : kReadParameters) use(parameter.name);
    use("Accept-Profile");
    use("limit");
    use("offset");
    use("Prefer");
    out_.end_array();
    out_.key("responses").begin_object();
    rows_response(entity, "200", "The rows; with a count, all of them.");
    rows_response(entity, "206", "A part of the counted rows.");
    out_.key("304").begin_object().member("description", "Not changed since the entity tag.");
    headers({"ETag"});
    out_.end_object();
    reference("300", "#/components/responses/Ambiguous");
    refusals(kReadRefusals);
    reference("416", "#/components/responses/RangeNotSatisfiable");
    out_.end_object().end_object();
  }

  void create(const ApiEntity& entity) {
    operation(entity, "post", "create", fmt::format("Create rows of {}", entity.name));
    for (const std::string_view name : {"select", "columns", "on_conflict", "Content-Profile", "Prefer", "Idempotency-Key"}) use(name);
    out_.end_array();
    body(entity, "Create", true);
    out_.key("responses").begin_object();
    rows_response(entity, "200", "Merged or ignored, with its representation.");
    rows_response(entity, "201", "Created; with return=representation the rows.");
    write_refusals(true);
    out_.end_object().end_object();
  }

  void change(const ApiEntity& entity, std::string_view method, std::string_view verb, std::string_view summary) {
    operation(entity, method, verb, summary);
    filters(entity);
    for (const std::string_view name : {"select", "or", "and", "Content-Profile", "Prefer", "If-Match", "Idempotency-Key"}) use(name);
    out_.end_array();
    if (method == "patch") body(entity, "Update", false);
    out_.key("responses").begin_object();
    rows_response(entity, "200", "Done; the rows as return=representation asked.");
    out_.key("204").begin_object().member("description", "Done.");
    headers({"Preference-Applied"});
    out_.end_object();
    write_refusals(method == "patch");
    out_.end_object().end_object();
  }

  /// `sends`: the operation has a body, which may be too large or of another type.
  void write_refusals(bool sends) {
    for (const Refusal& refusal : kRefusals) {
      if (!sends && (refusal.status == 413 || refusal.status == 415)) continue;
      reference(std::to_string(refusal.status), fmt::format("#/components/responses/{}", refusal.name));
    }
  }

  template <std::size_t N>
  void refusals(const std::array<int, N>& statuses) {
    for (const int status : statuses) {
      for (const Refusal& refusal : kRefusals) {
        if (refusal.status == status) reference(std::to_string(status), fmt::format("#/components/responses/{}", refusal.name));
      }
    }
  }

  void call(const ApiCommand& command) {
    out_.key("/rpc/" + encoded(command.name)).begin_object().key("post").begin_object();
    out_.member("operationId", "call" + command.type_name);
    out_.member("summary", fmt::format("Call {}", command.name));
    std::string description = command.summary.empty() ? fmt::format("The command {}.", command.name) : command.summary;
    for (const auto& [code, message] : command.errors) description += fmt::format(" 400 `{}`: {}", code, message);
    out_.member("description", prose(description)).member("x-kingpost-status", "designed");
    out_.key("tags").begin_array().text(kCommandTag).end_array();
    if (!api_.deprecated.empty()) out_.member("deprecated", true);
    out_.key("parameters").begin_array();
    for (const std::string_view name : {"select", "Content-Profile", "Prefer"}) use(name);
    use(command.idempotent ? "IdempotencyKeyRequired" : "Idempotency-Key");
    out_.end_array();
    if (!command.input.empty()) {
      out_.key("requestBody").begin_object().member("required", true).key("content").begin_object().key("application/json").begin_object();
      reference("schema", fmt::format("#/components/schemas/{}Input", command.type_name));
      out_.end_object().end_object().end_object();
    }
    out_.key("responses").begin_object();
    const ApiEntity* returned = api_.find(command.returns);
    if (returned != nullptr && returned->readable) {
      row_response(*returned, "200", "Done; the row as the caller may read it.");
    } else {
      out_.key("204").begin_object().member("description", "Done.");
      headers({});
      out_.end_object();
    }
    write_refusals(!command.input.empty());
    out_.end_object().end_object().end_object();
  }

  void row_response(const ApiEntity& entity, std::string_view status, std::string_view description) {
    out_.key(status).begin_object().member("description", description);
    headers({"ETag", "Preference-Applied"});
    out_.key("content").begin_object().key("application/json").begin_object();
    reference("schema", "#/components/schemas/" + entity.type_name).end_object().end_object().end_object();
  }

  void body(const ApiEntity& entity, std::string_view shape, bool many) {
    const std::string schema = fmt::format("#/components/schemas/{}{}", entity.type_name, shape);
    out_.key("requestBody").begin_object().member("required", true).key("content").begin_object();
    out_.key("application/json").begin_object().key("schema").begin_object();
    if (many) {
      out_.key("oneOf").begin_array();
      use_of(schema);
      out_.begin_object().member("type", "array").member("maxItems", 10'000);
      reference("items", schema).end_object();
      out_.end_array();
    } else {
      used_.insert(schema);
      out_.member("$ref", schema);
    }
    out_.end_object().end_object().end_object().end_object();
  }

  void rows_response(const ApiEntity& entity, std::string_view status, std::string_view description) {
    const std::string schema = "#/components/schemas/" + entity.type_name;
    out_.key(status).begin_object().member("description", description);
    headers({"Content-Range", "ETag", "Link", "Location", "Preference-Applied"});
    if (!entity.readable) {
      out_.end_object();
      return;
    }
    out_.key("content").begin_object();
    out_.key("application/json").begin_object().key("schema").begin_object();
    out_.member("type", "array").member("maxItems", 10'000);
    reference("items", schema).end_object().end_object();
    out_.key("application/vnd.pgrst.object+json").begin_object();
    reference("schema", schema).end_object();
    out_.end_object().end_object();
  }

  /// Every answer may be read from another origin; some carry more.
  void headers(std::initializer_list<std::string_view> more) {
    out_.key("headers").begin_object();
    reference("Access-Control-Allow-Origin", "#/components/headers/Access-Control-Allow-Origin");
    for (const std::string_view name : more) reference(name, fmt::format("#/components/headers/{}", name));
    out_.end_object();
  }

  void components() {
    out_.key("components").begin_object();
    security_schemes();
    parameters();
    responses();
    header_components();
    schemas();
    out_.end_object();
  }

  void header_components() {
    out_.key("headers").begin_object();
    header("Access-Control-Allow-Origin", "`*`: tokens travel in headers, never in cookies.");
    header("Content-Range", "First and last row, and the count if it was asked for: `0-24/573`.");
    header("ETag", "Strong for one object, weak for a list.");
    header("Link", "First, previous and next page (RFC 8288).");
    header("Location", "The created row, with return=headers-only.");
    header("Preference-Applied", "The preferences that were honoured.");
    header("Retry-After", "Seconds to wait.");
    out_.end_object();
  }

  void security_schemes() {
    out_.key("securitySchemes").begin_object();
    out_.key("bearer").begin_object().member("type", "http").member("scheme", "bearer").member("bearerFormat", "JWT");
    out_.member("description", "An access token, sent as RFC 6750 and built as RFC8725 say: HS256, always with an expiry.").end_object();
    out_.end_object();
  }

  void header(std::string_view name, std::string_view description) {
    if (!used("headers", name)) return;
    out_.key(name).begin_object().member("description", description);
    out_.key("schema").begin_object().member("type", "string").member("pattern", "^[^\\u0000]*$").member("maxLength", 8192).end_object().end_object();
  }

  void parameter(const Parameter& parameter) {
    if (!used("parameters", parameter.name)) return;
    out_.key(parameter.name).begin_object().member("name", parameter.name).member("in", parameter.place).member("description", parameter.description);
    out_.key("schema")
        .begin_object()
        .member("type", "string")
        .member("pattern", parameter.pattern)
        .member("maxLength", parameter.max_length)
        .end_object();
    out_.end_object();
  }

  void whole_number(std::string_view name, std::string_view description, std::int64_t maximum) {
    if (!used("parameters", name)) return;
    out_.key(name).begin_object().member("name", name).member("in", "query").member("description", description);
    out_.key("schema")
        .begin_object()
        .member("type", "integer")
        .member("format", "int64")
        .member("minimum", 0)
        .member("maximum", maximum)
        .end_object();
    out_.end_object();
  }

  /// The contract that is asked for; without it a request means the current one.
  void profile(std::string_view name) {
    if (!used("parameters", name)) return;
    out_.key(name).begin_object().member("name", name).member("in", "header");
    out_.member("description",
                api_.current ? "The contract; without it the current one, which is this." : "The contract; without it the current one.");
    out_.member("required", !api_.current);
    out_.key("schema").begin_object().member("type", "string").key("enum").begin_array().text(api_.contract);
    if (api_.current && api_.contract != "public") out_.text("public");
    out_.end_array().end_object().end_object();
  }

  void required_key() {
    if (!used("parameters", "IdempotencyKeyRequired")) return;
    out_.key("IdempotencyKeyRequired").begin_object().member("name", "Idempotency-Key").member("in", "header").member("required", true);
    out_.member("description", "The effect happens once per key; the answer is kept and replayed. This command is refused without one.");
    out_.key("schema").begin_object().member("type", "string").member("pattern", "^[!-~ ]+$").member("maxLength", 257);
    out_.end_object().end_object();
  }

  void parameters() {
    out_.key("parameters").begin_object();
    for (const Parameter& one : kReadParameters) parameter(one);
    for (const Parameter& one : kCommonParameters) parameter(one);
    profile("Accept-Profile");
    profile("Content-Profile");
    required_key();
    whole_number("limit", "Rows of a page; the server caps it.", 1'000'000);
    whole_number("offset", "Rows to skip; a cursor is cheaper.", 9'007'199'254'740'992);
    for (const ApiEntity& entity : api_.entities) {
      for (const ApiField& field : entity.fields) {
        if (field.readable) filter(entity, field);
      }
    }
    out_.end_object();
  }

  void filter(const ApiEntity& entity, const ApiField& field) {
    if (!used("parameters", filter_name(entity, field))) return;
    out_.key(filter_name(entity, field)).begin_object().member("name", field.name).member("in", "query");
    out_.member("description", fmt::format("Filter on {}: `eq.`, `gt.`, `in.(…)`, `is.null`, `not.` …", prose(field.name)));
    out_.key("schema").begin_object().member("type", "string").member("pattern", "^(not\\.)?[a-z]+(\\((any|all|[a-z_]+)\\))?\\.[^\\u0000]*$");
    out_.member("maxLength", 8192).end_object().end_object();
  }

  void responses() {
    out_.key("responses").begin_object();
    for (const Refusal& refusal : kRefusals) response(refusal);
    response({300, "Ambiguous", "More than one relation fits the embed; `errors` lists them."});
    response({416, "RangeNotSatisfiable", "The offset is beyond the counted rows."});
    out_.end_object();
  }

  void response(const Refusal& refusal) {
    if (!used("responses", refusal.name)) return;
    out_.key(refusal.name).begin_object().member("description", refusal.description);
    if (refusal.status == 429 || refusal.status == 503) {
      headers({"Retry-After"});
    } else {
      headers({});
    }
    out_.key("content").begin_object().key("application/problem+json").begin_object();
    reference("schema", "#/components/schemas/Problem").end_object().end_object().end_object();
  }

  void schemas() {
    out_.key("schemas").begin_object();
    problem();
    for (const ApiEntity& entity : api_.entities) {
      if (entity.readable) {
        out_.key(entity.type_name);
        write_entity_schema(out_, api_, entity, Shape::kRow);
      }
      if (entity.creatable) {
        out_.key(entity.type_name + "Create");
        write_entity_schema(out_, api_, entity, Shape::kCreate);
      }
      if (entity.updatable) {
        out_.key(entity.type_name + "Update");
        write_entity_schema(out_, api_, entity, Shape::kUpdate);
      }
    }
    for (const ApiCommand& command : commands()) members(command.type_name + "Input", command.input);
    // Without commands nothing refers to a named type.
    if (!commands().empty()) {
      for (const surface::ApiRecord& record : api_.records) {
        if (record_used(record)) members(record.type_name, record.members);
      }
    }
    out_.end_object();
  }

  void members(const std::string& name, const std::vector<surface::ApiMember>& all) {
    if (all.empty()) return;
    out_.key(name);
    write_members_schema(out_, api_, all, "#/components/schemas/");
  }

  /// Named types that only events hold belong to no request.
  [[nodiscard]] bool record_used(const surface::ApiRecord& record) const {
    for (const ApiCommand& command : api_.commands) {
      for (const surface::ApiRecord* one : reached_records(api_, command.input)) {
        if (one == &record) return true;
      }
    }
    return false;
  }

  void text_property(std::string_view name, bool nullable, std::string_view description) {
    out_.key(name).begin_object().member("description", description);
    if (nullable) {
      out_.key("type").begin_array().text("string").text("null").end_array();
    } else {
      out_.member("type", "string");
    }
    out_.member("pattern", "^[^\\u0000]*$").member("maxLength", 8192).end_object();
  }

  void problem() {
    if (!used("schemas", "Problem")) return;
    out_.key("Problem").begin_object().member("description", "Why a request was refused (RFC 9457), with the keys that PostgREST's clients read.");
    out_.member("type", "object").key("properties").begin_object();
    text_property("type", false, "about:blank");
    text_property("title", false, "The kind of problem.");
    out_.key("status").begin_object().member("type", "integer").member("format", "int32").member("minimum", 300).member("maximum", 599).end_object();
    text_property("detail", false, "What is wrong.");
    text_property("instance", false, "The path that was asked.");
    text_property("code", false, "Stable: a SQLSTATE, PGRSTnnn or kp-….");
    text_property("message", false, "As detail.");
    text_property("details", true, "More, where there is more.");
    text_property("hint", true, "What to do.");
    out_.key("errors")
        .begin_object()
        .member("type", "array")
        .member("maxItems", 1000)
        .reference("items", "#/components/schemas/ProblemField")
        .end_object();
    out_.end_object();
    out_.key("required").begin_array();
    for (const std::string_view name : {"type", "title", "status", "detail", "instance", "code", "message", "details", "hint"}) out_.text(name);
    out_.end_array().member("additionalProperties", false).end_object();
    out_.key("ProblemField").begin_object().member("description", "One refused member of the body.").member("type", "object");
    out_.key("properties").begin_object();
    text_property("pointer", false, "JSON pointer into the body (RFC 6901).");
    text_property("code", false, "Stable.");
    text_property("detail", false, "What is wrong with it.");
    out_.end_object().member("additionalProperties", false).end_object();
  }

  /// Component keys allow letters, digits, `. _ -` only.
  static std::string filter_name(const ApiEntity& entity, const ApiField& field) {
    return fmt::format("{}.{}", entity.type_name, surface::snake_case(field.name));
  }

  static std::string encoded(std::string_view name) {
    std::string out;
    for (const char byte : name) {
      const auto code = static_cast<unsigned char>(byte);
      const bool plain = (code >= '0' && code <= '9') || (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z') || code == '_' || code == '-';
      if (plain) {
        out += byte;
      } else {
        out += fmt::format("%{:02X}", code);
      }
    }
    return out;
  }

  const Api& api_;
  OpenApiScope scope_;
  JsonWriter out_;
  std::set<std::string> used_;
};

}  // namespace

std::string print_openapi(const Api& api, OpenApiScope scope) { return Printer(api, scope).print(); }

}  // namespace kingpost::emit
