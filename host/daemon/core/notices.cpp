// SPDX-License-Identifier: Apache-2.0
#include "core/notices.h"

namespace xesp {

namespace {

constexpr auto kKeep = std::chrono::hours(1);

}  // namespace

void Notices::add(const IpAddress& peer, const std::string& kind, const std::string& text, const std::string& fix,
                  Clock::time_point now) {
  size_t count = 1;
  all_.remove_if([&](const Notice& n) {
    if (n.peer != peer || n.kind != kind) return false;
    count = n.count + 1;
    return true;
  });
  all_.push_back({peer, kind, text.substr(0, kMostText), fix.substr(0, kMostText), count, now});
  if (all_.size() > kMost) all_.pop_front();
}

void Notices::settle(const IpAddress& peer) {
  all_.remove_if([&](const Notice& n) { return n.peer == peer; });
}

nlohmann::json Notices::list(Clock::time_point now) {
  all_.remove_if([&](const Notice& n) { return now - n.last > kKeep; });
  nlohmann::json rows = nlohmann::json::array();
  for (const Notice& n : all_)
    rows.push_back({{"peer", n.peer.str()},
                    {"kind", n.kind},
                    {"text", n.text},
                    {"fix", n.fix},
                    {"count", n.count},
                    {"seconds_ago", std::chrono::duration_cast<std::chrono::seconds>(now - n.last).count()}});
  return rows;
}

}  // namespace xesp
