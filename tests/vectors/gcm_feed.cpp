// SPDX-License-Identifier: Apache-2.0
#include "gcm_feed.h"

#include <algorithm>

#include "gcm/hash_powers.h"

namespace xesp::test {
namespace {

using namespace xesp::streams;
using hls_util::pack;

constexpr size_t kBlock = 16, kBeat = 64;

template <int BITS>
ap_uint<BITS> number(std::span<const uint8_t> bytes) {
  ap_uint<BITS> v = 0;
  for (size_t i = 0; i < bytes.size(); ++i) v.range(8 * i + 7, 8 * i) = bytes[i];
  return v;
}

void add_beats(GcmWords& to, const Octets& bytes, bool plain, bool decrypt) {
  for (size_t at = 0; at < bytes.size(); at += kBeat) {
    const size_t here = std::min(kBeat, bytes.size() - at);
    Text t;
    t.data = number<512>({bytes.data() + at, here});
    t.bytes = here;
    t.first = to.pt.empty();
    t.last = 0;
    t.dummy = 0;
    t.decrypt = decrypt;
    t.plain = plain;
    to.pt.push_back(pack<kPtBits>(t));
  }
}

void close(GcmWords& message) {
  Text t = hls_util::unpack<Text>(message.pt.back());
  t.last = 1;
  message.pt.back() = pack<kPtBits>(t);
}

ap_uint<kKeyBits> key_word(const Octets& key, const Octets& iv, bool shift) {
  Key k;
  k.key = number<256>(key);
  k.nonce = number<96>(iv);
  k.key_cut = (32 - key.size()) / 8;
  k.shift = shift;
  return pack<kKeyBits>(k);
}

ap_uint<kHpBits> hash_word(const Octets& key, std::span<const uint8_t> block, size_t aad_len, size_t ct_len) {
  HashParams h;
  const gcm::HashPowers powers(key);
  for (size_t i = 0; i < powers.power.size(); ++i) h.h.range(128 * i + 127, 128 * i) = number<128>(powers.power[i]);
  h.aad = number<128>(block);
  h.aad_len = aad_len;
  h.ct_len = ct_len;
  return pack<kHpBits>(h);
}

}  // namespace

GcmWords gcm_message(const Octets& key, const Octets& iv, const Octets& aad, const Octets& text, bool decrypt,
                     bool first_block) {
  GcmWords m;
  m.key = key_word(key, iv, false);
  const bool in_block = first_block && aad.size() <= kBlock && !text.empty();
  m.hp = hash_word(key, in_block ? std::span<const uint8_t>(aad) : std::span<const uint8_t>(), aad.size(), text.size());
  if (!in_block) {
    // Whole blocks, and behind so many blocks of zeros that the text begins in a beat of its own.
    Octets filled = aad;
    filled.resize((filled.size() + kBlock - 1) / kBlock * kBlock);
    const size_t whole = text.empty() ? std::max(kBlock, filled.size()) : (filled.size() + kBeat - 1) / kBeat * kBeat;
    filled.insert(filled.begin(), whole - filled.size(), 0);
    add_beats(m, filled, true, decrypt);
  }
  add_beats(m, text, false, decrypt);
  close(m);
  return m;
}

GcmWords gmac_message(const Octets& key, const Octets& iv, const Octets& aad, const Octets& text, bool decrypt) {
  GcmWords m;
  m.key = key_word(key, iv, aad.size() > kBlock);
  m.hp = hash_word(key, {aad.data(), kBlock}, aad.size() + text.size(), 0);
  add_beats(m, text, true, decrypt);
  close(m);
  return m;
}

}  // namespace xesp::test
