// The tables of services, accounts and samples over time.
#include <iterator>

#include "sim/results/table_making.h"

namespace orrery::results {
namespace {

constexpr std::string_view kHolders[] = {"user", "owner", "store", "escrow", "treasury"};
static_assert(std::size(kHolders) == kAccountHolders);

}  // namespace

template <>
const Table& TableOf<ServiceRow>() {
  static const Column columns[] = {
      Named(COLUMN(ServiceRow, service, "1", "the service"), "services"),
      Named(COLUMN(ServiceRow, region, "1", "where its clients are"), "regions"),
      COLUMN(ServiceRow, requests, "1", "requests sent after the warm-up"),
      COLUMN(ServiceRow, served, "1", "of them, answered in full"),
      COLUMN(ServiceRow, refused, "1", "of them, turned away"),
      COLUMN(ServiceRow, failed, "1", "of them, lost with replicas"),
      COLUMN(ServiceRow, slo_met, "1", "of them, served within both bounds of the SLO"),
      COLUMN(ServiceRow, ttft_mean_s, "s", "time to first token of served requests, mean"),
      COLUMN(ServiceRow, ttft_p50_s, "s", "its median"),
      COLUMN(ServiceRow, ttft_p95_s, "s", "its 95th percentile"),
      COLUMN(ServiceRow, ttft_p99_s, "s", "its 99th percentile"),
      COLUMN(ServiceRow, tbt_mean_s, "s", "time between tokens of served requests, mean"),
  };
  static const Table table = MakeTable<ServiceRow>(
      "services", "One row for each service and region that its clients are in.", columns);
  return table;
}

template <>
const Table& TableOf<ServiceSampleRow>() {
  static const Column columns[] = {
      COLUMN(ServiceSampleRow, time, "s", "simulated time since the start of the run"),
      Named(COLUMN(ServiceSampleRow, service, "1", "the service"), "services"),
      COLUMN(ServiceSampleRow, replicas, "1", "replicas that it wants and has, or waits for"),
      COLUMN(ServiceSampleRow, ready, "1", "of them, those that serve as far as is known"),
      COLUMN(ServiceSampleRow, waiting, "1", "requests that wait for want of a replica"),
      COLUMN(ServiceSampleRow, requests, "1", "requests sent so far, after the warm-up"),
      COLUMN(ServiceSampleRow, served, "1", "of them, answered in full"),
      COLUMN(ServiceSampleRow, refused, "1", "of them, turned away"),
      COLUMN(ServiceSampleRow, failed, "1", "of them, lost with replicas"),
      COLUMN(ServiceSampleRow, slo_met, "1", "of them, served within both bounds of the SLO"),
  };
  static const Table table = MakeTable<ServiceSampleRow>(
      "service_samples", "One row for each service and sample of the time series.", columns);
  return table;
}

template <>
const Table& TableOf<LedgerRow>() {
  static const Column columns[] = {
      COLUMN(LedgerRow, time_ns, "ns", "end of the epoch"),
      Named(COLUMN(LedgerRow, account, "1", "the account"), "accounts"),
      Coded(COLUMN(LedgerRow, holder_kind, "1", "whose account it is"), kHolders),
      COLUMN(LedgerRow, holder, "1",
             "number of the user, of the owner, or of the region of the store; else 0"),
      COLUMN(LedgerRow, balance_usd_micro, "1e-6 USD", "balance in dollars"),
      COLUMN(LedgerRow, balance_token_unit, "1e-8 token", "balance in tokens"),
  };
  static const Table table =
      MakeTable<LedgerRow>("ledger", "One row for each account at the end of each epoch.", columns);
  return table;
}

template <>
const Table& TableOf<SampleRow>() {
  static const Column columns[] = {
      COLUMN(SampleRow, time, "s", "simulated time since the start of the run"),
      COLUMN(SampleRow, gpu_allocation_ratio, "1", "allocated share of the present GPUs"),
      COLUMN(SampleRow, cpu_allocation_ratio, "1", "allocated share of the present CPU cores"),
      COLUMN(SampleRow, memory_allocation_ratio, "1", "allocated share of the present memory"),
      COLUMN(SampleRow, fragmentation, "1",
             "share of the present GPUs that the workload's typical job cannot use"),
      COLUMN(SampleRow, queued_jobs, "1", "jobs that wait"),
      COLUMN(SampleRow, running_jobs, "1", "jobs that hold nodes"),
      COLUMN(SampleRow, finished_jobs, "1", "jobs that have finished so far"),
      COLUMN(SampleRow, gpus_present, "1", "GPUs of nodes that are up"),
  };
  static const Table table = MakeTable<SampleRow>(
      "timeseries", "One row a sample; `time` is the dimension scale of the other columns.",
      columns, "time");
  return table;
}

}  // namespace orrery::results
