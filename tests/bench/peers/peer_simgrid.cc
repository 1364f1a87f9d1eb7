// SimGrid: hold PENDING EVENTS, or fcfs|easy JOBS.swf HOSTS. One actor an event stream, one a job.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <simgrid/s4u.hpp>

#include "tests/bench/peers/host_counter.h"

namespace sg4 = simgrid::s4u;

namespace {

int64_t left = 0;
std::mt19937_64 random_bits(1);

sg4::Host* OneHost() {
  auto* zone = sg4::create_full_zone("world");
  auto* host = zone->create_host("host", 1e9);
  zone->seal();
  return host;
}

void Hold(sg4::Engine& engine, long pending, long events) {
  left = events;
  // 100,000 stacks with a guard page each are more mappings than Linux lets a process have.
  sg4::Engine::set_config("contexts/guard-size:0");
  sg4::Engine::set_config("contexts/stack-size:64");
  sg4::Host* host = OneHost();
  for (long i = 0; i < pending; ++i) {
    sg4::Actor::create("stream", host, [] {
      std::exponential_distribution<double> gap(1.0);
      while (left-- > 0) sg4::this_actor::sleep_for(gap(random_bits));
    });
  }
  engine.run();
}

void Batch(sg4::Engine& engine, std::vector<PeerJob> jobs, int hosts, bool easy) {
  sg4::Host* host = OneHost();
  const auto now = [] { return static_cast<int64_t>(std::llround(sg4::Engine::get_clock())); };
  HostCounter* counter = nullptr;
  const auto run = [&](size_t job) {
    sg4::Actor::create("job", host, [&, job] {
      sg4::this_actor::sleep_until(static_cast<double>(jobs[job].start + jobs[job].run));
      counter->End(job);
      counter->Schedule(now());
    });
  };
  HostCounter own(&jobs, hosts, easy, run);
  counter = &own;
  sg4::Actor::create("arrivals", host, [&] {
    for (size_t job = 0; job < jobs.size(); ++job) {
      sg4::this_actor::sleep_until(static_cast<double>(jobs[job].submit));
      own.Submit(job);
      own.Schedule(now());
    }
  });
  engine.run();
  std::printf("total_wait %lld\n", static_cast<long long>(own.total_wait()));
}

}  // namespace

int main(int argc, char** argv) {
  sg4::Engine engine(&argc, argv);
  if (argc == 4 && std::strcmp(argv[1], "hold") == 0) {
    Hold(engine, std::atol(argv[2]), std::atol(argv[3]));
  } else if (argc == 4) {
    Batch(engine, ReadJobs(argv[2]), std::atoi(argv[3]), std::strcmp(argv[1], "easy") == 0);
  } else {
    return 2;
  }
  return 0;
}
