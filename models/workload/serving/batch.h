// One replica that serves requests by continuous batching: after every step requests that are done
// leave the batch and waiting ones join it (Yu et al., "Orca: A Distributed Serving System for
// Transformer-Based Generative Models", OSDI 2022; Kwon et al., "Efficient Memory Management for
// Large Language Model Serving with PagedAttention", SOSP 2023).
//
// Steps. Whenever requests wait and fit, the next step reads their prompts, first come first
// served, while the others pause; it also writes their first tokens. Else the next step writes one
// token for every request in the batch. A request joins when there is room for the keys and values
// of all tokens that it will come to (Assumption: kv_reserved: nobody has to be thrown out later).
//
// Between two changes of the batch the times of its steps are a sum in closed form, so that a
// request costs a few calls however many tokens it has.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "models/workload/serving/llm.h"
#include "sim/base/time.h"

namespace orrery::workload {

struct Sequence {
  uint32_t request = 0;  // the caller's number of it
  uint32_t prompt = 1;   // tokens; at least 1
  uint32_t cached = 0;   // of the prompt, whose keys and values are there already; below `prompt`
  uint32_t output = 1;   // tokens; at least 1
};

class ContinuousBatch {
 public:
  // What a change of the batch came to.
  struct Changes {
    std::vector<uint32_t> first;  // requests whose first token is there
    std::vector<uint32_t> done;   // requests whose last token is there; some of `first`, too
  };

  // It is there from `begin` on.
  ContinuousBatch(const ServingSpeed& speed, const ServingParams& params,
                  SimTime begin = SimTime::Zero())
      : speed_(speed), params_(params), integrated_(begin) {}

  // Whether a request of so many tokens can ever be served.
  bool Fits(uint64_t tokens) const { return static_cast<int64_t>(tokens) <= speed_.kv_tokens; }

  // A request, which must fit, will be here at `at`, not before `now`, the time now.
  void Arrive(const Sequence& sequence, SimTime at, SimTime now);
  // When Advance must be called; Never(): nothing will happen by itself. O(1).
  SimTime next() const { return next_; }
  // At next(): fills `changes` (cleared first).
  void Advance(Changes* changes);
  // From the end of the step under way on it works at another speed, with the same room.
  void SetSpeed(const ServingSpeed& speed, SimTime now);
  // Takes all requests out, at `now`: the numbers of those that were here or on their way.
  std::vector<uint32_t> Clear(SimTime now);

  // Requests that wait or are on their way, and in the batch.
  uint32_t queued() const {
    return static_cast<uint32_t>(waiting_.size() - head_ + coming_.size());
  }
  uint32_t active() const { return static_cast<uint32_t>(active_); }
  // Room for tokens, and how much of it those here hold or wait for.
  int64_t room() const { return speed_.kv_tokens; }
  int64_t tokens() const { return reserved_ + wanted_; }
  bool empty() const { return queued() == 0 && active_ == 0; }

  // Until `now`: time in which a step was under way; and the tokens that those here hold or want
  // room for, over the room, integrated [s].
  double BusySeconds(SimTime now) const;
  double DemandSeconds(SimTime now) const;

 private:
  enum class Phase : uint8_t { kIdle, kPrefill, kDecode };
  // Of speed, asked for at some time.
  struct Change {
    SimTime at;
    ServingSpeed speed;
  };
  struct Coming {
    SimTime at;
    Sequence sequence;
  };
  // In the batch: it leaves when `steps_` reaches `last_step`.
  struct Member {
    uint64_t last_step;
    uint32_t request;
    uint32_t tokens;  // in the end
  };

  void Admit(SimTime now);
  void Begin(SimTime now);
  void Plan();
  void EndPrefill(Changes* changes);
  void Leave(Changes* changes);
  bool HasRoomFor(const Sequence& sequence) const;
  double DecodeSeconds(uint64_t steps) const;
  SimTime AfterSteps(uint64_t steps) const;
  uint64_t StepsUntil(SimTime time, uint64_t most) const;
  void Integrate(SimTime now);

  ServingSpeed speed_;
  ServingParams params_;
  std::optional<Change> change_;
  Phase phase_ = Phase::kIdle;
  SimTime begun_;  // of the phase
  SimTime next_ = SimTime::Never();
  uint64_t steps_ = 0;          // of decoding, ever, by begun_
  uint64_t planned_ = 0;        // of decoding from begun_ to next_
  double context_ = 0;          // tokens of the batch at begun_
  int64_t reserved_ = 0;        // tokens in the end of those in the batch, or being read
  int64_t wanted_ = 0;          // the same of those that wait
  size_t active_ = 0;           // in the batch, or being read
  std::vector<Coming> coming_;  // a heap: the first to come on top
  std::vector<Sequence> waiting_;
  size_t head_ = 0;  // of waiting_
  std::vector<Sequence> prefill_;
  std::vector<Member> members_;  // a heap: the first to leave on top
  SimTime integrated_;
  double busy_s_ = 0;
  double demand_s_ = 0;
};

}  // namespace orrery::workload
