// SPDX-License-Identifier: Apache-2.0
//
// xesp tap: packets before and after the engine, as pcapng.
#include <fmt/chrono.h>
#include <fmt/core.h>
#include <openssl/crypto.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>

#include "commands/commands.h"
#include "control/tap.h"
#include "pcap/private_file.h"
#include "pcap/tap_output.h"
#include "pcap/wireshark_keys.h"
#include "stop_signals.h"
#include "words/tap_words.h"

namespace xesp::cli {

using nlohmann::json;

namespace {

constexpr const char* kHelp =
    R"(WORDS choose packets: [src PREFIX] [dst PREFIX] [proto N] [spi N] [dir in|out]. A packet and what the engine made of it
are shown together if either of them fits. The comment of a packet has its SA and number, or why it dropped. Without -w
a line for each; ends with Ctrl-C, or after --count packets. For root alone, since it shows packets in clear.
What the steering program drops or lets pass never comes to xespd: 'xesp stats' counts it. Who reads too slowly loses
records, is told how many, and slows no packet down.
Wireshark's keys (esp_sa) are written on demand only: --export-esp-sa FILE --show-keys, and without -w that is all.
Examples:
  xesp tap -w - | tshark -r -
  xesp tap -w drops.pcapng --drops dir in src 198.51.100.1
  xesp tap --count 10 proto icmp
  xesp tap --export-esp-sa esp_sa --show-keys)";

struct TapOptions {
  std::vector<std::string> words;
  std::string file;
  bool drops = false;
  bool show_keys = false;
  size_t count = 0;
  uint32_t snap_length = control::kMostSnapLength;
  std::string esp_sa;
};

int export_keys(const Common& common, const TapOptions& o) {
  if (!o.show_keys)
    throw Error(ErrorCode::kUsage, "--export-esp-sa writes the keys of all SAs to a file: say --show-keys as well");
  control::Client daemon(common.socket);
  json rows = daemon.call("state.list", {{"show_keys", true}});
  int fd = -1;
  std::string text;
  try {
    text = wireshark_esp_sa(rows);
    fd = open_private(o.esp_sa, Holds::kKeys);
  } catch (...) {
    control::wipe_strings(rows);
    OPENSSL_cleanse(text.data(), text.size());
    throw;
  }
  control::wipe_strings(rows);
  errno = ENOSPC;  // what a short write means
  const bool good = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  const int error = errno;
  OPENSSL_cleanse(text.data(), text.size());
  close(fd);
  if (!good) throw Error(ErrorCode::kOs, "can't write " + o.esp_sa + ": " + errno_text(error));
  fmt::print(stderr, "xesp: {} SAs to {}: it holds keys, delete it after use\n", rows.size(), o.esp_sa);
  return 0;
}

struct Descriptor {
  explicit Descriptor(int number) : fd(number) {}
  ~Descriptor() { close(fd); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  const int fd;
};

bool print_line(const Common& common, const std::vector<std::string>& interfaces, const control::TapRecord& r) {
  const auto seconds = static_cast<std::time_t>(r.time_ns / 1'000'000'000);
  const std::string time =
      fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:06}Z", fmt::gmtime(seconds), r.time_ns / 1000 % 1'000'000);
  const std::string interface = r.interface < interfaces.size() ? interfaces[r.interface] : "?";
  const std::string comment(r.comment);
  if (common.json)
    fmt::print("{}\n", json{{"time", time},
                            {"interface", interface},
                            {"leaves", r.leaves},
                            {"dropped", r.dropped},
                            {"bytes", r.length},
                            {"comment", comment},
                            {"lost", r.lost}}
                           .dump());
  else
    fmt::print("{} {} {} {} bytes: {}\n", time, interface, r.leaves ? "out" : "in", r.length, comment);
  return std::fflush(stdout) == 0;
}

int follow(const Common& common, const TapOptions& o) {
  Words words(o.words);
  control::TapFilter filter = parse_tap_filter(words);
  filter.drops = o.drops;
  filter.snap_length = o.snap_length;
  if (o.file == "-" && isatty(STDOUT_FILENO))
    throw Error(ErrorCode::kUsage, "-w -: pcapng is not for a terminal, give a file or pipe it to 'tshark -r -'");

  signal(SIGPIPE, SIG_IGN);
  const StopSignals ending;
  control::Client daemon(common.socket);
  const json answer = daemon.call("tap", {{"filter", control::to_json(filter)}});
  const auto interfaces = answer.at("interfaces").get<std::vector<std::string>>();
  const Descriptor records(daemon.take_descriptor());
  std::optional<TapOutput> output;
  if (!o.file.empty()) output.emplace(o.file, interfaces, o.snap_length);

  std::vector<uint8_t> message(size_t{256} * 1024);
  size_t seen = 0;
  uint64_t lost = 0;
  bool gone = false, told_to_end = false, reads = true;
  while (reads && !gone && !told_to_end && (o.count == 0 || seen < o.count)) {
    std::array<pollfd, 2> wait = {{{records.fd, POLLIN, 0}, {ending.fd(), POLLIN, 0}}};
    if (poll(wait.data(), wait.size(), -1) < 0 && errno != EINTR)
      throw Error(ErrorCode::kOs, std::string("poll: ") + errno_text(errno));
    told_to_end = wait[1].revents != 0;
    if (wait[0].revents == 0) continue;
    const ssize_t n = recv(records.fd, message.data(), message.size(), MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    gone = n <= 0;
    if (gone) break;
    const control::TapRecord record = control::decode_tap_record({message.data(), static_cast<size_t>(n)});
    lost = record.lost;
    ++seen;
    reads = output ? output->write(record) : print_line(common, interfaces, record);
  }
  if (output && reads) output->finish();
  if (output || lost != 0)
    fmt::print(stderr, "xesp: {} packets{}\n", seen,
               lost != 0 ? fmt::format(", {} lost: this reader is too slow", lost) : std::string());
  if (gone) throw Error(ErrorCode::kIo, "xespd ended the tap: see its log");
  return 0;
}

int run(const Common& common, const TapOptions& o) {
  if (o.esp_sa.empty() && o.show_keys)
    throw Error(ErrorCode::kUsage, "--show-keys is for --export-esp-sa FILE: add it, or leave this out");
  if (!o.esp_sa.empty()) export_keys(common, o);
  return o.esp_sa.empty() || !o.file.empty() ? follow(common, o) : 0;
}

}  // namespace

void add_tap_command(CLI::App& app, Common& common, Action& action) {
  CLI::App* tap = app.add_subcommand("tap", "packets before and after the engine, with drop reasons, as pcapng");
  auto o = std::make_shared<TapOptions>();
  tap->add_option("WORDS", o->words, "which packets; none: all");
  tap->add_option("-w,--write", o->file, "pcapng file, mode 0600; - for standard output");
  tap->add_flag("--drops", o->drops, "only packets that drop");
  tap->add_option("--count", o->count, "end after this many packets; 0: never")->capture_default_str();
  tap->add_option("--snaplen", o->snap_length, "bytes kept of each packet")
      ->check(CLI::Range(uint32_t{1}, control::kMostSnapLength))
      ->capture_default_str();
  tap->add_option("--export-esp-sa", o->esp_sa, "write Wireshark's table of ESP keys to this file, mode 0600");
  tap->add_flag("--show-keys", o->show_keys, "confirms --export-esp-sa");
  tap->footer(kHelp);
  tap->callback([&common, &action, o] { action = [&common, o] { return run(common, *o); }; });
}

}  // namespace xesp::cli
