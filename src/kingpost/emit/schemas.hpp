#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kingpost/emit/json_writer.hpp"
#include "kingpost/surface/surface.hpp"

namespace kingpost::emit {

/// Which of an entity's shapes a schema describes.
enum class Shape : std::uint8_t { kRow, kCreate, kUpdate };

/// A text of the model as the CommonMark that descriptions of OpenAPI and AsyncAPI are: no tag and no link can begin in it.
[[nodiscard]] std::string prose(std::string_view text);

/// Members of a JSON Schema for one value, inside an open object: type, format, bounds, enum, description.
void write_field_schema(JsonWriter& out, const surface::ApiField& field, Shape shape);

/// A whole object schema of an entity of `api`, as an OpenAPI component: `{"type": "object", …}`. What is sent is closed; a row names its embeds
/// and stays open, because a request may select under names of its own.
void write_entity_schema(JsonWriter& out, const surface::Api& api, const surface::ApiEntity& entity, Shape shape);

/// A whole object schema of the members of an input, an event or a named type. Named types are referred to as `types` + their type name.
void write_members_schema(JsonWriter& out, const surface::Api& api, const std::vector<surface::ApiMember>& members, std::string_view types);

/// The named types that `members` reach, each once, in the order met.
[[nodiscard]] std::vector<const surface::ApiRecord*> reached_records(const surface::Api& api, const std::vector<surface::ApiMember>& members);

/// JSON Schema 2020-12 of an event's data and of a command's input, files of their own; named types lie in `$defs`.
[[nodiscard]] std::string print_event_schema(const surface::Api& api, const surface::ApiEvent& event);
[[nodiscard]] std::string print_command_schema(const surface::Api& api, const surface::ApiCommand& command);

/// JSON Schema 2020-12 of a row of an entity, a file of its own.
[[nodiscard]] std::string print_json_schema(const surface::Api& api, const surface::ApiEntity& entity);

}  // namespace kingpost::emit
