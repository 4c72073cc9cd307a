// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_NOTICES_H
#define XESP_DAEMON_NOTICES_H

#include <chrono>
#include <list>
#include <nlohmann/json.hpp>
#include <string>

#include "xesp/address.h"

namespace xesp {

/// What a key exchange could not do, in its own words, for `xesp doctor`: an SA that is not there tells nobody why. One
/// for each peer and kind, the newest kMost, for an hour, or until an SA with that peer is there. One thread at a time.
class Notices {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr size_t kMost = 64;
  static constexpr size_t kMostText = 500;  ///< characters

  struct Notice {
    IpAddress peer;
    std::string kind;  ///< one word: "peer-secret"
    std::string text;  ///< what is, and why
    std::string fix;   ///< what to do
    size_t count;      ///< how often by now
    Clock::time_point last;
  };

  void add(const IpAddress& peer, const std::string& kind, const std::string& text, const std::string& fix,
           Clock::time_point now = Clock::now());
  /// There is an SA with this peer.
  void settle(const IpAddress& peer);
  /// The newest last: [{"peer", "kind", "text", "fix", "count", "seconds_ago"}].
  nlohmann::json list(Clock::time_point now = Clock::now());

 private:
  std::list<Notice> all_;
};

}  // namespace xesp
#endif
