#include "sim/driver/stream_links.h"

#include <cmath>

namespace orrery::driver {

void StreamLinks::Run(JobSlot slot, uint16_t frames, bool on, SimTime now) {
  if (!links_->full()) return;
  sessions_.Reach(slot.index());
  Session& session = sessions_[slot.index()];
  if (session.on == on) return;
  const NodeId id = on ? state_->grants(slot).front().node : session.node;
  if (id.index() >= nodes_.size()) nodes_.resize(id.index() + 1);
  Node& node = nodes_[id.index()];
  node.thin_time = node.ThinBy(now);
  node.settled = now;
  if (on) {
    session = {.on = true, .node = id, .begin = now, .thin_before = node.thin_time};
  } else {
    session.on = false;
    session.choked = TooOften(session, node.thin_time, now);
  }
  const int64_t bytes_s = std::llround((*frames_)[frames].StreamBytesS());
  node.bytes_s += on ? bytes_s : -bytes_s;
  node.thin = static_cast<double>(node.bytes_s) >= links_->EndOf(id).link.up_bytes_s;
}

bool StreamLinks::Choked(JobSlot slot, SimTime now) const {
  if (!links_->full()) return false;
  const Session& session = sessions_[slot.index()];
  return session.on ? TooOften(session, nodes_[session.node.index()].ThinBy(now), now)
                    : session.choked;
}

bool StreamLinks::TooOften(const Session& session, Duration thin_time, SimTime now) {
  return (thin_time - session.thin_before).nanos() > (now - session.begin).nanos() / 20;
}

}  // namespace orrery::driver
