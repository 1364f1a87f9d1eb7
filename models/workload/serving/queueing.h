// A replica in the long run, by formulas instead of requests: what `simple` services are made of.
//
// Writing tokens is processor sharing: all requests of the batch go on at the same pace, which
// depends on how many they are, whatever the distribution of their lengths (state-dependent
// processor sharing is insensitive to it: Kelly, "Reversibility and Stochastic Networks", 1979,
// section 3.3). Where the batch has room for B requests, further ones wait (limited processor
// sharing, taken as insensitive, too: Zhang and Zwart, "Steady state approximations of limited
// processor sharing queues in heavy traffic", Queueing Systems 60, 2008).
//
// Reading prompts comes first: an M/G/1 queue whose server takes a step of writing as a vacation
// whenever no prompt waits (Fuhrmann and Cooper, "Stochastic decompositions in the M/G/1 queue with
// generalized vacations", Operations Research 33, 1985); burstier arrivals count by Kingman's
// (c² + 1) / 2 ("The single server queue in heavy traffic", 1961).
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "models/workload/serving/llm.h"
#include "models/workload/serving/requests.h"

namespace orrery::workload {

// What matters of the lengths of requests.
struct LengthMix {
  // Prompts in equal parts, ascending [tokens].
  std::vector<double> prompts;
  double outputs = 1;  // mean tokens of an answer
  // Tokens of a request in the batch, so far and in the end; means over the time that it is there,
  // so that long answers count for more.
  double held = 0;
  double reserved = 0;

  // Of generated requests. Longer ones than `context` are left out.
  static LengthMix Of(const RequestParams& requests, uint32_t context);
  // Of requests one by one: {prompt, answer}; at least one.
  static LengthMix Of(std::vector<std::pair<uint32_t, uint32_t>> lengths, uint32_t context);
  // Share of the requests that `Of` leaves out.
  double too_long = 0;
};

// A replica that gets `rate` requests a second.
class ReplicaQueue {
 public:
  // `cv2`: squared coefficient of variation of the gaps between requests.
  ReplicaQueue(const ServingSpeed& speed, const ServingParams& params, const LengthMix& lengths,
               double rate, double cv2);

  // The most requests a second that a replica can serve for ever.
  static double Capacity(const ServingSpeed& speed, const ServingParams& params,
                         const LengthMix& lengths);

  // False where the replica cannot keep up; nothing below means anything then.
  bool stable() const { return stable_; }
  // From its arrival at the replica to the first token of a request whose prompt is at quantile
  // `prompt` and whose wait is at quantile `wait`, both in (0, 1) [s].
  double FirstToken(double prompt, double wait) const;
  // Time between tokens of a request that is at quantile `u` [s].
  double BetweenTokens(double u) const;
  double mean_first_token() const { return mean_wait_ + mean_read_; }
  double mean_between_tokens() const { return mean_between_; }
  // Requests that wait, are read or are written, mean.
  double requests() const { return requests_; }
  double busy() const { return busy_; }

 private:
  double Wait(double u) const;

  bool stable_ = false;
  std::vector<double> read_s_;   // of each part of the prompts
  std::vector<double> waits_s_;  // at equally spaced quantiles
  double mean_read_ = 0;
  double mean_wait_ = 0;
  double step_wait_ = 0;                      // for the step of writing under way
  double read_wait_p_ = 0, read_wait_s_ = 0;  // for other prompts: how often, and then how long
  double room_wait_p_ = 0, room_wait_s_ = 0;  // for room in the batch
  struct Pace {
    double below;  // share of the requests that go as fast as this or faster
    double seconds;
  };
  std::vector<Pace> paces_;
  double mean_between_ = 0;
  double requests_ = 0;
  double busy_ = 0;
};

}  // namespace orrery::workload
