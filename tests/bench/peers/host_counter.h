// FCFS and EASY over a count of free hosts: the batch scheduler that the peers share. Times are
// whole seconds. Textbook EASY (Lifka 1995): a reservation for the head of the queue from user
// estimates; a later job starts if it fits now and either ends by the reservation or leaves the
// head its hosts.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <functional>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

struct PeerJob {
  int64_t submit = 0, run = 0, estimate = 0, start = -1;
  int hosts = 0;
};

inline std::vector<PeerJob> ReadJobs(const char* path) {
  std::vector<PeerJob> jobs;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == ';') continue;
    std::istringstream fields(line);
    double field[9] = {};
    for (double& value : field) fields >> value;
    PeerJob job;
    job.submit = static_cast<int64_t>(field[1]);
    job.run = static_cast<int64_t>(field[3]);
    job.hosts = static_cast<int>(field[4]);
    job.estimate = static_cast<int64_t>(field[8]);
    jobs.push_back(job);
  }
  if (jobs.empty()) {
    std::fprintf(stderr, "%s: no jobs\n", path);
    std::exit(2);
  }
  return jobs;
}

class HostCounter {
 public:
  // `start(job)` is called for each job that is to begin now.
  HostCounter(std::vector<PeerJob>* jobs, int hosts, bool easy, std::function<void(size_t)> start)
      : jobs_(*jobs), free_(hosts), easy_(easy), start_(std::move(start)) {}

  void Submit(size_t job) { queue_.push_back(job); }
  void End(size_t job) {
    free_ += jobs_[job].hosts;
    ends_.erase({jobs_[job].start + jobs_[job].estimate, job});
  }
  // Starts whatever may start. `start` is called last: in SimGrid, making an actor lets others run.
  void Schedule(int64_t now) {
    std::vector<size_t> begun;
    Choose(now, &begun);
    for (size_t job : begun) start_(job);
  }
  int64_t total_wait() const { return total_wait_; }

 private:
  void Choose(int64_t now, std::vector<size_t>* begun) {
    while (!queue_.empty() && jobs_[queue_.front()].hosts <= free_) {
      Take(queue_.front(), now, begun);
      queue_.pop_front();
    }
    if (!easy_ || queue_.empty()) return;
    const PeerJob& head = jobs_[queue_.front()];
    int free_then = free_;
    int64_t shadow = now;
    for (auto end = ends_.begin(); end != ends_.end() && free_then < head.hosts;) {
      shadow = end->first;
      for (; end != ends_.end() && end->first == shadow; ++end)
        free_then += jobs_[end->second].hosts;
    }
    int extra = free_then - head.hosts;
    for (auto waiting = queue_.begin() + 1; waiting != queue_.end() && free_ > 0;) {
      const PeerJob& job = jobs_[*waiting];
      const bool in_time = now + job.estimate <= shadow;
      if (job.hosts > free_ || (!in_time && job.hosts > extra)) {
        ++waiting;
        continue;
      }
      if (!in_time) extra -= job.hosts;
      Take(*waiting, now, begun);
      waiting = queue_.erase(waiting);
    }
  }
  void Take(size_t job, int64_t now, std::vector<size_t>* begun) {
    jobs_[job].start = now;
    total_wait_ += now - jobs_[job].submit;
    free_ -= jobs_[job].hosts;
    ends_.insert({now + jobs_[job].estimate, job});
    begun->push_back(job);
  }

  std::vector<PeerJob>& jobs_;
  int free_;
  bool easy_;
  std::function<void(size_t)> start_;
  std::deque<size_t> queue_;
  std::set<std::pair<int64_t, size_t>> ends_;
  int64_t total_wait_ = 0;
};
