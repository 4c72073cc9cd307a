// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_CLI_MIRROR_KERNEL_SOCKET_H
#define XESP_CLI_MIRROR_KERNEL_SOCKET_H

#include <functional>
#include <memory>
#include <vector>

#include "mirror/kernel.h"
#include "mirror/xfrm_message.h"
#include "mirror/xfrm_request.h"

struct mnl_socket;

namespace xesp::mirror {

/// A socket of NETLINK_XFRM. What it receives is wiped when it has been read. One thread at a time.
class XfrmSocket {
 public:
  /// Hears of these groups (a bit each); 0: of answers only. @throws Error(kOs, kDenied)
  explicit XfrmSocket(unsigned groups);
  int fd() const;
  void send(const Request& request);
  /// The next datagram's messages; waits for it, or not. Empty if there is none, or it is not the kernel's.
  /// @throws Error(kIo) when some were lost; Error(kData) when one is malformed; Error(kOs)
  std::vector<Message> receive(bool wait);

 private:
  struct Close {
    void operator()(mnl_socket* socket) const;
  };
  std::unique_ptr<mnl_socket, Close> socket_;
  std::vector<uint8_t> buffer_;
};

/// The kernel of this network namespace.
class LinuxKernel final : public Kernel {
 public:
  KernelTables dump() override;
  std::optional<KernelReplay> replay(const SaId& id) override;
  bool set_replay(const KernelReplay& replay, Direction direction) override;
  bool expire(const SaId& id, bool hard) override;

 private:
  void dump_into(const Request& request, KernelTables& tables);
  bool acknowledged(const Request& request);
  uint32_t sequence_ = 0;
  XfrmSocket socket_{0};
};

}  // namespace xesp::mirror
#endif
