#include "sim/driver/trust.h"

#include <algorithm>
#include <array>

#include "sim/results/quantile.h"
#include "sim/results/summary.h"

namespace orrery::driver {

using results::TrustFigures;
using trust::Cheat;

namespace {

struct Mean {
  double sum = 0;
  uint64_t count = 0;

  void Add(double value) {
    sum += value;
    ++count;
  }
  double value() const { return count > 0 ? sum / static_cast<double>(count) : results::kNoValue; }
};

double QuantileOf(const std::vector<double>& sorted, double q) {
  const results::QuantileRanks ranks = results::RanksOf(q, sorted.size());
  return results::Interpolate(sorted[ranks.lower], sorted[ranks.upper], ranks.fraction);
}

void TellDetections(const std::vector<Duration>& detections, TrustFigures* figures) {
  if (detections.empty()) return;
  std::vector<double> seconds;
  for (const Duration time : detections) seconds.push_back(time.seconds());
  std::sort(seconds.begin(), seconds.end());
  double sum = 0;
  for (const double time : seconds) sum += time;
  figures->mean_detection_s = sum / static_cast<double>(seconds.size());
  figures->p50_detection_s = QuantileOf(seconds, 0.5);
  figures->p95_detection_s = QuantileOf(seconds, 0.95);
}

}  // namespace

std::unique_ptr<Trust> Trust::Make(const scenario::Scenario& scenario, uint32_t replicate,
                                   cluster::ClusterState* state, const SpeedBelief* speed,
                                   GangLinks* links, LedgerPayments* payments) {
  if (trust::RulesOf(scenario.trust.level) == nullptr) return nullptr;
  return std::unique_ptr<Trust>(new Trust(scenario, replicate, state, speed, links, payments));
}

Trust::Trust(const scenario::Scenario& scenario, uint32_t replicate, cluster::ClusterState* state,
             const SpeedBelief* speed, GangLinks* links, LedgerPayments* payments)
    : state_(state),
      out_of_memory_(trust::RulesOf(scenario.trust.level)->cheats.out_of_memory),
      proof_time_(trust::RulesOf(scenario.trust.level)->challenges.time),
      speed_left_(trust::RulesOf(scenario.trust.level)->challenges.SpeedLeft()),
      rated_(trust::RulesOf(scenario.trust.level)->ratings.share > 0),
      devices_(scenario, replicate, state, speed, links),
      stakes_(trust::RulesOf(scenario.trust.level)->stake, state, payments),
      ratings_(trust::RulesOf(scenario.trust.level)->ratings,
               RandomStreams(scenario.seed, replicate), &devices_, state),
      vetting_(scenario, replicate, &devices_, &stakes_, &ratings_, *state),
      sold_milli_gpu_ns_(state->node_count()) {}

std::span<const NodeId> Trust::UseGpus(JobSlot slot, bool on, SimTime now) {
  paced_.clear();
  const std::span<const policies::NodeGrant> grants = state_->grants(slot);
  for (const policies::NodeGrant& grant : grants) {
    const std::span<const NodeId> names = devices_.SameCards(grant.node);
    // Grants of one node stand together, and of one card often.
    if (names.empty() || (!paced_.empty() && paced_.back() == names.back())) continue;
    paced_.insert(paced_.end(), names.begin(), names.end());
  }
  if (!paced_.empty()) devices_.Use(state_->job(slot), grants, on, now);
  return paced_;
}

double Trust::PaceOf(JobSlot slot) {
  const double pace = devices_.PaceOn(state_->job(slot), state_->grants(slot));
  if (pace < 1) Harm(slot);
  return pace;
}

void Trust::Harm(JobSlot slot) {
  if (harmed_.size() <= slot.index()) harmed_.resize(slot.index() + 1);
  harmed_[slot.index()] = 1;
}

void Trust::OnAttemptEnd(const policies::JobInfo& job, std::span<const policies::NodeGrant> grants,
                         const cluster::AttemptReport& report, SimTime now) {
  if (job.demand.gpus == 0) return;
  const Duration held = std::min(now, report.died) - job.attempt_start;
  bool fake = false;
  for (const policies::NodeGrant& grant : grants) {
    const int64_t milli = int64_t{job.demand.total_gpu_milli()} * grant.replicas;
    sold_milli_gpu_ns_[grant.node.index()] += static_cast<__int128>(milli) * held.nanos();
    stakes_.OnSale(grant.node, job.user, grant.price.For(held, milli));
    fake |= devices_.cheat(grant.node) != Cheat::kNone;
  }
  const auto served = replicas_ != nullptr ? replicas_->ServedBy(job, now) : std::nullopt;
  ratings_.OnAttemptEnd(job, grants, report, served ? std::optional(served->speed) : std::nullopt);
  if (!fake || job.phase == policies::JobPhase::kStarting) return;
  // Relays may have gone or come since it started.
  policies::JobInfo honest = job;
  honest.speed = state_->PlacementSpeed(job, grants);
  const bool slower = served ? served->cool > 0 && served->cool < 1
                             : devices_.SpeedOn(honest, grants) < honest.speed;
  if (slower || devices_.Unfit(job, grants)) Harm(job.slot);
}

void Trust::OnJobEnd(JobSlot slot) {
  if (slot.index() >= harmed_.size()) return;
  jobs_harmed_ += harmed_[slot.index()];
  harmed_[slot.index()] = 0;
}

TrustFigures Trust::Figures(SimTime now) const {
  TrustFigures figures;
  figures.jobs_harmed = jobs_harmed_;
  std::array<TrustFigures::OfCheat, trust::kCheats> per_cheat;
  std::array<Sales, trust::kCheats> sales;
  Sales fakes;
  Usd slashed;
  Mean honest, cheats;  // reputations of those that are listed
  double proof_gpu_s = 0, barred_gpu_s = 0;
  uint64_t undetected = 0;
  for (uint32_t n = 0; n < sold_milli_gpu_ns_.size(); ++n) {
    const NodeId id(n);
    const uint16_t gpus = state_->node_shape(id).gpus;
    if (gpus == 0) continue;
    const Vetting::Node& node = vetting_.node(id);
    ++figures.devices;
    proof_gpu_s += gpus * proof_time_.seconds() * static_cast<double>(vetting_.TakenBy(id, now));
    slashed += stakes_.slashed(id);
    if (rated_ && vetting_.listed(id)) {
      Mean& mean = devices_.cheat(id) == Cheat::kNone ? honest : cheats;
      mean.Add(ratings_.reputation(id));
    }
    const int cheat = static_cast<int>(devices_.cheat(id));
    if (devices_.cheat(id) == Cheat::kNone) {
      figures.honest_refused += node.refused;
      figures.honest_suspended += node.suspensions;
      barred_gpu_s += gpus * vetting_.BarredBy(id, now).seconds();
      continue;
    }
    const bool admitted = node.admitted != SimTime::Never();
    ++figures.fakes;
    figures.fakes_admitted += admitted;
    undetected += admitted && node.suspensions == 0;
    TrustFigures::OfCheat& of = per_cheat[cheat];
    ++of.devices;
    of.admitted += admitted;
    of.suspended += node.suspensions > 0;
    figures.fake_names += node.names;
    sales[cheat].milli_gpu_ns += sold_milli_gpu_ns_[n];
    sales[cheat].usd += stakes_.earned(id);
  }
  for (int c = 1; c < trust::kCheats; ++c) {
    if (per_cheat[c].devices == 0) continue;
    per_cheat[c].name = CheatName(static_cast<Cheat>(c));
    per_cheat[c].gpu_hours = sales[c].gpu_hours();
    per_cheat[c].earned_usd = sales[c].usd.dollars();
    figures.per_cheat.push_back(per_cheat[c]);
    fakes.milli_gpu_ns += sales[c].milli_gpu_ns;
    fakes.usd += sales[c].usd;
  }
  figures.fake_gpu_hours = fakes.gpu_hours();
  figures.fake_earned_usd = fakes.usd.dollars();
  figures.slashed_usd = slashed.dollars();
  figures.proof_gpu_hours = proof_gpu_s / 3600;
  figures.honest_gpu_hours_barred = barred_gpu_s / 3600;
  if (figures.fakes_admitted > 0) {
    figures.undetected_share =
        static_cast<double>(undetected) / static_cast<double>(figures.fakes_admitted);
  }
  figures.ratings = ratings_.given();
  figures.fake_reputation = cheats.value();
  figures.honest_reputation = honest.value();
  TellDetections(vetting_.detections(), &figures);
  return figures;
}

void Trust::Write(SimTime now, results::ResultsWriter* writer) const {
  for (uint32_t n = 0; n < sold_milli_gpu_ns_.size(); ++n) {
    const NodeId id(n);
    const Vetting::Node& node = vetting_.node(id);
    results::NodeTrustRow row;
    if (node.admitted != SimTime::Never()) row.admitted_ns = node.admitted.nanos();
    if (node.suspended != SimTime::Never()) row.suspended_ns = node.suspended.nanos();
    row.earned_usd_micro = stakes_.earned(id).micros();
    row.slashed_usd_micro = stakes_.slashed(id).micros();
    row.sold_gpu_h = static_cast<double>(sold_milli_gpu_ns_[n]) / 3.6e15;
    row.names = node.names;
    if (rated_ && state_->node_shape(id).gpus > 0) row.reputation = ratings_.reputation(id);
    row.node = n;
    row.challenges = static_cast<uint32_t>(vetting_.TakenBy(id, now));
    row.suspensions = node.suspensions;
    row.real_model = devices_.real_model(id).value;
    row.cheat = static_cast<uint8_t>(devices_.cheat(id));
    row.state = node.state;
    writer->Append(row);
  }
}

}  // namespace orrery::driver
