#include "kingpost/emit/asyncapi.hpp"

#include <fmt/format.h>

#include <unordered_map>

#include "kingpost/emit/event_flows.hpp"
#include "kingpost/emit/schemas.hpp"

namespace kingpost::emit {

using surface::ApiEvent;

namespace {

constexpr std::string_view kGuarantee =
    "Written with the change that causes it, in one transaction, and delivered at least once: receivers recognise the `id` of an event that they "
    "had.";

class Printer {
 public:
  Printer(const ir::System& system, const surface::Api& whole, const std::string& service) : system_(system), api_(whole), service_(service) {
    surface::NameTable names(surface::NameTable::Fold::kLoose);
    const std::vector<EventFlow> all = event_flows(system_);
    for (std::size_t at = 0; at < all.size() && at < api_.events.size(); ++at) {
      Channel channel{all[at], &api_.events[at], event_type(system_, *all[at].event), ""};
      channel.key = names.claim(fmt::format("{}_v{}", surface::word_case(all[at].event->name), all[at].event->version));
      restrict(channel.flow.senders);
      restrict(channel.flow.receivers);
      if (!service_.empty() && channel.flow.senders.empty() && channel.flow.receivers.empty()) continue;
      channels_.push_back(std::move(channel));
    }
  }

  std::string print() {
    out_.begin_object().member("asyncapi", "3.0.0");
    out_.member("id", fmt::format("urn:kingpost:{}{}{}", surface::word_case(system_.name), service_.empty() ? "" : ":",
                                  service_.empty() ? "" : surface::word_case(service_)));
    info();
    out_.member("defaultContentType", "application/cloudevents+json");
    out_.key("channels").begin_object();
    for (const Channel& channel : channels_) print_channel(channel);
    out_.end_object();
    out_.key("operations").begin_object();
    for (const Channel& channel : channels_) {
      for (const EventEnd& end : channel.flow.senders) operation(channel, end, "send");
      for (const EventEnd& end : channel.flow.receivers) operation(channel, end, "receive");
    }
    out_.end_object();
    components();
    out_.end_object();
    return out_.take();
  }

 private:
  struct Channel {
    EventFlow flow;
    const ApiEvent* event = nullptr;
    std::string type;
    std::string key;
  };

  void restrict(std::vector<EventEnd>& ends) const {
    if (!service_.empty()) std::erase_if(ends, [this](const EventEnd& end) { return end.service != service_; });
  }

  void info() {
    out_.key("info").begin_object();
    out_.member("title", service_.empty() ? fmt::format("Events of {}", system_.name) : fmt::format("Events of {} in {}", service_, system_.name));
    out_.member("version", api_.contract);
    out_.member("description", fmt::format("{} Designed: this version of the server does not deliver events yet.", kGuarantee));
    out_.key("contact").begin_object().member("name", fmt::format("The team of {}", system_.name)).member("url", "https://example.com/").end_object();
    out_.key("license").begin_object().member("name", "Proprietary").end_object();
    out_.key("tags").begin_array().begin_object().member("name", "events").end_object().end_array();
    out_.end_object();
  }

  void print_channel(const Channel& channel) {
    const ApiEvent& event = *channel.event;
    out_.key(channel.key).begin_object().member("address", channel.type).member("title", fmt::format("{}, version {}", event.name, event.version));
    out_.member("description", event.key.empty()
                                   ? std::string("No order is kept between events.")
                                   : fmt::format("Events with the same `{}` arrive in the order in which they happened.", prose(event.key)));
    out_.key("messages").begin_object();
    out_.reference(channel.key, "#/components/messages/" + channel.key);
    out_.end_object();
    if (!event.key.empty()) out_.member("x-kingpost-order-key", event.key);
    out_.member("x-kingpost-delivery", "at-least-once").end_object();
  }

  void operation(const Channel& channel, const EventEnd& end, std::string_view action) {
    std::string name = operations_.claim(fmt::format("{}_{}_{}", surface::word_case(end.name), action, channel.key));
    out_.key(name).begin_object().member("action", action);
    out_.reference("channel", "#/channels/" + channel.key);
    out_.member("title", fmt::format("{} {}", end.kind, end.name)).member("summary", fmt::format("The {} {} {}.", end.kind, end.name, end.does));
    std::string steps;
    if (end.saga != nullptr) {
      for (const ir::Step& step : end.saga->steps)
        steps += fmt::format("{}{}: {}. ", steps.empty() ? "Steps: " : "", step.id, step_text(system_, step));
      if (end.saga->on_failed) steps += fmt::format("Failed: {}.", step_text(system_, *end.saga->on_failed));
      while (steps.ends_with(' ')) steps.pop_back();
    }
    if (!steps.empty()) out_.member("description", prose(steps));
    if (!end.service.empty()) out_.key("tags").begin_array().begin_object().member("name", end.service).end_object().end_array();
    out_.key("messages")
        .begin_array()
        .begin_object()
        .member("$ref", fmt::format("#/channels/{0}/messages/{0}", channel.key))
        .end_object()
        .end_array();
    retries(end);
    out_.member("x-kingpost-status", "designed").end_object();
  }

