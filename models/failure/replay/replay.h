// Machines of a trace as processes that are on and off.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "models/failure/on_off.h"
#include "models/failure/replay/spell_trace.h"

namespace orrery::failure {

class Replay {
 public:
  // Time 0 of the run is `from` of the trace.
  Replay(std::shared_ptr<const SpellTrace> trace, Duration from)
      : trace_(std::move(trace)), from_(from) {}

  // The machines that the trace tells of at time 0. O(machines).
  std::vector<uint32_t> Seen() const;
  // The spell of a machine at time 0. O(log turns).
  Spell First(size_t machine) const;
  // The spell that follows `last`. After the end of the trace the last one goes on. O(1).
  Spell Next(size_t machine, const Spell& last) const;

 private:
  SimTime EndOf(size_t machine, uint32_t number) const;

  std::shared_ptr<const SpellTrace> trace_;
  Duration from_;
};

}  // namespace orrery::failure
