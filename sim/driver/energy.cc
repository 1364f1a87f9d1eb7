#include "sim/driver/energy.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "sim/base/math.h"
#include "sim/base/random.h"
#include "sim/driver/devices.h"
#include "sim/driver/mining.h"
#include "sim/scenario/electricity.h"

namespace orrery::driver {

using energy::Hardware;
using policies::JobInfo;
using policies::NodeGrant;

namespace {

// A kilowatt-hour in mW · ns.
constexpr double kKwh = 3.6e18;
constexpr double kMicro = 1e-6;

int MonthOf(int day_of_year) {
  constexpr int kFirstDays[] = {1, 32, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335};
  int month = 0;
  while (month < 11 && day_of_year >= kFirstDays[month + 1]) ++month;
  return month;
}

}  // namespace

void EnergyMeter::Sum::Add(const Sum& other) {
  energy += other.energy;
  cost += other.cost;
  carbon += other.carbon;
}

void EnergyMeter::Sum::Take(const Sum& other) {
  energy -= other.energy;
  cost -= other.cost;
  carbon -= other.carbon;
}

EnergyMeter::Use EnergyMeter::Sum::Told() const {
  return {static_cast<double>(energy) / kKwh, static_cast<double>(cost) / kKwh * kMicro,
          static_cast<double>(carbon) / kKwh * kMicro};
}

std::unique_ptr<EnergyMeter> EnergyMeter::Make(const scenario::Scenario& scenario,
                                               uint32_t replicate,
                                               const cluster::ClusterState* state,
                                               const Devices* devices) {
  if (scenario.energy.level == scenario::Energy::Level::kOff) return nullptr;
  return std::unique_ptr<EnergyMeter>(new EnergyMeter(scenario, replicate, state, devices));
}

EnergyMeter::EnergyMeter(const scenario::Scenario& scenario, uint32_t replicate,
                         const cluster::ClusterState* state, const Devices* devices)
    : state_(state),
      devices_(devices),
      power_(scenario.energy.power, *scenario.gpus),
      heat_(scenario.energy.heat),
      full_(scenario.energy.level == scenario::Energy::Level::kFull),
      electricity_(scenario::ElectricityOf(scenario)),
      begin_(electricity_.begin) {
  AddAir(scenario);
  AddNodes(scenario, replicate);
}

void EnergyMeter::AddAir(const scenario::Scenario& scenario) {
  const int month = MonthOf(scenario.energy.day_of_year);
  for (const scenario::Region& region : scenario.regions) {
    regions_.push_back(region.id);
    auto& airs = air_.emplace_back();
    for (int kind = 0; kind < kOwnerKinds; ++kind) {
      airs[kind] =
          energy::AirAt(static_cast<OwnerKind>(kind), region.lat_deg, month, region.utc_offset);
    }
  }
}

void EnergyMeter::AddNodes(const scenario::Scenario& scenario, uint32_t replicate) {
  for (const fleet::GpuModel& gpu : scenario.gpus->rows()) {
    tdp_w_.push_back(gpu.tdp_w > 0 ? gpu.tdp_w : scenario.energy.power.unknown_tdp_w);
  }
  const RandomStreams streams(scenario.seed, replicate);
  const StreamName stream = StreamName::FromText("energy/thermal");
  for (uint32_t n = 0; n < state_->node_count(); ++n) {
    const policies::NodeShape& shape = state_->node_shape(NodeId(n));
    Node& node = nodes_.emplace_back();
    const GpuModelId gpu = GpuOf(NodeId(n));
    node.idle_mw = power_.Idle({.gpu = gpu,
                                .gpu_milli = OwnMilli(NodeId(n), shape.gpus * 1000u),
                                .cpu_milli = shape.cpu_milli,
                                .memory_mib = shape.memory_mib,
                                .owner = shape.owner_kind});
    if (!full_ || shape.gpus == 0) continue;
    Draw draw = streams.Stream(stream, n).At(0);
    const double spread = Exp(heat_.spread * NormalQuantile(draw.UniformOpen()));
    const double rise = heat_.rise_k[static_cast<int>(shape.owner_kind)];
    node.resistance_k_per_w = static_cast<float>(rise / tdp_w_[gpu.index()] * spread);
  }
}

GpuModelId EnergyMeter::GpuOf(NodeId node) const {
  return devices_ != nullptr ? devices_->real_model(node) : state_->node_shape(node).gpu_model;
}

uint32_t EnergyMeter::OwnMilli(NodeId node, uint32_t milli) const {
  if (devices_ == nullptr) return milli;
  const size_t names = devices_->SameCards(node).size();
  return names > 1 ? milli / static_cast<uint32_t>(names) : milli;
}

Hardware EnergyMeter::HeldBy(const JobInfo& job, const NodeGrant& grant) const {
  const policies::NodeShape& shape = state_->node_shape(grant.node);
  return {.gpu = GpuOf(grant.node),
          .gpu_milli = job.demand.total_gpu_milli() * grant.replicas,
          .cpu_milli = uint64_t{job.demand.cpu_milli} * grant.replicas,
          .memory_mib = uint64_t{job.demand.memory_mib} * grant.replicas,
          .owner = shape.owner_kind};
}

energy::Board EnergyMeter::BoardOf(NodeId node) const {
  const policies::NodeShape& shape = state_->node_shape(node);
  return {.air = air_[shape.region.index()][static_cast<int>(shape.owner_kind)],
          .resistance_k_per_w = nodes_[node.index()].resistance_k_per_w,
          .time_constant_s = heat_.time_constant.seconds()};
}

energy::Throttle EnergyMeter::ThrottleOf(const JobInfo& job, const NodeGrant& grant) const {
  if (!full_ || job.demand.gpus == 0) return {};
  const GpuModelId gpu = GpuOf(grant.node);
  const energy::Board board = BoardOf(grant.node);
  return energy::ThrottleFor(board.air.At(job.attempt_start + begin_), heat_.limit_c,
                             board.resistance_k_per_w, power_.GpuIdleWatts(gpu),
                             power_.GpuBusyWatts(gpu, job.job_class));
}

// A gang works at the pace of its hottest board: the others wait, at the same share of power.
energy::Throttle EnergyMeter::ThrottleOf(const JobInfo& job,
                                         std::span<const NodeGrant> grants) const {
  energy::Throttle throttle;
  for (const NodeGrant& grant : grants) {
    const energy::Throttle one = ThrottleOf(job, grant);
    if (one.speed < throttle.speed) throttle = one;
  }
  return throttle;
}

double EnergyMeter::TemperatureC(const JobInfo& job, const NodeGrant& grant, SimTime now) const {
  if (!full_ || job.demand.gpus == 0) return std::numeric_limits<double>::quiet_NaN();
  const GpuModelId gpu = GpuOf(grant.node);
  const energy::Board board = BoardOf(grant.node);
  const double effort = ThrottleOf(job, state_->grants(job.slot)).effort;
  const double idle_w = power_.GpuIdleWatts(gpu);
  const double busy_w = idle_w + (power_.GpuBusyWatts(gpu, job.job_class) - idle_w) * effort;
  const SimTime from = job.run_start + begin_;
  return board.After(board.Steady(idle_w, from), busy_w, from, now + begin_);
}

double EnergyMeter::SpeedOn(const JobInfo& job, std::span<const NodeGrant> grants) const {
  double speed = 1;
  for (const NodeGrant& grant : grants) speed = std::min(speed, ThrottleOf(job, grant).speed);
  return speed;
}

EnergyMeter::Sum EnergyMeter::Over(int64_t milliwatts, RegionId region, SimTime from,
                                   SimTime to) const {
  const SimTime first = from + begin_;
  const SimTime last = to + begin_;
  return {static_cast<__int128>(milliwatts) * (to - from).nanos(),
          milliwatts * electricity_.price[region.index()].Integral(first, last),
          milliwatts * electricity_.carbon[region.index()].Integral(first, last)};
}

// The board's rise above its idle temperature; it is taken to have cooled down before.
void EnergyMeter::Warm(const JobInfo& job, const NodeGrant& grant, double effort, SimTime now) {
  const GpuModelId gpu = GpuOf(grant.node);
  const energy::Board board = BoardOf(grant.node);
  const double idle_w = power_.GpuIdleWatts(gpu);
  const double busy_w = idle_w + (power_.GpuBusyWatts(gpu, job.job_class) - idle_w) * effort;
  const SimTime from = job.run_start + begin_;
  double peak = board.Peak(board.Steady(idle_w, from), busy_w, from, now + begin_);
  // Air that got warmer since the start: the board holds its limit by itself, if it can.
  const double crest_c = board.air.mean_c + board.air.swing_c;
  if (peak > heat_.limit_c && crest_c + board.resistance_k_per_w * idle_w < heat_.limit_c) {
    peak = heat_.limit_c;
  }
  Node& node = nodes_[grant.node.index()];
  node.peak_c =
      node.used ? std::max(node.peak_c, static_cast<float>(peak)) : static_cast<float>(peak);
  node.used = true;
}

EnergyMeter::Use EnergyMeter::Attempt(const JobInfo& job, std::span<const NodeGrant> grants,
                                      SimTime now) {
  const energy::Throttle throttle = ThrottleOf(job, grants);
  const bool ran = job.phase != policies::JobPhase::kStarting;
  Sum sum;
  for (size_t i = 0; i < grants.size(); ++i) {
    const NodeGrant& grant = grants[i];
    const Hardware held = HeldBy(job, grant);
    Hardware idle = held;
    idle.gpu_milli = OwnMilli(grant.node, held.gpu_milli);
    const RegionId region = state_->node_shape(grant.node).region;
    Node& node = nodes_[grant.node.index()];
    sum.Add(Over(power_.Idle(idle), region, job.attempt_start, now));
    if (ran) {
      int64_t milliwatts = power_.Dynamic(held, job.job_class, throttle.effort);
      const double share = devices_ == nullptr ? 1 : devices_->MeanShare(job, grants, i, now);
      if (share < 1) milliwatts = static_cast<int64_t>(share * static_cast<double>(milliwatts));
      const Sum dynamic = Over(milliwatts, region, job.run_start, now);
      sum.Add(dynamic);
      node.dynamic.Add(dynamic);
      if (full_ && held.gpu_milli > 0) Warm(job, grant, throttle.effort, now);
      if (throttle.speed < 1) {
        throttled_milli_ns_ +=
            static_cast<__int128>(held.gpu_milli) * (now - job.run_start).nanos();
      }
    }
    node.earned_usd_micro += grant.price.For(now - job.attempt_start, held.gpu_milli).micros();
  }
  classes_[static_cast<int>(job.job_class)].Add(sum);
  return sum.Told();
}

void EnergyMeter::SetUp(NodeId id, bool up, SimTime now) {
  Node& node = nodes_[id.index()];
  if (up && node.down_since != SimTime::Never()) {
    node.dynamic.Take(IdleOver(id.value, node.down_since, now));
  }
  node.down_since = up ? SimTime::Never() : now;
}

EnergyMeter::Sum EnergyMeter::IdleOver(uint32_t n, SimTime from, SimTime to) const {
  return Over(nodes_[n].idle_mw, state_->node_shape(NodeId(n)).region, from, to);
}

EnergyMeter::Sum EnergyMeter::TotalOf(uint32_t n, SimTime now) const {
  const Node& node = nodes_[n];
  Sum sum = IdleOver(n, SimTime::Zero(), std::min(now, node.down_since));
  sum.Add(node.dynamic);
  return sum;
}

EnergyMeter::Sum EnergyMeter::MinedBy(uint32_t n, SimTime now, Usd* revenue) const {
  if (mining_ == nullptr) return {};
  const Mining::Yield yield = mining_->Of(NodeId(n), now);
  *revenue = yield.revenue;
  return {yield.energy, yield.cost, yield.carbon};
}

// A board that mines has the temperature that it settles at, and holds its limit by itself.
double EnergyMeter::PeakOf(uint32_t n, SimTime now) const {
  const Node& node = nodes_[n];
  double peak = full_ && node.used ? node.peak_c : results::EnergyFigures().peak_temperature_c;
  const uint32_t hours = full_ && mining_ != nullptr ? mining_->HoursOfDay(NodeId(n), now) : 0;
  if (hours == 0) return peak;
  const energy::Board board = BoardOf(NodeId(n));
  for (int h = 0; h < 24; ++h) {
    if ((hours >> h & 1) == 0) continue;
    const double watts = mining_->BoardWatts(NodeId(n));
    for (const int edge : {h, h + 1}) {
      const double c = board.Steady(watts, SimTime::Zero() + Duration::Hours(edge));
      peak = std::fmax(peak, std::min(c, heat_.limit_c));
    }
  }
  return peak;
}

results::EnergyFigures EnergyMeter::Figures(SimTime now) const {
  results::EnergyFigures figures;
  Sum busy;
  for (int c = 0; c < kJobClasses; ++c) {
    if (classes_[c].energy == 0) continue;
    busy.Add(classes_[c]);
    const Use use = classes_[c].Told();
    figures.per_class.push_back(
        {JobClassName(static_cast<JobClass>(c)), use.kwh, use.usd, use.carbon_kg});
  }
  struct OfRegion {
    Sum sum;
    int64_t earned_usd_micro = 0;
    bool any = false;
  };
  std::vector<OfRegion> regions(regions_.size());
  Sum all, mined;
  int64_t earned = 0;
  for (uint32_t n = 0; n < nodes_.size(); ++n) {
    OfRegion& region = regions[state_->node_shape(NodeId(n)).region.index()];
    Usd revenue;
    const Sum miner = MinedBy(n, now, &revenue);
    Sum sum = TotalOf(n, now);
    sum.Add(miner);
    region.sum.Add(sum);
    region.earned_usd_micro += nodes_[n].earned_usd_micro + revenue.micros();
    region.any = true;
    all.Add(sum);
    mined.Add(miner);
    earned += nodes_[n].earned_usd_micro + revenue.micros();
    figures.peak_temperature_c = std::fmax(figures.peak_temperature_c, PeakOf(n, now));
  }
  for (size_t r = 0; r < regions.size(); ++r) {
    if (!regions[r].any) continue;
    const Use use = regions[r].sum.Told();
    const double earned_usd = Usd::Micros(regions[r].earned_usd_micro).dollars();
    figures.per_region.push_back(
        {regions_[r], use.kwh, use.usd, use.carbon_kg, earned_usd, earned_usd - use.usd});
  }
  const Use total = all.Told();
  all.energy -= busy.energy + mined.energy;
  figures.busy_kwh = busy.Told().kwh;
  figures.idle_kwh = all.Told().kwh;
  figures.usd = total.usd;
  figures.carbon_kg = total.carbon_kg;
  figures.owner_profit_usd = Usd::Micros(earned).dollars() - total.usd;
  if (full_) figures.throttled_gpu_hours = static_cast<double>(throttled_milli_ns_) / 3.6e15;
  return figures;
}

void EnergyMeter::Write(SimTime now, results::ResultsWriter* writer) const {
  for (uint32_t n = 0; n < nodes_.size(); ++n) {
    Usd revenue;
    Sum sum = TotalOf(n, now);
    sum.Add(MinedBy(n, now, &revenue));
    const Use use = sum.Told();
    results::NodeEnergyRow row;
    row.energy_kwh = use.kwh;
    row.energy_usd = use.usd;
    row.carbon_kg = use.carbon_kg;
    row.peak_temperature_c = PeakOf(n, now);
    row.earned_usd_micro = nodes_[n].earned_usd_micro;
    row.node = n;
    writer->Append(row);
  }
}

}  // namespace orrery::driver
