// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_REQUESTS_H
#define XESP_DAEMON_REQUESTS_H

#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "core/controller.h"
#include "core/events.h"
#include "core/notices.h"
#include "xesp/offload_engine.h"

namespace xesp {

/// Who asks.
struct Asker {
  bool root = false;
  bool may_change = true;  ///< false: it may ask what is there, as far as that shows no key and no packet
};

/// Does what one request says (control/protocol.h).
class Requests {
 public:
  /// All must outlive this object. `events` hears of changes; `card` is there where SAs may move between a card and
  /// software.
  Requests(Controller& controller, Engine& engine, PacketPath& path, Events* events = nullptr,
           const OffloadEngine* card = nullptr)
      : controller_(controller), engine_(engine), path_(path), events_(events), card_(card) {}

  /// The result, to be wrapped as an answer. @throws Error
  nlohmann::json handle(const nlohmann::json& request, const Asker& asker);
  /// The tap that the last handle() has opened, if that was its request: its keeper is the connection's.
  std::optional<TapStream> take_tap() { return std::exchange(tap_, std::nullopt); }
  /// Ends SAs whose time has come, and tells of it and of policies that want an SA. To be called at least twice a
  /// second; more often costs nothing.
  void look_at_clock();
  /// Adds to an event what only the control side knows: which SA a handle names.
  void complete(nlohmann::json& event) const;

 private:
  nlohmann::json state_add(const nlohmann::json& request);
  nlohmann::json state_delete(const nlohmann::json& request);
  nlohmann::json state_get(const nlohmann::json& request);
  nlohmann::json state_reserve(const nlohmann::json& request);
  nlohmann::json state_move(const nlohmann::json& request);
  nlohmann::json state_list(const nlohmann::json& request, const Asker& asker);
  nlohmann::json state_flush(const nlohmann::json& request);
  nlohmann::json policy_add(const nlohmann::json& request);
  nlohmann::json policy_delete(const nlohmann::json& request);
  nlohmann::json policy_list(const nlohmann::json& request);
  nlohmann::json policy_flush(const nlohmann::json& request);
  nlohmann::json where(const nlohmann::json& request);
  nlohmann::json count(const nlohmann::json& request);
  nlohmann::json stats(const nlohmann::json& request);
  nlohmann::json card(const nlohmann::json& request);
  std::string software() const;
  nlohmann::json caps(const nlohmann::json& request);
  nlohmann::json tap(const nlohmann::json& request, const Asker& asker);
  nlohmann::json version(const nlohmann::json& request);
  nlohmann::json notice_add(const nlohmann::json& request);
  nlohmann::json notice_list(const nlohmann::json& request);

  /// Whether inbound SAs end at this address.
  bool has_end(const IpAddress& address) const;
  /// What becomes of a packet that this policy is for.
  nlohmann::json policy_fate(const Policy& policy) const;
  void tell(nlohmann::json event) {
    if (events_ != nullptr) events_->tell(std::move(event));
  }

  Controller& controller_;
  Engine& engine_;
  PacketPath& path_;
  Events* events_;
  const OffloadEngine* card_;
  std::optional<TapStream> tap_;
  Controller::Clock::time_point next_look_{};
  Notices notices_;
};

}  // namespace xesp
#endif
