// The rows that a run records: one struct a table, one field a column of the HDF5 file. columns.cc
// gives each column its unit and description; a field is added in both places and nowhere else.
//
// Times are nanoseconds since the start of the run; −1 means "never happened". An id of all ones
// means "none". No row has padding that reaches the file: columns are stored apart.
#pragma once

#include <cstdint>
#include <limits>

namespace orrery::results {

// How a job left the run.
enum class JobOutcome : uint8_t {
  kFinished,    // its work was done
  kRejected,    // never started: see RejectReason
  kUnfinished,  // still waiting or running at the horizon
  kKilled,      // stopped at its limit
  kFailed,      // gave up after its last retry
  kReleased,    // a replica that its service let go
};
inline constexpr int kJobOutcomes = 6;

// Why a job was turned away; kNone unless its outcome is kRejected.
enum class RejectReason : uint8_t {
  kNone,
  kNeverFits,  // no node of the fleet could ever hold it
  kPolicy,     // a policy gave it up
  kQueueFull,  // the waiting room was full when it arrived
  kAbandoned,  // its user would not wait any longer
};
inline constexpr int kRejectReasons = 5;

// Whether a job's user got what was asked for, by its deadline or before patience ran out.
enum class Slo : uint8_t {
  kNone,  // nothing was asked for, or it was neither due nor kept when the run ended
  kMet,
  kMissed,
};
inline constexpr int kSlos = 3;

// A latency without bound: what people wait for does not arrive, or later and later [us].
inline constexpr int64_t kUnboundedLatencyUs = 1'000'000'000'000;

// /jobs: one row a job, in the order in which jobs left the run. Those that are unfinished at the
// horizon come last.
struct JobRow {
  uint64_t source_id = 0;
  int64_t submit_ns = 0;
  int64_t start_ns = -1;  // first time it ran
  int64_t end_ns = -1;    // finished, rejected, killed or given up; −1: unfinished
  int64_t work_ns = 0;    // on the reference GPU
  int64_t estimate_ns = 0;
  int64_t deadline_ns = -1;
  int64_t allocated_ns = 0;  // nodes held, all attempts
  int64_t useful_ns = 0;     // running, progress kept
  int64_t lost_ns = 0;       // running, progress lost; overhead = allocated − useful − lost
  int64_t cost_usd_micro = 0;
  int64_t moved_bytes = 0;       // to and from its nodes, all attempts
  int64_t egress_usd_micro = 0;  // charged for that, beside cost_usd_micro
  // Of what its users saw, in its worst attempt; −1: nothing was to be seen.
  int64_t latency_us = -1;
  // Electricity of all attempts; NaN where energy is not modelled.
  double energy_kwh = std::numeric_limits<double>::quiet_NaN();
  double energy_usd = std::numeric_limits<double>::quiet_NaN();
  double carbon_kg = std::numeric_limits<double>::quiet_NaN();
  uint32_t job = 0;
  uint32_t user = 0;
  uint32_t replicas = 0;
  uint32_t cpu_milli = 0;   // of one replica
  uint32_t memory_mib = 0;  // of one replica
  uint32_t bag = 0;
  int32_t priority = 0;
  uint32_t node = 0xffffffff;  // first node of the last attempt
  uint32_t attempts = 0;
  uint32_t preemptions = 0;
  uint32_t migrations = 0;
  uint16_t gpus = 0;            // of one replica
  uint16_t gpu_milli = 0;       // of each GPU
  uint16_t gpu_model = 0xffff;  // of the last attempt
  uint16_t region = 0xffff;     // of the user
  uint8_t job_class = 0;        // orrery::JobClass
  JobOutcome outcome = JobOutcome::kUnfinished;
  RejectReason reject_reason = RejectReason::kNone;
  uint8_t trace_status = 0;  // orrery::workload::TraceStatus
  Slo slo = Slo::kNone;
};

// Why an attempt ended.
enum class AttemptEnd : uint8_t {
  kFinished,
  kPreempted,
  kKilled,
  kStartFailed,
  kHorizon,
  kFailed,
  kMigrated
};
inline constexpr int kAttemptEnds = 7;

// /attempts: one row for each node of each attempt.
struct AttemptRow {
  int64_t start_ns = 0;  // nodes taken
  int64_t run_ns = -1;   // running began (after the start-up delay); −1: never
  int64_t end_ns = 0;    // nodes given back
  int64_t died_ns = -1;  // a node of it went down; −1: none did
  uint32_t job = 0;
  uint32_t node = 0;
  uint32_t replicas = 0;  // of the gang, on this node
  uint32_t attempt = 0;   // 0, 1, …
  uint16_t gpu_mask = 0;  // bit g: GPU g of the node
  AttemptEnd end = AttemptEnd::kFinished;
};

// /nodes: one row a node, written once.
struct NodeRow {
  uint32_t node = 0;
  uint32_t cpu_milli = 0;
  uint32_t memory_mib = 0;
  uint32_t owner = 0;
  int64_t ask_usd_micro_h = 0;
  uint16_t gpus = 0;
  uint16_t gpu_model = 0xffff;
  uint16_t region = 0xffff;
  uint8_t owner_kind = 0;  // orrery::OwnerKind
  uint8_t tier = 0;
  uint8_t verified = 0;
};

// /node_energy: one row a node, at the end of a run where energy is modelled.
struct NodeEnergyRow {
  double energy_kwh = 0;  // idle time included
  double energy_usd = 0;
  double carbon_kg = 0;
  double peak_temperature_c = std::numeric_limits<double>::quiet_NaN();  // of its boards in use
  int64_t earned_usd_micro = 0;
  uint32_t node = 0;
};

// /node_mining: one row for each node whose owner mines, at the end of a run where mining is
// modelled.
struct NodeMiningRow {
  double mined_gpu_h = 0;
  double energy_kwh = 0;  // above what the node draws idle
  double energy_usd = 0;
  int64_t revenue_usd_micro = 0;
  uint32_t node = 0;
};

// /services: one row for each service and region that its clients are in, at the end of a run.
struct ServiceRow {
  uint64_t requests = 0;
  uint64_t served = 0;
  uint64_t refused = 0;
  uint64_t failed = 0;
  uint64_t slo_met = 0;
  double ttft_mean_s = std::numeric_limits<double>::quiet_NaN();
  double ttft_p50_s = std::numeric_limits<double>::quiet_NaN();
  double ttft_p95_s = std::numeric_limits<double>::quiet_NaN();
  double ttft_p99_s = std::numeric_limits<double>::quiet_NaN();
  double tbt_mean_s = std::numeric_limits<double>::quiet_NaN();
  uint16_t service = 0;
  uint16_t region = 0;
};

// /service_samples: one row for each service and sample of the time series. Numbers of requests are
// those since the warm-up.
struct ServiceSampleRow {
  double time = 0;  // [s]
  uint64_t requests = 0;
  uint64_t served = 0;
  uint64_t refused = 0;
  uint64_t failed = 0;
  uint64_t slo_met = 0;
  uint64_t waiting = 0;
  uint32_t replicas = 0;
  uint32_t ready = 0;
  uint16_t service = 0;
};

// What becomes of a device that is checked.
enum class Vetted : uint8_t { kRegistering, kRefused, kListed, kSuspended };
inline constexpr int kVetteds = 4;

// /node_trust: one row a node, at the end of a run where trust is modelled.
struct NodeTrustRow {
  int64_t admitted_ns = -1;   // passed the registration; −1: never
  int64_t suspended_ns = -1;  // for the first time; −1: never
  int64_t earned_usd_micro = 0;
  int64_t slashed_usd_micro = 0;
  double sold_gpu_h = 0;
  double reputation = std::numeric_limits<double>::quiet_NaN();
  uint32_t node = 0;
  uint32_t challenges = 0;  // taken
  uint32_t names = 1;       // that it registered under
  uint32_t suspensions = 0;
  uint16_t real_model = 0xffff;
  uint8_t cheat = 0;  // orrery::trust::Cheat
  Vetted state = Vetted::kRegistering;
};

// /node_events: a change of what the world or the scheduler knows of a node.
enum class NodeEventKind : uint8_t {
  kJoined,
  kLeft,
  kFailed,
  kRepaired,
  kDetected,
  kSuspended,
  kReturned,
  kBlacklisted
};
inline constexpr int kNodeEventKinds = 8;
struct NodeEventRow {
  int64_t time_ns = 0;
  uint32_t node = 0;
  NodeEventKind kind = NodeEventKind::kJoined;
};

// Whose an account is.
enum class AccountHolder : uint8_t { kUser, kOwner, kStore, kEscrow, kTreasury };
inline constexpr int kAccountHolders = 5;

// /ledger: the balance of an account at the end of an epoch.
struct LedgerRow {
  int64_t time_ns = 0;
  int64_t balance_usd_micro = 0;
  int64_t balance_token_unit = 0;
  uint32_t account = 0;
  uint32_t holder = 0;  // number of the user, of the owner, or of the store's region
  AccountHolder holder_kind = AccountHolder::kUser;
};

// /timeseries: one row a sample; `time` is the dimension scale of the others.
struct SampleRow {
  double time = 0;                  // [s]: readers plot against it
  double gpu_allocation_ratio = 0;  // allocated / present GPUs
  double cpu_allocation_ratio = 0;
  double memory_allocation_ratio = 0;
  double fragmentation = 0;  // share of the present GPUs the workload's typical job cannot use
  int64_t queued_jobs = 0;
  int64_t running_jobs = 0;
  int64_t finished_jobs = 0;
  int64_t gpus_present = 0;
};

}  // namespace orrery::results
