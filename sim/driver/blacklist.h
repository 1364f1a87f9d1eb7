// Nodes on which too much failed lately, which the scheduler leaves alone for a time. It knows what
// the scheduler has been told, and nothing else.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/base/ids.h"
#include "sim/base/time.h"
#include "sim/scenario/failures.h"

namespace orrery::driver {

class Blacklist {
 public:
  Blacklist(const scenario::Blacklist& rule, uint32_t nodes) : rule_(rule), nodes_(nodes) {}

  // The scheduler hears of a failure on a node. True: one too many, and the node is on the list
  // from now until until(node). Failures of nodes that are on it do not count.
  // O(failures that the rule allows).
  bool Note(NodeId node, SimTime now);
  bool on(NodeId node) const { return until(node) != SimTime::Never(); }
  // When it comes off the list; Never(): it is not on it.
  SimTime until(NodeId node) const { return nodes_[node.index()].until; }
  // That time has come: what it did before is forgotten.
  void Release(NodeId node, SimTime now);

  uint64_t times() const { return times_; }   // that a node was put on the list
  uint64_t nodes() const { return listed_; }  // that were ever on it
  // Time that nodes have spent on it until now, together [ns]. O(nodes).
  __int128 NodeNanos(SimTime now) const;

 private:
  struct Node {
    SimTime until = SimTime::Never();
    SimTime since;
    std::vector<SimTime> failures;  // in order of time, those that may still count
    bool listed = false;            // ever
  };

  const scenario::Blacklist rule_;
  std::vector<Node> nodes_;
  uint64_t times_ = 0;
  uint64_t listed_ = 0;
  __int128 node_ns_ = 0;  // of those that came off it
};

}  // namespace orrery::driver
