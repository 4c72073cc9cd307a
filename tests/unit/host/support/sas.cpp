// SPDX-License-Identifier: Apache-2.0
#include "support/sas.h"

namespace xesp::test {

namespace {

Result one(Engine& engine, Direction direction, SaHandle sa, const Bytes& packet) {
  const PacketIn in{packet, sa};
  std::vector<PacketOut> out;
  engine.process(direction, {&in, 1}, out);
  return {out.at(0).status, out.at(0).seq, Bytes(out.at(0).data.begin(), out.at(0).data.end()), out.at(0).events};
}

}  // namespace

SaConfig make_sa(Direction direction, Mode mode, uint32_t spi, uint8_t seed) {
  SaConfig sa;
  sa.direction = direction;
  sa.mode = mode;
  sa.src = IpAddress::parse("192.0.2.1");
  sa.dst = IpAddress::parse("198.51.100.1");
  sa.spi = spi;
  sa.key = Secret(counting(32, seed));
  sa.salt = Secret(counting(4, static_cast<uint8_t>(seed + 0xa0)));
  return sa;
}

Result send(Engine& engine, SaHandle sa, const Bytes& packet) {
  return one(engine, Direction::kOut, sa, packet);
}
Result receive(Engine& engine, const Bytes& packet) {
  return one(engine, Direction::kIn, {}, packet);
}

}  // namespace xesp::test
