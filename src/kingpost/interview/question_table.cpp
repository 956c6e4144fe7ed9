#include "kingpost/interview/questions.hpp"

namespace kingpost::interview {

namespace {

constexpr double kMostPeople = 1e9;
constexpr double kMostRate = 1e6;
constexpr double kMostMonths = 600;

std::vector<Question> first_questions() {
  return {
      {"name", AnswerKind::kName, "What is the system called?", "It names the model, its database and its metrics.", "app", {}},
      {"pattern",
       AnswerKind::kChoice,
       "Which of these is it most like?",
       "The pattern brings the entities, states and commands to start from; everything can be changed later.",
       "shop",
       {{"shop", "sells things and delivers them"},
        {"saas", "software that companies subscribe to, with projects and tasks"},
        {"booking", "lends time slots of rooms, people or things"},
        {"content", "publishes articles that editors review"},
        {"messaging", "lets people write to each other in conversations"},
        {"ledger", "keeps accounts and moves money between them"},
        {"telemetry", "takes in readings of devices and raises alerts"},
        {"marketplace", "brings many sellers and buyers together and keeps a fee"}}},
      {"summary", AnswerKind::kText, "What is it for, in one sentence?", "The sentence heads every specification and the design site.", "", {}},
      {"users",
       AnswerKind::kCount,
       "How many people (or devices) will use it in the first year?",
       "Sizes, and the peak when you do not know it, are worked out from it.",
       "10k",
       {},
       1,
       kMostPeople},
      {"peak",
       AnswerKind::kCount,
       "How many requests a second come at the busiest moment?",
       "Indexes, caches, replicas and the number of nodes follow from it. auto: a tenth of the users in the busiest hour, 20 requests each, doubled.",
       "auto",
       {},
       1,
       kMostRate,
       true},
      {"rows_per_day",
       AnswerKind::kCount,
       "How many main records (orders, bookings, readings …) are made a day?",
       "Storage, partitions and the time of migrations follow from it. auto: one for each ten users.",
       "auto",
       {},
       1,
       kMostPeople,
       true},
      {"growth",
       AnswerKind::kCount,
       "How many times that load must the design carry without being redrawn?",
       "The review and the capacity plan calculate with it.",
       "3",
       {},
       1,
       100},
  };
}

std::vector<Question> data_questions() {
  return {
      {"never_lost",
       AnswerKind::kChoices,
       "What must never be lost once it was confirmed?",
       "It decides backups, what is kept for ever, and where a journal is written that nobody can change.",
       "records",
       {{"none", "a day's work may be lost"},
        {"records", "what callers were told is done: orders, bookings, contracts"},
        {"money", "every amount that moved"},
        {"messages", "what people wrote to each other"},
        {"readings", "what devices measured"}}},
      {"keep_months",
       AnswerKind::kCount,
       "For how many months are records kept?",
       "Growth without an end is a bill without an end; personal data may not be kept longer than needed.",
       "36",
       {},
       1,
       kMostMonths},
      {"sensitive",
       AnswerKind::kChoices,
       "Which sensitive data does it hold?",
       "It decides field rules, encryption, erasure, and what may stand in events and logs.",
       "none",
       {{"none", "nothing beyond the user's sign-in"},
        {"personal", "names, addresses, telephone numbers"},
        {"financial", "bank accounts, tax numbers"},
        {"health", "anything about somebody's health"},
        {"secret", "keys and passwords of other systems"}}},
      {"audit",
       AnswerKind::kChoice,
       "Must every change say who made it?",
       "It makes the engine keep each change of the main records.",
       "no",
       {{"no", "the events are enough"}, {"yes", "an auditor asks"}}},
      {"currency", AnswerKind::kCurrencies, "In which currency are its prices?", "Several currencies put a code beside every amount.", "EUR", {}},
      {"tenants",
       AnswerKind::kChoice,
       "Do several customers (companies) share it without seeing each other?",
       "Tenancy is structure: every key, unique and index starts with the tenant. Adding it later rewrites every table.",
       "none",
       {{"none", "one company, or people who are no companies"},
        {"shared", "rows of shared tables; cheapest, thousands of tenants"},
        {"schema", "a schema for each; tens to hundreds of tenants"},
        {"database", "a database for each; few tenants who pay for it"}}},
  };
}

std::vector<Question> surrounding_questions() {
  return {
      {"integrations",
       AnswerKind::kChoices,
       "What does it work with?",
       "Calls of other systems become events, sagas with an undo for each step, and retries; never a call inside a transaction.",
       "none",
       {{"none", "it stands alone"},
        {"payments", "a payment provider"},
        {"mail", "a mail or message service"},
        {"search", "full-text search in its own texts"},
        {"webhooks", "tells customers' systems what happened"},
        {"files", "files in an object store"}}},
      {"availability",
       AnswerKind::kPercent,
       "Which share of requests must succeed?",
       "It decides standbys, backups and regions; each further nine costs several times as much.",
       "99.9",
       {},
       90,
       99.999},
      {"p99_ms",
       AnswerKind::kCount,
       "Within how many milliseconds must 99 of 100 requests be answered?",
       "It decides what may be done while the caller waits.",
       "300",
       {},
       5,
       15000},
      {"team",
       AnswerKind::kCount,
       "How many developers will work on it?",
       "Boundaries follow teams: below nine people one module is quicker than services.",
       "4",
       {},
       1,
       5000},
      {"regions",
       AnswerKind::kChoices,
       "Where must its data stay?",
       "Several regions put a home region on every tenant or person; moving data later is a project of its own.",
       "eu",
       {{"eu", "European Union"},
        {"uk", "United Kingdom"},
        {"us", "United States"},
        {"ca", "Canada"},
        {"latam", "Latin America"},
        {"mea", "Middle East and Africa"},
        {"apac", "Asia and the Pacific"}}},
      {"clients",
       AnswerKind::kDate,
       "Until when must clients of an earlier version keep working?",
       "It adds a second contract that shows those clients the old shape until that day.",
       "none",
       {}},
  };
}

}  // namespace

std::vector<Question> make_questions() {
  std::vector<Question> out = first_questions();
  for (std::vector<Question> more : {data_questions(), surrounding_questions()}) {
    for (Question& question : more) out.push_back(std::move(question));
  }
  return out;
}

}  // namespace kingpost::interview
