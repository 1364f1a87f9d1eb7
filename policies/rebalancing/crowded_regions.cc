// Jobs leave regions whose GPUs are nearly all taken for regions that have room: what can only run
// there, for the sake of its users or its data, finds a place again.
#include <algorithm>
#include <cstdint>
#include <vector>

#include "policies/api/registry.h"
#include "policies/rebalancing/moves.h"

namespace orrery::policies {
namespace {

class CrowdedRegions final : public RebalancePolicy {
 public:
  explicit CrowdedRegions(Params& params)
      : rules_(params),
        high_(params.Real("high", {.value = 0.9,
                                   .unit = "",
                                   .min = 0,
                                   .max = 1,
                                   .doc = "a region is crowded when more than this share of its "
                                          "GPUs is taken",
                                   .source = "Assumption: crowded_share"})),
        low_(params.Real("low", {.value = 0.7,
                                 .unit = "",
                                 .min = 0,
                                 .max = 1,
                                 .doc = "a region has room while less than this share is taken",
                                 .source = "Assumption: roomy_share"})),
        dearer_(params.Real("dearer", {.value = 0.1,
                                       .unit = "",
                                       .min = 0,
                                       .max = 10,
                                       .doc = "share by which the same work may cost more where a "
                                              "job goes",
                                       .source = "Assumption: move_price"})) {
    if (low_ > high_) params.Complain("low", "at most high");
  }

  Duration period() const override { return rules_.period(); }

  void Run(RebalancePass& pass) override {
    const ClusterView& view = pass.view();
    Count(view);
    if (!AnyCrowded()) return;
    std::vector<Candidate> candidates;
    for (const JobSlot slot : MovableJobs(view, rules_)) {
      const JobInfo& job = view.job(slot);
      Candidate candidate{.slot = slot, .id = job.id, .load = 0, .progress = {}};
      for (const NodeGrant& grant : view.grants(slot)) {
        candidate.load = std::max(candidate.load, LoadOf(RegionOf(view, grant.node)));
      }
      if (job.demand.gpus == 0 || candidate.load <= high_) continue;
      // A job that ends before another move would be allowed makes room by itself.
      if (!ProgressOf(pass, job, &candidate.progress)) continue;
      if (candidate.progress.TimeLeftS() < rules_.cooldown().seconds()) continue;
      candidates.push_back(candidate);
    }
    // Of the most crowded region first; there, who would stay longest.
    std::sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
      if (a.load != b.load) return a.load > b.load;
      const double left_a = a.progress.TimeLeftS(), left_b = b.progress.TimeLeftS();
      return left_a != left_b ? left_a > left_b : a.id < b.id;
    });
    size_t moves = 0;
    for (const Candidate& candidate : candidates) {
      if (moves < rules_.at_once()) moves += Move(pass, candidate);
    }
  }

 private:
  struct Region {
    uint64_t there_milli = 0;
    uint64_t taken_milli = 0;
  };
  struct Candidate {
    JobSlot slot;
    JobId id;
    double load;  // of the most crowded region that it is in, when looked at
    Progress progress;
  };

  // Nodes without a place are one region.
  static size_t RegionOf(const ClusterView& view, NodeId node) {
    const RegionId region = view.node_shape(node).region;
    return region.valid() ? region.index() + 1 : 0;
  }
  double LoadOf(size_t region) const {
    const Region& of = regions_[region];
    if (of.there_milli == 0) return 0;
    return static_cast<double>(of.taken_milli) / static_cast<double>(of.there_milli);
  }

  // O(nodes).
  void Count(const ClusterView& view) {
    regions_.assign(regions_.size(), {});
    for (uint32_t n = 0; n < view.node_count(); ++n) {
      const NodeId node(n);
      const size_t region = RegionOf(view, node);
      if (region >= regions_.size()) regions_.resize(region + 1);
      if (!view.present(node)) continue;
      const uint64_t milli = view.node_shape(node).gpus * 1000u;
      regions_[region].there_milli += milli;
      regions_[region].taken_milli += milli - view.residual(node).gpu_milli();
    }
  }
  bool AnyCrowded() const {
    for (size_t region = 0; region < regions_.size(); ++region) {
      if (LoadOf(region) > high_) return true;
    }
    return false;
  }
  std::vector<NodeId> WithoutRoom(const ClusterView& view) const {
    std::vector<NodeId> nodes;
    for (uint32_t n = 0; n < view.node_count(); ++n) {
      const NodeId node(n);
      if (view.node_shape(node).gpus == 0 || !view.present(node)) continue;
      if (LoadOf(RegionOf(view, node)) >= low_) nodes.push_back(node);
    }
    return nodes;
  }

  // Earlier moves count as if they were done: a region stops being crowded, another one gets full.
  bool Move(RebalancePass& pass, const Candidate& candidate) {
    const ClusterView& view = pass.view();
    const JobInfo& job = view.job(candidate.slot);
    const std::span<const NodeGrant> grants = view.grants(candidate.slot);
    const bool crowded = std::any_of(grants.begin(), grants.end(), [&](const NodeGrant& grant) {
      return LoadOf(RegionOf(view, grant.node)) > high_;
    });
    Offer offer;
    if (!crowded || !pass.PlaceElsewhere(job, WithoutRoom(view), &offer)) return false;
    const Progress& progress = candidate.progress;
    if (offer.speed < progress.rate) return false;
    const double usd = UsdPerHourFor(job, grants) / progress.rate;  // for an hour's work
    if (offer.usd_per_h / offer.speed > (1 + dearer_) * usd) return false;
    if (!pass.Migrate(job, offer.nodes)) return false;
    const uint64_t milli = job.demand.total_gpu_milli();
    for (const NodeGrant& grant : grants) {
      regions_[RegionOf(view, grant.node)].taken_milli -= milli * grant.replicas;
    }
    for (const auto& part : offer.nodes) {
      regions_[RegionOf(view, part.node)].taken_milli += milli * part.replicas;
    }
    return true;
  }

  MoveRules rules_;
  double high_, low_, dearer_;
  std::vector<Region> regions_;  // as of this look
};

ORRERY_REGISTER_POLICY(
    RebalancePolicy, CrowdedRegions, "crowded_regions",
    "A job leaves a region whose GPUs are nearly all taken, the most crowded first, for one that "
    "has room, if it is not slower there and costs about the same.",
    "Kubernetes descheduler, LowNodeUtilization: from over- to underutilised; by region: "
    "Assumption: load_of_a_region");

}  // namespace
}  // namespace orrery::policies
