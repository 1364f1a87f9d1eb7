#include <cmath>
#include <string>

#include "sim/base/text.h"
#include "sim/base/units.h"
#include "sim/scenario/checks.h"
#include "sim/scenario/registered.h"
#include "sim/scenario/scale.h"
#include "sim/scenario/words.h"

namespace orrery::scenario {
namespace {

std::string Text(double figure) {
  constexpr double kAllDigits = 1e15;
  if (figure != std::round(figure) || figure > kAllDigits) return FormatDouble(figure);
  return std::to_string(static_cast<int64_t>(figure));
}

// Complains of scaled figures that are beyond the bound of their key.
class ScaledFigures {
 public:
  ScaledFigures(double scale, Parser* parser) : scale_(scale), parser_(parser) {}

  void Count(const std::string& path, double count, double most) {
    Check(path, std::round(scale_ * count), most, "");
  }
  void Arrivals(const std::string& path, const workload::ArrivalParams& arrivals) {
    Check(path + ".rate", scale_ * arrivals.rate_per_h, workload::kMostPerHour, "/h");
    Check(path + ".superset_rate", scale_ * arrivals.superset_rate_per_h, workload::kMostPerHour,
          "/h");
  }
  void Check(const std::string& what, double figure, double most, const std::string& unit) {
    if (figure <= most) return;
    parser_->Complain("scale", "got " + Quoted(FormatDouble(scale_)) + ", which makes " + what +
                                   " " + Text(figure) + unit + ", expected one that leaves it " +
                                   Text(most) + unit + " at most");
  }

 private:
  double scale_;
  Parser* parser_;
};

// The most that the parameter that is scaled may be.
double MostFixedReplicas() {
  const PolicyRole role("autoscale", "an autoscale policy", /*may_be_none=*/false);
  for (const ParamInfo& parameter : role.Describe(kScaledPolicy).parameters) {
    if (parameter.name != kScaledParameter) continue;
    if (const Parsed<int64_t> most = ParseCount(parameter.max)) return static_cast<double>(*most);
  }
  return kMostReplicas;
}

void CheckService(const Service& service, const std::string& path, ScaledFigures* figures) {
  if (!service.trace) figures->Arrivals(path + ".requests.arrivals", service.requests.arrivals);
  figures->Count(path + ".replicas.min", service.min_replicas, kMostReplicas);
  figures->Count(path + ".replicas.max", service.max_replicas, kMostReplicas);
  figures->Count(path + ".gateway_queue", service.gateway_queue, kMostAtGateway);
  if (service.autoscale.policy != kScaledPolicy) return;
  for (const auto& [name, value] : service.autoscale.parameters) {
    const Parsed<int64_t> replicas = ParseCount(value);
    if (name != kScaledParameter || !replicas) continue;
    figures->Count(path + ".autoscale." + name, static_cast<double>(*replicas),
                   MostFixedReplicas());
  }
}

}  // namespace

void CheckScale(const Scenario& scenario, Parser* parser) {
  if (scenario.scale == 1) return;
  ScaledFigures figures(scenario.scale, parser);
  double nodes = 0;
  for (size_t i = 0; i < scenario.fleet.size(); ++i) {
    figures.Count(At("fleet", i) + ".count", scenario.fleet[i].nodes.nodes, kMostNodes);
    nodes += scenario.scale * scenario.fleet[i].nodes.nodes;
  }
  figures.Check("the nodes in all", std::round(nodes), NodeId::kNone - 1.0, "");
  for (size_t i = 0; i < scenario.workload.size(); ++i) {
    const auto* generator = std::get_if<workload::GeneratorParams>(&scenario.workload[i].source);
    if (generator == nullptr) continue;
    const std::string path = At("workload", i) + ".generator";
    figures.Arrivals(path + ".arrivals", generator->arrivals);
    figures.Count(path + ".users.count", generator->users.count, workload::kMaxUsers);
    figures.Count(path + ".max_arrivals", static_cast<double>(generator->max_arrivals),
                  static_cast<double>(workload::kMostArrivals));
  }
  for (size_t i = 0; i < scenario.services.size(); ++i) {
    CheckService(scenario.services[i], At("services", i), &figures);
  }
  if (scenario.scheduler.queue_limit != UINT64_MAX) {
    figures.Count("scheduler.queue_limit", static_cast<double>(scenario.scheduler.queue_limit),
                  static_cast<double>(kMostQueued));
  }
}

}  // namespace orrery::scenario
