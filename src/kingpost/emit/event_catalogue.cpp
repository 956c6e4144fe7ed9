#include "kingpost/emit/event_catalogue.hpp"

#include <fmt/format.h>

#include <cctype>

#include "kingpost/emit/event_flows.hpp"

namespace kingpost::emit {

namespace {

std::string type_text(const surface::Api& api, const ir::LogicalType& type) {
  if (type.scalar == ir::Scalar::kList && type.element != nullptr) return fmt::format("list of {}", type_text(api, *type.element));
  if (type.scalar == ir::Scalar::kRecord) {
    const surface::ApiRecord* record = api.find(type.record);
    if (record != nullptr) return record->name;
  }
  if (type.scalar == ir::Scalar::kEnum) {
    const surface::ApiEnum* one = api.find(type.enumeration);
    std::string out;
    for (const std::string& value : one == nullptr ? std::vector<std::string>{} : one->values) out += (out.empty() ? "one of " : ", ") + value;
    if (!out.empty()) return out;
  }
  return ir::print_logical_type(type);
}

class Printer {
 public:
  Printer(const ir::System& system, const surface::Api& whole) : system_(system), api_(whole) {}

  std::string print() {
    out_ = fmt::format("# Events of {}\n\n", escape_markdown(system_.name));
    if (system_.events.empty()) {
      out_ += "The model has no events: nothing happens behind a request, so there is no outbox, broker or consumer to run.\n";
    } else {
      guarantees();
      overview();
      const std::vector<EventFlow> flows = event_flows(system_);
      for (std::size_t at = 0; at < flows.size() && at < api_.events.size(); ++at) event(flows[at], api_.events[at]);
    }
    if (!system_.sagas.empty()) out_ += "\n# Flows\n";
    for (const ir::Saga& saga : system_.sagas) flow(saga);
    return std::move(out_);
  }

 private:
  void guarantees() {
    out_ += "Designed: this version of the server does not deliver events yet.\n\n";
    out_ += "- **Nothing is lost**: an event is written in the transaction of the command that emits it.\n";
    out_ += "- **At least once**: a receiver may see an event again and recognises it by its `id`.\n";
    out_ += "- **Order** is kept among events with the same key, and not between keys.\n";
    out_ += "- **Envelope**: CloudEvents 1.0, structured; the type holds the version, a new version is a new type.\n\n";
  }

  void overview() {
    out_ += "| event | version | key | emitted by | received by |\n| --- | --- | --- | --- | --- |\n";
    for (const EventFlow& flow : event_flows(system_)) {
      out_ += fmt::format("| {} | {} | {} | {} | {} |\n", escape_markdown(flow.event->name), flow.event->version,
                          flow.event->key.empty() ? "none" : escape_markdown(flow.event->key), names(flow.senders), names(flow.receivers));
    }
  }

  static std::string names(const std::vector<EventEnd>& ends) {
    std::string out;
    for (const EventEnd& end : ends) out += (out.empty() ? "" : ", ") + escape_markdown(end.name);
    return out.empty() ? "nobody" : out;
  }

  void event(const EventFlow& flow, const surface::ApiEvent& described) {
    out_ += fmt::format("\n## {}, version {}\n\n", escape_markdown(described.name), described.version);
    out_ += fmt::format("Type `{}`; schema `{}`.\n\n", event_type(system_, *flow.event), event_schema_path(*flow.event));
    out_ += "| data | type | |\n| --- | --- | --- |\n";
    for (const surface::ApiMember& member : described.data) {
      std::string about = member.nullable ? "optional" : "always there";
      if (member.name == described.key) about += ", the key";
      if (!member.references.empty()) about += ", key of " + escape_markdown(member.references);
      out_ += fmt::format("| {} | {} | {} |\n", escape_markdown(member.name), escape_markdown(type_text(api_, member.type)), about);
    }
    out_ += '\n';
    ends("Emitted by", "Nobody emits it.", flow.senders);
    ends("Received by", "Nobody receives it.", flow.receivers);
  }

  void ends(std::string_view title, std::string_view none, const std::vector<EventEnd>& all) {
    if (all.empty()) out_ += fmt::format("- {}\n", none);
    for (const EventEnd& end : all) {
      const std::string service = end.service.empty() ? std::string() : fmt::format(" of service {}", escape_markdown(end.service));
      out_ += fmt::format("- {}: {} **{}**{}: {}.\n", title, end.kind, escape_markdown(end.name), service, escape_markdown(end.does));
    }
  }

  void flow(const ir::Saga& saga) {
    out_ += fmt::format("\n## {}\n\n", escape_markdown(saga.name));
    if (saga.starts_on.valid()) out_ += fmt::format("Starts on {}.\n\n", escape_markdown(system_.events[saga.starts_on.index()].name));
    int number = 0;
    for (const ir::Step& step : saga.steps) {
      out_ +=
          fmt::format("{}. **{}** {}.\n", ++number, escape_markdown(step.id.empty() ? "step" : step.id), escape_markdown(step_text(system_, step)));
    }
    out_ += "\nWhen a step fails for good, what went before it is undone in the opposite order";
    out_ += saga.on_failed ? fmt::format("; at the end it {}.\n", escape_markdown(step_text(system_, *saga.on_failed))) : std::string(".\n");
  }

  const ir::System& system_;
  const surface::Api& api_;
  std::string out_;
};

}  // namespace

std::string escape_markdown(std::string_view text) {
  constexpr std::string_view kMarkup = "\\`*_{}[]()#+-.!|~^=:@$";
  const auto word = [&text](std::size_t at) { return at < text.size() && std::isalnum(static_cast<unsigned char>(text[at])) != 0; };
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char byte = text[at];
    const auto code = static_cast<unsigned char>(byte);
    // Between letters these mark nothing up, and a name reads better bare.
    const bool inside = (byte == '_' || byte == '-' || byte == '.') && at > 0 && word(at - 1) && word(at + 1);
    if (code < 0x20 || code == 0x7F) {
      out += ' ';
    } else if (byte == '<') {
      out += "&lt;";
    } else if (byte == '>') {
      out += "&gt;";
    } else if (byte == '&') {
      out += "&amp;";
    } else {
      if (kMarkup.find(byte) != std::string_view::npos && !inside) out += '\\';
      out += byte;
    }
  }
  return out;
}

std::string print_event_catalogue(const ir::System& system, const surface::Api& whole) { return Printer(system, whole).print(); }

}  // namespace kingpost::emit
