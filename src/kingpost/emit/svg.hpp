#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "kingpost/emit/diagrams.hpp"
#include "kingpost/emit/graph_layout.hpp"

namespace kingpost::emit {

/// Style of every drawing, under .kp-d; the site's style sheet holds it once for all that it shows.
extern const std::string_view kDrawingStyle;
/// Ends of lines: arrows and crow's feet. A page that shows drawings inline holds them once.
extern const std::string_view kDrawingMarkers;

/// Widths of a character, generous enough for the fonts that systems have.
inline constexpr double kMonoWidth = 7.4;
inline constexpr double kNameWidth = 8.0;
inline constexpr double kTextWidth = 6.7;

/// At most `limit` code points; the cut is shown.
[[nodiscard]] std::string shortened(std::string_view text, std::size_t limit);
[[nodiscard]] double width_of(std::string_view text, double per_character);
/// Broken at blanks, and after `_ . , /` where a word is too long, into at most `lines` lines of `limit` code points; the cut is shown.
[[nodiscard]] std::vector<std::string> wrapped(std::string_view text, std::size_t limit, std::size_t lines);

/// A drawing under construction, in pixels from its upper left corner. Texts are escaped.
class Drawing {
 public:
  Drawing(std::string_view title, Size size);

  void raw(std::string_view svg);
  void text(Point at, std::string_view classes, std::string_view words, std::string_view anchor = "start");
  void rectangle(Point at, Size size, std::string_view classes, double radius);
  void line(Point from, Point to, std::string_view classes);
  /// A Bézier path as Layout gives it.
  void path(const std::vector<Point>& points, std::string_view classes, std::string_view extra);
  /// What follows leads to an anchor of the site, in the inlined drawing alone.
  void begin_link(std::string_view anchor);
  void end_link();
  [[nodiscard]] Picture take();

 private:
  std::string file_;
  std::string inlined_;
};

[[nodiscard]] std::string number_text(double value);

}  // namespace kingpost::emit
