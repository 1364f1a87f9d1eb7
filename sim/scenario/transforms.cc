#include "sim/scenario/transforms.h"

#include <utility>

#include "sim/scenario/electricity.h"

namespace orrery::scenario {

std::vector<workload::TransformStep> StepsOf(const WorkloadSource& source) {
  std::vector<workload::TransformStep> steps;
  for (const TransformChoice& choice : source.transforms) {
    workload::TransformStep step{.name = choice.name, .place = "", .options = {}};
    for (const auto& [name, text] : choice.options) step.options[name] = {text, ""};
    steps.push_back(std::move(step));
  }
  return steps;
}

workload::TransformContext ContextOf(const Scenario& scenario, const WorkloadSource& source,
                                     uint32_t replicate, const workload::Capacity& capacity,
                                     RequirementsTable* requirements) {
  workload::TransformContext context{.random = RandomStreams(scenario.seed, replicate),
                                     .stream = "workload/" + source.name,
                                     .gpus = scenario.gpus.get(),
                                     .requirements = requirements,
                                     .regions = {},
                                     .capacity = capacity};
  for (const Region& region : scenario.regions) context.regions.push_back(region.id);
  if (scenario.energy.level == Energy::Level::kFull) context.electricity = ElectricityOf(scenario);
  return context;
}

}  // namespace orrery::scenario
