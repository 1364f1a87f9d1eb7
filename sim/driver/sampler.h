// Takes rows of the time series at regular times, after all decisions of the instant.
#pragma once

#include "sim/driver/recorder.h"
#include "sim/driver/services.h"
#include "sim/engine/simulator.h"

namespace orrery::driver {

class Sampler final : public engine::Component {
 public:
  // Samples at 0, interval, 2 × interval, … for as long as anything else is going to happen.
  Sampler(Duration interval, engine::Simulator* simulator, Recorder* recorder);
  // Samples these, too, into the file.
  void Watch(const Services* services, results::ResultsWriter* writer);
  void Open();
  void OnEvent(const engine::Event& event) override;

 private:
  Duration interval_;
  engine::Simulator* simulator_;
  engine::ComponentId id_;
  Recorder* recorder_;
  const Services* services_ = nullptr;
  results::ResultsWriter* writer_ = nullptr;
};

}  // namespace orrery::driver
