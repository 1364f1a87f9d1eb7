#include "tests/sim/driver/audit.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <map>
#include <tuple>

#include "models/failure/checkpoint.h"

namespace orrery::testing {

namespace {

using results::AttemptEnd;
using results::AttemptRow;
using results::JobOutcome;
using results::JobRow;
using workload::Job;

// The rows of one attempt: one a node.
using Attempt = std::vector<AttemptRow>;

std::vector<std::vector<Attempt>> AttemptsByJob(const Ran& ran) {
  std::vector<std::vector<Attempt>> by_job(ran.jobs.size());
  for (const AttemptRow& row : ran.attempts) {
    std::vector<Attempt>& attempts = by_job.at(row.job);
    if (row.attempt >= attempts.size()) attempts.resize(row.attempt + 1u);
    attempts[row.attempt].push_back(row);
  }
  return by_job;
}

void AuditCounts(const RandomWorld& world, const Ran& ran) {
  const results::JobCounts& counts = ran.summary.jobs;
  EXPECT_EQ(counts.submitted, world.jobs.size());
  EXPECT_EQ(counts.finished + counts.rejected + counts.killed + counts.failed + counts.unfinished +
                counts.released,
            counts.submitted);
  // Without a horizon nobody is left over: everybody who could ever run did.
  if (world.scenario.horizon == Duration::Max()) {
    EXPECT_EQ(counts.unfinished, 0u);
  }
  EXPECT_EQ(ran.summary.decisions.refused, 0u);
  ASSERT_EQ(ran.jobs.size(), world.jobs.size());
}

// Nanoseconds that an attempt held its nodes for without running: delays and set-up. One that was
// killed may have been stopping; that is left out.
int64_t OverheadOf(const AttemptRow& attempt, const Job& job, Duration stop) {
  // Nothing but loss after the nodes died; how long it had been stopping by then is left out.
  const int64_t end_ns = attempt.died_ns >= 0 ? attempt.died_ns : attempt.end_ns;
  if (attempt.run_ns < 0) return end_ns - attempt.start_ns;
  const bool stopped =
      attempt.end == AttemptEnd::kPreempted || attempt.end == AttemptEnd::kMigrated;
  const int64_t stopping = stopped ? stop.nanos() : 0;
  const int64_t ran = end_ns - stopping - attempt.run_ns;
  return attempt.run_ns - attempt.start_ns + stopping + std::min(job.setup.nanos(), ran);
}

bool SavesState(const RandomWorld& world, const Job& job) {
  return !world.scenario.checkpoints.cost.zero() && job.checkpoint_interval > Duration() &&
         job.checkpoint_interval < Duration::Max() &&
         (job.job_class == JobClass::kBatchTraining ||
          job.job_class == JobClass::kReinforcementLearning);
}

// What a save of an attempt takes, and the work between two.
struct Saves {
  int64_t cost_ns = 0;
  int64_t interval_ns = 0;
};

Saves SavesOf(const RandomWorld& world, const Job& job, const Attempt& rows) {
  const scenario::Checkpoints& checkpoints = world.scenario.checkpoints;
  const double gpus = job.demand.total_gpu_milli() * 1e-3 * job.replicas;
  const bool own = job.data > 0 && world.data[job.data - 1u].checkpoint > 0;
  const double bytes =
      own ? world.data[job.data - 1u].checkpoint : gpus * checkpoints.cost.bytes_per_gpu;
  std::map<uint32_t, uint32_t> replicas;
  uint32_t most = 0;
  for (const AttemptRow& part : rows) {
    most = std::max(most, replicas[part.node] += part.replicas);
  }
  const Duration cost =
      failure::SaveTime(checkpoints.cost, bytes, static_cast<double>(most) / job.replicas);
  Duration interval = job.checkpoint_interval;
  if (checkpoints.interval == scenario::Checkpoints::Interval::kYoungDaly && cost > Duration()) {
    interval =
        failure::YoungDalyInterval(cost, failure::JobMtbf(world.scenario.failures.level, gpus,
                                                          static_cast<uint32_t>(replicas.size())));
  }
  return {cost.nanos(), interval.nanos()};
}

// Nanoseconds that the attempts of a job at speed 1 spent on saving, told step by step: work until
// the next multiple of the interval, then a save, and so on.
int64_t SavingOf(const RandomWorld& world, const Job& job, const std::vector<Attempt>& attempts,
                 Duration stop) {
  int64_t saving = 0, done = 0;
  for (const Attempt& rows : attempts) {
    const AttemptRow& attempt = rows.front();
    if (attempt.run_ns < 0) continue;
    const Saves saves = SavesOf(world, job, rows);
    const bool told = attempt.end == AttemptEnd::kPreempted || attempt.end == AttemptEnd::kMigrated;
    int64_t left = attempt.died_ns >= 0 ? attempt.died_ns : attempt.end_ns;
    left -= attempt.run_ns + job.setup.nanos() + (told ? stop.nanos() : 0);
    int64_t reached = done, saved = done;
    while (left > 0 && reached < job.work.nanos()) {
      const int64_t next = saves.interval_ns > job.work.nanos()
                               ? job.work.nanos()
                               : (reached / saves.interval_ns + 1) * saves.interval_ns;
      const int64_t worked = std::min({left, next - reached, job.work.nanos() - reached});
      left -= worked;
      reached += worked;
      if (reached < next || reached >= job.work.nanos()) break;
      saving += std::min(left, saves.cost_ns);
      if (left < saves.cost_ns) {
        reached = next - 1;  // what is being saved is not reached yet
        break;
      }
      saved = reached;
      left -= saves.cost_ns;
    }
    done = told ? reached : saved;
  }
  return saving;
}

void AuditTimes(const Job& job, const JobRow& row, const std::vector<Attempt>& attempts,
                Duration stop, bool as_believed, bool evictions, bool sends,
                const RandomWorld& world) {
  ASSERT_EQ(attempts.size(), row.attempts);
  int64_t allocated = 0, overhead = 0, last_end = row.submit_ns;
  uint32_t preemptions = 0, migrations = 0;
  int64_t cut_stops = 0;  // attempts that may have been stopping when they were cut short
  for (const Attempt& rows : attempts) {
    ASSERT_FALSE(rows.empty());
    const AttemptRow& first = rows.front();
    EXPECT_GE(first.start_ns, last_end) << "before it arrived, or while it ran";
    uint32_t replicas = 0;
    for (const AttemptRow& part : rows) {
      EXPECT_EQ(std::tie(part.start_ns, part.run_ns, part.end_ns, part.end),
                std::tie(first.start_ns, first.run_ns, first.end_ns, first.end));
      replicas += part.replicas;
    }
    EXPECT_EQ(replicas, job.replicas) << "a gang runs whole";
    allocated += first.end_ns - first.start_ns;
    // An owner who leaves in time cuts a stop short, too, or stops a job in no time.
    overhead += OverheadOf(first, job, evictions ? Duration() : stop);
    preemptions += first.end == AttemptEnd::kPreempted;
    migrations += first.end == AttemptEnd::kMigrated;
    cut_stops +=
        first.end == AttemptEnd::kKilled || first.end == AttemptEnd::kHorizon ||
        first.died_ns >= 0 ||
        (evictions && (first.end == AttemptEnd::kPreempted || first.end == AttemptEnd::kMigrated));
    last_end = first.end_ns;
  }
  EXPECT_EQ(row.allocated_ns, allocated);
  const int64_t rest = row.allocated_ns - (row.useful_ns + row.lost_ns + overhead);
  EXPECT_GE(rest, 0);
  // Who was sending its output was not stopping.
  if (!sends && !SavesState(world, job)) {
    EXPECT_LE(rest, cut_stops * stop.nanos());
  }
  const bool told = as_believed && !job.reference_gpu.valid() &&
                    job.job_class == JobClass::kBatchTraining &&
                    (cut_stops == 0 || stop == Duration());
  if (!sends && told && SavesState(world, job)) {
    const int64_t saving = SavingOf(world, job, attempts, evictions ? Duration() : stop);
    EXPECT_GE(rest, saving);
    // A nanosecond of what was being saved when an attempt ended counts as saving.
    EXPECT_LE(rest, saving + row.attempts);
  }
  EXPECT_GE(row.useful_ns, 0);
  EXPECT_GE(row.lost_ns, 0);
  EXPECT_EQ(row.preemptions, preemptions);
  EXPECT_EQ(row.migrations, migrations);
  // Who gave up waiting after a start that failed leaves later, and so does a replica that its
  // service lets go while it waits for another node.
  if (!attempts.empty() && row.outcome == JobOutcome::kReleased) {
    EXPECT_GE(row.end_ns, last_end);
  } else if (!attempts.empty() && row.outcome != JobOutcome::kRejected &&
             row.outcome != JobOutcome::kUnfinished) {
    EXPECT_EQ(row.end_ns, last_end);
  }
  // At speed 1 a finished job has run for its work, less what it had to do again.
  if (row.outcome == JobOutcome::kFinished && !job.reference_gpu.valid()) {
    EXPECT_GE(row.useful_ns, job.work.nanos());
    // A gang may also have waited for what its members exchange, and any job for a slower device.
    if (job.job_class == JobClass::kBatchTraining && as_believed) {
      EXPECT_EQ(row.useful_ns, job.work.nanos());
    }
  }
}

// What moved is what was asked for, once for each attempt that got so far.
void AuditBytes(const RandomWorld& world, const Ran& ran) {
  if (!ran.summary.transfers.has_value()) return;
  workload::DataTable table;
  for (size_t i = 0; i < world.data.size(); ++i) {
    table.Add("data" + std::to_string(i), world.data[i]);
  }
  int64_t moved = 0, egress = 0;
  for (size_t i = 0; i < world.jobs.size(); ++i) {
    SCOPED_TRACE("job " + std::to_string(i));
    const Job& job = world.jobs[i];
    const JobRow& row = ran.jobs[i].row;
    moved += row.moved_bytes;
    egress += row.egress_usd_micro;
    if (job.data == workload::DataTable::kNothing) {
      EXPECT_EQ(row.moved_bytes, 0);
      continue;
    }
    const workload::JobData data = table.Of(job, RandomStreams(world.scenario.seed, 0));
    const int64_t once = data.input + data.output;
    const int64_t nodes = job.replicas;
    EXPECT_LE(row.moved_bytes, row.attempts * (once + (data.image + data.checkpoint) * nodes));
    if (row.outcome != JobOutcome::kFinished) continue;
    EXPECT_GE(row.moved_bytes, once);
    if (row.attempts == 1 && data.image == 0) {
      EXPECT_EQ(row.moved_bytes, once);
    }
  }
  const results::TransferFigures& told = *ran.summary.transfers;
  EXPECT_NEAR(told.fetched_gb + told.sent_gb, static_cast<double>(moved) * 1e-9, 1e-6);
  EXPECT_NEAR(told.egress_usd, static_cast<double>(egress) * 1e-6, 1e-9);
}

void AuditMoney(const Job& job, const JobRow& row, const std::vector<Attempt>& attempts,
                const std::vector<NodeFacts>& nodes) {
  const bool share = job.demand.gpus == 1 && job.demand.gpu_milli < 1000;
  int64_t cost = 0;
  for (const Attempt& rows : attempts) {
    for (const AttemptRow& part : rows) {
      const UsdPerHour ask = nodes[part.node].group->nodes.ask.median;
      const int64_t end_ns = part.died_ns >= 0 ? part.died_ns : part.end_ns;
      const Duration held = Duration::Nanos(end_ns - part.start_ns);
      const int64_t milli = job.demand.total_gpu_milli();
      // Each share is a grant of its own, and each grant is charged by itself.
      cost += share ? ask.For(held, milli).micros() * part.replicas
                    : ask.For(held, milli * part.replicas).micros();
    }
  }
  EXPECT_EQ(row.cost_usd_micro, cost);
  if (job.budget.micros() >= 0) {
    EXPECT_LE(row.cost_usd_micro, job.budget.micros());
  }
}

bool Meets(const fleet::Group& node, const Job& job, const Requirements& needs,
           const scenario::Scenario& scenario) {
  if (job.demand.gpus > 0) {
    if (needs.gpu_models.any() && !needs.gpu_models[node.gpu_model.index()]) return false;
    const fleet::GpuModel& gpu = (*scenario.gpus)[node.gpu_model];
    if (gpu.memory_mib < needs.min_gpu_memory_mib) return false;
  }
  const std::string& country = scenario.regions[node.regions[0].region.index()].country;
  const auto names = [&](const std::vector<std::string>& list) {
    return std::find(list.begin(), list.end(), country) != list.end();
  };
  return node.tier >= needs.min_tier &&
         ((needs.owner_kinds >> static_cast<int>(node.owner_kind)) & 1) != 0 &&
         (!needs.verified_only || node.verified_share == 1) &&
         (job.demand.gpus == 0 || node.ask.median <= needs.max_price) &&
         (needs.countries_allowed.empty() || names(needs.countries_allowed)) &&
         !names(needs.countries_barred);
}

// What a node holds at one time.
struct Load {
  int64_t cpu_milli = 0;
  int64_t memory_mib = 0;
  std::array<int64_t, 16> gpu_milli{};

