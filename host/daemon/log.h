// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_LOG_H
#define XESP_DAEMON_LOG_H

#include <spdlog/spdlog.h>

#include <map>
#include <memory>
#include <string>

namespace xesp {

/// The parts of xespd whose log level can be set alone.
constexpr const char* kSubsystems[] = {"control", "engine", "dataplane", "leases"};

/// A subsystem's logger; the default one where none was made (tests).
inline std::shared_ptr<spdlog::logger> log_of(const char* subsystem) {
  std::shared_ptr<spdlog::logger> own = spdlog::get(subsystem);
  return own ? own : spdlog::default_logger();
}

/// Makes the subsystems' loggers, once, with the sinks of the default one.
inline void make_loggers() {
  for (const char* name : kSubsystems) spdlog::register_logger(spdlog::default_logger()->clone(name));
}

/// `level` for all, but `own` for those that it names.
inline void set_levels(const std::string& level, const std::map<std::string, std::string>& own) {
  spdlog::set_level(spdlog::level::from_str(level));
  for (const auto& [name, its] : own) log_of(name.c_str())->set_level(spdlog::level::from_str(its));
}

}  // namespace xesp
#endif
