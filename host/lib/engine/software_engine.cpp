// SPDX-License-Identifier: Apache-2.0
//
// The software engine: tables, locks and batches. What happens to a packet is in software_protect.h and
// software_recover.cpp, and what of it is ESP's or AH's in software_esp.cpp and software_ah.cpp.
#include <algorithm>
#include <memory>
#include <mutex>
#include <vector>

#include "engine/inbound_index.h"
#include "engine/sa_slots.h"
#include "engine/self_test.h"
#include "engine/software_protect.h"
#include "engine/software_sa.h"
#include "gcm/ipsec_mb_aead.h"
#include "xesp/crypto.h"
#include "xesp/engine.h"
#include "xesp/error.h"

namespace xesp {

namespace {

// One direction: its SAs, the room for its results, its counters.
class Side {
 public:
  Side(Direction direction, Crypto crypto) : direction_(direction), crypto_(crypto) {}

  SaHandle install(const SaConfig& sa) {
    auto made = std::make_unique<SoftwareSa>(sa, crypto_);
    const std::lock_guard lock(mutex_);
    const InboundIndex::Key key = InboundIndex::Key::of(sa);
    if (direction_ == Direction::kIn && inbound_.find(key))
      throw Error(ErrorCode::kExists, "an inbound SA with this spi and dst is there already: delete it first");
    const SaHandle handle = slots_.take();
    table_[handle.index] = std::move(made);
    if (direction_ == Direction::kIn) inbound_.insert(key, handle.index);
    longest_tfc_ = std::max<size_t>(longest_tfc_, sa.tfc_pad);
    return handle;
  }

  void remove(SaHandle handle) {
    const std::lock_guard lock(mutex_);
    slots_.require(handle);
    if (direction_ == Direction::kIn) inbound_.erase(InboundIndex::Key::of(table_[handle.index]->config));
    table_[handle.index].reset();
    slots_.give_back(handle);
  }

  void extend(SaHandle handle, uint64_t seq_limit) {
    const std::lock_guard lock(mutex_);
    slots_.require(handle);
    SoftwareSa& sa = *table_[handle.index];
    check_seq_limit(seq_limit, sa.config.esn);
    sa.send_limit = std::max(sa.send_limit, seq_limit);
  }

  SaStats stats(SaHandle handle) const {
    const std::lock_guard lock(mutex_);
    slots_.require(handle);
    const SoftwareSa& sa = *table_[handle.index];
    return {direction_ == Direction::kOut ? sa.seq : sa.window.highest(), sa.done.packets, sa.done.bytes,
            limits_reached(sa.config.lifetime, sa.done.packets, sa.done.bytes)};
  }

  void process(std::span<const PacketIn> in, std::vector<PacketOut>& out) {
    const std::lock_guard lock(mutex_);
    const size_t around = direction_ == Direction::kOut ? longest_tfc_ + esp::kFrameBytes : 1;
    size_t room = 0;
    for (const PacketIn& packet : in) room += std::min<size_t>(packet.data.size(), abi::kMaxPacketBytes) + around;
    if (arena_.size() < room) arena_.resize(room);  // never less: what is added is cleared each time
    out.resize(in.size());
    // Each takes what it came to of what is left, and leaves the room that was counted for the others.
    std::span<uint8_t> left(arena_);
    uint64_t bytes = 0;
    for (size_t i = 0; i < in.size(); ++i) {
      const PacketOut result = direction_ == Direction::kOut ? send(in[i], left) : receive(in[i], left);
      left = left.subspan(result.data.size());
      ++counters_.by_reason[result.status];
      if (result.status == abi::kOk) bytes += direction_ == Direction::kOut ? in[i].data.size() : result.data.size();
      out[i] = result;
    }
    counters_.packets += in.size();
    counters_.bytes += bytes;
    ++counters_.batches;
  }

  EngineCounters counters() const {
    const std::lock_guard lock(mutex_);
    return counters_;
  }

