// SPDX-License-Identifier: Apache-2.0
// Any packet through any SA of the software engine and back: what the sender takes, the receiver gives.
#include <algorithm>
#include <vector>

#include "input.h"
#include "sas.h"

using namespace xesp;
using fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const std::vector<SaConfig> out = fuzz::every_kind(Direction::kOut), in = fuzz::every_kind(Direction::kIn);
  fuzz::Input input(data, size);
  const size_t kind = input.byte() % out.size();
  const size_t flip = input.word();
  const auto packet = input.rest();

  static std::unique_ptr<Engine> engine;
  static std::vector<SaHandle> senders;
  static unsigned used = 0;
  if (used++ % 256 == 0) {
    engine = make_software_engine();
    senders = engine->install_all(out);
    engine->install_all(in);
  }
  const test::Result sent = test::send(*engine, senders[kind], {packet.begin(), packet.end()});
  if (sent.status != abi::kOk) {
    require(sent.data.empty(), "a dropped packet leaves nothing");
    return 0;
  }
  if (flip != 0) {
    // Any bit behind the outer header that the ICV covers; transport mode keeps the header's mutable fields out of it.
    test::Bytes harmed = sent.data;
    const size_t bit = 8 * (harmed.size() - 1) - flip % (8 * out[kind].icv_bytes());
    harmed[bit / 8] ^= static_cast<uint8_t>(1u << bit % 8);
    if (out[kind].proto == kProtoEsp)
      require(test::receive(*engine, harmed).status != abi::kOk, "a harmed ICV is not accepted");
  }
  const test::Result got = test::receive(*engine, sent.data);
  // A transport packet of other ends than the SA's is another's business on the way back.
  if (out[kind].mode == Mode::kTransport) return 0;
  require(got.status == abi::kOk, "the receiver takes what the sender sent");
  require(got.data.size() <= packet.size(), "no byte more than was sent");
  return 0;
}
