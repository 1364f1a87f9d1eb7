#include "sim/driver/sampler.h"

namespace orrery::driver {

using engine::Priority;

Sampler::Sampler(Duration interval, engine::Simulator* simulator, Recorder* recorder)
    : interval_(interval),
      simulator_(simulator),
      id_(simulator->Register(this)),
      recorder_(recorder) {}

void Sampler::Watch(const Services* services, results::ResultsWriter* writer) {
  services_ = services;
  writer_ = writer;
}

void Sampler::Open() { simulator_->Schedule(simulator_->now(), Priority::kSample, id_, 0, 0); }

void Sampler::OnEvent(const engine::Event& event) {
  recorder_->Sample(event.time);
  if (services_ != nullptr) services_->Sample(event.time, writer_);
  if (simulator_->pending() > 0) {
    simulator_->Schedule(event.time + interval_, Priority::kSample, id_, 0, 0);
  }
}

}  // namespace orrery::driver
