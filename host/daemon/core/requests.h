// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_REQUESTS_H
#define XESP_DAEMON_REQUESTS_H

#include <nlohmann/json.hpp>

#include "core/controller.h"

namespace xesp {

/// Who asks.
struct Asker {
  bool root = false;
};

/// Does what one request says (control/protocol.h).
class Requests {
 public:
  /// All must outlive this object.
  Requests(Controller& controller, Engine& engine, PacketPath& path)
      : controller_(controller), engine_(engine), path_(path) {}

  /// The result, to be wrapped as an answer. @throws Error
  nlohmann::json handle(const nlohmann::json& request, const Asker& asker);

 private:
  nlohmann::json state_add(const nlohmann::json& request);
  nlohmann::json state_delete(const nlohmann::json& request);
  nlohmann::json state_list(const nlohmann::json& request, const Asker& asker);
  nlohmann::json state_flush(const nlohmann::json& request);
  nlohmann::json policy_add(const nlohmann::json& request);
  nlohmann::json policy_delete(const nlohmann::json& request);
  nlohmann::json policy_list(const nlohmann::json& request);
  nlohmann::json policy_flush(const nlohmann::json& request);
  nlohmann::json count(const nlohmann::json& request);
  nlohmann::json stats(const nlohmann::json& request);
  nlohmann::json card(const nlohmann::json& request);
  nlohmann::json version(const nlohmann::json& request);

  Controller& controller_;
  Engine& engine_;
  PacketPath& path_;
};

}  // namespace xesp
#endif
