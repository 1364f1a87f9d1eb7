// ns-3: hold SCHEDULER PENDING EVENTS, or fcfs|easy JOBS.swf HOSTS. SCHEDULER: Map, Heap, Calendar
// or PriorityQueue.
#include <ns3/core-module.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>

#include "tests/bench/peers/host_counter.h"

namespace {

int64_t left = 0;
std::mt19937_64 random_bits(1);
std::exponential_distribution<double> gap(1.0);

void Happen() {
  if (left-- > 0) ns3::Simulator::Schedule(ns3::Seconds(gap(random_bits)), &Happen);
}

void Hold(const std::string& scheduler, long pending, long events) {
  ns3::ObjectFactory factory("ns3::" + scheduler + "Scheduler");
  ns3::Simulator::SetScheduler(factory);
  left = events;
  for (long i = 0; i < pending; ++i) {
    ns3::Simulator::Schedule(ns3::Seconds(gap(random_bits)), &Happen);
  }
  ns3::Simulator::Run();
}

class Batch {
 public:
  Batch(std::vector<PeerJob> jobs, int hosts, bool easy)
      : jobs_(std::move(jobs)), counter_(&jobs_, hosts, easy, [this](size_t job) { Begin(job); }) {
    ns3::Simulator::Schedule(ns3::Seconds(jobs_[0].submit), &Batch::Arrive, this, size_t{0});
    ns3::Simulator::Run();
    std::printf("total_wait %lld\n", static_cast<long long>(counter_.total_wait()));
  }

 private:
  static int64_t Now() { return static_cast<int64_t>(ns3::Simulator::Now().GetSeconds() + 0.5); }
  void Begin(size_t job) {
    ns3::Simulator::Schedule(ns3::Seconds(jobs_[job].run), &Batch::End, this, job);
  }
  void End(size_t job) {
    counter_.End(job);
    counter_.Schedule(Now());
  }
  void Arrive(size_t job) {
    counter_.Submit(job);
    counter_.Schedule(Now());
    if (job + 1 < jobs_.size()) {
      ns3::Simulator::Schedule(ns3::Seconds(jobs_[job + 1].submit - jobs_[job].submit),
                               &Batch::Arrive, this, job + 1);
    }
  }
  std::vector<PeerJob> jobs_;
  HostCounter counter_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc == 5 && std::strcmp(argv[1], "hold") == 0) {
    Hold(argv[2], std::atol(argv[3]), std::atol(argv[4]));
  } else if (argc == 4) {
    Batch(ReadJobs(argv[2]), std::atoi(argv[3]), std::strcmp(argv[1], "easy") == 0);
  } else {
    return 2;
  }
  return 0;
}
