// SPDX-License-Identifier: Apache-2.0
#include "engine/self_test.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "xesp/error.h"

namespace xesp {

namespace {

using Bytes = std::vector<uint8_t>;

struct Known {
  const char* name;
  const char* key;
  const char* salt;
  uint32_t spi;
  bool auth_only;
  const char* esp;   ///< SPI, number, IV, ciphertext, ICV
  const char* text;  ///< the payload that is in it
};

// Test cases of draft-mcgrew-gcm-test-01, section 4, with keys of 128 and 256 bits, and one for AES-GMAC.
constexpr Known kPublished[] = {
    {"AES-128-GCM", "feffe9928665731c6d6a8f9467308308", "cafebabe", 0xa5f8, false,
     "0000a5f80000000afacedbaddecaf888deb22cd9b07c72c16e3a65beeb8df304a5a5897d33ae530f1ba76d5d114d2a5c"
     "3de81827c10e9a4f51330d0eec416642cfbb85a5b47e48a4ec3b9ba95d918bd183b70d3aa8bc6ee4c309e9d85a41ad4a",
     "4500003e698f000080114dccc0a80102c0a801010a98003500"
     "2a2343b2d00100000100000000000003736970096379626572636974790264"
     "6b0000010001"},
    {"AES-256-GCM", "abbccddef00112233445566778899aababbccddef00112233445566778899aab", "11223344", 0x4a2cbfe3, false,
     "4a2cbfe3000000020102030405060708ff425c9b724599df7a3bcd510194e00d6a78107f1b0b1cbf06efae9d65a5d763"
     "748a637985771d347f0545659f14e99def842d8eb335f4eecfdbf831824b4c4915956c96",
     "4500003069a6400080062690c0a801029389155e0a9e008b2dc57ee0000000007002400020bf0000020405b401010402"},
    {"AES-128-GMAC", "4c80cdefbb5d10da906ac73c3613a634", "22433c64", 0x4321, true,
     "0000432100000007000000000000000045000030da3a00008001df3bc0a80005c0a800010800c6cd0200070061626364"
     "65666768696a6b6c6d6e6f707172737401020201f2a9a836e155106aa8dcd618e4099aaa",
     "45000030da3a00008001df3bc0a80005c0a800010800c6cd0200070061626364"
     "65666768696a6b6c6d6e6f7071727374"},
};

// The second of them as packet number 1 with that number as its IV: by python3-cryptography's AESGCM.
constexpr const char* kSent =
    "4a2cbfe30000000100000000000000015cc874ff6b2122c0b261d3d89c7fa4baab26160eeff97ac5f33b6a9f1963f351"
    "f7814da2a9a4b3db685734f4c5cfecf398218031e66a9493962eb048c43ecf782991914a";

constexpr uint8_t kNext = 1;  // what the draft has there

Bytes from_hex(std::string_view text) {
  const auto digit = [](char c) { return static_cast<uint8_t>(c <= '9' ? c - '0' : c - 'a' + 10); };
  Bytes bytes;
  for (size_t i = 0; i + 1 < text.size(); i += 2)
    bytes.push_back(static_cast<uint8_t>(digit(text[i]) << 4 | digit(text[i + 1])));
  return bytes;
}

// An IPv4 packet between the ends of the SAs below (RFC 5737).
Bytes packet_of(uint8_t protocol, const Bytes& payload) {
  Bytes p(20);
  p[0] = 0x45;
  p[8] = 64;
  const size_t total = p.size() + payload.size();
  p[2] = static_cast<uint8_t>(total >> 8);
  p[3] = static_cast<uint8_t>(total);
  p[9] = protocol;
  const uint8_t ends[] = {192, 0, 2, 1, 198, 51, 100, 1};
  std::ranges::copy(ends, p.begin() + 12);
  uint32_t sum = 0;
  for (size_t i = 0; i < p.size(); i += 2) sum += static_cast<uint32_t>(p[i] << 8 | p[i + 1]);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  p[10] = static_cast<uint8_t>(~sum >> 8);
  p[11] = static_cast<uint8_t>(~sum);
  p.insert(p.end(), payload.begin(), payload.end());
  return p;
}

SaConfig sa_of(const Known& known, Direction direction) {
  SaConfig sa;
  sa.direction = direction;
  sa.mode = Mode::kTransport;
  sa.src = IpAddress::parse("192.0.2.1");
  sa.dst = IpAddress::parse("198.51.100.1");
  sa.spi = known.spi;
  sa.key = Secret(from_hex(known.key));
  sa.salt = Secret(from_hex(known.salt));
  sa.auth_only = known.auth_only;
  return sa;
}

[[noreturn]] void fail(const Engine& engine, const std::string& what) {
  throw Error(ErrorCode::kIo, "self-test of " + engine.description() + ": " + what + ": do not use it");
}

// An SA that goes with the object.
class Installed {
 public:
  Installed(Engine& engine, const SaConfig& sa)
      : engine_(engine), direction_(sa.direction), handle_(engine.install(sa)) {}
  ~Installed() {
    try {
      engine_.remove(direction_, handle_);
    } catch (const Error&) {  // NOLINT(bugprone-empty-catch): the engine is lost, and whoever uses it is told so
    }
  }
  Installed(const Installed&) = delete;
  Installed& operator=(const Installed&) = delete;

  PacketOut process(const Bytes& packet) {
    const PacketIn in{packet, handle_};
    std::vector<PacketOut> out;
    engine_.process(direction_, {&in, 1}, out);
    return out.at(0);
  }

 private:
  Engine& engine_;
  const Direction direction_;
  const SaHandle handle_;
};

void must_give(const Engine& engine, const PacketOut& got, const Bytes& want, const std::string& name) {
  if (got.status != abi::kOk) fail(engine, name + " drops a published packet (" + drop_counter_name(got.status) + ")");
  if (!std::ranges::equal(got.data, want)) fail(engine, name + " gives wrong bytes");
}

void must_drop(const Engine& engine, const PacketOut& got, DropReason reason, const std::string& what) {
  if (got.status != reason || !got.data.empty()) fail(engine, what + " is not dropped");
}

void receives(Engine& engine, const Known& known) {
  Installed sa(engine, sa_of(known, Direction::kIn));
  const Bytes packet = packet_of(kProtoEsp, from_hex(known.esp));
  for (const size_t at : {packet.size() - 1, packet.size() - 17}) {  // in the ICV, and in the text
    Bytes harmed = packet;
    harmed[at] ^= 1;
    must_drop(engine, sa.process(harmed), abi::kDropIcv, std::string(known.name) + " with a wrong bit");
  }
  must_give(engine, sa.process(packet), packet_of(kNext, from_hex(known.text)), known.name);
  must_drop(engine, sa.process(packet), abi::kDropReplay, std::string(known.name) + " for the second time");
}

void sends(Engine& engine, const Known& known) {
  Installed sa(engine, sa_of(known, Direction::kOut));
  const PacketOut sent = sa.process(packet_of(kNext, from_hex(known.text)));
  must_give(engine, sent, packet_of(kProtoEsp, from_hex(kSent)), std::string(known.name) + ", outbound,");
}

}  // namespace

void self_test(Engine& engine) {
  for (const Known& known : kPublished) receives(engine, known);
  sends(engine, kPublished[1]);
}

}  // namespace xesp
