#include "models/workload/transforms/transform.h"
#include "sim/scenario/checks.h"
#include "sim/scenario/words.h"

namespace orrery::scenario {

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

void CheckTransforms(const Scenario& scenario, Parser* parser) {
  if (scenario.energy.level == Energy::Level::kFull) return;
  for (size_t i = 0; i < scenario.workload.size(); ++i) {
    const std::vector<TransformChoice>& transforms = scenario.workload[i].transforms;
    for (size_t t = 0; t < transforms.size(); ++t) {
      if (!workload::FindTransform(transforms[t].name)->needs_electricity) continue;
      parser->Complain(At(At("workload", i) + ".transforms", t),
                       "got " + Quoted(transforms[t].name) +
                           " where all hours cost the same, expected energy: full");
    }
  }
}

// A scenario that says `network: off` may be the one arm of a comparison; who says nothing of the
// network has forgotten that data move over one.
void CheckData(const Scenario& scenario, Parser* parser) {
  if (scenario.network.level != NetworkLevel::kOff) return;
  if (parser->origins().contains("network.level")) return;
  const auto complain = [&](const std::string& path) {
    parser->Complain(path + ".data",
                     "got data to move without a network, expected network: simple or full (or "
                     "off, said so, to move nothing)");
  };
  for (size_t i = 0; i < scenario.workload.size(); ++i) {
    const std::string path = At("workload", i);
    if (const auto* trace = std::get_if<JobTrace>(&scenario.workload[i].source)) {
      if (trace->jobs.data) complain(path + ".trace.defaults");
      continue;
    }
    const auto& generator = std::get<workload::GeneratorParams>(scenario.workload[i].source);
    for (size_t p = 0; p < generator.populations.size(); ++p) {
      if (generator.populations[p].data) complain(At(path + ".generator.populations", p));
    }
  }
}

}  // namespace orrery::scenario
