// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_TESTS_DATAPLANE_TCP_TRANSFER_H
#define XESP_TESTS_DATAPLANE_TCP_TRANSFER_H

#include <cstddef>
#include <string>

#include "lab.h"

namespace xesp::test {

/// Sends `bytes` random bytes over TCP from a node to another one's address. True if all arrive unchanged in time.
bool tcp_transfer(const Lab& lab, const std::string& from, const std::string& to, const std::string& address,
                  size_t bytes);

}  // namespace xesp::test
#endif
