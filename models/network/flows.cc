#include "models/network/flows.h"

#include <algorithm>
#include <limits>

#include "sim/base/check.h"

namespace orrery::network {

FlowNet::LinkId FlowNet::AddLink(int64_t bytes_s) {
  ORRERY_CHECK(bytes_s > 0, bytes_s);
  links_.emplace_back();
  links_.back().capacity = bytes_s;
  return static_cast<LinkId>(links_.size() - 1);
}

void FlowNet::Touch(LinkId link) {
  if (links_[link].touched) return;
  links_[link].touched = true;
  touched_.push_back(link);
}

FlowNet::FlowId FlowNet::Add(std::span<const LinkId> links, int64_t cap_bytes_s) {
  ORRERY_CHECK(cap_bytes_s > 0 && links.size() <= kMaxLinks, cap_bytes_s, links.size());
  FlowId id = static_cast<FlowId>(flows_.size());
  if (free_.empty()) {
    flows_.emplace_back();
  } else {
    id = free_.back();
    free_.pop_back();
  }
  Flow& flow = flows_[id];
  flow.link_count = 0;
  // Nobody can have more than a link carries: what a link is asked for at most says whether it
  // binds.
  for (const LinkId link : links) cap_bytes_s = std::min(cap_bytes_s, links_[link].capacity);
  flow.cap = cap_bytes_s;
  flow.rate = 0;
  for (const LinkId link : links) {
    flow.links[flow.link_count] = link;
    flow.places[flow.link_count] = static_cast<uint32_t>(links_[link].flows.size());
    links_[link].flows.push_back({id, flow.link_count});
    links_[link].wanted += cap_bytes_s;
    ++flow.link_count;
    Touch(link);
  }
  new_.push_back(id);
  return id;
}

void FlowNet::Remove(FlowId id) {
  Flow& flow = flows_[id];
  for (uint32_t i = 0; i < flow.link_count; ++i) {
    Link& link = links_[flow.links[i]];
    const Passage last = link.flows.back();
    link.flows[flow.places[i]] = last;
    flows_[last.flow].places[last.which] = flow.places[i];
    link.flows.pop_back();
    link.wanted -= flow.cap;
    Touch(flow.links[i]);
  }
  flow.link_count = 0;
  std::erase(new_, id);
  free_.push_back(id);
}

void FlowNet::Look(FlowId id) {
  if (flows_[id].seen == round_) return;
  flows_[id].seen = round_;
  members_.push_back(id);
}

void FlowNet::Expand(LinkId id) {
  if (links_[id].seen == round_) return;
  links_[id].seen = round_;
  for (const Passage& passage : links_[id].flows) Look(passage.flow);
  if (links_[id].holds_back()) narrow_.push_back(id);
}

// Whoever shares a narrow link with somebody whose rate may change, and the links that did hold
// somebody back until now.
void FlowNet::FindComponent() {
  ++round_;
  members_.clear();
  narrow_.clear();
  for (const LinkId id : touched_) {
    Link& link = links_[id];
    if (link.held_back || link.holds_back()) Expand(id);
    link.held_back = link.holds_back();
    link.touched = false;
  }
  for (const FlowId id : new_) Look(id);
  for (size_t i = 0; i < members_.size(); ++i) {
    for (const LinkId link : LinksOf(flows_[members_[i]])) {
      if (links_[link].holds_back()) Expand(link);
    }
  }
  touched_.clear();
  new_.clear();
}

void FlowNet::PushShare(LinkId id, double level) {
  const Link& link = links_[id];
  // What is left is a difference; the level never falls but by its rounding.
  shares_.push_back({std::max(link.left / link.open, level), id});
  std::push_heap(shares_.begin(), shares_.end(), [](const Share& a, const Share& b) {
    return a.rate != b.rate ? a.rate > b.rate : a.link > b.link;
  });
}

// The level at which the next link is full; infinity where none will be. Shares in the heap are of
// the time when they were put there: they can only have risen since.
double FlowNet::LeastShare(double level) {
  const auto later = [](const Share& a, const Share& b) {
    return a.rate != b.rate ? a.rate > b.rate : a.link > b.link;
  };
  while (!shares_.empty()) {
    const Share first = shares_.front();
    const Link& link = links_[first.link];
    if (link.open > 0 && std::max(link.left / link.open, level) <= first.rate) return first.rate;
    std::pop_heap(shares_.begin(), shares_.end(), later);
    shares_.pop_back();
    if (link.open > 0) PushShare(first.link, level);
  }
  return std::numeric_limits<double>::infinity();
}

void FlowNet::Stop(Flow& flow, double rate) {
  flow.next_rate = rate;
  flow.stopped = true;
  for (const LinkId id : LinksOf(flow)) {
    links_[id].left -= rate;
    --links_[id].open;
  }
}

void FlowNet::Fill() {
  for (const LinkId id : narrow_) {
    links_[id].left = static_cast<double>(links_[id].capacity);
    links_[id].open = static_cast<uint32_t>(links_[id].flows.size());
  }
  shares_.clear();
  for (const LinkId id : narrow_) {
    if (links_[id].open > 0) PushShare(id, 0);
  }
  std::sort(members_.begin(), members_.end(), [this](FlowId a, FlowId b) {
    return flows_[a].cap != flows_[b].cap ? flows_[a].cap < flows_[b].cap : a < b;
  });
  for (const FlowId id : members_) flows_[id].stopped = false;
  double level = 0;
  for (const FlowId id : members_) {
    Flow& next = flows_[id];
    const auto cap = static_cast<double>(next.cap);
    while (!next.stopped) {
      const double share = LeastShare(level);
      if (cap <= share) {
        level = std::max(level, cap);
        Stop(next, cap);
        break;
      }
      level = share;
      const LinkId full = shares_.front().link;
      for (const Passage& passage : links_[full].flows) {
        Flow& flow = flows_[passage.flow];
        if (!flow.stopped) Stop(flow, share);
      }
    }
  }
}

void FlowNet::Settle(std::vector<FlowId>* changed) {
  changed->clear();
  if (touched_.empty() && new_.empty()) return;
  FindComponent();
  looked_at_ += members_.size();
  Fill();
  for (const FlowId id : members_) {
    Flow& flow = flows_[id];
    if (flow.next_rate != flow.rate) changed->push_back(id);
    flow.rate = flow.next_rate;
  }
  std::sort(changed->begin(), changed->end());
}

}  // namespace orrery::network
