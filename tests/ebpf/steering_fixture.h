// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_TESTS_EBPF_STEERING_FIXTURE_H
#define XESP_TESTS_EBPF_STEERING_FIXTURE_H

#include <gtest/gtest.h>
#include <linux/bpf.h>

#include <array>
#include <memory>
#include <optional>
#include <string>

#include "dataplane/packet_socket.h"
#include "dataplane/policy_store.h"
#include "dataplane/steering.h"
#include "frame_builder.h"

namespace xesp::test {

enum class Side { kInside, kOutside };

/// One packet and what must become of it.
struct Case {
  std::string what;
  Bytes frame;
  xdp_action verdict;
  xesp_steer_counter counted;
};

/// The steering program, loaded but not attached, with this world around it:
///   10.1.0.0/16 -> 10.2.0.0/16   protect, with an SA      10.1.0.0/16 -> 10.3.0.0/16   protect, without one
///   any -> 10.4.0.0/16           discard                  any -> 10.2.9.0/24           bypass
///   10.1.7.0/24 -> 10.2.0.0/16 UDP   discard              and the mirror images of the first, third and fourth inbound
///   the same with 2001:db8:1::/48 for 10.1.0.0/16 and so on, /64 for /24
///   ESP to 192.0.2.1 SPI 0x1001, to 2001:db8::1 SPI 0x1006   inbound SAs
///   AH to these two, SPI kAhSpi                               an inbound SA each
class SteeringFixture : public testing::Test {
 protected:
  void SetUp() override;
  bool kernel_esp = false;  ///< to be set before SetUp()

  struct Outcome {
    uint32_t verdict = 0;
    std::array<uint64_t, XESP_STEER_COUNT> counted{};
    Bytes frame;  ///< as it comes out
  };
  Outcome run(Side side, const Bytes& frame);
  /// Runs the program of a side on a frame and holds verdict, counter and a frame that has not changed but for the
  /// metadata against the case.
  void expect(Side side, const Case& c);
  /// The metadata that the program put into the last frame, if it was redirected.
  const std::optional<xesp_meta>& meta() const { return meta_; }

  Policy policy(Direction direction, const std::string& src, const std::string& dst, PolicyAction action,
                uint8_t protocol = 0) const;

  static SaConfig inbound(const std::string& dst, uint32_t spi, uint8_t proto = kProtoEsp);

  static constexpr SaHandle kOutSa6{.index = 13, .generation = 4};
  static constexpr uint32_t kAhSpi = 0x2002;
  static constexpr SaHandle kAhSa{.index = 9, .generation = 1};
  static constexpr SaHandle kInSa6{.index = 8, .generation = 10};
  static constexpr SaHandle kOutSa{.index = 12, .generation = 3};
  static constexpr SaHandle kInSa{.index = 7, .generation = 9};
  std::unique_ptr<dataplane::Steering> steering;
  std::unique_ptr<dataplane::PolicyStore> policies;

 private:
  struct Networks {
    std::string ours, part_of_ours, peer, open_of_peer, peer_without_sa, blocked, any;
  };
  void set_policies(const Networks& n, SaHandle sa);

  std::unique_ptr<dataplane::PacketSocket> socket_;
  std::optional<xesp_meta> meta_;
};

}  // namespace xesp::test
#endif
