// SPDX-License-Identifier: Apache-2.0
// AH in the software engine: what it makes of good packets, what may change on the way and what not.
#include <gtest/gtest.h>

#include <random>
#include <set>
#include <tuple>

#include "support/ah_packets.h"
#include "support/sas.h"
#include "xesp/engine.h"

namespace xesp::test {
namespace {

struct Form {
  Mode mode;
  bool outer_v6;
  bool inner_v6;  // of the clear packet: as the outer one in transport mode
  Integrity integrity;

  bool tunnel() const { return mode == Mode::kTunnel; }
  SaConfig sa(Direction direction, uint32_t spi = 0x1001) const {
    SaConfig sa = make_ah_sa(direction, mode, outer_v6, spi);
    if (integrity != Integrity::kOfCipher) use_hmac(sa, integrity);
    return sa;
  }
  Bytes clear(const Bytes& payload) const {
    if (tunnel()) return inner_v6 ? ipv6("fd00::1", "fd00::2", 17, payload) : ipv4("10.1.0.1", "10.2.0.1", 17, payload);
    return outer_v6 ? ipv6("2001:db8::1", "2001:db8::2", 17, payload) : ipv4("192.0.2.1", "198.51.100.1", 17, payload);
  }
  size_t ip_bytes() const { return outer_v6 ? 40 : 20; }
  size_t ah_bytes() const { return ah_bytes_of(sa(Direction::kOut)); }
  // Where there is no SA the length of AES-GMAC counts first.
  DropReason without_sa() const { return ah_bytes() == (outer_v6 ? 40u : 36u) ? abi::kDropNoSa : abi::kDropLength; }
  uint8_t next_header() const { return !tunnel() ? 17 : inner_v6 ? 41 : 4; }
};

std::vector<Form> forms_with(std::initializer_list<Integrity> integrities) {
  std::vector<Form> forms;
  for (const Integrity integrity : integrities)
    for (const bool outer_v6 : {false, true}) {
      forms.push_back({Mode::kTransport, outer_v6, outer_v6, integrity});
      for (const bool inner_v6 : {false, true}) forms.push_back({Mode::kTunnel, outer_v6, inner_v6, integrity});
    }
  return forms;
}
const std::vector<Form> kGmac = forms_with({Integrity::kOfCipher});
const std::vector<Form> kHmacs = forms_with({Integrity::kHmacSha256, Integrity::kHmacSha384, Integrity::kHmacSha512});
const std::vector<Form> kForms =
    forms_with({Integrity::kOfCipher, Integrity::kHmacSha256, Integrity::kHmacSha384, Integrity::kHmacSha512});

std::string name(const Form& form) {
  return std::string(form.tunnel() ? "Tunnel" : "Transport") + (form.outer_v6 ? "6" : "4") +
         (form.tunnel() ? form.inner_v6 ? "With6" : "With4" : "") +
         (form.integrity == Integrity::kOfCipher ? "" : "Sha" + std::to_string(digest_bits(form.integrity)));
}

class Ah : public testing::TestWithParam<Form> {
 protected:
  std::unique_ptr<Engine> engine = make_software_engine();
  const Form form = GetParam();

