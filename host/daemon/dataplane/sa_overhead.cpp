// SPDX-License-Identifier: Apache-2.0
#include "sa_overhead.h"

#include <algorithm>

#include "esp/ah.h"
#include "esp/header.h"

namespace xesp::dataplane {
namespace {

constexpr size_t kLengthAndNext = 2;  // of an ESP trailer

size_t fixed_bytes(const SaConfig& sa) {
  if (sa.proto == kProtoAh) return esp::ah_shape(sa, sa.dst.v6).bytes;
  return esp::udp_bytes(sa) + esp::esp_bytes(sa) + sa.icv_bytes();
}

size_t unit(const SaConfig& sa) {
  return sa.proto == kProtoAh ? 0 : esp::text_unit(sa);
}

}  // namespace

SaOverhead::SaOverhead(const SaConfig& sa)
    : tunnel_(sa.mode == Mode::kTunnel),
      outer_(sa.dst.v6 ? abi::kIpv6HeaderBytes : abi::kIpv4HeaderBytes),
      fixed_(fixed_bytes(sa)),
      unit_(unit(sa)),
      tfc_pad_(sa.proto == kProtoAh ? 0 : sa.tfc_pad) {}

size_t SaOverhead::wrapped(size_t inner, size_t header) const {
  const size_t payload = std::max(tunnel_ ? inner : inner - header, tfc_pad_);
  if (unit_ == 0) return front(header) + fixed_ + payload;
  return front(header) + fixed_ + (payload + kLengthAndNext + unit_ - 1) / unit_ * unit_;
}

size_t SaOverhead::largest(size_t mtu, size_t header) const {
  if (mtu < front(header) + fixed_) return 0;
  size_t payload = mtu - front(header) - fixed_;
  if (unit_ != 0) {
    payload = payload / unit_ * unit_;
    if (payload < kLengthAndNext) return 0;
    payload -= kLengthAndNext;
  }
  if (payload < tfc_pad_) return 0;
  return tunnel_ ? payload : payload + header;
}

}  // namespace xesp::dataplane
