#include "models/workload/generator.h"

#include <algorithm>
#include <optional>

#include "models/workload/arrival_process.h"
#include "models/workload/classes/job_class.h"
#include "sim/base/check.h"
#include "sim/base/distributions.h"
#include "sim/base/math.h"
#include "sim/base/random.h"

namespace orrery::workload {
namespace {

// The words of a candidate's samples, so that no draw moves when another is switched on or off:
//   0  gap, acceptance, region (arrival_process.h), population and size
//   1  run time, user, type, requirements
//   2  estimate, deadline, budget, priority
//   3  gap of a renewal process; 4  region of a renewal process; 5  tasks of a bag
//   16 + 8 k …  task k of a bag (TaskDraw)
constexpr uint64_t kBodySample = 1;
constexpr uint64_t kTermsSample = 2;
constexpr uint64_t kBagSample = 5;

// source_id: the task's number above the candidate's.
constexpr int kCandidateBits = 40;

// A choice by weight that takes one word even where there is nothing to choose.
class Choice {
 public:
  Choice() = default;
  explicit Choice(const std::vector<double>& weights) {
    if (weights.size() > 1) mix_ = DiscreteDistribution::Of(weights);
  }
  size_t operator()(Draw* draw) const {
    if (mix_) return (*mix_)(*draw);
    draw->Bits();
    return 0;
  }

 private:
  std::optional<DiscreteDistribution> mix_;
};

// `d` × `factor`, at most 127 years.
Duration Scaled(Duration d, double factor) {
  return Duration::FromSeconds(std::min(d.seconds() * factor, 4e9));
}

template <typename Row>
Choice ByWeight(const std::vector<Row>& rows) {
  std::vector<double> weights;
  for (const Row& row : rows) weights.push_back(row.weight);
  return Choice(weights);
}

// Happens with a probability, and then takes a value: both from one uniform number, for u / p is
// uniform where u < p.
class Maybe {
 public:
  Maybe() = default;
  Maybe(double probability, const Distribution& value) : probability_(probability), value_(value) {}
  std::optional<double> At(double u) const {
    if (u >= probability_) return std::nullopt;
    return value_.At(u / probability_);
  }
  bool never() const { return probability_ == 0; }

 private:
  double probability_ = 0;
  Sampler value_;
};

// Zipf's law over the users of each region; a region's users are numbered one after another.
class Users {
 public:
  Users(const UserParams& params, const std::vector<RegionShare>& regions) {
    double sum = 0;
    for (const RegionShare& region : regions) sum += region.weight;
    uint32_t first = 0;
    for (size_t r = 0; r < std::max<size_t>(1, regions.size()); ++r) {
      const double share = regions.empty() ? 1 : regions[r].weight / sum;
      const auto count = static_cast<uint32_t>(std::max(1.0, params.count * share + 0.5));
      std::vector<double> weights(count, 1.0);
      if (params.zipf_exponent > 0) {
        for (uint32_t k = 0; k < count; ++k) weights[k] = Pow(k + 1.0, -params.zipf_exponent);
      }
      regions_.push_back({first, Choice(weights)});
      first += count;
    }
  }
  UserId operator()(uint32_t region, Draw* draw) const {
    const Region& home = regions_[region];
    return UserId(home.first + static_cast<uint32_t>(home.choice(draw)));
  }

 private:
  struct Region {
    uint32_t first;
    Choice choice;
  };
  std::vector<Region> regions_;
};

// A population made ready for drawing.
struct Kind {
  Kind(const Population& population, RequirementsTable* table)
      : model(MakeJobClass(population.job_class)),
        types(ByWeight(population.types)),
        type_rows(population.types),
        priorities(ByWeight(population.priorities)),
        priority_rows(population.priorities),
        estimate(population.estimate.factor),
        limit_factor(population.estimate.limit_factor),
        deadline(population.deadline.probability, population.deadline.slack),
        budget(population.budget.probability, population.budget.factor),
        price(population.budget.price) {
    double none = 1;
    std::vector<double> weights;
    for (const RequirementTemplate& row : population.requirements) {
      requirement_rows.push_back(table->Intern(row.requirements));
      weights.push_back(row.probability);
      none -= row.probability;
    }
    requirement_rows.push_back(RequirementsTable::kAny);
    weights.push_back(std::max(0.0, none));
    requirements = Choice(weights);
    exact = population.estimate.factor.min == 0 &&
            population.estimate.factor.max == std::numeric_limits<double>::infinity() &&
            std::holds_alternative<Deterministic>(population.estimate.factor.law) &&
            std::get<Deterministic>(population.estimate.factor.law).value == 1;
    has_terms = !exact || !deadline.never() || !budget.never() || !priority_rows.empty();
  }

