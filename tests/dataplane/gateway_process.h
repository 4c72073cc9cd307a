// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_TESTS_DATAPLANE_GATEWAY_PROCESS_H
#define XESP_TESTS_DATAPLANE_GATEWAY_PROCESS_H

#include <sys/types.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "lab.h"

namespace xesp::test {

/// What the tunnel between the gateways carries, and in what.
struct TunnelForm {
  bool inner_v6 = false;
  bool outer_v6 = false;
  bool in_udp = false;
  bool ah = false;
  bool transport = false;  ///< between hostA and hostB themselves; then all is of the inner version
};

struct GatewaySetup {
  bool side_a = true;      ///< gwA or gwB; each has the mirror image of the other's SAs and policies
  uint64_t first_seq = 0;  ///< last number that the outbound SA sent: a restart goes on behind it
  bool native = true;
  TunnelForm form = {};
  bool carry_vlans = false;
  bool mss_clamp = false;
  std::string tun = {};
  std::optional<unsigned> queue = {};  ///< the only one to serve
};

/// A gateway in a process of its own: Dataplane on the software engine, one tunnel to the other side.
class GatewayProcess {
 public:
  /// Forks; returns when packets flow. @throws std::runtime_error with the child's error.
  GatewayProcess(const Lab& lab, const GatewaySetup& setup);
  ~GatewayProcess();  ///< ends it in good order
  GatewayProcess(const GatewayProcess&) = delete;
  GatewayProcess& operator=(const GatewayProcess&) = delete;

  void delete_outbound_sa() { ask('o'); }
  void delete_inbound_sa() { ask('i'); }
  void lose_engine() { ask('x'); }
  /// Dataplane::counters() with fault() under "fault".
  nlohmann::json counters() { return nlohmann::json::parse(ask('c')); }
  void kill_at_once();  ///< SIGKILL

 private:
  std::string ask(char command);
  std::string read_line();

  pid_t child_ = -1;
  int socket_ = -1;
};

}  // namespace xesp::test
#endif
