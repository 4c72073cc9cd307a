// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_ENGINE_OFFLOAD_SIDE_H
#define XESP_ENGINE_OFFLOAD_SIDE_H

#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "engine/inbound_index.h"
#include "engine/lifetime.h"
#include "engine/sa_slots.h"
#include "xesp/engine.h"

namespace xesp {

struct InboundFront;

/// One direction of the offload engine: which SA is where, and its move from one engine to the other. Handles of this
/// class are its own; the handle that an engine has for the SA changes with each move. What an SA has done is counted
/// here, from results, so it is known though the card is lost.
class OffloadSide {
 public:
  OffloadSide(Direction direction, Engine& software) : direction_(direction), software_(software) {}

  /// @throws as Engine's calls of these names; never Error(kIo)
  std::vector<SaHandle> install(std::span<const SaConfig> sas);
  void remove(std::span<const SaHandle> sas);
  void extend(SaHandle sa, uint64_t seq_limit);
  SaStats stats(SaHandle sa) const;
  Placement placement(SaHandle sa) const;
  void process(std::span<const PacketIn> in, std::vector<PacketOut>& out);
  EngineCounters counters() const;
  std::vector<std::pair<std::string, uint64_t>> registers();

  /// Gives the card to this side, and moves to it all that may go there.
  void attach(std::shared_ptr<Engine> card);
  /// Why the card is lost, where a call has found that, or empty.
  std::string lost() const;
  /// As if a call had found it.
  void lose(const std::string& reason);

 private:
  enum class Where { kCard, kSoftware, kNowhere };
  struct Entry {
    SaConfig config;   // with the key: a move installs it anew
    SaHandle handle;   // ours
    SaHandle inner{};  // of the engine that has it
    Where where = Where::kNowhere;
    DropReason nowhere = abi::kDropNoCard;  // what its packets drop as there
    std::string reason;                     // why it is not on the card
    bool software_only = false;             // the card can't do its packets, though it is there
    uint64_t highest = 0;                   // number sent or accepted
    uint64_t in_batch = 0;                  // outbound: packets that the card has of it and has not answered for
    Done done;
  };
  // Packets for one engine in a batch, and whose they are.
  struct Share {
    std::vector<PacketIn> in;
    std::vector<PacketOut> out;
    std::vector<size_t> at;  // in the batch
    void clear() { in.clear(), at.clear(); }
    void add(const PacketIn& packet, SaHandle inner, size_t place) {
      in.push_back({packet.data, inner, packet.dummy, packet.tail});
      at.push_back(place);
    }
  };

  Entry* live(SaHandle sa) const;
  Entry& need(SaHandle sa) const;
  // Inbound: the SA of a packet whose headers were read.
  Entry* named(std::span<const uint8_t> packet, const InboundFront& front) const;
  SaConfig as_it_stands(const Entry& e) const;
  void put_on_card(std::span<Entry* const> entries);
  void put_in_software(Entry& e, std::string reason);
  // Where an SA goes that does not go to the card.
  void put_elsewhere(Entry& e, const std::string& reason);
  void fail_over(const std::string& reason);
  void sort(const PacketIn& packet, size_t place, PacketOut& out);
  void drop(PacketOut& out, DropReason reason);
  void take(Share& share, Where where, std::span<const PacketIn> in, std::vector<PacketOut>& out);
  // What the card refuses as ip_options and software takes: AH behind options or extension headers.
  void give_refused(std::span<const PacketIn> in, std::vector<PacketOut>& out);
  void move_with(Entry& e, size_t place, std::span<const PacketIn> in, std::vector<PacketOut>& out);
  void clear_left();
  // Calls the card. False if it is lost, by now or by this call.
  template <class Call>
  bool ask_card(Call call);

  const Direction direction_;
  mutable std::mutex mutex_;
  Engine& software_;
  std::shared_ptr<Engine> card_;  // null while it is lost
  std::string lost_;
  SaSlots slots_{kMaxSas};
  std::vector<std::unique_ptr<Entry>> table_{kMaxSas};
  InboundIndex inbound_;
  std::vector<uint16_t> ours_[2];  // our index by the inner one: card, software
  size_t not_on_card_ = 0;
  Share card_share_, software_share_;
  std::vector<std::vector<uint8_t>> moved_packets_;  // results of the batch that moved their SA
  std::vector<SaHandle> left_;                       // still in the card's tables though their SA has moved
  EngineCounters gone_;                              // of cards that were lost
  EngineCounters own_;                               // of packets that went to no engine
  uint64_t twice_ = 0;                               // packets that the card refused and software was given
};

}  // namespace xesp
#endif
