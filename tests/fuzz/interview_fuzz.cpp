#include "kingpost/interview/project.hpp"
#include "require.hpp"

// Answers of any bytes are refused with reasons, or make a project whose own answers make the same project again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto given = kingpost::interview::parse_answers(input_text(data, size));
  if (!given) {
    require(!given.error().empty());
    return 0;
  }
  const auto project = kingpost::interview::make_project(*given);
  if (!project) {
    require(!project.error().empty());
    return 0;
  }
  const auto again = kingpost::interview::parse_answers(project->answers);
  require(again.has_value());
  const auto second = kingpost::interview::make_project(*again);
  require(second.has_value() && second->model == project->model);
  return 0;
}
