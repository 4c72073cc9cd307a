// SPDX-License-Identifier: Apache-2.0
#include "lab.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <stdexcept>

namespace xesp::test {
namespace {

constexpr const char* kScript = XESP_SOURCE_DIR "/scripts/lab.sh";

std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

}  // namespace

std::string Lab::missing() {
  if (geteuid() != 0) return "not root: network namespaces need it";
  const std::string probe = "xesp-probe-" + std::to_string(getpid());
  if (std::system(("ip netns add " + probe + " 2>/dev/null && ip netns del " + probe).c_str()) != 0)
    return "no network namespaces here (`ip netns add` fails)";
  return {};
}

Lab::Lab() : suffix_("-" + std::to_string(getpid())), folder_("/tmp/xesp-lab" + suffix_) {
  if (mkdir(folder_.c_str(), 0700) != 0 || mkdir(bpffs().c_str(), 0700) != 0 ||
      mount("bpf", bpffs().c_str(), "bpf", 0, nullptr) != 0)
    throw std::runtime_error("can't mount a bpffs in " + folder_);
  if (std::system((quoted(kScript) + " up " + suffix_).c_str()) != 0) {
    tear_down();
    throw std::runtime_error("can't set up the namespaces");
  }
}

Lab::~Lab() {
  tear_down();
}

void Lab::tear_down() const {
  if (std::system((quoted(kScript) + " down " + suffix_).c_str()) != 0) std::perror("scripts/lab.sh down");
  umount2(bpffs().c_str(), MNT_DETACH);
  rmdir(bpffs().c_str());
  rmdir(folder_.c_str());
}

void Lab::add(const std::string& what) const {
  if (std::system((quoted(kScript) + " " + what + " " + suffix_).c_str()) != 0)
    throw std::runtime_error("can't add " + what + " to the namespaces");
}

bool Lab::run(const std::string& node, const std::string& command) const {
  return std::system(("ip netns exec " + name_of(node) + " sh -c " + quoted(command) + " >/dev/null 2>&1").c_str()) ==
         0;
}

void enter_namespace(const std::string& name) {
  const int fd = open(("/run/netns/" + name).c_str(), O_RDONLY | O_CLOEXEC);
  const bool entered = fd >= 0 && setns(fd, CLONE_NEWNET) == 0;
  if (fd >= 0) close(fd);
  if (!entered) throw std::runtime_error("can't enter the namespace " + name);
}

}  // namespace xesp::test
