#include "sim/results/columns.h"

#include <fmt/format.h>

#include <array>
#include <iterator>
#include <type_traits>

#include "sim/base/demand.h"

namespace orrery::results {
namespace {

constexpr std::string_view kOutcomes[] = {"finished", "rejected", "unfinished",
                                          "killed",   "failed",   "released"};
static_assert(std::size(kOutcomes) == kJobOutcomes);

constexpr std::string_view kReasons[] = {"none", "never_fits", "policy", "queue_full", "abandoned"};
static_assert(std::size(kReasons) == kRejectReasons);

constexpr std::string_view kEnds[] = {"finished", "preempted", "killed",  "start_failed",
                                      "horizon",  "failed",    "migrated"};
static_assert(std::size(kEnds) == kAttemptEnds);

constexpr std::string_view kNodeEvents[] = {"joined",   "left",      "failed",   "repaired",
                                            "detected", "suspended", "returned", "blacklisted"};
static_assert(std::size(kNodeEvents) == kNodeEventKinds);

constexpr std::string_view kTraceStatuses[] = {"unknown", "completed", "failed", "cancelled"};
constexpr std::string_view kServiceLevels[] = {"none", "met", "missed"};
static_assert(std::size(kServiceLevels) == kSlos);
constexpr std::string_view kHolders[] = {"user", "owner", "store", "escrow", "treasury"};
static_assert(std::size(kHolders) == kAccountHolders);
constexpr std::string_view kVettedNames[] = {"registering", "refused", "listed", "suspended"};
static_assert(std::size(kVettedNames) == kVetteds);
constexpr std::string_view kCheatNames[] = {"none", "spoofed_model", "less_memory", "oversold",
                                            "bandwidth"};
constexpr std::string_view kNoYes[] = {"no", "yes"};

// The names that the rest of the project gives these codes, so that there is one list of them.
template <typename Enum, int kCount>
std::array<std::string_view, kCount> NamesBy(const char* (*name)(Enum)) {
  std::array<std::string_view, kCount> names;
  for (int code = 0; code < kCount; ++code) names[code] = name(static_cast<Enum>(code));
  return names;
}

std::span<const std::string_view> JobClasses() {
  static const auto names = NamesBy<JobClass, kJobClasses>(JobClassName);
  return names;
}

std::span<const std::string_view> OwnerKinds() {
  static const auto names = NamesBy<OwnerKind, kOwnerKinds>(OwnerKindName);
  return names;
}

template <typename Field>
constexpr ColumnType TypeOf() {
  if constexpr (std::is_enum_v<Field>) {
    return TypeOf<std::underlying_type_t<Field>>();
  } else if constexpr (std::is_same_v<Field, double>) {
    return ColumnType::kF64;
  } else if constexpr (std::is_same_v<Field, int32_t>) {
    return ColumnType::kI32;
  } else if constexpr (std::is_same_v<Field, int64_t>) {
    return ColumnType::kI64;
  } else if constexpr (std::is_same_v<Field, uint64_t>) {
    return ColumnType::kU64;
  } else if constexpr (std::is_same_v<Field, uint32_t>) {
    return ColumnType::kU32;
  } else if constexpr (std::is_same_v<Field, uint16_t>) {
    return ColumnType::kU16;
  } else {
    static_assert(std::is_same_v<Field, uint8_t>, "no column type for this field");
    return ColumnType::kU8;
  }
}

template <typename Row, typename Field>
Column MakeColumn(std::string_view name, size_t offset, std::string_view unit,
                  std::string_view description) {
  return Column{.name = name,
                .type = TypeOf<Field>(),
                .offset = static_cast<uint16_t>(offset),
                .unit = unit,
                .description = description};
}

Column Coded(Column column, std::span<const std::string_view> meanings) {
  column.meanings = meanings;
  return column;
}

Column Named(Column column, std::string_view names) {
  column.names = names;
  return column;
}

Column OrNone(Column column, int64_t missing) {
  column.has_missing = true;
  column.missing = missing;
  return column;
}

// The field `field` of `Row` as a column of the same name.
#define COLUMN(Row, field, unit, description) \
  MakeColumn<Row, decltype(Row::field)>(#field, offsetof(Row, field), unit, description)

constexpr int64_t kNever = -1;
constexpr int64_t kNone16 = 0xffff;
constexpr int64_t kNone32 = 0xffffffff;

std::span<const Column> JobColumns() {
  static const Column columns[] = {
      COLUMN(JobRow, job, "1", "number of the job in the workload, in order of arrival"),
      COLUMN(JobRow, source_id, "1", "number of the job in its trace or generator"),
      Named(COLUMN(JobRow, user, "1", "user who submitted it"), "users"),
      COLUMN(JobRow, submit_ns, "ns", "submitted"),
      OrNone(COLUMN(JobRow, start_ns, "ns", "first ran"), kNever),
      OrNone(COLUMN(JobRow, end_ns, "ns", "finished, rejected, killed or given up"), kNever),
      Coded(COLUMN(JobRow, outcome, "1", "how it left the run"), kOutcomes),
      Coded(COLUMN(JobRow, reject_reason, "1", "why it was turned away"), kReasons),
      COLUMN(JobRow, work_ns, "ns", "true work, as run time on the reference GPU"),
      COLUMN(JobRow, estimate_ns, "ns", "the user's estimate of work_ns"),
      OrNone(COLUMN(JobRow, deadline_ns, "ns", "wanted by"), kNever),
      Coded(COLUMN(
                JobRow, slo, "1",
                "service level: whether it finished by its deadline; of an interactive session, "
                "whether it started before its user gave up and was not cut short; of cloud_gaming "
                "and pixel_streaming, that and a latency within budget"),
            kServiceLevels),
      COLUMN(JobRow, allocated_ns, "ns", "time it held its nodes, all attempts"),
      COLUMN(JobRow, useful_ns, "ns", "time it ran and kept the progress"),
      COLUMN(JobRow, lost_ns, "ns",
             "time it ran and lost the progress, or held nodes that were down; overhead is "
             "allocated - useful - lost"),
      COLUMN(JobRow, cost_usd_micro, "1e-6 USD", "charged to the user"),
      COLUMN(JobRow, energy_kwh, "kWh",
             "electricity of what it held, all attempts; NaN: energy off"),
      COLUMN(JobRow, energy_usd, "USD", "what that cost the nodes' owners"),
      COLUMN(JobRow, carbon_kg, "kg", "what that emitted, as CO2 equivalent"),
      COLUMN(JobRow, replicas, "1", "replicas of the gang"),
      COLUMN(JobRow, gpus, "1", "GPUs of one replica"),
      COLUMN(JobRow, gpu_milli, "1e-3", "share of each of those GPUs"),
      COLUMN(JobRow, cpu_milli, "1e-3", "CPU cores of one replica"),
      COLUMN(JobRow, memory_mib, "MiB", "main memory of one replica"),
      Named(OrNone(COLUMN(JobRow, gpu_model, "1", "GPU model of the last attempt"), kNone16),
            "gpu_models"),
      OrNone(COLUMN(JobRow, node, "1", "first node of the last attempt"), kNone32),
      Named(OrNone(COLUMN(JobRow, region, "1", "where the user is"), kNone16), "regions"),
      COLUMN(JobRow, attempts, "1", "times it was started"),
      COLUMN(JobRow, preemptions, "1", "times it was stopped and put back into the queue"),
      COLUMN(JobRow, migrations, "1", "times it was stopped to go on elsewhere"),
      COLUMN(JobRow, priority, "1", "higher is more urgent"),
      COLUMN(JobRow, bag, "1", "the bag of tasks it belongs to; 0: none"),
      Coded(COLUMN(JobRow, job_class, "1", "class of the job"), JobClasses()),
      Coded(COLUMN(JobRow, trace_status, "1", "how it ended in its trace"), kTraceStatuses),
      COLUMN(JobRow, moved_bytes, "B",
             "data brought to its nodes and sent from them, all attempts"),
      COLUMN(JobRow, egress_usd_micro, "1e-6 USD",
             "charged to the user for data that left their store's region, beside cost_usd_micro"),
      OrNone(COLUMN(JobRow, latency_us, "us",
                    "from an input to the picture that shows it, 19 of 20 times at most, in its "
                    "worst attempt"),
             kNever),
  };
  return columns;
}

std::span<const Column> AttemptColumns() {
  static const Column columns[] = {
      COLUMN(AttemptRow, job, "1", "the job, as in /jobs/job"),
      COLUMN(AttemptRow, attempt, "1", "0 for the job's first attempt, 1 for the second, ..."),
      COLUMN(AttemptRow, node, "1", "the node, as in /nodes/node"),
      COLUMN(AttemptRow, replicas, "1", "replicas of the gang on this node"),
      COLUMN(AttemptRow, gpu_mask, "1", "bit g is set where GPU g of the node was used"),
      COLUMN(AttemptRow, start_ns, "ns", "node taken"),
      OrNone(COLUMN(AttemptRow, run_ns, "ns", "running began, after the start-up delay"), kNever),
      COLUMN(AttemptRow, end_ns, "ns", "node given back"),
      OrNone(COLUMN(AttemptRow, died_ns, "ns", "one of its nodes went down"), kNever),
      Coded(COLUMN(AttemptRow, end, "1", "why the attempt ended"), kEnds),
  };
  return columns;
}

std::span<const Column> NodeColumns() {
  static const Column columns[] = {
      COLUMN(NodeRow, node, "1", "number of the node"),
      COLUMN(NodeRow, gpus, "1", "GPUs"),
      Named(OrNone(COLUMN(NodeRow, gpu_model, "1", "model of its GPUs"), kNone16), "gpu_models"),
      COLUMN(NodeRow, cpu_milli, "1e-3", "CPU cores"),
      COLUMN(NodeRow, memory_mib, "MiB", "main memory"),
      Named(OrNone(COLUMN(NodeRow, region, "1", "where it is"), kNone16), "regions"),
      COLUMN(NodeRow, ask_usd_micro_h, "1e-6 USD/h", "ask price of one GPU"),
      Coded(COLUMN(NodeRow, owner_kind, "1", "kind of its owner"), OwnerKinds()),
      Named(COLUMN(NodeRow, owner, "1", "account of its owner"), "accounts"),
      COLUMN(NodeRow, tier, "1", "higher is better"),
      Coded(COLUMN(NodeRow, verified, "1", "whether its hardware was verified"), kNoYes),
  };
  return columns;
}

std::span<const Column> NodeEnergyColumns() {
  static const Column columns[] = {
      COLUMN(NodeEnergyRow, node, "1", "the node, as in /nodes/node"),
      COLUMN(NodeEnergyRow, energy_kwh, "kWh", "electricity, idle time included"),
      COLUMN(NodeEnergyRow, energy_usd, "USD", "what that cost its owner"),
      COLUMN(NodeEnergyRow, carbon_kg, "kg", "what that emitted, as CO2 equivalent"),
      COLUMN(NodeEnergyRow, peak_temperature_c, "degC",
             "of its boards in use; NaN: none was, or temperatures are not modelled"),
      COLUMN(NodeEnergyRow, earned_usd_micro, "1e-6 USD",
             "charged for its use; what it mined is in /node_mining"),
  };
  return columns;
}

std::span<const Column> NodeMiningColumns() {
  static const Column columns[] = {
      COLUMN(NodeMiningRow, node, "1", "the node, as in /nodes/node"),
      COLUMN(NodeMiningRow, mined_gpu_h, "h", "GPU-hours that its idle GPUs mined"),
      COLUMN(NodeMiningRow, revenue_usd_micro, "1e-6 USD", "what a pool paid for that"),
      COLUMN(NodeMiningRow, energy_kwh, "kWh", "electricity of that, above what it draws idle"),
      COLUMN(NodeMiningRow, energy_usd, "USD", "what that cost its owner"),
  };
  return columns;
}

std::span<const Column> ServiceColumns() {
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
  return columns;
}

std::span<const Column> ServiceSampleColumns() {
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
  return columns;
}

std::span<const Column> NodeTrustColumns() {
  static const Column columns[] = {
      COLUMN(NodeTrustRow, node, "1", "the node, as in /nodes/node"),
      Coded(COLUMN(NodeTrustRow, cheat, "1", "how it cheats"), kCheatNames),
      Named(OrNone(COLUMN(NodeTrustRow, real_model, "1", "what its GPUs really are"), kNone16),
            "gpu_models"),
      Coded(COLUMN(NodeTrustRow, state, "1", "where it stands at the end"), kVettedNames),
      OrNone(COLUMN(NodeTrustRow, admitted_ns, "ns", "first passed the registration"), kNever),
      OrNone(COLUMN(NodeTrustRow, suspended_ns, "ns", "first suspended"), kNever),
      COLUMN(NodeTrustRow, names, "1", "names that it registered under"),
      COLUMN(NodeTrustRow, suspensions, "1", "times it was suspended"),
      COLUMN(NodeTrustRow, challenges, "1", "proofs of work it was asked for"),
      COLUMN(NodeTrustRow, sold_gpu_h, "h", "GPU-hours that jobs held of it"),
      COLUMN(NodeTrustRow, earned_usd_micro, "1e-6 USD", "charged for its use"),
      COLUMN(NodeTrustRow, reputation, "1", "by users' ratings, from 0 to 1; NaN: nobody rates"),
      COLUMN(NodeTrustRow, slashed_usd_micro, "1e-6 USD", "lost of its stake"),
  };
  return columns;
}

std::span<const Column> NodeEventColumns() {
  static const Column columns[] = {
      COLUMN(NodeEventRow, time_ns, "ns", "when"),
      COLUMN(NodeEventRow, node, "1", "the node, as in /nodes/node"),
      Coded(COLUMN(NodeEventRow, kind, "1", "what happened"), kNodeEvents),
  };
  return columns;
}

std::span<const Column> LedgerColumns() {
  static const Column columns[] = {
      COLUMN(LedgerRow, time_ns, "ns", "end of the epoch"),
      Named(COLUMN(LedgerRow, account, "1", "the account"), "accounts"),
      Coded(COLUMN(LedgerRow, holder_kind, "1", "whose account it is"), kHolders),
      COLUMN(LedgerRow, holder, "1",
             "number of the user, of the owner, or of the region of the store; else 0"),
      COLUMN(LedgerRow, balance_usd_micro, "1e-6 USD", "balance in dollars"),
      COLUMN(LedgerRow, balance_token_unit, "1e-8 token", "balance in tokens"),
  };
  return columns;
}

std::span<const Column> SampleColumns() {
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
  return columns;
}

#undef COLUMN

template <typename Row>
Table MakeTable(std::string_view name, std::string_view description,
                std::span<const Column> columns, std::string_view dimension = {}) {
  static_assert(std::is_trivially_copyable_v<Row>);
  return Table{name, description, sizeof(Row), columns, dimension};
}

}  // namespace

size_t BytesOf(ColumnType type) {
  switch (type) {
    case ColumnType::kU8:
      return 1;
    case ColumnType::kU16:
      return 2;
    case ColumnType::kU32:
    case ColumnType::kI32:
      return 4;
    case ColumnType::kU64:
    case ColumnType::kI64:
    case ColumnType::kF64:
      return 8;
  }
  return 0;
}

std::string_view NameOf(ColumnType type) {
  switch (type) {
    case ColumnType::kU8:
      return "uint8";
    case ColumnType::kU16:
      return "uint16";
    case ColumnType::kU32:
      return "uint32";
    case ColumnType::kU64:
      return "uint64";
    case ColumnType::kI32:
      return "int32";
    case ColumnType::kI64:
      return "int64";
    case ColumnType::kF64:
      return "float64";
  }
  return "?";
}

const Column* Table::Find(std::string_view column) const {
  for (const Column& candidate : columns) {
    if (candidate.name == column) return &candidate;
  }
  return nullptr;
}

template <>
const Table& TableOf<JobRow>() {
  static const Table table = MakeTable<JobRow>(
      "jobs", "One row a job, in the order in which jobs left the run; unfinished ones come last.",
      JobColumns());
  return table;
}

template <>
const Table& TableOf<AttemptRow>() {
  static const Table table = MakeTable<AttemptRow>(
      "attempts", "One row for each node of each attempt of a job.", AttemptColumns());
  return table;
}

template <>
const Table& TableOf<NodeRow>() {
  static const Table table = MakeTable<NodeRow>("nodes", "One row a node.", NodeColumns());
  return table;
}

template <>
const Table& TableOf<NodeEnergyRow>() {
  static const Table table = MakeTable<NodeEnergyRow>(
      "node_energy", "One row a node where energy is modelled.", NodeEnergyColumns());
  return table;
}

template <>
const Table& TableOf<NodeMiningRow>() {
  static const Table table = MakeTable<NodeMiningRow>(
      "node_mining", "One row for each node whose owner mines.", NodeMiningColumns());
  return table;
}

template <>
const Table& TableOf<ServiceRow>() {
  static const Table table = MakeTable<ServiceRow>(
      "services", "One row for each service and region that its clients are in.", ServiceColumns());
  return table;
}

template <>
const Table& TableOf<ServiceSampleRow>() {
  static const Table table = MakeTable<ServiceSampleRow>(
      "service_samples", "One row for each service and sample of the time series.",
      ServiceSampleColumns());
  return table;
}

template <>
const Table& TableOf<NodeTrustRow>() {
  static const Table table = MakeTable<NodeTrustRow>(
      "node_trust", "One row a node where trust is modelled.", NodeTrustColumns());
  return table;
}

template <>
const Table& TableOf<NodeEventRow>() {
  static const Table table = MakeTable<NodeEventRow>(
      "node_events", "One row for each change of a node's state, in order of time.",
      NodeEventColumns());
  return table;
}

template <>
const Table& TableOf<LedgerRow>() {
  static const Table table = MakeTable<LedgerRow>(
      "ledger", "One row for each account at the end of each epoch.", LedgerColumns());
  return table;
}

template <>
const Table& TableOf<SampleRow>() {
  static const Table table = MakeTable<SampleRow>(
      "timeseries", "One row a sample; `time` is the dimension scale of the other columns.",
      SampleColumns(), "time");
  return table;
}

std::span<const Table* const> AllTables() {
  static const Table* const tables[] = {
      &TableOf<JobRow>(),           &TableOf<AttemptRow>(),    &TableOf<NodeRow>(),
      &TableOf<NodeEnergyRow>(),    &TableOf<NodeMiningRow>(), &TableOf<NodeTrustRow>(),
      &TableOf<ServiceRow>(),       &TableOf<NodeEventRow>(),  &TableOf<SampleRow>(),
      &TableOf<ServiceSampleRow>(), &TableOf<LedgerRow>()};
  return tables;
}

std::string TableReference() {
  std::string text;
  auto out = std::back_inserter(text);
  for (const Table* table : AllTables()) {
    fmt::format_to(out, "### /{}\n\n{}\n\n", table->name, table->description);
    fmt::format_to(out, "| column | type | unit | what it says |\n|---|---|---|---|\n");
    for (const Column& column : table->columns) {
      std::string says(column.description);
      if (!column.meanings.empty()) {
        says += ":";
        for (size_t code = 0; code < column.meanings.size(); ++code) {
          says += fmt::format("{} {} {}", code == 0 ? "" : ",", code, column.meanings[code]);
        }
      }
      if (!column.names.empty()) says += fmt::format("; a row of `/names/{}`", column.names);
      if (column.has_missing) says += fmt::format("; {}: none", column.missing);
      fmt::format_to(out, "| `{}` | {} | {} | {} |\n", column.name, NameOf(column.type),
                     column.unit == "1" ? "" : column.unit, says);
    }
    text += '\n';
  }
  return text;
}

}  // namespace orrery::results
