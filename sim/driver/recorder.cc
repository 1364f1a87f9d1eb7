#include "sim/driver/recorder.h"

#include <algorithm>

namespace orrery::driver {

using cluster::AttemptReport;
using cluster::EndReason;
using cluster::JobEnd;
using policies::JobInfo;
using results::AttemptEnd;
using results::AttemptRow;
using results::JobOutcome;
using results::JobRow;

namespace {

AttemptEnd AttemptEndOf(EndReason reason) {
  switch (reason) {
    case EndReason::kFinished:
      return AttemptEnd::kFinished;
    case EndReason::kPreempted:
      return AttemptEnd::kPreempted;
    case EndReason::kKilled:
      return AttemptEnd::kKilled;
    case EndReason::kStartFailed:
      return AttemptEnd::kStartFailed;
    case EndReason::kHorizon:
      return AttemptEnd::kHorizon;
    case EndReason::kFailed:
      return AttemptEnd::kFailed;
  }
  return AttemptEnd::kFailed;
}

JobOutcome OutcomeOf(JobEnd end) {
  switch (end) {
    case JobEnd::kFinished:
      return JobOutcome::kFinished;
    case JobEnd::kRejected:
      return JobOutcome::kRejected;
    case JobEnd::kUnfinished:
      return JobOutcome::kUnfinished;
    case JobEnd::kKilled:
      return JobOutcome::kKilled;
    case JobEnd::kFailed:
      return JobOutcome::kFailed;
    case JobEnd::kReleased:
      return JobOutcome::kReleased;
  }
  return JobOutcome::kFailed;
}

results::RejectReason ReasonOf(cluster::RejectReason reason) {
  switch (reason) {
    case cluster::RejectReason::kNone:
      return results::RejectReason::kNone;
    case cluster::RejectReason::kNeverFits:
      return results::RejectReason::kNeverFits;
    case cluster::RejectReason::kByPolicy:
      return results::RejectReason::kPolicy;
    case cluster::RejectReason::kQueueFull:
      return results::RejectReason::kQueueFull;
    case cluster::RejectReason::kAbandoned:
      return results::RejectReason::kAbandoned;
  }
  return results::RejectReason::kNone;
}

results::Slo SloOf(const workload::ServiceLevel& level, bool cut, const JobRow& row, SimTime now) {
  using results::Slo;
  if (!level.any()) return Slo::kNone;
  if (cut && level.start_by != SimTime::Never()) return Slo::kMissed;
  const bool late = level.start_by < (row.start_ns < 0 ? now : SimTime::FromNanos(row.start_ns)) ||
                    level.end_by < now ||
                    level.latency_ms < 1e-3 * static_cast<double>(row.latency_us);
  if (late) return Slo::kMissed;
  if (row.outcome == JobOutcome::kFinished) return Slo::kMet;
  if (row.outcome != JobOutcome::kUnfinished) return Slo::kMissed;
  // At the horizon: all that was asked for has been kept already, or it is not due yet.
  return level.end_by == SimTime::Never() && row.start_ns >= 0 ? Slo::kMet : Slo::kNone;
}

void Digest(const JobRow& row, engine::Digest& digest) {
  const auto word = [](auto value) { return static_cast<uint64_t>(value); };
  digest.Add(word(row.job), word(row.submit_ns), word(row.start_ns));
  digest.Add(word(row.end_ns), word(row.work_ns), word(row.cost_usd_micro));
  digest.Add(word(row.allocated_ns), word(row.useful_ns), word(row.lost_ns));
  digest.Add((word(row.node) << 32) | (word(row.attempts) << 16) | word(row.preemptions),
             (word(row.user) << 32) | (word(row.outcome) << 8) | word(row.reject_reason),
             row.source_id);
  if (row.moved_bytes > 0) {
    digest.Add(word(row.moved_bytes));
    digest.Add(word(row.egress_usd_micro));
  }
  if (row.latency_us >= 0) digest.Add(word(row.latency_us));
  if (row.migrations > 0) digest.Add(word(row.migrations));
}

void Digest(const AttemptRow& row, engine::Digest& digest) {
  const auto word = [](auto value) { return static_cast<uint64_t>(value); };
  digest.Add(word(row.start_ns), word(row.run_ns), word(row.end_ns));
  digest.Add((word(row.job) << 32) | row.node, (word(row.replicas) << 32) | row.gpu_mask,
             (word(row.attempt) << 8) | word(row.end));
  if (row.died_ns >= 0) digest.Add(word(row.died_ns));
}

}  // namespace

Recorder::Recorder(results::SummaryBuilder* summary, results::ResultsWriter* writer, bool attempts)
    : summary_(summary), writer_(writer), write_attempts_(attempts) {}

void Recorder::Connect(cluster::ClusterState* state) {
  state_ = state;
  fragmentation_.emplace(state);
}

void Recorder::Announce(const workload::Job& job, const JobInfo& info) {
  JobRow& row = announced_.row;
  row = JobRow();
  row.source_id = job.source_id;
  row.submit_ns = job.submit.nanos();
  row.work_ns = job.work.nanos();
  row.estimate_ns = job.estimate.nanos();
  if (job.deadline != SimTime::Never()) row.deadline_ns = job.deadline.nanos();
  row.job = info.id.value;
  row.user = job.user.value;
  row.replicas = job.replicas;
  row.cpu_milli = job.demand.cpu_milli;
  row.memory_mib = job.demand.memory_mib;
  row.bag = job.bag;
  row.priority = job.priority;
  row.gpus = job.demand.gpus;
  row.gpu_milli = job.demand.gpus > 0 ? job.demand.gpu_milli : 0;
  row.region = job.region.value;
  row.job_class = static_cast<uint8_t>(job.job_class);
  row.trace_status = static_cast<uint8_t>(job.trace_status);
  if (energy_ != nullptr) row.energy_kwh = row.energy_usd = row.carbon_kg = 0;
  announced_.moves = job.data != workload::DataTable::kNothing && transfers_ != nullptr;
  announced_.level = workload::JobClassOf(job.job_class).Level(job);
  announced_.frames = job.frames;
  if (job.frames != workload::FrameTable::kNone) {
    announced_.level.latency_ms = latency_.BudgetMs(job.frames);
  }
}

void Recorder::Admit(JobSlot slot) {
  open_.Reach(slot.index());
  open_[slot.index()] = announced_;
  fragmentation_->Count(state_->job(slot));
}

void Recorder::OnAttemptEnd(const JobInfo& job, std::span<const policies::NodeGrant> grants,
                            const AttemptReport& report, SimTime now, Usd charge) {
  JobRow& row = open_[job.slot.index()].row;
  const bool ran = job.phase != policies::JobPhase::kStarting;
  if (ran && row.start_ns < 0) row.start_ns = job.run_start.nanos();
  const bool ended = report.reason == EndReason::kFinished || report.reason == EndReason::kHorizon;
  if (ran && !ended) open_[job.slot.index()].cut = true;
  row.allocated_ns += (now - job.attempt_start).nanos();
  row.useful_ns += report.useful.nanos();
  row.lost_ns += report.lost.nanos();
  row.cost_usd_micro += charge.micros();
  if (energy_ != nullptr) {
    const EnergyMeter::Use use = energy_->Attempt(job, grants, std::min(now, report.died));
    row.energy_kwh += use.kwh;
    row.energy_usd += use.usd;
    row.carbon_kg += use.carbon_kg;
  }
  if (mining_ != nullptr) mining_->Give(grants, now);
  if (ran && open_[job.slot.index()].frames != workload::FrameTable::kNone) {
    const policies::NodeGrant& grant = grants.front();
    const GpuModelId gpu = trust_ != nullptr ? trust_->devices().real_model(grant.node)
                                             : state_->node_shape(grant.node).gpu_model;
    double pace = energy_ != nullptr ? energy_->PaceOf(job, grant) : 1;
    if (trust_ != nullptr) pace *= trust_->devices().MeanShare(job, grants, 0, now);
    const double ms =
        latency_.LatencyMs(open_[job.slot.index()].frames, job, grant, gpu, pace, now);
    constexpr auto kMostMs = 1e-3 * double{results::kUnboundedLatencyUs};
    const auto us = static_cast<int64_t>(1e3 * std::min(ms, kMostMs) + 0.5);
    row.latency_us = std::max(row.latency_us, us);
  }
  if (open_[job.slot.index()].moves) {
    const Transfers::Moved moved = transfers_->Take(job.slot);
    row.moved_bytes += moved.bytes;
    row.egress_usd_micro += moved.egress.micros();
  }
  if (trust_ != nullptr) trust_->OnAttemptEnd(job, grants, report, now);
  row.node = grants.front().node.value;
  row.gpu_model = state_->node_shape(grants.front().node).gpu_model.value;
  AttemptRow attempt;
  attempt.start_ns = job.attempt_start.nanos();
  attempt.run_ns = ran ? job.run_start.nanos() : -1;
  attempt.end_ns = now.nanos();
  attempt.job = job.id.value;
  attempt.attempt = job.attempts - 1;
  attempt.end = AttemptEndOf(report.reason);
  if (job.migrating && attempt.end == AttemptEnd::kPreempted) attempt.end = AttemptEnd::kMigrated;
  const bool died = report.died != SimTime::Never();
  if (died) attempt.died_ns = report.died.nanos();
  if (died || report.reason == EndReason::kFailed) CountFailure(job, report, now);
  for (size_t i = 0; i < grants.size();) {
    attempt.node = grants[i].node.value;
    attempt.replicas = 0;
    attempt.gpu_mask = 0;
    for (; i < grants.size() && grants[i].node.value == attempt.node; ++i) {
      attempt.replicas += grants[i].replicas;
      attempt.gpu_mask = static_cast<uint16_t>(attempt.gpu_mask | grants[i].gpu_mask);
    }
    Digest(attempt, outcome_);
    if (writer_ != nullptr && write_attempts_) writer_->Append(attempt);
  }
}

void Recorder::CountFailure(const JobInfo& job, const AttemptReport& report, SimTime now) {
  const auto gpus = static_cast<__int128>(int64_t{job.demand.total_gpu_milli()} * job.replicas);
  failures_.gpu_lost += gpus * report.lost.nanos();
  if (report.died != SimTime::Never()) {
    failures_.gpu_unnoticed += gpus * (now - report.died).nanos();
  }
  if (report.reason == EndReason::kStartFailed) {
    ++failures_.failed_starts;
  } else if (report.died != SimTime::Never()) {
    ++failures_.attempts_lost;
  } else {
    ++failures_.job_failures;
  }
}

void Recorder::OnJobEnd(const JobInfo& job, JobEnd end, cluster::RejectReason reason, SimTime now) {
  const bool rejected_at_once = reason == cluster::RejectReason::kNeverFits;
  Open& open = rejected_at_once ? announced_ : open_[job.slot.index()];
  JobRow& row = open.row;
  row.outcome = OutcomeOf(end);
  row.reject_reason = ReasonOf(reason);
  row.attempts = job.attempts;
  row.preemptions = job.preemptions;
  row.migrations = job.migrations;
  if (end != JobEnd::kUnfinished) row.end_ns = now.nanos();
  row.slo = SloOf(open.level, open.cut, row, now);
  if (trust_ != nullptr && !rejected_at_once) trust_->OnJobEnd(job.slot);
  Digest(row, outcome_);
  summary_->Add(row);
  if (writer_ != nullptr) writer_->Append(row);
  ++left_;
  finished_ += end == JobEnd::kFinished;
  never_fit_ += rejected_at_once;
}

void Recorder::Sample(SimTime now) {
  const auto ratio = [](int64_t part, int64_t whole) {
    return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : 0.0;
  };
  const cluster::ClusterState::Usage& used = state_->used();
  const cluster::ClusterState::Usage& total = state_->present_total();
  results::SampleRow row;
  row.time = now.seconds();
  row.gpu_allocation_ratio = ratio(used.gpu_milli, total.gpu_milli);
  row.cpu_allocation_ratio = ratio(used.cpu_milli, total.cpu_milli);
  row.memory_allocation_ratio = ratio(used.memory_mib, total.memory_mib);
  row.fragmentation = fragmentation_->Measure();
  row.queued_jobs = static_cast<int64_t>(state_->waiting_count());
  row.running_jobs = static_cast<int64_t>(state_->running_count());
  row.finished_jobs = static_cast<int64_t>(finished_);
  row.gpus_present = total.gpu_milli / 1000;
  summary_->Add(row);
  if (writer_ != nullptr) writer_->Append(row);
}

}  // namespace orrery::driver