  std::unique_ptr<JobClassModel> model;
  Choice types;
  std::vector<TypeShare> type_rows;
  Choice requirements;
  std::vector<RequirementsId> requirement_rows;
  Choice priorities;
  std::vector<PriorityShare> priority_rows;
  Sampler estimate;
  double limit_factor;
  Maybe deadline, budget;
  UsdPerHour price;
  bool exact = true;       // estimates are the work
  bool has_terms = false;  // sample 2 is needed
};

// A size of a population.
struct Row {
  Job base;  // what does not depend on the draws
  const Kind* kind;
  Sampler duration;
};

// What sample 2 of a candidate says.
struct Terms {
  double estimate_u = 0.5;
  std::optional<double> slack, budget_factor;
  int32_t priority = 0;
};

class Generator final : public JobSource {
 public:
  Generator(const GeneratorParams& params, uint64_t seed, uint64_t replicate,
            RequirementsTable* requirements, JobTables* tables, const std::string& data_name)
      : streams_(seed, replicate),
        job_stream_(StreamName::FromText("workload/" + params.name + "/job")),
        arrivals_(params.arrivals, params.regions, streams_, job_stream_,
                  StreamName::FromText("workload/" + params.name + "/burst")),
        users_(params.users, params.regions),
        end_(params.end),
        left_(params.max_arrivals == 0 ? UINT64_MAX : params.max_arrivals) {
    for (const RegionShare& region : params.regions) regions_.push_back(region.region);
    if (regions_.empty()) regions_.push_back(RegionId::None());
    AddRows(params, requirements, tables, data_name);
  }

  Result<bool> Next(Job* job) override {
    if (task_ == tasks_ && !NextArrival()) return false;
    const Row& row = rows_[row_];
    *job = common_;
    const RandomStream stream = streams_.Stream(job_stream_, candidate_);
    row.kind->model->SetWork(TaskDraw(stream, row.duration, duration_u_, task_), job);
    SetTerms(*row.kind, job);
    job->source_id = candidate_ | uint64_t{task_} << kCandidateBits;
    ++task_;
    return true;
  }

 private:
  void AddRows(const GeneratorParams& params, RequirementsTable* requirements, JobTables* tables,
               const std::string& data_name) {
    std::vector<double> weights;
    for (size_t p = 0; p < params.populations.size(); ++p) {
      const Population& population = params.populations[p];
      kinds_.push_back(std::make_unique<Kind>(population, requirements));
      double sum = 0;
      for (const SizeRow& size : population.sizes) sum += size.weight;
      for (const SizeRow& size : population.sizes) {
        Row row{.base = {},
                .kind = kinds_.back().get(),
                .duration = Sampler(size.duration.value_or(population.duration))};
        const auto demand = row.kind->model->Shape(size, &row.base.replicas);
        ORRERY_CHECK(demand.has_value(), demand.error().ToString());
        row.base.demand = *demand;
        row.base.reference_gpu = population.reference_gpu;
        row.base.job_class = row.kind->model->job_class();
        if (tables != nullptr && row.kind->model->frames() != nullptr) {
          row.base.frames = tables->frames.Add(*row.kind->model->frames());
        }
        if (population.data && tables != nullptr) {
          row.base.data = tables->data.Add(data_name + "/" + std::to_string(p), *population.data);
        }
        rows_.push_back(std::move(row));
        weights.push_back(population.weight * size.weight / sum);
      }
    }
    pick_ = Choice(weights);
  }

