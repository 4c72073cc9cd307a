// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_DATAPLANE_UMEM_H
#define XESP_DAEMON_DATAPLANE_UMEM_H

#include <xdp/xsk.h>

#include <cstddef>
#include <cstdint>

namespace xesp::dataplane {

/// Packet memory shared with the kernel, and its two rings. The first frames receive, those behind them send.
class Umem {
 public:
  static constexpr uint32_t kFrameBytes = 4096;  // one page: the most that a frame of AF_XDP can be

  /// How many frames receive and send; 0 or a power of two. @throws Error(kOs, kDenied)
  Umem(uint32_t receive, uint32_t send);
  ~Umem();
  Umem(const Umem&) = delete;
  Umem& operator=(const Umem&) = delete;

  xsk_umem* get() const { return umem_; }
  uint8_t* at(uint64_t address) const { return memory_ + address; }
  static constexpr uint64_t receive_frame(uint32_t i) { return uint64_t{i} * kFrameBytes; }
  uint64_t send_frame(uint32_t i) const { return uint64_t{receive_ + i} * kFrameBytes; }

  // Zeroed before libxdp sees them: it leaves parts unset and reads them later.
  xsk_ring_prod fill{};
  xsk_ring_cons completion{};

 private:
  uint32_t receive_;
  size_t bytes_;
  uint8_t* memory_ = nullptr;
  xsk_umem* umem_ = nullptr;
};

}  // namespace xesp::dataplane
#endif
