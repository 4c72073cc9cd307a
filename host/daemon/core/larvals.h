// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_LARVALS_H
#define XESP_DAEMON_LARVALS_H

#include <chrono>
#include <functional>
#include <list>

#include "control/sa_json.h"

namespace xesp {

/// SPIs that a key exchange has been given and whose SAs are not there yet (RFC 4301 calls such an SA larval). One that
/// nobody makes an SA of is free again after a time. One thread at a time.
class Larvals {
 public:
  using Clock = std::chrono::steady_clock;
  struct Larval {
    IpAddress src;  ///< who will send
    IpAddress dst;  ///< this host
    uint8_t proto = 0;
    uint32_t spi = 0;  ///< host byte order
    Clock::time_point until;
  };
  static constexpr size_t kMost = 4096;

  /// A random SPI of 0xc0000000 and above that is neither reserved nor `taken`.
  /// @throws Error(kUnavailable) when too many are reserved; Error(kOs) without random numbers
  const Larval& reserve(const IpAddress& src, const IpAddress& dst, uint8_t proto, std::chrono::seconds hold,
                        const std::function<bool(uint32_t spi)>& taken, Clock::time_point now);
  /// True if it was there.
  bool release(const IpAddress& dst, uint8_t proto, uint32_t spi);
  /// Of a name without a protocol: whichever fits.
  bool release(const control::SaName& name);
  void expire(Clock::time_point now);
  void clear() { all_.clear(); }
  const std::list<Larval>& all() const { return all_; }

 private:
  std::list<Larval> all_;
};

}  // namespace xesp
#endif
