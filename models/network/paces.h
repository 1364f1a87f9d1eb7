// Gangs that share links max-min fairly, each at one pace on all links that it passes.
//
// A gang that goes at its full speed sends a load over each of its links. Where a link cannot carry
// all that is asked of it, gangs slow down by progressive filling (D. Bertsekas, R. Gallager, "Data
// Networks", 2nd edition, 1992, section 6.5.2): what they send rises alike, each counted on the
// link of its greatest load; one stops at its full speed, or where a link that it passes is full.
// So who asks for little gets it, and where links are alike this is dominant resource fairness (A.
// Ghodsi et al., "Dominant resource fairness", NSDI 2011).
//
// A link that could carry all that is asked of it slows nobody and joins nobody together. Where a
// gang comes or goes, only the gangs are looked at that it is joined with through links that do.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace orrery::network {

class PaceNet {
 public:
  using LinkId = uint32_t;
  using GangId = uint32_t;
  // What a gang sends over a link at its full speed, on average; > 0.
  struct Load {
    LinkId link;
    int64_t bytes_s;
  };

  // A link that carries `bytes_s` > 0.
  LinkId AddLink(int64_t bytes_s);
  void Resize(LinkId link, int64_t bytes_s);
  // A gang with these loads, each link named once. Its number is free again after Remove.
  // O(links).
  GangId Add(std::span<const Load> loads);
  void Remove(GangId gang);

  // Works out the paces anew where something changed since the last call; `changed` gets the gangs
  // whose pace is another one now, in ascending order, new ones only where they are slowed. With n
  // gangs joined to them over m links that hold them back, O(n (log n + m)).
  void Settle(std::vector<GangId>* changed);
  // Of its full speed, in (0, 1], as of the last Settle; 1 for one that has come since.
  double pace(GangId gang) const { return gangs_[gang].pace; }

  // Gangs that all calls of Settle together looked at: what changes cost.
  uint64_t looked_at() const { return looked_at_; }

 private:
  struct Passage {
    Load load;
    uint32_t place;  // in the list of that link
  };
  struct Gang {
    std::vector<Passage> passages;
    double most = 0;  // its greatest load
    double pace = 1;
    uint32_t seen = 0;  // the last Settle that looked at it
    // While filling.
    bool stopped = false;
    double next_pace = 1;
  };
  struct Member {
    GangId gang;
    uint32_t which;  // of its passages this one is
  };
  struct Link {
    int64_t capacity = 0;
    int64_t asked = 0;
    std::vector<Member> gangs;
    bool touched = false;    // something changed since the last Settle
    bool held_back = false;  // as of the last Settle
    uint32_t seen = 0;
    // While filling.
    double left = 0;
    double weight = 0;  // of those not stopped: what they send here, over what they send at most
    uint32_t open = 0;

    bool holds_back() const { return asked > capacity; }
  };

  double WeightOf(const Gang& gang, const Passage& passage) const {
    return static_cast<double>(passage.load.bytes_s) / gang.most;
  }
  void Touch(LinkId link);
  void Expand(LinkId link);
  void FindComponent();
  void Fill();
  void Stop(Gang& gang, double level);
  bool NextFull(double* level, LinkId* link) const;

  std::vector<Link> links_;
  std::vector<Gang> gangs_;
  std::vector<GangId> free_;
  std::vector<LinkId> touched_;
  uint32_t round_ = 0;
  uint64_t looked_at_ = 0;
  // The component at hand.
  std::vector<GangId> members_;
  std::vector<LinkId> narrow_;
};

}  // namespace orrery::network
