#include "models/workload/serving/queueing.h"

#include <algorithm>
#include <cmath>

#include "sim/base/check.h"
#include "sim/base/math.h"

namespace orrery::workload {
namespace {

constexpr int kParts = 64;

double Tokens(double drawn) { return std::max(1.0, std::floor(drawn + 0.5)); }

// Mean time to read one prompt, and of its square; and of each part.
struct Reading {
  std::vector<double> seconds;
  double mean = 0, square = 0;
};

Reading ReadingOf(const ServingSpeed& speed, const LengthMix& lengths) {
  Reading reading;
  for (double prompt : lengths.prompts) {
    const double s = speed.PrefillStep(prompt, AttentionPairs(0, prompt));
    reading.seconds.push_back(s);
    reading.mean += s;
    reading.square += s * s;
  }
  const auto parts = static_cast<double>(lengths.prompts.size());
  reading.mean /= parts;
  reading.square /= parts;
  return reading;
}

int RoomOf(const ServingSpeed& speed, const ServingParams& params, const LengthMix& lengths) {
  const double by_memory = static_cast<double>(speed.kv_tokens) / lengths.reserved;
  return static_cast<int>(std::clamp(by_memory, 1.0, static_cast<double>(params.max_batch)));
}

}  // namespace

// A grid of equally likely prompts and answers, which are independent of each other.
LengthMix LengthMix::Of(const RequestParams& requests, uint32_t context) {
  const Sampler prompts(requests.prompt), outputs(requests.output);
  std::vector<std::pair<uint32_t, uint32_t>> lengths;
  for (int i = 0; i < kParts; ++i) {
    double prompt = Tokens(prompts.At((i + 0.5) / kParts));
    // Prefixes are spread over short and long prompts alike.
    const double turn = (37 * i % kParts + 0.5) / kParts;
    if (turn < requests.prefix.share) prompt += requests.prefix.tokens;
    for (int j = 0; j < kParts; ++j) {
      const double output = Tokens(outputs.At((j + 0.5) / kParts));
      lengths.emplace_back(static_cast<uint32_t>(std::min(prompt, 4e9)),
                           static_cast<uint32_t>(std::min(output, 4e9)));
    }
  }
  return Of(std::move(lengths), context);
}

LengthMix LengthMix::Of(std::vector<std::pair<uint32_t, uint32_t>> lengths, uint32_t context) {
  const auto all = static_cast<double>(lengths.size());
  std::erase_if(lengths, [&](const auto& length) {
    return uint64_t{length.first} + length.second > context;
  });
  LengthMix mix;
  const auto kept = static_cast<double>(lengths.size());
  mix.too_long = 1 - kept / all;
  if (lengths.empty()) return mix;
  std::sort(lengths.begin(), lengths.end());
  double answers = 0, tokens = 0, steps = 0, held = 0, reserved = 0;
  for (const auto& [prompt, output] : lengths) {
    answers += output;
    tokens += static_cast<double>(prompt) + output;
    steps += output - 1.0;
    held += (output - 1.0) * (prompt + output / 2.0);
    reserved += (output - 1.0) * (static_cast<double>(prompt) + output);
  }
  mix.outputs = answers / kept;
  // Answers of one token are never in a batch that writes.
  mix.reserved = steps > 0 ? reserved / steps : tokens / kept;
  mix.held = steps > 0 ? held / steps : 0;
  for (int i = 0; i < kParts; ++i) {
    mix.prompts.push_back(lengths[static_cast<size_t>((i + 0.5) / kParts * kept)].first);
  }
  return mix;
}

double ReplicaQueue::Capacity(const ServingSpeed& speed, const ServingParams& params,
                              const LengthMix& lengths) {
  const Reading reading = ReadingOf(speed, lengths);
  const int room = RoomOf(speed, params, lengths);
  // Per request: its prompt, and its share of the steps of a full batch.
  const double step = speed.DecodeStep(room, room * lengths.held);
  return 1 / (reading.mean + (lengths.outputs - 1) * step / room);
}

ReplicaQueue::ReplicaQueue(const ServingSpeed& speed, const ServingParams& params,
                           const LengthMix& lengths, double rate, double cv2) {
  const Reading reading = ReadingOf(speed, lengths);
  read_s_ = reading.seconds;
  mean_read_ = reading.mean;
  const double reads = rate * reading.mean;  // share of the time
  if (reads >= 1) return;
  const int room = RoomOf(speed, params, lengths);
  const auto step = [&](int batch) { return speed.DecodeStep(batch, batch * lengths.held); };
  // Probability of each number of requests in the batch, from the balance of arrivals and ends.
  const double steps_s = rate * (lengths.outputs - 1) / (1 - reads);  // steps wanted a second
  const double full = steps_s * step(room) / room;
  if (full >= 1) return;
  stable_ = true;
  std::vector<double> share = {1};
  double sum = 1;
  for (int b = 1; b <= room; ++b) {
    share.push_back(share.back() * steps_s * step(b) / b);
    sum += share.back();
  }
  const double beyond = share.back() * full / (1 - full);  // more than there is room for
  sum += beyond;
  double batch = 0, of_steps = 0, between = 0;
  for (int b = 1; b <= room; ++b) {
    const double p = (share[b] + (b == room ? beyond : 0)) / sum;
    batch += b * p;
    of_steps += p * step(b) / 2;
    between += b * p * step(b) / (1 - reads);
  }
  step_wait_ = of_steps;
  if (batch > 0) {
    mean_between_ = between / batch;
    double below = 0;
    for (int b = 1; b <= room; ++b) {
      const double p = (share[b] + (b == room ? beyond : 0)) / sum;
      below += b * p / batch;
      paces_.push_back({below, step(b) / (1 - reads)});
    }
  }
  // Those that wait for others to be read; without bursts, Pollaczek and Khinchine's.
  const double read_wait = rate * reading.square / (2 * (1 - reads)) * (cv2 + 1) / 2;
  read_wait_p_ = reads;
  read_wait_s_ = reads > 0 ? read_wait / reads : 0;
  const double waiting = share.back() / sum * full / ((1 - full) * (1 - full));
  room_wait_p_ = (share.back() + beyond) / sum;
  const double room_wait = rate > 0 ? waiting / rate : 0;
  room_wait_s_ = room_wait_p_ > 0 ? room_wait / room_wait_p_ : 0;
  mean_wait_ = step_wait_ + read_wait + room_wait;
  requests_ = batch + waiting + rate * (reading.mean + read_wait + step_wait_);
  busy_ = 1 - (1 - reads) * share[0] / sum;
  for (int i = 0; i < kParts; ++i) waits_s_.push_back(Wait((i + 0.5) / kParts));
}

// Both waits are taken as exponential where they happen at all, and one of them at a time. The
// share of those that wait longer is convex, so that Newton's method comes from below.
double ReplicaQueue::Wait(double u) const {
  const double wanted = 1 - u;
  if (read_wait_p_ + room_wait_p_ <= wanted) return step_wait_;
  double y = 0;
  for (int i = 0; i < 30; ++i) {
    double above = -wanted, slope = 0;
    const auto add = [&](double p, double mean) {
      if (p <= 0 || mean <= 0) return;
      const double longer = p * Exp(-y / mean);
      above += longer;
      slope -= longer / mean;
    };
    add(read_wait_p_, read_wait_s_);
    add(room_wait_p_, room_wait_s_);
    if (slope == 0 || above <= 1e-9) break;
    y -= above / slope;
  }
  return step_wait_ + y;
}

double ReplicaQueue::FirstToken(double prompt, double wait) const {
  const auto part = static_cast<size_t>(prompt * static_cast<double>(read_s_.size()));
  const auto longer = static_cast<size_t>(wait * kParts);
  return read_s_[std::min(part, read_s_.size() - 1)] +
         waits_s_[std::min<size_t>(longer, kParts - 1)];
}

double ReplicaQueue::BetweenTokens(double u) const {
  for (const Pace& pace : paces_) {
    if (u <= pace.below) return pace.seconds;
  }
  return paces_.empty() ? 0 : paces_.back().seconds;
}

}  // namespace orrery::workload
