// Flows of data that share links max-min fairly.
//
// Rates by progressive filling (D. Bertsekas, R. Gallager, "Data Networks", 2nd edition, 1992,
// section 6.5.2): all flows rise together; one stops at its own cap, or where a link that it passes
// is full. What comes out is the one allocation in which no flow can have more without taking from
// one that has no more than itself.
//
// A link that could carry all its flows at their caps holds nobody back, so it joins nobody
// together. Where a flow comes or goes, only the flows are looked at that it is joined with through
// links that do hold back.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace orrery::network {

class FlowNet {
 public:
  using LinkId = uint32_t;
  using FlowId = uint32_t;
  // Links of one flow at most.
  static constexpr size_t kMaxLinks = 8;

  // A link that carries `bytes_s` > 0, one way.
  LinkId AddLink(int64_t bytes_s);
  // A flow over these links, each named once, that never goes faster than `cap_bytes_s` > 0 (as by
  // its window over its round trip). Its number is free again after Remove. O(links).
  FlowId Add(std::span<const LinkId> links, int64_t cap_bytes_s);
  void Remove(FlowId flow);

  // Works out the rates anew where flows came or went since the last call; `changed` gets the flows
  // whose rate is another one now, in ascending order. With n flows joined to them, O(n log n),
  // however many others there are.
  void Settle(std::vector<FlowId>* changed);
  // [byte/s], as of the last Settle; 0 for one that has come since.
  double rate(FlowId flow) const { return flows_[flow].rate; }

  // Flows that all calls of Settle together looked at: what changes cost.
  uint64_t looked_at() const { return looked_at_; }

 private:
  struct Flow {
    std::array<LinkId, kMaxLinks> links{};
    std::array<uint32_t, kMaxLinks> places{};  // in the lists of those links
    uint32_t link_count = 0;
    uint32_t seen = 0;  // the last Settle that looked at it
    int64_t cap = 0;
    double rate = 0;
    double next_rate = 0;
    bool stopped = false;  // while filling
  };
  struct Passage {
    FlowId flow;
    uint32_t which;  // of its links this one is
  };
  struct Link {
    int64_t capacity = 0;
    int64_t wanted = 0;  // sum of the caps of its flows
    std::vector<Passage> flows;
    bool touched = false;    // a flow came or went since the last Settle
    bool held_back = false;  // as of the last Settle
    uint32_t seen = 0;
    // While filling.
    double left = 0;
    uint32_t open = 0;

    bool holds_back() const { return wanted > capacity; }
  };
  struct Share {
    double rate;
    LinkId link;
  };

  std::span<const LinkId> LinksOf(const Flow& flow) const {
    return {flow.links.data(), flow.link_count};
  }
  void Touch(LinkId link);
  void Look(FlowId flow);
  void Expand(LinkId link);
  void FindComponent();
  void Fill();
  void Stop(Flow& flow, double rate);
  void PushShare(LinkId link, double level);
  double LeastShare(double level);

  std::vector<Link> links_;
  std::vector<Flow> flows_;
  std::vector<FlowId> free_;
  std::vector<LinkId> touched_;
  std::vector<FlowId> new_;
  uint32_t round_ = 0;
  uint64_t looked_at_ = 0;
  // The component at hand.
  std::vector<FlowId> members_;
  std::vector<LinkId> narrow_;
  std::vector<Share> shares_;  // a heap: of each narrow link, what it would give each open flow
};

}  // namespace orrery::network
