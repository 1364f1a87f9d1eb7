#include "models/network/paces.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <map>
#include <vector>

#include "sim/base/random.h"

namespace orrery::network {
namespace {

using Gangs = std::vector<PaceNet::GangId>;
using Loads = std::vector<PaceNet::Load>;

Gangs Settled(PaceNet& net) {
  Gangs changed;
  net.Settle(&changed);
  return changed;
}

TEST(PaceNetTest, TwoGangsThatAskForSixTenthsGoAtFiveSixths) {
  PaceNet net;
  const auto link = net.AddLink(1000);
  const auto a = net.Add(Loads{{link, 600}});
  EXPECT_EQ(Settled(net), Gangs{});
  EXPECT_EQ(net.pace(a), 1);
  const auto b = net.Add(Loads{{link, 600}});
  EXPECT_EQ(Settled(net), (Gangs{a, b}));
  EXPECT_DOUBLE_EQ(net.pace(a), 5.0 / 6);
  EXPECT_DOUBLE_EQ(net.pace(b), 5.0 / 6);
  net.Remove(a);
  EXPECT_EQ(Settled(net), Gangs{b});
  EXPECT_EQ(net.pace(b), 1);
}

// In proportion each would get 1000 / 1600 of what it asks for.
TEST(PaceNetTest, WhoAsksForLittleGetsIt) {
  PaceNet net;
  const auto link = net.AddLink(1000);
  const auto small = net.Add(Loads{{link, 200}}), middle = net.Add(Loads{{link, 500}});
  const auto large = net.Add(Loads{{link, 900}});
  EXPECT_EQ(Settled(net), (Gangs{middle, large}));
  EXPECT_EQ(net.pace(small), 1);
  EXPECT_DOUBLE_EQ(net.pace(middle), 400.0 / 500);
  EXPECT_DOUBLE_EQ(net.pace(large), 400.0 / 900);
}

// `both` is held back by the narrower link to 300 and sends half of that over the wider one, which
// has 750 left for the gang that is there alone.
TEST(PaceNetTest, AGangOnTwoLinksGoesAtThePaceOfTheNarrower) {
  PaceNet net;
  const auto narrow = net.AddLink(600), wide = net.AddLink(900);
  const auto both = net.Add(Loads{{narrow, 500}, {wide, 250}});
  const auto here = net.Add(Loads{{narrow, 400}}), there = net.Add(Loads{{wide, 800}});
  Settled(net);
  EXPECT_DOUBLE_EQ(net.pace(both), 300.0 / 500);
  EXPECT_DOUBLE_EQ(net.pace(here), 300.0 / 400);
  EXPECT_DOUBLE_EQ(net.pace(there), 750.0 / 800);
}

TEST(PaceNetTest, OthersAreNotTouched) {
  PaceNet net;
  const auto here = net.AddLink(100), there = net.AddLink(100), wide = net.AddLink(100'000);
  for (int i = 0; i < 50; ++i) net.Add(Loads{{there, 30}, {wide, 30}});
  Settled(net);
  const uint64_t before = net.looked_at();
  const auto first = net.Add(Loads{{here, 80}, {wide, 20}});
  EXPECT_EQ(Settled(net), Gangs{});
  EXPECT_EQ(net.looked_at(), before);
  const auto second = net.Add(Loads{{here, 80}, {wide, 20}});
  EXPECT_EQ(Settled(net), (Gangs{first, second}));
  EXPECT_EQ(net.looked_at() - before, 2u);
}

TEST(PaceNetTest, ALinkThatCarriesLessSlowsItsGangs) {
  PaceNet net;
  const auto link = net.AddLink(1000);
  const auto gang = net.Add(Loads{{link, 800}});
  Settled(net);
  net.Resize(link, 200);
  EXPECT_EQ(Settled(net), Gangs{gang});
  EXPECT_DOUBLE_EQ(net.pace(gang), 0.25);
  net.Resize(link, 1000);
  EXPECT_EQ(Settled(net), Gangs{gang});
  EXPECT_EQ(net.pace(gang), 1);
}

// ---- Random instances, against a solver that knows no shortcut.

struct Instance {
  std::vector<int64_t> capacities;
  std::map<PaceNet::GangId, Loads> gangs;

  double MostOf(PaceNet::GangId id) const {
    int64_t most = 0;
    for (const auto& load : gangs.at(id)) most = std::max(most, load.bytes_s);
    return static_cast<double>(most);
  }
  // What each link carries at these paces.
  std::vector<double> Carried(const std::map<PaceNet::GangId, double>& paces) const {
    std::vector<double> carried(capacities.size());
    for (const auto& [id, loads] : gangs) {
      for (const auto& load : loads) {
        carried[load.link] += paces.at(id) * static_cast<double>(load.bytes_s);
      }
    }
    return carried;
  }
  bool Full(size_t link, double carried) const {
    return carried >= static_cast<double>(capacities[link]) * (1 - 1e-11);
  }
};

// The highest common level of those that are not settled is found by halving; who passes a link
// that is full then, or goes at its full speed, is settled there.
std::map<PaceNet::GangId, double> Plain(const Instance& instance) {
  std::map<PaceNet::GangId, double> settled;
  const auto paces_at = [&](double level) {
    std::map<PaceNet::GangId, double> paces = settled;
    for (const auto& [id, loads] : instance.gangs) {
      if (loads.empty()) paces[id] = 1;
      paces.try_emplace(id, std::min(1.0, level / instance.MostOf(id)));
    }
    return paces;
  };
  while (settled.size() < instance.gangs.size()) {
    double low = 0, high = 2e6;
    for (int i = 0; i < 100; ++i) {
      const double middle = (low + high) / 2;
      const std::vector<double> carried = instance.Carried(paces_at(middle));
      bool fits = true;
      for (size_t link = 0; link < carried.size(); ++link) {
        fits &= carried[link] <= static_cast<double>(instance.capacities[link]) * (1 + 1e-13);
      }
      (fits ? low : high) = middle;
    }
    const auto paces = paces_at(low);
    const std::vector<double> carried = instance.Carried(paces);
    for (const auto& [id, loads] : instance.gangs) {
      bool stops = paces.at(id) == 1;
      for (const auto& load : loads) stops |= instance.Full(load.link, carried[load.link]);
      if (stops) settled.try_emplace(id, paces.at(id));
    }
  }
  return settled;
}

// No link carries more than it can, and each gang goes at its full speed or passes a full link on
// which nobody who could be slower for its sake sends more, each on the link of its greatest load.
void ExpectFair(const Instance& instance, const PaceNet& net) {
  std::map<PaceNet::GangId, double> paces;
  for (const auto& [id, loads] : instance.gangs) paces[id] = net.pace(id);
  const std::vector<double> carried = instance.Carried(paces);
  std::vector<double> most(carried.size());
  for (const auto& [id, loads] : instance.gangs) {
    for (const auto& load : loads) {
      most[load.link] = std::max(most[load.link], paces[id] * instance.MostOf(id));
    }
  }
  for (size_t link = 0; link < carried.size(); ++link) {
    EXPECT_LE(carried[link], static_cast<double>(instance.capacities[link]) * (1 + 1e-9));
  }
  for (const auto& [id, loads] : instance.gangs) {
    bool bound = paces[id] == 1;
    for (const auto& load : loads) {
      bound |= instance.Full(load.link, carried[load.link] * (1 + 1e-9)) &&
               paces[id] * instance.MostOf(id) >= most[load.link] * (1 - 1e-9);
    }
    EXPECT_TRUE(bound) << "gang " << id << " at " << paces[id];
  }
}

TEST(PaceNetTest, AgreesWithAPlainSolverWhileGangsComeAndGo) {
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    Draw draw = RandomStreams(seed, 0).Stream("paces").At(0);
    const auto dice = [&](uint64_t below) { return draw.UniformInt(below); };
    PaceNet net;
    Instance instance;
    for (uint64_t i = 0; i < 1 + seed % 7; ++i) {
      instance.capacities.push_back(static_cast<int64_t>(1 + dice(1000)));
      net.AddLink(instance.capacities.back());
    }
    std::map<PaceNet::GangId, double> before;
    for (int step = 0; step < 40; ++step) {
      for (uint64_t changes = 1 + dice(3); changes > 0; --changes) {
        const uint64_t what = dice(7);
        if (what == 0) {
          const auto link = static_cast<PaceNet::LinkId>(dice(instance.capacities.size()));
          instance.capacities[link] = static_cast<int64_t>(1 + dice(1000));
          net.Resize(link, instance.capacities[link]);
        } else if (what <= 2 && !instance.gangs.empty()) {
          const auto victim = std::next(instance.gangs.begin(),
                                        static_cast<std::ptrdiff_t>(dice(instance.gangs.size())));
          net.Remove(victim->first);
          before.erase(victim->first);
          instance.gangs.erase(victim);
        } else {
          Loads loads;
          const uint64_t scale = dice(2) == 0 ? 100 : 2000;
          for (uint32_t link = 0; link < instance.capacities.size(); ++link) {
            if (dice(2) == 0) loads.push_back({link, static_cast<int64_t>(1 + dice(scale))});
          }
          const auto id = net.Add(loads);
          instance.gangs[id] = loads;
          before[id] = 1;
        }
      }
      Gangs changed;
      net.Settle(&changed);
      EXPECT_TRUE(std::is_sorted(changed.begin(), changed.end()));
      ExpectFair(instance, net);
      for (const auto& [id, pace] : Plain(instance)) {
        ASSERT_NEAR(net.pace(id), pace, 1e-8) << "seed " << seed << " step " << step;
        EXPECT_EQ(std::binary_search(changed.begin(), changed.end(), id),
                  net.pace(id) != before[id]);
        before[id] = net.pace(id);
      }
    }
  }
}

}  // namespace
}  // namespace orrery::network
