// Thousands of damaged scenarios: each loads or is refused with a place and a reason, and none
// crashes, hangs, or reads memory that is not its own.
#include <gtest/gtest.h>

#include <random>

#include "sim/scenario/echo.h"
#include "tests/sim/scenario/scenario_testing.h"
#include "tests/sim/scenario/scenario_writer.h"

namespace orrery::scenario {
namespace {

using testing::RandomScenario;
using testing::ShippedTables;
using testing::Small;

class Mutator {
 public:
  explicit Mutator(uint64_t seed) : random_(seed) {}

  std::string Mutate(std::string text) {
    for (uint64_t i = 0; i <= Below(4) && !text.empty(); ++i) MutateOnce(&text);
    return text;
  }
  uint64_t Below(uint64_t bound) { return random_() % bound; }

 private:
  void MutateOnce(std::string* text) {
    static const std::string kPieces[] = {"{",       "}",
                                          "[",       "]",
                                          ": ",      ",",
                                          "\n",      "\n  - ",
                                          "\t",      "&a ",
                                          "*a",      "!!x ",
                                          "'",       "\"",
                                          "#",       "|",
                                          ">",       "---\n",
                                          "? ",      "<<: ",
                                          "-1",      "0",
                                          "nan",     "1e999",
                                          "none",    "~",
                                          "true",    "$",
                                          "%",       "/h",
                                          "GiB",     "99999999999999999999",
                                          "\xff",    "\xe6\x9d\xb1",
                                          "\x01",    "\\",
                                          "s",       "law: ",
                                          "gpu: ",   "trace: ",
                                          "format",  "class",
                                          "regions", "allocate: equal_share",
                                          "=",       "extends: s.yaml\n"};
    const size_t at = Below(text->size() + 1);
    const size_t length = std::min<size_t>(1 + Below(20), text->size() - at);
    switch (Below(6)) {
      case 0:
        text->erase(at, length);
        break;
      case 1:
        text->insert(at, kPieces[Below(std::size(kPieces))]);
        break;
      case 2:
        text->replace(at, length, kPieces[Below(std::size(kPieces))]);
        break;
      case 3:
        text->insert(Below(text->size() + 1), text->substr(at, length));
        break;
      case 4:
        if (at < text->size()) (*text)[at] = static_cast<char>(Below(256));
        break;
      default:
        SwapLines(text);
    }
  }
  void SwapLines(std::string* text) {
    std::vector<std::string> lines;
    std::istringstream stream(*text);
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    if (lines.empty()) return;
    std::swap(lines[Below(lines.size())], lines[Below(lines.size())]);
    text->clear();
    for (const std::string& line : lines) *text += line + "\n";
  }

  std::mt19937_64 random_;
};

void ExpectLoadsOrIsRefused(const std::string& text, const std::vector<std::string>& settings) {
  const Result<Loaded> loaded = ParseScenario(text, "m.yaml", settings, ShippedTables());
  if (!loaded) {
    ASSERT_FALSE(loaded.error().findings().empty());
    for (const Finding& finding : loaded.error().findings()) {
      EXPECT_FALSE(finding.what.empty());
      const bool summary = finding.what.starts_with("and ");
      EXPECT_TRUE(summary || finding.place.starts_with("m.yaml") ||
                  finding.place.starts_with("--set") || finding.place.starts_with("s.yaml"))
          << finding.place << ": " << finding.what;
    }
    return;
  }
  const std::string echo = ResolvedEcho(*loaded);
  const Result<Loaded> again = ParseScenario(echo, "echo.yaml", {}, ShippedTables());
  ASSERT_TRUE(again) << text << "\n----\n" << echo << again.error().ToString();
  EXPECT_EQ(ResolvedEcho(*again), echo);
}

TEST(MutationTest, DamagedScenariosLoadOrAreRefused) {
  std::ifstream stream("scenarios/quickstart.yaml");
  const std::string quickstart((std::istreambuf_iterator<char>(stream)), {});
  for (uint64_t seed = 1; seed <= 3000; ++seed) {
    Mutator mutator(seed);
    const uint64_t kind = mutator.Below(8);
    const std::string base = kind == 0 ? quickstart : kind < 4 ? Small() : RandomScenario(seed);
    ExpectLoadsOrIsRefused(mutator.Mutate(base), {});
    ASSERT_FALSE(HasFatalFailure()) << seed;
  }
}

TEST(MutationTest, DamagedSettingsAreAppliedOrRefused) {
  static const std::string kSettings[] = {"seed=3",
                                          "fleet[0].ask.sigma=0.5",
                                          "fleet.count=12",
                                          "workload.generator.populations[0].sizes=[1, {gpus: 2}]",
                                          "scheduler.place={policy: power_of_d, d: 3}",
                                          "scheduler.place.d=2",
                                          "workload.transforms=[shuffle, window: {from: 1h}]"};
  for (uint64_t seed = 1; seed <= 3000; ++seed) {
    Mutator mutator(seed);
    const std::string& setting = kSettings[mutator.Below(std::size(kSettings))];
    ExpectLoadsOrIsRefused(Small(), {mutator.Mutate(setting)});
    ASSERT_FALSE(HasFatalFailure()) << seed;
  }
}

}  // namespace
}  // namespace orrery::scenario
