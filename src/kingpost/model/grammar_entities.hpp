#pragma once

#include "kingpost/model/grammar_parts.hpp"

namespace kingpost::model {

// The static shape of a system: fields, entities and their members.

inline constexpr Rule kType{Form::kType, "type",
                            "A type: bool, int, int32, decimal(p,s), float, string(n), text, uuid, date, time, timestamp, duration, json, bytes, "
                            "enum(a, b), list(type), ref(entity), or a type of the section `types`."};
inline constexpr Rule kReferenceAction{Form::kEnum, "reference_action", "What happens to a record whose reference goes away.",
                                       "restrict cascade set_null set_default no_action"};
inline constexpr Rule kSensitivity{Form::kEnum, "sensitivity", "How a value must be handled.", "personal secret financial health"};

// One table for the long form's keys and the one-line form's modifiers.
inline constexpr KeyRule kFieldKeys[] = {
    {"type", &kType, "The field's type.", Need::kRequired},
    {"optional", &kBool, "The field may be null.", Need::kOptional, 0, 0},
    {"unique", &kBool, "No two records (of a tenant) share the value.", Need::kOptional, 0, 0},
    {"default", &kExpression, "The value, or the expression of the value, of a record that is created without one.", Need::kOptional, 1, 1},
    {"min", &kExpression, "The smallest value of a number.", Need::kOptional, 1, 1},
    {"max", &kExpression, "The largest value of a number; the greatest length of a text or list.", Need::kOptional, 1, 1},
    {"pattern", &kText, "An RE2 pattern that the whole text must match.", Need::kOptional, 1, 1},
    {"search", &kBool, "The text takes part in full-text search.", Need::kOptional, 0, 0},
    {"created", &kBool, "Set to the time of creation, never by a caller.", Need::kOptional, 0, 0},
    {"updated", &kBool, "Set to the time of every write, never by a caller.", Need::kOptional, 0, 0},
    {"auto", &kBool, "A whole-number key that the database counts up.", Need::kOptional, 0, 0},
    {"external", &kName, "The key of another service's entity: no foreign key.", Need::kOptional, 1, 1},
    {"on_delete", &kReferenceAction, "What happens to this record when the referenced one is deleted.", Need::kOptional, 1, 1},
    {"on_update", &kReferenceAction, "What happens to this record when the referenced key changes (imported databases).", Need::kOptional, 1, 1},
    {"sensitive", &kSensitivity, "Personal, secret, financial or health data: kept out of logs and exports.", Need::kOptional, 1, 1},
    {"encrypted", &kBool, "Stored encrypted.", Need::kOptional, 0, 0},
    {"read", &kExpression, "Who may read the field: a policy or an expression.", Need::kOptional, 1, 1},
    {"write", &kExpression, "Who may write the field: a policy or an expression.", Need::kOptional, 1, 1},
    {"column", &kSqlName, "The column's name in the database when it differs.", Need::kOptional, 1, 1},
    {"storage", &kName, "The storage codec when it differs from the type's own (imported databases).", Need::kOptional, 1, 1},
    {"sql_type", &kSqlName, "The column's declared type when it differs from ours; DDL repeats it (imported databases).", Need::kOptional, 1, 1},
    {"sql_default", &kText, "The SQL of a default that is no literal; the database fills it (imported databases).", Need::kOptional, 1, 1},
    {"renamed_from", &kName, "The field's former name: the column is renamed, not dropped and added.", Need::kOptional, 1, 1},
    {"for", &kRequirementIds, "The requirements this field serves.", Need::kOptional, 1, 32},
    {"summary", &kText, "One sentence for people; it becomes the description in every specification.", Need::kOptional, 1, 1},
};
inline constexpr Rule kFieldShort{Form::kField, "field_short", "A field in one line: TYPE modifier(…) …, for example `string(80) unique`."};
inline constexpr Rule kFieldLong{Form::kObject, "field_long", "A field as a map: `type` and its modifiers as keys.", {}, kFieldKeys};
inline constexpr const Rule* kFieldForms[] = {&kFieldShort, &kFieldLong};
inline constexpr Rule kField{Form::kChoice, "field", "A field, in one line or as a map.", {}, {}, kFieldForms};
inline constexpr const Rule* kFieldElement[] = {&kField};
inline constexpr Rule kFields{Form::kNamed, "fields", "Fields by name.", kNamePattern, {}, kFieldElement};
inline constexpr const Rule* kFieldsElement[] = {&kFields};
inline constexpr Rule kFieldSets{Form::kNamed, "field_sets", "Named groups of fields.", kNamePattern, {}, kFieldsElement};

inline constexpr KeyRule kAccessKeys[] = {
    {"all", &kExpression, "Every operation that no other key names."},
    {"read", &kExpression, "Which records may be read."},
    {"write", &kExpression, "Create, update and delete, where no other key names them."},
    {"create", &kExpression, "Which records may be created; `new` is the record."},
    {"update", &kExpression, "Which records may be changed; tests the stored and the resulting record."},
    {"delete", &kExpression, "Which records may be deleted."},
};
inline constexpr Rule kAccessNone{Form::kEnum, "access_none", "Nobody but the engine.", "none"};
inline constexpr Rule kAccessMap{Form::kObject,
                                 "access_map",
                                 "Who may do what: a policy's name or an expression for each operation; what is not named is denied.",
                                 {},
                                 kAccessKeys};
inline constexpr const Rule* kAccessForms[] = {&kAccessNone, &kAccessMap};
inline constexpr Rule kAccess{Form::kChoice, "access", "Who may do what; without it everything is denied.", {}, {}, kAccessForms};

inline constexpr KeyRule kUniqueKeys[] = {
    {"fields", &kNames, "The fields whose values together are unique.", Need::kRequired},
    {"name", &kSqlName, "The constraint's name in the database when it differs."},
    kSummaryKey,
};
inline constexpr Rule kUniqueMap{Form::kObject, "unique_map", "A unique constraint with a name.", {}, kUniqueKeys};
inline constexpr const Rule* kUniqueForms[] = {&kNames, &kUniqueMap};
inline constexpr Rule kUnique{Form::kChoice, "unique", "The fields of one unique constraint.", {}, {}, kUniqueForms};
inline constexpr const Rule* kUniqueElement[] = {&kUnique};
inline constexpr Rule kUniques{Form::kList, "uniques", "Unique constraints over several fields (of a tenant).", {}, {}, kUniqueElement};

inline constexpr Rule kIndexField{Form::kPattern, "index_field", "A field, with `desc` for descending order.", "[a-z][a-z0-9_]{0,62}( (asc|desc))?"};
inline constexpr const Rule* kIndexFieldElement[] = {&kIndexField};
inline constexpr Rule kIndexFields{Form::kList, "index_fields", "The fields of an index in order.", {}, {}, kIndexFieldElement};
inline constexpr KeyRule kIndexKeys[] = {
    {"fields", &kIndexFields, "The indexed fields in order.", Need::kRequired},
    {"unique", &kBool, "The index is unique."},
    {"name", &kSqlName, "The index's name in the database when it differs."},
    {"sql_where", &kText, "The SQL condition of a partial index (imported databases)."},
    kSummaryKey,
};
inline constexpr Rule kIndexMap{Form::kObject, "index_map", "An index with its options.", {}, kIndexKeys};
inline constexpr const Rule* kIndexForms[] = {&kIndexFields, &kIndexMap};
inline constexpr Rule kIndex{Form::kChoice, "index", "An explicit index; most indexes are derived from refs, uniques and queries.", {}, {},
                             kIndexForms};
inline constexpr const Rule* kIndexElement[] = {&kIndex};
inline constexpr Rule kIndexes{Form::kNamed, "indexes", "Explicit indexes by name.", kNamePattern, {}, kIndexElement};

inline constexpr Rule kRelation{Form::kRelation, "relation", "many(entity), many(entity.ref), many(entity) through(entity) or one(entity.ref)."};
inline constexpr const Rule* kRelationElement[] = {&kRelation};
inline constexpr Rule kRelations{Form::kNamed, "relations", "The inverses of references, by name.", kNamePattern, {}, kRelationElement};

inline constexpr Rule kQuery{Form::kText, "query", "What must be fast: `category = ? order by price desc`, or `search(name, description)`."};
inline constexpr const Rule* kQueryElement[] = {&kQuery};
inline constexpr Rule kQueries{Form::kNamed, "queries", "Declared queries by name; indexes are derived from them and load refers to them.",
                               kNamePattern, {},        kQueryElement};

inline constexpr const Rule* kNameOrNames[] = {&kName, &kNames};
inline constexpr Rule kStatesFrom{Form::kChoice, "states_from", "A state or a list of states.", {}, {}, kNameOrNames};
inline constexpr KeyRule kMoveKeys[] = {
    {"from", &kStatesFrom, "The state or states the move starts from.", Need::kRequired},
    {"to", &kName, "The state the move leads to.", Need::kRequired},
    kSummaryKey,
    kForKey,
};
inline constexpr Rule kMove{Form::kObject, "move", "A change of state.", {}, kMoveKeys};
inline constexpr const Rule* kMoveElement[] = {&kMove};
inline constexpr Rule kMoves{Form::kNamed, "moves", "The moves between states, by name.", kNamePattern, {}, kMoveElement};
inline constexpr KeyRule kStatesKeys[] = {
    {"field", &kName, "The enum field that holds the state.", Need::kRequired},
    {"initial", &kName, "The state of a new record.", Need::kRequired},
    {"moves", &kMoves, "The only changes of the field; they run in commands and sagas.", Need::kRequired},
};
inline constexpr Rule kStates{Form::kObject, "state_machine", "A state machine over an enum field.", {}, kStatesKeys};

inline constexpr Rule kVary{Form::kEnum, "vary", "What a cached answer depends on.", "none role user tenant"};
inline constexpr KeyRule kCacheKeys[] = {
    {"ttl", &kDuration, "How long an answer may be reused.", Need::kRequired},
    {"vary", &kVary, "What the answer depends on beside the request."},
};
inline constexpr Rule kCache{Form::kObject, "cache", "Caching of answers.", {}, kCacheKeys};
inline constexpr Rule kKeep{Form::kPattern, "retention", "`forever`, or a span: `36 months`.", "forever|[0-9]{1,5} (day|week|month|year)s?"};
inline constexpr KeyRule kGrowthKeys[] = {
    {"rows", &kCount, "How many records there are at the start."},
    {"per_day", &kCount, "How many records are added a day."},
    {"keep", &kKeep, "How long records are kept."},
};
inline constexpr Rule kGrowth{Form::kObject, "growth", "How the entity grows; review and the capacity plan read it.", {}, kGrowthKeys};
inline constexpr Rule kSqlChecks{Form::kNamed,    "sql_checks", "Checks in SQL by name, evaluated by the database alone (imported databases).",
                                 kSqlNamePattern, {},           kTextElement};
inline constexpr Rule kSqlOption{Form::kEnum, "sql_option", "An option of a SQLite table.", "without_rowid autoincrement strict"};
inline constexpr const Rule* kSqlOptionElement[] = {&kSqlOption};
inline constexpr Rule kSqlOptions{Form::kList, "sql_options", "Options of a SQLite table (imported databases).", {}, {}, kSqlOptionElement};
inline constexpr KeyRule kForeignKeyKeys[] = {
    {"fields", &kNames, "The fields that hold the target's values.", Need::kRequired},
    {"to", &kName, "The entity referred to.", Need::kRequired},
    {"target", &kNames, "The target's fields when they are not its key."},
    {"on_delete", &kReferenceAction, "What happens to this record when the referenced one is deleted."},
    {"on_update", &kReferenceAction, "What happens to this record when the referenced key changes."},
    {"name", &kSqlName, "The constraint's name in the database when it differs."},
};
inline constexpr Rule kForeignKey{
    Form::kObject, "foreign_key", "A reference over several fields, or to fields that are not the key.", {}, kForeignKeyKeys};
inline constexpr const Rule* kForeignKeyElement[] = {&kForeignKey};
inline constexpr Rule kForeignKeys{
    Form::kNamed, "foreign_keys",    "References that no single `ref` can say, by the name of their embed (imported databases).", kNamePattern,
    {},           kForeignKeyElement};
inline constexpr Rule kTenancyNone{Form::kEnum, "tenancy_none", "The entity is shared by all tenants.", "none"};

inline constexpr KeyRule kEntityKeys[] = {
    kSummaryKey,
    kForKey,
    {"service", &kName, "The service that owns the entity."},
    {"tenancy", &kTenancyNone, "`none`: the entity is shared by all tenants and carries no tenant key."},
    {"table", &kSqlName, "The table's name in the database when it differs."},
    {"renamed_from", &kName, "The entity's former name: the table is renamed, not dropped and added."},
    {"key", &kNames, "The primary key when it is not the default `id`."},
    {"mixins", &kNames, "The mixins whose fields the entity takes over."},
    {"fields", &kFields, "The fields.", Need::kRequired},
    {"unique", &kUniques, "Unique constraints over several fields."},
    {"indexes", &kIndexes, "Explicit indexes beside the derived ones."},
    {"has", &kRelations, "The inverses of references."},
    {"checks", &kExpressions, "What must be true of every record, by name."},
    {"sql_checks", &kSqlChecks, "Checks in SQL, evaluated by the database alone (imported databases)."},
    {"foreign_keys", &kForeignKeys, "References over several fields, or to fields that are not a key (imported databases)."},
    {"sql_options", &kSqlOptions, "Options of the SQLite table (imported databases)."},
    {"computed", &kExpressions, "Read-only fields made by an expression."},
    {"states", &kStates, "A state machine over an enum field."},
    {"queries", &kQueries, "What must be fast."},
    {"access", &kAccess, "Who may do what; without it everything is denied."},
    {"cache", &kCache, "Caching of answers."},
    {"audit", &kBool, "Every change is kept with who made it."},
    {"growth", &kGrowth, "How the entity grows."},
};
inline constexpr Rule kEntity{Form::kObject, "entity", "A kind of record.", {}, kEntityKeys};
inline constexpr const Rule* kEntityElement[] = {&kEntity};
inline constexpr Rule kEntities{Form::kNamed, "entities", "Entities by name.", kNamePattern, {}, kEntityElement};

}  // namespace kingpost::model
