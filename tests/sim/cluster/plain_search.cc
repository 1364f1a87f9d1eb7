#include "tests/sim/cluster/plain_search.h"

#include <algorithm>
#include <tuple>

#include "sim/base/check.h"

namespace orrery::testing {

using cluster::ClusterState;
using cluster::JobInfo;
using cluster::TieRule;
using policies::InClassOrder;
using policies::NodeShape;
using policies::Placement;

namespace {

constexpr uint16_t kModels = 3;

cluster::Atlas ToyAtlas() {
  cluster::Atlas atlas;
  for (uint32_t m = 0; m < kModels; ++m) {
    atlas.gpus.push_back({.memory_mib = (m + 1) * 16 * 1024,
                          .fp16_tflops = static_cast<float>(100 * (m + 1)),
                          .bandwidth_gbs = static_cast<float>(500 * (m + 1))});
  }
  atlas.region_country = {"AA", "BB"};
  return atlas;
}

}  // namespace

ToyCluster::ToyCluster(const std::string& place,
                       const std::map<std::string, std::string>& parameters,
                       const ToyOptions& options, uint64_t seed)
    : random_(seed), tie_rule_(options.tie_rule) {
  GivenParams given;
  for (const auto& [key, value] : parameters) given[key] = {value, "test"};
  Params params("place '" + place + "'", given);
  place_ = policies::MakePolicy<policies::PlacePolicy>(place, params);
  ORRERY_CHECK(params.Findings().empty(), params.Findings().front().what);
  traits_ = place_->traits();
  AddRequirements();
  state_ = std::make_unique<ClusterState>(cluster::ClusterConfig{.place = place_.get(),
                                                                 .speed = &speed_,
                                                                 .requirements = &requirements_,
                                                                 .tie_rule = tie_rule_,
                                                                 .atlas = ToyAtlas(),
                                                                 .running_by_end = false});
  AddNodes(options);
}

void ToyCluster::AddNodes(const ToyOptions& options) {
  for (uint32_t n = 0; n < options.nodes; ++n) {
    const uint32_t kind = options.distinct ? Dice(1000) : n % 3;
    cluster::NodeListing node;
    node.shape.gpu_model = GpuModelId(static_cast<uint16_t>(kind % kModels));
    node.shape.gpus = static_cast<uint16_t>(1 + kind % 8);
    node.shape.cpu_milli = 16'000 + (options.distinct ? 13 * n : 1000 * kind);
    node.shape.memory_mib = 65'536 + (options.distinct ? 7 * ((n * 31) % options.nodes) : 0);
    node.shape.region = RegionId(static_cast<uint16_t>(kind / 3 % 2));
    node.shape.owner_kind = static_cast<OwnerKind>(kind / 5 % kOwnerKinds);
    node.shape.tier = static_cast<uint8_t>(kind / 7 % 3);
    node.shape.verified = kind % 4 != 1;
    node.ask = UsdPerHour::Micros(options.distinct ? 300'000 + 1009 * ((n * 17) % options.nodes)
                                                   : 250'000 * Dice(8));
    node.reputation = 0.125f * static_cast<float>(n * 29 % 8);
    node.hazard_per_h = 0.001f * static_cast<float>(Dice(options.distinct ? 1000 : 4));
    state_->AddNode(node);
  }
  state_->Open();
}

void ToyCluster::AddRequirements() {
  std::vector<Requirements> needs(9);
  needs[0].gpu_models.set(2);
  needs[1].min_gpu_memory_mib = 20 * 1024;
  needs[2].max_price = UsdPerHour::Micros(350'000);
  needs[3].countries_barred = {"AA"};
  needs[4].verified_only = true;
  needs[4].min_tier = 1;
  using Kind = Requirements::Preference::Kind;
  needs[5].preferences = {{.kind = Kind::kTier, .value = 2, .weight = 0.25f},
                          {.kind = Kind::kVerified, .value = 0, .weight = 0.125f}};
  needs[6].preferences = {{.kind = Kind::kRegion, .value = 1, .weight = 2}};
  needs[6].max_price = UsdPerHour::Micros(390'000);
  needs[7].min_reputation = 0.375f;
  needs[8].min_reputation = 0.6f;
  needs[8].max_price = UsdPerHour::Micros(390'000);
  for (const Requirements& row : needs) requirements_.Intern(row);
}

JobInfo ToyCluster::RandomJob() {
  JobInfo job;
  job.limit = Duration::Max();
  job.requirements = RequirementsId(Dice(2) == 0 ? 0 : Dice(10));
  switch (Dice(4)) {
    case 0:
      job.demand = {.gpus = 1, .gpu_milli = static_cast<uint16_t>(100 * (1 + Dice(9)))};
      break;
    case 1:
      job.demand = {.gpus = 0};
      break;
    default:
      job.demand = {.gpus = static_cast<uint16_t>(1 + Dice(4))};
  }
  job.demand.cpu_milli = 1000 * Dice(6) + (job.demand.gpus == 0 ? 500 : 0);
  job.demand.memory_mib = 2048 * Dice(8);
  job.replicas = Dice(3) == 0 ? 2 + Dice(12) : 1;
  job.reference_gpu = GpuModelId(static_cast<uint16_t>(Dice(kModels)));
  if (Dice(10) == 0) job.type = JobTypeId(7);
  return job;
}

// Ties go by the order inside a class that the policy asks for, then by the tie rule.
double ToyCluster::AttributeOf(NodeId node) const {
  switch (traits_.in_class) {
    case InClassOrder::kTieRule:
    case InClassOrder::kNodeId:
      return 0;
    case InClassOrder::kAsk:
      return static_cast<double>(state_->ask(node).micros());
    case InClassOrder::kReputation:
      return -static_cast<double>(state_->nodes().reputation(node));
    case InClassOrder::kHazard:
      return static_cast<double>(state_->nodes().hazard_per_h(node));
  }
  return 0;
}

std::optional<double> ToyCluster::ScoreOn(const JobInfo& job, NodeId node) const {
  const NodeShape& shape = state_->node_shape(node);
  const Requirements& needs = requirements_[job.requirements];
  if (!state_->present(node) || !cluster::Eligible(shape, job.demand, needs, state_->atlas()) ||
      (job.demand.gpus > 0 && state_->ask(node) > needs.max_price) ||
      state_->nodes().reputation(node) < needs.min_reputation) {
    return std::nullopt;
  }
  if (job.demand.gpus > 0 && job.type.valid() &&
      speed_.Speed(job.job_class, job.type, job.reference_gpu, job.demand.gpus, shape.gpu_model) ==
          0) {
    return std::nullopt;
  }
  if (policies::FitCount(state_->residual(node), job.demand) == 0) return std::nullopt;
  const policies::TaskShape task{.demand = job.demand,
                                 .requirements = job.requirements,
                                 .client = job.region,
                                 .reference_gpu = job.reference_gpu,
                                 .type = job.type,
                                 .job_class = job.job_class};
  const policies::NodeClass alone{.shape = &shape,
                                  .residual = state_->residual(node),
                                  .count = 1,
                                  .first = node,
                                  .first_ask = state_->ask(node),
                                  .first_reputation = state_->nodes().reputation(node)};
  return place_->Score(task, alone, state_->fleet()) + cluster::PreferencePenalty(shape, needs);
}

std::vector<ToyCluster::Candidate> ToyCluster::Candidates(const JobInfo& job) const {
  std::vector<Candidate> candidates;
  const bool most_reliable =
      tie_rule_ == TieRule::kMostReliable && traits_.in_class != InClassOrder::kNodeId;
  for (uint32_t n = 0; n < state_->node_count(); ++n) {
    const NodeId node(n);
    const std::optional<double> score = ScoreOn(job, node);
    if (!score) continue;
    candidates.push_back({.score = *score,
                          .attribute = AttributeOf(node),
                          .hazard = most_reliable ? state_->nodes().hazard_per_h(node) : 0,
                          .node = node,
                          .fit = policies::FitCount(state_->residual(node), job.demand)});
  }
  std::sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
    return std::tie(a.score, a.attribute, a.hazard, a.node) <
           std::tie(b.score, b.attribute, b.hazard, b.node);
  });
  return candidates;
}

uint64_t ToyCluster::Capacity(const JobInfo& job) const {
  uint64_t sum = 0;
  for (const Candidate& candidate : Candidates(job)) sum += candidate.fit;
  return sum;
}

std::optional<Placement> ToyCluster::Search(const JobInfo& job) const {
  const std::vector<Candidate> candidates = Candidates(job);
  Placement placement;
  uint32_t left = job.replicas;
  for (const Candidate& candidate : candidates) {
    if (left == 0) break;
    const uint32_t here = traits_.pack_replicas ? std::min(candidate.fit, left) : 1;
    placement.push_back({candidate.node, here});
    left -= here;
  }
  // Spread: once more over the same nodes, until all replicas are placed or nothing is left.
  for (bool progress = true; left > 0 && progress;) {
    progress = false;
    for (size_t i = 0; i < placement.size() && left > 0; ++i) {
      if (placement[i].replicas == candidates[i].fit) continue;
      ++placement[i].replicas;
      --left;
      progress = true;
    }
  }
  if (left > 0) return std::nullopt;
  return placement;
}

}  // namespace orrery::testing
