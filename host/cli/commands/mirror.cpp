// SPDX-License-Identifier: Apache-2.0
//
// xesp mirror
#include <fmt/core.h>

#include <cstdio>
#include <memory>

#include "commands/commands.h"
#include "mirror/run.h"

namespace xesp::cli {

using nlohmann::json;

namespace {

constexpr const char* kHelp =
    R"(For a kernel that has ESP of its own: what any IKE daemon, or 'ip xfrm', puts there goes to xespd as well, and comes away with it.
An SA that xespd gets the kernel uses no more: its sequence there is put at its end, for two senders with one key would break
AES-GCM. So packets that do not come by xespd's interfaces drop, and after the end of this command and of xespd a new SA is needed.
For the same reason xespd gets no outbound SA with AES-GCM, AES-GMAC or ChaCha20 that the kernel has sent with: start this before
the IKE daemon, or rekey. A policy goes to xespd while it has an SA there; until then, and where xespd has not all that the kernel has (marks,
if_id, other algorithms), it stays in the kernel with its SAs, and is told as 'left'; xespd --kernel-esp lets their ESP through to
the kernel. Limits in bytes and packets are told to the
kernel when xespd reaches them. What is mirrored stays at the end (SIGTERM). Needs root.
One line for each step; with -j a JSON object a line.
Examples:
  xesp mirror --dry-run --once      # what would be done
  xesp mirror --adopt               # as a service: what an earlier one left in xespd and the kernel has no more goes)";

void tell(const Common& common, const mirror::Step& step) {
  if (common.json) {
    json line = {{"do", step.what}, {"name", step.name}};
    if (!step.why.empty()) line["why"] = step.why;
    fmt::print("{}\n", line.dump());
  } else {
    fmt::print("{}: {}{}{}\n", step.what, step.name, step.why.empty() ? "" : ": ", step.why);
  }
  std::fflush(stdout);
}

int run(const Common& common, mirror::Settings settings) {
  settings.socket = common.socket;
  settings.tell = [&common](const mirror::Step& step) { tell(common, step); };
  settings.warn = [](const std::string& text) { fmt::print(stderr, "xesp: {}\n", text); };
  const mirror::Totals totals = mirror::run(settings);
  const char* const how = settings.dry_run ? "would be " : "";
  if (common.json)
    fmt::print(
        "{}\n",
        json({{"do", "end"}, {"states", totals.sas}, {"policies", totals.policies}, {"left", totals.left}}).dump());
  else
    fmt::print("{} SAs and {} policies {}mirrored, {} left to the kernel\n", totals.sas, totals.policies, how,
               totals.left);
  return 0;
}

}  // namespace

void add_mirror_command(CLI::App& app, Common& common, Action& action) {
  CLI::App* command =
      app.add_subcommand("mirror", "give xespd the SAs and policies of the kernel's XFRM, and follow them");
  auto settings = std::make_shared<mirror::Settings>();
  command->add_flag("--once", settings->once, "end when all that is there now is mirrored");
  command->add_flag("--dry-run", settings->dry_run, "say what would be done, and do nothing");
  command->add_flag("--adopt", settings->adopt, "remove from xespd what the kernel has not");
  command
      ->add_option("--offload", settings->offload,
                   "of the SAs: the card, and software where that can't; software; the card alone")
      ->check(CLI::IsMember({"auto", "off", "require"}))
      ->default_val("auto");
  command->footer(kHelp);
  command->callback([&common, &action, settings] { action = [&common, settings] { return run(common, *settings); }; });
}

}  // namespace xesp::cli
