// The reference for placement: a cluster in code, and where a place policy would put a job, found
// by scoring every node by itself, without classes, indices or caches.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "policies/api/registry.h"
#include "sim/base/demand.h"
#include "sim/cluster/state.h"

namespace orrery::testing {

// Every GPU model has a speed of its own; type 7 does not run on model 1.
class ToySpeed final : public policies::SpeedEstimate {
 public:
  double Speed(JobClass, JobTypeId type, GpuModelId reference, uint32_t,
               GpuModelId gpu) const override {
    if (type == JobTypeId(7) && gpu == GpuModelId(1)) return 0;
    return (1.0 + reference.value % 3) / (1.0 + gpu.value);
  }
};

struct ToyOptions {
  uint32_t nodes = 100;
  // Every node a class of its own: no two have the same CPU, memory and ask. Else there are three
  // kinds of nodes.
  bool distinct = true;
  cluster::TieRule tie_rule = cluster::TieRule::kLowestId;
};

class ToyCluster {
 public:
  ToyCluster(const std::string& place, const std::map<std::string, std::string>& parameters,
             const ToyOptions& options, uint64_t seed);

  // A random job of the kinds that the fleet is made for.
  cluster::JobInfo RandomJob();
  uint32_t Dice(uint32_t below) { return static_cast<uint32_t>(random_() % below); }

  // Where the policy would put `job`; nothing where it does not fit.
  std::optional<policies::Placement> Search(const cluster::JobInfo& job) const;
  // Its score on a node; nothing where no replica fits.
  std::optional<double> ScoreOn(const cluster::JobInfo& job, NodeId node) const;
  // Replicas that all nodes together would hold.
  uint64_t Capacity(const cluster::JobInfo& job) const;

  cluster::ClusterState& state() { return *state_; }
  const policies::PlaceTraits& traits() const { return traits_; }

 private:
  struct Candidate {
    double score = 0;
    double attribute = 0;  // of the order inside a class
    float hazard = 0;      // where it settles ties
    NodeId node;
    uint32_t fit = 0;
  };
  void AddNodes(const ToyOptions& options);
  void AddRequirements();
  std::vector<Candidate> Candidates(const cluster::JobInfo& job) const;
  double AttributeOf(NodeId node) const;

  std::mt19937_64 random_;
  std::unique_ptr<policies::PlacePolicy> place_;
  policies::PlaceTraits traits_;
  cluster::TieRule tie_rule_;
  ToySpeed speed_;
  RequirementsTable requirements_;
  std::unique_ptr<cluster::ClusterState> state_;
};

}  // namespace orrery::testing
