// SPDX-License-Identifier: Apache-2.0
// The arithmetic against what the software engine really makes.
#include "dataplane/sa_overhead.h"

#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <string>
#include <vector>

#include "dataplane/fragments.h"
#include "xesp/engine.h"

namespace xesp::dataplane {
namespace {

Secret secret(size_t bytes) {
  return Secret(std::vector<uint8_t>(bytes, 0x5c));
}

/// A packet of `bytes` in all; `options` of its header, a multiple of 4 (IPv4) or 8 (IPv6).
std::vector<uint8_t> packet(bool v6, size_t bytes, size_t options) {
  std::vector<uint8_t> p(bytes);
  const size_t header = (v6 ? 40 : 20) + options;
  p[0] = v6 ? 0x60 : static_cast<uint8_t>(0x40 | header / 4);
  const size_t length = v6 ? bytes - 40 : bytes;
  p[v6 ? 4 : 2] = static_cast<uint8_t>(length >> 8);
  p[v6 ? 5 : 3] = static_cast<uint8_t>(length);
  if (!v6) {
    p[8] = 64;
    p[9] = 253;
    p[12] = 10, p[16] = 11;
    return p;
  }
  p[6] = options ? 60 : 253;  // destination options
  p[7] = 64;
  p[8] = p[24] = 0x20;
  if (options) {
    p[40] = 253;
    p[41] = static_cast<uint8_t>(options / 8 - 1);
    p[42] = 1;  // PadN over the rest
    p[43] = static_cast<uint8_t>(options - 4);
  }
  return p;
}

struct Form {
  std::string name;
  SaConfig sa;
};

/// Every suite, each as tunnel and transport of both families, with and without what goes around ESP.
std::vector<Form> forms() {
  std::vector<Form> out;
  using Change = std::function<void(SaConfig&)>;
  const auto hmac = [](Cipher cipher, Integrity integrity) -> Change {
    return [=](SaConfig& sa) {
      sa.cipher = cipher;
      sa.integrity = integrity;
      sa.key = cipher == Cipher::kNull ? Secret() : secret(32);
      sa.salt = Secret();
      sa.auth_key = secret(digest_bits(integrity) / 8);
      sa.icv_bits = digest_bits(integrity) / 2;
    };
  };
  const auto ah = [&](Integrity integrity) -> Change {
    return [=](SaConfig& sa) { hmac(Cipher::kNull, integrity)(sa), sa.proto = kProtoAh; };
  };
  const std::vector<std::pair<std::string, Change>> suites = {
      {"gcm16", [](SaConfig&) {}},
      {"gcm12", [](SaConfig& sa) { sa.icv_bits = 96; }},
      {"gcm8", [](SaConfig& sa) { sa.icv_bits = 64; }},
      {"gcm16 esn", [](SaConfig& sa) { sa.esn = true; }},
      {"gcm implicit iv", [](SaConfig& sa) { sa.implicit_iv = true; }},
      {"gmac", [](SaConfig& sa) { sa.auth_only = true; }},
      {"chacha20", [](SaConfig& sa) { sa.cipher = Cipher::kChaCha20Poly1305; }},
      {"cbc sha256", hmac(Cipher::kAesCbc, Integrity::kHmacSha256)},
      {"cbc sha384", hmac(Cipher::kAesCbc, Integrity::kHmacSha384)},
      {"cbc sha512", hmac(Cipher::kAesCbc, Integrity::kHmacSha512)},
      {"null sha256", hmac(Cipher::kNull, Integrity::kHmacSha256)},
      {"ah", [](SaConfig& sa) { sa.auth_only = true, sa.proto = kProtoAh; }},
      {"ah sha256", ah(Integrity::kHmacSha256)},
      {"ah sha384", ah(Integrity::kHmacSha384)},
      {"ah sha512", ah(Integrity::kHmacSha512)}};
  const std::vector<std::pair<std::string, Change>> around = {{"", [](SaConfig&) {}},
                                                              {" in UDP", [](SaConfig& sa) { sa.encap = UdpEncap{}; }},
                                                              {" padded", [](SaConfig& sa) { sa.tfc_pad = 300; }}};
  for (const auto& [suite, set_suite] : suites)
    for (const auto& [what, set_around] : around)
      for (const Mode mode : {Mode::kTunnel, Mode::kTransport})
        for (const bool v6 : {false, true}) {
          SaConfig sa;
          sa.mode = mode;
          sa.src = IpAddress::parse(v6 ? "2001:db8::1" : "192.0.2.1");
          sa.dst = IpAddress::parse(v6 ? "2001:db8::2" : "192.0.2.2");
          sa.spi = 0x1001;
          sa.key = secret(32);
          sa.salt = secret(4);
          set_suite(sa);
          if (sa.proto == kProtoAh && !what.empty()) continue;
          if (what == " padded" && mode == Mode::kTransport) continue;
          set_around(sa);
          out.push_back({suite + what + (mode == Mode::kTunnel ? " tunnel" : " transport") + (v6 ? " IPv6" : " IPv4"),
                         std::move(sa)});
        }
  return out;
}

size_t made_by(Engine& engine, SaHandle sa, const std::vector<uint8_t>& in) {
  const PacketIn one{.data = in, .sa = sa};
  std::vector<PacketOut> out;
  engine.process(Direction::kOut, {&one, 1}, out);
  EXPECT_EQ(out.at(0).status, abi::kOk);
  return out.at(0).data.size();
}

TEST(SaOverhead, IsWhatTheEngineMakes) {
  const auto engine = make_software_engine();
  for (const Form& form : forms()) {
    SCOPED_TRACE(form.name);
    const SaHandle handle = engine->install(form.sa);
    const SaOverhead overhead(form.sa);
    for (const bool v6 : {false, true}) {
      if (!overhead.tunnel() && v6 != form.sa.dst.v6) continue;
      for (const size_t options : {size_t{0}, size_t{v6 ? 8u : 12u}}) {
        for (size_t bytes = (v6 ? 40 : 20) + options; bytes < 420; ++bytes) {
          const auto in = packet(v6, bytes, options);
          ASSERT_EQ(overhead.wrapped(bytes, front_bytes(in)), made_by(*engine, handle, in)) << bytes << ' ' << options;
        }
      }
    }
    engine->remove(Direction::kOut, handle);
  }
}

// Whatever the MTU: the longest one that is said to fit does, and one byte more does not.
TEST(SaOverhead, TheLargestIsTheLargest) {
  const auto engine = make_software_engine();
  for (const Form& form : forms()) {
    SCOPED_TRACE(form.name);
    const SaHandle handle = engine->install(form.sa);
    const SaOverhead overhead(form.sa);
    const bool v6 = form.sa.dst.v6;
    const size_t header = v6 ? 40 : 20;
    for (const size_t base : {size_t{576}, size_t{1280}, size_t{1484}, size_t{9000}}) {
      for (size_t mtu = base; mtu < base + 17; ++mtu) {
        const size_t most = overhead.largest(mtu, header);
        ASSERT_GT(most, header);
        ASSERT_LE(made_by(*engine, handle, packet(v6, most, 0)), mtu) << mtu;
        ASSERT_GT(made_by(*engine, handle, packet(v6, most + 1, 0)), mtu) << mtu;
      }
    }
    engine->remove(Direction::kOut, handle);
  }
}

TEST(SaOverhead, NothingFitsAnMtuThatIsTooSmall) {
  for (const Form& form : forms()) {
    const SaOverhead overhead(form.sa);
    for (size_t mtu = 0; mtu < 500; ++mtu)
      if (const size_t most = overhead.largest(mtu, 20); most != 0) ASSERT_LE(overhead.wrapped(most, 20), mtu);
  }
}

}  // namespace
}  // namespace xesp::dataplane
