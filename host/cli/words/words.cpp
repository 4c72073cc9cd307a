// SPDX-License-Identifier: Apache-2.0
#include "words/words.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <utility>

namespace xesp::cli {

std::vector<std::string> split_words(const std::string& line) {
  std::vector<std::string> words;
  std::string word;
  bool inside = false;  // a word has begun, maybe an empty quoted one
  char quote = 0;
  for (const char c : line) {
    if (quote != 0) {
      if (c == quote)
        quote = 0;
      else
        word += c;
    } else if (c == '\'' || c == '"') {
      quote = c;
      inside = true;
    } else if (std::isspace(static_cast<unsigned char>(c))) {
      if (inside) words.push_back(std::exchange(word, {}));
      inside = false;
    } else if (c == '#' && !inside) {
      break;
    } else {
      word += c;
      inside = true;
    }
  }
  if (quote != 0) throw Error(ErrorCode::kUsage, std::string("a ") + quote + " without its end: close the quote");
  if (inside) words.push_back(word);
  return words;
}

std::string shown(const std::string& word) {
  const auto hex = std::ranges::count_if(word, [](unsigned char c) { return std::isxdigit(c); });
  if (word.size() >= 16 && hex * 4 >= static_cast<long>(word.size()) * 3) return "(not shown, it may be a key)";
  return "'" + word.substr(0, 60) + "'";
}

std::string Words::next(const std::string& after) {
  if (end())
    throw Error(ErrorCode::kUsage,
                (words_.empty() ? std::string("nothing given") : "the line ends after " + shown(words_.back())) +
                    ": it needs " + after);
  return words_[at_++];
}

bool Words::take(const char* word) {
  if (end() || words_[at_] != word) return false;
  ++at_;
  return true;
}

std::string Words::keyword() {
  std::string word = next("a keyword");
  if (!seen_.insert(word).second) refuse("given twice, remove one");
  return word;
}

uint64_t Words::number(const std::string& name, uint64_t least, uint64_t most) {
  const std::string range =
      "a number from " + std::to_string(least) + " to " + std::to_string(most) + ", decimal or 0x";
  const std::string word = next(name + ": " + range);
  const bool hex = word.starts_with("0x") || word.starts_with("0X");
  const char* first = word.data() + (hex ? 2 : 0);
  const char* last = word.data() + word.size();
  uint64_t value = 0;
  const auto [stop, error] = std::from_chars(first, last, value, hex ? 16 : 10);
  if (error != std::errc{} || stop != last || value < least || value > most) refuse(name + " must be " + range);
  return value;
}

void Words::refuse(const std::string& why) const {
  throw Error(ErrorCode::kUsage, "word " + std::to_string(at_) + ", " + shown(words_[at_ - 1]) + ": " + why);
}

}  // namespace xesp::cli
