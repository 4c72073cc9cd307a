// SPDX-License-Identifier: Apache-2.0
#include "commands/tree.h"

namespace xesp::cli {

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

}  // namespace

std::unique_ptr<CLI::App> make_tree(Invocation& i) {
  auto app = std::make_unique<CLI::App>("xesp: IPsec on an FPGA card", "xesp");
  app->set_version_flag("--version", std::string("xesp ") + XESP_VERSION);
  app->add_option("--socket", i.common.socket, "xespd's socket")->capture_default_str();
  app->add_flag("-j,--json", i.common.json, "print JSON");
  app->add_option("-b,--batch", i.batch,
                  "run the commands of this file, one a line as 'ip -batch' takes them; - for standard input");
  app->add_flag("--force", i.common.force,
                "batch and restore: go on after an error; the exit code is that of the first");
  app->fallthrough();
  app->footer(kFooter);
  add_state_commands(*app, i.common, i.action);
  add_policy_commands(*app, i.common, i.action);
  add_where_command(*app, i.common, i.action);
  add_monitor_commands(*app, i.common, i.action);
  add_mirror_command(*app, i.common, i.action);
  add_stats_commands(*app, i.common, i.action);
  add_doctor_command(*app, i.common, i.action);
  add_tap_command(*app, i.common, i.action);
  add_pcap_commands(*app, i.common, i.action);
  return app;
}

}  // namespace xesp::cli
