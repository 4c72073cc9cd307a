// SPDX-License-Identifier: Apache-2.0
//
// xesp: the operator's command. Exit codes are those of sysexits(3).
#include <fmt/core.h>

#include <cstdio>
#include <cstring>
#include <string>

#include "commands/commands.h"
#include "words/key_source.h"
#include "xesp/error.h"

namespace {

constexpr const char* kFooter = R"(Examples:
  xesp state add src 192.0.2.1 dst 198.51.100.1 proto esp spi 0x1001 reqid 1 mode tunnel dir out \
       aead 'rfc4106(gcm(aes))' @/etc/xesp/out.key 128
  xesp policy add src 10.1.0.0/24 dst 10.2.0.0/24 dir out \
       tmpl src 192.0.2.1 dst 198.51.100.1 proto esp reqid 1 mode tunnel
  xesp state list
  xesp -j stats
  xesp pcap encrypt clear.pcap esp.pcap --sa-file sas.txt
  xesp -b sas.batch              # lines such as: xfrm state add src 192.0.2.1 dst 198.51.100.1 proto esp ...
  ip xfrm state | xesp state restore -
Each command has its own --help. Exit codes are those of sysexits(3).)";

// `ip` writes -batch and -force with one dash.
void take_long_names_of_ip(int argc, char** argv) {
  static char batch[] = "--batch";
  static char force[] = "--force";
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "-batch") == 0) argv[i] = batch;
    if (std::strcmp(argv[i], "-force") == 0) argv[i] = force;
  }
}

}  // namespace

int main(int argc, char** argv) {
  xesp::cli::Common common;
  xesp::cli::Action action;
  CLI::App app("xesp: IPsec on an FPGA card", "xesp");
  app.set_version_flag("--version", std::string("xesp ") + XESP_VERSION);
  app.add_option("--socket", common.socket, "xespd's socket")->capture_default_str();
  app.add_flag("-j,--json", common.json, "print JSON");
  std::string batch;
  app.add_option("-b,--batch", batch, "run the commands of this file, one a line as 'ip -batch' takes them; - for standard input");
  app.add_flag("--force", common.force, "batch and restore: go on after an error; the exit code is that of the first");
  app.fallthrough();
  app.footer(kFooter);
  xesp::cli::add_state_commands(app, common, action);
  xesp::cli::add_policy_commands(app, common, action);
  xesp::cli::add_monitor_commands(app, common, action);
  xesp::cli::add_stats_commands(app, common, action);
  xesp::cli::add_doctor_command(app, common, action);
  xesp::cli::add_pcap_commands(app, common, action);
  try {
    take_long_names_of_ip(argc, argv);
    app.parse(argc, argv);
    xesp::cli::hide_keys(argc, argv);
    if (!batch.empty() && action) throw CLI::ValidationError("-b", "a batch has its commands in the file: give one or the other");
    if (!batch.empty()) action = [&] { return xesp::cli::run_batch(common, batch); };
    if (!action) throw CLI::RequiredError("A command, or -b FILE");
    const int code = action();
    return std::fflush(stdout) == 0 ? code : static_cast<int>(xesp::ErrorCode::kIo);
  } catch (const CLI::ParseError& e) {
    if (e.get_exit_code() == 0) return app.exit(e);
    fmt::print(stderr, "xesp: {} (see xesp --help)\n", e.what());
    return static_cast<int>(xesp::ErrorCode::kUsage);
  } catch (const xesp::Error& e) {
    fmt::print(stderr, "xesp: {}\n", e.what());
    return static_cast<int>(e.code());
  } catch (const std::exception& e) {
    fmt::print(stderr, "xesp: internal error: {}\n", e.what());
    return static_cast<int>(xesp::ErrorCode::kSoftware);
  }
}
