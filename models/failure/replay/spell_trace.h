// Recorded spells: when machines went down and came back.
//
//   fta   event_trace.tab of the Failure Trace Archive (D. Kondo et al., "The Failure Trace
//   Archive",
//         CCGrid 2010): one line a spell of a node, with event_type 0 (down) or 1 (up) and Unix
//         seconds. A node is up wherever no line says that it is down; nodes come into
//         the archive, and leave it, over the years.
//   spot  availability of spot instances in a zone (SkyPilot's spot-traces: Wu et al., "Can't Be
//         Late", NSDI 2024): {"metadata": {"gap_seconds": 195}, "data": [0, 1, …]}, how many
//         instances could be had at each tick. One machine, up where that is above 0.
//
// Plain or gzip.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/base/ids.h"
#include "sim/base/result.h"
#include "sim/base/time.h"

namespace orrery::failure {

enum class SpellFormat : uint8_t { kFta, kSpot };

// Times count from the earliest in the file.
struct SpellTrace {
  struct Machine {
    bool up = true;              // at time 0
    std::vector<SimTime> turns;  // when it goes down or comes back; ascending, above 0
    SimTime seen_from, seen_to;  // first and last of what the file says of it
  };
  std::vector<Machine> machines;  // in order of their names (fta: numbers); at least one
  Duration span;                  // of the whole file, above 0
};

// Errors, as "file:line": a column that is missing, letters where digits belong, a spell that ends
// before it begins; of spot, "file" and what is wrong with the JSON. O(lines), all in memory.
Result<SpellTrace> ReadSpells(SpellFormat format, const std::string& path);

// What a scenario says of the traces to replay.
struct ReplayParams {
  struct Trace {
    SpellFormat format = SpellFormat::kFta;
    std::string file;
    RegionId region = RegionId::None();  // of the nodes that follow it; none: of all others
  };
  std::vector<Trace> traces;
  Duration from;  // of each trace, where the run begins
};

}  // namespace orrery::failure
