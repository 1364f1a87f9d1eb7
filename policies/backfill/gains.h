// What became free since reservations were last looked at: where and when a job might gain.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "policies/api/view.h"
#include "policies/backfill/availability.h"

namespace orrery::policies {

// A sweep goes over all reservations in queue order. What a sweep frees itself serves those behind
// at once and those before in the next sweep.
class Gains {
 public:
  void BeginSweep();
  void EndSweep();
  // Whether the last sweep left news for jobs that it had passed already. What is gained between
  // sweeps does not count: it is kept, but is no reason for a sweep by itself.
  bool pending() const { return !later_.empty(); }

  // The node has more than before in [from, to).
  void Add(NodeId node, SimTime from, SimTime to);
  // A reservation was given up.
  void Add(const Stay& stay);
  // Reservations were bound to other nodes: what became free is so somewhere, but not where it was.
  void ForgetNodes();

  // Whether a job with a reservation, which is in `free`, might have an earlier one. By counting:
  // if some gain has room for a replica at a time that an earlier window would need; as bound: if a
  // node with a gain could hold a replica from an earlier time on.
  bool HelpByCount(const ClusterView& view, const JobInfo& job, const Stay& stay,
                   const Availability& free) const;
  bool HelpBound(const ClusterView& view, const JobInfo& job, const Stay& stay,
                 const Availability& free) const;
  // For a job of one replica whose reservation was given up, which is in no picture: the earliest
  // window on a node with a gain before its own, of those the shortest, then on the lowest node.
  // No window, as bound, is earlier, unless gains may be anywhere.
  std::optional<Stay> EarliestBound(const ClusterView& view, const JobInfo& job,
                                    const Window& before, const Availability& free) const;
  // Whether something was gained on nodes that are not known.
  bool anywhere() const;

 private:
  struct Gain {
    NodeId node;  // none: on any
    SimTime from, to;
  };
  static Window SpanOf(const Gain& gain, const Window& before);
  // One gain a node, which may claim too much: what was gained on it from the first to the last
  // time. In the order in which the nodes came first.
  class List {
   public:
    bool empty() const { return gains_.empty(); }
    auto begin() const { return gains_.begin(); }
    auto end() const { return gains_.end(); }
    void clear() { gains_.clear(); }
    void Add(const Gain& gain);  // O(1)
    // Makes all one, on any node.
    void ForgetNodes();

   private:
    std::vector<Gain> gains_;
    std::vector<uint32_t> row_;  // in gains_: first of that on any node, then by node
  };

  List gains_;
  List later_;  // made by this sweep: still news to those before
  bool sweeping_ = false;
};

}  // namespace orrery::policies
