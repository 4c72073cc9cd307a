// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "engine/software_transform.h"
#include "esp/ah.h"
#include "esp/header.h"

namespace xesp {

size_t ah_size(const Outgoing& packet) {
  return packet.ip_bytes + esp::ah_bytes(packet.v6) + packet.payload.size();
}

void protect_ah(SoftwareSa& sa, const Outgoing& packet, uint64_t seq, std::span<uint8_t> out) {
  uint8_t* const ah = out.data() + packet.ip_bytes;
  esp::write_ah(ah, sa.config, packet.v6, seq, packet.next_header);
  std::ranges::copy(packet.payload, ah + esp::ah_bytes(packet.v6));
  sa.aead->sign(esp::nonce(sa.config, ah + esp::kAhSpi, seq),
                {esp::ah_front(out, packet.ip_bytes), packet.payload, esp::ah_tail(sa.config, seq)},
                {ah + esp::kAhIcv, abi::kIcvBytes});
}

Carried recover_ah(SoftwareSa& sa, std::span<const uint8_t> packet, const InboundFront& front, uint64_t seq,
                   std::span<uint8_t> scratch) {
  const uint8_t* const ah = &packet[front.ip.bytes];
  const auto payload = packet.subspan(front.ip.bytes + esp::ah_bytes(front.ip.v6));
  if (!sa.aead->verify(esp::nonce(sa.config, ah + esp::kAhSpi, seq),
                       {esp::ah_front(packet, front.ip.bytes), payload, esp::ah_tail(sa.config, seq)},
                       {ah + esp::kAhIcv, abi::kIcvBytes}))
    return {abi::kDropIcv};
  std::ranges::copy(payload, scratch.begin());
  return {abi::kOk, scratch.first(payload.size()), payload.size(), ah[esp::kAhNextHeader]};
}

}  // namespace xesp
