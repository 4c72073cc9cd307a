// SPDX-License-Identifier: Apache-2.0
// An engine that does wrong in one way is found out.
#include "engine/self_test.h"

#include <gtest/gtest.h>

#include <functional>

#include "support/refusal.h"
#include "support/sas.h"

namespace xesp::test {
namespace {

// The software engine with results that a broken card could give.
class Broken final : public Engine {
 public:
  using Harm = std::function<void(Direction, PacketOut&, Bytes&)>;
  explicit Broken(Harm harm) : harm_(std::move(harm)) {}

  std::string description() const override { return "a broken card"; }
  SaHandle install(const SaConfig& sa) override {
    ++sas;
    return engine_->install(sa);
  }
  void remove(Direction direction, SaHandle sa) override {
    --sas;
    engine_->remove(direction, sa);
  }
  void extend(SaHandle sa, uint64_t limit) override { engine_->extend(sa, limit); }
  SaStats stats(Direction direction, SaHandle sa) override { return engine_->stats(direction, sa); }
  EngineCounters counters(Direction direction) const override { return engine_->counters(direction); }
  void process(Direction direction, std::span<const PacketIn> in, std::vector<PacketOut>& out) override {
    engine_->process(direction, in, out);
    ASSERT_EQ(out.size(), 1u);
    data_.assign(out[0].data.begin(), out[0].data.end());
    harm_(direction, out[0], data_);
    out[0].data = data_;
  }

  int sas = 0;

 private:
  std::unique_ptr<Engine> engine_ = make_software_engine();
  Harm harm_;
  Bytes data_;
};

std::string verdict(const Broken::Harm& harm) {
  Broken engine(harm);
  const std::string text = refusal([&] { self_test(engine); });
  EXPECT_EQ(engine.sas, 0) << "an SA is left behind";
  return text;
}

TEST(SelfTest, AGoodEnginePassesAndKeepsNoSa) {
  EXPECT_EQ(verdict([](Direction, PacketOut&, Bytes&) {}), "(taken)");
}

TEST(SelfTest, AWrongIcvThatPassesIsFound) {
  EXPECT_EQ(verdict([](Direction, PacketOut& out, Bytes&) {
              if (out.status == abi::kDropIcv) out.status = abi::kOk;
            }),
            "self-test of a broken card: AES-128-GCM with a wrong bit is not dropped: do not use it");
}

TEST(SelfTest, TextOfADroppedPacketIsFound) {
  EXPECT_EQ(verdict([](Direction, PacketOut& out, Bytes& data) {
              if (out.status == abi::kDropIcv) data.push_back(0);
            }),
            "self-test of a broken card: AES-128-GCM with a wrong bit is not dropped: do not use it");
}

TEST(SelfTest, WrongTextIsFound) {
  EXPECT_EQ(verdict([](Direction direction, PacketOut& out, Bytes& data) {
              if (direction == Direction::kIn && out.status == abi::kOk) data.back() ^= 0x80;
            }),
            "self-test of a broken card: AES-128-GCM gives wrong bytes: do not use it");
}

TEST(SelfTest, AReplayThatPassesIsFound) {
  EXPECT_EQ(verdict([](Direction, PacketOut& out, Bytes&) {
              if (out.status == abi::kDropReplay) out.status = abi::kOk;
            }),
            "self-test of a broken card: AES-128-GCM for the second time is not dropped: do not use it");
}

TEST(SelfTest, WrongCiphertextIsFound) {
  EXPECT_EQ(verdict([](Direction direction, PacketOut&, Bytes& data) {
              if (direction == Direction::kOut) data[40] ^= 1;
            }),
            "self-test of a broken card: AES-256-GCM, outbound, gives wrong bytes: do not use it");
}

TEST(SelfTest, AnEngineThatTakesNothingIsFound) {
  EXPECT_EQ(verdict([](Direction, PacketOut& out, Bytes& data) {
              out.status = abi::kDropIcv;
              data.clear();
            }),
            "self-test of a broken card: AES-128-GCM drops a published packet (icv_failed): do not use it");
}

}  // namespace
}  // namespace xesp::test
