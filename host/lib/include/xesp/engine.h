// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_ENGINE_H
#define XESP_ENGINE_H

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "xesp/sa.h"
#include "xesp_abi.h"

namespace xesp {

using abi::DropReason;

/// SAs of one direction that handles can name. A card has room for fewer (abi::kSaCapacity).
constexpr size_t kMaxSas = 65536;

/// Index and generation of an installed SA in one direction; a handle of a removed SA never names another one.
struct SaHandle {
  uint16_t index = 0;
  uint16_t generation = 0;
  bool operator==(const SaHandle&) const = default;
};

/// One packet of a batch, given by the caller. `data` is a whole IPv4 or IPv6 packet without link header, up to
/// abi::kMaxPacketBytes, and must stay in place until process() returns.
struct PacketIn {
  std::span<const uint8_t> data;
  SaHandle sa{};  ///< outbound: the SA that steering chose; inbound: ignored, the engine looks up (SPI, dst, proto)
  /// Outbound: send it as a dummy packet, which the receiver throws away (RFC 4303 2.6); AH has none.
  bool dummy = false;
  /// Outbound, or none: bytes right behind `data`, free to be overwritten until process() returns. An engine in
  /// software that has some 20 there, more with TFC padding, writes its trailer to them and saves a copy of the packet.
  std::span<uint8_t> tail{};
};

/// What became of a packet. `data` points into the engine and is valid until the next process() of that direction.
struct PacketOut {
  DropReason status = abi::kDropBadDescriptor;
  SaHandle sa{};                    ///< inbound: the SA found (generation filled by the host)
  uint64_t seq = 0;                 ///< the packet's number; means nothing unless status == kOk or a replay reason
  std::span<const uint8_t> data{};  ///< empty unless status == kOk
  uint8_t events = 0;               ///< abi::CplEvents: the limits of the SA's lifetime that this packet has reached
};

/// Which engine does an SA.
struct Placement {
  bool on_card = false;
  std::string reason;  ///< why it is not on the card; empty where it is
};

struct EngineCounters {
  std::array<uint64_t, abi::kDropReasonCount> by_reason{};
  uint64_t packets = 0;  ///< through process(), both directions
  uint64_t bytes = 0;    ///< clear-side bytes of packets with status kOk
  uint64_t batches = 0;
  uint64_t card_cycles = 0;  ///< clocks that the card spent in runs; 0 for the software engine
};

/// Protects and recovers packets in batches. Two implementations: a card (or its simulation) and OpenSSL.
/// Thread safety: one thread a direction may be in process() while another installs or removes; calls of one direction
/// are serialised inside. A throw of Error(kIo) means that the engine is lost and every later call throws the same.
class Engine {
 public:
  virtual ~Engine() = default;
  virtual std::string description() const = 0;

  /// Live for packets of the batches that start after it returns. @throws Error(kData, kExists (inbound: same SPI, dst,
  /// proto), kUnavailable when the table is full)
  virtual SaHandle install(const SaConfig& sa) = 0;
  /// @throws Error(kNotFound)
  virtual void remove(Direction direction, SaHandle sa) = 0;
  /// Raises an outbound SA's highest sequence number that may be sent. @throws Error(kNotFound)
  virtual void extend(SaHandle sa, uint64_t seq_limit) = 0;
  virtual SaStats stats(Direction direction, SaHandle sa) = 0;
  /// Where it is done now. @throws Error(kNotFound)
  virtual Placement placement(Direction direction, SaHandle sa);

  /// The same for many SAs of one direction at once, in the order given; a card takes hundreds a run. install_all() and
  /// remove_all() do all of it or, on an error, nothing (short of a lost card). @throws as above; Error(kData) where
  /// directions differ
  virtual std::vector<SaHandle> install_all(std::span<const SaConfig> sas);
  virtual void remove_all(Direction direction, std::span<const SaHandle> sas);
  virtual std::vector<SaStats> stats_all(Direction direction, std::span<const SaHandle> sas);

  /// Takes in.size() packets (any number; split into card batches inside), fills `out` with one result each, in order.
  virtual void process(Direction direction, std::span<const PacketIn> in, std::vector<PacketOut>& out) = 0;
  virtual EngineCounters counters(Direction direction) const = 0;
  /// A card's registers of one direction by name, for operators; none without a card.
  virtual std::vector<std::pair<std::string, uint64_t>> registers(Direction direction);

 protected:
  /// What every engine asks of many SAs at once. @throws Error(kData), Error(kNotFound)
  static void require_one_direction(std::span<const SaConfig> sas);
  static void require_distinct(std::span<const SaHandle> sas);
};

/// OpenSSL EVP; the reference and the fallback. Semantics equal the card's, drop reason by drop reason.
std::unique_ptr<Engine> make_software_engine();

struct XrtEngineOptions {
  std::string xclbin;  ///< path
  unsigned device = 0;
  std::string
      hwemu_dir;  ///< folder with emconfig.json, xrt.ini and prefix/; empty: a card, or the caller's environment
};
/// A card, or hw_emu where XRT's environment says so. @throws Error(kUnavailable, kNoInput, kData) with cause and fix.
std::unique_ptr<Engine> make_xrt_engine(const XrtEngineOptions& options);

const char* drop_counter_name(DropReason reason);  ///< e.g. "icv_failed"
const char* drop_text(DropReason reason);

}  // namespace xesp
#endif
