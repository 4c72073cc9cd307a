// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_MEASURE_BARE_FORWARDER_H
#define XESP_MEASURE_BARE_FORWARDER_H

#include <xdp/xsk.h>

#include <memory>
#include <thread>

#include "dataplane/attachment.h"
#include "dataplane/interface.h"

struct xesp_bare;

namespace xesp::measure {

/// The least that forwards by AF_XDP: every frame of one interface leaves unread by another one, in the frame of packet
/// memory that it came in. Copy mode, a batch at a time, one thread, as the packet side has for a direction.
class BareForwarder {
 public:
  BareForwarder(const dataplane::Interface& from, const dataplane::Interface& to, unsigned batch);
  ~BareForwarder();

 private:
  struct Memory {
    Memory();
    ~Memory();
    void* at = nullptr;
  };
  struct Destroy {
    void operator()(xesp_bare* s) const;
    void operator()(xsk_umem* u) const { xsk_umem__delete(u); }
    void operator()(xsk_socket* s) const { xsk_socket__delete(s); }
  };
  void run(const std::stop_token& stop);
  void take_back();

  unsigned batch_;
  Memory memory_;
  xsk_ring_prod fill_{}, send_{}, unused_fill_{};
  xsk_ring_cons completion_{}, receive_{}, unused_completion_{};
  std::unique_ptr<xsk_umem, Destroy> umem_;
  std::unique_ptr<xsk_socket, Destroy> in_, out_;
  std::unique_ptr<xesp_bare, Destroy> program_;
  std::unique_ptr<dataplane::Attachment> attached_;
  std::jthread thread_;
};

}  // namespace xesp::measure
#endif
