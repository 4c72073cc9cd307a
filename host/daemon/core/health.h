// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_HEALTH_H
#define XESP_DAEMON_HEALTH_H

#include <chrono>
#include <string>

#include "leases/lease_keeper.h"
#include "packet_path.h"
#include "xesp/engine.h"

namespace xesp {

/// Finds out that the engine is lost, also when no packet and no request goes to it: once a second the card's registers
/// are read, which a dead card does not answer.
class Health {
 public:
  /// All must outlive this object.
  Health(Engine& engine, const LeaseKeeper& leases, const PacketPath& path)
      : engine_(engine), leases_(leases), path_(path) {}

  /// Why the engine is lost, or empty.
  std::string fault();

 private:
  std::string ask_engine();

  Engine& engine_;
  const LeaseKeeper& leases_;
  const PacketPath& path_;
  std::chrono::steady_clock::time_point next_{};
};

}  // namespace xesp
#endif
