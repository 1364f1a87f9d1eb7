#include "models/network/flows.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <map>
#include <vector>

#include "sim/base/random.h"

namespace orrery::network {
namespace {

using Flows = std::vector<FlowNet::FlowId>;
using Links = std::vector<FlowNet::LinkId>;

constexpr int64_t kFree = int64_t{1} << 40;  // a cap that never binds

Flows Settled(FlowNet& net) {
  Flows changed;
  net.Settle(&changed);
  return changed;
}

TEST(FlowNetTest, OneLinkIsSharedAlike) {
  FlowNet net;
  const auto link = net.AddLink(900);
  const auto a = net.Add(Links{link}, kFree), b = net.Add(Links{link}, kFree);
  const auto c = net.Add(Links{link}, kFree);
  EXPECT_EQ(Settled(net), (Flows{a, b, c}));
  EXPECT_EQ(net.rate(a), 300);
  EXPECT_EQ(net.rate(b), 300);
  net.Remove(b);
  EXPECT_EQ(Settled(net), (Flows{a, c}));
  EXPECT_EQ(net.rate(c), 450);
}

// Bertsekas and Gallager, figure 6.15's kind: a long flow over three links, one short flow on each.
// The narrowest link decides for the long one; the others take what it leaves.
TEST(FlowNetTest, ThreeLinksAndFourFlows) {
  FlowNet net;
  const auto x = net.AddLink(100), y = net.AddLink(200), z = net.AddLink(300);
  const auto whole = net.Add(Links{x, y, z}, kFree);
  const auto on_x = net.Add(Links{x}, kFree), on_y = net.Add(Links{y}, kFree);
  const auto on_z = net.Add(Links{z}, kFree);
  Settled(net);
  EXPECT_EQ(net.rate(whole), 50);
  EXPECT_EQ(net.rate(on_x), 50);
  EXPECT_EQ(net.rate(on_y), 150);
  EXPECT_EQ(net.rate(on_z), 250);
  // Without its neighbour on x the long flow has half of y.
  net.Remove(on_x);
  Settled(net);
  EXPECT_EQ(net.rate(whole), 100);
  EXPECT_EQ(net.rate(on_y), 100);
  EXPECT_EQ(net.rate(on_z), 200);
}

TEST(FlowNetTest, WhatACappedFlowLeavesGoesToTheOthers) {
  FlowNet net;
  const auto link = net.AddLink(1000);
  const auto slow = net.Add(Links{link}, 100), a = net.Add(Links{link}, kFree);
  const auto b = net.Add(Links{link}, 700);
  Settled(net);
  EXPECT_EQ(net.rate(slow), 100);
  EXPECT_EQ(net.rate(a), 450);
  EXPECT_EQ(net.rate(b), 450);
}

TEST(FlowNetTest, WithoutLinksTheCapIsTheRate) {
  FlowNet net;
  const auto flow = net.Add(Links{}, 42);
  EXPECT_EQ(Settled(net), Flows{flow});
  EXPECT_EQ(net.rate(flow), 42);
}

TEST(FlowNetTest, OthersAreNotTouched) {
  FlowNet net;
  const auto here = net.AddLink(100), there = net.AddLink(100);
  net.Add(Links{here}, kFree);
  for (int i = 0; i < 50; ++i) net.Add(Links{there}, kFree);
  Settled(net);
  const uint64_t before = net.looked_at();
  net.Add(Links{here}, kFree);
  EXPECT_EQ(Settled(net).size(), 2u);
  EXPECT_EQ(net.looked_at() - before, 2u);
}

TEST(FlowNetTest, AWideLinkJoinsNobody) {
  FlowNet net;
  const auto wide = net.AddLink(1'000'000), narrow = net.AddLink(10);
  for (int i = 0; i < 50; ++i) net.Add(Links{wide}, 100);
  Settled(net);
  const uint64_t before = net.looked_at();
  const auto one = net.Add(Links{wide, narrow}, 100), two = net.Add(Links{wide, narrow}, 100);
  EXPECT_EQ(Settled(net), (Flows{one, two}));
  EXPECT_EQ(net.looked_at() - before, 2u);
  EXPECT_EQ(net.rate(one), 5);
}

TEST(FlowNetTest, ALinkThatGetsWideEnoughSetsItsFlowsFree) {
  FlowNet net;
  const auto link = net.AddLink(250);
  const auto a = net.Add(Links{link}, 100), b = net.Add(Links{link}, 100);
  const auto c = net.Add(Links{link}, 100);
  Settled(net);
  EXPECT_NEAR(net.rate(a), 250.0 / 3, 1e-9);
  net.Remove(c);
  EXPECT_EQ(Settled(net), (Flows{a, b}));
  EXPECT_EQ(net.rate(a), 100);
  EXPECT_EQ(net.rate(b), 100);
}

// ---- Random instances, against a solver that knows no shortcut.

struct Instance {
  std::vector<int64_t> capacities;
  std::map<FlowNet::FlowId, std::pair<Links, int64_t>> flows;
};

// Progressive filling in the plainest way.
std::map<FlowNet::FlowId, double> Plain(const Instance& instance) {
  std::map<FlowNet::FlowId, double> rates;
  std::vector<double> left(instance.capacities.begin(), instance.capacities.end());
  while (rates.size() < instance.flows.size()) {
    std::vector<int> open(left.size());
    for (const auto& [id, flow] : instance.flows) {
      if (rates.contains(id)) continue;
      for (const auto link : flow.first) ++open[link];
    }
    double level = std::numeric_limits<double>::infinity();
    for (size_t link = 0; link < left.size(); ++link) {
      if (open[link] > 0) level = std::min(level, left[link] / open[link]);
    }
    std::vector<FlowNet::FlowId> stopping;
    for (const auto& [id, flow] : instance.flows) {
      if (!rates.contains(id)) level = std::min(level, static_cast<double>(flow.second));
    }
    for (const auto& [id, flow] : instance.flows) {
      if (rates.contains(id)) continue;
      bool stops = static_cast<double>(flow.second) <= level;
      for (const auto link : flow.first) stops |= left[link] / open[link] <= level * (1 + 1e-12);
      if (stops) stopping.push_back(id);
    }
    for (const auto id : stopping) {
      rates[id] = level;
      for (const auto link : instance.flows.at(id).first) left[link] -= level;
    }
  }
  return rates;
}

// Each flow is at its cap, or passes a full link on which nobody has more.
void ExpectBottlenecks(const Instance& instance, const FlowNet& net) {
  std::vector<double> load(instance.capacities.size()), most(instance.capacities.size());
  for (const auto& [id, flow] : instance.flows) {
    for (const auto link : flow.first) {
      load[link] += net.rate(id);
      most[link] = std::max(most[link], net.rate(id));
    }
  }
  for (size_t link = 0; link < load.size(); ++link) {
    EXPECT_LE(load[link], static_cast<double>(instance.capacities[link]) * (1 + 1e-9));
  }
  for (const auto& [id, flow] : instance.flows) {
    const double rate = net.rate(id);
    bool bound = rate == static_cast<double>(flow.second);
    for (const auto link : flow.first) {
      bound |= load[link] >= static_cast<double>(instance.capacities[link]) * (1 - 1e-9) &&
               rate >= most[link] * (1 - 1e-9);
    }
    EXPECT_TRUE(bound) << "flow " << id << " at " << rate;
  }
}

TEST(FlowNetTest, AgreesWithAPlainSolverWhileFlowsComeAndGo) {
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    Draw draw = RandomStreams(seed, 0).Stream("flows").At(0);
    const auto dice = [&](uint64_t below) { return draw.UniformInt(below); };
    FlowNet net;
    Instance instance;
    for (uint64_t i = 0; i < 3 + seed % 10; ++i) {
      instance.capacities.push_back(static_cast<int64_t>(1 + dice(1000)));
      net.AddLink(instance.capacities.back());
    }
    for (int step = 0; step < 60; ++step) {
      for (uint64_t changes = 1 + dice(3); changes > 0; --changes) {
        if (!instance.flows.empty() && dice(3) == 0) {
          const auto victim = std::next(instance.flows.begin(),
                                        static_cast<std::ptrdiff_t>(dice(instance.flows.size())));
          net.Remove(victim->first);
          instance.flows.erase(victim);
          continue;
        }
        Links links;
        for (uint32_t link = 0; link < instance.capacities.size() && links.size() < 4; ++link) {
          if (dice(3) == 0) links.push_back(link);
        }
        const auto cap = static_cast<int64_t>(1 + dice(dice(2) == 0 ? 100 : 100'000));
        instance.flows[net.Add(links, cap)] = {links, cap};
      }
      Flows changed;
      net.Settle(&changed);
      EXPECT_TRUE(std::is_sorted(changed.begin(), changed.end()));
      ExpectBottlenecks(instance, net);
      for (const auto& [id, rate] : Plain(instance)) {
        ASSERT_NEAR(net.rate(id), rate, 1e-9 * (1 + rate)) << "seed " << seed << " step " << step;
      }
    }
  }
}

}  // namespace
}  // namespace orrery::network
