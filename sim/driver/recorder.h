// Turns what happens into rows: completes a row for each job and attempt, and hands it to the
// summary, the outcome digest and, where there is one, the results file.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "models/workload/classes/job_class.h"
#include "models/workload/job.h"
#include "sim/base/prefetch.h"
#include "sim/base/slab.h"
#include "sim/cluster/decision_loop.h"
#include "sim/cluster/fragmentation.h"
#include "sim/driver/energy.h"
#include "sim/driver/latency.h"
#include "sim/driver/mining.h"
#include "sim/driver/transfers.h"
#include "sim/driver/trust.h"
#include "sim/engine/digest.h"
#include "sim/results/rows.h"
#include "sim/results/summary_builder.h"
#include "sim/results/writer.h"

namespace orrery::driver {

class Recorder final : public cluster::LoopObserver {
 public:
  // `writer` may be null. `attempts`: rows of attempts are written too.
  Recorder(results::SummaryBuilder* summary, results::ResultsWriter* writer, bool attempts);
  // For samples and fragmentation.
  void Connect(cluster::ClusterState* state);
  // Jobs' rows tell their electricity from now on; null: they do not.
  void MeterEnergy(EnergyMeter* energy) { energy_ = energy; }

  // Jobs' rows tell what was moved for them; null: nothing is.
  void CountMoved(Transfers* transfers) { transfers_ = transfers; }
  // Cheats' sales are counted from now on; null: there are none.
  void CountCheats(Trust* trust) { trust_ = trust; }

  // GPUs that jobs give back mine again; null: they do not.
  void GiveBackTo(Mining* mining) { mining_ = mining; }

  // What jobs show to people is judged by how late they see it; said before jobs come.
  void JudgeFrames(const LatencyJudge& judge) { latency_ = judge; }

  // A job is about to be submitted; Admit follows if the cluster takes it.
  void Announce(const workload::Job& job, const policies::JobInfo& info);
  void Admit(JobSlot slot);

  void Expect(JobSlot slot) const override { Prefetch(&open_[slot.index()], sizeof(Open)); }
  void OnAttemptEnd(const policies::JobInfo& job, std::span<const policies::NodeGrant> grants,
                    const cluster::AttemptReport& report, SimTime now, Usd charge) override;
  void OnJobEnd(const policies::JobInfo& job, cluster::JobEnd end, cluster::RejectReason reason,
                SimTime now) override;
  // Records a row of the time series.
  void Sample(SimTime now);

  // Over all rows of jobs and attempts, in the order in which they were completed.
  const engine::Digest& outcome_digest() const { return outcome_; }
  // The part of attempts; the rest is nodes'.
  const results::FailureCounters& failures() const { return failures_; }
  uint64_t finished() const { return finished_; }
  uint64_t left() const { return left_; }  // jobs that left, in whatever way
  uint64_t never_fit() const { return never_fit_; }

 private:
  // A job that is here: its row so far, and what it will be judged by.
  struct Open {
    results::JobRow row;
    workload::ServiceLevel level;
    bool moves = false;   // data
    bool cut = false;     // an attempt that ran was stopped, or failed
    uint16_t frames = 0;  // row of the FrameTable
  };

  results::SummaryBuilder* summary_;
  results::ResultsWriter* writer_;
  bool write_attempts_;
  cluster::ClusterState* state_ = nullptr;
  EnergyMeter* energy_ = nullptr;
  Transfers* transfers_ = nullptr;
  Trust* trust_ = nullptr;
  Mining* mining_ = nullptr;
  LatencyJudge latency_;
  std::optional<cluster::FragmentationMeter> fragmentation_;
  Open announced_;
  Slab<Open> open_;  // by job slot
  void CountFailure(const policies::JobInfo& job, const cluster::AttemptReport& report,
                    SimTime now);

  engine::Digest outcome_;
  results::FailureCounters failures_;
  uint64_t finished_ = 0, left_ = 0, never_fit_ = 0;
};

}  // namespace orrery::driver
