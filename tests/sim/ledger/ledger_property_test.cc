// What must hold for any postings, whoever makes them.
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <map>
#include <tuple>
#include <utility>

#include "sim/base/random.h"
#include "sim/ledger/ledger.h"

namespace orrery::ledger {
namespace {

// A plain second book, kept posting by posting.
class SecondBook final : public JournalSink {
 public:
  void OnPosting(uint32_t, const Posting& posting) override {
    balances[{posting.from, posting.currency}] -= posting.amount;
    balances[{posting.to, posting.currency}] += posting.amount;
    const auto key = [&](AccountId account) {
      return std::tuple(account, posting.reason, posting.currency);
    };
    flows[key(posting.from)][0] += posting.amount;
    flows[key(posting.to)][1] += posting.amount;
  }

  std::map<std::pair<AccountId, Currency>, int64_t> balances;
  std::map<std::tuple<AccountId, ReasonId, Currency>, std::array<int64_t, 2>> flows;
};

class RandomPostings {
 public:
  explicit RandomPostings(uint64_t seed)
      : draw_(RandomStreams(seed, 0).Stream("test/ledger").At(0)), ledger_(&book_) {
    for (int i = 0; i < kAccounts; ++i) ledger_.Open(AccountKind::kUser, "u");
    for (const char* name : {"rental", "take_rate", "emission", "burn"}) ledger_.Reason(name);
  }

  void Step() {
    switch (draw_.UniformInt(4)) {
      case 0:
        ledger_.Post(From(), To(), Usd::Micros(Amount()), Reason());
        break;
      case 1:
        static_cast<void>(ledger_.TryPost(From(), To(), Token::Units(Amount()), Reason()));
        break;
      default: {
        Batch batch;
        for (uint64_t moves = draw_.UniformInt(5); moves > 0; --moves) {
          batch.Move(From(), To(), Token::Units(Amount()), Reason());
          batch.Move(From(), To(), Usd::Micros(Amount()), Reason());
        }
        static_cast<void>(ledger_.TryCommit(batch));
      }
    }
  }

  void ExpectBalancesOfTheSecondBook() {
    for (uint32_t i = 0; i < ledger_.size(); ++i) {
      const AccountId account(i);
      EXPECT_EQ(ledger_.usd(account).micros(), (book_.balances[{account, Currency::kUsd}]));
      EXPECT_EQ(ledger_.token(account).units(), (book_.balances[{account, Currency::kToken}]));
    }
  }

  void ExpectFlowsOfTheSecondBook() {
    auto expected = book_.flows.begin();
    ledger_.CloseEpoch([&](const Flow& flow) {
      ASSERT_NE(expected, book_.flows.end());
      EXPECT_EQ(std::tuple(flow.account, flow.reason, flow.currency), expected->first);
      EXPECT_EQ(flow.paid, expected->second[0]);
      EXPECT_EQ(flow.received, expected->second[1]);
      ++expected;
    });
    EXPECT_EQ(expected, book_.flows.end());
    book_.flows.clear();
  }

  const Ledger& ledger() const { return ledger_; }

 private:
  static constexpr int kAccounts = 20;

  AccountId From() {
    const uint64_t pick = draw_.UniformInt(kAccounts + 1);
    return pick == 0 ? Ledger::kMint : AccountId(static_cast<uint32_t>(pick + 1));
  }
  AccountId To() { return AccountId(static_cast<uint32_t>(1 + draw_.UniformInt(kAccounts + 1))); }
  int64_t Amount() { return static_cast<int64_t>(draw_.UniformInt(1'000'000)); }
  ReasonId Reason() { return ReasonId(static_cast<uint16_t>(draw_.UniformInt(4))); }

  Draw draw_;
  SecondBook book_;
  Ledger ledger_;
};

TEST(LedgerPropertyTest, BooksBalanceAfterAnyPostings) {
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    RandomPostings random(seed);
    for (int epoch = 0; epoch < 10; ++epoch) {
      for (int i = 0; i < 200; ++i) random.Step();
      for (const Currency currency : {Currency::kUsd, Currency::kToken}) {
        const Supply supply = random.ledger().supply(currency);
        EXPECT_EQ(supply.minted - supply.burned, supply.circulating);
      }
      random.ExpectBalancesOfTheSecondBook();
      random.ExpectFlowsOfTheSecondBook();
    }
    EXPECT_EQ(random.ledger().epoch(), 10u);
    EXPECT_GT(random.ledger().supply(Currency::kUsd).minted, 0);
    EXPECT_GT(random.ledger().supply(Currency::kToken).burned, 0);
  }
}

}  // namespace
}  // namespace orrery::ledger
