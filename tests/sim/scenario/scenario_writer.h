// Random valid scenarios as YAML text, for property tests.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <random>
#include <string>

namespace orrery::scenario::testing {

class ScenarioWriter {
 public:
  explicit ScenarioWriter(uint64_t seed) : random_(seed) {}

  std::string Write() {
    std::string text = "name: random\nhorizon: " + Pick({"1d", "36h", "12.5h", "100min"}) + "\n";
    if (Chance()) text += "warm_up: " + Pick({"0s", "10min", "1.5h", "1ns"}) + "\n";
    if (Chance()) text += "seed: " + std::to_string(random_()) + "\n";
    text += "regions: [tokyo, oslo, {id: here, country: FR, lat: -12.5, lon: 179.99, utc_offset: " +
            Pick({"0s", "-9.5h", "345min"}) + "}]\n";
    text += "fleet:\n";
    for (uint64_t i = 0; i <= Below(3); ++i) text += Group();
    text += "workload:\n";
    for (uint64_t i = 0; i <= Below(2); ++i) text += Source();
    return text + Scheduler() + Outputs();
  }

 private:
  uint64_t Below(uint64_t bound) { return random_() % bound; }
  bool Chance() { return Below(2) == 0; }
  std::string Pick(std::initializer_list<const char*> words) {
    return *(words.begin() + Below(words.size()));
  }
  std::string Maybe(const std::string& text) { return Chance() ? text : ""; }
  std::string Number() {
    return std::to_string(1 + Below(1000)) + Pick({"", ".5", ".125", "e1", ".123456789"});
  }

  std::string Group() {
    std::string text = "  - {cpu: " + Pick({"1", "95.5", "0.125"}) +
                       ", memory: " + Pick({"1GiB", "1.5TiB", "513MiB"}) +
                       ", count: " + Pick({"1", "17", "1e3"});
    text += Chance() ? ", gpus_per_node: 0"
                     : ", gpus_per_node: " + std::to_string(1 + Below(16)) +
                           ", gpu: " + Pick({"t4", "h100-sxm", "V100", "rtx4090"});
    text += Maybe(", regions: " + Pick({"tokyo", "[oslo, here]", "{tokyo: 2.5, here: 1e-3}"}));
    text += Maybe(", ask: " + Pick({"$0.5/h", "{sigma: 0.3, median: $1.25/h}",
                                    "{median: $2/h, tick: $0.05/h}"}));
    text += Maybe(", owner: " + Pick({"datacentre", "miner", "consumer", "partner"}));
    text += Maybe(", tier: 3") + Maybe(", verified: 33.3%") + Maybe(", nodes_per_owner: 2");
    return text + Maybe(", reputation: {low: 0.25, high: 0.875}") + "}\n";
  }

  // `unit` follows each value: "s" or "".
  std::string Distribution(const std::string& unit) {
    const auto value = [&] { return Number() + unit; };
    const std::string sigma = Pick({"0.5", "1", "2.25"});
    switch (Below(7)) {
      case 0:
        return value();
      case 1:
        return "{law: exponential, mean: " + value() + "}";
      case 2:
        return "{law: uniform, low: 1" + unit + ", high: 99999" + unit + "}";
      case 3:
        return "{law: lognormal, median: " + value() + ", sigma: " + sigma + "}";
      case 4:
        return "{law: weibull, shape: " + sigma + ", scale: " + value() + ", min: 0.5" + unit + "}";
      case 5:
        return "{law: empirical, points: [{p: 0, value: 1" + unit + "}, {p: 12.5%, value: 3" +
               unit + "}, {p: 1, value: 99999" + unit + "}]}";
      default:
        return "{law: deterministic, value: " + value() + "}";
    }
  }

  std::string Class() {
    switch (Below(6)) {
      case 0:
        return ", class: batch_training, checkpoint_interval: " + Pick({"none", "0s", "7min"});
      case 1:
        return ", class: sweep, trials: {law: uniform, low: 2, high: 20}, first_rung: 90s";
      case 2:
        return ", class: batch_inference, batch: 1.5s";
      case 3:
        return ", class: rendering, frames: 24, frame_sigma: 0.1";
      case 4:
        return ", class: interactive, max_wait: " + Distribution("s");
      default:
        return "";
    }
  }

