// The contract of every registered policy, role by role, on a cluster at one moment: it leaves the
// view as it was, and answers the same when asked again.
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "policies/api/allocate.h"
#include "policies/api/backfill.h"
#include "policies/api/market.h"
#include "policies/api/order.h"
#include "policies/api/preempt.h"
#include "policies/api/rebalance.h"
#include "policies/api/registry.h"
#include "sim/cluster/state.h"

namespace orrery::policies {
namespace {

using cluster::ClusterState;

template <typename Role>
std::unique_ptr<Role> Make(const std::string& name) {
  Params params;
  return MakePolicy<Role>(name, params);
}

// Every word that a policy can read, in the order in which it reads them.
class Transcript final : public JobVisitor {
 public:
  explicit Transcript(const ClusterView& view) : view_(view) {
    Add(view.now().nanos(), view.freed_epoch(), view.waiting_count(), view.running_count());
    for (uint32_t n = 0; n < view.node_count(); ++n) {
      const NodeId node(n);
      const Residual left = view.residual(node);
      Add(view.present(node), view.ask(node).micros(), left.cpu_milli, left.memory_mib,
          left.whole_gpus, left.gpu_milli());
    }
    view.VisitWaiting(*this);
    view.VisitRunning(*this);
  }

  bool Visit(const JobInfo& job) override {
    Add(job.id.value, job.slot.value, static_cast<int>(job.phase), job.submit.nanos(),
        job.attempt_start.nanos(), job.run_start.nanos(), job.estimate.nanos(), job.done.nanos(),
        job.attempts, job.preemptions, job.priority, job.replicas, view_.Fits(job));
    for (const NodeGrant& grant : view_.grants(job.slot)) {
      Add(grant.node.value, grant.replicas, grant.gpu_mask, grant.price.micros());
    }
    return true;
  }

  bool operator==(const Transcript& other) const { return words_ == other.words_; }

 private:
  template <typename... Words>
  void Add(Words... words) {
    (words_.push_back(static_cast<int64_t>(words)), ...);
  }
  const ClusterView& view_;
  std::vector<int64_t> words_;
};

// Four nodes of four GPUs, all of them taken; eight jobs wait. Ten minutes have passed.
class ViewContractTest : public ::testing::TestWithParam<PolicyInfo> {
 protected:
  ViewContractTest() : order_(Make<OrderPolicy>("fifo")) {
    const bool place = GetParam().role == "place";
    place_ = Make<PlacePolicy>(place ? GetParam().name : "first_fit");
    state_ = std::make_unique<ClusterState>(cluster::ClusterConfig{.place = place_.get(),
                                                                   .speed = nullptr,
                                                                   .requirements = &requirements_,
                                                                   .atlas = {},
                                                                   .running_by_end = true});
    for (uint32_t n = 0; n < 4; ++n) {
      cluster::NodeListing node;
      node.shape.gpu_model = GpuModelId(0);
      node.shape.gpus = 4;
      node.ask = UsdPerHour::Micros(1'000'000 + n);
      state_->AddNode(node);
    }
    state_->Open();
    for (uint32_t i = 0; i < 16; ++i) Start(AddJob(i, 0));
    state_->set_now(SimTime::FromSeconds(600));
    for (uint32_t i = 16; i < 24; ++i) {
      const JobSlot slot = AddJob(i, 9);
      state_->mutable_job(slot).tie = i;
      state_->Enqueue(slot, order_->Key(state_->job(slot), state_->now()));
      waiting_.push_back(slot);
    }
  }

  JobSlot AddJob(uint32_t id, int32_t priority) {
    JobInfo job;
    job.id = JobId(id);
    job.submit = SimTime::FromSeconds(id);
    job.estimate = Duration::Seconds(priority > 0 ? 100 : 3600 + id);
    job.limit = Duration::Max();
    job.deadline = SimTime::FromSeconds(9000 - id);
    job.budget = Usd::Micros(-1);
    job.demand.gpus = 1;
    job.replicas = priority > 0 ? 1 + id % 3 : 1;
    job.requirements = RequirementsTable::kAny;
    job.user = UserId(id % 3);
    job.priority = priority;
    return state_->AddJob(job);
  }

  void Start(JobSlot slot) {
    Placement placement;
    ASSERT_TRUE(Place(state_->job(slot), &placement));
    state_->TakeNodes(slot, placement);
    JobInfo& job = state_->mutable_job(slot);
    job.phase = JobPhase::kRunning;
    state_->RefreshExpectedEnd(slot);
    running_.push_back(slot);
  }

