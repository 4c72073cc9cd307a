// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_TESTS_DATAPLANE_GATEWAY_CHILD_H
#define XESP_TESTS_DATAPLANE_GATEWAY_CHILD_H

#include "gateway_process.h"

namespace xesp::test {

/// What the gateway's process does: answers each command byte on `socket` with a line, until its end.
void run_gateway(const Lab& lab, const GatewaySetup& setup, int socket);

}  // namespace xesp::test
#endif
