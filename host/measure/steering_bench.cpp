// SPDX-License-Identifier: Apache-2.0
//
// xesp-steering-bench: the time of the steering program on one frame beside that of a program which parses and looks up
// once (ebpf/reference.bpf.c), by BPF_PROG_TEST_RUN. Another SA each frame, so that tables are read where they lie. The
// programs take turns; each figure is the median of several rounds. What a test run itself takes, told by a program
// that does nothing, is not in the ratios. As root; in a network namespace of its own.
#include <bpf/bpf.h>
#include <fmt/format.h>
#include <net/if.h>
#include <sched.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <random>
#include <vector>

#include "dataplane/interface.h"
#include "dataplane/ip_packet.h"
#include "dataplane/packet_socket.h"
#include "dataplane/steering.h"
#include "xesp/error.h"
#include "xesp_reference.skel.h"

namespace {

using namespace xesp;

constexpr uint32_t kFirstSpi = 0x1000;
constexpr unsigned kRounds = 7, kFrames = 20000;
constexpr uint32_t kMostSas = 1000000;
constexpr const char* kOurs = "192.0.2.1";

using Frame = std::array<uint8_t, 14 + 20 + 44>;

// IPv4 to this address; `spi` stands where ESP has it.
Frame frame_to(const IpAddress& dst, uint8_t protocol, uint32_t spi) {
  Frame f{};
  f[12] = 8;
  f[14] = 0x45;
  f[17] = static_cast<uint8_t>(f.size() - 14);
  f[22] = 64;
  f[23] = protocol;
  const uint8_t src[] = {198, 51, 100, 1};
  std::copy(std::begin(src), std::end(src), f.begin() + 26);
  __be32 words[4];
  dataplane::put_address(words, dst);
  std::memcpy(&f[30], words, 4);
  for (int i = 0; i < 4; ++i) f[34 + static_cast<size_t>(i)] = static_cast<uint8_t>(spi >> 8 * (3 - i));
  return f;
}

// Nanoseconds of one run of one frame: another one has another SA.
double run_once(int program, const Frame& frame, uint32_t& verdict) {
  bpf_test_run_opts opts{};
  opts.sz = sizeof opts;
  opts.data_in = frame.data();
  opts.data_size_in = frame.size();
  if (bpf_prog_test_run_opts(program, &opts) != 0)
    throw Error(ErrorCode::kOs, std::string("BPF_PROG_TEST_RUN: ") + errno_text(errno));
  verdict = opts.retval;
  return opts.duration;
}

struct Case {
  const char* name;
  int program;
  std::vector<Frame> frames;
  uint32_t verdict;
  std::vector<double> rounds = {};

