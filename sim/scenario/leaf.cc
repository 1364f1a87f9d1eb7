#include "sim/scenario/leaf.h"

namespace orrery::scenario {

std::string ComplaintText(const Complaint& complaint) {
  std::string text = "expected " + complaint.expected;
  if (!complaint.suggestion.empty()) text += " (did you mean '" + complaint.suggestion + "'?)";
  return text;
}

std::string RangeText(const std::string* min, const std::string* max, bool above_min) {
  std::string text;
  if (min != nullptr) text = (above_min ? "above " : max != nullptr ? "from " : "at least ") + *min;
  if (max == nullptr) return text;
  if (min == nullptr) return "at most " + *max;
  return text + (above_min ? " and at most " : " to ") + *max;
}

std::string Leaf::Expected() const {
  const KindInfo kind = Kind();
  std::string text = kind.kind;
  if (!kind.example.empty()) text += " such as " + kind.example;
  const std::string range = Range();
  if (!range.empty()) text += ", " + range;
  if (!none_means().empty()) text += ", or none";
  return text;
}

}  // namespace orrery::scenario
