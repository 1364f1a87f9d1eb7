#include "models/workload/transforms/transform.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/workload/traces/format.h"
#include "models/workload/transforms/sources.h"
#include "tests/models/workload/transforms/testing.h"

namespace orrery::workload {
namespace {

using testing::Applied;
using testing::Apply;
using ::testing::ElementsAre;
using testing::ErrorOf;
using ::testing::HasSubstr;
using testing::Ids;
using testing::MakeJobs;
using testing::ReadAll;
using testing::SourceOf;
using testing::Step;

TEST(TransformTest, ListsEveryTransformationByName) {
  std::vector<std::string> names;
  for (const Transform& transform : Transforms()) {
    names.push_back(transform.name);
    EXPECT_FALSE(transform.what.empty());
    for (const ParamInfo& option : DescribeOptions(transform)) {
      EXPECT_FALSE(option.doc.empty()) << transform.name << " " << option.name;
    }
  }
  EXPECT_THAT(names, ElementsAre("budgets", "cheap_hours", "deadlines", "estimates", "inflate",
                                 "map_gpu", "prefer", "priorities", "require", "resample",
                                 "scale_load", "shuffle", "stretch", "users", "window"));
}

TEST(TransformTest, AppliesStepsInTheOrderWritten) {
  const auto narrow = Step("window", {{"from", "0s"}, {"to", "10s"}});
  const auto wide = Step("stretch", {{"factor", "2"}});
  EXPECT_EQ(Applied(MakeJobs(20), {narrow, wide}, {}).size(), 10U);
  EXPECT_EQ(Applied(MakeJobs(20), {wide, narrow}, {}).size(), 5U);
}

TEST(TransformTest, GivesTheSameJobsEachTimeItIsOpened) {
  TransformContext context;
  context.capacity.gpu_milli = 50'000;
  const auto open =
      Transformed(SourceOf(MakeJobs(100)),
                  {Step("shuffle"), Step("estimates"), Step("scale_load"), Step("users")}, context);
  ASSERT_TRUE(open) << open.error().ToString();
  const auto once = ReadAll(*open).value(), again = ReadAll(*open).value();
  EXPECT_EQ(Ids(once), Ids(again));
  for (size_t i = 0; i < once.size(); ++i) {
    EXPECT_EQ(once[i].estimate, again[i].estimate);
    EXPECT_EQ(once[i].submit, again[i].submit);
    EXPECT_EQ(once[i].user, again[i].user);
  }
}

TEST(TransformTest, ReplicatesAndSourcesDrawOnTheirOwn) {
  const auto ids = [](uint64_t replicate, const char* stream) {
    TransformContext context;
    context.random = RandomStreams(1, replicate);
    context.stream = stream;
    return Ids(Applied(MakeJobs(50), {Step("shuffle")}, context));
  };
  EXPECT_EQ(ids(0, "workload/a"), ids(0, "workload/a"));
  EXPECT_NE(ids(0, "workload/a"), ids(1, "workload/a"));
  EXPECT_NE(ids(0, "workload/a"), ids(0, "workload/b"));
}

TEST(TransformTest, ReportsTheMistakesOfAllStepsAtOnce) {
  const auto jobs = Apply(
      MakeJobs(3),
      {Step("estimate"), Step("users", {{"count", "0"}}), Step("window", {{"till", "5s"}})}, {});
  ASSERT_FALSE(jobs);
  EXPECT_EQ(jobs.error().findings().size(), 3U);
  const std::string text = ErrorOf(jobs);
  EXPECT_THAT(text,
              HasSubstr("test.yaml:2:3: got 'estimate', expected a transformation: budgets,"));
  EXPECT_THAT(text, HasSubstr("(did you mean 'estimates'?)"));
  EXPECT_THAT(text, HasSubstr("test.yaml:3:5: count: got '0', expected a whole number from 1 to "
                              "1000000 (transformation 'users')"));
  EXPECT_THAT(text, HasSubstr("till: unknown parameter of transformation 'window'; it has 'from', "
                              "'to', 'rebase'"));
}

// Two good jobs, then a mistake.
class BrokenSource final : public JobSource {
 public:
  Result<bool> Next(Job* job) override {
    if (jobs_ == 2) return MakeError("trace.swf:7", "is damaged");
    *job = testing::MakeJob(jobs_, static_cast<double>(jobs_), 1);
    ++jobs_;
    return true;
  }

 private:
  uint64_t jobs_ = 0;
};

TEST(TransformTest, PassesOnTheErrorsOfTheTrace) {
  TransformContext context;
  context.capacity = {.gpu_milli = 1'000, .cpu_milli = 1'000};
  context.electricity.price = context.electricity.carbon = {energy::Profile::Constant(1)};
  const OpenSource broken = []() -> Result<std::unique_ptr<JobSource>> {
    return std::make_unique<BrokenSource>();
  };
  for (const Transform& transform : Transforms()) {
    if (transform.name == "map_gpu" || transform.name == "prefer" || transform.name == "require") {
      continue;  // need a catalogue, and treat the stream as `users` does
    }
    const auto open = Transformed(broken, {Step(transform.name)}, context);
    ASSERT_TRUE(open) << open.error().ToString();
    EXPECT_THAT(ErrorOf(ReadAll(*open)), HasSubstr("trace.swf:7: is damaged")) << transform.name;
  }
}

TEST(WeightedChoiceTest, FollowsTheCumulatedWeights) {
  const WeightedChoice choice({1, 0, 3});
  EXPECT_EQ(choice.At(0), 0U);
  EXPECT_EQ(choice.At(0.2499), 0U);
  EXPECT_EQ(choice.At(0.25), 2U);
  EXPECT_EQ(choice.At(0.9999999999999999), 2U);
}

TEST(ParseWeightsTest, ReadsListsWithAndWithoutWeights) {
  std::vector<WeightedName> list;
  ASSERT_TRUE(ParseWeights("a=2, b ,c = 0.5", &list));
  ASSERT_EQ(list.size(), 3U);
  EXPECT_EQ(list[0].weight, 2);
  EXPECT_EQ(list[1].name, "b");
  EXPECT_EQ(list[1].weight, 1);
  EXPECT_EQ(list[2].weight, 0.5);
  EXPECT_FALSE(ParseWeights("", &list));
  EXPECT_FALSE(ParseWeights("a=inf", &list));
}

TEST(ScaledTest, StaysWithinTime) {
  EXPECT_EQ(Scaled(Duration::Seconds(10), 1.5), Duration::Seconds(15));
  EXPECT_LE(Scaled(kNeverEnds, 1e6), Duration::Max());
}

}  // namespace
}  // namespace orrery::workload
