// Which replica of a `simple` service gets how much of a window's rate.
#include <algorithm>
#include <vector>

#include "sim/driver/parcels.h"
#include "sim/driver/rate_gateway.h"

namespace orrery::driver {

using policies::ReplicaInfo;

namespace {

// A plan takes time in proportion to the square of the replicas. Where they are fewer than these it
// is made whenever one comes, goes or gets another speed; else once so many of them did.
constexpr size_t kFew = 256;
constexpr size_t kPart = 32;
// It is made at once, too, where those that went had more than this share of some clients'
// requests.
constexpr double kMissed = 1.0 / 16;

bool AnyAbove0(const std::vector<double>& rates) {
  return std::any_of(rates.begin(), rates.end(), [](double rate) { return rate > 0; });
}

}  // namespace

void RateGateway::NoteChange() {
  ++changes_;
  const size_t some = replicas_.size() < kFew ? 0 : replicas_.size() / kPart;
  if (changes_ > some) planned_ = false;
}

// One goes. Whether others cannot just take over what it had, with all that went since the plan.
bool RateGateway::AreMissed(const Replica& replica) {
  bool missed = false;
  for (size_t row = 0; row < come_.size(); ++row) {
    left_rate_[row] += replica.rates[row];
    missed |= left_rate_[row] > kMissed * RateOf(coming_[row]);
  }
  return missed;
}

// Whether some requests reach nobody, or are wanted by nobody.
bool RateGateway::LeavesOut() const { return AnyAbove0(refused_rate_) || AnyAbove0(cut_rate_); }

// Spreads this window's rate over the replicas there are.
void RateGateway::Plan() {
  planned_ = true;
  changes_ = 0;
  kinds_.Forget();
  for (Replica& replica : replicas_) {
    replica.rates.assign(come_.size(), 0);
    replica.rate = 0;
  }
  std::fill(refused_rate_.begin(), refused_rate_.end(), 0);
  std::fill(cut_rate_.begin(), cut_rate_.end(), 0);
  left_rate_.assign(come_.size(), 0);
  if (replicas_.empty()) return;
  AssignParcels();
  for (Replica& replica : replicas_) {
    replica.queue = kinds_.QueueAt(replica.kind, replica.rate);
  }
}

// Requests a second of so many in this window, without those that are too long.
double RateGateway::RateOf(uint64_t coming) const {
  return static_cast<double>(coming) / service_.window.seconds() * (1 - kinds_.lengths().too_long);
}

uint32_t RateGateway::ActiveAt(size_t kind, double rate) const {
  return static_cast<uint32_t>(std::min(kinds_.BatchAt(kind, rate), 1e9) + 0.5);
}

void RateGateway::AssignParcels() {
  std::vector<double> row_rates;
  for (const uint64_t coming : coming_) row_rates.push_back(RateOf(coming));
  if (!AnyAbove0(row_rates)) return;
  std::vector<ReplicaInfo> somewhere;
  std::vector<double> rates;  // of each replica, so far
  for (const Replica& replica : replicas_) {
    // What it has to catch up with in this window counts like requests that come.
    rates.push_back(static_cast<double>(replica.backlog.size()) / service_.window.seconds());
    somewhere.push_back({.replica = replica.number,
                         .node = replica.node,
                         .region = replica.region,
                         .active = ActiveAt(replica.kind, rates.back())});
  }
  // As clients of each row see them.
  struct View {
    std::vector<ReplicaInfo> replicas;
    bool any = false;  // of them can be reached
  };
  std::vector<View> views;
  ways_.Forget();
  for (const workload::RegionShare& client : service_.requests.clients) {
    View& view = views.emplace_back(View{somewhere});
    const auto ways =
        ways_.From(client.region, replicas_.size(), [this](size_t i) { return replicas_[i].end; });
    for (size_t i = 0; i < replicas_.size(); ++i) {
      view.replicas[i].rtt = ways[i].rtt;
      view.replicas[i].healthy = !ways[i].cut;
      view.any |= !ways[i].cut;
    }
  }
  const std::vector<double>& prompts = kinds_.lengths().prompts;
  const auto prompt_tokens = static_cast<uint32_t>(prompts[prompts.size() / 2]);
  for (const Parcel& parcel : ParcelsOf(row_rates, replicas_.size())) {
    const View& view = views[parcel.row];
    const policies::RequestInfo info{.id = parcels_++,
                                     .client = service_.requests.clients[parcel.row].region,
                                     .prompt_tokens = prompt_tokens};
    const size_t place = route_->Route(info, view.replicas);
    if (place >= replicas_.size()) {
      (view.any ? refused_rate_ : cut_rate_)[parcel.row] += parcel.rate;
      continue;
    }
    Replica& replica = replicas_[place];
    replica.rates[parcel.row] += parcel.rate;
    replica.rate += parcel.rate;
    rates[place] += parcel.rate;
    const uint32_t active = ActiveAt(replica.kind, rates[place]);
    for (View& other : views) other.replicas[place].active = active;
  }
}

}  // namespace orrery::driver
