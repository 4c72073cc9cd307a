// SPDX-License-Identifier: Apache-2.0
#include "longest_mtu.h"

#include <linux/bpf.h>
#include <net/ethernet.h>

#include "umem.h"
#include "xesp/error.h"

namespace xesp::dataplane {
namespace {

/// A frame comes in behind the room that the kernel keeps for XDP, and may have two VLAN tags.
constexpr size_t kLongestMtu = Umem::kFrameBytes - XDP_PACKET_HEADROOM - sizeof(ether_header) - 2 * sizeof(VlanTag);

}  // namespace

void refuse_longer_mtu(const Interface& interface) {
  if (interface.mtu <= kLongestMtu) return;
  const std::string most = std::to_string(kLongestMtu);
  throw Error(ErrorCode::kUnavailable, interface.name + ": the MTU is " + std::to_string(interface.mtu) +
                                           ", but frames of AF_XDP take " + most + " at most; lower it: ip link set " +
                                           interface.name + " mtu " + most);
}

}  // namespace xesp::dataplane
