// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_CLI_MIRROR_TARGET_H
#define XESP_CLI_MIRROR_TARGET_H

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "control/client.h"
#include "mirror/kernel.h"

namespace xesp::mirror {

/// An SA that xespd has: what tells whether it is still the kernel's.
struct Mirrored {
  Direction direction;
  std::string digest;  ///< SHA-256 of all that makes it this SA, keys too
  std::optional<UdpEncap> encap;
  IpAddress src;
};
Mirrored mirrored_of(const KernelSa& sa, Direction direction);

struct Held {
  std::map<SaId, Mirrored> sas;
  std::vector<Policy> policies;
};

/// Where SAs and policies are mirrored to. Calls throw Error: when it is away (see below), else as a refusal.
class Target {
 public:
  virtual ~Target() = default;

  /// What it has at the beginning.
  virtual Held held() = 0;
  virtual void add(const KernelSa& sa, Direction direction) = 0;
  /// New UDP ports of an SA.
  virtual void move(const KernelSa& sa, Direction direction) = 0;
  virtual void remove(const SaId& id, Direction direction) = 0;
  virtual void set(const Policy& policy) = 0;
  virtual void remove(const Policy& policy) = 0;
};

/// Of what a target threw: it is away, and this is no refusal.
inline bool away(const Error& e) {
  return e.code() == ErrorCode::kIo || e.code() == ErrorCode::kUnavailable;
}

/// xespd, which gets an SA only when the kernel has stopped using it.
class Xespd final : public Target {
 public:
  /// Both must outlive this object.
  Xespd(Kernel& kernel, control::Client& daemon, std::string offload)
      : kernel_(kernel), daemon_(daemon), offload_(std::move(offload)) {}
  Held held() override;
  void add(const KernelSa& sa, Direction direction) override;
  void move(const KernelSa& sa, Direction direction) override;
  void remove(const SaId& id, Direction direction) override;
  void set(const Policy& policy) override;
  void remove(const Policy& policy) override;

 private:
  Kernel& kernel_;
  control::Client& daemon_;
  std::string offload_;  ///< auto, off or require: of all SAs
};

/// Nothing is done (--dry-run).
class NoTarget final : public Target {
 public:
  Held held() override { return {}; }
  void add(const KernelSa&, Direction) override {}
  void move(const KernelSa&, Direction) override {}
  void remove(const SaId&, Direction) override {}
  void set(const Policy&) override {}
  void remove(const Policy&) override {}
};

}  // namespace xesp::mirror
#endif