  void Add(const AttemptRow& part, const Demand& demand, int sign) {
    cpu_milli += sign * int64_t{demand.cpu_milli} * part.replicas;
    memory_mib += sign * int64_t{demand.memory_mib} * part.replicas;
    const int gpus = std::popcount(part.gpu_mask);
    if (gpus == 0) return;
    // Whole GPUs: one a bit. Shares: at most two replicas, so both are on one GPU or each has its
    // own.
    const int64_t each = int64_t{demand.gpu_milli} * (demand.gpus * int64_t{part.replicas}) / gpus;
    for (unsigned mask = part.gpu_mask; mask != 0; mask &= mask - 1) {
      gpu_milli[static_cast<size_t>(std::countr_zero(mask))] += sign * each;
    }
  }
};

// Replays all attempts; at each instant nodes are given back before they are taken.
void AuditCapacity(const RandomWorld& world, const Ran& ran, const std::vector<NodeFacts>& nodes) {
  struct Change {
    int64_t time = 0;
    int sign = 0;
    const AttemptRow* part = nullptr;
  };
  std::vector<Change> changes;
  for (const AttemptRow& part : ran.attempts) {
    if (part.start_ns == part.end_ns) continue;
    changes.push_back({part.start_ns, 1, &part});
    changes.push_back({part.end_ns, -1, &part});
  }
  std::stable_sort(changes.begin(), changes.end(), [](const Change& a, const Change& b) {
    return std::tie(a.time, a.sign) < std::tie(b.time, b.sign);
  });
  std::vector<Load> loads(nodes.size());
  for (const Change& change : changes) {
    Load& load = loads[change.part->node];
    const NodeFacts& node = nodes[change.part->node];
    const Demand& demand = world.jobs[change.part->job].demand;
    ASSERT_EQ(std::popcount(change.part->gpu_mask) == 0, demand.gpus == 0);
    ASSERT_EQ(change.part->gpu_mask >> node.gpus, 0) << "a GPU that the node does not have";
    load.Add(*change.part, demand, change.sign);
    ASSERT_LE(load.cpu_milli, node.cpu_milli) << change.part->node << " at " << change.time;
    ASSERT_LE(load.memory_mib, node.memory_mib) << change.part->node << " at " << change.time;
    for (int64_t milli : load.gpu_milli) {
      ASSERT_LE(milli, 1000) << "node " << change.part->node << " at " << change.time;
      ASSERT_GE(milli, 0);
    }
  }
}

// The first of ascending times that is later than `time`.
int64_t After(const std::vector<int64_t>& times, int64_t time) {
  const auto next = std::upper_bound(times.begin(), times.end(), time);
  return next == times.end() ? INT64_MAX : *next;
}

// Nobody goes on working on a node that went down, or holds one that was suspended or blacklisted.
void AuditNodes(const Ran& ran, size_t nodes) {
  std::vector<std::vector<int64_t>> failures(nodes), suspensions(nodes);
  for (const results::NodeEventRow& row : ran.node_events) {
    if (row.kind == results::NodeEventKind::kSuspended ||
        row.kind == results::NodeEventKind::kBlacklisted) {
      suspensions[row.node].push_back(row.time_ns);
    }
    if (row.kind == results::NodeEventKind::kFailed || row.kind == results::NodeEventKind::kLeft) {
      failures[row.node].push_back(row.time_ns);
    }
  }
  for (const auto* times : {&failures, &suspensions}) {
    for (const auto& of : *times) ASSERT_TRUE(std::is_sorted(of.begin(), of.end()));
  }
  for (const AttemptRow& part : ran.attempts) {
    if (part.end == AttemptEnd::kFinished) {
      ASSERT_EQ(part.died_ns, -1);
    }
    ASSERT_GE(After(suspensions[part.node], part.start_ns), part.end_ns) << "job " << part.job;
    if (part.run_ns < 0) continue;
    const int64_t failure = After(failures[part.node], part.run_ns);
    if (failure >= part.end_ns) continue;
    ASSERT_GE(part.died_ns, 0) << "job " << part.job << " went on on node " << part.node;
    ASSERT_LE(part.died_ns, failure);
  }
}

}  // namespace

void AuditRun(const RandomWorld& world, const Ran& ran) {
  AuditCounts(world, ran);
  if (::testing::Test::HasFatalFailure()) return;
  const std::vector<NodeFacts> nodes = FactsOf(world.scenario);
  const std::vector<std::vector<Attempt>> attempts = AttemptsByJob(ran);
  const bool trusted = trust::RulesOf(world.scenario.trust.level) == nullptr;
  const bool evictions = !std::holds_alternative<scenario::NoChurn>(world.scenario.churn.level) ||
                         !trusted || world.scenario.failures.blacklist.has_value();
  const bool cool = world.scenario.energy.level != scenario::Energy::Level::kFull;
  const bool free_links = world.scenario.network.level == scenario::NetworkLevel::kOff;
  const scenario::Delays& delays = world.scenario.scheduler.delays;
  for (size_t i = 0; i < world.jobs.size(); ++i) {
    SCOPED_TRACE("job " + std::to_string(i));
    const Job& job = world.jobs[i];
    const JobRow& row = ran.jobs[i].row;
    EXPECT_EQ(row.submit_ns, job.submit.nanos());
    EXPECT_EQ(row.work_ns, job.work.nanos());
    AuditTimes(job, row, attempts[i], delays.stop,
               trusted && cool && (free_links || job.replicas == 1), evictions,
               job.data != workload::DataTable::kNothing, world);
    AuditMoney(job, row, attempts[i], nodes);
    if (job.requirements == RequirementsTable::kAny) continue;
    const Requirements& needs = world.requirements[job.requirements.index() - 1];
    for (const Attempt& rows : attempts[i]) {
      for (const AttemptRow& part : rows) {
        EXPECT_TRUE(Meets(nodes[part.node].group->nodes, job, needs, world.scenario))
            << "node " << part.node;
      }
    }
  }
  AuditBytes(world, ran);
  AuditCapacity(world, ran, nodes);
  AuditNodes(ran, nodes.size());
}

}  // namespace orrery::testing