  /// Only what the model says; nothing said means that the engine's defaults hold.
  void retries(const EventEnd& end) {
    const ir::Step* step = end.consumer == nullptr ? nullptr : &end.consumer->step;
    if (step == nullptr || (step->retry_times == 0 && step->timeout_ms == 0)) return;
    out_.key("x-kingpost-retry").begin_object();
    if (step->retry_times > 0) out_.member("times", step->retry_times);
    if (!step->retry_backoff.empty()) out_.member("backoff", step->retry_backoff);
    if (step->timeout_ms > 0) out_.member("timeout_ms", step->timeout_ms);
    out_.end_object();
  }

  void components() {
    out_.key("components").begin_object().key("messages").begin_object();
    for (const Channel& channel : channels_) {
      out_.key(channel.key).begin_object().member("name", channel.type);
      out_.member("title", fmt::format("{}, version {}", channel.event->name, channel.event->version));
      out_.member("summary", fmt::format("{} in a CloudEvents 1.0 envelope.", channel.event->name));
      out_.member("contentType", "application/cloudevents+json");
      if (!channel.event->key.empty()) {
        out_.key("correlationId").begin_object().member("description", "The record that the event is about.");
        out_.member("location", "$message.payload#/partitionkey").end_object();
      }
      out_.reference("payload", fmt::format("#/components/schemas/{}_envelope", channel.key)).end_object();
    }
    out_.end_object();
    out_.key("schemas").begin_object();
    for (const Channel& channel : channels_) {
      envelope(channel);
      out_.key(channel.key + "_data");
      write_members_schema(out_, api_, channel.event->data, "#/components/schemas/type_");
      for (const surface::ApiRecord* record : reached_records(api_, channel.event->data)) {
        if (!records_.emplace(record->type_name, true).second) continue;
        out_.key("type_" + record->type_name);
        write_members_schema(out_, api_, record->members, "#/components/schemas/type_");
      }
    }
    out_.end_object().end_object();
  }

  void attribute(std::string_view name, std::string_view about, std::string_view format = "") {
    out_.key(name).begin_object().member("type", "string").member("description", prose(about)).member("minLength", 1).member("maxLength", 8192);
    if (!format.empty()) out_.member("format", format);
    out_.end_object();
  }

  void constant(std::string_view name, std::string_view value) {
    out_.key(name).begin_object().member("type", "string").member("const", value).end_object();
  }

  void envelope(const Channel& channel) {
    out_.key(channel.key + "_envelope").begin_object().member("type", "object").key("properties").begin_object();
    constant("specversion", "1.0");
    constant("type", channel.type);
    attribute("id", "Unique together with source; the same when an event is delivered again.");
    attribute("source", fmt::format("The part of {} that sent it.", system_.name), "uri-reference");
    attribute("time", "When the change was committed.", "date-time");
    constant("datacontenttype", "application/json");
    attribute("dataschema", "The JSON Schema of the data.", "uri");
    if (!channel.event->key.empty()) attribute("partitionkey", fmt::format("The value of `{}`; order is kept among equal ones.", channel.event->key));
    if (system_.tenancy) attribute("tenantid", "The tenant that the event belongs to.");
    attribute("traceparent", "W3C trace context of the request that caused it.");
    out_.reference("data", fmt::format("#/components/schemas/{}_data", channel.key)).end_object();
    out_.key("required").begin_array();
    for (const std::string_view name : {"specversion", "type", "id", "source", "time", "datacontenttype", "data"}) out_.text(name);
    if (!channel.event->key.empty()) out_.text("partitionkey");
    if (system_.tenancy) out_.text("tenantid");
    out_.end_array().end_object();
  }

  const ir::System& system_;
  const surface::Api& api_;
  const std::string& service_;
  std::vector<Channel> channels_;
  surface::NameTable operations_{surface::NameTable::Fold::kLoose};
  std::unordered_map<std::string, bool> records_;
  JsonWriter out_;
};

}  // namespace

std::string print_asyncapi(const ir::System& system, const surface::Api& whole, const std::string& service) {
  return Printer(system, whole, service).print();
}

}  // namespace kingpost::emit
