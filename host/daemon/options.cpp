// SPDX-License-Identifier: Apache-2.0
#include "options.h"

#include <unistd.h>

#include <toml++/toml.h>
#include <CLI/CLI.hpp>
#include <set>
#include <sstream>

#include "xesp/error.h"

namespace xesp {

namespace {

constexpr const char* kDefaultConfig = "/etc/xesp/xesp.toml";

const char* const kFooter = R"(Examples:
  xespd --engine xrt --xclbin /usr/share/xesp/xesp.xclbin --inside eth0 --outside eth1
  xespd --engine xrt --xclbin build/xesp_hwemu.xclbin --hwemu-dir build/hwemu --inside veth0 --outside veth1
  xespd --engine software --no-dataplane --socket /tmp/x.sock --state-dir /tmp/x     # control only, for tests

In /etc/xesp/xesp.toml the same names with _ for -:  inside = "eth0")";

std::unique_ptr<CLI::App> make_app(DaemonOptions& o) {
  auto app = std::make_unique<CLI::App>("xespd: owns the card and the steering, serves the xesp command", "xespd");
  app->set_version_flag("--version", std::string("xespd ") + XESP_VERSION);
  app->add_option("--config", o.config, std::string("TOML file; default ") + kDefaultConfig + " if it is there");
  app->add_option("--socket", o.socket, "UNIX socket to serve")->capture_default_str();
  app->add_option("--engine", o.engine, "who does the work")
      ->check(CLI::IsMember({"xrt", "software"}))
      ->capture_default_str();
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
  app->add_option("--queue", o.interfaces.queue, "receive queue to bind on both interfaces")->capture_default_str();
  app->add_option("--batch", o.interfaces.batch, "most packets given to the engine at once")
      ->check(CLI::Range(1, 4096))
      ->capture_default_str();
  app->add_flag("--mss-clamp", o.interfaces.mss_clamp, "lower the MSS of protected TCP connections to what fits");
  app->add_option("--tun", o.interfaces.tun, "TUN interface to make for this host's own applications, as xesp0");
  app->add_option("--pin-dir", o.interfaces.pin_dir,
                  "folder on a bpffs where policies stay in force while no xespd runs; empty: they go with xespd")
      ->capture_default_str();
  app->add_option("--state-dir", o.state_dir, "folder of the lease journal")->capture_default_str();
  app->add_option("--log-level", o.log_level, "how much to say on stderr")
      ->check(CLI::IsMember({"debug", "info", "warn", "error"}))
      ->capture_default_str();
  app->add_option("--metrics", o.metrics, "serve Prometheus metrics here, on loopback: 127.0.0.1:9464");
  app->footer(kFooter);
  return app;
}

// The file's keys as options, so that both are checked by the same code.
std::vector<std::string> arguments_from(const std::string& path) {
  static const std::set<std::string> kFlags = {"no_dataplane", "generic", "carry_vlans", "mss_clamp"};
  std::vector<std::string> arguments;
  toml::table table;
  try {
    table = toml::parse_file(path);
  } catch (const toml::parse_error& e) {
    std::ostringstream where;
    where << e.source().begin;
    throw Error(ErrorCode::kData, path + ": " + std::string(e.description()) + " (" + where.str() + ")");
  }
  for (const auto& [key, value] : table) {
    std::string name(key.str());
    if (name == "config") throw Error(ErrorCode::kData, path + ": a file can't name another one, remove 'config'");
    const bool flag = kFlags.contains(name);
    std::ranges::replace(name, '_', '-');
    if (flag) {
      const auto on = value.value_exact<bool>();
      if (!on) throw Error(ErrorCode::kData, path + ": " + std::string(key.str()) + " must be true or false");
      if (*on) arguments.push_back("--" + name);
    } else if (const auto text = value.value_exact<std::string>()) {
      arguments.push_back("--" + name + "=" + *text);
    } else if (const auto number = value.value_exact<int64_t>()) {
      arguments.push_back("--" + name + "=" + std::to_string(*number));
    } else {
      throw Error(ErrorCode::kData, path + ": " + std::string(key.str()) + " must be a string or a number");
    }
  }
  return arguments;
}

void parse_file(DaemonOptions& options, const std::string& path) {
  auto app = make_app(options);
  std::vector<std::string> arguments = arguments_from(path);
  std::ranges::reverse(arguments);  // CLI11 takes them from the end
  try {
    app->parse(arguments);
  } catch (const CLI::ParseError& e) {
    throw Error(ErrorCode::kData, path + ": " + e.what());
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

}  // namespace

DaemonOptions read_options(int argc, char** argv) {
  DaemonOptions first;
  try {
    make_app(first)->parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    if (e.get_exit_code() == 0) std::exit(make_app(first)->exit(e));
    throw Error(ErrorCode::kUsage, std::string(e.what()) + " (see xespd --help)");
  }
  DaemonOptions options;
  const std::string file = !first.config.empty() ? first.config : kDefaultConfig;
  if (!first.config.empty() && access(file.c_str(), R_OK) != 0)
    throw Error(ErrorCode::kNoInput, "--config " + file + " can't be read: check the path and its mode");
  if (access(file.c_str(), R_OK) == 0) parse_file(options, file);
  make_app(options)->parse(argc, argv);
  check(options);
  return options;
}

}  // namespace xesp
