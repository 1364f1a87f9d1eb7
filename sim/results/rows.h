// The rows that a run records: one struct a table, one field a column of the HDF5 file. Times are
// nanoseconds since the start of the run; −1 means "never happened".
#pragma once

#include <cstdint>

namespace orrery::results {

// How a job left the run.
enum class JobOutcome : uint8_t {
  kFinished,    // its work was done
  kRejected,    // never started: no node could ever hold it, or a policy refused it
  kUnfinished,  // still waiting or running at the horizon
  kKilled,      // stopped at its limit
  kFailed,      // gave up after its last retry
};
inline constexpr int kJobOutcomes = 5;

// /jobs
struct JobRow {
  uint64_t source_id = 0;
  int64_t submit_ns = 0;
  int64_t start_ns = -1;    // first time it ran
  int64_t end_ns = -1;      // finished, rejected or killed
  int64_t work_ns = 0;      // on the reference GPU
  int64_t estimate_ns = 0;  // the user's, on the reference GPU
  int64_t deadline_ns = -1;
  int64_t allocated_ns = 0;    // nodes held, all attempts
  int64_t useful_ns = 0;       // running, progress kept
  int64_t lost_ns = 0;         // running, progress lost; overhead = allocated − useful − lost
  int64_t cost_usd_micro = 0;  // charged to the user
  uint32_t job = 0;
  uint32_t user = 0;
  uint32_t replicas = 0;
  uint32_t cpu_milli = 0;   // of one replica
  uint32_t memory_mib = 0;  // of one replica
  uint32_t bag = 0;
  int32_t priority = 0;
  uint32_t node = 0xffffffff;   // first node of the last attempt
  uint16_t gpus = 0;            // of one replica
  uint16_t gpu_milli = 0;       // of each GPU
  uint16_t gpu_model = 0xffff;  // of the last attempt
  uint16_t region = 0xffff;     // of the user
  uint16_t attempts = 0;
  uint16_t preemptions = 0;
  uint8_t job_class = 0;
  JobOutcome outcome = JobOutcome::kUnfinished;
  uint8_t reject_reason = 0;
  uint8_t trace_status = 0;
};

// Why an attempt ended.
enum class AttemptEnd : uint8_t { kFinished, kPreempted, kKilled, kStartFailed, kHorizon, kFailed };
inline constexpr int kAttemptEnds = 6;

// /attempts: one row for each node of each attempt.
struct AttemptRow {
  int64_t start_ns = 0;  // nodes taken
  int64_t run_ns = -1;   // running began (after the start-up delay); −1: never
  int64_t end_ns = 0;    // nodes given back
  uint32_t job = 0;
  uint32_t node = 0;
  uint32_t replicas = 0;  // of the gang, on this node
  uint16_t attempt = 0;   // 0, 1, …
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
  uint8_t owner_kind = 0;
  uint8_t tier = 0;
  uint8_t verified = 0;
};

// /node_events: a change of what the world or the scheduler knows of a node.
enum class NodeEventKind : uint8_t { kJoined, kLeft, kFailed, kRepaired, kDetected, kSuspended };
struct NodeEventRow {
  int64_t time_ns = 0;
  uint32_t node = 0;
  NodeEventKind kind = NodeEventKind::kJoined;
};

// /ledger: the balance of an account at the end of an epoch.
struct LedgerRow {
  int64_t time_ns = 0;
  int64_t balance_usd_micro = 0;
  int64_t balance_token_unit = 0;
  uint32_t account = 0;
};

// /timeseries: one row a sample.
struct SampleRow {
  int64_t time_ns = 0;
  double gpu_allocation_ratio = 0;  // allocated / present GPUs
  double cpu_allocation_ratio = 0;
  double memory_allocation_ratio = 0;
  double fragmentation = 0;  // see the summary's definition
  int64_t queued_jobs = 0;
  int64_t running_jobs = 0;
  int64_t finished_jobs = 0;
  int64_t gpus_present = 0;
};

}  // namespace orrery::results
