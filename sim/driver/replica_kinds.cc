#include "sim/driver/replica_kinds.h"

#include <algorithm>

namespace orrery::driver {

using workload::LengthMix;
using workload::ReplicaQueue;
using workload::ServingSpeed;

namespace {

// A replica that is this near to its capacity has no steady state worth waiting for.
constexpr double kSteady = 0.98;

}  // namespace

void ReplicaKinds::SetRequests(LengthMix lengths, double cv2) {
  lengths_ = std::move(lengths);
  cv2_ = cv2;
  for (Kind& kind : kinds_) {
    if (!kind.free) Gauge(&kind);
  }
}

void ReplicaKinds::Gauge(Kind* kind) const {
  kind->full.reset();
  kind->read_s = ReplicaQueue(kind->speed, serving_, lengths_, 0, 1).mean_first_token();
  kind->capacity = ReplicaQueue::Capacity(kind->speed, serving_, lengths_);
}

size_t ReplicaKinds::Take(const ServingSpeed& speed) {
  size_t unused = kinds_.size();
  for (size_t i = 0; i < kinds_.size(); ++i) {
    const ServingSpeed& other = kinds_[i].speed;
    if (kinds_[i].free) {
      unused = i;
    } else if (other.weights_s == speed.weights_s && other.token_s == speed.token_s &&
               other.kv_tokens == speed.kv_tokens) {
      ++kinds_[i].replicas;
      return i;
    }
  }
  if (unused == kinds_.size()) kinds_.emplace_back();
  Kind& kind = kinds_[unused];
  kind.speed = speed;
  kind.replicas = 1;
  kind.free = false;
  Gauge(&kind);
  return unused;
}

double ReplicaKinds::BatchAt(size_t which, double rate) const {
  const Kind& kind = kinds_[which];
  constexpr double kMost = 1e6;
  const double steps = rate * (lengths_.outputs - 1);
  const double left = 1 - rate * kind.read_s - steps * kind.speed.kv_s * lengths_.held;
  if (left <= 0 || rate >= kind.capacity) return kMost * (1 + rate);
  return std::min(steps * (kind.speed.weights_s + kind.speed.overhead_s) / left, kMost);
}

const ReplicaQueue* ReplicaKinds::QueueAt(size_t which, double rate) {
  Kind& kind = kinds_[which];
  if (rate >= kSteady * kind.capacity) return nullptr;
  for (const auto& [known, queue] : kind.queues) {
    if (known == rate) return queue->stable() ? queue.get() : nullptr;
  }
  kind.queues.emplace_back(
      rate, std::make_unique<ReplicaQueue>(kind.speed, serving_, lengths_, rate, cv2_));
  const ReplicaQueue* made = kind.queues.back().second.get();
  return made->stable() ? made : nullptr;
}

const ReplicaQueue& ReplicaKinds::Full(size_t which) {
  Kind& kind = kinds_[which];
  if (!kind.full.has_value()) {
    kind.full.emplace(kind.speed, serving_, lengths_, kSteady * kind.capacity, cv2_);
  }
  return *kind.full;
}

void ReplicaKinds::Forget() {
  for (Kind& kind : kinds_) {
    kind.queues.clear();
    kind.free = kind.replicas == 0;
  }
}

}  // namespace orrery::driver
