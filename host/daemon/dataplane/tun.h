// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_DATAPLANE_TUN_H
#define XESP_DAEMON_DATAPLANE_TUN_H

#include <atomic>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "unique_fd.h"

namespace xesp::dataplane {

/// An interface of IP packets for this host's own applications: what the kernel routes to it is read here, what is
/// written here arrives there. Addresses and routes are the operator's. The kernel forwards no IPv4 that comes by it.
/// One thread may read while another one writes.
class Tun {
 public:
  /// @throws Error(kOs, kDenied); Error(kData) for a name that can't be one
  /// Makes it, or takes over what an earlier xespd left. `stays`: it outlives this object, so that what is routed to it
  /// drops meanwhile and takes no other route; `ip link del` removes it.
  Tun(const std::string& name, size_t mtu, bool stays);

  /// What to wait on for the next packet; -1 once the interface is gone.
  int fd() const { return gone() ? -1 : fd_.get(); }
  /// Whether somebody has removed the interface, as far as read() has met it. Another Tun makes it anew.
  bool gone() const { return gone_.load(std::memory_order_relaxed); }
  unsigned index() const { return index_; }
  const std::string& name() const { return name_; }
  bool set_mtu(size_t mtu) const;
  /// A packet, or an empty one if none waits.
  std::vector<uint8_t> read();
  /// False if the kernel did not take it.
  bool write(std::span<const uint8_t> packet);

 private:
  UniqueFd fd_;
  std::string name_;
  unsigned index_ = 0;
  std::vector<uint8_t> buffer_;
  std::atomic<bool> gone_ = false;
};

}  // namespace xesp::dataplane
#endif
