#include "sim/ledger/ledger.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace orrery::ledger {
namespace {

void Ignore(const Flow&) {}

class LedgerTest : public testing::Test {
 protected:
  std::vector<Flow> Close() {
    std::vector<Flow> flows;
    ledger_.CloseEpoch([&](const Flow& flow) { flows.push_back(flow); });
    return flows;
  }

  Ledger ledger_;
  AccountId user_ = ledger_.Open(AccountKind::kUser, "alice");
  AccountId owner_ = ledger_.Open(AccountKind::kOwner, "bob");
  AccountId network_ = ledger_.Open(AccountKind::kNetwork, "treasury");
  ReasonId deposit_ = ledger_.Reason("deposit");
  ReasonId rental_ = ledger_.Reason("rental");
};

TEST_F(LedgerTest, AccountsKeepKindAndName) {
  EXPECT_EQ(ledger_.size(), 5u);
  EXPECT_EQ(ledger_.name(user_), "alice");
  EXPECT_EQ(ledger_.name(network_), "treasury");
  EXPECT_EQ(ledger_.kind(owner_), AccountKind::kOwner);
  EXPECT_EQ(ledger_.name(Ledger::kMint), "mint");
  EXPECT_EQ(ledger_.kind(Ledger::kBurn), AccountKind::kBurn);
  EXPECT_STREQ(AccountKindName(AccountKind::kEscrow), "escrow");
}

TEST_F(LedgerTest, AReasonHasOneIdHoweverOftenItIsAskedFor) {
  EXPECT_EQ(ledger_.Reason("rental"), rental_);
  EXPECT_NE(rental_, deposit_);
  EXPECT_EQ(ledger_.reason_name(rental_), "rental");
  EXPECT_EQ(ledger_.reasons(), 2u);
}

TEST_F(LedgerTest, APostingMovesMoneyAndMakesNone) {
  ledger_.Post(Ledger::kMint, user_, Usd::FromDollars(10), deposit_);
  ledger_.Post(user_, owner_, Usd::FromDollars(4), rental_);
  EXPECT_EQ(ledger_.usd(user_), Usd::FromDollars(6));
  EXPECT_EQ(ledger_.usd(owner_), Usd::FromDollars(4));
  EXPECT_EQ(ledger_.token(user_), Token());
  const Supply supply = ledger_.supply(Currency::kUsd);
  EXPECT_EQ(supply.minted, 10'000'000);
  EXPECT_EQ(supply.burned, 0);
  EXPECT_EQ(supply.circulating, 10'000'000);
}

TEST_F(LedgerTest, BurntMoneyLeavesCirculation) {
  ledger_.Post(Ledger::kMint, user_, Token::Units(500), deposit_);
  ledger_.Post(user_, Ledger::kBurn, Token::Units(120), ledger_.Reason("burn"));
  const Supply supply = ledger_.supply(Currency::kToken);
  EXPECT_EQ(supply.minted, 500);
  EXPECT_EQ(supply.burned, 120);
  EXPECT_EQ(supply.circulating, 380);
  EXPECT_EQ(ledger_.supply(Currency::kUsd).minted, 0);
}

TEST_F(LedgerTest, CreditIsAllowedUnlessTried) {
  ledger_.Post(user_, owner_, Usd::Micros(5), rental_);
  EXPECT_EQ(ledger_.usd(user_), Usd::Micros(-5));
  EXPECT_FALSE(ledger_.TryPost(user_, owner_, Usd::Micros(1), rental_));
  EXPECT_EQ(ledger_.usd(owner_), Usd::Micros(5));
  EXPECT_TRUE(ledger_.TryPost(owner_, user_, Usd::Micros(5), rental_));
  EXPECT_TRUE(ledger_.TryPost(Ledger::kMint, user_, Token::Units(5), deposit_));
  EXPECT_FALSE(ledger_.TryPost(user_, owner_, Token::Units(6), rental_));
}

TEST_F(LedgerTest, EpochsSumPostingsByAccountReasonAndCurrency) {
  ledger_.Post(Ledger::kMint, user_, Usd::Micros(100), deposit_);
  ledger_.Post(user_, owner_, Usd::Micros(30), rental_);
  ledger_.Post(user_, owner_, Usd::Micros(20), rental_);
  ledger_.Post(owner_, user_, Usd::Micros(1), rental_);
  const std::vector<Flow> flows = Close();
  ASSERT_EQ(flows.size(), 4u);
  // mint's deposit; alice's deposit and rental; bob's rental.
  EXPECT_EQ(flows[0].account, Ledger::kMint);
  EXPECT_EQ(flows[0].paid, 100);
  EXPECT_EQ(flows[1].account, user_);
  EXPECT_EQ(flows[1].reason, deposit_);
  EXPECT_EQ(flows[1].received, 100);
  EXPECT_EQ(flows[2].reason, rental_);
  EXPECT_EQ(flows[2].paid, 50);
  EXPECT_EQ(flows[2].received, 1);
  EXPECT_EQ(flows[2].postings, 3u);
  EXPECT_EQ(flows[3].account, owner_);
  EXPECT_EQ(flows[3].received, 50);
  EXPECT_EQ(flows[3].paid, 1);
  EXPECT_EQ(flows[3].currency, Currency::kUsd);
}

TEST_F(LedgerTest, AnEpochStartsWithoutFlowsButKeepsBalances) {
  ledger_.Post(Ledger::kMint, user_, Usd::Micros(100), deposit_);
  EXPECT_EQ(ledger_.epoch(), 0u);
  Close();
  EXPECT_EQ(ledger_.epoch(), 1u);
  EXPECT_EQ(ledger_.usd(user_), Usd::Micros(100));
  EXPECT_TRUE(Close().empty());
  ledger_.Post(user_, owner_, Usd::Micros(1), rental_);
  EXPECT_EQ(Close().size(), 2u);
}

TEST_F(LedgerTest, ABatchHappensWholeOrNotAtAll) {
  ledger_.Post(Ledger::kMint, user_, Usd::Micros(100), deposit_);
  Close();
  Batch batch;
  batch.Move(user_, owner_, Usd::Micros(90), rental_);
  batch.Move(user_, network_, Usd::Micros(10), ledger_.Reason("take_rate"));
  EXPECT_TRUE(ledger_.TryCommit(batch));
  EXPECT_EQ(ledger_.usd(user_), Usd());
  EXPECT_EQ(ledger_.usd(network_), Usd::Micros(10));
  EXPECT_EQ(Close().size(), 4u);

  batch.Clear();
  batch.Move(network_, owner_, Usd::Micros(10), rental_);
  batch.Move(user_, owner_, Usd::Micros(1), rental_);
  EXPECT_FALSE(ledger_.TryCommit(batch));
  EXPECT_EQ(ledger_.usd(network_), Usd::Micros(10));
  EXPECT_EQ(ledger_.usd(owner_), Usd::Micros(90));
  EXPECT_TRUE(Close().empty());
}

TEST_F(LedgerTest, WhatABatchBringsMaySpendItself) {
  // Paid out before it comes in: settlement counts the net.
  Batch batch;
  batch.Move(owner_, network_, Token::Units(7), rental_);
  batch.Move(user_, owner_, Token::Units(7), rental_);
  batch.Move(Ledger::kMint, user_, Token::Units(7), deposit_);
  EXPECT_TRUE(ledger_.TryCommit(batch));
  EXPECT_EQ(ledger_.token(network_), Token::Units(7));
  batch.Clear();
  batch.Move(user_, owner_, Token::Units(7), rental_);
  ledger_.Commit(batch);
  EXPECT_EQ(ledger_.token(user_), Token::Units(-7));
}

TEST(LedgerJournalTest, SeesEveryPostingInOrder) {
  class Journal final : public JournalSink {
   public:
    void OnPosting(uint32_t epoch, const Posting& posting) override {
      seen.emplace_back(epoch, posting.amount);
    }
    std::vector<std::pair<uint32_t, int64_t>> seen;
  };
  Journal journal;
  Ledger ledger(&journal);
  const AccountId user = ledger.Open(AccountKind::kUser, "u");
  const ReasonId reason = ledger.Reason("deposit");
  ledger.Post(Ledger::kMint, user, Usd::Micros(1), reason);
  ledger.Post(Ledger::kMint, user, Usd::Micros(2), reason);
  ledger.CloseEpoch(Ignore);
  Batch batch;
  batch.Move(user, Ledger::kBurn, Usd::Micros(3), reason);
  EXPECT_TRUE(ledger.TryCommit(batch));
  EXPECT_FALSE(ledger.TryCommit(batch));
  const std::vector<std::pair<uint32_t, int64_t>> expected = {{0, 1}, {0, 2}, {1, 3}};
  EXPECT_EQ(journal.seen, expected);
}

using LedgerDeathTest = LedgerTest;

TEST_F(LedgerDeathTest, OverflowIsCaughtNotWrapped) {
  ledger_.Post(Ledger::kMint, user_, Usd::Micros(INT64_MAX), deposit_);
  EXPECT_DEATH(ledger_.Post(Ledger::kMint, user_, Usd::Micros(1), deposit_), "invariant broken");
  EXPECT_DEATH(ledger_.Post(Ledger::kMint, owner_, Usd::Micros(2), deposit_), "invariant broken");
  // The sums of an epoch too: money that goes round and round.
  ledger_.Post(user_, owner_, Usd::Micros(INT64_MAX), rental_);
  ledger_.Post(owner_, user_, Usd::Micros(INT64_MAX), rental_);
  EXPECT_DEATH(ledger_.Post(user_, owner_, Usd::Micros(1), rental_), "invariant broken");
}

TEST_F(LedgerDeathTest, ImpossiblePostingsAreBrokenInvariants) {
  EXPECT_DEATH(ledger_.Post(user_, owner_, Usd::Micros(-1), rental_), "invariant broken");
  EXPECT_DEATH(ledger_.Post(user_, Ledger::kMint, Usd::Micros(1), rental_), "invariant broken");
  EXPECT_DEATH(ledger_.Post(Ledger::kBurn, user_, Usd::Micros(1), rental_), "invariant broken");
  EXPECT_DEATH(ledger_.Post(user_, AccountId(99), Usd::Micros(1), rental_), "invariant broken");
  EXPECT_DEATH(ledger_.Post(user_, owner_, Usd::Micros(1), ReasonId()), "invariant broken");
  EXPECT_DEATH(ledger_.Open(AccountKind::kMint, "another"), "invariant broken");
}

}  // namespace
}  // namespace orrery::ledger
