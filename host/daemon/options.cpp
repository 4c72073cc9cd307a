// SPDX-License-Identifier: Apache-2.0
#include "options.h"

#include <unistd.h>

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <iterator>
#include <map>
#include <optional>
#include <set>

#include "config.h"
#include "dataplane/longest_mtu.h"
#include "log.h"
#include "xesp/error.h"

namespace xesp {

namespace {

constexpr const char* kDefaultConfig = "/etc/xesp/xesp.toml";
constexpr const char* kDefaultFolder = "/etc/xesp/conf.d";

const char* const kFooter = R"(Examples:
  xespd --engine xrt --xclbin /usr/share/xesp/xesp.xclbin --inside eth0 --outside eth1
  xespd --engine xrt --xclbin build/xesp_hwemu.xclbin --hwemu-dir build/hwemu --inside veth0 --outside veth1
  xespd --check-config
  xespd --engine software --no-dataplane --socket /tmp/x.sock --state-dir /tmp/x     # control only, for tests

In /etc/xesp/xesp.toml the same names with _ for -:  inside = "eth0"
and levels of parts in a table:  [log]  control = "debug"
SIGHUP reads the files again: log levels change at once, the log names what needs a restart.)";

const std::map<std::string, Crypto> kCryptoNames = {
    {"auto", Crypto::kAuto}, {"openssl", Crypto::kOpenssl}, {"ipsec-mb", Crypto::kIpsecMb}};

std::string check_log_level(const std::string& text) {
  const size_t equals = text.find('=');
  const std::string level = equals == std::string::npos ? "" : text.substr(equals + 1);
  if (std::ranges::find(kSubsystems, text.substr(0, equals)) == std::end(kSubsystems))
    return "the log has the parts control, engine, dataplane and leases: say one of them";
  for (const char* known : {"debug", "info", "warn", "error"})
    if (level == known) return {};
  return "the level must be debug, info, warn or error";
}

}  // namespace

std::unique_ptr<CLI::App> make_app(DaemonOptions& o) {
  auto app = std::make_unique<CLI::App>("xespd: owns the card and the steering, serves the xesp command", "xespd");
  app->set_version_flag("--version", std::string("xespd ") + XESP_VERSION);
  app->add_option("--config", o.config, std::string("TOML file; default ") + kDefaultConfig + " if it is there");
  app->add_option("--config-dir", o.config_dir,
                  std::string("folder of more TOML files, read after it in the order of their names; default ") +
                      kDefaultFolder + " unless --config is given");
  app->add_flag("--check-config", o.check_config,
                "say OK, or what is wrong in the files and how to correct it, and end");
  app->add_option("--socket", o.socket, "UNIX socket to serve")->capture_default_str();
  app->add_option(
      "--read-group", o.read_group,
      "group whose users may ask for states without keys, policies, counters and events, and change nothing");
  app->add_option("--engine", o.engine, "who does the work")
      ->check(CLI::IsMember({"xrt", "software"}))
      ->capture_default_str();
  app->add_option_function<std::string>(
         "--crypto", [&o](const std::string& name) { o.crypto = kCryptoNames.at(name); },
         "who does AES-GCM in software: intel-ipsec-mb, OpenSSL, or auto: the former where it is there and works")
      ->check(CLI::IsMember({"auto", "openssl", "ipsec-mb"}))
      ->default_str("auto");
  app->add_option("--xclbin", o.card.xclbin, "the card's image (engine xrt)");
  app->add_option("--device", o.card.device, "the card's number in XRT")->capture_default_str();
  app->add_option("--hwemu-dir", o.card.hwemu_dir, "folder with emconfig.json, xrt.ini and prefix/: simulate the card");
  app->add_option("--inside", o.interfaces.inside, "interface of the clear side");
  app->add_option("--outside", o.interfaces.outside, "interface of the ESP side");
  app->add_flag("--no-dataplane{false}", o.dataplane, "no interfaces: control only");
  app->add_flag("--generic{false}", o.interfaces.native, "generic XDP, for drivers without native XDP");
  app->add_flag(
      "--carry-vlans", o.interfaces.carry_vlans,
      "frames leave with the VLAN tags that they came with, between two trunks; else a frame gets the tags of "
      "the VLAN interface that the kernel's route leads to");
  app->add_option("--queue", o.interfaces.queue, "the only receive queue to serve on both interfaces; else all are");
  app->add_option("--batch", o.interfaces.batch, "most packets given to the engine at once")
      ->check(CLI::Range(1, 4096))
      ->capture_default_str();
  app->add_flag("--kernel-esp", o.interfaces.kernel_esp,
                "ESP and AH that have no SA here are for the kernel's own IPsec, as with xesp mirror; else they drop");
  app->add_option("--inbound-sas", o.interfaces.inbound_sas,
                  "inbound SAs that steering has room for; each takes about 100 bytes of the kernel's memory from the "
                  "start")
      ->check(CLI::Range(1, 1048576))
      ->capture_default_str();
  app->add_flag("--mss-clamp", o.interfaces.mss_clamp, "lower the MSS of protected TCP connections to what fits");
  app->add_option("--tun", o.interfaces.tun, "TUN interface to make for this host's own applications, as xesp0");
  app->add_option(
         "--mark", o.interfaces.mark,
         "mark of protected packets in the kernel's routing rules (ip rule fwmark), as the IKE daemon's: they do "
         "not take the routes to the TUN interface; 0: none")
      ->capture_default_str();
  app->add_option("--pin-dir", o.interfaces.pin_dir,
                  "folder on a bpffs where policies stay in force while no xespd runs; empty: they go with xespd")
      ->capture_default_str();
  app->add_option("--state-dir", o.state_dir, "folder of the lease journal")->capture_default_str();
  app->add_option("--log-level", o.log_level, "how much to say on stderr")
      ->check(CLI::IsMember({"debug", "info", "warn", "error"}))
      ->capture_default_str();
  app->add_option_function<std::vector<std::string>>(
         "--log",
         [&o](const std::vector<std::string>& given) {
           for (const std::string& one : given) {
             const size_t equals = one.find('=');
             o.log[one.substr(0, equals)] = one.substr(equals + 1);
           }
         },
         "PART=LEVEL: the level of one part, of control, engine, dataplane, leases; may be given again")
      ->allow_extra_args(false)
      ->check(check_log_level, "PART=LEVEL", "log level");
  app->add_option("--metrics", o.metrics, "serve Prometheus metrics here, on loopback: 127.0.0.1:9464");
  app->footer(kFooter);
  return app;
}

