#include "tests/policies/testing/schedule.h"

#include <algorithm>
#include <ostream>

#include "sim/base/check.h"

namespace orrery::policies::testing {

void CheckNoFinding(const Finding& finding) { ORRERY_CHECK(false, finding.what); }

namespace {

// Whole seconds come out exactly.
double Seconds(SimTime time) { return static_cast<double>(time.nanos()) / 1e9; }

}  // namespace

std::ostream& operator<<(std::ostream& out, const Stint& run) {
  return out << run.start << " … " << run.end;
}

// What the decision loop would offer behind a blocked head.
class Schedule::Pass final : public BackfillPass {
 public:
  explicit Pass(Schedule* schedule) : schedule_(schedule) {
    queue_ = schedule->cluster_->Queue();
    head_ = queue_.front();
  }
  const ClusterView& view() const override { return *schedule_->cluster_; }
  const JobInfo& head() const override { return schedule_->cluster_->job(head_); }
  const JobInfo* Next(bool only_new, bool only_fitting) override {
    while (++next_ < queue_.size()) {
      const JobInfo& job = schedule_->cluster_->job(queue_[next_]);
      const bool is_new = std::find(schedule_->new_.begin(), schedule_->new_.end(), job.slot) !=
                          schedule_->new_.end();
      if (only_new && !is_new) continue;
      if (only_fitting && !schedule_->cluster_->Fits(job)) continue;
      return &job;
    }
    return nullptr;
  }
  // Asks everybody, and whether the sieve is true to its word.
  const JobInfo* NextPassing(Sieve& sieve) override {
    while (const JobInfo* job = Next(/*only_new=*/false, /*only_fitting=*/true)) {
      const bool passes = sieve.Passes(*job);
      const Duration remaining = std::max(job->estimate - job->done, Duration());
      const Duration longest = sieve.Longest(*job);
      ORRERY_CHECK(!passes || remaining <= longest, job->id.value, longest.nanos());
      if (passes) return job;
    }
    return nullptr;
  }
  bool Place(const JobInfo& job, Placement* placement) override {
    return schedule_->cluster_->FirstFit(job, placement);
  }
  bool Start(const JobInfo& job, const Placement& placement) override {
    if (schedule_->refuse && schedule_->refuse(job)) return false;
    schedule_->Start(job.slot, placement);
    return true;
  }