  bool Place(const JobInfo& job, Placement* placement) const {
    Draw draw = RandomStreams(1, 0).Stream("test/place", job.id.value).At(0);
    return state_->Place(job, draw, placement);
  }

  const JobInfo& head() const { return state_->job(waiting_.front()); }

  // Asks twice; the answers must be the same and the view as before.
  template <typename Ask>
  void ExpectAskingChangesNothing(Ask ask) {
    const Transcript before(*state_);
    const auto answer = ask();
    EXPECT_EQ(ask(), answer);
    EXPECT_TRUE(Transcript(*state_) == before);
  }

  RequirementsTable requirements_;
  std::unique_ptr<OrderPolicy> order_;
  std::unique_ptr<PlacePolicy> place_;
  std::unique_ptr<ClusterState> state_;
  std::vector<JobSlot> running_, waiting_;

 public:
  void Order() {
    const auto order = Make<OrderPolicy>(GetParam().name);
    ExpectAskingChangesNothing([&] {
      std::vector<int64_t> keys;
      for (const auto* slots : {&running_, &waiting_}) {
        for (JobSlot slot : *slots) {
          const OrderKey key = order->Key(state_->job(slot), state_->now());
          const SimTime next = order->NextKeyChange(state_->job(slot), state_->now());
          EXPECT_GT(next, state_->now());
          keys.insert(keys.end(), {key.major, key.minor, next.nanos()});
        }
      }
      return keys;
    });
  }

  void PlaceRole() {
    for (JobSlot slot : {running_[3], running_[9]}) state_->GiveNodes(slot);
    ExpectAskingChangesNothing([&] {
      std::vector<std::pair<bool, Placement>> placements;
      for (JobSlot slot : waiting_) {
        placements.emplace_back();
        placements.back().first = Place(state_->job(slot), &placements.back().second);
      }
      return placements;
    });
  }

  void Preempt() {
    const auto preempt = Make<PreemptPolicy>(GetParam().name);
    const auto srtf = Make<OrderPolicy>("srtf");
    ExpectAskingChangesNothing([&] {
      std::vector<JobSlot> victims;
      preempt->SelectVictims(*state_, *srtf, head(), &victims);
      EXPECT_EQ(victims.size(), head().replicas);
      return victims;
    });
    ExpectAskingChangesNothing([&] { return preempt->NextCheck(*state_, *srtf, head()); });
  }

  void Allocate() {
    const auto allocate = Make<AllocatePolicy>(GetParam().name);
    std::vector<JobSlot> jobs = running_;
    jobs.insert(jobs.end(), waiting_.begin(), waiting_.end());
    ExpectAskingChangesNothing([&] {
      std::vector<Target> targets;
      allocate->Allocate(*state_, jobs, &targets);
      std::map<uint32_t, double> shares;
      for (const Target& target : targets) {
        EXPECT_TRUE(shares.emplace(target.job.value, target.time_share).second) << "named twice";
        EXPECT_GT(target.time_share, 0);
        EXPECT_LE(target.time_share, 1);
      }
      EXPECT_FALSE(shares.empty());
      return shares;
    });
  }

  void Backfill();
  void Rebalance();

  void Market() {
    class Asks final : public MarketView {
     public:
      explicit Asks(const ClusterState& state) : state_(state) {}
      SimTime now() const override { return state_.now(); }
      UsdPerHour ask(NodeId node) const override { return state_.ask(node); }
      UsdPerHour max_bid(const JobInfo&) const override { return UsdPerHour::Micros(INT64_MAX); }
      Usd budget(const JobInfo& job) const override { return job.budget; }

     private:
      const ClusterState& state_;
    };
    const auto market = Make<MarketPolicy>(GetParam().name);
    const Asks asks(*state_);
    ExpectAskingChangesNothing([&] {
      std::vector<int64_t> prices;
      for (uint32_t n = 0; n < state_->node_count(); ++n) {
        prices.push_back(market->QuoteFor(asks, head(), NodeId(n)).price.micros());
        EXPECT_GE(prices.back(), 0);
      }
      return prices;
    });
  }
};

// A pass over the waiting jobs in which nothing fits, so that nothing may start.
class FullPass final : public BackfillPass {
 public:
  FullPass(const ClusterState* state, const std::vector<JobSlot>* waiting)
      : state_(state), waiting_(waiting) {}

