#include "tests/policies/backfill/counting.h"

#include <algorithm>
#include <random>

namespace orrery::policies::testing {
namespace {

constexpr int kNever = 1 << 30;

// Everything second by second would do, too; ends of stays are where anything changes.
class Counter {
 public:
  Counter(const std::vector<Work>& works, int processors, Rule rule)
      : works_(works), processors_(processors), rule_(rule), start_(works.size(), kNever) {}

  std::vector<double> Play() {
    std::vector<int> times;
    for (const Work& work : works_) times.push_back(static_cast<int>(work.submit));
    std::sort(times.begin(), times.end());
    int now = -1;
    while (true) {
      int next = kNever;
      for (int time : times) {
        if (time > now) next = std::min(next, time);
      }
      for (size_t i = 0; i < works_.size(); ++i) {
        if (start_[i] != kNever && End(i) > now) next = std::min(next, End(i));
      }
      if (next == kNever) break;
      now = next;
      rule_ == Rule::kEasy ? Easy(now) : Conservative(now);
    }
    return {start_.begin(), start_.end()};
  }

 private:
  int Size(size_t i) const { return static_cast<int>(works_[i].gpus * works_[i].replicas); }
  int Estimate(size_t i) const {
    return static_cast<int>(works_[i].estimate > 0 ? works_[i].estimate : works_[i].run_time);
  }
  int End(size_t i) const { return start_[i] + static_cast<int>(works_[i].run_time); }
  bool Waits(size_t i, int now) const { return works_[i].submit <= now && start_[i] == kNever; }
  bool Runs(size_t i, int now) const { return start_[i] <= now && End(i) > now; }

  // Processors in use at `time`, as expected at `now`.
  int Used(int time, int now) const {
    int used = 0;
    for (size_t i = 0; i < works_.size(); ++i) {
      if (Runs(i, now) && time < start_[i] + Estimate(i)) used += Size(i);
      if (i < reserved_.size() && reserved_[i] != kNever && time >= reserved_[i] &&
          time < reserved_[i] + Estimate(i)) {
        used += Size(i);
      }
    }
    return used;
  }

  std::vector<int> Changes(int now) const {
    std::vector<int> times = {now};
    for (size_t i = 0; i < works_.size(); ++i) {
      if (Runs(i, now)) times.push_back(start_[i] + Estimate(i));
      if (i < reserved_.size() && reserved_[i] != kNever) {
        times.push_back(reserved_[i]);
        times.push_back(reserved_[i] + Estimate(i));
      }
    }
    std::sort(times.begin(), times.end());
    return times;
  }

  int Earliest(size_t job, int now) const {
    const std::vector<int> times = Changes(now);
    for (int from : times) {
      bool fits = from >= now;
      for (int time : times) {
        if (time != from && (time < from || time >= from + Estimate(job))) continue;
        fits = fits && Used(time, now) + Size(job) <= processors_;
      }
      if (fits) return from;
    }
    return kNever;
  }

  void Easy(int now) {
    size_t head = works_.size();
    for (size_t i = 0; i < works_.size(); ++i) {
      if (!Waits(i, now)) continue;
      if (Used(now, now) + Size(i) > processors_) {
        head = i;
        break;
      }
      start_[i] = now;
    }
    if (head == works_.size()) return;
    const int shadow = Earliest(head, now);
    int extra = processors_ - Used(shadow, now) - Size(head);
    for (size_t i = head + 1; i < works_.size(); ++i) {
      if (!Waits(i, now) || Used(now, now) + Size(i) > processors_) continue;
      const bool in_time = now + Estimate(i) <= shadow;
      if (!in_time && Size(i) > extra) continue;
      start_[i] = now;
      if (!in_time) extra -= Size(i);
    }
  }

  void Conservative(int now) {
    reserved_.resize(works_.size(), kNever);
    for (size_t i = 0; i < works_.size(); ++i) {
      if (!Waits(i, now)) continue;
      const int before = std::exchange(reserved_[i], kNever);
      reserved_[i] = std::min(before, Earliest(i, now));
      if (reserved_[i] == now) {
        start_[i] = now;
        reserved_[i] = kNever;
      }
    }
  }

  const std::vector<Work>& works_;
  int processors_;
  Rule rule_;
  std::vector<int> start_;
  std::vector<int> reserved_;
};

}  // namespace

std::vector<double> CountingSchedule(const std::vector<Work>& works, int processors, Rule rule) {
  return Counter(works, processors, rule).Play();
}

std::vector<Work> RandomWorks(uint64_t seed, int jobs, int processors, bool exact_estimates) {
  std::mt19937_64 random(seed);
  const auto up_to = [&](int n) {
    return static_cast<int>(random() % static_cast<uint64_t>(n)) + 1;
  };
  std::vector<Work> works;
  int time = 0;
  for (int i = 0; i < jobs; ++i) {
    time += up_to(8) - 1;
    Work work;
    work.submit = time;
    work.run_time = up_to(30);
    work.replicas = static_cast<uint32_t>(up_to(4) == 1 ? up_to(processors) : up_to(2));
    if (!exact_estimates) work.estimate = work.run_time + (up_to(3) == 1 ? 0 : up_to(40));
    works.push_back(work);
  }
  return works;
}

}  // namespace orrery::policies::testing
