#include "models/failure/replay/replay.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <string>

namespace orrery::failure {
namespace {

SimTime At(int64_t seconds) { return SimTime::Zero() + Duration::Seconds(seconds); }

std::string Write(const std::string& name, const std::string& text) {
  const std::string path = ::testing::TempDir() + name;
  std::ofstream(path) << text;
  return path;
}

constexpr const char* kHeader =
    "event_id\tcomponent_id\tnode_id\tplatform_id\tnode_name\tevent_type\tevent_start_time\t"
    "event_stop_time\tevent_end_reason\n";

std::string Fta(const std::string& rows) { return Write("spells.tab", kHeader + rows); }

std::string ErrorOf(SpellFormat format, const std::string& path) {
  const Result<SpellTrace> trace = ReadSpells(format, path);
  if (trace) return "";
  std::string error = trace.error().ToString();
  const size_t at = error.find(path);
  return at == std::string::npos ? error : error.substr(at + path.size());
}

// Node 3 is down from 1000 (where the trace begins) to 1100 and from 1500 to 1700, told in two
// lines that touch; node 9 from 1200 to 1300.
TEST(ReplayTest, FtaSpellsBecomeTurns) {
  const Result<SpellTrace> trace =
      ReadSpells(SpellFormat::kFta, Fta("0\t0\t3\t1\ta\t0\t1000\t1100\t0\n"
                                        "1\t0\t3\t1\ta\t1\t1100\t1500\t0\n"
                                        "2\t0\t3\t1\ta\t0\t1500\t1600\t0\n"
                                        "3\t0\t3\t1\ta\t0\t1600\t1700\t0\n"
                                        "4\t0\t9\t1\tb\t0\t1200\t1300\t0\n"
                                        "5\t0\t9\t1\tb\t1\t1300\t2000\t0\n"));
  ASSERT_TRUE(trace.has_value()) << trace.error().ToString();
  EXPECT_EQ(trace->span, Duration::Seconds(1000));
  ASSERT_EQ(trace->machines.size(), 2u);
  EXPECT_FALSE(trace->machines[0].up);
  EXPECT_EQ(trace->machines[0].turns, (std::vector<SimTime>{At(100), At(500), At(700)}));
  EXPECT_TRUE(trace->machines[1].up);
  EXPECT_EQ(trace->machines[1].turns, (std::vector<SimTime>{At(200), At(300)}));
  const auto shared = std::make_shared<const SpellTrace>(*trace);
  EXPECT_EQ(Replay(shared, Duration::Seconds(199)).Seen(), (std::vector<uint32_t>{0}));
  EXPECT_EQ(Replay(shared, Duration::Seconds(200)).Seen(), (std::vector<uint32_t>{0, 1}));
  EXPECT_EQ(Replay(shared, Duration::Seconds(700)).Seen(), (std::vector<uint32_t>{1}));
}

TEST(ReplayTest, SpotTicksBecomeTurns) {
  const Result<SpellTrace> trace = ReadSpells(
      SpellFormat::kSpot,
      Write("zone.json", R"({"metadata": {"gap_seconds": 30}, "data": [0, 0, 1, 2, 1, 0]})"));
  ASSERT_TRUE(trace.has_value()) << trace.error().ToString();
  EXPECT_EQ(trace->span, Duration::Seconds(180));
  ASSERT_EQ(trace->machines.size(), 1u);
  EXPECT_FALSE(trace->machines[0].up);
  EXPECT_EQ(trace->machines[0].turns, (std::vector<SimTime>{At(60), At(150)}));
}

// Down until 100 and from 500 to 700, as seen by a run that begins at 50, or at 500.
TEST(ReplayTest, ARunMayBeginAnywhere) {
  auto trace = std::make_shared<SpellTrace>();
  trace->machines.push_back(
      {.up = false, .turns = {At(100), At(500), At(700)}, .seen_from = At(0), .seen_to = At(900)});
  const Replay early(trace, Duration::Seconds(50));
  Spell spell = early.First(0);
  EXPECT_FALSE(spell.on);
  EXPECT_EQ(spell.until, At(50));
  spell = early.Next(0, spell);
  EXPECT_TRUE(spell.on);
  EXPECT_EQ(spell.until, At(450));
  spell = early.Next(0, early.Next(0, spell));
  EXPECT_TRUE(spell.on);
  EXPECT_EQ(spell.until, SimTime::Never());
  const Spell late = Replay(trace, Duration::Seconds(500)).First(0);
  EXPECT_FALSE(late.on);
  EXPECT_EQ(late.until, At(200));
}

TEST(ReplayTest, MistakesHaveTheirPlace) {
  const auto fta = [](const std::string& rows) { return ErrorOf(SpellFormat::kFta, Fta(rows)); };
  EXPECT_EQ(
      fta("0\t0\t3\t1\ta\t0\t1000\tten\t0\n"),
      ":2: column 'event_stop_time': got 'ten', expected a whole number from 0 to 4294967294");
  EXPECT_EQ(
      fta("0\t0\t3\t1\ta\t0\t1000\t900\t0\n"),
      ":2: column 'event_stop_time': got '900', expected a time at or after event_start_time");
  EXPECT_EQ(fta("0\t0\t3\t1\ta\t0\t1000\n"),
            ":2: got 7 columns, expected 9 (event_id,component_id,node_id,platform_id,node_name,"
            "event_type,event_start_time,event_stop_time,event_end_reason)");
  EXPECT_EQ(fta(""), ": has no spell, expected lines of event_trace.tab");
  EXPECT_EQ(ErrorOf(SpellFormat::kFta, Write("other.csv", "a,b\n1,2\n")),
            ":1: no column node_id, expected event_trace.tab of the Failure Trace Archive, whose "
            "first line names the columns");
  const auto spot = [](const std::string& text) {
    return ErrorOf(SpellFormat::kSpot, Write("zone.json", text));
  };
  const std::string expected =
      R"(, expected {"metadata": {"gap_seconds": G}, "data": [0, 1, …]} with G above 0)";
  EXPECT_EQ(spot("{\"metadata\": {\"gap_seconds\": 30}, \"data\": [0, "),
            ": got no JSON" + expected);
  EXPECT_EQ(spot("[1, 2]"), ": got other JSON" + expected);
  EXPECT_EQ(spot(R"({"metadata": {"gap_seconds": 0}, "data": [1]})"),
            ": got no gap_seconds" + expected);
  EXPECT_EQ(spot(R"({"metadata": {"gap_seconds": 9}, "data": [1, -1]})"),
            ": got -1 as data[1], expected how many instances could be had: 0, 1, …");
}

double ShareUp(const SpellTrace& trace) {
  double up = 0, seen = 0;
  for (const SpellTrace::Machine& machine : trace.machines) {
    seen += (machine.seen_to - machine.seen_from).seconds();
    SimTime since = machine.seen_from;
    bool on = machine.up;
    for (SimTime turn : machine.turns) {
      if (on) up += (turn - since).seconds();
      since = turn;
      on = !on;
    }
    if (on) up += (machine.seen_to - since).seconds();
  }
  return up / seen;
}

// The figures are those that the data sets' users give: 3,577 nodes; 0.167 of the time in
// us-east-1a.
TEST(ReplayTest, TheRealTracesAreReadWhole) {
  const char* const traces = std::getenv("ORRERY_TRACES");
  if (traces == nullptr) GTEST_SKIP() << "ORRERY_TRACES is not set";
  const std::string root = traces;
  const auto lanl = ReadSpells(SpellFormat::kFta, root + "/fta-lanl/event_trace.tsv.gz");
  ASSERT_TRUE(lanl.has_value()) << lanl.error().ToString();
  EXPECT_EQ(lanl->machines.size(), 3577u);
  EXPECT_NEAR(ShareUp(*lanl), 0.996, 0.0005);
  const auto zone = ReadSpells(
      SpellFormat::kSpot,
      root + "/spot-traces/availability_1-node_aws-02-15-2023_us-east-1a_v100_1.json.gz");
  ASSERT_TRUE(zone.has_value()) << zone.error().ToString();
  EXPECT_NEAR(ShareUp(*zone), 0.167, 0.0005);
}

}  // namespace
}  // namespace orrery::failure
