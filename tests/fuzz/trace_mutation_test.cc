// Damaged traces of every format: whatever is done to the bytes of a file, a reader gives jobs that
// make sense or an error that names the file. Mutations are drawn from fixed streams, so a failure
// repeats.
#include <gtest/gtest.h>

#include <cctype>
#include <iterator>
#include <string>
#include <vector>

#include "models/fleet/openb/openb_nodes.h"
#include "sim/base/random.h"
#include "tests/models/workload/traces/testing.h"

namespace orrery::workload {
namespace {

using testing::DataFile;
using testing::Read;
using testing::ReadTrace;
using testing::TextOf;
using testing::World;
using testing::WriteFile;

constexpr int kMutants = 1500;

// Numbers at the edges of types, and texts that parsers take for numbers.
constexpr const char* kTokens[] = {"-1",
                                   "0",
                                   "2147483648",
                                   "9223372036854775807",
                                   "1e308",
                                   "nan",
                                   "inf",
                                   "-0",
                                   "9223372036854775808",
                                   "1e-320",
                                   "0x10",
                                   "+5",
                                   "",
                                   "\"",
                                   "1,2",
                                   ";",
                                   "\t",
                                   "|",
                                   "\r",
                                   "null",
                                   "[]",
                                   "{}",
                                   "('x', 1)",
                                   "65536",
                                   "4294967296",
                                   "|||",
                                   "-1e300",
                                   "\xFF\xFE",
                                   "  ",
                                   "é"};

void Damage(Draw* draw, std::string* text) {
  const auto place = [&] { return draw->UniformInt(text->size() + 1); };
  if (text->empty()) return;
  switch (draw->UniformInt(8)) {
    case 0:  // a flipped bit
      (*text)[draw->UniformInt(text->size())] ^= static_cast<char>(1 << draw->UniformInt(8));
      break;
    case 1:  // any byte
      (*text)[draw->UniformInt(text->size())] = static_cast<char>(draw->UniformInt(256));
      break;
    case 2:  // cut off
      text->resize(place());
      break;
    case 3:  // a part lost
      text->erase(place(), draw->UniformInt(40));
      break;
    case 4: {  // a part twice
      const size_t at = place();
      text->insert(place(), text->substr(at, draw->UniformInt(200)));
      break;
    }
    case 5:  // a token in between
      text->insert(place(), kTokens[draw->UniformInt(std::size(kTokens))]);
      break;
    case 6: {  // a number replaced
      size_t at = place();
      while (at < text->size() && std::isdigit(static_cast<unsigned char>((*text)[at])) == 0) ++at;
      size_t end = at;
      while (end < text->size() && std::isdigit(static_cast<unsigned char>((*text)[end])) != 0) {
        ++end;
      }
      text->replace(at, end - at, kTokens[draw->UniformInt(std::size(kTokens))]);
      break;
    }
    default: {  // two parts swapped
      const size_t a = place(), b = place();
      const std::string first = text->substr(a, 8), second = text->substr(b, 8);
      if (a + 8 < b && b + 8 < text->size()) {
        text->replace(b, 8, first);
        text->replace(a, 8, second);
      }
    }
  }
}

std::string Mutant(const std::string& original, const std::string& name, int number) {
  Draw draw =
      RandomStreams(1, 0).Stream(StreamName::FromText(name), static_cast<uint64_t>(number)).At(0);
  std::string text = original;
  const uint64_t damages = 1 + draw.UniformInt(4);
  for (uint64_t i = 0; i < damages; ++i) Damage(&draw, &text);
  return text;
}

void ExpectSense(const ReadTrace& read, const std::string& what) {
  SimTime last = SimTime::Zero();
  for (const Job& job : read.jobs) {
    EXPECT_GE(job.submit, last) << what;
    EXPECT_GE(job.work, Duration()) << what;
    EXPECT_LE(job.work, kNeverEnds * 20) << what;
    EXPECT_GE(job.estimate, Duration()) << what;
    EXPECT_GE(job.limit, Duration()) << what;
    EXPECT_GE(job.replicas, 1U) << what;
    EXPECT_LE(job.demand.gpus, 16) << what;
    EXPECT_GE(job.demand.gpu_milli, 1) << what;
    EXPECT_LE(job.demand.gpu_milli, 1000) << what;
    EXPECT_TRUE(job.demand.gpu_milli == 1000 || job.demand.gpus == 1) << what;
    EXPECT_LT(job.user.index(), read.report.users.size()) << what;
    last = job.submit;
  }
  if (read.error) {
    ASSERT_FALSE(read.error->findings().empty()) << what;
    EXPECT_NE(read.error->findings()[0].place.find("mutant"), std::string::npos) << read.message();
    EXPECT_FALSE(read.error->findings()[0].what.empty()) << what;
  }
}

struct Original {
  const char* format;
  const char* file;
};

class TraceMutationTest : public ::testing::TestWithParam<Original> {};

TEST_P(TraceMutationTest, GivesJobsThatMakeSenseOrAnErrorWithItsPlace) {
  const std::string original = TextOf(DataFile(GetParam().file));
  ASSERT_FALSE(original.empty());
  World world;
  int errors = 0;
  for (int i = 0; i < kMutants; ++i) {
    const std::string text = Mutant(original, GetParam().file, i);
    const ReadTrace read = Read(&world, GetParam().format, WriteFile("mutant", text));
    ExpectSense(read, text);
    errors += read.error.has_value();
    if (HasFailure()) FAIL() << "mutant " << i << ":\n" << text;
  }
  // The damage is real, and not so great that nothing but its first line is read.
  EXPECT_GT(errors, kMutants / 10);
  EXPECT_LT(errors, kMutants * 99 / 100);
}

INSTANTIATE_TEST_SUITE_P(Formats, TraceMutationTest,
                         ::testing::Values(Original{"swf", "small.swf"},
                                           Original{"openb", "small_pods.csv"},
                                           Original{"openb", "small_pods_without_times.csv"},
                                           Original{"philly", "small_philly.csv"},
                                           Original{"gavel", "small_msr.trace"},
                                           Original{"gavel", "small_physical.trace"}));

TEST(ThroughputTableMutationTest, LoadsOrSaysWhatIsWrong) {
  const std::string original = TextOf(DataFile("small_throughputs.json"));
  int errors = 0;
  for (int i = 0; i < kMutants; ++i) {
    const auto table =
        ThroughputTable::Load(WriteFile("mutant", Mutant(original, "small_throughputs.json", i)));
    if (table) {
      for (uint16_t type = 0; type < table->types().size(); ++type) {
        for (const std::string& gpu : table->gpus()) {
          const auto speed = table->StepsPerSecondAtAnyScale(JobTypeId(type), gpu, 3);
          EXPECT_TRUE(!speed || *speed >= 0);
        }
      }
    } else {
      ++errors;
      EXPECT_NE(table.error().ToString().find("mutant"), std::string::npos);
    }
  }
  EXPECT_GT(errors, kMutants / 10);
}

TEST(OpenbNodesMutationTest, GivesNodesThatMakeSenseOrAnError) {
  const std::string original = TextOf(DataFile("small_nodes.csv"));
  const World world;
  int errors = 0;
  for (int i = 0; i < kMutants; ++i) {
    const auto nodes = fleet::ReadOpenbNodes(
        WriteFile("mutant", Mutant(original, "small_nodes.csv", i)), world.gpus);
    if (!nodes) {
      ++errors;
      EXPECT_NE(nodes.error().ToString().find("mutant"), std::string::npos);
      continue;
    }
    EXPECT_FALSE(nodes->empty());
    for (const fleet::NodeSpec& node : *nodes) {
      EXPECT_LE(node.gpus, fleet::kMaxGpusPerNode);
      EXPECT_EQ(node.gpu_model.valid(), node.gpus > 0);
    }
  }
  EXPECT_GT(errors, kMutants / 10);
}

}  // namespace
}  // namespace orrery::workload
