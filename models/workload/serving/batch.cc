#include "models/workload/serving/batch.h"

#include <algorithm>
#include <cmath>

#include "sim/base/check.h"

namespace orrery::workload {
namespace {

int64_t TokensOf(const Sequence& sequence) {
  return int64_t{sequence.prompt} + int64_t{sequence.output};
}

// Orders for heaps with the first on top; equal times in order of the request's number.
bool ComesLater(SimTime a_at, uint32_t a, SimTime b_at, uint32_t b) {
  return a_at != b_at ? a_at > b_at : a > b;
}

}  // namespace

void ContinuousBatch::Integrate(SimTime now) {
  const double span = (now - integrated_).seconds();
  if (phase_ != Phase::kIdle) busy_s_ += span;
  demand_s_ +=
      span * static_cast<double>(reserved_ + wanted_) / static_cast<double>(speed_.kv_tokens);
  integrated_ = now;
}

double ContinuousBatch::BusySeconds(SimTime now) const {
  return busy_s_ + (phase_ == Phase::kIdle ? 0 : (now - integrated_).seconds());
}

double ContinuousBatch::DemandSeconds(SimTime now) const {
  return demand_s_ + (now - integrated_).seconds() * static_cast<double>(reserved_ + wanted_) /
                         static_cast<double>(speed_.kv_tokens);
}

bool ContinuousBatch::HasRoomFor(const Sequence& sequence) const {
  return active_ < params_.max_batch && reserved_ + TokensOf(sequence) <= speed_.kv_tokens;
}

void ContinuousBatch::Arrive(const Sequence& sequence, SimTime at, SimTime now) {
  ORRERY_CHECK(sequence.prompt > sequence.cached && sequence.output > 0, sequence.request);
  ORRERY_CHECK(Fits(static_cast<uint64_t>(TokensOf(sequence))), sequence.request);
  Integrate(now);
  wanted_ += TokensOf(sequence);
  coming_.push_back({at, sequence});
  std::push_heap(coming_.begin(), coming_.end(), [](const Coming& a, const Coming& b) {
    return ComesLater(a.at, a.sequence.request, b.at, b.sequence.request);
  });
  if (phase_ != Phase::kPrefill) Plan();
}

// Sets next_ from the phase at hand and from who comes first.
void ContinuousBatch::Plan() {
  if (phase_ == Phase::kIdle) {
    next_ = coming_.empty() ? SimTime::Never() : coming_.front().at;
    return;
  }
  planned_ = members_.front().last_step - steps_;
  // Who comes while others wait waits behind them, and they wait for somebody to leave.
  const bool joins =
      !coming_.empty() && head_ == waiting_.size() && HasRoomFor(coming_.front().sequence);
  if (joins) planned_ = StepsUntil(coming_.front().at, planned_);
  if (change_) planned_ = StepsUntil(change_->at, planned_);
  next_ = AfterSteps(planned_);
}

// Time of the first `steps` steps from begun_ on. Every step adds a token to each request, so that
// reading keys and values takes longer and longer; until it binds, arithmetic does.
double ContinuousBatch::DecodeSeconds(uint64_t steps) const {
  const auto batch = static_cast<double>(members_.size());
  const auto k = static_cast<double>(steps);
  const auto sum = [](double n) { return n * (n - 1) / 2; };  // 0 + 1 + … + (n − 1)
  const double slope = speed_.kv_s - speed_.attention_s;
  double arithmetic = 0;  // steps that arithmetic binds
  if (slope > 0) {
    const double crossing = (speed_.token_s * batch - speed_.weights_s) / slope;  // in tokens
    arithmetic = std::clamp(std::ceil((crossing - context_) / batch), 0.0, k);
  } else if (speed_.token_s * batch > speed_.weights_s) {
    arithmetic = k;
  }
  const double by_arithmetic =
      arithmetic * (speed_.token_s * batch + speed_.attention_s * context_) +
      speed_.attention_s * batch * sum(arithmetic);
  const double by_memory = (k - arithmetic) * (speed_.weights_s + speed_.kv_s * context_) +
                           speed_.kv_s * batch * (sum(k) - sum(arithmetic));
  return by_arithmetic + by_memory + k * speed_.overhead_s;
}

SimTime ContinuousBatch::AfterSteps(uint64_t steps) const {
  return begun_ + Duration::FromSeconds(DecodeSeconds(steps));
}

// The first step, of 1 … `most`, that does not end before `time`; `most` where all do.
uint64_t ContinuousBatch::StepsUntil(SimTime time, uint64_t most) const {
  uint64_t low = 1, high = most;
  while (low < high) {
    const uint64_t middle = low + (high - low) / 2;
    if (AfterSteps(middle) < time) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

void ContinuousBatch::Advance(Changes* changes) {
  changes->first.clear();
  changes->done.clear();
  const SimTime now = next_;
  Integrate(now);
  if (phase_ == Phase::kPrefill) {
    EndPrefill(changes);
  } else if (phase_ == Phase::kDecode) {
    steps_ += planned_;
    context_ += static_cast<double>(planned_) * static_cast<double>(members_.size());
  }
  if (change_) speed_ = change_->speed;
  change_.reset();
  Leave(changes);
  Admit(now);
  Begin(now);
}

void ContinuousBatch::SetSpeed(const ServingSpeed& speed, SimTime now) {
  ORRERY_CHECK(speed.kv_tokens == speed_.kv_tokens, speed.kv_tokens, speed_.kv_tokens);
  if (phase_ == Phase::kIdle) {
    speed_ = speed;
    return;
  }
  change_ = {now, speed};
  if (phase_ == Phase::kDecode) Plan();
}

void ContinuousBatch::EndPrefill(Changes* changes) {
  for (const Sequence& sequence : prefill_) {
    changes->first.push_back(sequence.request);
    members_.push_back({steps_ + sequence.output - 1, sequence.request,
                        static_cast<uint32_t>(TokensOf(sequence))});
    std::push_heap(members_.begin(), members_.end(), [](const Member& a, const Member& b) {
      return a.last_step != b.last_step ? a.last_step > b.last_step : a.request > b.request;
    });
    context_ += sequence.prompt + 1.0;
  }
  prefill_.clear();
}

void ContinuousBatch::Leave(Changes* changes) {
  while (!members_.empty() && members_.front().last_step == steps_) {
    std::pop_heap(members_.begin(), members_.end(), [](const Member& a, const Member& b) {
      return a.last_step != b.last_step ? a.last_step > b.last_step : a.request > b.request;
    });
    changes->done.push_back(members_.back().request);
    context_ -= members_.back().tokens;
    reserved_ -= members_.back().tokens;
    --active_;
    members_.pop_back();
  }
}

// Who has come by now waits, and who fits is read next.
void ContinuousBatch::Admit(SimTime now) {
  while (!coming_.empty() && coming_.front().at <= now) {
    std::pop_heap(coming_.begin(), coming_.end(), [](const Coming& a, const Coming& b) {
      return ComesLater(a.at, a.sequence.request, b.at, b.sequence.request);
    });
    waiting_.push_back(coming_.back().sequence);
    coming_.pop_back();
  }
  uint64_t tokens = 0;
  while (head_ < waiting_.size() && HasRoomFor(waiting_[head_])) {
    const Sequence& sequence = waiting_[head_];
    tokens += sequence.prompt - sequence.cached;
    if (!prefill_.empty() && tokens > params_.prefill_tokens) break;
    reserved_ += TokensOf(sequence);
    wanted_ -= TokensOf(sequence);
    ++active_;
    prefill_.push_back(sequence);
    ++head_;
  }
  if (head_ == waiting_.size()) {
    waiting_.clear();
    head_ = 0;
  } else if (head_ > 1024 && head_ > waiting_.size() / 2) {
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(head_));
    head_ = 0;
  }
}

void ContinuousBatch::Begin(SimTime now) {
  begun_ = now;
  if (!prefill_.empty()) {
    phase_ = Phase::kPrefill;
    double tokens = 0, pairs = 0;
    for (const Sequence& sequence : prefill_) {
      tokens += sequence.prompt - sequence.cached;
      pairs += AttentionPairs(sequence.cached, sequence.prompt);
    }
    next_ = now + Duration::FromSeconds(speed_.PrefillStep(tokens, pairs));
    return;
  }
  phase_ = members_.empty() ? Phase::kIdle : Phase::kDecode;
  if (members_.empty()) context_ = 0;
  Plan();
}

std::vector<uint32_t> ContinuousBatch::Clear(SimTime now) {
  Integrate(now);
  std::vector<uint32_t> requests;
  for (const Member& member : members_) requests.push_back(member.request);
  for (const Sequence& sequence : prefill_) requests.push_back(sequence.request);
  for (size_t i = head_; i < waiting_.size(); ++i) requests.push_back(waiting_[i].request);
  for (const Coming& coming : coming_) requests.push_back(coming.sequence.request);
  std::sort(requests.begin(), requests.end());
  members_.clear();
  prefill_.clear();
  waiting_.clear();
  coming_.clear();
  head_ = active_ = 0;
  context_ = 0;
  reserved_ = wanted_ = 0;
  phase_ = Phase::kIdle;
  next_ = SimTime::Never();
  return requests;
}

}  // namespace orrery::workload
