#include <fmt/format.h>

#include "kingpost/emit/behaviour.hpp"
#include "kingpost/emit/c4.hpp"
#include "kingpost/emit/design_parts.hpp"
#include "kingpost/emit/diagrams.hpp"
#include "kingpost/emit/er.hpp"
#include "kingpost/emit/er_groups.hpp"
#include "kingpost/emit/flow.hpp"
#include "kingpost/emit/html.hpp"
#include "kingpost/emit/sequence.hpp"

namespace kingpost::emit {

namespace {

constexpr std::string_view kText = "text/plain; charset=utf-8";
constexpr std::string_view kSvg = "image/svg+xml";

/// Adds each diagram as Mermaid and, where asked for, as a picture.
class Diagrams {
 public:
  Diagrams(Files& files, SiteInput& site) : files_(files), site_(site), system_(*site.system), pictures_(site.options.pictures) {}

  void add_all() {
    structure();
    flows();
    entities();
    states();
    sequences();
  }

  /// Titles of pictures that Graphviz did not lay out.
  [[nodiscard]] const std::vector<std::string>& in_rows() const { return in_rows_; }

 private:
  void add(SiteDiagram shown, std::string mermaid, Picture picture) {
    files_.add(shown.path + ".mmd", kText, std::move(mermaid), shown.title + " (Mermaid)");
    if (!picture.ranked) in_rows_.push_back(shown.title);
    if (!picture.file.empty()) files_.add(shown.path + ".svg", kSvg, std::move(picture.file), shown.title + " (picture)");
    shown.inlined = std::move(picture.inlined);
    site_.diagrams.push_back(std::move(shown));
  }

  void add_c4(const std::string& path, std::string anchor, const C4Model& model, std::string about) {
    add({"diagrams/" + path, "Structure", title_of(model), std::move(about), {}, std::move(anchor)}, print_c4_mermaid(model),
        pictures_ ? draw_c4(model) : Picture{});
  }

  void add_flow(const std::string& path, std::string group, const Flow& flow, std::string about) {
    const bool states = group == "States";
    std::string anchor = path;
    if (states) anchor = "states-" + path.substr(path.find('/') + 1);
    add({"diagrams/" + path, std::move(group), flow.title, std::move(about), {}, std::move(anchor)},
        states ? print_state_mermaid(flow) : print_flow_mermaid(flow), pictures_ ? draw_flow(flow) : Picture{});
  }

  void add_er(const std::string& path, std::string anchor, std::string title, const ErModel& model, std::string about) {
    const bool large = model.entities.size() > kFewEntities;
    add({"diagrams/" + path, "Entities", std::move(title), std::move(about), {}, std::move(anchor), large}, print_er_mermaid(model),
        pictures_ ? draw_er(model) : Picture{});
  }

  void add_sequence(const std::string& path, std::string group, const Sequence& sequence, std::string about) {
    std::string anchor = path;
    anchor[anchor.find('/')] = '-';
    anchor += "-sequence";
    add({"diagrams/" + path, std::move(group), sequence.title, std::move(about), {}, std::move(anchor)}, print_sequence_mermaid(sequence),
        pictures_ ? draw_sequence(sequence) : Picture{});
  }

  void structure() {
    add_c4("c4-context", "c4-context", make_c4_context(system_), "Who uses the system and what it calls.");
    add_c4("c4-container", "c4-container", make_c4(system_),
           split(system_) ? "What runs: each service over a database of its own."
                          : "What runs: one server that holds every service, over one database.");
    if (system_.services.empty()) {
      add_c4("c4-component", "c4-component", make_c4_components(system_, {}), "What the model makes the server do.");
    }
    for (std::uint32_t at = 0; at < system_.services.size(); ++at) {
      const std::string segment = file_segment(system_.services[at].name);
      add_c4("c4-component/" + segment, "c4-component-" + segment, make_c4_components(system_, ir::ServiceId{at}),
             "What the model gives this service to do.");
    }
  }

  void flows() {
    add_flow("data-flow", "Flows", make_data_flow(system_), "Dashed frames are boundaries of trust; what crosses one is checked or guarded.");
    const Flow events = make_event_flow(system_);
    if (!events.nodes.empty())
      add_flow("event-flow", "Flows", events, "Dashed arrows are asynchronous: at least once, handled once, in order per key.");
  }

  void entities() {
    const ErModel whole = make_er(system_);
    const std::vector<ErGroup> groups = group_entities(system_, whole);
    if (groups.size() > 1) {
      const Flow map = make_entity_map(whole, groups);
      add({"diagrams/entity-map",
           "Entities",
           map.title,
           groups.front().service ? "Services with their entities; arrows count references."
                                  : "Groups found from the references; arrows count references.",
           {},
           "entity-map"},
          print_flow_mermaid(map), pictures_ ? draw_flow(map) : Picture{});
    }
    if (groups.size() < 2) return add_er("er", "er", "Entities and relations", whole, "");
    ErModel framed = whole;
    frame(framed, groups);
    add_er("er", "er", "Entities and relations", framed, "Every attribute of everything.");
    for (std::size_t at = 0; at < groups.size(); ++at) {
      const std::string title = groups[at].service ? "Entities of " + groups[at].name : groups[at].name;
      add_er("er/" + file_segment(groups[at].name), er_anchor(groups[at]), title, part_of(whole, groups, at),
             "Dashed boxes belong elsewhere and are referred to from here.");
    }
  }

  void states() {
    for (const ir::Entity& entity : system_.entities) {
      if (entity.states)
        add_flow("states/" + file_segment(entity.name), "States", make_states(system_, entity), "Who makes each move stands below it.");
    }
  }

  /// Says so when this version checks and designs a thing without running it.
  [[nodiscard]] std::string unless_run(std::string_view feature, std::string_view element, std::string about) const {
    for (const ir::NotExecuted& one : system_.not_executed) {
      if (one.feature == feature && one.element == element) return about + (about.empty() ? "" : " ") + "Designed, not yet run by this version.";
    }
    return about;
  }

  void sequences() {
    for (const ir::Command& command : system_.commands) {
      add_sequence("command/" + file_segment(command.name), "Commands", make_command_sequence(system_, command),
                   unless_run("commands", command.name, ""));
    }
    for (const ir::Saga& saga : system_.sagas) {
      add_sequence("saga/" + file_segment(saga.name), "Sagas", make_saga_sequence(system_, saga),
                   unless_run("sagas", saga.name, "The way forward, then the way back."));
    }
    for (const AuthSequence& auth : make_auth_sequences(system_)) add_sequence("auth/" + auth.name, "Signing in", auth.sequence, auth.about);
  }

  Files& files_;
  SiteInput& site_;
  const ir::System& system_;
  bool pictures_;
  std::vector<std::string> in_rows_;
};

}  // namespace

void add_diagrams(Files& files, SiteInput& site, std::vector<std::string>& left_out) {
  Diagrams diagrams(files, site);
  diagrams.add_all();
  if (!site.options.pictures) left_out.emplace_back("pictures, because of --no-pictures; the Mermaid texts say the same");
  if (!diagrams.in_rows().empty()) {
    left_out.push_back("the layout of " + listed(diagrams.in_rows(), 4) +
                       ": Graphviz gave none, or the graph is beyond its bounds, so boxes stand in rows");
  }
}

}  // namespace kingpost::emit
