// The tables of nodes and of what happened to them.
#include <iterator>

#include "sim/base/demand.h"
#include "sim/results/table_making.h"

namespace orrery::results {
namespace {

constexpr std::string_view kNodeEvents[] = {"joined",   "left",      "failed",   "repaired",
                                            "detected", "suspended", "returned", "blacklisted"};
static_assert(std::size(kNodeEvents) == kNodeEventKinds);

constexpr std::string_view kVettedNames[] = {"registering", "refused", "listed", "suspended"};
static_assert(std::size(kVettedNames) == kVetteds);
constexpr std::string_view kCheatNames[] = {"none", "spoofed_model", "less_memory", "oversold",
                                            "bandwidth"};
constexpr std::string_view kNoYes[] = {"no", "yes"};

std::span<const std::string_view> OwnerKinds() {
  static const auto names = NamesBy<OwnerKind, kOwnerKinds>(OwnerKindName);
  return names;
}

}  // namespace

template <>
const Table& TableOf<NodeRow>() {
  static const Column columns[] = {
      COLUMN(NodeRow, node, "1", "number of the node"),
      COLUMN(NodeRow, gpus, "1", "GPUs"),
      Named(OrNone(COLUMN(NodeRow, gpu_model, "1", "model of its GPUs"), kNone16), "gpu_models"),
      COLUMN(NodeRow, cpu_milli, "1e-3", "CPU cores"),
      COLUMN(NodeRow, memory_mib, "MiB", "main memory"),
      Named(OrNone(COLUMN(NodeRow, region, "1", "where it is"), kNone16), "regions"),
      COLUMN(NodeRow, ask_usd_micro_h, "1e-6 USD/h", "ask price of one GPU"),
      Coded(COLUMN(NodeRow, owner_kind, "1", "kind of its owner"), OwnerKinds()),
      Named(COLUMN(NodeRow, owner, "1", "account of its owner"), "accounts"),
      COLUMN(NodeRow, tier, "1", "higher is better"),
      Coded(COLUMN(NodeRow, verified, "1", "whether its hardware was verified"), kNoYes),
  };
  static const Table table = MakeTable<NodeRow>("nodes", "One row a node.", columns);
  return table;
}

template <>
const Table& TableOf<NodeEnergyRow>() {
  static const Column columns[] = {
      COLUMN(NodeEnergyRow, node, "1", "the node, as in /nodes/node"),
      COLUMN(NodeEnergyRow, energy_kwh, "kWh", "electricity, idle time included"),
      COLUMN(NodeEnergyRow, energy_usd, "USD", "what that cost its owner"),
      COLUMN(NodeEnergyRow, carbon_kg, "kg", "what that emitted, as CO2 equivalent"),
      COLUMN(NodeEnergyRow, peak_temperature_c, "degC",
             "of its boards in use; NaN: none was, or temperatures are not modelled"),
      COLUMN(NodeEnergyRow, earned_usd_micro, "1e-6 USD",
             "charged for its use; what it mined is in /node_mining"),
  };
  static const Table table =
      MakeTable<NodeEnergyRow>("node_energy", "One row a node where energy is modelled.", columns);
  return table;
}

template <>
const Table& TableOf<NodeMiningRow>() {
  static const Column columns[] = {
      COLUMN(NodeMiningRow, node, "1", "the node, as in /nodes/node"),
      COLUMN(NodeMiningRow, mined_gpu_h, "h", "GPU-hours that its idle GPUs mined"),
      COLUMN(NodeMiningRow, revenue_usd_micro, "1e-6 USD", "what a pool paid for that"),
      COLUMN(NodeMiningRow, energy_kwh, "kWh", "electricity of that, above what it draws idle"),
      COLUMN(NodeMiningRow, energy_usd, "USD", "what that cost its owner"),
  };
  static const Table table =
      MakeTable<NodeMiningRow>("node_mining", "One row for each node whose owner mines.", columns);
  return table;
}

template <>
const Table& TableOf<NodeTrustRow>() {
  static const Column columns[] = {
      COLUMN(NodeTrustRow, node, "1", "the node, as in /nodes/node"),
      Coded(COLUMN(NodeTrustRow, cheat, "1", "how it cheats"), kCheatNames),
      Named(OrNone(COLUMN(NodeTrustRow, real_model, "1", "what its GPUs really are"), kNone16),
            "gpu_models"),
      Coded(COLUMN(NodeTrustRow, state, "1", "where it stands at the end"), kVettedNames),
      OrNone(COLUMN(NodeTrustRow, admitted_ns, "ns", "first passed the registration"), kNever),
      OrNone(COLUMN(NodeTrustRow, suspended_ns, "ns", "first suspended"), kNever),
      COLUMN(NodeTrustRow, names, "1", "names that it registered under"),
      COLUMN(NodeTrustRow, suspensions, "1", "times it was suspended"),
      COLUMN(NodeTrustRow, challenges, "1", "proofs of work it was asked for"),
      COLUMN(NodeTrustRow, sold_gpu_h, "h", "GPU-hours that jobs held of it"),
      COLUMN(NodeTrustRow, earned_usd_micro, "1e-6 USD", "charged for its use"),
      COLUMN(NodeTrustRow, reputation, "1", "by users' ratings, from 0 to 1; NaN: nobody rates"),
      COLUMN(NodeTrustRow, slashed_usd_micro, "1e-6 USD", "lost of its stake"),
  };
  static const Table table =
      MakeTable<NodeTrustRow>("node_trust", "One row a node where trust is modelled.", columns);
  return table;
}

template <>
const Table& TableOf<NodeEventRow>() {
  static const Column columns[] = {
      COLUMN(NodeEventRow, time_ns, "ns", "when"),
      COLUMN(NodeEventRow, node, "1", "the node, as in /nodes/node"),
      Coded(COLUMN(NodeEventRow, kind, "1", "what happened"), kNodeEvents),
  };
  static const Table table = MakeTable<NodeEventRow>(
      "node_events", "One row for each change of a node's state, in order of time.", columns);
  return table;
}

}  // namespace orrery::results
