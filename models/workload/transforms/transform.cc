#include "models/workload/transforms/transform.h"

#include <algorithm>
#include <map>
#include <utility>

#include "sim/base/check.h"
#include "sim/base/text.h"

namespace orrery::workload {
namespace {

std::vector<Transform>& All() {
  static std::vector<Transform> all;
  return all;
}

std::string Owner(std::string_view name) { return "transformation '" + std::string(name) + "'"; }

}  // namespace

const std::vector<Transform>& Transforms() { return All(); }

const Transform* FindTransform(std::string_view name) {
  for (const Transform& transform : All()) {
    if (transform.name == name) return &transform;
  }
  return nullptr;
}

std::vector<ParamInfo> DescribeOptions(const Transform& transform) {
  Params options;
  transform.declare(&options);
  return options.declared();
}

std::vector<Finding> CheckTransform(const TransformStep& step) {
  const Transform* transform = FindTransform(step.name);
  if (transform == nullptr) {
    std::vector<std::string> names;
    for (const Transform& known : All()) names.push_back(known.name);
    return {{step.place, UnknownName("a transformation", step.name, names)}};
  }
  Params options(Owner(step.name), step.options);
  transform->declare(&options);
  return options.Findings();
}

Result<OpenSource> Transformed(OpenSource source, const std::vector<TransformStep>& steps,
                               const TransformContext& context) {
  std::vector<Finding> findings;
  for (const TransformStep& step : steps) {
    for (Finding& finding : CheckTransform(step)) findings.push_back(std::move(finding));
  }
  if (!findings.empty()) return tl::unexpected(Error(std::move(findings)));
  // The second `estimates` of a list has a stream of its own, and one put in front of it does not
  // shift the streams of the others.
  std::map<std::string, int> seen;
  for (const TransformStep& step : steps) {
    TransformContext own = context;
    own.stream += "/" + step.name;
    if (const int earlier = seen[step.name]++) own.stream += "/" + std::to_string(earlier);
    Params options(Owner(step.name), step.options);
    Result<OpenSource> next = FindTransform(step.name)->make(std::move(source), &options, own);
    if (!next) return next;
    source = std::move(*next);
  }
  return source;
}

// Link order decides who registers first; by name, the list is the same in every program.
TransformRegistration::TransformRegistration(Transform transform) {
  std::vector<Transform>& all = All();
  const auto place = std::lower_bound(all.begin(), all.end(), transform,
                                      [](auto& a, auto& b) { return a.name < b.name; });
  ORRERY_CHECK(place == all.end() || place->name != transform.name, transform.name);
  all.insert(place, std::move(transform));
}

}  // namespace orrery::workload