 private:
  Schedule* schedule_;
  std::vector<JobSlot> queue_;
  JobSlot head_;
  size_t next_ = 0;
};

JobInfo InfoOf(const Work& work, uint32_t id) {
  JobInfo info;
  info.submit = SimTime::FromSeconds(work.submit);
  info.estimate = Duration::FromSeconds(work.estimate > 0 ? work.estimate : work.run_time);
  info.limit = Duration::Max();
  info.deadline = work.deadline > 0 ? SimTime::FromSeconds(work.deadline) : SimTime::Never();
  info.demand = {
      .gpus = work.gpus, .gpu_milli = work.gpu_milli, .cpu_milli = 1000, .memory_mib = 0};
  info.id = JobId(id);
  info.replicas = work.replicas;
  info.user = UserId(work.user);
  info.priority = work.priority;
  return info;
}

void Schedule::Enter(const Work& work, uint32_t id) {
  const JobSlot slot = cluster_->AddJob(InfoOf(work, id));
  ORRERY_CHECK(slot.index() == progress_.size());
  const SimTime leave = work.leave > 0 ? SimTime::FromSeconds(work.leave) : SimTime::Never();
  progress_.push_back({.left = work.run_time, .leave = leave});
  new_.push_back(slot);
}

SimTime Schedule::EndOf(JobSlot slot) const {
  const JobInfo& job = cluster_->job(slot);
  return job.run_start + Duration::FromSeconds(progress_[slot.index()].left / job.speed);
}

void Schedule::Start(JobSlot slot, const Placement& placement) {
  cluster_->Start(slot, placement);
  if (roles_.backfill != nullptr) roles_.backfill->OnHoldChanged(slot);
  runs_[cluster_->job(slot).id.index()].push_back({.start = Seconds(cluster_->now()), .end = -1});
}

void Schedule::Stop(JobSlot slot, bool finished) {
  const JobInfo& job = cluster_->job(slot);
  progress_[slot.index()].left -= job.RunTime(cluster_->now()).seconds() * job.speed;
  runs_[job.id.index()].back().end = Seconds(cluster_->now());
  cluster_->End(slot, /*requeue=*/!finished);
  if (roles_.backfill != nullptr) roles_.backfill->OnHoldChanged(slot);
  if (!finished) new_.push_back(slot);
}

void Schedule::LeaveIfTired(JobSlot slot) {
  if (progress_[slot.index()].leave > cluster_->now()) return;
  cluster_->Leave(slot);
  if (roles_.backfill != nullptr) roles_.backfill->OnLeft(slot);
  std::erase(new_, slot);
}

bool Schedule::MakeRoom(const JobInfo& head) {
  std::vector<JobSlot> victims;
  roles_.preempt->SelectVictims(*cluster_, *roles_.order, head, &victims);
  if (victims.empty()) {
    wake_at_ = std::min(wake_at_, roles_.preempt->NextCheck(*cluster_, *roles_.order, head));
  }
  for (JobSlot victim : victims) Stop(victim, /*finished=*/false);
  return !victims.empty();
}

void Schedule::Decide() {
  wake_at_ = SimTime::Never();
  const bool own_heads = roles_.backfill != nullptr && roles_.backfill->decides_head();
  while (true) {
    const std::vector<JobSlot> queue = cluster_->Queue();
    if (queue.empty()) break;
    const JobInfo& head = cluster_->job(queue.front());
    Placement placement;
    if (!own_heads && cluster_->FirstFit(head, &placement)) {
      Start(head.slot, placement);
      continue;
    }
    if (roles_.preempt != nullptr && MakeRoom(head)) continue;
    if (roles_.backfill != nullptr) {
      ++backfill_calls_;
      Pass pass(this);
      roles_.backfill->Run(pass);
    }
    break;
  }
  new_.clear();
  if (after_decision) after_decision();
}

std::vector<std::vector<Stint>> Schedule::Play(const std::vector<Work>& works) {
  runs_.assign(works.size(), {});
  std::vector<uint32_t> arrivals(works.size());
  for (uint32_t i = 0; i < works.size(); ++i) arrivals[i] = i;
  std::stable_sort(arrivals.begin(), arrivals.end(),
                   [&](uint32_t a, uint32_t b) { return works[a].submit < works[b].submit; });
  size_t next = 0;
  while (next < arrivals.size() || cluster_->running_count() > 0) {
    SimTime now = wake_at_;
    for (JobSlot slot : cluster_->Running()) now = std::min(now, EndOf(slot));
    if (next < arrivals.size()) {
      now = std::min(now, SimTime::FromSeconds(works[arrivals[next]].submit));
    }
    for (JobSlot slot : cluster_->Queue()) now = std::min(now, progress_[slot.index()].leave);
    cluster_->set_now(now);
    for (JobSlot slot : cluster_->Running()) {
      if (EndOf(slot) <= now) Stop(slot, /*finished=*/true);
    }
    for (JobSlot slot : cluster_->Queue()) LeaveIfTired(slot);
    while (next < arrivals.size() && SimTime::FromSeconds(works[arrivals[next]].submit) <= now) {
      Enter(works[arrivals[next]], arrivals[next]);
      ++next;
    }
    Decide();
  }
  return runs_;
}

std::vector<Stint> PlayThrough(FakeCluster* cluster, BackfillPolicy* backfill,
                               const std::vector<Work>& works) {
  std::vector<Stint> runs;
  for (const std::vector<Stint>& attempts : Schedule(cluster, {.backfill = backfill}).Play(works)) {
    ORRERY_CHECK(attempts.size() == 1, attempts.size());
    runs.push_back(attempts.front());
  }
  return runs;
}

}  // namespace orrery::policies::testing
