// The mistakes that generator parameters can have.
#include <cmath>

#include "models/workload/classes/job_class.h"
#include "models/workload/generator.h"
#include "sim/base/text.h"

namespace orrery::workload {
namespace {

std::string At(const std::string& list, size_t i) { return list + "[" + std::to_string(i) + "]"; }

class Checker {
 public:
  explicit Checker(std::vector<Finding>* findings) : findings_(findings) {}

  void Report(const std::string& place, std::string what) {
    findings_->push_back({place, std::move(what)});
  }

  void Number(const std::string& place, double value, double most) {
    if (std::isfinite(value) && value >= 0 && value <= most) return;
    Report(place, "got " + FormatDouble(value) + ", expected 0 … " + FormatDouble(most));
  }

  // Weights of a list that is not empty: none negative, one above 0.
  template <typename Row>
  void Weights(const std::string& place, const std::vector<Row>& rows) {
    double sum = 0;
    for (size_t i = 0; i < rows.size(); ++i) {
      Number(At(place, i) + ".weight", rows[i].weight, 1e12);
      sum += rows[i].weight;
    }
    if (!rows.empty() && !(sum > 0)) Report(place, "got no row with a weight above 0");
  }

  void Check(const Population& population, const std::string& place) {
    const size_t before = findings_->size();
    CheckClassParams(population.job_class, place, findings_);
    const bool class_ok = findings_->size() == before;
    CheckDistribution(population.duration, place + ".duration", findings_);
    if (population.sizes.empty()) Report(place + ".sizes", "got no rows, expected at least one");
    Weights(place + ".sizes", population.sizes);
    if (class_ok) CheckSizes(population, place);
    Weights(place + ".types", population.types);
    for (size_t i = 0; i < population.types.size(); ++i) {
      if (!population.types[i].type.valid()) {
        Report(At(place + ".types", i) + ".type", "got none, expected a job type");
      }
    }
    Weights(place + ".priorities", population.priorities);
    CheckRequirements(population, place);
    CheckTerms(population, place);
    if (population.data) CheckData(*population.data, place + ".data", findings_);
  }

 private:
  void CheckSizes(const Population& population, const std::string& place) {
    const auto model = MakeJobClass(population.job_class);
    for (size_t i = 0; i < population.sizes.size(); ++i) {
      const std::string row = At(place + ".sizes", i);
      uint32_t replicas = 0;
      const auto demand = model->Shape(population.sizes[i], &replicas);
      if (!demand.has_value()) Report(row, demand.error().findings()[0].what);
      if (population.sizes[i].duration.has_value()) {
        CheckDistribution(*population.sizes[i].duration, row + ".duration", findings_);
      }
    }
  }

  void CheckRequirements(const Population& population, const std::string& place) {
    double sum = 0;
    for (size_t i = 0; i < population.requirements.size(); ++i) {
      const double probability = population.requirements[i].probability;
      Number(At(place + ".requirements", i) + ".probability", probability, 1);
      sum += probability;
    }
    if (sum > 1 + 1e-9) {
      Report(place + ".requirements",
             "got probabilities that sum to " + FormatDouble(sum) + ", expected at most 1");
    }
  }

  // Estimates, deadlines and budgets.
  void CheckTerms(const Population& population, const std::string& place) {
    CheckDistribution(population.estimate.factor, place + ".estimate.factor", findings_);
    Number(place + ".estimate.limit_factor", population.estimate.limit_factor, 1e6);
    Number(place + ".deadline.probability", population.deadline.probability, 1);
    CheckDistribution(population.deadline.slack, place + ".deadline.slack", findings_);
    Number(place + ".budget.probability", population.budget.probability, 1);
    CheckDistribution(population.budget.factor, place + ".budget.factor", findings_);
    if (population.budget.probability > 0 && population.budget.price <= UsdPerHour()) {
      Report(place + ".budget.price", "got none, expected a price above $0/h");
    }
    if (!JobClassOf(ClassOf(population.job_class)).MakesDeadlines()) return;
    const std::string sessions =
        std::string(JobClassName(ClassOf(population.job_class))) + " sessions";
    if (population.deadline.probability > 0) {
      Report(place + ".deadline.probability",
             "got a deadline for " + sessions + ", whose deadline is their max_wait");
    }
    if (population.estimate.limit_factor > 0) {
      Report(place + ".estimate.limit_factor",
             "got a limit for " + sessions + ", whose limit is their length");
    }
  }

  std::vector<Finding>* findings_;
};

}  // namespace

std::vector<Finding> CheckGenerator(const GeneratorParams& params) {
  std::vector<Finding> findings;
  Checker check(&findings);
  if (params.name.empty()) check.Report("name", "got nothing, expected a name");
  CheckArrivals(params.arrivals, "arrivals", &findings);
  CheckRegionShares(params.regions, "regions", &findings);
  if (params.populations.empty()) {
    check.Report("populations", "got none, expected at least one");
  }
  check.Weights("populations", params.populations);
  for (size_t i = 0; i < params.populations.size(); ++i) {
    check.Check(params.populations[i], At("populations", i));
  }
  if (params.users.count == 0 || params.users.count > kMaxUsers) {
    check.Report("users.count", "got " + std::to_string(params.users.count) + ", expected 1 … " +
                                    std::to_string(kMaxUsers));
  }
  check.Number("users.zipf_exponent", params.users.zipf_exponent, 10);
  if (params.end < SimTime::Zero()) check.Report("end", "got a time before the start of the run");
  return findings;
}

}  // namespace orrery::workload
