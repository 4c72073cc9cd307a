// SPDX-License-Identifier: Apache-2.0
#include "words/dump.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <set>
#include <string_view>
#include <utility>

#include "words/words.h"

namespace xesp::cli {

namespace {

using Strings = std::vector<std::string>;

// Blanks alone separate here: a dump quotes nothing, and its algorithms' names have no blanks.
Strings blank_separated(const std::string& text) {
  Strings words;
  std::string word;
  for (const char c : text + " ") {
    if (std::isspace(static_cast<unsigned char>(c)) == 0)
      word += c;
    else if (!word.empty())
      words.push_back(std::exchange(word, {}));
  }
  return words;
}

// "0x00001001(4097)", as `ip -s` prints numbers twice; "0x0," in a list.
std::string first_form(const std::string& word) {
  const size_t stop = word.find_first_of("(,", 1);
  return stop == std::string::npos ? word : word.substr(0, stop);
}

uint64_t number_of(const std::string& given) {
  const std::string word = first_form(given);
  const bool hex = word.starts_with("0x");
  uint64_t value = 0;
  const auto [stop, error] =
      std::from_chars(word.data() + (hex ? 2 : 0), word.data() + word.size(), value, hex ? 16 : 10);
  if (error != std::errc{} || stop != word.data() + word.size())
    throw Error(ErrorCode::kData, shown(given) + " must be a number: the dump is cut or changed, make it again");
  return value;
}

// "0", "0x0/0x0", "0/0": a mark or an interface id that asks for nothing.
bool is_zero(const std::string& word) {
  return std::ranges::all_of(word, [](char c) { return c == '0' || c == 'x' || c == '/'; });
}

bool everything(const std::string& prefix) {
  return prefix == "0.0.0.0/0" || prefix == "::/0";
}

const std::string& at(const Strings& words, size_t i) {
  if (i >= words.size())
    throw Error(ErrorCode::kData, "the line ends after " + shown(words.back()) + ": the dump is cut, make it again");
  return words[i];
}

}  // namespace

std::optional<DumpEntry> DumpReader::line(int number, const std::string& text) {
  Strings words = blank_separated(text);
  if (words.empty() || words[0].starts_with('#')) return std::nullopt;
  size_t depth = 0;
  while (text[depth] == '\t') ++depth;
  if (depth == 0 && std::isspace(static_cast<unsigned char>(text[0])) == 0) {
    if (words.size() < 4 || words[0] != "src" || words[2] != "dst")
      throw Error(ErrorCode::kData, shown(words[0]) +
                                        " begins no entry of 'ip xfrm state' or 'ip xfrm policy': for lines of "
                                        "commands use xesp -b");
    std::optional<DumpEntry> complete = finish();
    open_ = true;
    entry_.line = number;
    head_ = std::move(words);
    return complete;
  }
  if (!open_)
    throw Error(ErrorCode::kData, "an attribute before the first 'src A dst B': the dump is cut, make it again");
  const bool inside = depth < text.size() && text[depth] == ' ';
  if (inside && block_ != Block::kNone) {
    block_line(words);
    return std::nullopt;
  }
  block_ = Block::kNone;
  if (!known_) {
    known_ = true;
    entry_.kind = words[0] == "proto" ? DumpEntry::Kind::kState : DumpEntry::Kind::kPolicy;
    if (entry_.kind == DumpEntry::Kind::kState) add_all(head_);
  }
  if (entry_.kind == DumpEntry::Kind::kState)
    state_line(std::move(words));
  else
    policy_line(std::move(words));
  return std::nullopt;
}

std::optional<DumpEntry> DumpReader::end() {
  return finish();
}

std::optional<DumpEntry> DumpReader::finish() {
  std::optional<DumpEntry> complete;
  if (open_ && !known_)
    throw Error(ErrorCode::kData, "the entry of line " + std::to_string(entry_.line) +
                                      " has no attributes: the dump is cut, make it again");
  if (open_ && skip_) ++skipped_;
  if (open_ && !skip_) {
    const auto said = [this](const char* word) { return std::ranges::find(entry_.words, word) != entry_.words.end(); };
    if (entry_.kind == DumpEntry::Kind::kPolicy && !said("tmpl") && !said("block")) add({"action", "allow"});
    if (!window_.empty()) add({"replay-window", window_});
    const bool sent = (seq_[2] | seq_[3]) != 0;
    const bool received = (seq_[0] | seq_[1]) != 0;
    if (sent && !received) {
      add({"replay-oseq", std::to_string(seq_[2]), "replay-oseq-hi", std::to_string(seq_[3])});
      if (!dir_) add({"dir", "out"});
    } else if (received) {
      add({"replay-seq", std::to_string(seq_[0]), "replay-seq-hi", std::to_string(seq_[1])});
      if (sent) add({"replay-oseq", std::to_string(seq_[2])});  // refused: one SA has one direction
      if (!dir_) add({"dir", "in"});
    }
    complete = std::move(entry_);
  }
  const size_t skipped = skipped_;
  *this = DumpReader();
  skipped_ = skipped;
  return complete;
}

void DumpReader::state_line(Strings words) {
  static const std::set<std::string_view> kNothing = {"lastused", "mtimer-thresh"};
  const std::string& first = words[0];
  if (kNothing.contains(first)) return;
  if (first == "proto" || first == "tfcpad") {
    for (std::string& w : words) w = first_form(w);
    add_all(words);
  } else if (first == "replay-window") {
    window_ = first_form(at(words, 1));
    const auto flags = std::ranges::find(words, "flag");
    if (flags == words.end()) return;
    Strings given(flags, words.end());
    std::erase_if(given, [](const std::string& w) { return w.starts_with('('); });
    if (given.size() > 1) add_all(given);
  } else if (first == "aead" && at(words, 2).starts_with('<')) {
    throw Error(ErrorCode::kData, "the dump has no keys: make it as root and without 'nokeys'");
  } else if (first == "enc" && words.size() == 2) {
    add({first, words[1], ""});   // ecb(cipher_null) has no key
  } else if (first == "encap") {  // encap type espinudp sport 4500 dport 4500 addr 0.0.0.0
    add({"encap", at(words, 2), at(words, 4), at(words, 6), at(words, 8)});
  } else if (first == "anti-replay" && at(words, 1) == "context:") {
    sequence(words);
  } else if (first == "anti-replay") {
    block_ = Block::kReplay;
  } else if (first == "sel") {
    const auto uid = std::ranges::find(words, "uid");
    if (uid != words.end() && uid + 1 != words.end()) words.erase(uid, uid + 2);
    if (words.size() == 5 && everything(words[2]) && everything(words[4])) return;
    add_all(words);
  } else if (first == "lifetime") {
    block_ = at(words, 1) == "config:" ? Block::kConfig : Block::kCurrent;
  } else if (first == "stats:") {
    block_ = Block::kStats;
  } else if (first ==
             "crypto") {  // crypto offload parameters: dev eth0 dir out mode packet: a NIC does what the card will
    const auto dir = std::ranges::find(words, "dir");
    if (dir == words.end() || dir_) return;
    add({"dir", at(words, static_cast<size_t>(dir - words.begin()) + 1)});
    dir_ = true;
  } else if (first == "dir") {
    if (!dir_) add_all(words);
    dir_ = true;
  } else if (first == "security") {
    add({"ctx"});
  } else if ((first == "if_id" || first == "mark" || first == "output-mark") && is_zero(at(words, 1))) {
    return;
  } else {
    add_all(words);
  }
}

void DumpReader::policy_line(Strings words) {
  const std::string& first = words[0];
  if (first == "socket") {
    skip_ = true;
    return;
  }
  if (first == "lifetime") {
    block_ = at(words, 1) == "config:" ? Block::kConfig : Block::kCurrent;
    return;
  }
  if (first == "enc-mask") return;
  if (first == "security") {
    add({"ctx"});
    return;
  }
  if ((first == "if_id" || first == "mark") && is_zero(at(words, 1))) return;
  if (first == "dir") {
    skip_ = at(words, 1) == "fwd";  // 'dir in' covers forwarded packets here
    const auto uid = std::ranges::find(head_, "uid");
    if (uid != head_.end() && uid + 1 != head_.end()) head_.erase(uid, uid + 2);
    add_all(head_);
  }
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string& w = words[i];
    const bool nothing =
        w == "index" || (w == "action" && at(words, i + 1) == "allow") ||
        (w == "priority" && is_zero(at(words, i + 1))) || (w == "share" && at(words, i + 1) == "any") ||
        (w == "flag" && at(words, i + 1).starts_with('(')) || (w == "spi" && number_of(at(words, i + 1)) == 0);
    if (nothing)
      ++i;
    else if (!w.starts_with('('))
      add({first_form(w)});
  }
}