  const ClusterView& view() const override { return *state_; }
  const JobInfo& head() const override { return state_->job(waiting_->front()); }
  const JobInfo* Next(bool only_new, bool only_fitting) override {
    while (!only_new && next_ < waiting_->size()) {
      const JobInfo& job = state_->job((*waiting_)[next_++]);
      if (!only_fitting || state_->Fits(job)) return &job;
    }
    return nullptr;
  }
  const JobInfo* NextPassing(Sieve& sieve) override {
    const JobInfo* job = Next(/*only_new=*/false, /*only_fitting=*/true);
    while (job != nullptr && !sieve.Passes(*job)) job = Next(false, true);
    return job;
  }
  bool Place(const JobInfo& job, Placement* placement) override {
    Draw draw = RandomStreams(1, 0).Stream("test/place", job.id.value).At(0);
    return state_->Place(job, draw, placement);
  }
  bool Start(const JobInfo&, const Placement&) override {
    ++started;
    return true;
  }

  int started = 0;

 private:
  const ClusterState* state_;
  const std::vector<JobSlot>* waiting_;
  size_t next_ = 1;
};

void ViewContractTest::Backfill() {
  const auto backfill = Make<BackfillPolicy>(GetParam().name);
  ExpectAskingChangesNothing([&] {
    FullPass pass(state_.get(), &waiting_);
    backfill->Run(pass);
    EXPECT_EQ(pass.started, 0);
    return pass.started;
  });
}

// A look at running jobs that get on at a tenth of their pace, on boards at 99 °C; every one may
// go to node 0.
class SlowPass final : public RebalancePass, public Monitor {
 public:
  explicit SlowPass(const ClusterState* state) : state_(state) {}

  const ClusterView& view() const override { return *state_; }
  const Monitor& monitor() const override { return *this; }
  Duration Done(const JobInfo& job) const override {
    return Duration::Nanos((state_->now() - job.run_start).nanos() / 10);
  }
  double Pace(const JobInfo&, const NodeGrant&) const override { return 0.1; }
  double TemperatureC(const JobInfo&, const NodeGrant&) const override { return 99; }
  bool PlaceElsewhere(const JobInfo& job, std::span<const NodeId>, Offer* offer) override {
    offer->nodes = {{NodeId(0), job.replicas}};
    offer->usd_per_h = 1e-3;
    return true;
  }
  bool Migrate(const JobInfo& job, const Placement&) override {
    moved.push_back(job.slot);
    return true;
  }

  std::vector<JobSlot> moved;

 private:
  const ClusterState* state_;
};

void ViewContractTest::Rebalance() {
  state_->set_now(SimTime::FromSeconds(3000));
  const auto rebalance = Make<RebalancePolicy>(GetParam().name);
  EXPECT_GT(rebalance->period(), Duration());
  for (const JobSlot slot : running_) {
    for (NodeGrant& grant : state_->mutable_grants(slot)) {
      grant.price = UsdPerHour::FromDollars(1);
    }
  }
  ExpectAskingChangesNothing([&] {
    SlowPass pass(state_.get());
    rebalance->Run(pass);
    EXPECT_FALSE(pass.moved.empty());
    return pass.moved;
  });
}

TEST_P(ViewContractTest, LeavesTheViewAsItWas) {
  const std::string& role = GetParam().role;
  if (role == OrderPolicy::kRole) return Order();
  if (role == PlacePolicy::kRole) return PlaceRole();
  if (role == PreemptPolicy::kRole) return Preempt();
  if (role == AllocatePolicy::kRole) return Allocate();
  if (role == BackfillPolicy::kRole) return Backfill();
  if (role == MarketPolicy::kRole) return Market();
  if (role == RebalancePolicy::kRole) return Rebalance();
  FAIL() << "a role without a contract: " << role;
}

// Those that see the cluster; services' do not.
std::vector<PolicyInfo> AllPolicies() {
  std::vector<PolicyInfo> policies = ListPolicies();
  std::erase_if(policies, [](const PolicyInfo& policy) {
    return policy.name == kNoPolicy || policy.role == "route" || policy.role == "autoscale";
  });
  return policies;
}

INSTANTIATE_TEST_SUITE_P(Every, ViewContractTest, ::testing::ValuesIn(AllPolicies()),
                         [](const auto& test) { return test.param.role + "_" + test.param.name; });

}  // namespace
}  // namespace orrery::policies