 private:
  PacketOut send(const PacketIn& in, std::span<uint8_t> room) {
    PacketOut result;
    result.sa = in.sa;
    const esp::IpHeader header = read_outbound(in.data);
    result.status = header.status;
    if (result.status != abi::kOk) return result;
    if (slots_.live(in.sa))
      finish(protect(*table_[in.sa.index], in, header, room), room, result);
    else
      result.status = in.sa.index < table_.size() && table_[in.sa.index] ? abi::kDropStaleSa : abi::kDropNoSa;
    return result;
  }

  PacketOut receive(const PacketIn& in, std::span<uint8_t> room) {
    PacketOut result;
    const InboundFront front = read_inbound(in.data);
    result.status = front.status;
    if (result.status != abi::kOk) return result;
    const auto found = inbound_.find(InboundIndex::Key::of(in.data, front.ip.v6, front.proto, front.spi_at));
    SoftwareSa* const sa = found ? table_[*found].get() : nullptr;
    result.status = front.status_with(sa ? &sa->config : nullptr);
    if (result.status != abi::kOk) return result;
    result.sa =
        slots_.handle(*found);  // NOLINT(bugprone-unchecked-optional-access): status_with() refuses a packet without
    finish(recover(*sa, in, front, room), room, result);
    return result;
  }

  static void finish(const SoftwareResult& done, std::span<const uint8_t> room, PacketOut& result) {
    result.status = done.status;
    result.seq = done.seq;
    result.data = room.first(done.bytes);
    result.events = done.events;
  }

  const Direction direction_;
  const Crypto crypto_;
  mutable std::mutex mutex_;
  SaSlots slots_{kMaxSas};
  std::vector<std::unique_ptr<SoftwareSa>> table_{kMaxSas};
  InboundIndex inbound_;
  std::vector<uint8_t> arena_;
  size_t longest_tfc_ = 0;
  EngineCounters counters_;
};

class SoftwareEngine final : public Engine {
 public:
  explicit SoftwareEngine(Crypto crypto) : crypto_(crypto) {}

  std::string description() const override {
    return crypto_ == Crypto::kOpenssl ? "software (OpenSSL)" : "software (ipsec-mb " + gcm::ipsec_mb_version() + ")";
  }

  SaHandle install(const SaConfig& sa) override {
    sa.check();
    return side(sa.direction).install(sa);
  }
  void remove(Direction direction, SaHandle sa) override { side(direction).remove(sa); }
  void extend(SaHandle sa, uint64_t seq_limit) override { out_.extend(sa, seq_limit); }
  SaStats stats(Direction direction, SaHandle sa) override { return side(direction).stats(sa); }
  void process(Direction direction, std::span<const PacketIn> in, std::vector<PacketOut>& out) override {
    side(direction).process(in, out);
  }
  EngineCounters counters(Direction direction) const override {
    return (direction == Direction::kOut ? out_ : in_).counters();
  }

 private:
  Side& side(Direction direction) { return direction == Direction::kOut ? out_ : in_; }

  const Crypto crypto_;
  Side out_{Direction::kOut, crypto_};
  Side in_{Direction::kIn, crypto_};
};

// Once a process, before any SA: then the library is what it should be.
bool prove(Crypto crypto) {
  SoftwareEngine engine(crypto);
  self_test(engine);
  return true;
}

}  // namespace

std::unique_ptr<Engine> make_software_engine() {
  return make_software_engine(Crypto::kOpenssl);
}

std::unique_ptr<Engine> make_software_engine(Crypto crypto) {
  if (crypto == Crypto::kAuto) crypto = why_no_ipsec_mb().empty() ? Crypto::kIpsecMb : Crypto::kOpenssl;
  if (crypto == Crypto::kIpsecMb) {
    if (!why_no_ipsec_mb().empty()) throw Error(ErrorCode::kUnavailable, why_no_ipsec_mb());
    static const bool ipsec_mb_proven = prove(Crypto::kIpsecMb);
    (void)ipsec_mb_proven;
  } else {
    static const bool openssl_proven = prove(Crypto::kOpenssl);
    (void)openssl_proven;
  }
  return std::make_unique<SoftwareEngine>(crypto);
}

}  // namespace xesp
