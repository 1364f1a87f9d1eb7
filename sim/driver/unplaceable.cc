#include <algorithm>
#include <memory>
#include <vector>

#include "models/workload/job.h"
#include "sim/cluster/state.h"
#include "sim/driver/arrivals.h"
#include "sim/driver/fleet_builder.h"
#include "sim/driver/gang_links.h"
#include "sim/driver/roles.h"
#include "sim/driver/rtt_belief.h"
#include "sim/driver/service.h"
#include "sim/driver/workload_builder.h"
#include "sim/driver/world.h"

namespace orrery::driver {
namespace {

constexpr uint64_t kAskEvery = 4096;  // jobs

std::string Quantity(uint64_t count, const char* unit) {
  return std::to_string(count) + " " + unit + (count == 1 ? "" : "s");
}

// "4 replicas of 8 GPUs, 96 cores, 512 GiB".
std::string DemandOf(const workload::Job& job) {
  const Demand& demand = job.demand;
  std::string text;
  if (job.replicas > 1) text += std::to_string(job.replicas) + " replicas of ";
  if (demand.gpus > 0 && demand.gpu_milli < 1000) {
    text += std::to_string(demand.gpu_milli) + "/1000 of a GPU";
  } else {
    text += Quantity(demand.gpus, "GPU");
  }
  if (demand.cpu_milli > 0) text += ", " + Quantity((demand.cpu_milli + 999) / 1000, "core");
  if (demand.memory_mib > 0) text += ", " + std::to_string(demand.memory_mib) + " MiB";
  if (job.requirements != RequirementsTable::kAny) text += ", with requirements";
  return text;
}

}  // namespace

Result<UnplaceableJobs> FindUnplaceable(const scenario::Scenario& scenario, uint32_t replicate,
                                        uint64_t limit,
                                        const std::function<bool(uint64_t scanned)>& go_on) {
  const cluster::Roles roles = MakeRoles(scenario.scheduler);
  RequirementsTable requirements;
  const GangLinks links(scenario, replicate);
  const RttBelief rtt(&links);
  cluster::ClusterState state({.place = roles.place.get(),
                               .rtt = links.on() ? &rtt : nullptr,
                               .requirements = &requirements,
                               .atlas = MakeAtlas(scenario)});
  const Result<std::vector<uint32_t>> sizes =
      BuildFleet(scenario, replicate, &state, nullptr, nullptr);
  if (!sizes) return tl::unexpected<Error>(sizes.error());
  TraceNotes notes;
  Result<std::vector<ArrivalStream>> streams = OpenWorkload(
      scenario, replicate,
      {.gpu_milli = state.present_total().gpu_milli, .cpu_milli = state.present_total().cpu_milli},
      &requirements, nullptr, &notes);
  if (!streams) return tl::unexpected<Error>(streams.error());

  UnplaceableJobs found;
  const auto fits = [&](const workload::Job& job) { return state.WouldEverFit(InfoOf(job)); };
  const SimTime horizon =
      scenario.horizon == Duration::Max() ? SimTime::Never() : SimTime::Zero() + scenario.horizon;
  for (ArrivalStream& stream : *streams) {
    workload::Job job;
    while (found.scanned < limit) {
      if (found.scanned % kAskEvery == 0 && !go_on(found.scanned)) return found;
      const Result<bool> more = stream.source->Next(&job);
      if (!more) return tl::unexpected<Error>(more.error());
      if (!*more || job.submit >= horizon) break;
      ++found.scanned;
      if (!fits(job) && found.unplaceable++ == 0) {
        found.example = "job " + std::to_string(job.source_id) + ": " + DemandOf(job);
      }
    }
  }
  for (const scenario::Service* service : scenario::ServicesOn(scenario.services)) {
    const workload::Job replica = ReplicaOf(*service, scenario.horizon, &requirements);
    if (fits(replica)) continue;
    const uint32_t memory = requirements[replica.requirements].min_gpu_memory_mib;
    found.services.push_back("service " + service->name + ": " + DemandOf(replica) +
                             "; GPUs of at least " + std::to_string(memory) + " MiB");
  }
  for (const auto& [workload, lines] : notes) {
    for (const std::string& line : lines) found.trace_notes.push_back(workload + ": " + line);
  }
  return found;
}

}  // namespace orrery::driver
