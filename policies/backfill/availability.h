// What all nodes have free at every time to come: what they have, less what running jobs hold until
// they are expected to end, less what is reserved.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "policies/api/view.h"
#include "policies/backfill/node_timeline.h"
#include "policies/backfill/terrain.h"
#include "sim/base/time.h"

namespace orrery::policies {

// A window for a whole gang, with its nodes.
struct Stay {
  Window window;
  std::vector<NodePart> parts;
};

class Availability {
 public:
  // `terrain` must outlive the picture.
  explicit Availability(Terrain* terrain) : terrain_(terrain) {}

  // Takes in nodes that are new; they are empty. O(1) if there are none.
  void AddNodes(const ClusterView& view);
  // Forgets what was before `now`. O(nodes).
  void DropPast(SimTime now);

  // The earliest window of a waiting job from `from` on that starts before `before`, by counting:
  // at any time in it the nodes that are fast enough hold all replicas. A lower bound: whether a
  // replica can stay on one node throughout depends on who else is bound to which node. The length
  // is the believed run time on the slowest GPU model among those nodes; of windows that start
  // together the shortest wins. O(speeds × segments × log segments).
  std::optional<Window> EarliestByCount(const ClusterView& view, const JobInfo& job, SimTime from,
                                        SimTime before) const;
  // The same for nodes that are free throughout as things are bound now. For a job of one replica
  // the length is that of the node where it can start first.
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

  // The earliest window of one replica on this node, as it is bound now, that reaches into
  // [span.start, …) and starts before span.end.
  std::optional<Window> EarliestOn(const ClusterView& view, const JobInfo& job, NodeId node,
                                   const Window& span) const;

  // Takes the nodes for a stay, choosing GPUs anew; false, and nothing taken, if they are not free.
  bool Take(const Demand& demand, Stay* stay);
  // Takes just what Take took before; it must be free.
  void TakeBack(const Demand& demand, const Stay& stay);
  // Gives back what Take took.
  void Give(const Demand& demand, const Stay& stay);
  // Takes or gives back what a job holds in a window, on just those GPUs. TakeGrants: false, and
  // nothing taken, if it is not all free.
  bool TakeGrants(const Demand& demand, std::span<const NodeGrant> grants, const Window& window);
  void GiveGrants(const Demand& demand, std::span<const NodeGrant> grants, const Window& window);

 private:
  // A change of how many replicas fit, or could start, at a time.
  struct Step {
    SimTime at;
    int64_t change = 0;
  };

  template <typename Add, typename First>
  std::optional<Window> EarliestOfSpeeds(const ClusterView& view, const JobInfo& job,
                                         SimTime before, Add add, First first) const;
  std::optional<Window> EarliestOnOneNode(const ClusterView& view, const JobInfo& job, SimTime from,
                                          SimTime before) const;
  void BeginSteps() const;
  void AddStep(SimTime from, SimTime at, int64_t change) const;
  void AddFitSteps(const NodeTimeline& node, const Demand& demand, SimTime from, SimTime to) const;
  void AddStartSteps(const NodeTimeline& node, const Demand& demand, Duration length, SimTime from,
                     SimTime before) const;
  void SortSteps() const;
  std::optional<SimTime> FirstLongEnough(uint32_t replicas, Duration length, SimTime from) const;
  std::optional<SimTime> FirstEnough(uint32_t replicas, SimTime from) const;

  Terrain* terrain_;
  std::vector<NodeTimeline> nodes_;
  mutable int64_t first_count_ = 0;  // of a search: what fits, or could start, at its beginning
  mutable std::vector<Step> steps_;  // and how that changes later
};

}  // namespace orrery::policies
