// SPDX-License-Identifier: Apache-2.0
#include "pin_folder.h"

#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <filesystem>

#include "os_error.h"

namespace xesp::dataplane {

void make_pin_folder(const std::string& path) {
  const std::filesystem::path folder = std::filesystem::absolute(path).lexically_normal();
  const std::string base = std::filesystem::exists(folder) ? folder.string() : folder.parent_path().string();
  struct statfs fs {};
  if (statfs(base.c_str(), &fs) != 0) throw os_error(errno, "pin folder " + path);
  // Not mounted from here: a mount of ours could end with this process, and its pins with it.
  if (static_cast<unsigned long>(fs.f_type) != BPF_FS_MAGIC)
    throw Error(ErrorCode::kUnavailable,
                "pin folder " + path + " is not on a bpffs; mount one first: mount -t bpf bpf " + base);
  if (mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) throw os_error(errno, "pin folder " + path);
}

}  // namespace xesp::dataplane
