// SPDX-License-Identifier: Apache-2.0
//
// xespd: puts engine, leases, packet side and socket together, in the order in which they depend on each other.
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

#include "core/controller.h"
#include "core/events.h"
#include "core/health.h"
#include "core/requests.h"
#include "dataplane_path.h"
#include "harden.h"
#include "leases/lease_journal.h"
#include "leases/leased_engine.h"
#include "log.h"
#include "metrics/exporter.h"
#include "metrics/page.h"
#include "notify.h"
#include "options.h"
#include "packet_path.h"
#include "server/server.h"
#include "xesp/crypto.h"
#include "xesp/error.h"
#include "xesp/offload_engine.h"

namespace xesp {
namespace {

std::string journal_path(const std::string& state_dir) {
  std::error_code error;
  std::filesystem::create_directories(state_dir, error);
  if (error) throw Error(ErrorCode::kOs, "--state-dir " + state_dir + ": " + error.message());
  return state_dir + "/leases.journal";
}

std::unique_ptr<Engine> make_engine(const DaemonOptions& options) {
  if (options.engine == "software") return make_software_engine(options.crypto);
  return make_offload_engine([card = options.card] { return make_xrt_engine(card); }, options.crypto);
}

// SIGHUP: what can change at once does; what can't is named.
void reload(int argc, char** argv, DaemonOptions& running) {
  try {
    DaemonOptions wanted = read_options(argc, argv);
    running.log_level = wanted.log_level;
    running.log = wanted.log;
    set_levels(running.log_level, running.log);
    spdlog::info("configuration read again, log level {}", running.log_level);
    for (const std::string& name : restart_needed(running, wanted))
      spdlog::warn("{} has changed: it takes effect when xespd is restarted", name);
  } catch (const Error& e) {
    spdlog::error("configuration not read again, nothing has changed: {}", e.what());
  }
}

void run(const DaemonOptions& options, const std::function<void()>& hangup) {
  LeaseJournal journal(journal_path(options.state_dir));
  if (!journal.finding().empty()) log_of("leases")->error("{}", journal.finding());
  const std::unique_ptr<Engine> engine = make_engine(options);
  LeaseKeeper leases(journal, *engine);
  Events events;
  LeasedEngine leased(*engine, leases, &events);
  std::unique_ptr<PacketPath> path;
  if (options.dataplane)
    path = std::make_unique<DataplanePath>(options.interfaces, leased);
  else
    path = std::make_unique<NoPacketPath>();
  Controller controller(leased, leases, *path);
  Requests requests(controller, leased, *path, &events, dynamic_cast<const OffloadEngine*>(engine.get()));
  std::optional<gid_t> readers;
  if (!options.read_group.empty()) readers = group_of(options.read_group);
  Server server(options.socket, requests, readers);
  server.on_hangup(hangup);
  server.watch(events.wake_fd(), [&] { server.tell(events); });
  std::unique_ptr<metrics::Exporter> exporter;
  if (!options.metrics.empty()) {
    exporter = std::make_unique<metrics::Exporter>(
        options.metrics, [&] { return metrics::collect(controller, *engine, *path, leased.meter()); });
    server.watch(exporter->wake_fd(), [&] { exporter->refresh(); });
    spdlog::info("metrics at http://{}/metrics", options.metrics);
  }

  spdlog::info("ready: engine {}, socket {}", engine->description(), options.socket);
  notify_manager("READY=1");
  Health health(*engine, leases, *path, &events);
  server.run([&] {
    requests.look_at_clock();
    return health.fault();
  });
  notify_manager("STOPPING=1");
  spdlog::info("stopping");
}

}  // namespace
}  // namespace xesp

int main(int argc, char** argv) {
  spdlog::set_default_logger(spdlog::stderr_color_mt("xespd"));
  spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%e %n %l: %v");
  try {
    xesp::DaemonOptions options = xesp::read_options(argc, argv);
    if (options.check_config) return xesp::check_config(argc, argv);
    xesp::make_loggers();
    xesp::set_levels(options.log_level, options.log);
    xesp::keep_memory_private();
    xesp::prepare_signals();
    xesp::run(options, [&] { xesp::reload(argc, argv, options); });
    return EXIT_SUCCESS;
  } catch (const xesp::Error& e) {
    spdlog::critical("{}", e.what());
    return static_cast<int>(e.code());
  } catch (const std::exception& e) {
    spdlog::critical("internal error: {}", e.what());
    return static_cast<int>(xesp::ErrorCode::kSoftware);
  }
}
