#include "sim/driver/mining.h"

#include <algorithm>
#include <utility>

#include "sim/base/check.h"
#include "sim/driver/energy.h"
#include "sim/scenario/electricity.h"

namespace orrery::driver {

using economics::FullMining;
using economics::MiningOf;
using economics::SimpleMining;
using policies::NodeGrant;
using policies::NodeShape;
using results::MiningFigures;

namespace {

constexpr uint32_t kNoRow = UINT32_MAX;
constexpr uint32_t kAllHours = (1u << 24) - 1;
constexpr int64_t kHourNs = Duration::Hours(1).nanos();
// A kilowatt-hour in mW · ns.
constexpr double kKwh = 3.6e18;

economics::CoinPrice PriceOf(const scenario::Scenario& scenario, uint32_t replicate) {
  const double usd = MiningOf(scenario.mining.level)->coin.usd;
  const auto* full = std::get_if<FullMining>(&scenario.mining.level);
  if (full == nullptr) return economics::CoinPrice(usd);
  return economics::CoinPrice(usd, full->walk, RandomStreams(scenario.seed, replicate));
}

// [1e-9 USD/h · ns], to whole micro-dollars.
Usd RevenueOf(__int128 sum) {
  return Usd::Micros(internal::NarrowMoney(sum / (__int128{kHourNs} * 1000)));
}

uint32_t HoursMined(const economics::RigHours& rig, SimTime from, SimTime to) {
  uint32_t hours = 0;
  for (int64_t h = from.nanos() / kHourNs; h * kHourNs < to.nanos() && hours != kAllHours; ++h) {
    if (rig.MinesAt(SimTime::FromNanos(h * kHourNs))) hours |= 1u << (h % 24);
  }
  return hours;
}

}  // namespace

std::unique_ptr<Mining> Mining::Make(const scenario::Scenario& scenario, uint32_t replicate,
                                     const cluster::ClusterState* state, const Devices* devices) {
  if (MiningOf(scenario.mining.level) == nullptr) return nullptr;
  return std::unique_ptr<Mining>(new Mining(scenario, replicate, state, devices));
}

Mining::Mining(const scenario::Scenario& scenario, uint32_t replicate,
               const cluster::ClusterState* state, const Devices* devices)
    : state_(state),
      rules_(*MiningOf(scenario.mining.level)),
      power_(scenario.energy.power, *scenario.gpus),
      electricity_(scenario::ElectricityOf(scenario)),
      coin_(PriceOf(scenario, replicate)) {
  for (uint32_t n = 0; n < state->node_count(); ++n) {
    const NodeShape& shape = state->node_shape(NodeId(n));
    if (shape.gpus == 0 || !rules_.rig.owners[static_cast<int>(shape.owner_kind)]) continue;
    if (devices != nullptr && !devices->SameCards(NodeId(n)).empty()) continue;
    const GpuModelId gpu = devices != nullptr ? devices->real_model(NodeId(n)) : shape.gpu_model;
    rows_.resize(n + 1, kNoRow);
    rows_[n] = static_cast<uint32_t>(nodes_.size());
    Node& node = nodes_.emplace_back();
    node.id = NodeId(n);
    node.kind = KindOf(scenario, shape, gpu);
    node.gpus = shape.gpus;
    node.since.fill(SimTime::Never());
    std::fill_n(node.since.begin(), shape.gpus, SimTime::Zero());
  }
}

const Mining::Kind* Mining::KindOf(const scenario::Scenario& scenario, const NodeShape& shape,
                                   GpuModelId gpu) {
  for (const Kind& kind : kinds_) {
    if (kind.gpu == gpu && kind.region == shape.region && kind.owner == shape.owner_kind) {
      return &kind;
    }
  }
  const double hash_rate = economics::HashRate((*scenario.gpus)[gpu].bandwidth_gbs, rules_.rig);
  const size_t region = shape.region.index();
  kinds_.push_back(
      {.gpu = gpu,
       .region = shape.region,
       .owner = shape.owner_kind,
       .hash_rate = hash_rate,
       .board_watts = power_.GpuWattsAt(gpu, rules_.rig.tdp_share),
       .hours = economics::RigHours(power_.AboveIdle(gpu, shape.owner_kind, rules_.rig.tdp_share),
                                    economics::CoinsAnHour(hash_rate, rules_.coin, rules_.rig),
                                    &electricity_.price[region], &electricity_.carbon[region],
                                    electricity_.begin, &coin_)});
  return &kinds_.back();
}

const Mining::Node* Mining::Find(NodeId node) const {
  if (node.index() >= rows_.size() || rows_[node.index()] == kNoRow) return nullptr;
  return &nodes_[rows_[node.index()]];
}

// What a GPU has mined counts until now; whether it goes on is for the caller to say.
void Mining::Settle(Node* node, int gpu, SimTime now) {
  const SimTime since = std::exchange(node->since[gpu], SimTime::Never());
  if (since >= now) return;
  Sums added = node->kind->hours.Until(now);
  added.Add(node->kind->hours.Until(since), -1);
  node->sums.Add(added, 1);
  // Where a coin never pays, nobody looks at each hour again and again.
  if (added.mined > 0 && node->hours_of_day != kAllHours) {
    node->hours_of_day |= HoursMined(node->kind->hours, since, now);
  }
}

Mining::Node Mining::Settled(const Node& node, SimTime now) const {
  Node settled = node;
  for (int gpu = 0; gpu < node.gpus; ++gpu) Settle(&settled, gpu, now);
  return settled;
}

Duration Mining::Take(std::span<const NodeGrant> grants, SimTime now) {
  bool mined = false;
  for (const NodeGrant& grant : grants) {
    Node* node = Find(grant.node);
    if (node == nullptr) continue;
    for (int gpu = 0; gpu < node->gpus; ++gpu) {
      if ((grant.gpu_mask >> gpu & 1) == 0 || node->jobs[gpu]++ > 0) continue;
      mined |= node->since[gpu] <= now && node->kind->hours.MinesAt(now);
      Settle(node, gpu, now);
    }
  }
  evictions_ += mined;
  return mined ? rules_.rig.stop : Duration();
}

void Mining::Give(std::span<const NodeGrant> grants, SimTime now) {
  for (const NodeGrant& grant : grants) {
    Node* node = Find(grant.node);
    if (node == nullptr) continue;
    for (int gpu = 0; gpu < node->gpus; ++gpu) {
      if ((grant.gpu_mask >> gpu & 1) == 0) continue;
      ORRERY_CHECK(node->jobs[gpu] > 0, grant.node.value, gpu);
      if (--node->jobs[gpu] > 0) continue;
      if (node->up) node->since[gpu] = now + rules_.rig.start;
    }
  }
}

void Mining::SetUp(NodeId id, bool up, SimTime now) {
  Node* node = Find(id);
  if (node == nullptr || node->up == up) return;
  node->up = up;
  for (int gpu = 0; gpu < node->gpus; ++gpu) {
    if (node->jobs[gpu] > 0) continue;
    Settle(node, gpu, now);
    if (up) node->since[gpu] = now + rules_.rig.start;
  }
}

Mining::Yield Mining::Of(NodeId id, SimTime now) const {
  const Node* node = Find(id);
  if (node == nullptr) return {};
  const Sums sums = Settled(*node, now).sums;
  const int64_t mw = node->kind->hours.extra_mw();
  return {.energy = mw * sums.mined,
          .cost = mw * sums.price,
          .carbon = mw * sums.carbon,
          .revenue = RevenueOf(sums.revenue)};
}

double Mining::BoardWatts(NodeId id) const {
  const Node* node = Find(id);
  return node != nullptr ? node->kind->board_watts : 0;
}

uint32_t Mining::HoursOfDay(NodeId id, SimTime now) const {
  const Node* node = Find(id);
  return node != nullptr ? Settled(*node, now).hours_of_day : 0;
}

MiningFigures Mining::Figures(SimTime now) const {
  MiningFigures figures;
  std::array<MiningFigures::OfOwners, kOwnerKinds> owners;
  std::array<Yield, kOwnerKinds> yields;
  std::array<__int128, kOwnerKinds> mined = {};  // [GPU · ns]
  __int128 carbon = 0;
  double hashes = 0;
  for (const Node& node : nodes_) {
    const int kind = static_cast<int>(node.kind->owner);
    const Sums sums = Settled(node, now).sums;
    const int64_t mw = node.kind->hours.extra_mw();
    owners[kind].gpus += node.gpus;
    mined[kind] += sums.mined;
    yields[kind].energy += mw * sums.mined;
    yields[kind].cost += mw * sums.price;
    yields[kind].revenue += RevenueOf(sums.revenue);
    carbon += mw * sums.carbon;
    hashes += node.kind->hash_rate * (static_cast<double>(sums.mined) * 1e-9);
  }
  for (int kind = 0; kind < kOwnerKinds; ++kind) {
    MiningFigures::OfOwners& of = owners[kind];
    if (of.gpus == 0) continue;
    of.name = OwnerKindName(static_cast<OwnerKind>(kind));
    of.gpu_hours = static_cast<double>(mined[kind]) / static_cast<double>(kHourNs);
    of.revenue_usd = yields[kind].revenue.dollars();
    of.kwh = static_cast<double>(yields[kind].energy) / kKwh;
    of.electricity_usd = static_cast<double>(yields[kind].cost) / kKwh * 1e-6;
    of.profit_usd = of.revenue_usd - of.electricity_usd;
    figures.gpu_hours += of.gpu_hours;
    figures.revenue_usd += of.revenue_usd;
    figures.kwh += of.kwh;
    figures.electricity_usd += of.electricity_usd;
    figures.per_owner.push_back(of);
  }
  figures.profit_usd = figures.revenue_usd - figures.electricity_usd;
  figures.carbon_kg = static_cast<double>(carbon) / kKwh * 1e-6;
  figures.evictions = evictions_;
  if (now == SimTime::Zero()) return figures;
  const double seconds = (now - SimTime::Zero()).seconds();
  figures.network_share = hashes / seconds / (rules_.coin.network_ths * 1e12);
  figures.mean_coin_usd = MeanCoin(now);
  return figures;
}

// Over the days of the run, the last one in part.
double Mining::MeanCoin(SimTime now) const {
  const Duration day = Duration::Hours(24);
  double sum = 0;
  size_t d = 0;
  for (SimTime from; from < now; from = from + day, ++d) {
    sum += coin_.OnDay(d) * std::min(day, now - from).seconds();
  }
  return sum / (now - SimTime::Zero()).seconds();
}

void Mining::Pay(SimTime now, LedgerPayments* payments) const {
  for (const Node& node : nodes_) {
    const Usd revenue = RevenueOf(Settled(node, now).sums.revenue);
    if (revenue == Usd()) continue;
    payments->PayMined(state_->nodes().owner(node.id), revenue);
  }
}

void Mining::Write(SimTime now, results::ResultsWriter* writer) const {
  for (const Node& node : nodes_) {
    const Sums sums = Settled(node, now).sums;
    const auto mw = static_cast<double>(node.kind->hours.extra_mw());
    results::NodeMiningRow row;
    row.mined_gpu_h = static_cast<double>(sums.mined) / static_cast<double>(kHourNs);
    row.energy_kwh = mw * static_cast<double>(sums.mined) / kKwh;
    row.energy_usd = mw * static_cast<double>(sums.price) / kKwh * 1e-6;
    row.revenue_usd_micro = RevenueOf(sums.revenue).micros();
    row.node = node.id.value;
    writer->Append(row);
  }
}

}  // namespace orrery::driver