  std::string Requirements() {
    std::string text = "{probability: 10%" + Maybe(", gpus: [t4, h100-sxm]") +
                       Maybe(", min_gpu_memory: 24GiB") + Maybe(", min_fp16: 312.5TFLOPS") +
                       Maybe(", min_bandwidth: 1.2TB/s") + Maybe(", countries: [JP, DE]") +
                       Maybe(", countries_barred: FR") + Maybe(", min_tier: 1") +
                       Maybe(", owners: [miner, consumer]") + Maybe(", verified_only: true") +
                       Maybe(", max_price: $2.5/h");
    return text +
           Maybe(
               ", preferences: [{gpu: t4, weight: 0.1}, {region: here, weight: 2}, "
               "{owner: partner, weight: 1}, {verified: true, weight: 0}, {tier: 2, "
               "weight: 0.3}]") +
           "}";
  }

  std::string Population() {
    const std::string job_class = Class();
    std::string text = "        - {weight: " + Number() + job_class;
    text += Maybe(", duration: " + Distribution("s"));
    text += Maybe(
        ", sizes: [1, {gpus: 1, gpu_share: 0.25, weight: 2.5}, {gpus: 1, cpu: 2.5, "
        "memory: 3GiB, duration: " +
        Distribution("s") + "}]");
    text += Maybe(", reference_gpu: " + Pick({"a100-80", "none"}));
    text += Maybe(", requirements: [" + Requirements() + ", " + Requirements() + "]");
    text += Maybe(", priorities: {-1: 1, 7: 0.5}");
    // A session's own patience stands for its limit and its deadline.
    if (job_class.find("interactive") == std::string::npos) {
      text += Maybe(", estimate: {factor: " + Distribution("") + ", limit_factor: 1.5}");
      text += Maybe(", deadline: {probability: 0.25, slack: " + Distribution("") + "}");
    }
    return text + Maybe(", budget: {probability: 0.5, price: $1.5/h}") + "}\n";
  }

  std::string Source() {
    std::string text = "  - generator:\n      arrivals: {rate: " + Number() + Pick({"/h", "/d"});
    text += Pick({"", ", law: poisson", ", law: gamma, cv: 2.5",
                  ", law: mmpp, states: [{rate: 1, mean_sojourn: 1h}, {rate: 9, mean_sojourn: "
                  "90s}]"});
    text += Maybe(", shape: {weekly: [1, 1, 1, 1, 1, 0.5, 0.25]}") + "}\n";
    text += Maybe("      regions: [tokyo, here]\n") + Maybe("      users: {count: 7}\n");
    text += Maybe("      until: 30min\n") + Maybe("      max_arrivals: 100\n");
    text += "      populations:\n";
    for (uint64_t i = 0; i <= Below(3); ++i) text += Population();
    text += "    kill_at_limit: " + Pick({"true", "false"}) + "\n";
    return text + Maybe("    transforms: [shuffle, {window: {from: 10min, to: 20h}}]\n");
  }

  std::string Scheduler() {
    std::string text = "scheduler:\n  order: " + Pick({"fifo", "sjf", "edf", "las2d"}) + "\n";
    text += "  place: " + Pick({"best_fit", "random", "{policy: power_of_d, d: 4}"}) + "\n";
    text += Chance() ? "  allocate: equal_share\n  round: 3min\n"
                     : Maybe("  backfill: " + Pick({"none", "easy", "conservative"}) + "\n");
    text += Maybe("  trigger: {each_event: true, every: 45s}\n") + Maybe("  blocking: strict\n");
    return text + Maybe("  ties: most_reliable\n") + Maybe("  delays: {start: 30s, stop: 1.5s}\n");
  }

  std::string Outputs() {
    return Pick({"", "outputs: {file: r.h5, jobs: sample, sample_fraction: 12.5%}\n",
                 "outputs: {timeseries: none, attempts: false}\n"});
  }

  std::mt19937_64 random_;
};

inline std::string RandomScenario(uint64_t seed) { return ScenarioWriter(seed).Write(); }

}  // namespace orrery::scenario::testing
