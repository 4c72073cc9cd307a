// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_DATAPLANE_OWN_PACKETS_H
#define XESP_DAEMON_DATAPLANE_OWN_PACKETS_H

#include <cstdint>
#include <mutex>
#include <utility>
#include <vector>

#include "unique_fd.h"

namespace xesp::dataplane {

/// A packet of this host's own on its way to the outbound path, which protects it or drops it.
struct OwnPacket {
  std::vector<uint8_t> data;
  std::vector<uint8_t> tags;  ///< VlanTags
  bool from_tun = false;
};

/// Hands packets from any thread to the outbound path's.
class OwnPackets {
 public:
  OwnPackets();  ///< @throws Error(kOs)

  /// False if too many wait already.
  bool push(OwnPacket packet);
  std::vector<OwnPacket> take();
  /// Readable while packets wait.
  int fd() const { return wake_.get(); }

 private:
  static constexpr size_t kMost = 256;
  UniqueFd wake_;
  std::mutex mutex_;
  std::vector<OwnPacket> waiting_;
};

}  // namespace xesp::dataplane
#endif
