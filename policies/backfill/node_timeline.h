// The future of one node: what it has free at every time to come.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "policies/api/node_class.h"
#include "policies/api/view.h"
#include "sim/base/demand.h"
#include "sim/base/time.h"

namespace orrery::policies {

// A time for a job: from `start` up to `end`.
struct Window {
  SimTime start = SimTime::Never();  // never: no time is known at which it could run
  SimTime end = SimTime::Never();
  bool known() const { return start != SimTime::Never(); }
};

// What a job takes of a node.
struct NodePart {
  NodeId node;
  uint32_t replicas = 0;
  std::array<uint16_t, kMaxGpusPerNode> gpu_milli{};  // thousandths of each GPU
};
NodePart PartOf(const NodeGrant& grant, const Demand& demand);

// A list of segments, each with what is free from its time on; it grows with the number of stays on
// the node that begin or end.
class NodeTimeline {
 public:
  // An empty node.
  NodeTimeline(const NodeShape& shape, SimTime now);

  // Forgets what was before `now`.
  void DropPast(SimTime now);

  size_t size() const { return segments_.size(); }
  SimTime from(size_t segment) const { return segments_[segment].from; }
  // The segment that holds at `time`. O(log segments).
  size_t At(SimTime time) const;

  // How many replicas fit in a segment; throughout from one segment until `to`.
  uint32_t Fit(const Demand& demand, size_t segment) const;
  uint32_t FitThroughout(const Demand& demand, size_t segment, SimTime to) const;
  uint32_t FitThroughout(const Demand& demand, const Window& window) const {
    return FitThroughout(demand, At(window.start), window.end);
  }
  // The first time from `from` on and before `before` from which on a replica fits for `length`;
  // SimTime::Never() if there is none.
  SimTime FirstStart(const Demand& demand, Duration length, SimTime from, SimTime before) const;
  // Since when at least `count` replicas have been free without a break at `time`.
  SimTime FreeSince(const Demand& demand, uint32_t count, SimTime time) const;

  // Chooses GPUs for the replicas of a part that fits throughout the window. A share goes to the
  // fullest GPU that can hold it, lowest number first.
  void ChooseGpus(const Demand& demand, const Window& window, NodePart* part) const;
  // Takes a part in the window; false, and nothing taken, if it is not all free.
  bool Take(const Demand& demand, const NodePart& part, const Window& window);
  // Gives back what Take took.
  void Give(const Demand& demand, const NodePart& part, const Window& window);

 private:
  struct Free {
    uint32_t cpu_milli = 0;
    uint32_t memory_mib = 0;
    uint16_t whole_gpus = 0;  // bit g: all of GPU g
    std::array<uint16_t, kMaxGpusPerNode> gpu_milli{};
    bool operator==(const Free&) const = default;
  };
  struct Segment {
    SimTime from;
    Free free;
  };

  static uint32_t Count(const Free& free, const Demand& demand);
  // Both at once: the least of everything; GPU shares only where asked for.
  static void Narrow(const Free& free, bool shares, Free* least);
  // The least of everything in the window.
  Free Least(size_t segment, SimTime to, bool shares) const;
  // Index of the segment that begins at `time`, made if need be.
  size_t Split(SimTime time);
  // Makes one of a segment and the one before it if they are equal.
  void Join(size_t segment);
  void Change(const Demand& demand, const NodePart& part, const Window& window, int sign);

  std::vector<Segment> segments_;
};

}  // namespace orrery::policies
