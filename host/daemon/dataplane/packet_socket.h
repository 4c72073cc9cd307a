// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_DATAPLANE_PACKET_SOCKET_H
#define XESP_DAEMON_DATAPLANE_PACKET_SOCKET_H

#include <cstdint>
#include <span>
#include <vector>

#include "interface.h"
#include "umem.h"

namespace xesp::dataplane {

/// A received frame, in packet memory until it is given back.
struct Frame {
  uint64_t address = 0;
  std::span<uint8_t> data;
  std::span<uint8_t> room;  ///< `data`, and behind it what is free of its packet memory
};

/// An AF_XDP socket in copy mode on one queue of an interface. One thread may receive while another one sends: the two
/// halves share no state but the descriptor.
class PacketSocket {
 public:
  /// Frames each way, a power of two; one with no room to send only receives.
  struct Room {
    uint32_t receive = 2048;
    uint32_t send = 2048;
  };
  PacketSocket(const Interface& interface, unsigned queue, const Room& room);  ///< @throws Error(kOs, kDenied)
  ~PacketSocket();
  PacketSocket(const PacketSocket&) = delete;
  PacketSocket& operator=(const PacketSocket&) = delete;

  int fd() const { return xsk_socket__fd(socket_); }
  /// What the kernel could not give us: the receive ring was full, or it had no frame to receive in. Any thread.
  struct Lost {
    uint64_t receive_full = 0;
    uint64_t fill_empty = 0;
  };
  Lost lost() const;

  // The receiving thread.
  /// Fills `frames` with at most `most` frames, without waiting.
  void receive(std::vector<Frame>& frames, size_t most);
  /// Gives the frames of the last receive() back.
  void release(const std::vector<Frame>& frames);

  // The sending thread.
  /// Room for a frame of `bytes`, or an empty span when the queue is full. Sent by the next flush().
  std::span<uint8_t> allocate(size_t bytes);
  /// Hands all allocated frames to the driver.
  void flush();

 private:
  void refill(const uint64_t* addresses, uint32_t count);
  void reclaim();

  Room room_;
  Umem umem_;
  xsk_socket* socket_ = nullptr;
  xsk_ring_cons receive_{};
  xsk_ring_prod send_{};
  std::vector<uint64_t> addresses_;  ///< scratch of release()
  std::vector<uint64_t> free_;       ///< frames to send with
  uint32_t queued_ = 0;              ///< allocated since the last flush
};

}  // namespace xesp::dataplane
#endif
