#include "kingpost/app/templates.hpp"

#include <cctype>

namespace kingpost::app {

std::string blank_template(const std::string& name) {
  std::string legal;
  for (const char byte : name) {
    const auto code = static_cast<unsigned char>(byte);
    legal += std::isalnum(code) != 0 ? static_cast<char>(std::tolower(code)) : '_';
  }
  if (legal.empty() || std::isdigit(static_cast<unsigned char>(legal.front())) != 0) legal = "app_" + legal;
  return "# yaml-language-server: $schema=./kingpost.schema.json\nkingpost: 1\nsystem: " + legal +
         R"(
summary: Say in one sentence what this system is for.

roles:
  member:

entities:
  note:
    summary: Something a member wrote down.
    fields:
      owner: ref(user) on_delete(cascade)
      title: string(200)
      body: text optional
      created_at: timestamp created
      updated_at: timestamp updated
    queries:
      mine: owner = ? order by created_at desc
    access:
      read: row.owner == auth.uid
      create: new.owner == auth.uid
      update: row.owner == auth.uid
      delete: row.owner == auth.uid

contracts:
  v1: {current: true}
)";
}

}  // namespace kingpost::app
