// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_DATAPLANE_STEERING_H
#define XESP_DAEMON_DATAPLANE_STEERING_H

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "spd_table.h"
#include "xesp/engine.h"
#include "xesp/sa.h"
#include "xesp/steering.h"

struct xesp_steer;  // the skeleton that bpftool makes

namespace xesp::dataplane {

/// The steering program in the kernel, and its maps. Every write takes effect on the next packet.
class Steering {
 public:
  /// Loads the program with room for so many inbound SAs; takes over the policy tries of `pin_dir` if it holds them.
  /// Empty: pins nothing. Inbound SAs are never taken over, so another size is no matter to what is pinned.
  /// `kernel_esp`: ESP and AH without an SA here pass to the kernel.
  explicit Steering(const std::string& pin_dir, uint32_t inbound_sas = XESP_DEFAULT_SAS, bool kernel_esp = false);
  ~Steering();

  int inside_program() const;
  int outside_program() const;

  /// Every policy in the trie of a direction, without templates.
  std::vector<Policy> policies(Direction direction) const;
  void write_bucket(Direction direction, const SpdTable::Bucket& bucket);
  void erase_bucket(Direction direction, const xesp_spd_key& key);

  void bind_policy(uint32_t policy, SaHandle sa);
  void unbind_policy(uint32_t policy);

  void add_inbound(const SaConfig& sa, SaHandle handle);
  void remove_inbound(const SaConfig& sa);

  enum class Side { kInside, kOutside };
  void set_socket(Side side, unsigned queue, int socket_fd);
  void clear_socket(Side side, unsigned queue) noexcept;

  /// Takes out what waits there: a packet of each policy (by id) that had no SA.
  std::vector<std::pair<uint32_t, xesp_flow>> take_misses();

  /// Sums over the CPUs, by enum xesp_steer_counter.
  std::array<uint64_t, XESP_STEER_COUNT> counters() const;

 private:
  int spd(Direction direction) const;

  struct Destroy {
    void operator()(xesp_steer* s) const;
  };
  std::unique_ptr<xesp_steer, Destroy> skeleton_;
  bool kernel_esp_;
};

}  // namespace xesp::dataplane
#endif
