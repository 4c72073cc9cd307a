// SPDX-License-Identifier: Apache-2.0
// Fragments as anybody may send them, and those of a datagram in an order that the input chooses.
#include <algorithm>
#include <vector>

#include "dataplane/fragment_piece.h"
#include "dataplane/fragments.h"
#include "dataplane/ip_packet.h"
#include "dataplane/reassembler.h"
#include "input.h"

using namespace xesp;
using namespace xesp::dataplane;
using fuzz::require;
using Bytes = std::vector<uint8_t>;

namespace {

std::optional<Reassembler::Whole> give(Reassembler& reassembler, std::span<const uint8_t> packet,
                                       Reassembler::Clock::time_point now) {
  const auto fields = read_ip(packet);
  if (!fields) return std::nullopt;
  packet = packet.first(fields->total_length);
  const auto piece = read_fragment(packet);
  if (!piece) return std::nullopt;
  require(piece->data_at + piece->data_bytes == packet.size(), "a piece ends with its packet");
  auto whole = reassembler.add(*piece, packet, {}, now);
  if (!whole) return whole;
  const auto all = read_ip(whole->packet);
  require(!all || all->total_length == whole->packet.size(), "a datagram's length is what it says");
  require(piece->src.v6 || all, "an IPv4 datagram is a packet");
  return whole;
}

/// The packets that the input holds, each behind its length: what comes of them is sound, and memory has a bound.
void anything(fuzz::Input& input) {
  Reassembler::Bounds bounds;
  bounds.bytes = 4096;
  bounds.datagrams = 4;
  bounds.pieces = 8;
  bounds.longest = 2048;
  Reassembler reassembler(bounds, [](PathCounter, std::span<const uint8_t> packet, size_t count) {
    require(count != 0 && !packet.empty(), "what drops was there");
  });
  Reassembler::Clock::time_point now{};
  while (!input.empty()) {
    now += std::chrono::seconds(input.byte() % 8);
    const auto whole = give(reassembler, input.bytes(input.word()), now);
    require(!whole || whole->packet.size() <= bounds.longest, "no datagram is longer than it may be");
    require(reassembler.bytes() <= bounds.bytes && reassembler.datagrams() <= bounds.datagrams, "memory has a bound");
  }
  reassembler.expire(now + bounds.patience);
  require(reassembler.bytes() == 0 && reassembler.datagrams() == 0, "nothing stays for ever");
}

/// A packet, cut, comes together again in any order, with copies.
void round_trip(fuzz::Input& input) {
  const size_t mtu = 68 + input.word() % 1432;
  const auto order = input.bytes(8);
  const auto given = input.rest();
  const auto fields = read_ip(given);
  if (!fields || read_fragment(given.first(fields->total_length))) return;
  const Bytes packet(given.begin(), given.begin() + static_cast<ptrdiff_t>(fields->total_length));
  const bool v6 = packet[0] >> 4 == 6;
  if (!v6 && !may_be_fragmented(packet)) return;
  std::vector<Bytes> pieces = v6 ? fragments_of_v6(packet, mtu, 7) : fragments_of(packet, mtu);
  const size_t count = pieces.size();
  if (count < 2 || count > Reassembler::Bounds().pieces || packet.size() > abi::kMaxPacketBytes) return;
  if (v6 && !read_ip(pieces[0])) return;  // with the fragment header it has one extension header too many
  if (const auto first = read_fragment(pieces[0]); !first || !first->sound) return;  // its headers are in two
  for (size_t i = 0; i < order.size(); ++i) std::swap(pieces[i % count], pieces[order[i] % count]);
  size_t copies = 0;
  Reassembler reassembler({}, [&](PathCounter reason, std::span<const uint8_t>, size_t) {
    require(reason == kDropFragmentCopy, "of a sound datagram only copies drop");
    ++copies;
  });
  for (size_t i = 0; i < count; ++i) {
    const auto whole = give(reassembler, pieces[i], {});
    require(whole.has_value() == (i + 1 == count), "it is whole with its last piece");
    if (!whole) give(reassembler, pieces[i], {});
    if (whole) {
      Bytes sent = packet;
      if (!v6) sent[6] &= 0x7f, sent[10] = sent[11] = 0;  // the reserved bit, which the checksum covers
      Bytes got = whole->packet;
      if (!v6) got[10] = got[11] = 0;
      require(got == sent, "what is cut comes together");
    }
  }
  require(copies == count - 1, "each copy is known as one");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::Input input(data, size);
  input.byte() % 2 ? round_trip(input) : anything(input);
  return 0;
}
