// SPDX-License-Identifier: Apache-2.0
// The kernels beside the software engine, with packets from the wire, from inside a tunnel, and outbound: drop reason
// by drop reason and byte by byte the same. The kernels are not sanitized: their arithmetic is of any width already.
#include <algorithm>
#include <cstdio>
#include <vector>

#include "engine/card_engine.h"
#include "input.h"
#include "native_card.h"
#include "sas.h"

using namespace xesp;
using fuzz::require;

namespace {

struct Side {
  std::unique_ptr<Engine> engine;
  std::vector<SaHandle> out, in;

  Side(std::unique_ptr<Engine> e, const std::vector<SaConfig>& outs, const std::vector<SaConfig>& ins)
      : engine(std::move(e)), out(engine->install_all(outs)), in(engine->install_all(ins)) {}
  // SAs with no number used yet.
  void renew(const std::vector<SaConfig>& outs, const std::vector<SaConfig>& ins) {
    engine->remove_all(Direction::kOut, out);
    engine->remove_all(Direction::kIn, in);
    out = engine->install_all(outs);
    in = engine->install_all(ins);
  }
};

std::vector<SaConfig> card_kinds(Direction direction) {
  std::vector<SaConfig> all = fuzz::every_kind(direction);
  std::erase_if(all, [](const SaConfig& sa) { return !fuzz::on_card(sa); });
  return all;
}

// False for a packet that the card leaves to software, whose numbers and windows are then ahead of the card's.
bool same(const test::Result& card, const test::Result& reference) {
  if (card.status == abi::kDropIpOptions || card.status == abi::kDropFragment) return card.status == reference.status;
  if (card.status != reference.status) {
    std::fprintf(stderr, "card %s, reference %s\n", drop_counter_name(card.status),
                 drop_counter_name(reference.status));
  }
  require(card.status == reference.status, "card and software give the same reason");
  require(card.data == reference.data, "card and software give the same bytes");
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const std::vector<SaConfig> outs = card_kinds(Direction::kOut), ins = card_kinds(Direction::kIn);
  static Side card(make_card_engine(std::make_unique<sim::NativeCard>()), outs, ins);
  static Side reference(make_software_engine(), outs, ins);
  static unsigned used = 0;
  static bool apart = false;
  if (++used % 1000 == 0 || apart) {  // the numbers go up with the fuzzer's runs, and windows with them
    card.renew(outs, ins);
    reference.renew(outs, ins);
    apart = false;
  }

  fuzz::Input input(data, size);
  const unsigned way = input.byte() % 3;
  const size_t kind = input.byte() % outs.size();
  const auto rest = input.bytes(abi::kMaxPacketBytes);
  const test::Bytes packet(rest.begin(), rest.end());
  if (way == 0) {
    apart = !same(test::receive(*card.engine, packet), test::receive(*reference.engine, packet));
  } else if (way == 1) {
    const test::Result a = test::send(*card.engine, card.out[kind], packet);
    const test::Result b = test::send(*reference.engine, reference.out[kind], packet);
    apart = !same(a, b);
    if (a.status == abi::kOk && a.data.size() <= abi::kMaxPacketBytes)
      apart = !same(test::receive(*card.engine, a.data), test::receive(*reference.engine, a.data));
  } else {
    const SaConfig& sa = ins[kind];
    if (sa.proto != kProtoEsp || sa.dst.v6 || sa.encap || sa.implicit_iv)
      return 0;  // seal_by_hand() knows none of them
    if (packet.size() > 4000) return 0;
    const test::Bytes sealed = test::seal_by_hand(sa, 1 + used % 1000, packet);
    apart = !same(test::receive(*card.engine, sealed), test::receive(*reference.engine, sealed));
  }
  return 0;
}
