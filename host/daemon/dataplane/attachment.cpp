// SPDX-License-Identifier: Apache-2.0
#include "attachment.h"

#include <bpf/bpf.h>
#include <linux/if_link.h>

#include <system_error>

#include "os_error.h"

namespace xesp::dataplane {

const char* attach_mode_name(AttachMode mode) {
  switch (mode) {
    case AttachMode::kNative:
      return "native";
    case AttachMode::kGeneric:
      return "generic";
    case AttachMode::kTakenOver:
      return "taken over";
  }
  return "unknown";
}

Attachment::Attachment(int program, const Interface& interface, bool native, const std::string& pin) {
  if (!pin.empty() && take_over(program, interface, pin)) return;
  attach(program, interface, native);
  if (!pin.empty() && bpf_obj_pin(link_.get(), pin.c_str()) != 0) throw os_error(errno, "can't pin " + pin);
}

bool Attachment::take_over(int program, const Interface& interface, const std::string& pin) {
  UniqueFd link(bpf_obj_get(pin.c_str()));
  if (link.get() < 0) {
    if (errno == ENOENT) return false;
    throw os_error(errno, "can't open the pinned link " + pin);
  }
  bpf_link_info info{};
  __u32 size = sizeof(info);
  if (bpf_obj_get_info_by_fd(link.get(), &info, &size) != 0) throw os_error(errno, "can't read the link " + pin);
  if (info.xdp.ifindex == 0) {  // its interface is gone: nothing is attached any more
    unlink(pin.c_str());
    return false;
  }
  if (info.xdp.ifindex != interface.index)
    throw Error(ErrorCode::kUnavailable, pin + " steers interface " + std::to_string(info.xdp.ifindex) + ", not " +
                                             interface.name + ": remove it, or give this xespd a folder of its own");
  if (bpf_link_update(link.get(), program, nullptr) != 0)
    throw os_error(errno, interface.name + ": can't swap the program of " + pin);
  link_ = std::move(link);
  mode_ = AttachMode::kTakenOver;
  return true;
}

void Attachment::attach(int program, const Interface& interface, bool native) {
  bpf_link_create_opts options{};
  options.sz = sizeof(options);
  int error = 0;
  if (native) {
    options.flags = XDP_FLAGS_DRV_MODE;
    link_ = UniqueFd(bpf_link_create(program, static_cast<int>(interface.index), BPF_XDP, &options));
    if (link_.get() >= 0) return;
    error = errno;
    fallback_cause_ = std::generic_category().message(error);
  }
  options.flags = XDP_FLAGS_SKB_MODE;
  link_ = UniqueFd(bpf_link_create(program, static_cast<int>(interface.index), BPF_XDP, &options));
  if (link_.get() < 0) {
    error = errno;
    const std::string what = interface.name + ": can't attach XDP";
    if (error == EBUSY || error == EEXIST)
      throw Error(ErrorCode::kUnavailable, what + ": another program is attached; `bpftool net` shows it");
    throw os_error(error, what);
  }
  mode_ = AttachMode::kGeneric;
}

}  // namespace xesp::dataplane
