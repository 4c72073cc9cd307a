// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "engine/software_transform.h"
#include "esp/ah.h"
#include "esp/header.h"

namespace xesp {

size_t ah_size(const SaConfig& sa, const Outgoing& packet) {
  return packet.ip_bytes + esp::ah_shape(sa, packet.v6).bytes + packet.payload.size();
}

void protect_ah(SoftwareSa& sa, const Outgoing& packet, uint64_t seq, std::span<uint8_t> out) {
  const esp::AhShape shape = esp::ah_shape(sa.config, packet.v6);
  uint8_t* const ah = out.data() + packet.ip_bytes;
  esp::write_ah(ah, sa.config, packet.v6, seq, packet.next_header);
  std::ranges::copy(packet.payload, ah + shape.bytes);
  const esp::AhFront front = esp::ah_front(out, packet.ip_bytes, shape);
  const esp::AhTail tail = esp::ah_tail(sa.config, seq);
  const std::span<uint8_t> icv(ah + shape.icv_at, shape.icv_bytes);
  if (sa.hmac)
    sa.hmac->sign({front, packet.payload, tail}, icv);
  else
    sa.aead->sign(esp::nonce_to_send(sa.config, seq), {front, packet.payload, tail}, icv);
}

Carried recover_ah(SoftwareSa& sa, const PacketIn& in, const InboundFront& front, uint64_t seq, uint8_t* scratch) {
  const std::span<const uint8_t> packet = in.data;
  const esp::AhShape shape = esp::ah_shape(sa.config, front.ip.v6);
  const DropReason status = esp::check_ah_shape(packet, front.ip, shape);
  if (status != abi::kOk) return {status};
  const uint8_t* const ah = &packet[front.ip.bytes];
  const auto payload = packet.subspan(front.ip.bytes + shape.bytes);
  const esp::AhFront covered = esp::ah_front(packet, front.ip.bytes, shape);
  const esp::AhTail tail = esp::ah_tail(sa.config, seq);
  const std::span<const uint8_t> icv(ah + shape.icv_at, shape.icv_bytes);
  const bool good =
      sa.hmac ? sa.hmac->verify({covered, payload, tail}, icv)
              : sa.aead->verify(esp::nonce_received(sa.config, ah + esp::kAhSpi, seq), {covered, payload, tail}, icv);
  if (!good) return {abi::kDropIcv};
  std::ranges::copy(payload, scratch);
  return {abi::kOk, {scratch, payload.size()}, payload.size(), ah[esp::kAhNextHeader]};
}

}  // namespace xesp
