// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_TESTS_DATAPLANE_LINK_SOCKET_H
#define XESP_TESTS_DATAPLANE_LINK_SOCKET_H

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "lab.h"

namespace xesp::test {

/// Whole frames of a node's interfaces, past the kernel's own protocols.
class LinkSocket {
 public:
  /// All interfaces of the node if none is named; then it can't send.
  LinkSocket(const Lab& lab, const std::string& node, const std::string& interface = "");
  ~LinkSocket();
  LinkSocket(const LinkSocket&) = delete;
  LinkSocket& operator=(const LinkSocket&) = delete;

  bool send(const std::vector<uint8_t>& frame) const;
  /// The next frame that came in from elsewhere, VLAN tags in their place; empty if none does in time.
  std::vector<uint8_t> receive(std::chrono::milliseconds patience) const;

 private:
  int fd_ = -1;
};

}  // namespace xesp::test
#endif
