#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "kingpost/emit/sequence.hpp"
#include "kingpost/emit/svg.hpp"

namespace kingpost::emit {

namespace {

constexpr double kLine = 16;
constexpr double kHead = 46;
constexpr double kLeastColumn = 150;
constexpr double kSelf = 34;
constexpr double kFrameStep = 10;
constexpr std::size_t kMessageCharacters = 42;
constexpr std::size_t kNoteCharacters = 48;
constexpr std::size_t kMaxLines = 4;
constexpr std::size_t kPartyCharacters = 24;

bool message(const SequenceItem& item) {
  return item.kind == SequenceItemKind::kCall || item.kind == SequenceItemKind::kAnswer || item.kind == SequenceItemKind::kAsync;
}

double widest(const std::vector<std::string>& lines) {
  double out = 0;
  for (const std::string& line : lines) out = std::max(out, width_of(line, kTextWidth));
  return out;
}

/// Places columns by the texts between them, then writes rows from top to bottom.
class SequenceDrawer {
 public:
  explicit SequenceDrawer(const Sequence& sequence) : sequence_(sequence) {
    place_columns();
    height_ = measure();
  }

  Picture draw() {
    Drawing out(sequence_.title, {right_, height_});
    for (std::size_t at = 0; at < sequence_.parties.size(); ++at) {
      out.line({columns_[at], kHead}, {columns_[at], height_ - 8}, "life");
      draw_party(out, at);
    }
    rows(&out);
    return out.take();
  }

 private:
  [[nodiscard]] static std::vector<std::string> lines_of(const SequenceItem& item) {
    return wrapped(item.text, item.kind == SequenceItemKind::kNote ? kNoteCharacters : kMessageCharacters, kMaxLines);
  }

  [[nodiscard]] std::size_t deepest() const {
    std::size_t depth = 0;
    std::size_t most = 0;
    for (const SequenceItem& item : sequence_.items) {
      if (item.kind == SequenceItemKind::kBegin) most = std::max(most, ++depth);
      if (item.kind == SequenceItemKind::kEnd && depth > 0) --depth;
    }
    return most;
  }

  void place_columns() {
    const std::size_t count = sequence_.parties.size();
    std::vector<double> gaps(count + 1, kLeastColumn);
    for (std::size_t at = 0; at + 1 < count; ++at) gaps[at] = std::max(kLeastColumn, (party_width(at) + party_width(at + 1)) / 2 + 20);
    double before = 0;
    gaps[count == 0 ? 0 : count - 1] = count == 0 ? 0 : party_width(count - 1) / 2;
    for (const SequenceItem& item : sequence_.items) {
      const double width = widest(lines_of(item));
      if (item.kind == SequenceItemKind::kNote) {
        const double half = width / 2 + 22;
        gaps[item.from] = std::max(gaps[item.from], half);
        if (item.from > 0) gaps[item.from - 1] = std::max(gaps[item.from - 1], half);
        if (item.from == 0) before = std::max(before, half);
      } else if (message(item)) {
        const std::size_t first = std::min(item.from, item.to);
        const std::size_t steps = item.from == item.to ? 1 : std::max(item.from, item.to) - first;
        const double each = (width + (item.from == item.to ? kSelf + 24 : 28)) / static_cast<double>(steps);
        for (std::size_t at = first; at < first + steps; ++at) gaps[at] = std::max(gaps[at], each);
      }
    }
    margin_ = kFrameStep * static_cast<double>(deepest());
    double x = margin_ + std::max(before, count == 0 ? 0 : party_width(0) / 2);
    for (std::size_t at = 0; at < count; ++at) {
      columns_.push_back(x);
      x += gaps[at];
    }
    right_ = x + margin_ + 6;
  }

  [[nodiscard]] double party_width(std::size_t at) const {
    const std::vector<std::string> lines = wrapped(sequence_.parties[at].name, kPartyCharacters, 2);
    double width = 0;
    for (const std::string& line : lines) width = std::max(width, width_of(line, kNameWidth));
    return std::max(90.0, width + 28);
  }

  void draw_party(Drawing& out, std::size_t at) {
    const Party& party = sequence_.parties[at];
    const double width = party_width(at);
    const Point corner{columns_[at] - width / 2, 0};
    if (party.kind == PartyKind::kStore) {
      out.raw(fmt::format("<path class=\"main\" d=\"M{0},6 v{2} c0,8 {1},8 {1},0 v-{2} c0,-8 -{1},-8 -{1},0 c0,8 {1},8 {1},0\"/>\n",
                          number_text(corner.x), number_text(width), number_text(kHead - 12)));
    } else {
      const std::string_view style = party.kind == PartyKind::kOutside ? "outside" : party.kind == PartyKind::kActor ? "person" : "main";
      out.rectangle(corner, {width, kHead}, style, party.kind == PartyKind::kActor ? 20 : 5);
    }
    const std::vector<std::string> lines = wrapped(party.name, kPartyCharacters, 2);
    double y = kHead / 2 + 5 - kLine * static_cast<double>(lines.size() - 1) / 2 + (party.kind == PartyKind::kStore ? 3 : 0);
    for (const std::string& line : lines) {
      out.text({columns_[at], y}, "name", line, "middle");
      y += kLine;
    }
  }