void DumpReader::block_line(const Strings& words) {
  if (block_ == Block::kConfig) limits(words);
  if (block_ != Block::kReplay) return;
  if (words[0] == "replay_window")
    window_ = first_form(at(words, 1));
  else if (words[0] == "seq-hi" || words[0] == "seq")
    sequence(words);
}

// "seq-hi 0x0, seq 0x7, oseq-hi 0x0, oseq 0x0", maybe with words before and after.
void DumpReader::sequence(const Strings& words) {
  static constexpr const char* kNames[] = {"seq", "seq-hi", "oseq", "oseq-hi"};
  for (size_t i = 0; i + 1 < words.size(); ++i) {
    const auto name = std::ranges::find(kNames, words[i]);
    if (name != std::end(kNames)) seq_[name - kNames] = number_of(words[i + 1]);
  }
}

// "limit: soft (INF)(bytes), hard 1000(packets)" and "expire add: soft 0(sec), hard 3600(sec)".
void DumpReader::limits(const Strings& words) {
  for (size_t i = 0; i + 1 < words.size(); ++i) {
    if (words[i] != "soft" && words[i] != "hard") continue;
    const std::string& value = words[i + 1];
    if (value.starts_with("(INF)") || value.starts_with("0(sec)")) continue;
    const char* kind = value.find("bytes") != std::string::npos              ? "byte-"
                       : value.find("packets") != std::string::npos          ? "packet-"
                       : words.front() == "expire" && at(words, 1) == "use:" ? "time-use-"
                                                                             : "time-";
    add({"limit", kind + words[i], first_form(value)});
  }
}

void DumpReader::add(std::initializer_list<std::string> words) {
  entry_.words.insert(entry_.words.end(), words);
}

void DumpReader::add_all(const Strings& words) {
  entry_.words.insert(entry_.words.end(), words.begin(), words.end());
}

}  // namespace xesp::cli