namespace {

// One setting of a file, through the same checks as an option. @throws Error(kData)
void take(DaemonOptions& o, const Setting& s) {
  // With the value that `true` stands for.
  const std::map<std::string, std::pair<bool*, bool>> switches = {{"no_dataplane", {&o.dataplane, false}},
                                                                  {"generic", {&o.interfaces.native, false}},
                                                                  {"carry_vlans", {&o.interfaces.carry_vlans, true}},
                                                                  {"kernel_esp", {&o.interfaces.kernel_esp, true}},
                                                                  {"mss_clamp", {&o.interfaces.mss_clamp, true}}};
  const auto refuse = [&](const std::string& why) {
    throw Error(ErrorCode::kData, s.where + ": " + s.key + " " + why);
  };
  if (const auto found = switches.find(s.key); found != switches.end()) {
    if (!s.is_switch) refuse("must be true or false");
    *found->second.first = (s.value == "true") == found->second.second;
    return;
  }
  if (s.is_switch) refuse("must be a string or a number");
  const auto app = make_app(o);
  std::string name = s.key;
  std::ranges::replace(name, '_', '-');
  static const std::set<std::string> kNotInFiles = {"help", "version", "check-config"};
  if (kNotInFiles.contains(name) || app->get_option_no_throw("--" + name) == nullptr)
    refuse("is not known: correct the name, those of 'xespd --help' are known with _ for -");
  try {
    // CLI11 takes them from the end, and an empty value as a word of its own only.
    app->parse(s.value.empty() ? std::vector<std::string>{"", "--" + name}
                               : std::vector<std::string>{"--" + name + "=" + s.value});
  } catch (const CLI::ParseError& e) {
    refuse(std::string("can't be taken: ") + e.what());
  }
}

void check(const DaemonOptions& o) {
  if (o.engine == "xrt" && o.card.xclbin.empty())
    throw Error(ErrorCode::kUsage, "--xclbin is needed for --engine xrt: give the card's image, or --engine software");
  if (o.dataplane && (o.interfaces.inside.empty() || o.interfaces.outside.empty()))
    throw Error(ErrorCode::kUsage, "--inside and --outside are needed: name two interfaces, or give --no-dataplane");
  if (o.dataplane && o.interfaces.inside == o.interfaces.outside)
    throw Error(ErrorCode::kUsage, "--inside and --outside must be two different interfaces");
}

std::vector<std::string> files_of(const DaemonOptions& o, std::vector<Error>& errors) {
  std::vector<std::string> files;
  const std::string file = o.config.empty() ? kDefaultConfig : o.config;
  if (access(file.c_str(), R_OK) == 0)
    files.push_back(file);
  else if (!o.config.empty() || access(file.c_str(), F_OK) == 0)
    errors.emplace_back(ErrorCode::kNoInput, "--config " + file + " can't be read: check the path and its mode");
  std::string folder = o.config_dir;
  if (folder.empty() && o.config.empty()) folder = kDefaultFolder;
  if (!o.config_dir.empty() && access(folder.c_str(), R_OK | X_OK) != 0)
    errors.emplace_back(ErrorCode::kNoInput, "--config-dir " + folder + " can't be read: check the path and its mode");
  for (std::string& path : config_files_in(folder)) files.push_back(std::move(path));
  return files;
}

// Of an interface that is there: files may be checked before their interfaces are, or elsewhere.
void look_at_mtu(const std::string& name, std::vector<Error>& errors) {
  std::optional<dataplane::Interface> interface;
  try {
    if (!name.empty()) interface = dataplane::Interface::find(name);
  } catch (const Error&) {
    return;
  }
  try {
    if (interface) dataplane::refuse_longer_mtu(*interface);
  } catch (const Error& e) {
    errors.push_back(e);
  }
}

DaemonOptions collect_options(int argc, char** argv, std::vector<Error>& errors) {
  DaemonOptions first;
  try {
    make_app(first)->parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): no other thread has started.
    if (e.get_exit_code() == 0) std::exit(make_app(first)->exit(e));
    errors.emplace_back(ErrorCode::kUsage, std::string(e.what()) + " (see xespd --help)");
    return first;
  }
  DaemonOptions options;
  for (const std::string& file : files_of(first, errors)) {
    for (const Setting& setting : read_settings(file, errors)) {
      try {
        take(options, setting);
      } catch (const Error& e) {
        errors.push_back(e);
      }
    }
  }
  make_app(options)->parse(argc, argv);
  try {
    check(options);
  } catch (const Error& e) {
    errors.push_back(e);
  }
  return options;
}

}  // namespace

