// SPDX-License-Identifier: Apache-2.0
// What the software engine does with room behind a packet: the same packets come out, and nothing else is touched.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>

#include "support/packets.h"
#include "support/sas.h"
#include "xesp/crypto.h"
#include "xesp/engine.h"

namespace xesp::test {
namespace {

constexpr uint8_t kUntouched = 0xee;
constexpr size_t kAround = 64;

struct Form {
  const char* name;
  Mode mode;
  std::function<void(SaConfig&)> change;
};
const Form kForms[] = {
    {"Tunnel", Mode::kTunnel, [](SaConfig&) {}},
    {"Transport", Mode::kTransport, [](SaConfig&) {}},
    {"TfcPadding", Mode::kTunnel, [](SaConfig& sa) { sa.tfc_pad = 150; }},
    {"EspInUdp", Mode::kTunnel,
     [](SaConfig& sa) {
       sa.encap = UdpEncap{4500, 4500};
     }},
    {"Gmac", Mode::kTunnel, [](SaConfig& sa) { sa.auth_only = true; }},
    {"ChaCha20", Mode::kTunnel, [](SaConfig& sa) { sa.cipher = Cipher::kChaCha20Poly1305; }},
    {"NullSha256", Mode::kTunnel,
     [](SaConfig& sa) {
       sa.cipher = Cipher::kNull;
       sa.integrity = Integrity::kHmacSha256;
       sa.key = Secret();
       sa.salt = Secret();
       sa.auth_key = Secret(counting(32, 90));
       sa.icv_bits = 128;
     }},
};

class Tails : public testing::TestWithParam<std::tuple<Crypto, Form>> {
 protected:
  void SetUp() override {
    if (crypto == Crypto::kIpsecMb && !why_no_ipsec_mb().empty()) GTEST_SKIP() << why_no_ipsec_mb();
    with = make_software_engine(crypto);
    without = make_software_engine(crypto);
    SaConfig sa = make_sa(Direction::kOut, std::get<1>(GetParam()).mode);
    std::get<1>(GetParam()).change(sa);
    sa_with = with->install(sa);
    sa_without = without->install(sa);
  }
  const Crypto crypto = std::get<0>(GetParam());
  std::unique_ptr<Engine> with, without;
  SaHandle sa_with, sa_without;
};

TEST_P(Tails, GiveWhatPacketsWithoutGive) {
  std::vector<PacketOut> result;
  for (size_t payload = 0; payload <= 200; ++payload)
    for (const size_t room : {0, 1, 2, 5, 17, 64, 300}) {
      const Bytes clear = ipv4("192.0.2.1", "198.51.100.1", 17, counting(payload));
      Bytes frame(kAround + clear.size() + room + kAround, kUntouched);
      std::ranges::copy(clear, frame.begin() + kAround);
      const std::span<uint8_t> data = std::span(frame).subspan(kAround, clear.size());
      const PacketIn in{.data = data, .sa = sa_with, .tail = {data.data() + data.size(), room}};
      with->process(Direction::kOut, {&in, 1}, result);
      ASSERT_EQ(result[0].status, abi::kOk);
      ASSERT_EQ(Bytes(result[0].data.begin(), result[0].data.end()), send(*without, sa_without, clear).data)
          << payload << " bytes, room for " << room;
      ASSERT_TRUE(std::ranges::equal(data, clear)) << "the packet has changed";
      const auto other = [](uint8_t b) { return b != kUntouched; };
      ASSERT_EQ(std::count_if(frame.begin(), frame.begin() + kAround, other), 0);
      ASSERT_EQ(std::count_if(frame.end() - kAround, frame.end(), other), 0) << "written beyond the room";
    }
}

TEST_P(Tails, RoomElsewhereIsLeftAlone) {
  const Bytes clear = ipv4("192.0.2.1", "198.51.100.1", 17, counting(50));
  Bytes elsewhere(kAround, kUntouched);
  std::vector<PacketOut> result;
  const PacketIn in{.data = clear, .sa = sa_with, .tail = elsewhere};
  with->process(Direction::kOut, {&in, 1}, result);
  ASSERT_EQ(result[0].status, abi::kOk);
  EXPECT_EQ(Bytes(result[0].data.begin(), result[0].data.end()), send(*without, sa_without, clear).data);
  EXPECT_EQ(elsewhere, Bytes(kAround, kUntouched));
}

INSTANTIATE_TEST_SUITE_P(Of, Tails,
                         testing::Combine(testing::Values(Crypto::kOpenssl, Crypto::kIpsecMb),
                                          testing::ValuesIn(kForms)),
                         [](const auto& info) {
                           return std::string(std::get<0>(info.param) == Crypto::kOpenssl ? "Openssl" : "IpsecMb") +
                                  std::get<1>(info.param).name;
                         });

}  // namespace
}  // namespace xesp::test
