// What the tests of the job classes share.
#pragma once

#include <gtest/gtest.h>

#include <memory>

#include "models/workload/classes/job_class.h"

namespace orrery::workload {

// A job of a class as the generator makes it, with a run time of `seconds`, submitted at 100 s.
inline Job MakeJob(const ClassParams& params, const SizeRow& size, double seconds,
                   uint32_t task = 0) {
  const auto model = MakeJobClass(params);
  Job job;
  job.submit = SimTime::FromSeconds(100);
  job.job_class = model->job_class();
  auto demand = model->Shape(size, &job.replicas);
  EXPECT_TRUE(demand.has_value()) << demand.error().ToString();
  job.demand = *demand;
  const Sampler duration({.law = Deterministic{seconds}});
  const RandomStream stream = RandomStreams(1, 0).Stream("test");
  model->SetWork(TaskDraw(stream, duration, 0.5, task), &job);
  return job;
}

}  // namespace orrery::workload