DaemonOptions read_options(int argc, char** argv) {
  std::vector<Error> errors;
  DaemonOptions options = collect_options(argc, argv, errors);
  if (!errors.empty() && !options.check_config) throw Error(errors.front());
  return options;
}

int check_config(int argc, char** argv) {
  std::vector<Error> errors;
  const DaemonOptions options = collect_options(argc, argv, errors);
  if (errors.empty() && options.engine == "xrt" && access(options.card.xclbin.c_str(), R_OK) != 0)
    errors.emplace_back(ErrorCode::kNoInput,
                        "xclbin " + options.card.xclbin + " can't be read: install the card's image there");
  if (options.dataplane)
    for (const std::string& name : {options.interfaces.inside, options.interfaces.outside}) look_at_mtu(name, errors);
  for (const Error& e : errors) fmt::print(stderr, "xespd: {}\n", e.what());
  if (errors.empty()) fmt::print("OK\n");
  return errors.empty() ? 0 : static_cast<int>(errors.front().code());
}

std::vector<std::string> restart_needed(const DaemonOptions& now, const DaemonOptions& wanted) {
  const auto values = [](const DaemonOptions& o) {
    return std::map<std::string, std::string>{{"socket", o.socket},
                                              {"read_group", o.read_group},
                                              {"engine", o.engine},
                                              {"crypto", std::to_string(static_cast<int>(o.crypto))},
                                              {"xclbin", o.card.xclbin},
                                              {"device", std::to_string(o.card.device)},
                                              {"hwemu_dir", o.card.hwemu_dir},
                                              {"inside", o.interfaces.inside},
                                              {"outside", o.interfaces.outside},
                                              {"no_dataplane", o.dataplane ? "false" : "true"},
                                              {"generic", o.interfaces.native ? "false" : "true"},
                                              {"carry_vlans", o.interfaces.carry_vlans ? "true" : "false"},
                                              {"kernel_esp", o.interfaces.kernel_esp ? "true" : "false"},
                                              {"mss_clamp", o.interfaces.mss_clamp ? "true" : "false"},
                                              {"tun", o.interfaces.tun},
                                              {"mark", std::to_string(o.interfaces.mark)},
                                              {"queue", o.interfaces.queue ? std::to_string(*o.interfaces.queue) : ""},
                                              {"inbound_sas", std::to_string(o.interfaces.inbound_sas)},
                                              {"batch", std::to_string(o.interfaces.batch)},
                                              {"pin_dir", o.interfaces.pin_dir},
                                              {"state_dir", o.state_dir},
                                              {"metrics", o.metrics}};
  };
  const auto before = values(now);
  std::vector<std::string> changed;
  for (const auto& [name, value] : values(wanted))
    if (before.at(name) != value) changed.push_back(name);
  return changed;
}

}  // namespace xesp
