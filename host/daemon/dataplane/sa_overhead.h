// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_DATAPLANE_SA_OVERHEAD_H
#define XESP_DAEMON_DATAPLANE_SA_OVERHEAD_H

#include <cstddef>

#include "xesp/sa.h"

namespace xesp::dataplane {

/// What an outbound SA puts around a packet, byte for byte as the engines do it.
class SaOverhead {
 public:
  explicit SaOverhead(const SaConfig& sa);

  /// Bytes of the packet that a clear one of `inner` bytes becomes. `header`: those of its IP header with all that
  /// stands before ESP or AH in transport mode; a tunnel does not look at it.
  size_t wrapped(size_t inner, size_t header) const;
  /// The longest clear packet whose wrapped() is at most `mtu`; 0: none, not even the shortest fits.
  size_t largest(size_t mtu, size_t header) const;

  bool tunnel() const { return tunnel_; }

 private:
  size_t front(size_t header) const { return tunnel_ ? outer_ : header; }

  bool tunnel_;
  size_t outer_;  ///< IP header of a tunnel
  size_t fixed_;  ///< UDP, ESP and IV, ICV; all of AH
  size_t unit_;   ///< text with its trailer is a multiple of this; 0: there is no trailer
  size_t tfc_pad_;
};

}  // namespace xesp::dataplane
#endif
