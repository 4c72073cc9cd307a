// SPDX-License-Identifier: Apache-2.0
#include "native_card.h"

#include <xhls_fiber.h>

#include <cstring>
#include <vector>

#include "kernels.h"
#include "xesp/error.h"

namespace xesp::sim {
namespace {

using namespace xesp::streams;

constexpr size_t kDescriptors = 512;
constexpr size_t kBufferBytes = 4u << 20;

ap_uint<512> load_beat(const uint8_t* bytes, size_t count) {
  ap_uint<512> v = 0;
  for (size_t i = 0; i < count; ++i) {
    const int low = static_cast<int>(8 * i);
    v.range(low + 7, low) = bytes[i];
  }
  return v;
}

template <int W>
void store_bytes(const ap_uint<W>& v, uint8_t* bytes, size_t count) {
  for (size_t i = 0; i < count; ++i) bytes[i] = ap_uint<8>(v.range(8 * i + 7, 8 * i)).to_uint();
}

// The streams and fibers of one direction.
struct Path {
  DescStream desc{"desc"};
  PktStream pkt{"pkt"};
  ReqStream req{"req"};
  RawStream raw{"raw"};
  KeyStream key{"key"};
  HpStream hp{"hp"};
  PtStream pt{"pt"};
  CtStream ct{"ct"};
  GhStream gh{"gh"};
  EkStream ek{"ek"};
  TagStream tag{"tag"};
  OutStream out{"out"};
  CplStream cpl{"cpl"};
  xhls::Fibers fibers;

  virtual ~Path() = default;

  void add_gcm() {
    fibers.add([this] { gcm_ctr(pt, key, ct, gh, ek); });
    fibers.add([this] { gcm_ghash(gh, hp, ek, tag); });
  }
};

struct OutPath : Path {
  EncStream enc{"enc"};
  HdrStream hdr{"hdr"};
  OutPath() {
    fibers.add([this] { out_parse(desc, pkt, req, raw); });
    fibers.add([this] { out_sa(req, enc, key, hp, hdr); });
    fibers.add([this] { out_encap(raw, enc, pt); });
    add_gcm();
    fibers.add([this] { out_build(ct, tag, hdr, out, cpl); });
  }
};

struct InPath : Path {
  TailStream tail{"tail"};
  StripStream strip{"strip"};
  RelStream rel{"rel"};
  IcvStream icv{"icv"};
  HeldStream held{"held"};
  ChkStream chk{"chk"};
  // The process's, as what the kernels remember is: in_sa counts on the words of a card before.
  static inline TopStream top{"top"};
  VerdictStream verdict{"verdict"};
  InPath() {
    fibers.add([this] { in_parse(desc, pkt, req, raw, tail); });
    fibers.add([this] { in_sa(req, top, strip, key, hp, rel); });
    fibers.add([this] { in_strip(raw, tail, strip, pt, icv); });
    add_gcm();
    fibers.add([this] { in_check(ct, tag, icv, held, chk); });
    fibers.add([this] { in_replay(chk, rel, verdict, top); });
    fibers.add([this] { in_release(held, verdict, out, cpl); });
  }
};

}  // namespace

struct NativeCard::Unit {
  std::unique_ptr<Path> path;
  std::vector<abi::Desc> desc = std::vector<abi::Desc>(kDescriptors);
  std::vector<abi::Completion> completions = std::vector<abi::Completion>(kDescriptors);
  std::vector<uint8_t> in = std::vector<uint8_t>(kBufferBytes);
  std::vector<uint8_t> out = std::vector<uint8_t>(kBufferBytes);
  CardRegisters registers;

  bool tails = false;  // packets may have their end in the descriptor

  void feed(const abi::Desc& given, bool final);
  void take(const abi::Desc& given, abi::Completion& done);
};

void NativeCard::Unit::feed(const abi::Desc& given, bool final) {
  abi::Desc d = given;
  d.flags = static_cast<uint8_t>((given.flags & ~abi::kDescFinal) | (final ? abi::kDescFinal : 0));
  const bool tailed = (d.flags & abi::kDescTail) != 0;
  if (d.in_off % abi::kBeatBytes != 0 || (tailed && (!tails || abi::tail_of(d.in_len) == 0)))
    d.in_len = 0xffffffffu;  // as the shell does
  path->desc.write(load_beat(reinterpret_cast<const uint8_t*>(&d), sizeof d));
  if (d.in_len > abi::kMaxPacketBytes) return;
  const size_t in_memory = abi::bytes_in_memory(d);
  for (size_t at = 0; at < in_memory; at += abi::kBeatBytes) {
    const size_t here = std::min<size_t>(abi::kBeatBytes, in_memory - at);
    Beat b;
    b.data = load_beat(in.data() + d.in_off + at, here);
    b.last = at + here == in_memory;
    path->pkt.write(hls_util::pack<kPktBits>(b));
    ++registers.in_beats;
  }
}

void NativeCard::Unit::take(const abi::Desc& given, abi::Completion& done) {
  store_bytes(path->cpl.read(), reinterpret_cast<uint8_t*>(&done), sizeof done);
  done.cookie = given.cookie;
  const size_t in_memory = abi::bytes_in_memory(done);
  for (size_t at = 0; at < in_memory; at += abi::kBeatBytes) {
    const Beat b = hls_util::unpack<Beat>(path->out.read());
    const size_t here = std::min<size_t>(abi::kBeatBytes, in_memory - at);
    store_bytes(b.data, out.data() + given.out_off + at, here);
    if (b.last != (at + here == in_memory)) throw Error(ErrorCode::kSoftware, "kernels: `last` in the wrong beat");
    ++registers.out_beats;
  }
  ++registers.packets;
  ++registers.by_reason[done.status % registers.by_reason.size()];
}

NativeCard::NativeCard() {
  for (auto& unit : units_) unit = std::make_unique<Unit>();
  units_[0]->path = std::make_unique<OutPath>();
  units_[1]->path = std::make_unique<InPath>();
  units_[1]->tails = true;
}
NativeCard::~NativeCard() = default;

std::span<abi::Desc> NativeCard::desc(Direction d) {
  return units_[static_cast<int>(d)]->desc;
}
std::span<uint8_t> NativeCard::in(Direction d) {
  return units_[static_cast<int>(d)]->in;
}
std::span<const uint8_t> NativeCard::out(Direction d) {
  return units_[static_cast<int>(d)]->out;
}
std::span<const abi::Completion> NativeCard::completions(Direction d) {
  return units_[static_cast<int>(d)]->completions;
}
CardRegisters NativeCard::registers(Direction d) {
  return units_[static_cast<int>(d)]->registers;
}

uint32_t NativeCard::run(Direction direction, size_t count, size_t, size_t) {
  Unit& unit = *units_[static_cast<int>(direction)];
  for (size_t i = 0; i < count; ++i) unit.feed(unit.desc[i], i + 1 == count);
  unit.path->fibers.run_until_idle();
  for (size_t i = 0; i < count; ++i) {
    if (unit.path->cpl.empty()) throw Error(ErrorCode::kSoftware, "kernels: a descriptor without a completion");
    unit.take(unit.desc[i], unit.completions[i]);
  }
  if (!unit.path->cpl.empty() || !unit.path->out.empty())
    throw Error(ErrorCode::kSoftware, "kernels: more came out than was asked for");
  return 0;
}

}  // namespace xesp::sim
