// SPDX-License-Identifier: Apache-2.0
// Requests of xespd's socket, line by line, against its SAs and policies on the software engine.
#include <stdlib.h>

#include <filesystem>

#include "control/protocol.h"
#include "core/requests.h"
#include "input.h"
#include "leases/lease_journal.h"
#include "xesp/error.h"

using namespace xesp;

namespace {

// A journal that goes with the process.
struct Daemon {
  std::string folder = [] {
    std::string name = "/tmp/xesp-fuzz-XXXXXX";
    if (mkdtemp(name.data()) == nullptr) std::abort();
    return name;
  }();
  LeaseJournal journal{folder + "/j"};
  ~Daemon() {
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static Daemon daemon;
  const std::unique_ptr<Engine> engine = make_software_engine();
  LeaseKeeper leases(daemon.journal, *engine);
  NoPacketPath path;
  Controller controller(*engine, leases, path);
  Events events;
  Requests requests(controller, *engine, path, &events);

  fuzz::Input input(data, size);
  const uint8_t who = input.byte();
  const Asker asker{.root = who % 2 == 1, .may_change = who % 4 < 2};
  std::string_view lines = fuzz::text_of(input.rest());
  while (!lines.empty()) {
    const size_t end = lines.find('\n');
    const std::string_view line = lines.substr(0, end);
    lines = end == std::string_view::npos ? std::string_view() : lines.substr(end + 1);
    nlohmann::json request;
    try {
      request = control::request_of(line);
      const std::string answer = control::answer_with(requests.handle(request, asker)).dump();
      if (!asker.root || !asker.may_change)
        fuzz::require(answer.find("\"key\":") == std::string::npos, "no key for those who are not root");
    } catch (const Error& e) {
      fuzz::require(*e.what() != 0, "an error says something");
    }
    control::wipe_strings(request);
  }
  if (!asker.may_change)
    fuzz::require(controller.sas().empty() && controller.policies().empty() && controller.larvals().all().empty(),
                  "who may only ask changes nothing");
  return 0;
}
