// What every node has free at every time from now on: what it has left today, what running jobs
// give back when they are expected to end, less what is reserved.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "policies/api/view.h"
#include "sim/base/time.h"

namespace orrery::policies {

// A time for a whole gang.
struct Window {
  SimTime start = SimTime::Never();  // never: no time is known at which it could run
  SimTime end = SimTime::Never();
  bool known() const { return start != SimTime::Never(); }
};

// A window with its nodes.
struct Stay {
  // Replicas on one node, and the thousandths taken of each of its GPUs.
  struct Part {
    NodeId node;
    uint32_t replicas = 0;
    std::array<uint16_t, kMaxGpusPerNode> gpu_milli{};
  };
  Window window;
  std::vector<Part> parts;
};

// A node's future is a list of segments, each with what is free from its time on; the list grows
// with the number of ends on that node. Copying copies the picture.
class Availability {
 public:
  // Starts over from what is believed now, without reservations. O(nodes + grants of running jobs).
  void Rebuild(const ClusterView& view);
  // The first expected end of a running job; SimTime::Never(): none runs. From then on the picture
  // is out of date.
  SimTime first_end() const { return first_end_; }

  // The earliest window of a waiting job from `from` on that starts before `before`, by counting:
  // at any time in it the nodes that are fast enough hold all replicas. A lower bound: whether a
  // replica can stay on one node throughout depends on who else is bound to which node. The length
  // is the believed run time on the slowest GPU model among those nodes; of windows that start
  // together the shortest wins. O(speeds × segments × log segments).
  std::optional<Window> EarliestByCount(const ClusterView& view, const JobInfo& job, SimTime from,
                                        SimTime before) const;
  // The same for nodes that are free throughout as things are bound now.
  std::optional<Window> EarliestBound(const ClusterView& view, const JobInfo& job, SimTime from,
                                      SimTime before) const;
  // Nodes that hold the job throughout the window; nothing if there are too few. Of the nodes that
  // do, those that have been free for the shortest time before it, which leaves long gaps whole;
  // then the lowest ids. O(segments log nodes).
  std::optional<Stay> Bind(const ClusterView& view, const JobInfo& job, const Window& window) const;
  // The stay on just these nodes from `from` on for the believed run time, if they are free.
  std::optional<Stay> BindTo(const ClusterView& view, const JobInfo& job,
                             const Placement& placement, SimTime from) const;
  // Until when it matters to windows that start before this one of a job what is free: until its
  // start, or, where the job could also run more slowly, until the end of its slowest run from
  // there.
  SimTime LatestNeed(const ClusterView& view, const JobInfo& job, const Window& window) const;
  // Whether the node, as it is bound now, has room for a replica at any time in [from, to).
  bool HasRoom(const ClusterView& view, const JobInfo& job, NodeId node, SimTime from,
               SimTime to) const;

  // Takes the nodes for a stay, choosing GPUs anew; false, and nothing taken, if they are not free.
  // A GPU share goes to the fullest GPU that can hold it throughout, lowest number first.
  bool Take(const Demand& demand, Stay* stay);
  // Gives back what Take took.
  void Give(const Demand& demand, const Stay& stay);
  // Takes what a job holds, on just those GPUs, from the start of the picture until `end`; false,
  // and nothing taken, if it is not all free.
  bool TakeGrants(const JobInfo& job, std::span<const NodeGrant> grants, SimTime end);

 private:
  struct Free {
    uint32_t cpu_milli = 0;
    uint32_t memory_mib = 0;
    std::array<uint16_t, kMaxGpusPerNode> gpu_milli{};
  };
  struct Segment {
    SimTime from;
    Free free;
  };
  using Timeline = std::vector<Segment>;
  // A change of how many replicas fit, or could start, at a time.
  struct Step {
    SimTime at;
    int64_t change = 0;
  };

  static uint32_t FitCount(const Free& free, const Demand& demand);
  // The least of everything in [from, to).
  static Free Least(const Timeline& timeline, SimTime from, SimTime to);
  static size_t SegmentAt(const Timeline& timeline, SimTime time);
  // Index of the segment that begins at `time`, made if need be.
  static size_t Split(Timeline& timeline, SimTime time);
  static double NodeSpeed(const ClusterView& view, const JobInfo& job, NodeId node);
  std::vector<double> Speeds(const ClusterView& view, const JobInfo& job) const;
  const std::vector<NodeId>& Eligible(const ClusterView& view, const JobInfo& job) const;
  void AddFitSteps(const Timeline& timeline, const Demand& demand, SimTime from, SimTime to) const;
  void AddStartSteps(const Timeline& timeline, const Demand& demand, Duration length, SimTime from,
                     SimTime before) const;
  void SortSteps() const;
  std::optional<SimTime> FirstLongEnough(uint32_t replicas, Duration length, SimTime before) const;
  std::optional<SimTime> FirstEnough(uint32_t replicas) const;
  // Since when at least `count` replicas have been free without a break at `time`.
  static SimTime FreeSince(const Timeline& timeline, const Demand& demand, uint32_t count,
                           SimTime time);
  // Adds (sign 1) or takes away (sign −1) what a part holds; false if that is not there to take.
  bool Change(const Demand& demand, const Stay::Part& part, const Window& window, int sign);
  bool ChooseGpus(const Demand& demand, const Window& window, Stay::Part* part) const;

  std::vector<Timeline> nodes_;
  std::vector<bool> present_;
  std::vector<GpuModelId> models_;  // of present nodes, each once
  SimTime first_end_ = SimTime::Never();
  mutable std::vector<Step> steps_;  // reused by searches
  // Present nodes that may hold a shape, by shape; empty: not asked for since the last Rebuild.
  mutable std::vector<std::vector<NodeId>> eligible_;
};

}  // namespace orrery::policies
