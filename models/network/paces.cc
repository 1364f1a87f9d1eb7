#include "models/network/paces.h"

#include <algorithm>

#include "sim/base/check.h"

namespace orrery::network {

PaceNet::LinkId PaceNet::AddLink(int64_t bytes_s) {
  ORRERY_CHECK(bytes_s > 0, bytes_s);
  links_.emplace_back();
  links_.back().capacity = bytes_s;
  return static_cast<LinkId>(links_.size() - 1);
}

void PaceNet::Resize(LinkId link, int64_t bytes_s) {
  ORRERY_CHECK(bytes_s > 0, bytes_s);
  if (links_[link].capacity == bytes_s) return;
  links_[link].capacity = bytes_s;
  Touch(link);
}

void PaceNet::Touch(LinkId link) {
  if (links_[link].touched) return;
  links_[link].touched = true;
  touched_.push_back(link);
}

PaceNet::GangId PaceNet::Add(std::span<const Load> loads) {
  auto id = static_cast<GangId>(gangs_.size());
  if (free_.empty()) {
    gangs_.emplace_back();
  } else {
    id = free_.back();
    free_.pop_back();
  }
  Gang& gang = gangs_[id];
  gang = Gang();
  for (const Load& load : loads) {
    ORRERY_CHECK(load.bytes_s > 0, load.link, load.bytes_s);
    Link& link = links_[load.link];
    const auto which = static_cast<uint32_t>(gang.passages.size());
    gang.passages.push_back({load, static_cast<uint32_t>(link.gangs.size())});
    gang.most = std::max(gang.most, static_cast<double>(load.bytes_s));
    link.gangs.push_back({id, which});
    link.asked += load.bytes_s;
    Touch(load.link);
  }
  return id;
}

void PaceNet::Remove(GangId id) {
  for (const Passage& passage : gangs_[id].passages) {
    Link& link = links_[passage.load.link];
    const Member last = link.gangs.back();
    link.gangs[passage.place] = last;
    gangs_[last.gang].passages[last.which].place = passage.place;
    link.gangs.pop_back();
    link.asked -= passage.load.bytes_s;
    Touch(passage.load.link);
  }
  gangs_[id].passages.clear();
  free_.push_back(id);
}

void PaceNet::Expand(LinkId id) {
  Link& link = links_[id];
  if (link.seen == round_) return;
  link.seen = round_;
  for (const Member& member : link.gangs) {
    if (gangs_[member.gang].seen == round_) continue;
    gangs_[member.gang].seen = round_;
    members_.push_back(member.gang);
  }
  if (link.holds_back()) narrow_.push_back(id);
}

// Whoever shares a narrow link with somebody whose pace may change, and the links that did hold
// somebody back until now.
void PaceNet::FindComponent() {
  ++round_;
  members_.clear();
  narrow_.clear();
  for (const LinkId id : touched_) {
    Link& link = links_[id];
    if (link.held_back || link.holds_back()) Expand(id);
    link.held_back = link.holds_back();
    link.touched = false;
  }
  touched_.clear();
  for (size_t i = 0; i < members_.size(); ++i) {
    for (const Passage& passage : gangs_[members_[i]].passages) {
      if (links_[passage.load.link].holds_back()) Expand(passage.load.link);
    }
  }
}

// The link that is full first if all that are open rise alike, and the level at which it is.
bool PaceNet::NextFull(double* level, LinkId* link) const {
  bool any = false;
  for (const LinkId id : narrow_) {
    // Weights are differences, too: one that has vanished fills nothing.
    if (links_[id].open == 0 || !(links_[id].weight > 0)) continue;
    const double full = links_[id].left / links_[id].weight;
    if (any && full >= *level) continue;
    *level = full;
    *link = id;
    any = true;
  }
  return any;
}

void PaceNet::Stop(Gang& gang, double level) {
  gang.stopped = true;
  gang.next_pace = level < gang.most ? level / gang.most : 1;
  for (const Passage& passage : gang.passages) {
    Link& link = links_[passage.load.link];
    const double weight = WeightOf(gang, passage);
    link.left -= weight * level;
    link.weight -= weight;
    --link.open;
  }
}

void PaceNet::Fill() {
  for (const LinkId id : narrow_) {
    Link& link = links_[id];
    link.left = static_cast<double>(link.capacity);
    link.weight = 0;
    link.open = static_cast<uint32_t>(link.gangs.size());
    for (const Member& member : link.gangs) {
      const Gang& gang = gangs_[member.gang];
      link.weight += WeightOf(gang, gang.passages[member.which]);
    }
  }
  std::sort(members_.begin(), members_.end(), [this](GangId a, GangId b) {
    return gangs_[a].most != gangs_[b].most ? gangs_[a].most < gangs_[b].most : a < b;
  });
  for (const GangId id : members_) gangs_[id].stopped = false;
  double reached = 0;
  for (const GangId id : members_) {
    Gang& next = gangs_[id];
    while (!next.stopped) {
      double level = 0;
      LinkId full = 0;
      const bool any = NextFull(&level, &full);
      // What is left is a difference; the level never falls but by its rounding.
      level = std::max(level, reached);
      if (!any || next.most <= level) {
        reached = next.most;
        Stop(next, next.most);
        break;
      }
      reached = level;
      for (const Member& member : links_[full].gangs) {
        Gang& gang = gangs_[member.gang];
        if (!gang.stopped) Stop(gang, level);
      }
    }
  }
}

void PaceNet::Settle(std::vector<GangId>* changed) {
  changed->clear();
  if (touched_.empty()) return;
  FindComponent();
  looked_at_ += members_.size();
  Fill();
  for (const GangId id : members_) {
    Gang& gang = gangs_[id];
    if (gang.next_pace != gang.pace) changed->push_back(id);
    gang.pace = gang.next_pace;
  }
  std::sort(changed->begin(), changed->end());
}

}  // namespace orrery::network
