// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_DATAPLANE_RECEIVE_QUEUES_H
#define XESP_DAEMON_DATAPLANE_RECEIVE_QUEUES_H

#include <poll.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <vector>

#include "interface.h"
#include "packet_socket.h"

namespace xesp::dataplane {

/// The AF_XDP sockets of an interface, one for each of its receive queues: the network card spreads its flows over
/// them, and the steering program can hand a frame on to its own queue's socket only. One thread receives from all;
/// sending takes the first one's.
class ReceiveQueues {
 public:
  /// All of the interface's queues, or the one named. @throws Error(kOs, kDenied), Error(kData) if they are too many
  explicit ReceiveQueues(const Interface& interface, std::optional<unsigned> only = std::nullopt);

  struct Queue {
    unsigned number = 0;
    int fd = -1;
  };
  std::vector<Queue> queues() const;
  PacketSocket& sender() { return queues_.front()->socket; }

  // The receiving thread.
  void add_to(std::vector<pollfd>& fds) const;
  /// Fills `frames` with at most `most` frames of all queues, without waiting. Each time another queue is asked first.
  void receive(std::vector<Frame>& frames, size_t most);
  /// Gives the frames of the last receive() back.
  void release();

  /// By queue: what came, and what the kernel dropped for want of room. Any thread.
  nlohmann::json counters() const;

 private:
  struct One {
    One(const Interface& interface, unsigned queue, const PacketSocket::Room& room)
        : number(queue), socket(interface, queue, room) {}
    unsigned number;
    PacketSocket socket;
    std::vector<Frame> taken;  ///< of the last receive()
    std::atomic<uint64_t> received = 0;
  };

  std::vector<std::unique_ptr<One>> queues_;
  size_t first_ = 0;  ///< to be asked next time
};

}  // namespace xesp::dataplane
#endif
