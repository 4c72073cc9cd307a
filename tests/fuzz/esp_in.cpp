// SPDX-License-Identifier: Apache-2.0
// The software engine's inbound side. An odd first byte: the packet as it comes from the wire. An even one: what an
// attacker inside the tunnel could send, sealed with the SA's key so that it passes the ICV.
#include <vector>

#include "input.h"
#include "sas.h"

using namespace xesp;
using fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const std::vector<SaConfig> sas = fuzz::every_kind(Direction::kIn);
  static std::unique_ptr<Engine> engine;
  static unsigned used = 0;
  if (used++ % 256 == 0) {  // windows fill as it runs
    engine = make_software_engine();
    engine->install_all(sas);
  }

  fuzz::Input input(data, size);
  const bool raw = input.byte() % 2 == 1;
  test::Bytes packet;
  if (raw) {
    const auto rest = input.rest();
    packet.assign(rest.begin(), rest.end());
  } else {
    // seal_by_hand() knows AES-GCM over IPv4.
    static const std::vector<size_t> sealable = [] {
      std::vector<size_t> list;
      for (size_t i = 0; i < sas.size(); ++i) {
        const SaConfig& sa = sas[i];
        if (fuzz::on_card(sa) && sa.proto == kProtoEsp && !sa.dst.v6 && !sa.encap && !sa.implicit_iv) list.push_back(i);
      }
      return list;
    }();
    const SaConfig& sa = sas[sealable[input.byte() % sealable.size()]];
    const uint64_t seq = 1 + input.word();
    const auto rest = input.rest();
    packet = test::seal_by_hand(sa, seq, {rest.begin(), rest.end()});
  }
  const test::Result first = test::receive(*engine, packet);
  require(first.status == abi::kOk || first.data.empty(), "a dropped packet leaves nothing");
  const test::Result again = test::receive(*engine, packet);
  require(again.status != abi::kOk, "no packet is accepted twice");
  if (raw) require(first.status != abi::kOk, "nobody guesses an ICV");
  return 0;
}
