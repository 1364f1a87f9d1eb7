#include "models/workload/traces/format.h"

#include <algorithm>
#include <utility>

#include "sim/base/check.h"
#include "sim/base/text.h"

namespace orrery::workload {
namespace {

std::vector<TraceFormat>& Formats() {
  static std::vector<TraceFormat> formats;
  return formats;
}

std::string Owner(const TraceFormat& format) { return "trace format '" + format.name + "'"; }

}  // namespace

uint64_t TraceReport::total_skipped() const {
  uint64_t total = 0;
  for (const TraceTally& tally : skipped) total += tally.jobs;
  return total;
}

std::vector<std::string> TraceReport::Lines() const {
  std::vector<std::string> text;
  const auto add = [&text](const std::vector<TraceTally>& tallies, const char* verb) {
    for (const TraceTally& tally : tallies) {
      if (tally.jobs == 0) continue;
      text.push_back(std::to_string(tally.jobs) + (tally.jobs == 1 ? " job " : " jobs ") + verb +
                     ": " + tally.doc + " (" + tally.reason + ")");
    }
  };
  add(skipped, "skipped");
  add(adjusted, "adjusted");
  return text;
}

const std::vector<TraceFormat>& TraceFormats() { return Formats(); }

const TraceFormat* FindTraceFormat(std::string_view name) {
  for (const TraceFormat& format : Formats()) {
    if (format.name == name) return &format;
  }
  return nullptr;
}

std::vector<ParamInfo> DescribeOptions(const TraceFormat& format) {
  Params options;
  format.declare(&options);
  return options.declared();
}

std::vector<Finding> CheckTraceOptions(const TraceFormat& format, const GivenParams& given) {
  Params options(Owner(format), given);
  format.declare(&options);
  return options.Findings();
}

Result<std::unique_ptr<TraceSource>> OpenTrace(std::string_view name, const std::string& path,
                                               const GivenParams& given,
                                               const TraceContext& context) {
  const TraceFormat* format = FindTraceFormat(name);
  if (format == nullptr) {
    std::vector<std::string> names;
    for (const TraceFormat& known : Formats()) names.push_back(known.name);
    return MakeError(path, UnknownName("a trace format", name, names));
  }
  std::vector<Finding> findings = CheckTraceOptions(*format, given);
  if (!findings.empty()) return tl::unexpected(Error(std::move(findings)));
  Params options(Owner(*format), given);
  return format->open(path, &options, context);
}

// Link order decides who registers first; by name, the list is the same in every program.
TraceFormatRegistration::TraceFormatRegistration(TraceFormat format) {
  std::vector<TraceFormat>& formats = Formats();
  const auto place = std::lower_bound(formats.begin(), formats.end(), format,
                                      [](const auto& a, const auto& b) { return a.name < b.name; });
  ORRERY_CHECK(place == formats.end() || place->name != format.name, format.name);
  formats.insert(place, std::move(format));
}

}  // namespace orrery::workload
