#include "models/failure/churn.h"

#include <algorithm>
#include <cmath>

#include "models/failure/churn_start.h"

namespace orrery::failure {
namespace {

constexpr int64_t kHourNs = 3'600'000'000'000;
constexpr double kLongestSeconds = 2e9;

// Local hours since some midnight; of times before the run, too.
int64_t LocalHour(SimTime time, Duration utc_offset) {
  const int64_t ns = time.nanos() + utc_offset.nanos() + 24 * kHourNs;
  return ns / kHourNs;
}

SimTime HourBegin(int64_t hour, Duration utc_offset) {
  return SimTime::FromNanos(hour * kHourNs - utc_offset.nanos() - 24 * kHourNs);
}

std::array<double, 24> Normal(const std::vector<double>& busy, bool inverse) {
  std::array<double, 24> hours{};
  double sum = 0;
  for (size_t h = 0; h < 24; ++h) sum += hours[h] = inverse ? 1 / busy[h] : busy[h];
  for (double& hour : hours) hour *= 24 / sum;
  return hours;
}

SimTime After(SimTime time, double seconds) {
  const Duration span = Duration::FromSeconds(std::min(seconds, kLongestSeconds));
  return time + std::max(span, Duration::Nanos(1));
}

}  // namespace

Churn::Churn(const std::vector<Node>& nodes, const std::vector<Duration>& utc_offsets,
             const RegionMarket* market, const RandomStreams& random)
    : market_(market), random_(random), nodes_(nodes.size()), regions_(utc_offsets.size()) {
  for (uint32_t r = 0; r < regions_.size(); ++r) {
    Region& region = regions_[r];
    region.utc_offset = utc_offsets[r];
    if (market == nullptr) continue;
    Draw draw = RegionStream(r).At(0);
    const double tight = market->tight.seconds();
    region.tight = draw.Uniform01() < tight / (tight + market->calm.seconds());
    region.until = After(SimTime::Zero(), draw.Exponential(region.tight ? market->tight.seconds()
                                                                        : market->calm.seconds()));
  }
  for (uint32_t n = 0; n < nodes.size(); ++n) {
    State& node = nodes_[n];
    node.region = nodes[n].region;
    if (nodes[n].habits == nullptr || nodes[n].habits->on == Duration::Max()) continue;
    node.habits = nodes[n].habits;
    const bool known = std::any_of(profiles_.begin(), profiles_.end(), [&](const Profile& profile) {
      return profile.habits == node.habits;
    });
    if (!known && !node.habits->busy.empty()) {
      profiles_.push_back(
          {node.habits, Normal(node.habits->busy, false), Normal(node.habits->busy, true)});
    }
    Region& region = regions_[node.region.index()];
    region.nodes.push_back(NodeId(n));
    Draw draw = NodeStream(n).At(0);
    node.on = draw.Uniform01() < StartsOn(*node.habits, node.region);
    Begin(n, SimTime::Zero());
  }
}

double Churn::StartsOn(const OwnerHabits& habits, RegionId id) {
  const Region& region = regions_[id.index()];
  if (habits.busy.empty() && market_ == nullptr) {
    const double back = Rate(habits, false, false);
    return back / (back + Rate(habits, true, false));
  }
  const auto [start, is_new] = starts_.try_emplace({&habits, id.value});
  if (is_new) {
    PresenceRates rates;
    for (const bool tight : {false, true}) {
      for (const bool on : {false, true}) {
        const std::array<double, 24>* hours = HoursOf(habits, on);
        for (size_t hour = 0; hour < 24; ++hour) {
          (on ? rates.leave : rates.back)[tight ? 1 : 0][hour] =
              Rate(habits, on, tight) * (hours == nullptr ? 1 : (*hours)[hour]);
        }
      }
    }
    if (market_ != nullptr) {
      rates.tighten = 1 / market_->calm.hours();
      rates.relax = 1 / market_->tight.hours();
    }
    start->second = PresenceAt(rates, region.utc_offset);
  }
  return start->second[region.tight ? 1 : 0];
}

// The factors of calm and tight times average to 1.
double Churn::Rate(const OwnerHabits& habits, bool on, bool tight) const {
  const double rate = 1 / (on ? habits.on : habits.off).hours();
  if (market_ == nullptr) return rate;
  const double tight_s = market_->tight.seconds();
  const double share = tight_s / (tight_s + market_->calm.seconds());
  const double factor = on ? market_->leave : market_->back;
  const double calm = 1 / (1 - share + share * factor);
  return rate * (tight ? calm * factor : calm);
}

double Churn::Rate(const State& node) const {
  return Rate(*node.habits, node.on, regions_[node.region.index()].tight);
}

const std::array<double, 24>* Churn::HoursOf(const OwnerHabits& habits, bool on) const {
  if (habits.busy.empty()) return nullptr;
  for (const Profile& profile : profiles_) {
    if (profile.habits == &habits) return on ? &profile.leave : &profile.back;
  }
  return nullptr;
}

double Churn::Used(const State& node, SimTime to) const {
  const double rate = Rate(node);
  const std::array<double, 24>* hours = HoursOf(*node.habits, node.on);
  if (hours == nullptr) return rate * (to - node.since).hours();
  const Duration offset = regions_[node.region.index()].utc_offset;
  double used = 0;
  SimTime from = node.since;
  while (from < to) {
    const int64_t hour = LocalHour(from, offset);
    const SimTime next = std::min(to, HourBegin(hour + 1, offset));
    used += rate * (*hours)[static_cast<size_t>(hour % 24)] * (next - from).hours();
    from = next;
  }
  return used;
}

SimTime Churn::End(const State& node) const {
  const double rate = Rate(node);
  const std::array<double, 24>* hours = HoursOf(*node.habits, node.on);
  double left = std::max(node.left, 0.0);
  if (hours == nullptr) return After(node.since, left / rate * 3600);
  const Duration offset = regions_[node.region.index()].utc_offset;
  // A whole day uses 24 hours' worth.
  const double days = std::floor(left / (24 * rate));
  if (days * 86'400 > kLongestSeconds) return After(node.since, kLongestSeconds);
  left -= days * 24 * rate;
  SimTime from = node.since + Duration::Hours(24 * static_cast<int64_t>(days));
  for (int step = 0; step < 26; ++step) {
    const int64_t hour = LocalHour(from, offset);
    const SimTime next = HourBegin(hour + 1, offset);
    const double pace = rate * (*hours)[static_cast<size_t>(hour % 24)];
    const double here = pace * (next - from).hours();
    if (left < here) return After(from, left / pace * 3600);
    left -= here;
    from = next;
  }
  return After(from, 0);
}

void Churn::Begin(uint32_t n, SimTime now) {
  State& node = nodes_[n];
  Draw draw = NodeStream(n).At(uint64_t{node.number} + 1);
  node.left = draw.Exponential(1);
  node.since = now;
  node.until = End(node);
}

void Churn::Turn(NodeId id) {
  State& node = nodes_[id.index()];
  node.on = !node.on;
  ++node.number;
  Begin(id.value, node.until);
}

Duration Churn::notice(NodeId node) const {
  const OwnerHabits* habits = nodes_[node.index()].habits;
  return habits == nullptr ? Duration() : habits->notice;
}

void Churn::Shift(RegionId id) {
  Region& region = regions_[id.index()];
  const SimTime now = region.until;
  for (NodeId node : region.nodes) {
    State& state = nodes_[node.index()];
    state.left -= Used(state, now);
    state.since = now;
  }
  region.tight = !region.tight;
  Draw draw = RegionStream(id.value).At(++region.number);
  region.until = After(
      now, draw.Exponential(region.tight ? market_->tight.seconds() : market_->calm.seconds()));
  for (NodeId node : region.nodes) {
    State& state = nodes_[node.index()];
    state.until = End(state);
  }
}

}  // namespace orrery::failure
