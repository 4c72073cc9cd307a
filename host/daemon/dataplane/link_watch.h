// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_DATAPLANE_LINK_WATCH_H
#define XESP_DAEMON_DATAPLANE_LINK_WATCH_H

#include <libmnl/libmnl.h>

#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "link.h"

namespace xesp::dataplane {

/// Follows MTU and link-layer address of links while the packet side runs, by what the kernel tells of changes
/// (rtnetlink). Has a thread.
class LinkWatch {
 public:
  /// `links` must outlive this object. `changed` is called by its thread, behind the change of a link's MTU.
  /// @throws Error(kOs)
  LinkWatch(std::vector<Link*> links, std::function<void(const Link&)> changed);
  ~LinkWatch() = default;
  LinkWatch(const LinkWatch&) = delete;
  LinkWatch& operator=(const LinkWatch&) = delete;

 private:
  void run(const std::stop_token& stop);
  /// Asks for everything anew: once at the start, and where messages were lost.
  void read_all();

  struct Close {
    void operator()(mnl_socket* s) const { mnl_socket_close(s); }
  };
  std::vector<Link*> links_;
  std::function<void(const Link&)> changed_;
  std::unique_ptr<mnl_socket, Close> socket_;
  std::jthread thread_;
};

}  // namespace xesp::dataplane
#endif
