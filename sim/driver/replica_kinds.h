// The kinds of replica that a simple service has, and what each of them does at a given rate.
#pragma once

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "models/workload/serving/llm.h"
#include "models/workload/serving/queueing.h"

namespace orrery::driver {

// Replicas of one speed are of one kind. Queues are worked out once for each rate.
class ReplicaKinds {
 public:
  explicit ReplicaKinds(const workload::ServingParams& serving) : serving_(serving) {}

  // What requests are like from now on. `cv2`: squared coefficient of variation of their gaps.
  void SetRequests(workload::LengthMix lengths, double cv2);
  // All are too long from now on; those that are still there are as before.
  void RefuseAll() { lengths_.too_long = 1; }
  const workload::LengthMix& lengths() const { return lengths_; }

  // The number of its kind, for one replica until it gives it back. What no replica is of any more
  // by the next Forget is no kind after that.
  size_t Take(const workload::ServingSpeed& speed);
  void Give(size_t kind) { --kinds_[kind].replicas; }
  // Tokens that it has room for.
  double room(size_t kind) const { return static_cast<double>(kinds_[kind].speed.kv_tokens); }
  // The most requests a second that it can serve for ever.
  double capacity(size_t kind) const { return kinds_[kind].capacity; }
  // Requests in the batch at `rate` requests a second, roughly: what a gateway would see.
  double BatchAt(size_t kind, double rate) const;
  // nullptr where it cannot keep up, or only just. Good until Forget.
  const workload::ReplicaQueue* QueueAt(size_t kind, double rate);
  // As near to its capacity as it can steadily be. Good until the next Set.
  const workload::ReplicaQueue& Full(size_t kind);
  void Forget();

 private:
  struct Kind {
    workload::ServingSpeed speed;
    uint32_t replicas = 0;
    bool free = false;  // another kind may have its number
    double read_s = 0;  // to read a prompt, mean
    double capacity = 0;
    std::optional<workload::ReplicaQueue> full;
    // Those asked for, by rate.
    std::vector<std::pair<double, std::unique_ptr<workload::ReplicaQueue>>> queues;
  };

  void Gauge(Kind* kind) const;

  workload::ServingParams serving_;
  // Until there are any.
  workload::LengthMix lengths_ = workload::LengthMix::Of({{1, 1}}, 2);
  double cv2_ = 1;
  std::vector<Kind> kinds_;
};

}  // namespace orrery::driver
