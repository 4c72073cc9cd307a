// SPDX-License-Identifier: Apache-2.0
//
// xesp pcap encrypt | decrypt: a capture through an engine of this process, without xespd.
#include <fmt/core.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <memory>
#include <sstream>

#include "commands/commands.h"
#include "control/sa_json.h"
#include "pcap/capture_file.h"
#include "pcap/capture_run.h"
#include "words/key_source.h"
#include "words/state_words.h"

namespace xesp::cli {

using nlohmann::json;

namespace {

constexpr const char* kHelp = R"(SAs are given in the words of 'xesp state add' ('dir' may be left out):
  --sa "src A dst B proto esp spi 0x1001 mode tunnel aead 'rfc4106(gcm(aes))' @key 128"
  --sa "src A dst B proto ah spi 0x1002 mode transport aead 'rfc4543(gcm(aes))' @key 128"
  --sa-file F        one SA a line, # comments; mode 0600. Lines of 'ip xfrm state add' are taken as they are
Examples:
  xesp pcap encrypt clear.pcap esp.pcap --sa-file sas.txt
  xesp pcap decrypt esp.pcap clear.pcap --sa-file sas.txt --engine xrt --xclbin xesp_hwemu.xclbin --hwemu-dir hwemu
encrypt numbers packets from 1, or after replay-oseq: do not use the key of a live SA, for its IVs would repeat.
Packets that drop are counted and never written. Exit code 65 if there were packets and all dropped.)";

struct PcapOptions {
  std::string in;
  std::string out;
  std::vector<std::string> sas;
  std::string sa_file;
  std::string engine = "software";
  XrtEngineOptions card;
};

SaConfig parse_sa(std::vector<std::string> given, Direction direction) {
  // A line copied from a script: the command in front of the words.
  const auto add = std::ranges::find(given, "add");
  if (add != given.end() && add - given.begin() <= 3) given.erase(given.begin(), add + 1);
  Words words(std::move(given));
  control::SaRequest request = parse_state(words);
  if (request.direction && *request.direction != direction)
    throw Error(ErrorCode::kUsage, std::string("dir ") + control::direction_name(*request.direction) +
                                       ": this command needs 'dir " + control::direction_name(direction) +
                                       "', correct it or leave it out");
  request.sa.direction = direction;
  return std::move(request.sa);
}

std::vector<SaConfig> read_sas(const PcapOptions& o, Direction direction) {
  std::vector<SaConfig> sas;
  sas.reserve(o.sas.size());
  for (const std::string& line : o.sas) sas.push_back(parse_sa(split_words(line), direction));
  if (!o.sa_file.empty()) {
    std::string text = read_private_file(o.sa_file);
    std::istringstream lines(text);
    std::string line;
    for (int number = 1; std::getline(lines, line); ++number) {
      std::vector<std::string> words = split_words(line);
      if (words.empty()) continue;
      try {
        sas.push_back(parse_sa(std::move(words), direction));
      } catch (const Error& e) {
        throw Error(e.code(), o.sa_file + ", line " + std::to_string(number) + ": " + e.what());
      }
    }
    OPENSSL_cleanse(text.data(), text.size());
  }
  if (sas.empty()) throw Error(ErrorCode::kUsage, "no SA given: add --sa \"...\" or --sa-file FILE");
  return sas;
}

std::unique_ptr<Engine> make_engine(const PcapOptions& o) {
  if (o.engine == "software") return make_software_engine();
  if (o.card.xclbin.empty()) throw Error(ErrorCode::kUsage, "--engine xrt needs --xclbin FILE, the card's image");
  return make_xrt_engine(o.card);
}

void print(const Common& common, const CaptureSummary& s, const Engine& engine, uint64_t cycles, const char* verb) {
  if (common.json) {
    json object = {
        {"engine", engine.description()}, {"in", s.in}, {"out", s.out}, {"drops", s.drops}, {"card_cycles", cycles}};
    fmt::print("{}\n", object.dump(2));
    return;
  }
  fmt::print("{} packets in, {} {} by {}\n", s.in, s.out, verb, engine.description());
  if (cycles != 0) fmt::print("card clocks: {}\n", cycles);
  for (const auto& [name, count] : s.drops) fmt::print("dropped, {}: {}\n", name, count);
}

int run(const Common& common, const PcapOptions& o, Direction direction) {
  const std::vector<SaConfig> sas = read_sas(o, direction);
  CaptureReader reader(o.in);
  const std::unique_ptr<Engine> engine = make_engine(o);
  CaptureRun capture(*engine, direction, sas);
  CaptureWriter writer(o.out, reader.link_type());
  const CaptureSummary summary = capture.run(reader, writer);
  writer.finish();
  print(common, summary, *engine, engine->counters(direction).card_cycles,
        direction == Direction::kOut ? "encrypted" : "decrypted");
  return summary.in != 0 && summary.out == 0 ? static_cast<int>(ErrorCode::kData) : 0;
}

}  // namespace

void add_pcap_commands(CLI::App& app, Common& common, Action& action) {
  CLI::App* pcap = app.add_subcommand("pcap", "a capture through an engine, without xespd");
  pcap->require_subcommand(1);
  auto options = std::make_shared<PcapOptions>();
  for (const Direction direction : {Direction::kOut, Direction::kIn}) {
    const bool out = direction == Direction::kOut;
    CLI::App* command = pcap->add_subcommand(out ? "encrypt" : "decrypt",
                                             out ? "clear packets to ESP or AH" : "ESP or AH to clear packets");
    command->add_option("IN", options->in, "capture to read")->required();
    command->add_option("OUT", options->out, "capture to write (replaced)")->required();
    command->add_option("--sa", options->sas, "an SA, as one quoted argument; may be given again")
        ->allow_extra_args(false);
    command->add_option("--sa-file", options->sa_file, "file of SAs");
    command->add_option("--engine", options->engine, "who does the work")
        ->check(CLI::IsMember({"software", "xrt"}))
        ->capture_default_str();
    command->add_option("--xclbin", options->card.xclbin, "the card's image (engine xrt)");
    command->add_option("--device", options->card.device, "the card's number in XRT");
    command->add_option("--hwemu-dir", options->card.hwemu_dir, "folder with emconfig.json, xrt.ini and prefix/");
    command->footer(kHelp);
    command->callback([&common, &action, options, direction] {
      action = [&common, options, direction] { return run(common, *options, direction); };
    });
  }
}

}  // namespace xesp::cli
