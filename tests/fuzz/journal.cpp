// SPDX-License-Identifier: Apache-2.0
// A lease journal with anything in it: whatever was harmed, a key never gets a number that a whole record of it covers.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <vector>

#include "input.h"
#include "leases/lease_journal.h"
#include "xesp/error.h"

using namespace xesp;
using fuzz::require;

namespace {

struct Folder {
  std::string path = [] {
    std::string name = "/tmp/xesp-fuzz-XXXXXX";
    if (mkdtemp(name.data()) == nullptr) std::abort();
    return name;
  }();
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
};

}  // namespace

// The input is a list of edits of a good journal: a record for key n, a byte changed, the end cut off, bytes added.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static Folder folder;
  const std::string path = folder.path + "/j";
  std::vector<uint8_t> file;
  std::map<KeyFingerprint, uint64_t> noted;
  bool harmed = false;
  fuzz::Input input(data, size);
  while (!input.empty() && file.size() < 4096) {
    switch (input.byte() % 4) {
      case 0: {
        LeaseRecord record;
        record.key.fill(static_cast<uint8_t>(input.byte() % 4));
        record.limit = uint64_t{input.word()} << 16;
        const auto bytes = record.encode();
        if (!harmed) noted[record.key] = std::max(noted[record.key], record.limit);
        file.insert(file.end(), bytes.begin(), bytes.end());
        break;
      }
      case 1: {
        const size_t at = input.word();
        const uint8_t change = input.byte();
        if (at < file.size() && change != 0) file[at] ^= change, harmed = true;
        break;
      }
      case 2: {
        const size_t cut = input.byte();
        if (cut != 0) file.resize(file.size() - std::min(cut, file.size())), harmed = true;
        break;
      }
      default: {
        const auto more = input.bytes(input.byte());
        file.insert(file.end(), more.begin(), more.end());
        harmed = harmed || !more.empty();
      }
    }
  }
  const int fd = open(path.c_str(), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return 0;
  const bool written = write(fd, file.data(), file.size()) == static_cast<ssize_t>(file.size());
  close(fd);
  if (!written) return 0;
  try {
    LeaseJournal journal(path);
    for (const auto& [key, limit] : noted) {
      try {
        const uint64_t used = journal.used_up_to(key);
        if (!harmed) require(used >= limit, "a key goes on above what was noted");
      } catch (const Error&) {
        require(harmed, "a whole journal refuses no key");
      }
    }
  } catch (const Error& e) {
    require(harmed, "a whole journal opens");
    require(*e.what() != 0, "an error says something");
  }
  return 0;
}
