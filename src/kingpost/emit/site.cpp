#include "kingpost/emit/site.hpp"

#include <fmt/format.h>

#include "kingpost/emit/html.hpp"

namespace kingpost::emit {

std::string print_site(const SiteInput& input) {
  const std::string name = escape_html(input.system->name);
  std::string out =
      fmt::format("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{} design</title></head><body><h1>{}</h1>\n", name, name);
  out += fmt::format("<p>{}</p>\n<pre>{}</pre>\n<pre>{}</pre>\n</body></html>\n", escape_html(input.system->summary), escape_html(input.ddl_sqlite),
                     escape_html(input.ddl_postgres));
  return out;
}

}  // namespace kingpost::emit
