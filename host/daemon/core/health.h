// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_HEALTH_H
#define XESP_DAEMON_HEALTH_H

#include <chrono>
#include <string>

#include "core/events.h"
#include "leases/lease_keeper.h"
#include "packet_path.h"
#include "xesp/engine.h"
#include "xesp/offload_engine.h"

namespace xesp {

/// Once a second, also when no packet and no request goes to the engine: is the card there? Where SAs may go on in
/// software (OffloadEngine) its going and coming are told in the log; an engine without that is lost for good.
class Health {
 public:
  /// All must outlive this object.
  Health(Engine& engine, const LeaseKeeper& leases, const PacketPath& path, Events* events = nullptr)
      : engine_(engine),
        offload_(dynamic_cast<OffloadEngine*>(&engine)),
        leases_(leases),
        path_(path),
        events_(events) {}

  /// Why xespd can't go on, or empty.
  std::string fault();

 private:
  std::string ask_engine();

  void look_after_card();

  Engine& engine_;
  OffloadEngine* offload_;  // `engine_`, if it is one
  CardHealth told_{true, {}, 0, 0};
  const LeaseKeeper& leases_;
  const PacketPath& path_;
  Events* events_;
  std::chrono::steady_clock::time_point next_{};
};

}  // namespace xesp
#endif
