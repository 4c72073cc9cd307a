// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_CLI_MIRROR_TAKEOVER_H
#define XESP_CLI_MIRROR_TAKEOVER_H

#include "mirror/kernel.h"
#include "xesp/error.h"

namespace xesp::mirror {

/// The kernel has sent with an SA whose cipher must not see an IV twice. xespd's IVs are sequence numbers; Linux makes
/// them by XOR of the number with a random salt that it tells nobody (crypto/seqiv.c), so any of them may be one of
/// xespd's to come.
class SentBefore : public Error {
 public:
  SentBefore();
};
/// Whether such an SA can be had only while the kernel has sent nothing with it.
bool only_unsent(const KernelSa& sa, Direction direction);

/// Two senders with one SA would give its numbers twice, and two receivers take a packet twice. So before xespd gets an
/// SA the kernel's is put at the end of its sequence: it sends no packet more (RFC 4303 3.3.3, numbers never cycle)
/// and, if it has a replay window, takes none. It stays there as the key exchange's entry.
class Takeover {
 public:
  /// Stops the kernel's use. @throws Error(kNotFound) if the SA has gone; Error(kOs) if the kernel does not stop;
  /// SentBefore, and then the kernel goes on
  Takeover(Kernel& kernel, const KernelSa& sa, Direction direction);

  /// Above this xespd may send; up to this it counts all as received.
  uint64_t seq() const { return seq_; }
  /// xespd has not taken it: the kernel goes on above all that it has sent, and takes nothing twice.
  void give_back();

 private:
  Kernel& kernel_;
  Direction direction_;
  KernelReplay before_;
  uint64_t seq_ = 0;
  bool stopped_here_ = false;  ///< not by an earlier mirror
};

/// True if the kernel does not use the SA any more, or has it no more.
bool stopped(Kernel& kernel, const KernelSa& sa, Direction direction);

}  // namespace xesp::mirror
#endif
