// SPDX-License-Identifier: Apache-2.0
#include "mirror/run.h"

#include <linux/xfrm.h>
#include <poll.h>

#include <cerrno>
#include <memory>
#include <optional>

#include "mirror/kernel_socket.h"
#include "stop_signals.h"

namespace xesp::mirror {

using cli::StopSignals;
using nlohmann::json;

namespace {

constexpr int kConnectAgainMs = 1000;
constexpr unsigned kGroups = XFRMGRP_SA | XFRMGRP_POLICY | XFRMGRP_EXPIRE | 1u << (XFRMNLGRP_MIGRATE - 1);

// One connection to xespd, and what belongs to it.
class Session {
 public:
  Session(const Settings& settings, const StopSignals& stop) : settings_(settings), stop_(stop) {
    if (settings.dry_run) {
      target_ = std::make_unique<NoTarget>();
    } else {
      daemon_.emplace(settings.socket);
      watched_.emplace(settings.socket);
      watched_->call("monitor");
      target_ = std::make_unique<Xespd>(kernel_, *daemon_, settings.offload);
    }
    mirror_ = std::make_unique<Mirror>(kernel_, *target_, settings.adopt, settings.tell);
  }

  /// True if told to end.
  void run() {
    mirror_->apply();
    if (settings_.once) return;
    for (;;) {
      pollfd waiting[] = {
          {stop_.fd(), POLLIN, 0}, {events_.fd(), POLLIN, 0}, {watched_ ? watched_->fd() : -1, POLLIN, 0}};
      if (poll(waiting, std::size(waiting), -1) < 0 && errno != EINTR)
        throw Error(ErrorCode::kOs, std::string("poll: ") + errno_text(errno));
      if (waiting[0].revents != 0) return;
      if (waiting[1].revents != 0) hear_kernel();
      if (watched_ && waiting[2].revents != 0) hear_xespd(*watched_);
    }
  }

  Totals totals() const { return {mirror_->sas(), mirror_->policies(), mirror_->left()}; }

 private:
  // All that has come, and then the target once.
  void hear_kernel() {
    try {
      for (;;) {
        std::vector<Message> messages = events_.receive(false);
        if (messages.empty()) break;
        mirror_->take(std::move(messages));
      }
    } catch (const Error& e) {
      if (e.code() != ErrorCode::kData && e.code() != ErrorCode::kIo) throw;
      settings_.warn(std::string(e.what()) + ": the kernel's tables are read anew");
      mirror_->resync();
    }
    mirror_->apply();
  }

  // A limit in bytes or packets is reached where the packets are; who keeps the SA's keys hears of it from the kernel.
  void hear_xespd(control::Client& watched) {
    do {
      const json event = watched.next_event();
      if (event.value("event", "") != "limit" || event.contains("of") || !event.contains("sa")) continue;
      const json& sa = event["sa"];
      const SaId id{IpAddress::parse(sa.value("dst", "")), sa.value("proto", "") == "ah" ? kProtoAh : kProtoEsp,
                    sa.value("spi", 0u)};
      if (mirror_->held().contains(id)) kernel_.expire(id, event.value("limit", "") == "hard");
    } while (watched.await_event(0));
  }

  const Settings& settings_;
  const StopSignals& stop_;
  XfrmSocket events_{settings_.once ? 0 : kGroups};  // before the first dump, so that nothing falls in between
  LinuxKernel kernel_;
  std::optional<control::Client> daemon_;
  std::optional<control::Client> watched_;
  std::unique_ptr<Target> target_;
  std::unique_ptr<Mirror> mirror_;
};

bool told_to_end(const StopSignals& stop, int within_ms) {
  pollfd waiting{stop.fd(), POLLIN, 0};
  return poll(&waiting, 1, within_ms) > 0;
}

}  // namespace

Totals run(const Settings& settings) {
  const StopSignals stop;
  Totals totals;
  for (bool told = false;;) {
    try {
      Session session(settings, stop);
      if (std::exchange(told, false)) settings.warn("xespd is back: all is mirrored anew");
      session.run();
      return session.totals();
    } catch (const Error& e) {
      if (settings.once || !away(e)) throw;
      if (!std::exchange(told, true)) settings.warn(std::string(e.what()) + ": waiting for it");
    }
    if (told_to_end(stop, kConnectAgainMs)) return totals;
  }
}

}  // namespace xesp::mirror
