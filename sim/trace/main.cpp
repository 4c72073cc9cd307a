// SPDX-License-Identifier: Apache-2.0
//
// xesp-trace: one packet through the simulated card, its waveforms, and an account of its way.
#include <sys/random.h>

#include <CLI/CLI.hpp>
#include <iostream>

#include "account.h"
#include "engine/card_engine.h"
#include "esp/bytes.h"
#include "esp/ip.h"
#include "sim_port.h"
#include "verilated_card.h"
#include "xesp/error.h"

namespace {

using namespace xesp;

struct Options {
  bool inbound = false;
  bool transport = false;
  unsigned payload = 64;
  unsigned packets = 1;
  std::string fst = "trace.fst";
};

std::vector<uint8_t> packet(size_t payload) {
  std::vector<uint8_t> p(20 + payload);
  p[0] = 0x45;
  esp::store_be16(&p[esp::kIpTotalLength], static_cast<uint16_t>(p.size()));
  p[esp::kIpTtl] = 64;
  p[esp::kIpProtocol] = 17;
  const uint8_t addresses[8] = {192, 0, 2, 1, 198, 51, 100, 1};
  std::copy(std::begin(addresses), std::end(addresses), p.begin() + esp::kIpSource);
  for (size_t i = 20; i < p.size(); ++i) p[i] = static_cast<uint8_t>(i - 20);  // to be found again in a waveform
  esp::store_be16(&p[esp::kIpChecksum], esp::ipv4_checksum(p.data()));
  return p;
}

SaConfig sa_of(const Options& o, Direction direction, std::span<const uint8_t> key) {
  SaConfig sa;
  sa.direction = direction;
  sa.mode = o.transport ? Mode::kTransport : Mode::kTunnel;
  sa.src = IpAddress::parse("192.0.2.1");
  sa.dst = IpAddress::parse("198.51.100.1");
  sa.spi = 0x1001;
  sa.key = Secret(key.first(32));
  sa.salt = Secret(key.subspan(32));
  return sa;
}

int run(const Options& o) {
  sim::VerilatedCardOptions card_options;
  card_options.trace = o.fst;
  uint64_t first = 0, last = 0, cycles = 0;
  {
    auto owned = std::make_unique<sim::SimPort>(std::make_unique<sim::VerilatedCard>(card_options));
    sim::SimPort& port = *owned;
    const auto engine = make_card_engine(std::move(owned));
    uint8_t key[36];
    if (getrandom(key, sizeof key, 0) != sizeof key) throw Error(ErrorCode::kOs, "getrandom failed");
    const SaHandle sender = engine->install(sa_of(o, Direction::kOut, key));
    engine->install(sa_of(o, Direction::kIn, key));
    const std::vector<uint8_t> clear = packet(o.payload);
    std::vector<PacketIn> in(o.packets, PacketIn{clear, sender});
    std::vector<PacketOut> out;
    const auto process = [&](Direction direction) {
      first = port.card().clocks();
      const uint64_t before = port.registers(direction).busy_cycles;
      engine->process(direction, in, out);
      last = port.card().clocks();
      cycles = port.registers(direction).busy_cycles - before;
      for (const PacketOut& p : out)
        if (p.status != abi::kOk) throw Error(ErrorCode::kSoftware, std::string("dropped: ") + drop_text(p.status));
    };
    process(Direction::kOut);
    if (o.inbound) {
      std::vector<std::vector<uint8_t>> sealed;
      for (const PacketOut& p : out) sealed.emplace_back(p.data.begin(), p.data.end());
      for (size_t i = 0; i < in.size(); ++i) in[i] = {sealed[i]};
      process(Direction::kIn);
    }
  }  // the card goes, and with it the file is whole
  sim::WaveFile wave(o.fst);
  std::cout << (o.inbound ? "inbound" : "outbound") << (o.transport ? " transport, " : " tunnel, ") << o.packets
            << " packet(s) with " << o.payload << " B of payload: " << cycles << " clocks from ap_start to ap_done\n";
  print_account(std::cout, wave, first, last);
  std::cout << "\nwaveforms: " << o.fst << "\n";
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Options o;
  CLI::App app("One packet through the simulated card: waveforms (FST) and an account of its way, clock by clock.");
  app.add_flag("--in", o.inbound, "inbound: the packet is sealed first, and the account is of opening it");
  app.add_flag("--transport", o.transport, "transport mode; without it tunnel");
  app.add_option("--payload", o.payload, "bytes behind the IP header")
      ->check(CLI::Range(0u, 9000u))
      ->capture_default_str();
  app.add_option("--packets", o.packets, "how many in one run")->check(CLI::Range(1u, 64u))->capture_default_str();
  app.add_option("--fst", o.fst, "file to write")->capture_default_str();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    const int code = app.exit(e);
    return code == 0 ? 0 : 64;
  }
  try {
    return run(o);
  } catch (const Error& e) {
    std::cerr << "xesp-trace: " << e.what() << "\n";
    return static_cast<int>(e.code());
  } catch (const std::exception& e) {
    std::cerr << "xesp-trace: " << e.what() << "\n";
    return 70;
  }
}
