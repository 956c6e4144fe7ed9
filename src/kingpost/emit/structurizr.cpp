#include "kingpost/emit/structurizr.hpp"

#include <fmt/format.h>

#include <set>

#include "kingpost/emit/c4.hpp"
#include "kingpost/surface/surface.hpp"

namespace kingpost::emit {

namespace {

/// A string of the DSL. Inside one, `\` is read as an escape or the end of a line, and `${NAME}` as a variable of the environment.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto code = static_cast<unsigned char>(text[at]);
    if (code < 0x20 || code == 0x7F) {
      out += ' ';
    } else if (text[at] == '"') {
      out += "\\\"";
    } else if (text[at] == '\\') {
      out += '/';
    } else if (text[at] == '$' && at + 1 < text.size() && text[at + 1] == '{') {
      out += "$ ";
    } else {
      out += text[at];
    }
  }
  return out + "\"";
}

class Printer {
 public:
  explicit Printer(const ir::System& system) : system_(system), model_(make_c4(system)) {}

  std::string print() {
    out_ = fmt::format("workspace {} {} {{\n  !identifiers flat\n\n  model {{\n", quoted(system_.name), quoted(system_.summary));
    identifiers_.resize(model_.nodes.size());
    for (std::size_t at = 0; at < model_.nodes.size(); ++at) {
      if (model_.nodes[at].kind == C4Kind::kPerson) element(at, "person", "person", "    ");
    }
    own_system();
    for (std::size_t at = 0; at < model_.nodes.size(); ++at) {
      if (model_.nodes[at].kind == C4Kind::kExternal) element(at, "external", "softwareSystem", "    ");
    }
    links();
    component_links();
    out_ += "  }\n\n";
    views();
    out_ += "}\n";
    return std::move(out_);
  }

 private:
  /// Names are unique among their siblings, as Structurizr demands.
  void element(std::size_t at, std::string_view prefix, std::string_view kind, std::string_view indent) {
    const C4Node& node = model_.nodes[at];
    identifiers_[at] = fmt::format("{}_{}", prefix, at + 1);
    out_ += fmt::format("{}{} = {} {} {}", indent, identifiers_[at], kind, quoted(names_.claim(node.name)), quoted(node.description));
    const bool container = node.kind == C4Kind::kContainer || node.kind == C4Kind::kDatabase;
    if (container) out_ += ' ' + quoted(node.technology);
    if (node.kind == C4Kind::kDatabase) out_ += " \"Database\"";
    if (node.kind == C4Kind::kExternal) out_ += " \"External\"";
    // A container has a body of components.
    out_ += node.kind == C4Kind::kContainer ? " {\n" : "\n";
  }

  void own_system() {
    out_ += fmt::format("    own_system = softwareSystem {} {} {{\n", quoted(names_.claim(system_.name)), quoted(system_.summary));
    for (std::size_t at = 0; at < model_.nodes.size(); ++at) {
      const C4Node& node = model_.nodes[at];
      if (node.kind == C4Kind::kContainer) {
        element(at, "container", "container", "      ");
        components(at);
      } else if (node.kind == C4Kind::kDatabase) {
        element(at, "database", "container", "      ");
      }
    }
    out_ += "    }\n";
  }

  [[nodiscard]] bool split() const { return system_.topology == ir::Topology::kServices && !system_.services.empty(); }

  void component(const std::string& id, const std::string& name, const std::string& about, surface::NameTable& taken) {
    out_ += fmt::format("        {} = component {} {} \"Kingpost\"\n", id, quoted(taken.claim(name)), quoted(about));
  }

  /// A monolith is made of its services, a service of its entities; each command is one more.
  void components(std::size_t container) {
    surface::NameTable taken;
    const std::size_t first = out_.size();
    for (std::size_t at = 0; at < system_.services.size() && !split(); ++at) {
      const ir::Service& service = system_.services[at];
      std::string owned;
      for (const ir::Entity& entity : system_.entities) {
        if (entity.service.valid() && entity.service.index() == at) owned += (owned.empty() ? "Owns " : ", ") + entity.name;
      }
      component(fmt::format("service_{}", at + 1), service.name, owned, taken);
    }
    if (split()) service_components(container, taken);
    if (out_.size() == first) {
      for (const ir::Entity& entity : system_.entities) component(fmt::format("entity_{}", entity.id.value + 1), entity.name, entity.summary, taken);
    }
    const bool any = out_.size() > first;
    out_ += "      }\n";
    if (any) component_views_.push_back(identifiers_[container]);
  }

  void service_components(std::size_t container, surface::NameTable& taken) {
    for (std::size_t at = 0; at < system_.services.size(); ++at) {
      if (system_.services[at].name != model_.nodes[container].name) continue;
      for (const ir::Entity& entity : system_.entities) {
        if (entity.service.valid() && entity.service.index() == at) {
          component(fmt::format("entity_{}", entity.id.value + 1), entity.name, entity.summary, taken);
        }
      }
      for (std::size_t command = 0; command < system_.commands.size(); ++command) {
        const ir::Command& one = system_.commands[command];
        if (one.service.valid() && one.service.index() == at) component(fmt::format("command_{}", command + 1), one.name, one.summary, taken);
      }
    }
  }

  void link(const std::string& from, const std::string& to, const std::string& label, const std::string& technology) {
    // The same arrow twice is an error there.
    if (from.empty() || to.empty() || !arrows_.insert(from + ' ' + to + ' ' + label).second) return;
    out_ += fmt::format("    {} -> {} {} {}\n", from, to, quoted(label), quoted(technology));
  }

  void links() {
    for (const C4Link& one : model_.links) link(identifiers_[one.from], identifiers_[one.to], one.label, one.technology);
  }

  /// In a monolith the declared uses go between components.
  void component_links() {
    if (split()) return;
    for (std::size_t at = 0; at < system_.services.size(); ++at) {
      for (const ir::ServiceUse& use : system_.services[at].uses) {
        const ir::Entity& entity = system_.entity(use.entity);
        if (!entity.service.valid() || entity.service.index() == at || entity.service.index() >= system_.services.size()) continue;
        link(fmt::format("service_{}", at + 1), fmt::format("service_{}", entity.service.index() + 1), "reads " + entity.name, "SQL");
      }
    }
  }

  void views() {
    out_ += "  views {\n    systemContext own_system \"context\" {\n      include *\n      autoLayout lr\n    }\n";
    out_ += "    container own_system \"containers\" {\n      include *\n      autoLayout lr\n    }\n";
    for (const std::string& container : component_views_) {
      out_ += fmt::format("    component {0} \"components-{0}\" {{\n      include *\n      autoLayout lr\n    }}\n", container);
    }
    out_ +=
        "    styles {\n      element \"Person\" {\n        shape person\n      }\n      element \"Database\" {\n        shape cylinder\n      }\n";
    out_ += "      element \"External\" {\n        background #999999\n      }\n    }\n  }\n";
  }

  const ir::System& system_;
  C4Model model_;
  surface::NameTable names_;
  std::vector<std::string> identifiers_;
  std::vector<std::string> component_views_;
  std::set<std::string> arrows_;
  std::string out_;
};

}  // namespace

std::string print_structurizr(const ir::System& system) { return Printer(system).print(); }

}  // namespace kingpost::emit
