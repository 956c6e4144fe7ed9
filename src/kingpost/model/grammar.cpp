#include "kingpost/model/grammar.hpp"

#include "kingpost/model/grammar_behaviour.hpp"

namespace kingpost::model {
namespace {

constexpr Rule kVersion{Form::kEnum, "version", "The version of the language.", "1"};
constexpr Rule kImportPath{Form::kPattern, "import_path", "A model file, relative to this one.", "[^\\x00-\\x1f\\x7f]{1,500}\\.ya?ml"};
constexpr const Rule* kImportElement[] = {&kImportPath};
constexpr Rule kImports{Form::kList, "imports", "Further files of the model.", {}, {}, kImportElement};
constexpr Rule kRequirements{Form::kNamed, "requirements", "Requirements by id.", "[A-Za-z][A-Za-z0-9_-]{0,62}", {}, kTextElement};

constexpr KeyRule kRoleKeys[] = {kSummaryKey, {"inherits", &kNames, "The roles whose rights it has too."}};
constexpr Rule kRoleMap{Form::kObject, "role_map", "A role with its properties.", {}, kRoleKeys};
constexpr const Rule* kRoleForms[] = {&kNothing, &kRoleMap};
constexpr Rule kRole{Form::kChoice, "role", "A role of a caller.", {}, {}, kRoleForms};
constexpr const Rule* kRoleElement[] = {&kRole};
constexpr Rule kRoles{Form::kNamed, "roles", "Roles by name.", kNamePattern, {}, kRoleElement};

constexpr const Rule* kUsesElement[] = {&kNames};
constexpr Rule kUses{Form::kNamed, "uses", "The entities of other services that are read, each with the fields beside its key.",
                     kNamePattern, {},     kUsesElement};
constexpr KeyRule kServiceKeys[] = {
    kSummaryKey,
    kForKey,
    {"uses", &kUses, "What is read of other services."},
    {"http", &kNames, "The other systems it calls."},
};
constexpr Rule kServiceMap{Form::kObject, "service_map", "A service with its properties.", {}, kServiceKeys};
constexpr const Rule* kServiceForms[] = {&kNothing, &kServiceMap};
constexpr Rule kService{Form::kChoice, "service", "A boundary: a command writes inside one service.", {}, {}, kServiceForms};
constexpr const Rule* kServiceElement[] = {&kService};
constexpr Rule kServices{Form::kNamed, "services", "Services by name.", kNamePattern, {}, kServiceElement};

constexpr Rule kIsolation{Form::kEnum, "isolation", "Where tenants are kept apart.", "shared schema database"};
constexpr KeyRule kTenancyKeys[] = {
    kSummaryKey,
    {"entity", &kName, "The entity that is a tenant; every other carries its key.", Need::kRequired},
    {"claim", &kName, "The claim of a token that names the tenant.", Need::kRequired},
    {"isolation", &kIsolation, "Rows of shared tables, a schema or a database per tenant."},
};
constexpr Rule kTenancy{Form::kObject, "tenancy", "Several tenants in one system.", {}, kTenancyKeys};

constexpr Rule kRenames{Form::kNamed, "renames", "The contract's name of a field, by the field's own name.", kNamePattern, {}, kNameElement};
constexpr KeyRule kContractEntityKeys[] = {
    {"rename", &kRenames, "Fields with another name in this contract: `{total: amount}`."},
    {"hide", &kNames, "Fields that this contract does not show."},
};
constexpr Rule kContractEntity{Form::kObject, "contract_entity", "How a contract shows an entity.", {}, kContractEntityKeys};
constexpr const Rule* kContractEntityElement[] = {&kContractEntity};
constexpr Rule kContractEntities{Form::kNamed, "contract_entities",   "What differs from the current contract, by entity.", kNamePattern,
                                 {},           kContractEntityElement};
constexpr KeyRule kContractKeys[] = {
    kSummaryKey,
    {"current", &kBool, "The contract that shows the model as it is."},
    {"deprecated", &kDate, "Since when clients should leave it."},
    {"sunset", &kDate, "When it ends."},
    {"entities", &kContractEntities, "What differs from the current contract."},
};
constexpr Rule kContract{Form::kObject, "contract", "A version of the API that is served.", {}, kContractKeys};
constexpr const Rule* kContractElement[] = {&kContract};
constexpr Rule kContracts{Form::kNamed, "contracts", "Contracts by name.", kNamePattern, {}, kContractElement};

constexpr const Rule* kRateElement[] = {&kRate};
constexpr Rule kPeaks{Form::kNamed,   "peaks", "The peak rate of each operation: a command, `entity.get` or `entity.query`.",
                      kDottedPattern, {},      kRateElement};
constexpr KeyRule kLoadKeys[] = {
    {"users", &kCount, "How many people use the system."},
    {"peak", &kPeaks, "The peak rate of each operation."},
    {"multiply", &kNumber, "The factor the design must carry beyond the peak."},
};
constexpr Rule kLoad{Form::kObject, "load", "What the design must carry; review, capacity and proof read it.", {}, kLoadKeys};

constexpr KeyRule kObjectiveKeys[] = {
    {"availability", &kPercent, "The share of requests that succeed."},
    {"errors", &kPercent, "The share of requests that may fail."},
    {"p50", &kDuration, "The median latency."},
    {"p90", &kDuration, "The 90 % latency."},
    {"p95", &kDuration, "The 95 % latency."},
    {"p99", &kDuration, "The 99 % latency."},
    {"p999", &kDuration, "The 99.9 % latency."},
};
constexpr Rule kObjective{Form::kObject, "objective", "The objectives of one operation.", {}, kObjectiveKeys};
constexpr const Rule* kObjectiveElement[] = {&kObjective};
constexpr Rule kObjectives{Form::kNamed, "objectives", "Objectives by operation.", kDottedPattern, {}, kObjectiveElement};
constexpr KeyRule kSloKeys[] = {
    {"availability", &kPercent, "The share of requests that succeed."},
    {"errors", &kPercent, "The share of requests that may fail."},
    {"p50", &kDuration, "The median latency."},
    {"p90", &kDuration, "The 90 % latency."},
    {"p95", &kDuration, "The 95 % latency."},
    {"p99", &kDuration, "The 99 % latency."},
    {"p999", &kDuration, "The 99.9 % latency."},
    {"operations", &kObjectives, "What differs for single operations."},
};
constexpr Rule kSlo{Form::kObject, "slo", "Service level objectives.", {}, kSloKeys};

constexpr Rule kTopology{Form::kEnum, "topology", "One process, or one per service.", "monolith services"};

constexpr Rule kUserNone{Form::kEnum, "user_none", "The system has no built-in `user`.", "none"};

constexpr Rule kIndexesDeclared{Form::kEnum, "indexes_declared", "The database has the indexes that are written, and no other.", "declared"};

constexpr KeyRule kModelKeys[] = {
    {"kingpost", &kVersion, "The version of the language: 1.", Need::kRequired},
    {"system", &kName, "The system's name.", Need::kRequired},
    {"summary", &kText, "What the system is for, in one sentence."},
    {"import", &kImports, "Further files of the model; their sections join this file's."},
    {"requirements", &kRequirements, "Free text with ids; every id traces to elements and tests."},
    {"user", &kUserNone, "`none`: the system has no built-in entity `user` and no table for it (imported databases)."},
    {"indexes", &kIndexesDeclared, "`declared`: no index is derived beside those that entities write (imported databases)."},
    {"roles", &kRoles, "The roles of callers."},
    {"policies", &kExpressions, "Named expressions for access rules."},
    {"tenancy", &kTenancy, "Several tenants in one system."},
    {"mixins", &kFieldSets, "Groups of fields that entities take over."},
    {"services", &kServices, "Boundaries inside the system."},
    {"types", &kFieldSets, "Records that commands and events carry."},
    {"entities", &kEntities, "The kinds of records."},
    {"projections", &kProjections, "Read models."},
    {"events", &kEvents, "What happened, told to others."},
    {"commands", &kCommands, "What callers can do beyond plain writes."},
    {"sagas", &kSagas, "Long transactions over several services."},
    {"consumers", &kConsumers, "Reactions to events."},
    {"http", &kHttpSystems, "Other systems we call."},
    {"schedules", &kSchedules, "Work that is done regularly."},
    {"flags", &kFlags, "Switches that are turned without a release."},
    {"contracts", &kContracts, "The versions of the API that are served."},
    {"load", &kLoad, "What the design must carry."},
    {"slo", &kSlo, "Service level objectives."},
    {"topology", &kTopology, "One process, or one per service."},
};
constexpr Rule kModel{Form::kObject, "model", "A Kingpost model.", {}, kModelKeys};

constexpr WordRule kTypeWords[] = {
    {"bool", 0, 0, "true or false"},
    {"int", 0, 0, "a whole number of 64 bits"},
    {"int32", 0, 0, "a whole number of 32 bits"},
    {"decimal", 2, 2, "an exact number: decimal(p,s), p digits of which s behind the point"},
    {"float", 0, 0, "a binary floating-point number of 64 bits; NaN and infinities are refused"},
    {"string", 1, 1, "a text of at most n characters: string(n)"},
    {"text", 0, 0, "a text of any length up to its `max`"},
    {"uuid", 0, 0, "a UUID"},
    {"date", 0, 0, "a calendar date"},
    {"time", 0, 0, "a time of day"},
    {"timestamp", 0, 0, "a moment in UTC, to the microsecond"},
    {"duration", 0, 0, "a span of time without months"},
    {"json", 0, 0, "a JSON value"},
    {"bytes", 0, 0, "raw bytes"},
    {"enum", 1, 500, "one of the listed words: enum(a, b)"},
    {"list", 1, 1, "a list of a type: list(string(20))"},
    {"ref", 1, 1, "a reference to a record: ref(entity); the column is NAME_id"},
};
constexpr WordRule kRelationWords[] = {
    {"many", 1, 1, "the records that refer here: many(entity), or many(entity.ref) when it refers more than once"},
    {"one", 1, 1, "the one record that refers here by a unique reference: one(entity.ref)"},
};
constexpr WordRule kRelationModifiers[] = {
    {"through", 1, 1, "the entity whose two references make a many-to-many relation: through(entity)"},
};

}  // namespace

const Rule& model_rule() noexcept { return kModel; }
std::span<const WordRule> type_words() noexcept { return kTypeWords; }
std::span<const WordRule> relation_words() noexcept { return kRelationWords; }
std::span<const WordRule> relation_modifiers() noexcept { return kRelationModifiers; }
std::span<const KeyRule> field_keys() noexcept { return kFieldKeys; }

}  // namespace kingpost::model
