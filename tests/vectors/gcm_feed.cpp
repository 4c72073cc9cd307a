// SPDX-License-Identifier: Apache-2.0
#include "gcm_feed.h"

#include <algorithm>

#include "aad.h"
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

ap_uint<kKeyBits> key_word(const Octets& key, const Octets& iv) {
  Key k;
  k.key = number<256>(key);
  k.nonce = number<96>(iv);
  k.key_cut = (32 - key.size()) / 8;
  return pack<kKeyBits>(k);
}

ap_uint<kHpBits> hash_word(const Octets& key, const Hashed& hashed) {
  HashParams h;
  const gcm::HashPowers powers(key);
  for (int i = 0; i < static_cast<int>(powers.power.size()); ++i)
    h.h.range(128 * i + 127, 128 * i) = number<128>(powers.power[i]);
  h.hashed = hashed;
  return pack<kHpBits>(h);
}

}  // namespace

GcmWords gcm_message(const Octets& key, const Octets& iv, const Octets& aad, const Octets& text, bool decrypt,
                     bool first_block) {
  GcmWords m;
  m.key = key_word(key, iv);
  const bool in_block = first_block && aad.size() <= kBlock && !text.empty();
  Hashed hashed = aad::none();
  if (in_block) hashed.block = number<128>(aad);
  hashed.aad_len = aad.size();
  hashed.ct_len = text.size();
  m.hp = hash_word(key, hashed);
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

GcmWords esp_message(const EspCase& c) {
  GcmWords m;
  const Hashed h = aad::of_esp(hls_util::swap_bytes<32>(ap_uint<32>(c.spi)), c.number,
                               number<64>({c.nonce.data() + 4, 8}), c.text.size(), c.gmac, c.esn);
  m.key = key_word(c.key, c.nonce);
  m.hp = hash_word(c.key, h);
  add_beats(m, c.text, c.gmac, c.decrypt);
  close(m);
  return m;
}

}  // namespace xesp::test
