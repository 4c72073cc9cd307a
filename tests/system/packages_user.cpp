// SPDX-License-Identifier: Apache-2.0
// A program of somebody who has nothing but the packages: one packet out and in again.
#include <sys/random.h>
#include <xesp/engine.h>
#include <xesp/error.h>

#include <algorithm>
#include <cstdio>
#include <vector>

int main() {
  try {
    uint8_t key[36];
    if (getrandom(key, sizeof key, 0) != sizeof key) return 1;
    const auto sa = [&](xesp::Direction direction) {
      xesp::SaConfig c;
      c.direction = direction;
      c.src = xesp::IpAddress::parse("192.0.2.1");
      c.dst = xesp::IpAddress::parse("198.51.100.1");
      c.spi = 0x1001;
      c.key = xesp::Secret(std::vector<uint8_t>(key, key + 32));
      c.salt = xesp::Secret(std::vector<uint8_t>(key + 32, key + 36));
      return c;
    };
    const auto engine = xesp::make_software_engine();
    const xesp::SaHandle out = engine->install(sa(xesp::Direction::kOut));
    engine->install(sa(xesp::Direction::kIn));
    const std::vector<uint8_t> packet = {0x45, 0, 0, 24, 0,  0, 0, 0, 64,  17,  0,   0,
                                         10,   1, 0, 1,  10, 2, 0, 1, 'x', 'e', 's', 'p'};
    std::vector<xesp::PacketOut> results;
    xesp::PacketIn in{packet, out};
    engine->process(xesp::Direction::kOut, {&in, 1}, results);
    const std::vector<uint8_t> sealed(results.at(0).data.begin(), results.at(0).data.end());
    in = {sealed, {}};
    engine->process(xesp::Direction::kIn, {&in, 1}, results);
    return results.at(0).status == xesp::abi::kOk && std::ranges::equal(results.at(0).data, packet) ? 0 : 1;
  } catch (const xesp::Error& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return static_cast<int>(e.code());
  }
}
