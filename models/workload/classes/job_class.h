// What a class of jobs is: how an arrival becomes jobs, how they progress, what a stop costs them,
// and what their users call in time. One file a class.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "models/workload/classes/params.h"
#include "models/workload/frames.h"
#include "models/workload/job.h"
#include "models/workload/size.h"
#include "sim/base/demand.h"
#include "sim/base/random.h"
#include "sim/base/result.h"
#include "sim/base/time.h"

namespace orrery::workload {

// What a scenario may set for a class, for `orrery list` and `orrery describe`.
struct ClassParameter {
  std::string name;
  std::string default_value;  // with its unit
  std::string meaning;
  std::string source;  // a citation, or "Assumption: <name>"
};

// The draws of one task of an arrival. Each `Uniform(i)` is a sample of its own.
class TaskDraw {
 public:
  TaskDraw(const RandomStream& arrival, const Sampler& duration, double arrival_u, uint32_t task)
      : arrival_(arrival), duration_(duration), arrival_u_(arrival_u), task_(task) {}

  // 0, 1, … inside the bag; 0 for a job that is no bag.
  uint32_t task() const { return task_; }
  // The arrival's own draw of its run time [s]: the same for every task of a bag.
  double ArrivalDuration() const { return duration_.At(arrival_u_); }
  // A run time of this task alone [s].
  double TaskDuration() const { return task_ == 0 ? ArrivalDuration() : duration_.At(Uniform(0)); }
  // The longest of `n` run times of this task's law [s]: that of the largest of n uniform numbers,
  // which is distributed as u^(1/n).
  double LongestOf(uint32_t n) const;
  // Uniform on (0, 1); draw number `i` of this task, 0 ≤ i < 8.
  double Uniform(uint32_t i) const {
    return arrival_.At(kFirstTaskSample + 8 * uint64_t{task_} + i).UniformOpen();
  }

 private:
  static constexpr uint64_t kFirstTaskSample = 16;

  const RandomStream& arrival_;
  const Sampler& duration_;
  double arrival_u_;
  uint32_t task_;
};

// What a job's user was promised, or asks for: served is one whose job finished, and kept to all.
struct ServiceLevel {
  // Its first start; and from then on it must not be cut short.
  SimTime start_by = SimTime::Never();
  SimTime end_by = SimTime::Never();
  double latency_ms = std::numeric_limits<double>::infinity();  // of what its users see

  // False where nothing was asked for.
  bool any() const {
    return start_by != SimTime::Never() || end_by != SimTime::Never() ||
           latency_ms < std::numeric_limits<double>::infinity();
  }
};

// What stands for the speed of a class on a GPU where no measurement does: a roofline of the
// catalogue's figures.
struct ClassRoofline {
  enum class Peak : uint8_t { kFp16, kFp32, kWallClock };
  Peak peak = Peak::kFp16;
  // FLOP for each byte of GPU memory moved; infinity: bandwidth never binds.
  double flop_per_byte = std::numeric_limits<double>::infinity();
};

// A class with its parameters. The methods that make jobs use the parameters; those that judge a
// job read the job alone, so any instance of the class gives the same answer.
class JobClassModel {
 public:
  virtual ~JobClassModel() = default;

  virtual JobClass job_class() const = 0;
  const char* name() const { return JobClassName(job_class()); }
  // One sentence.
  virtual std::string summary() const = 0;
  virtual std::vector<ClassParameter> parameters() const = 0;

  // --- Demand.

  // Jobs that one arrival becomes: 1, or the tasks of a bag (at most kMaxTasks). `u` is uniform on
  // (0, 1).
  virtual uint32_t Tasks(double u) const {
    static_cast<void>(u);
    return 1;
  }
  // True where an arrival becomes a bag of tasks, even if it has one task.
  virtual bool MakesBags() const { return false; }
  // Replicas, and GPUs, CPU and memory of a replica, of a job of this size. An error says what the
  // class cannot do with it.
  virtual Result<Demand> Shape(const SizeRow& size, uint32_t* replicas) const = 0;
  // Fills in work, checkpoint_interval, setup, and what follows from them; `job` has everything
  // that does not depend on its run time.
  virtual void SetWork(const TaskDraw& draw, Job* job) const = 0;

  // --- Progress.

  virtual ClassRoofline roofline() const = 0;
  // Whether it takes its time whatever it runs on, and however slow that has become.
  bool LastsByTheClock() const { return roofline().peak == ClassRoofline::Peak::kWallClock; }
  // The speed of a gang whose replicas run at these speeds (speed.h). Never empty. Default: the
  // slowest one's, since replicas wait for each other.
  virtual double GangSpeed(std::span<const double> replica_speeds) const;

  // --- Checkpoints.

  // Whether it writes its state at `checkpoint_interval` and goes on, so that each time costs it
  // what a checkpoint costs. False where results are kept as they come.
  virtual bool SavesAtIntervals() const { return false; }
  // Of `done` (work, on the reference GPU, since the job began), what is left when it stops.
  // `notice`: the stop was announced, as a preemption is, so that state can be saved; a failure is
  // not.
  virtual Duration Kept(const Job& job, Duration done, bool notice) const = 0;
  // The least progress beyond `done` of which an announced stop keeps more than of `done`;
  // Duration::Max(): none. Default: all is kept.
  virtual Duration NextSave(const Job& job, Duration done) const {
    static_cast<void>(job);
    return done + Duration::Nanos(1);
  }
  // --- Frames.

  // What its viewers look at; null: it has none. The instance owns it.
  virtual const FrameService* frames() const { return nullptr; }

  // False where a stop ends the job for its user, so that a scheduler should leave it alone.
  virtual bool Preemptible() const { return true; }

  // --- Service level.

  // A job that has not started by then leaves the queue; Never(): it waits for ever.
  virtual SimTime AbandonsAt(const Job& job) const {
    static_cast<void>(job);
    return SimTime::Never();
  }
  // Whether its deadlines follow from how long its users wait, so that a scenario states none.
  virtual bool MakesDeadlines() const { return false; }
  // What counts as being served. Default: in time for the deadline, where there is one. Each task
  // of a bag is judged by itself.
  virtual ServiceLevel Level(const Job& job) const {
    return {.start_by = AbandonsAt(job), .end_by = job.deadline};
  }
};

inline constexpr uint32_t kMaxTasks = 4095;

// An instance with these parameters.
std::unique_ptr<JobClassModel> MakeJobClass(const ClassParams& params);
// The instance with default parameters, of each class in the order of JobClass.
std::span<const JobClassModel* const> JobClasses();
inline const JobClassModel& JobClassOf(JobClass job_class) {
  return *JobClasses()[static_cast<size_t>(job_class)];
}

// Every mistake in `params`; `place` is the prefix of the keys.
void CheckClassParams(const ClassParams& params, const std::string& place,
                      std::vector<Finding>* findings);

}  // namespace orrery::workload
