// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_DATAPLANE_ICMP_ERROR_H
#define XESP_DAEMON_DATAPLANE_ICMP_ERROR_H

#include <cstdint>
#include <span>
#include <vector>

#include "xesp/address.h"

namespace xesp::dataplane {

enum class IcmpCause {
  kTooBig,        ///< type 3 code 4 with the MTU (RFC 1191), or packet too big (RFC 4443 3.2)
  kTimeExceeded,  ///< in transit (RFC 792, RFC 4443 3.3)
};

/// The error that tells a packet's sender what became of it, as a whole packet from `source`, which is of its family.
/// Empty where none may be sent (RFC 1122 3.2.2, RFC 1812 4.3.2.7, RFC 4443 2.4): about ICMP errors, fragments but the
/// first, what came from or went to no single host, and an IPv4 header with a wrong checksum. read_ip() took the
/// packet.
std::vector<uint8_t> icmp_error(IcmpCause cause, std::span<const uint8_t> packet, const IpAddress& source, size_t mtu);

}  // namespace xesp::dataplane
#endif
