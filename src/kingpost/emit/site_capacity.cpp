#include "kingpost/capacity/plan.hpp"
#include "kingpost/emit/capacity_print.hpp"
#include "kingpost/emit/design_parts.hpp"
#include "kingpost/emit/site_parts.hpp"

namespace kingpost::emit {
namespace {

/// The design's plan: PostgreSQL, the declared load, every input at its default. `kingpost capacity` plans others. Sensitivity asks for a hundred
/// more sizings, which a large model's design does not wait for.
capacity::Plan plan_of(const ir::System& system) {
  constexpr std::size_t kLarge = 100;
  capacity::PlanOptions options;
  options.sensitivity = system.entities.size() <= kLarge;
  return capacity::make_plan(system, options);
}

}  // namespace

void add_capacity(Files& files, const SiteInput& input) {
  const auto plan = plan_of(*input.system);
  files.add("capacity.md", "text/markdown; charset=utf-8", print_capacity_markdown(*input.system, plan), "Capacity on paper");
  files.add("capacity.json", "application/json", print_capacity_json(*input.system, plan), "Capacity on paper, for programs");
}

void write_capacity(Page& page, const SiteInput& input) {
  page.open_section("capacity", "Capacity",
                    "Loads, sizes, machines and cost on paper; each figure says whether it is declared, measured or assumed.");
  page.raw(
      "<p>Files: <a href=\"capacity.md\">capacity.md</a>, <a href=\"capacity.json\">capacity.json</a>. Another database, load or price list: "
      "<code>kingpost capacity MODEL --database sqlite --factor 10 --prices FILE</code>.</p>\n");
  page.raw(print_capacity_body(*input.system, plan_of(*input.system)));
  page.close_section();
}

}  // namespace kingpost::emit
