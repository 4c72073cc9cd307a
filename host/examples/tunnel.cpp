// SPDX-License-Identifier: Apache-2.0
//
// xesp_example: one tunnel by libxesp, without xespd. An SA in each direction, a batch out, the same batch in, what
// drops and why, statistics, errors. docs/programmers-guide.md walks through it.
//   xesp_example                                       in software (OpenSSL)
//   xesp_example --xclbin FILE [--hwemu-dir DIR]       on a card, or a simulated one
#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "xesp/engine.h"
#include "xesp/error.h"

namespace {

using namespace xesp;
using Bytes = std::vector<uint8_t>;

constexpr size_t kPackets = 64;

// Fresh at each run. A key that outlives the process needs its numbers to outlive it too: xespd has a journal for that.
Secret random_secret(size_t bytes) {
  std::array<uint8_t, Secret::kCapacity> raw{};
  if (RAND_priv_bytes(raw.data(), static_cast<int>(bytes)) != 1)
    throw Error(ErrorCode::kOs, "no random bytes to be had");
  Secret secret(std::span(raw).first(bytes));
  OPENSSL_cleanse(raw.data(), raw.size());
  return secret;
}

SaConfig outbound_sa() {
  SaConfig sa;
  sa.direction = Direction::kOut;
  sa.mode = Mode::kTunnel;
  sa.src = IpAddress::parse("192.0.2.1");
  sa.dst = IpAddress::parse("198.51.100.1");
  sa.spi = 0x1001;
  sa.key = random_secret(32);
  sa.salt = random_secret(4);
  return sa;
}

// An IPv4 packet with a UDP header's worth of zeros and a payload, as an inside host would send it.
Bytes clear_packet(size_t payload, uint8_t fill) {
  constexpr size_t kIp = 20, kUdp = 8;
  Bytes p(kIp + kUdp + payload, fill);
  std::fill_n(p.begin(), kIp + kUdp, uint8_t{0});
  p[0] = 0x45;
  p[2] = static_cast<uint8_t>(p.size() >> 8);
  p[3] = static_cast<uint8_t>(p.size());
  p[8] = 64;
  p[9] = 17;
  std::copy_n(IpAddress::parse("10.1.0.5").bytes.begin(), 4, p.begin() + 12);
  std::copy_n(IpAddress::parse("10.2.0.5").bytes.begin(), 4, p.begin() + 16);
  return p;  // engines do not look at an inner packet's checksum
}

void require(bool good, const char* what) {
  if (!good) throw Error(ErrorCode::kSoftware, what);
}

std::unique_ptr<Engine> make_engine(int argc, char** argv) {
  XrtEngineOptions card;
  for (int i = 1; i < argc; i += 2) {
    const std::string_view name = argv[i];
    if (i + 1 == argc || (name != "--xclbin" && name != "--hwemu-dir"))
      throw Error(ErrorCode::kUsage, "usage: xesp_example [--xclbin FILE [--hwemu-dir DIR]]");
    (name == "--xclbin" ? card.xclbin : card.hwemu_dir) = argv[i + 1];
  }
  return card.xclbin.empty() ? make_software_engine() : make_xrt_engine(card);
}

void run(Engine& engine) {
  std::printf("engine: %s\n", engine.description().c_str());

  SaConfig sender = outbound_sa();
  SaConfig receiver = sender.clone();  // explicit, for it copies the key
  receiver.direction = Direction::kIn;
  const SaHandle out = engine.install(sender);
  const SaHandle in = engine.install(receiver);

  // Outbound: the caller owns the packets and says which SA each takes.
  std::vector<Bytes> clear;
  clear.reserve(kPackets);
  for (size_t i = 0; i < kPackets; ++i) clear.push_back(clear_packet(20 * i, static_cast<uint8_t>(i)));
  std::vector<PacketIn> batch;
  batch.reserve(clear.size());
  for (const Bytes& packet : clear) batch.push_back({packet, out});
  std::vector<PacketOut> sent;
  engine.process(Direction::kOut, batch, sent);

  // Inbound: the engine finds the SA. `sent` points into the outbound side, which this call leaves alone.
  std::vector<PacketIn> wire;
  for (const PacketOut& packet : sent) {
    require(packet.status == abi::kOk, drop_text(packet.status));
    wire.push_back({packet.data});
  }
  std::vector<PacketOut> received;
  engine.process(Direction::kIn, wire, received);
  for (size_t i = 0; i < kPackets; ++i) {
    require(received[i].status == abi::kOk, drop_text(received[i].status));
    require(received[i].sa == in && received[i].seq == i + 1, "another SA or number than was sent");
    require(std::ranges::equal(received[i].data, clear[i]), "another packet than was sent");
  }
  std::printf("%zu packets out and in, the last one %zu B in clear and %zu B as ESP\n", kPackets, clear.back().size(),
              sent.back().data.size());

  // A drop is a result and not an exception: one packet a second time, one with a bit changed.
  Bytes changed(sent.back().data.begin(), sent.back().data.end());
  changed.back() ^= 1;
  const std::array<PacketIn, 2> bad = {{{sent.back().data}, {changed}}};
  engine.process(Direction::kIn, bad, received);
  for (const PacketOut& packet : received) {
    require(packet.status != abi::kOk && packet.data.empty(), "a packet passed that must not");
    std::printf("dropped: %s (%s)\n", drop_counter_name(packet.status), drop_text(packet.status));
  }

  const SaStats stats = engine.stats(Direction::kOut, out);
  std::printf("outbound SA: %llu packets, %llu bytes in clear, last number %llu\n",
              static_cast<unsigned long long>(stats.packets), static_cast<unsigned long long>(stats.bytes),
              static_cast<unsigned long long>(stats.seq));
  const EngineCounters counters = engine.counters(Direction::kIn);
  require(counters.by_reason[abi::kDropReplay] == 1 && counters.by_reason[abi::kDropIcv] == 1, "drops are not counted");
  std::printf("inbound engine: %llu packets in %llu batches, %llu card clocks\n",
              static_cast<unsigned long long>(counters.packets), static_cast<unsigned long long>(counters.batches),
              static_cast<unsigned long long>(counters.card_cycles));

  // What can't be done throws, with a code for the program and a line for its user.
  engine.remove(Direction::kOut, out);
  engine.remove(Direction::kIn, in);
  try {
    sender.spi = 7;
    engine.install(sender);
    require(false, "a reserved SPI was taken");
  } catch (const Error& e) {
    if (e.code() != ErrorCode::kData) throw;
    std::printf("refused: %s\n", e.what());
  }
}

}  // namespace

int main(int argc, char** argv) {
  try {
    run(*make_engine(argc, argv));
    return 0;
  } catch (const Error& e) {
    std::fprintf(stderr, "xesp_example: %s\n", e.what());
    return static_cast<int>(e.code());
  }
}
