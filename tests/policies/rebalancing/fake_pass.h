// A look at a few running jobs of one GPU, with whatever monitors are to tell of them.
#pragma once

#include <algorithm>
#include <limits>
#include <map>
#include <utility>
#include <vector>

#include "policies/api/rebalance.h"
#include "tests/policies/testing/fake_cluster.h"
#include "tests/policies/testing/schedule.h"

namespace orrery::policies::testing {

// Job `job` went to node `node`.
using Moves = std::vector<std::pair<uint32_t, uint32_t>>;

class FakePass : public RebalancePass, public Monitor {
 public:
  // `nodes` nodes of a GPU each; node n claims GPU model n, and is in regions[n] if there is one.
  explicit FakePass(uint32_t nodes, const std::vector<RegionId>& regions = {}) {
    for (uint32_t n = 0; n < nodes; ++n) {
      NodeShape shape;
      if (n < regions.size()) shape.region = regions[n];
      shape.gpu_model = GpuModelId(static_cast<uint16_t>(n));
      shape.gpus = 1;
      cluster.AddNode(shape);
    }
  }

  // A job that began at 0, on that node, with work for so many seconds, of which it has done `done`
  // times the time that has passed.
  JobSlot Add(uint32_t node, double work_s, double done) {
    JobInfo job;
    job.id = JobId(static_cast<uint32_t>(rates_.size()));
    job.estimate = Duration::FromSeconds(work_s);
    job.limit = Duration::Max();
    job.demand.gpus = 1;
    job.speed = cluster.Speed(job, GpuModelId(static_cast<uint16_t>(node)));
    const JobSlot slot = cluster.AddJob(job);
    cluster.Start(slot, {{NodeId(node), 1}});
    rates_.push_back(done);
    return slot;
  }
  Moves Ask(RebalancePolicy& policy, double now_s) {
    cluster.set_now(SimTime::FromSeconds(now_s));
    moves_.clear();
    promised_.clear();
    policy.Run(*this);
    return moves_;
  }

  const ClusterView& view() const override { return cluster; }
  const Monitor& monitor() const override { return *this; }
  Duration Done(const JobInfo& job) const override {
    return Duration::FromSeconds(rates_[job.id.index()] *
                                 (cluster.now() - job.run_start).seconds());
  }
  double Pace(const JobInfo& job, const NodeGrant&) const override {
    return rates_[job.id.index()] / job.speed;
  }
  double TemperatureC(const JobInfo&, const NodeGrant& grant) const override {
    const auto found = celsius.find(grant.node.value);
    return found == celsius.end() ? std::numeric_limits<double>::quiet_NaN() : found->second;
  }
  bool PlaceElsewhere(const JobInfo& job, std::span<const NodeId> avoid, Offer* offer) override {
    for (uint32_t n = 0; n < cluster.node_count(); ++n) {
      const auto is = [n](NodeId node) { return node.value == n; };
      if (!cluster.present(NodeId(n)) || std::any_of(avoid.begin(), avoid.end(), is)) continue;
      if (std::any_of(promised_.begin(), promised_.end(), is)) continue;
      const bool own = cluster.grants(job.slot)[0].node == NodeId(n);
      if (!own && FitCount(cluster.residual(NodeId(n)), job.demand) == 0) continue;
      offer->nodes = {{NodeId(n), 1}};
      offer->speed = cluster.Speed(job, GpuModelId(static_cast<uint16_t>(n)));
      offer->usd_per_h = cluster.ask(NodeId(n)).dollars();
      return true;
    }
    return false;
  }
  bool Migrate(const JobInfo& job, const Placement& nodes) override {
    moves_.emplace_back(job.id.value, nodes[0].node.value);
    promised_.push_back(nodes[0].node);
    return true;
  }

  FakeCluster cluster;
  std::map<uint32_t, double> celsius;  // by node

 private:
  std::vector<double> rates_;  // by job
  Moves moves_;
  std::vector<NodeId> promised_;
};

}  // namespace orrery::policies::testing
