// What users' ratings make of a device.
#pragma once

namespace orrery::trust {

// The Beta reputation system: A. Jøsang, R. Ismail, "The Beta Reputation System", 15th Bled
// Electronic Commerce Conference, 2002. Ratings are evidence for and against, which is forgotten by
// a factor with each new one (§5.4 there); the reputation is the mean of a Beta law.
class BetaReputation {
 public:
  BetaReputation() = default;
  // Begins as if `ratings` ratings of `value`, 0 … 1, had been given.
  BetaReputation(double ratings, double value)
      : good_(ratings * value), bad_(ratings * (1 - value)) {}

  // A rating, 0 … 1; of what was rated before a share `remembered`, 0 … 1, still counts.
  void Rate(double rating, double remembered) {
    good_ = good_ * remembered + rating;
    bad_ = bad_ * remembered + 1 - rating;
  }
  // (r + 1) / (r + s + 2).
  double Expected() const { return (good_ + 1) / (good_ + bad_ + 2); }

 private:
  double good_ = 0, bad_ = 0;  // r and s
};

}  // namespace orrery::trust
