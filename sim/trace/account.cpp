// SPDX-License-Identifier: Apache-2.0
#include "account.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

namespace xesp::sim {

namespace {

// Instances of kernels in hw/rtl/path by their names there, up to a _.
constexpr const char* kKernels[] = {"parse", "sa",    "encap", "strip",  "ctr",
                                    "ghash", "build", "check", "replay", "release"};

// out_parse for ...out_cu...lane.parse; nothing for what is no kernel.
std::optional<std::string> kernel_of(const std::string& instance) {
  const size_t dot = instance.rfind('.');
  if (dot == std::string::npos) return std::nullopt;
  const std::string name = instance.substr(dot + 1), last = name.substr(0, name.find('_'));
  if (std::ranges::find(kKernels, last) == std::end(kKernels)) return std::nullopt;
  const bool gcm = last == "ctr" || last == "ghash";
  const bool outbound = instance.find(".out_cu.") != std::string::npos;
  return gcm ? "gcm_" + last : (outbound ? "out_" : "in_") + last;
}

struct Passage {
  uint64_t clock;
  std::string kernel, port;
  bool taken;
  unsigned number;  // of the words of this port, from 1
};

struct Summary {
  std::optional<uint64_t> first_taken, first_given;
  uint64_t last_given = 0;
  unsigned taken = 0, given = 0;
};

}  // namespace

void print_account(std::ostream& out, WaveFile& wave, uint64_t first, uint64_t last) {
  std::vector<std::optional<std::string>> kernels;
  for (const StreamPort& port : wave.ports()) kernels.push_back(kernel_of(port.instance));
  std::vector<Passage> all;
  std::vector<unsigned> words(wave.ports().size());
  wave.each_word(first, last, [&](uint64_t clock, size_t port) {
    if (!kernels[port]) return;
    all.push_back({clock, *kernels[port], wave.ports()[port].name, wave.ports()[port].taken, ++words[port]});
  });
  if (all.empty()) {
    out << "no kernel took a word\n";
    return;
  }
  const uint64_t zero = all.front().clock;
  out << fmt::format(
      "Clock 0, the first word that a kernel takes, is time {} of the waveforms. \"req 2\": word 2 of that stream.\n\n",
      2 * zero);
  out << fmt::format("{:>6}  {:<11} {:<28} {}\n", "clock", "kernel", "takes", "gives");
  std::map<std::string, Summary> summaries;
  std::vector<std::string> order;
  for (size_t i = 0; i < all.size();) {
    // What one kernel does at one clock is one line.
    const uint64_t clock = all[i].clock;
    std::map<std::string, std::pair<std::string, std::string>> lines;
    for (; i < all.size() && all[i].clock == clock; ++i) {
      const Passage& p = all[i];
      if (!summaries.contains(p.kernel)) order.push_back(p.kernel);
      Summary& s = summaries[p.kernel];
      std::string& side = p.taken ? lines[p.kernel].first : lines[p.kernel].second;
      side += fmt::format("{}{} {}", side.empty() ? "" : ", ", p.port, p.number);
      if (p.taken) {
        if (!s.first_taken) s.first_taken = clock;
        ++s.taken;
      } else {
        if (!s.first_given) s.first_given = clock;
        s.last_given = clock;
        ++s.given;
      }
    }
    for (const auto& [kernel, line] : lines)
      out << fmt::format("{:>6}  {:<11} {:<28} {}\n", clock - zero, kernel, line.first, line.second);
  }
  out << fmt::format("\n{:<11} {:>11} {:>11} {:>8} {:>11} {:>12} {:>12}\n", "kernel", "first taken", "first given",
                     "between", "last given", "words taken", "words given");
  for (const std::string& kernel : order) {
    const Summary& s = summaries[kernel];
    const auto told = [&](const std::optional<uint64_t>& c) {
      return c ? std::to_string(*c - zero) : std::string("-");
    };
    out << fmt::format("{:<11} {:>11} {:>11} {:>8} {:>11} {:>12} {:>12}\n", kernel, told(s.first_taken),
                       told(s.first_given),
                       s.first_taken && s.first_given ? std::to_string(*s.first_given - *s.first_taken) : "-",
                       s.given != 0 ? std::to_string(s.last_given - zero) : "-", s.taken, s.given);
  }
}

}  // namespace xesp::sim
