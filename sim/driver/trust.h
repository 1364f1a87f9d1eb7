// Devices that are not what they claim: what they really do to jobs, who finds them out, and what
// they sold meanwhile.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "sim/cluster/state.h"
#include "sim/driver/devices.h"
#include "sim/driver/payments.h"
#include "sim/driver/ratings.h"
#include "sim/driver/speed_belief.h"
#include "sim/driver/stakes.h"
#include "sim/driver/vetting.h"
#include "sim/results/trust.h"
#include "sim/results/writer.h"
#include "sim/scenario/scenario.h"

namespace orrery::driver {

// Who keeps services: knows what clients got from their replicas.
class ReplicaRecords {
 public:
  virtual ~ReplicaRecords() = default;
  // How fast a replica served while it was ready, over what it would have done on cool cards as its
  // owner claims them, had nobody else used them; in (0, 1]. 0: it was never ready. Proofs of work
  // slow down both and do not count.
  struct Served {
    double speed = 0;
    double cool = 0;  // the same, had its own cards been cool
  };
  // Of the attempt that ends now. nullopt: it is no replica of a service.
  virtual std::optional<Served> ServedBy(const policies::JobInfo& job, SimTime now) const = 0;
};

class Trust {
 public:
  // Null where trust is off. All pointers outlive it.
  static std::unique_ptr<Trust> Make(const scenario::Scenario& scenario, uint32_t replicate,
                                     cluster::ClusterState* state, const SpeedBelief* speed,
                                     GangLinks* links, LedgerPayments* payments);

  // Without it, jobs are judged by their progress alone. Must outlive the last attempt.
  void AskOfReplicas(const ReplicaRecords* records) { replicas_ = records; }

  const Devices& devices() const { return devices_; }
  Vetting& vetting() { return vetting_; }
  // Running time after which a job dies that Devices::Unfit says is on the wrong device.
  Duration out_of_memory() const { return out_of_memory_; }

  // Share of the time that proofs of work leave to jobs.
  double speed_left() const { return speed_left_; }

  // An attempt runs, or no longer: the nodes whose jobs go at another pace now. Valid until the
  // next call.
  std::span<const NodeId> UseGpus(JobSlot slot, bool on, SimTime now);
  // The share of its speed that is left to an attempt whose GPUs others use as well.
  double PaceOf(JobSlot slot);

  // An attempt ends. O(grants).
  void OnAttemptEnd(const policies::JobInfo& job, std::span<const policies::NodeGrant> grants,
                    const cluster::AttemptReport& report, SimTime now);
  void OnJobEnd(JobSlot slot);

  // Until now. What runs has sold nothing yet. O(nodes).
  results::TrustFigures Figures(SimTime now) const;
  // A row for each node.
  void Write(SimTime now, results::ResultsWriter* writer) const;

 private:
  struct Sales {
    __int128 milli_gpu_ns = 0;
    Usd usd;

    double gpu_hours() const { return static_cast<double>(milli_gpu_ns) / 3.6e15; }
  };

  Trust(const scenario::Scenario& scenario, uint32_t replicate, cluster::ClusterState* state,
        const SpeedBelief* speed, GangLinks* links, LedgerPayments* payments);
  void Harm(JobSlot slot);

  const cluster::ClusterState* state_;
  const ReplicaRecords* replicas_ = nullptr;  // null: there are none
  const Duration out_of_memory_;
  const Duration proof_time_;
  const double speed_left_;
  const bool rated_;  // users rate at all
  Devices devices_;
  Stakes stakes_;
  Ratings ratings_;
  Vetting vetting_;
  std::vector<__int128> sold_milli_gpu_ns_;  // by NodeId
  std::vector<NodeId> paced_;                // see UseGpus
  std::vector<uint8_t> harmed_;              // by job slot; may be short
  uint64_t jobs_harmed_ = 0;
};

}  // namespace orrery::driver