  double measure() { return rows(nullptr); }

  /// Walks the items from the top; draws when there is something to draw on. Returns the height.
  double rows(Drawing* out) {
    double y = kHead + 14;
    frames_.clear();
    for (const SequenceItem& item : sequence_.items) {
      switch (item.kind) {
        case SequenceItemKind::kCall:
        case SequenceItemKind::kAnswer:
        case SequenceItemKind::kAsync:
          y = message_row(out, item, y);
          break;
        case SequenceItemKind::kNote:
          y = note_row(out, item, y);
          break;
        case SequenceItemKind::kBegin:
        case SequenceItemKind::kElse:
          y = frame_row(out, item, y);
          break;
        case SequenceItemKind::kEnd:
          y = end_row(out, y);
          break;
      }
    }
    return y + 20;
  }

  double message_row(Drawing* out, const SequenceItem& item, double y) {
    const std::vector<std::string> lines = lines_of(item);
    const double text = kLine * static_cast<double>(lines.size());
    const double from = columns_[item.from];
    const double to = columns_[item.to];
    const bool self = item.from == item.to;
    const double arrow = y + text + 4;
    if (out != nullptr) {
      const std::string classes = fmt::format("edge{}{}", item.kind == SequenceItemKind::kAnswer ? " dashed" : "", item.undo ? " undo" : "");
      const std::string_view marker = item.kind == SequenceItemKind::kCall ? "marker-end=\"url(#kp-arrow)\"" : "marker-end=\"url(#kp-open)\"";
      const double middle = self ? from + kSelf + 8 : (from + to) / 2;
      double line = y;
      for (const std::string& words : lines) {
        out->text({middle, line += kLine}, item.undo ? "halo warned" : "halo", words, self ? "start" : "middle");
      }
      if (self) {
        out->path({{from, arrow - 8}, {from + kSelf, arrow - 8}, {from + kSelf, arrow + 8}, {from + 2, arrow + 8}}, classes, marker);
      } else {
        const double end = to + (to > from ? -1 : 1);
        out->path({{from, arrow}, {from, arrow}, {end, arrow}, {end, arrow}}, classes, marker);
      }
    }
    return arrow + (self ? 20 : 12);
  }

  double note_row(Drawing* out, const SequenceItem& item, double y) {
    const std::vector<std::string> lines = lines_of(item);
    const double width = widest(lines) + 24;
    const double height = kLine * static_cast<double>(lines.size()) + 12;
    if (out != nullptr) {
      out->rectangle({columns_[item.from] - width / 2, y + 4}, {width, height}, "tag", 3);
      double line = y + 6;
      for (const std::string& words : lines) out->text({columns_[item.from], line += kLine}, "", words, "middle");
    }
    return y + height + 12;
  }

  /// A frame reaches over the whole width, less with each one around it.
  double frame_row(Drawing* out, const SequenceItem& item, double y) {
    const bool begin = item.kind == SequenceItemKind::kBegin;
    if (begin) frames_.push_back(y + 4);
    const double left = frame_left(frames_.size());
    const std::string word = begin ? item.frame : "else";
    const double tag = width_of(word, kTextWidth) + 16;
    const std::vector<std::string> lines = wrapped(item.text, 90, 2);
    if (out != nullptr) {
      if (begin) out->rectangle({left, y + 4}, {tag, 20}, "tag", 2);
      if (!begin) out->line({left, y + 4}, {right_ - left, y + 4}, "frame-line dashed");
      out->text({left + 8, y + 18}, begin ? "soft" : "soft halo", word);
      double line = y + 18;
      for (const std::string& words : lines) {
        out->text({left + tag + 6, line}, "halo", words);
        line += kLine;
      }
    }
    return y + 26 + kLine * static_cast<double>(lines.empty() ? 0 : lines.size() - 1);
  }

  double end_row(Drawing* out, double y) {
    if (frames_.empty()) return y;
    const double left = frame_left(frames_.size());
    if (out != nullptr) out->rectangle({left, frames_.back()}, {right_ - 2 * left, y + 2 - frames_.back()}, "frame-line", 3);
    frames_.pop_back();
    return y + 10;
  }

  [[nodiscard]] static double frame_left(std::size_t depth) { return kFrameStep * (static_cast<double>(depth) - 1); }

  const Sequence& sequence_;
  std::vector<double> columns_;
  std::vector<double> frames_;  ///< tops of those open
  double margin_ = 0;
  double right_ = 0;
  double height_ = 0;
};

}  // namespace

Picture draw_sequence(const Sequence& sequence) { return SequenceDrawer(sequence).draw(); }

}  // namespace kingpost::emit
