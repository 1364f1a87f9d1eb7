// Devices that are not what their owners say, and the checks that are to find them.
#pragma once

#include <array>
#include <cstdint>
#include <variant>

#include "models/trust/challenge.h"
#include "sim/base/demand.h"
#include "sim/base/ids.h"
#include "sim/base/money.h"
#include "sim/base/time.h"

namespace orrery::trust {

// How a device cheats.
enum class Cheat : uint8_t {
  kNone,
  kSpoofedModel,  // a cheaper GPU model than it claims
  kLessMemory,    // the model it claims, with less memory
  kOversold,      // its GPUs are those of another node that is offered, too
  kBandwidth,     // a slower link than it claims
};
inline constexpr int kCheats = 5;
// "none", "spoofed_model", "less_memory", "oversold", "bandwidth".
const char* CheatName(Cheat cheat);

// A figure for each way to cheat; that of kNone is not used unless said.
using ByCheat = std::array<double, kCheats>;

// Who cheats, and how.
struct Cheats {
  // Shares of the nodes with GPUs, by owner kind; each sums to 1 at most. Assumption: cheat_shares.
  std::array<ByCheat, kOwnerKinds> shares = {{
      {},                        // datacentre
      {0, 0.03, 0.01, 0.02, 0},  // miner
      {0, 0.03, 0.01, 0.02, 0},  // consumer
      {},                        // partner
  }};
  // What spoofed cards really are. None: drawn evenly from the models that are cheaper and slower
  // than the one they claim to be.
  GpuModelId real_model;
  // Memory that a card with less has, as a share of what it claims. Assumption: real_memory.
  double real_memory = 0.5;
  // Of a link that is slower, over what it claims. Assumption: real_bandwidth.
  double real_bandwidth = 0.25;
  // Nodes that an oversold card is offered as. Assumption: names_of_a_card.
  uint32_t names = 2;
  // Share of the cheats that come back under a new name after being refused or suspended, and after
  // how long; as long as they have earned what they lost. Assumption: new_names.
  double returns = 0.3;
  Duration returns_after = Duration::Hours(24);
  // Running time after which a job dies that needs more memory than there is. Assumption:
  // out_of_memory.
  Duration out_of_memory = Duration::Minutes(1);
};

// The check before a node is offered for the first time.
struct Registration {
  // Assumption: registration_time.
  Duration time = Duration::Minutes(30);
  // Chances of cheats to pass. Assumption: registration_passes.
  ByCheat passes = {1, 0.3, 0.6, 0.9, 0.9};
  // Chance of an honest node to be refused. Assumption: registration_refuses.
  double refuses = 0.005;
};

// Proofs of work that all nodes give at the same times: multiples of `every`. Hourly: io.net
// documentation, "Proof of Work", which says that they take 15 minutes at most.
struct Challenges {
  Duration every = Duration::Hours(1);
  // Of each, all GPUs of a node. Assumption: proof_time.
  Duration time = Duration::Minutes(1);
  // Failures in a row after which a node is suspended. Assumption: strikes.
  uint32_t failures = 3;

  // What is left of a node's speed.
  double SpeedLeft() const { return 1 - time.seconds() / every.seconds(); }
};

// What becomes of a node that failed too often.
struct Suspension {
  // Duration::Max(): for good.
  Duration length = Duration::Max();
  // Honest nodes that were suspended or refused are back after this; Max(): they are not heard.
  // Assumption: appeal_time.
  Duration appeal = Duration::Hours(72);
};

// What an owner puts up for a device to be listed.
struct Stake {
  // Of each GPU: io.net's 200 IO a card (documentation, "IO Staking"), at $2.42, the mean of the
  // monthly prices of July 2024 to January 2025 (CoinGecko, collected by 1kx). There are none where
  // it is zero.
  Usd per_gpu = Usd::FromDollars(484);
  // Share that is lost when the device is suspended. Assumption: slashed_share.
  double slashed = 1;
  enum class To : uint8_t { kBurned, kTreasury, kUsers };
  To to = To::kBurned;
};

// Users rate what they got, and a device's reputation follows. Does nothing but be told where
// neither a policy nor a job asks for it.
struct Ratings {
  // Of the attempts that finished or failed. Assumption: rating_share.
  double share = 0.3;
  // Standard deviation of a rating, from 0 to 1. Assumption: rating_noise.
  double noise = 0.1;
  // Weight of what was rated before, at each new rating. Assumption: rating_memory.
  double remembered = 0.98;
  // A new device begins as if so many ratings had been given, of the reputation that its fleet
  // group says. Assumption: prior_ratings.
  double prior = 2;
  // Share of the cheats whose friends rate, too, and how often for each rating of somebody else.
  // Assumption: collusion.
  double colluders = 0.2;
  uint32_t praise = 3;
};

struct Rules {
  Cheats cheats;
  Registration registration;
  Challenges challenges;
  Suspension suspension;
  Stake stake;
  Ratings ratings;
};

// All nodes are what they claim to be, and nobody looks.
struct NoTrust {};

// The chance to fail a challenge is stated; kNone: of an honest node. Assumption: challenge_fails.
struct SimpleTrust : Rules {
  ByCheat fails = {0.001, 0.9, 0.4, 0.5, 0.1};
};

// It follows from what the device really is.
struct FullTrust : Rules {
  TimeLock lock;
};

using Trust = std::variant<NoTrust, SimpleTrust, FullTrust>;

// Null where trust is off.
const Rules* RulesOf(const Trust& trust);

}  // namespace orrery::trust