  void measure() {
    double sum = 0;
    for (unsigned i = 0; i < kFrames; ++i) {
      uint32_t got = 0;
      sum += run_once(program, frames[i % frames.size()], got);
      if (got != verdict)
        throw Error(ErrorCode::kSoftware, fmt::format("{}: verdict {} instead of {}", name, got, verdict));
    }
    rounds.push_back(sum / kFrames);
  }
  double median() const {
    std::vector<double> sorted = rounds;
    std::ranges::sort(sorted);
    return sorted[sorted.size() / 2];
  }
};

// The same SAs in both tables, from SPI `from` on.
void add_sas(dataplane::Steering& steering, int table, uint32_t from, uint32_t to) {
  SaConfig sa;
  sa.direction = Direction::kIn;
  sa.dst = IpAddress::parse(kOurs);
  for (uint32_t i = from; i < to; ++i) {
    sa.spi = kFirstSpi + i;
    steering.add_inbound(sa, {.index = static_cast<uint16_t>(i), .generation = 1});
    xesp_sad_key key{};
    dataplane::put_address(key.dst, sa.dst);
    key.spi = __builtin_bswap32(sa.spi);
    key.family = 4;
    key.protocol = kProtoEsp;
    const xesp_sa_ref value{};
    if (bpf_map_update_elem(table, &key, &value, BPF_ANY) != 0)
      throw Error(ErrorCode::kOs, std::string("reference table: ") + errno_text(errno));
  }
}

nlohmann::json measure(uint32_t sas, const dataplane::Steering& steering, const xesp_reference& reference) {
  std::mt19937 random(1);
  std::vector<Frame> known, unknown, other;
  const IpAddress ours = IpAddress::parse(kOurs), theirs = IpAddress::parse("203.0.113.9");
  for (unsigned i = 0; i < 4096; ++i) {
    known.push_back(frame_to(ours, kProtoEsp, kFirstSpi + static_cast<uint32_t>(random() % sas)));
    unknown.push_back(frame_to(ours, kProtoEsp, 0x80000000u + static_cast<uint32_t>(random() >> 1)));
    other.push_back(frame_to(theirs, 17, static_cast<uint32_t>(random())));
  }
  const int steer = steering.outside_program(), reference_program = bpf_program__fd(reference.progs.parse_and_look_up);
  uint32_t unknown_verdict = 0;  // passes or drops, as ebpf/outside.h has it
  run_once(steer, unknown[0], unknown_verdict);
  std::array<Case, 7> cases{
      {{"empty", bpf_program__fd(reference.progs.nothing), known, XDP_PASS},
       {"reference, hit", reference_program, known, XDP_TX},
       {"reference, miss", reference_program, unknown, XDP_PASS},
       {"steering, hit", steer, known, XDP_REDIRECT},
       {"steering, miss", steer, unknown, unknown_verdict},
       {"steering, bypass", steer, other, XDP_PASS},
       {"reference with a redirect, hit", bpf_program__fd(reference.progs.look_up_and_redirect), known, XDP_REDIRECT}}};
  for (Case& c : cases) c.measure();  // warms up, and holds the verdicts
  for (Case& c : cases) c.rounds.clear();
  for (unsigned round = 0; round < kRounds; ++round)
    for (Case& c : cases) c.measure();
  const double empty = cases[0].median();
  const auto net = [&](size_t i) { return cases[i].median() - empty; };
  nlohmann::json row = {{"sas", sas}, {"empty_ns", empty}};
  row["reference_hit_ns"] = net(1);
  row["reference_miss_ns"] = net(2);
  row["hit_ns"] = net(3);
  row["miss_ns"] = net(4);
  row["bypass_ns"] = net(5);
  row["hit_ratio"] = net(3) / net(1);
  row["miss_ratio"] = net(4) / net(2);
  row["bypass_ratio"] = net(5) / net(2);
  row["redirecting_reference_hit_ns"] = net(6);
  row["hit_of_redirecting_reference"] = net(3) / net(6);
  return row;
}

nlohmann::json bench() {
  if (geteuid() != 0) throw Error(ErrorCode::kDenied, "only root may load BPF programs: sudo");
  if (unshare(CLONE_NEWNET) != 0)
    throw Error(ErrorCode::kOs, std::string("no network namespace: ") + errno_text(errno));
  if (std::system("ip link add name veth0 type veth peer name veth1 && ip link set veth0 up") != 0)
    throw Error(ErrorCode::kOs, "no veth pair for an AF_XDP socket");
  dataplane::Steering steering("", kMostSas);
  const dataplane::PacketSocket socket(dataplane::Interface::find("veth0"), 0, {});
  // A redirect counts as done when the map has a socket; a test run sends nothing to it.
  steering.set_socket(dataplane::Steering::Side::kOutside, 0, socket.fd());
  const std::unique_ptr<xesp_reference, decltype(&xesp_reference__destroy)> reference(xesp_reference__open(),
                                                                                      &xesp_reference__destroy);
  if (!reference || bpf_map__set_max_entries(reference->maps.table, kMostSas) != 0 ||
      xesp_reference__load(reference.get()) != 0)
    throw Error(ErrorCode::kOs, "the reference program does not load");
  const int sockets = bpf_map__fd(reference->maps.sockets), socket_fd = socket.fd();
  const uint32_t queue = 0;
  if (bpf_map_update_elem(sockets, &queue, &socket_fd, BPF_ANY) != 0)
    throw Error(ErrorCode::kOs, std::string("reference's socket: ") + errno_text(errno));
  const int table = bpf_map__fd(reference->maps.table);
  nlohmann::json rows = nlohmann::json::array();
  uint32_t have = 0;
  for (const uint32_t sas : {1u, 1000u, 65536u, kMostSas}) {
    add_sas(steering, table, have, sas);
    have = sas;
    rows.push_back(measure(sas, steering, *reference));
  }
  return rows;
}

}  // namespace

int main(int argc, char** argv) try {
  CLI::App app("The steering program's time on a frame beside that of a program that parses and looks up once.");
  std::string file;
  app.add_option("--json", file, "write the figures there too");
  CLI11_PARSE(app, argc, argv);
  try {
    const nlohmann::json rows = bench();
    fmt::print("{:>9} {:>10} {:>10} {:>10} {:>9} {:>9} {:>9} {:>8} {:>9} {:>11} {:>12}\n", "SAs", "ref hit", "ref miss",
               "ref+redir", "hit", "miss", "bypass", "hit/ref", "miss/ref", "bypass/ref", "hit/ref+red");
    const auto ns = [](const nlohmann::json& row, const char* name) {
      return fmt::format("{:.1f} ns", row[name].get<double>());
    };
    for (const auto& r : rows)
      fmt::print("{:>9} {:>10} {:>10} {:>10} {:>9} {:>9} {:>9} {:>8.2f} {:>9.2f} {:>11.2f} {:>12.2f}\n",
                 r["sas"].get<unsigned>(), ns(r, "reference_hit_ns"), ns(r, "reference_miss_ns"),
                 ns(r, "redirecting_reference_hit_ns"), ns(r, "hit_ns"), ns(r, "miss_ns"), ns(r, "bypass_ns"),
                 r["hit_ratio"].get<double>(), r["miss_ratio"].get<double>(), r["bypass_ratio"].get<double>(),
                 r["hit_of_redirecting_reference"].get<double>());
    const auto growth = [&](const char* name) {
      return rows.back()[name].get<double>() / rows.front()[name].get<double>();
    };
    fmt::print("a hit among {} SAs takes {:.2f} of a hit among one, the reference's {:.2f} of its own\n",
               rows.back()["sas"].get<unsigned>(), growth("hit_ns"), growth("reference_hit_ns"));
    if (!file.empty())
      std::ofstream(file) << nlohmann::json{{"rows", rows},
                                            {"hit_most_to_one", growth("hit_ns")},
                                            {"reference_hit_most_to_one", growth("reference_hit_ns")}}
                                 .dump(2)
                          << "\n";
    return 0;
  } catch (const Error& e) {
    std::cerr << "xesp-steering-bench: " << e.what() << "\n";
    return static_cast<int>(e.code());
  }
} catch (const std::exception& e) {
  std::cerr << "xesp-steering-bench: " << e.what() << "\n";
  return static_cast<int>(ErrorCode::kSoftware);
}