  // Draws what the tasks of the next arrival have in common. False at the end.
  bool NextArrival() {
    if (left_ == 0) return false;
    ArrivalEvent event = arrivals_.Next();
    if (event.time >= end_ || event.time == SimTime::Never()) {
      left_ = 0;
      return false;
    }
    --left_;
    candidate_ = event.candidate;
    row_ = pick_(&event.draw);
    const Row& row = rows_[row_];
    const RandomStream stream = streams_.Stream(job_stream_, candidate_);
    common_ = row.base;
    common_.submit = event.time;
    common_.region = regions_[event.region];
    Draw body = stream.At(kBodySample);
    duration_u_ = body.UniformOpen();
    common_.user = users_(event.region, &body);
    const size_t type = row.kind->types(&body);
    if (!row.kind->type_rows.empty()) common_.type = row.kind->type_rows[type].type;
    common_.requirements = row.kind->requirement_rows[row.kind->requirements(&body)];
    if (row.kind->has_terms) DrawTerms(*row.kind, stream);
    StartTasks(row, stream);
    return true;
  }

  void DrawTerms(const Kind& kind, const RandomStream& stream) {
    Draw draw = stream.At(kTermsSample);
    terms_.estimate_u = draw.UniformOpen();
    terms_.slack = kind.deadline.At(draw.UniformOpen());
    terms_.budget_factor = kind.budget.At(draw.UniformOpen());
    common_.priority = 0;
    if (!kind.priority_rows.empty()) {
      common_.priority = kind.priority_rows[kind.priorities(&draw)].priority;
    }
  }

  void StartTasks(const Row& row, const RandomStream& stream) {
    task_ = 0;
    tasks_ = 1;
    if (!row.kind->model->MakesBags()) return;
    tasks_ = row.kind->model->Tasks(stream.At(kBagSample).UniformOpen());
    common_.bag = static_cast<uint32_t>(candidate_ + 1);
    if (!row.kind->has_terms || !terms_.slack) return;
    // One deadline for the whole bag, which leaves its longest task the slack.
    Job task = common_;
    longest_ = Duration();
    for (uint32_t k = 0; k < tasks_; ++k) {
      row.kind->model->SetWork(TaskDraw(stream, row.duration, duration_u_, k), &task);
      longest_ = std::max(longest_, task.work);
    }
  }

  void SetTerms(const Kind& kind, Job* job) const {
    job->estimate = job->work;
    if (kind.has_terms) {
      if (!kind.exact) {
        job->estimate = Scaled(job->work, kind.estimate.At(terms_.estimate_u));
      }
      if (terms_.slack) {
        const Duration work = job->bag == 0 ? job->work : longest_;
        job->deadline = job->submit + Scaled(work, *terms_.slack);
      }
      if (terms_.budget_factor) {
        const double gpus = job->demand.total_gpu_milli() * 1e-3 * job->replicas;
        const double dollars =
            kind.price.dollars() * gpus * job->estimate.hours() * *terms_.budget_factor;
        job->budget = Usd::FromDollars(std::min(dollars, kMostBudgetUsd));
      }
    }
    if (kind.limit_factor > 0) {
      job->limit = Scaled(job->estimate, kind.limit_factor);
    }
  }

  RandomStreams streams_;
  StreamName job_stream_;
  ArrivalProcess arrivals_;
  Users users_;
  std::vector<RegionId> regions_;
  std::vector<std::unique_ptr<Kind>> kinds_;
  std::vector<Row> rows_;
  Choice pick_;
  SimTime end_;
  uint64_t left_;

  // The arrival whose tasks are being handed out.
  uint64_t candidate_ = 0;
  size_t row_ = 0;
  double duration_u_ = 0.5;
  Job common_;
  Terms terms_;
  Duration longest_;
  uint32_t task_ = 0, tasks_ = 0;
};

}  // namespace

Result<std::unique_ptr<JobSource>> MakeGenerator(const GeneratorParams& params, uint64_t seed,
                                                 uint64_t replicate,
                                                 RequirementsTable* requirements, JobTables* tables,
                                                 const std::string& data_name) {
  std::vector<Finding> findings = CheckGenerator(params);
  if (!findings.empty()) return tl::unexpected<Error>(Error(std::move(findings)));
  return std::make_unique<Generator>(params, seed, replicate, requirements, tables, data_name);
}

}  // namespace orrery::workload
