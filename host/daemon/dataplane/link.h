// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_DATAPLANE_LINK_H
#define XESP_DAEMON_DATAPLANE_LINK_H

#include <atomic>
#include <cstdint>

#include "interface.h"

namespace xesp::dataplane {

/// What of an interface may change while packets flow. One thread changes it, any reads.
class Link {
 public:
  explicit Link(const Interface& interface)
      : index_(interface.index), mtu_(interface.mtu), mac_(packed(interface.mac)) {}

  unsigned index() const { return index_; }
  unsigned mtu() const { return mtu_.load(std::memory_order_relaxed); }
  MacAddress mac() const {
    MacAddress out;
    const uint64_t bits = mac_.load(std::memory_order_relaxed);
    for (size_t i = 0; i < out.size(); ++i) out[i] = static_cast<uint8_t>(bits >> 8 * i);
    return out;
  }

  /// True if that is another one.
  bool set_mtu(unsigned mtu) { return mtu_.exchange(mtu, std::memory_order_relaxed) != mtu; }
  bool set_mac(const MacAddress& mac) { return mac_.exchange(packed(mac), std::memory_order_relaxed) != packed(mac); }

 private:
  static uint64_t packed(const MacAddress& mac) {
    uint64_t out = 0;
    for (size_t i = 0; i < mac.size(); ++i) out |= uint64_t{mac[i]} << 8 * i;
    return out;
  }

  unsigned index_;
  std::atomic<unsigned> mtu_;
  std::atomic<uint64_t> mac_;
};

}  // namespace xesp::dataplane
#endif
