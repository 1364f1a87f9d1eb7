#include "models/failure/replay/replay.h"

#include <algorithm>

namespace orrery::failure {

// Spell i ends with turn i of the machine.
SimTime Replay::EndOf(size_t machine, uint32_t number) const {
  const std::vector<SimTime>& turns = trace_->machines[machine].turns;
  return number < turns.size() ? turns[number] - from_ : SimTime::Never();
}

std::vector<uint32_t> Replay::Seen() const {
  const SimTime begin = SimTime::Zero() + from_;
  std::vector<uint32_t> seen;
  for (uint32_t m = 0; m < trace_->machines.size(); ++m) {
    const SpellTrace::Machine& machine = trace_->machines[m];
    if (machine.seen_from <= begin && begin < machine.seen_to) seen.push_back(m);
  }
  return seen;
}

Spell Replay::First(size_t machine) const {
  const SpellTrace::Machine& recorded = trace_->machines[machine];
  const auto next =
      std::upper_bound(recorded.turns.begin(), recorded.turns.end(), SimTime::Zero() + from_);
  const auto number = static_cast<uint32_t>(next - recorded.turns.begin());
  return {
      .on = recorded.up == (number % 2 == 0), .number = number, .until = EndOf(machine, number)};
}

Spell Replay::Next(size_t machine, const Spell& last) const {
  return {.on = !last.on, .number = last.number + 1, .until = EndOf(machine, last.number + 1)};
}

}  // namespace orrery::failure
