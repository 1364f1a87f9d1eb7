#include "sim/driver/network_states.h"

#include <algorithm>
#include <string>

#include "sim/driver/region_outages.h"

namespace orrery::driver {

using failure::OnOff;
using failure::SpellLaw;

NetworkStates::NetworkStates(const scenario::Scenario& scenario, uint32_t replicate,
                             const engine::Simulator* simulator)
    : simulator_(simulator), relay_regions_(scenario.network.relays) {
  const scenario::Network& network = scenario.network;
  if (network.level != scenario::NetworkLevel::kFull) return;
  const RandomStreams random(scenario.seed, replicate);
  const auto regions = static_cast<uint32_t>(scenario.regions.size());
  if (relay_regions_.empty()) {
    for (uint32_t r = 0; r < regions; ++r) relay_regions_.emplace_back(static_cast<uint16_t>(r));
  }
  const auto exponential = [](Duration mtbf, Duration mttr) {
    return OnOff(SpellLaw::Exponential(mtbf), SpellLaw::Exponential(mttr));
  };
  if (network.relay_mtbf != Duration::Max()) {
    relays_ = AddProcess(exponential(network.relay_mtbf, network.relay_mttr));
    for (uint32_t relay = 0; relay < relay_regions_.size(); ++relay) {
      AddPart(random.Stream("network/relay", relay));
    }
  }
  if (network.flood_mtbf != Duration::Max()) {
    floods_ = AddProcess(exponential(network.flood_mtbf, network.flood_mttr));
    for (uint32_t relay = 0; relay < relay_regions_.size(); ++relay) {
      AddPart(random.Stream("network/flood", relay));
    }
  }
  if (const auto outages = RegionOutages(scenario.failures.level)) {
    regions_ = AddProcess(*outages);
    for (uint32_t r = 0; r < regions; ++r) AddPart(RegionOutageStream(random, r));
  }
  if (network.link_mtbf == Duration::Max()) return;
  // In the order of PairOf.
  links_ = AddProcess(exponential(network.link_mtbf, network.link_mttr));
  for (uint32_t high = 1; high < regions; ++high) {
    for (uint32_t low = 0; low < high; ++low) {
      const auto [first, second] = std::minmax(scenario.regions[low].id, scenario.regions[high].id);
      AddPart(random.Stream(StreamName::FromText("network/link/" + first + "|" + second)));
    }
  }
}

uint32_t NetworkStates::AddProcess(const OnOff& process) {
  processes_.push_back(process);
  return static_cast<uint32_t>(parts_.size());
}

void NetworkStates::AddPart(const RandomStream& stream) {
  const auto process = static_cast<uint32_t>(processes_.size() - 1);
  const failure::Spell spell = processes_[process].First(stream);
  next_.emplace(spell.until, static_cast<uint32_t>(parts_.size()));
  parts_.push_back({process, stream, spell});
}

uint64_t NetworkStates::Epoch() {
  const SimTime now = simulator_->now();
  if (now < next_change()) return epoch_;
  while (next_change() <= now) {
    const uint32_t which = next_.top().second;
    Part& part = parts_[which];
    part.spell = processes_[part.process].Next(part.stream, part.spell);
    next_.pop();
    next_.emplace(part.spell.until, which);
  }
  return ++epoch_;
}

}  // namespace orrery::driver
