#include "sim/driver/blacklist.h"

#include "sim/base/check.h"

namespace orrery::driver {

bool Blacklist::Note(NodeId id, SimTime now) {
  Node& node = nodes_[id.index()];
  if (on(id)) return false;
  std::erase_if(node.failures, [&](SimTime time) { return now - time >= rule_.within; });
  node.failures.push_back(now);
  if (node.failures.size() < rule_.failures) return false;
  node.failures.clear();
  node.since = now;
  node.until = now + rule_.length;
  ++times_;
  listed_ += !node.listed;
  node.listed = true;
  return true;
}

void Blacklist::Release(NodeId id, SimTime now) {
  Node& node = nodes_[id.index()];
  ORRERY_CHECK(on(id) && node.until == now, id.value);
  node_ns_ += (now - node.since).nanos();
  node.until = SimTime::Never();
}

__int128 Blacklist::NodeNanos(SimTime now) const {
  __int128 sum = node_ns_;
  for (const Node& node : nodes_) {
    if (node.until != SimTime::Never()) sum += (now - node.since).nanos();
  }
  return sum;
}

}  // namespace orrery::driver