  Result forged(const Bytes& packet) {
    const Result got = receive(*engine, packet);
    EXPECT_NE(got.status, abi::kOk);
    EXPECT_TRUE(got.data.empty());
    return got;
  }
};
INSTANTIATE_TEST_SUITE_P(Forms, Ah, testing::ValuesIn(kForms), [](const auto& info) { return name(info.param); });

class AhRoundTrip : public testing::TestWithParam<std::tuple<Form, bool, size_t>> {};
std::string round_trip_name(const testing::TestParamInfo<AhRoundTrip::ParamType>& info) {
  const size_t key_bytes = std::get<2>(info.param);
  return name(std::get<0>(info.param)) + (std::get<1>(info.param) ? "Esn" : "") +
         (key_bytes == 0 ? "" : std::to_string(key_bytes * 8));
}
INSTANTIATE_TEST_SUITE_P(Forms, AhRoundTrip,
                         testing::Combine(testing::ValuesIn(kGmac), testing::Bool(), testing::Values(16, 24, 32)),
                         round_trip_name);
INSTANTIATE_TEST_SUITE_P(Hmacs, AhRoundTrip,
                         testing::Combine(testing::ValuesIn(kHmacs), testing::Bool(), testing::Values(0)),
                         round_trip_name);

TEST_P(AhRoundTrip, EveryPayloadLengthComesBackAndIsWhatWasMadeByHand) {
  const auto& [form, esn, key_bytes] = GetParam();
  const auto engine = make_software_engine();
  std::mt19937 random(static_cast<unsigned>(key_bytes));
  SaConfig out = form.sa(Direction::kOut), in = form.sa(Direction::kIn);
  for (SaConfig* sa : {&out, &in}) {
    sa->esn = esn;
    sa->seq = esn ? 0xffffff80 : 7;  // with ESN across 2^32
    if (key_bytes != 0) sa->key = Secret(counting(key_bytes, 3));
  }
  const SaHandle handle = engine->install(out);
  engine->install(in);
  uint64_t seq = out.seq;
  std::vector<size_t> lengths(301);
  for (size_t i = 0; i < lengths.size(); ++i) lengths[i] = i;
  lengths.insert(lengths.end(), {1399, 1400, 1401, 4095, 8999, 9000});
  for (const size_t length : lengths) {
    Bytes payload(length);
    for (uint8_t& b : payload) b = static_cast<uint8_t>(random());
    const Bytes clear = form.clear(payload);
    const Result sent = send(*engine, handle, clear);
    ASSERT_EQ(sent.status, abi::kOk) << length;
    ASSERT_EQ(sent.seq, ++seq);
    const Bytes header(sent.data.begin(), sent.data.begin() + static_cast<std::ptrdiff_t>(form.ip_bytes()));
    ASSERT_EQ(sent.data, ah_by_hand(out, seq, header, form.next_header(), form.tunnel() ? clear : payload)) << length;
    const Result got = receive(*engine, sent.data);
    ASSERT_EQ(got.status, abi::kOk) << length;
    ASSERT_EQ(got.seq, seq);
    ASSERT_EQ(got.data, clear) << length;
    ASSERT_EQ(receive(*engine, sent.data).status, abi::kDropReplay);
  }
}

TEST_P(Ah, TheHeadersAreThoseOfRfc4302And4543) {
  SaConfig config = form.sa(Direction::kOut);
  config.tos = 0xb8;
  config.ttl = 33;
  config.seq = 0x1233;
  const SaHandle sa = engine->install(config);
  const Bytes clear = form.clear(counting(5));
  const Bytes wire = send(*engine, sa, clear).data;
  const size_t ip = form.ip_bytes(), payload = ip + form.ah_bytes();
  ASSERT_EQ(wire.size(), payload + (form.tunnel() ? clear.size() : 5)) << "neither padding nor a trailer";
  Bytes header = form.clear({});
  if (form.tunnel())
    header = form.outer_v6
                 ? hex("6b80 0000 0000 33 21 20010db8000000000000000000000001 20010db8000000000000000000000002")
                 : hex("45b8 0000 0000 4000 21 33 0000 c0000201 c6336401");
  header[form.outer_v6 ? 6 : 9] = 51;
  if (form.tunnel() && form.outer_v6) header[7] = 33;
  Bytes whole = header;
  whole.resize(wire.size());
  fix_length(whole);
  EXPECT_EQ(Bytes(wire.begin(), wire.begin() + static_cast<std::ptrdiff_t>(ip)),
            Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(ip)));
  const bool gmac = form.integrity == Integrity::kOfCipher;
  Bytes ah = {form.next_header(), static_cast<uint8_t>(form.ah_bytes() / 4 - 2)};
  for (const uint8_t b : hex(gmac ? "0000 00001001 00001234 0000000000001234" : "0000 00001001 00001234"))
    ah.push_back(b);
  const auto at = [&](size_t n) { return wire.begin() + static_cast<std::ptrdiff_t>(n); };
  EXPECT_EQ(Bytes(at(ip), at(ip + ah.size())), ah);
  EXPECT_EQ(form.ah_bytes() - ah.size() - config.icv_bytes(), form.outer_v6 ? 4u : 0u);
  if (form.outer_v6) {
    EXPECT_EQ(Bytes(at(payload - 4), at(payload)), Bytes(4)) << "padding";
  }
}

// Every single bit of a packet: those that routers may change pass, those that are read first drop for what they say,
// and all others are the ICV's.
TEST_P(Ah, TheIcvCoversAllButTheMutableFields) {
  SaConfig in = form.sa(Direction::kIn);
  in.replay_window = 0;
  in.ecn = false;
  engine->install(in);
  const Bytes clear = form.clear(counting(9));
  const Bytes wire =
      ah_by_hand(in, 5, ah_outside(form.outer_v6), form.next_header(), form.tunnel() ? clear : counting(9));
  const std::set<size_t> mutable_bytes = form.outer_v6 ? std::set<size_t>{1, 2, 3, 7} : std::set<size_t>{1, 8, 10, 11};
  const size_t ip = form.ip_bytes();
  for (size_t bit = 0; bit < wire.size() * 8; ++bit) {
    const size_t at = bit / 8;
    const auto mask = static_cast<uint8_t>(1 << bit % 8);
    Bytes changed = wire;
    changed[at] ^= mask;
    const Result got = receive(*engine, changed);
    const bool may = mutable_bytes.contains(at) || (form.outer_v6 && at == 0 && mask < 16) ||
                     (!form.outer_v6 && at == 6 && mask >= 0x40);  // traffic class; DF and the reserved flag
    ASSERT_EQ(got.data.empty(), !may) << "byte " << at;
    if (may) {
      ASSERT_EQ(got.status, abi::kOk) << "byte " << at;
      continue;
    }
    const size_t length_at = form.outer_v6 ? 4 : 2, protocol_at = form.outer_v6 ? 6 : 9,
                 dst_at = form.outer_v6 ? 24 : 16;
    std::set<DropReason> may_be = {abi::kDropIcv};
    if (at == 0) may_be = {abi::kDropVersion, abi::kDropLength, abi::kDropIpOptions, abi::kDropShort, abi::kDropNoSa};
    if (at == 0 && !form.outer_v6) may_be.insert(abi::kDropIcv);  // a longer header, with an AH in what was payload
    if (at / 2 == length_at / 2) may_be = {abi::kDropLength};
    if (!form.outer_v6 && (at == 6 || at == 7)) may_be = {abi::kDropFragment};
    if (at == protocol_at) may_be = {abi::kDropNotEsp, abi::kDropNoSa, abi::kDropAlign, abi::kDropIpOptions};
    if ((at >= dst_at && at < ip) || (at >= ip + 4 && at < ip + 8)) may_be = {form.without_sa()};
    if (at == ip + 1) may_be = {abi::kDropLength};
    ASSERT_TRUE(may_be.contains(got.status)) << "byte " << at << ", " << drop_counter_name(got.status);
  }
  EXPECT_EQ(receive(*engine, wire).status, abi::kOk);
}

TEST_P(Ah, TheHighHalfOfTheNumberIsCovered) {
  SaConfig in = form.sa(Direction::kIn);
  in.esn = true;
  in.seq = (uint64_t{1} << 32) + 10;
  engine->install(in);
  const Bytes payload = form.tunnel() ? form.clear(counting(9)) : counting(9);
  const uint64_t seq = in.seq + 1;
  SaConfig elsewhere = in.clone();
  Bytes other =
      ah_by_hand(elsewhere, seq + (uint64_t{1} << 32), ah_outside(form.outer_v6), form.next_header(), payload);
  EXPECT_EQ(forged(other).status, abi::kDropIcv);
  elsewhere.esn = false;
  other = ah_by_hand(elsewhere, seq, ah_outside(form.outer_v6), form.next_header(), payload);
  EXPECT_EQ(forged(other).status, abi::kDropIcv);
  EXPECT_EQ(receive(*engine, ah_by_hand(in, seq, ah_outside(form.outer_v6), form.next_header(), payload)).status,
            abi::kOk);
}

// They are covered as they are (RFC 4302 2.3, 3.3.3.2.1), so another sender may put there what it likes.
TEST_P(Ah, ReservedBitsAndPaddingOfAnotherSenderAreTaken) {
  SaConfig in = form.sa(Direction::kIn);
  engine->install(in);
  const Bytes clear = form.clear({}), payload = form.tunnel() ? clear : Bytes{};
  Bytes wire = ah_by_hand(in, 1, ah_outside(form.outer_v6), form.next_header(), payload, {}, 0xa5);
  EXPECT_EQ(receive(*engine, wire).data, clear);
  wire = ah_by_hand(in, 2, ah_outside(form.outer_v6), form.next_header(), payload);
  wire[form.ip_bytes() + 2] = 0xa5;
  EXPECT_EQ(forged(wire).status, abi::kDropIcv);
}

TEST_P(Ah, EspAndAhOfOneSpiAreTwoSas) {
  SaConfig ah = form.sa(Direction::kIn), esp = form.sa(Direction::kIn);
  esp.proto = kProtoEsp;
  if (esp.has_hmac())
    esp.auth_key = Secret(counting(digest_bits(esp.integrity) / 8, 77));
  else
    esp.key = Secret(counting(32, 77));
  const SaHandle first = engine->install(ah), second = engine->install(esp);
  SaConfig out = esp.clone();
  out.direction = Direction::kOut;
  const SaHandle esp_out = engine->install(out);
  const Bytes clear = form.clear(counting(40));
  const Bytes wire =
      ah_by_hand(ah, 1, ah_outside(form.outer_v6), form.next_header(), form.tunnel() ? clear : counting(40));
  EXPECT_EQ(receive(*engine, wire).status, abi::kOk);
  const Bytes other = send(*engine, esp_out, clear).data;
  EXPECT_EQ(receive(*engine, other).status, abi::kOk);
  engine->remove(Direction::kIn, first);
  EXPECT_EQ(receive(*engine, wire).status, form.without_sa());
  EXPECT_EQ(send(*engine, esp_out, clear).status, abi::kOk);
  engine->remove(Direction::kIn, second);
  EXPECT_EQ(receive(*engine, other).status, abi::kDropNoSa);
}

TEST_P(Ah, CountsClearBytesAndEndsWithItsLifetime) {
  SaConfig out = form.sa(Direction::kOut), in = form.sa(Direction::kIn);
  out.lifetime.hard_packets = 3;
  in.lifetime.hard_packets = 2;
  const SaHandle sender = engine->install(out), receiver = engine->install(in);
  const Bytes clear = form.clear(counting(60));
  Bytes wires[3];
  for (Bytes& wire : wires) wire = send(*engine, sender, clear).data;
  EXPECT_EQ(send(*engine, sender, clear).status, abi::kDropExpired);
  EXPECT_EQ(receive(*engine, wires[0]).status, abi::kOk);
  EXPECT_EQ(receive(*engine, wires[1]).events, abi::kEventHard);
  EXPECT_EQ(forged(wires[2]).status, abi::kDropExpired);
  EXPECT_EQ(engine->stats(Direction::kOut, sender).bytes, 3 * clear.size());
  EXPECT_EQ(engine->stats(Direction::kIn, receiver).bytes, 2 * clear.size());
}

TEST_P(Ah, TransportKeepsWhatRoutersMadeOfTheHeader) {
  if (form.tunnel()) GTEST_SKIP() << "a tunnel's header goes";
  const SaHandle sa = engine->install(form.sa(Direction::kOut));
  engine->install(form.sa(Direction::kIn));
  Bytes expected = form.clear(counting(40));
  Bytes wire = send(*engine, sa, expected).data;
  for (Bytes* p : {&wire, &expected}) {
    (*p)[1] = form.outer_v6 ? 0x35 : 0x03;
    (*p)[form.outer_v6 ? 7 : 8] = 60;
    if (!form.outer_v6) fix_checksum(*p);
  }
  EXPECT_EQ(receive(*engine, wire).data, expected);
}

TEST_P(Ah, CongestionIsCarriedInside) {
  if (!form.tunnel()) GTEST_SKIP() << "no inner packet";
  engine->install(form.sa(Direction::kIn));
  const SaConfig in = form.sa(Direction::kIn);
  const auto marked = [&](uint64_t seq, uint8_t inner_ecn) {
    Bytes inner = form.clear(counting(8));
    if (form.inner_v6) {
      inner[1] = static_cast<uint8_t>(inner_ecn << 4);
    } else {
      inner[1] = inner_ecn;
      fix_checksum(inner);
    }
    Bytes wire = ah_by_hand(in, seq, ah_outside(form.outer_v6), form.next_header(), inner);
    wire[1] |= form.outer_v6 ? 0x30 : 3;
    return wire;
  };
  const Result got = receive(*engine, marked(1, 2));
  ASSERT_EQ(got.status, abi::kOk);
  EXPECT_EQ(form.inner_v6 ? got.data[1] >> 4 : got.data[1], 3);
  EXPECT_EQ(forged(marked(2, 0)).status, abi::kDropEcn);
}

}  // namespace
}  // namespace xesp::test
