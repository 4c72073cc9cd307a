// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_DATAPLANE_MSS_CLAMP_H
#define XESP_DAEMON_DATAPLANE_MSS_CLAMP_H

#include <cstdint>
#include <span>

namespace xesp::dataplane {

/// Lowers the MSS that a TCP SYN offers to what fits packets of `mtu` bytes, and brings the checksum along (RFC 1624).
/// True if it did. Never raises it, and touches nothing that is not a whole SYN with that option. read_ip() took the
/// packet, which ends with its total length.
bool clamp_mss(std::span<uint8_t> packet, size_t mtu);

}  // namespace xesp::dataplane
#endif
