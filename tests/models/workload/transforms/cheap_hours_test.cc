// Jobs that wait for cheap hours, worked by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/models/workload/transforms/testing.h"

namespace orrery::workload {
namespace {

using ::testing::HasSubstr;

Job At(double hour, double run_h, uint64_t id = 0) {
  Job job;
  job.submit = SimTime::FromSeconds(hour * 3600);
  job.work = job.estimate = Duration::FromSeconds(run_h * 3600);
  job.source_id = id;
  job.region = RegionId(0);
  return job;
}

// Dear all day, but for 03:00 to 05:00; in the second region, for 20:00 to 21:00.
TransformContext Context() {
  std::vector<double> night(24, 10), evening(24, 10);
  night[3] = night[4] = 1;
  evening[20] = 1;
  TransformContext context;
  context.regions = {"here", "there"};
  context.electricity.price = {energy::Profile::Make(1, night, {}),
                               energy::Profile::Make(1, evening, {})};
  context.electricity.carbon = {energy::Profile::Make(1, evening, {}),
                                energy::Profile::Make(1, night, {})};
  return context;
}

std::vector<double> HoursWith(const std::vector<Job>& jobs, const GivenParams& options,
                              const TransformContext& context = Context()) {
  std::vector<double> hours;
  for (const Job& job : testing::Applied(jobs, {{"cheap_hours", "", options}}, context)) {
    hours.push_back(job.submit.seconds() / 3600);
  }
  return hours;
}

using Hours = std::vector<double>;

TEST(CheapHoursTest, WaitsForTheCheapestHoursWithinPatience) {
  EXPECT_EQ(HoursWith({At(1.5, 1)}, {{"patience", {"2h", ""}}}), Hours{3});
  EXPECT_EQ(HoursWith({At(1.5, 1)}, {{"patience", {"1h", ""}}}), Hours{1.5});
  // Two hours cheap of three: from 02:00 or from 03:00; the earlier one.
  EXPECT_EQ(HoursWith({At(0.5, 3)}, {}), Hours{2});
  // Over midnight.
  EXPECT_EQ(HoursWith({At(20, 2)}, {}), Hours{27});
}

TEST(CheapHoursTest, StaysWhereNoHourIsBetter) {
  EXPECT_EQ(HoursWith({At(3.25, 1)}, {}), Hours{3.25});
  EXPECT_EQ(HoursWith({At(6, 1)}, {{"patience", {"12h", ""}}}), Hours{6});
}

TEST(CheapHoursTest, DeadlinesAreKept) {
  Job job = At(1, 1);
  job.deadline = SimTime::FromSeconds(3.5 * 3600);
  const std::vector<Job> jobs = testing::Applied({job}, {{"cheap_hours", "", {}}}, Context());
  // From 02:00 it would be dear still; 03:00 is too late.
  EXPECT_EQ(jobs[0].submit, SimTime::FromSeconds(3600));
  EXPECT_EQ(jobs[0].deadline, job.deadline);
}

TEST(CheapHoursTest, FollowsThePlaceAndTheMeasureAskedFor) {
  EXPECT_EQ(HoursWith({At(12, 1)}, {{"region", {"there", ""}}}), Hours{20});
  EXPECT_EQ(HoursWith({At(12, 1)}, {{"by", {"carbon", ""}}}), Hours{20});
  // The run begins at noon of the profiles' day.
  TransformContext context = Context();
  context.electricity.begin = Duration::Hours(12);
  EXPECT_EQ(HoursWith({At(13, 1)}, {}, context), Hours{15});
}

TEST(CheapHoursTest, JobsComeInTheirNewOrder) {
  EXPECT_EQ(HoursWith({At(1, 1), At(2, 1), At(2.5, 0.25), At(3.5, 1)}, {}), (Hours{3, 3, 3, 3.5}));
}

TEST(CheapHoursTest, ErrorsSayWhatWouldBeRight) {
  const auto error = [](const std::vector<Job>& jobs, const GivenParams& options,
                        const TransformContext& context) {
    return testing::ErrorOf(testing::Apply(jobs, {{"cheap_hours", "", options}}, context));
  };
  EXPECT_THAT(error({At(1, 1)}, {}, TransformContext()),
              HasSubstr("got hours that all cost the same, expected energy: full"));
  EXPECT_THAT(error({At(1, 1)}, {{"region", {"mars", ""}}}, Context()),
              HasSubstr("got 'mars', expected a region of the scenario"));
  Job nowhere = At(1, 1, 7);
  nowhere.region = RegionId();
  EXPECT_THAT(error({nowhere}, {}, Context()),
              HasSubstr("job 7 comes from no place, expected the option `region`"));
}

}  // namespace
}  // namespace orrery::workload
