#include <memory>

#include "models/workload/job.h"
#include "models/workload/transforms/transform.h"
#include "sim/scenario/checks.h"
#include "sim/scenario/scale.h"
#include "sim/scenario/transforms.h"

namespace orrery::scenario {
namespace {

// What transformations are tried on: they must make sense of their options, of no job.
class Nothing final : public workload::JobSource {
 public:
  Result<bool> Next(workload::Job*) override { return false; }
};

Result<std::unique_ptr<workload::JobSource>> NoJobs() { return std::make_unique<Nothing>(); }

// Of the fleet; what the nodes of a list hold is not known yet, but they are taken to hold some.
workload::Capacity CapacityOf(const Scenario& scenario) {
  workload::Capacity capacity;
  for (const FleetGroup& group : scenario.fleet) {
    const int64_t nodes = group.trace ? 1 : Scaled(scenario, group.nodes).nodes;
    capacity.gpu_milli += nodes * (group.trace ? 1 : 1000 * group.nodes.gpus_per_node);
    capacity.cpu_milli += nodes * (group.trace ? 1 : group.nodes.cpu_milli);
  }
  return capacity;
}

}  // namespace

void CheckWorkload(const Scenario& scenario, Parser* parser, Files* files) {
  Unique names(parser, "each name");
  for (size_t i = 0; i < scenario.workload.size(); ++i) {
    const WorkloadSource& source = scenario.workload[i];
    const std::string path = At("workload", i);
    names.Add(source.name, path + ".name");
    if (const JobTrace* trace = std::get_if<JobTrace>(&source.source)) {
      files->Check(path + ".trace", trace->dir, trace->file);
      continue;
    }
    const auto& generator = std::get<workload::GeneratorParams>(source.source);
    const std::string inner = path + ".generator";
    for (const char* key : {".arrivals.rate", ".populations"}) {
      if (source.preset || parser->origins().contains(inner + key)) continue;
      parser->Complain(inner + key, "got nothing, expected it, or a `preset`");
    }
    if (generator.end == SimTime::Never() && generator.max_arrivals == 0) {
      parser->Complain(inner,
                       "got jobs without end, expected `horizon`, `until` or "
                       "`max_arrivals`");
    }
    if (parser->HasFindings()) continue;
    for (const Finding& finding : workload::CheckGenerator(generator)) {
      parser->Complain(inner + "." + finding.place, finding.what);
    }
  }
}

// A limit kills where `kill_at_limit` says so, and does nothing else.
void CheckLimits(const Scenario& scenario, Parser* parser) {
  for (size_t i = 0; i < scenario.workload.size(); ++i) {
    const WorkloadSource& source = scenario.workload[i];
    const std::string path = At("workload", i);
    if (source.kill_at_limit || parser->origins().contains(path + ".kill_at_limit")) continue;
    const auto complain = [&](const std::string& where) {
      parser->Complain(where,
                       "got a limit of run times that kills no job, expected kill_at_limit: "
                       "true (or false, said so) beside the source of the jobs");
    };
    if (const auto* generator = std::get_if<workload::GeneratorParams>(&source.source)) {
      for (size_t p = 0; p < generator->populations.size(); ++p) {
        const std::string key = At(path + ".generator.populations", p) + ".estimate.limit_factor";
        const bool limits = generator->populations[p].estimate.limit_factor > 0;
        if (limits && parser->origins().contains(key)) complain(key);
      }
    }
    for (size_t t = 0; t < source.transforms.size(); ++t) {
      const TransformChoice& step = source.transforms[t];
      for (const auto& [name, value] : step.options) {
        if (step.name != "estimates" || name != "limit" || value != "estimate") continue;
        complain(At(path + ".transforms", t) + ".estimates.limit");
      }
    }
  }
}

void CheckTerms(const Scenario& scenario, Parser* parser) {
  for (size_t i = 0; i < scenario.workload.size(); ++i) {
    const WorkloadSource& source = scenario.workload[i];
    const auto* generator = std::get_if<workload::GeneratorParams>(&source.source);
    const size_t count = generator == nullptr ? 0 : generator->populations.size();
    for (size_t p = 0; p < count; ++p) {
      const workload::Population& population = generator->populations[p];
      const std::string path = At(At("workload", i) + ".generator.populations", p);
      CheckShare(path + ".deadline", "probability", population.deadline.probability, {"slack"},
                 "the share of the jobs that have a deadline", parser);
      CheckShare(path + ".budget", "probability", population.budget.probability,
                 {"price", "factor"}, "the share of the jobs that have a budget", parser);
    }
  }
}

void CheckTransforms(const Scenario& scenario, Parser* parser) {
  for (size_t i = 0; i < scenario.workload.size(); ++i) {
    const WorkloadSource& source = scenario.workload[i];
    if (source.transforms.empty()) continue;
    RequirementsTable requirements;
    const workload::TransformContext context =
        ContextOf(scenario, source, 0, CapacityOf(scenario), &requirements);
    const std::vector<workload::TransformStep> steps = StepsOf(source);
    for (size_t t = 0; t < steps.size(); ++t) {
      const std::string path = At(At("workload", i) + ".transforms", t);
      const auto made = workload::Transformed(NoJobs, {steps[t]}, context);
      if (made) continue;
      const std::string prefix = steps[t].name + ": ";
      for (const Finding& finding : made.error().findings()) {
        const bool named = finding.what.starts_with(prefix);
        parser->Complain(named ? path + "." + steps[t].name : path,
                         named ? finding.what.substr(prefix.size()) : finding.what);
      }
    }
  }
}

}  // namespace orrery::scenario
