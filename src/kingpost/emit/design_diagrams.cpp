#include "kingpost/emit/design_parts.hpp"
#include "kingpost/emit/diagrams.hpp"

namespace kingpost::emit {

namespace {

constexpr std::string_view kText = "text/plain; charset=utf-8";
constexpr std::string_view kSvg = "image/svg+xml";

}  // namespace

void add_diagrams(Files& files, SiteInput& site, std::vector<std::string>& left_out) {
  const ir::System& system = *site.system;
  const auto add = [&](SiteDiagram shown, std::string mermaid, Picture picture) {
    files.add(shown.path + ".mmd", kText, std::move(mermaid), shown.title + " (Mermaid)");
    if (!picture.file.empty()) files.add(shown.path + ".svg", kSvg, std::move(picture.file), shown.title);
    shown.inlined = std::move(picture.inlined);
    site.diagrams.push_back(std::move(shown));
  };
  const bool pictures = site.options.pictures;
  add({"diagrams/er", "Entities", "Entities and relations", "", "", "er", false}, print_er_mermaid(system), pictures ? draw_er(system) : Picture{});
  add({"diagrams/c4-container", "Structure", "Containers", "", "", "c4-container", false}, print_c4_mermaid(system),
      pictures ? draw_c4(system) : Picture{});
  if (!pictures) left_out.emplace_back("Pictures were not asked for (--no-pictures); the Mermaid texts say the same.");
}

}  // namespace kingpost::emit
