// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_CLI_WORDS_H
#define XESP_CLI_WORDS_H

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "xesp/error.h"

namespace xesp::cli {

/// Splits a line into words as a shell does: blanks separate, '...' and "..." hold together, # starts a comment.
/// @throws Error(kUsage) for a quote without end
std::vector<std::string> split_words(const std::string& line);

/// Walks over words, as `ip xfrm` takes them. Its errors are Error(kUsage); they name the word and never show what may
/// be a key.
class Words {
 public:
  explicit Words(std::vector<std::string> words) : words_(std::move(words)) {}

  bool end() const { return at_ == words_.size(); }
  const std::string& peek() const { return words_[at_]; }
  /// The next word. `after` says what it should have been ("spi: a number").
  std::string next(const std::string& after);
  /// True, and one word on, if the next word is this one.
  bool take(const char* word);
  /// A keyword that may come once only.
  std::string keyword();
  /// A decimal or 0x number. `name` is the keyword before it.
  uint64_t number(const std::string& name, uint64_t least, uint64_t most);

  /// "word 5, 'spii': ..." for the word last taken.
  [[noreturn]] void refuse(const std::string& why) const;

 private:
  std::vector<std::string> words_;
  size_t at_ = 0;
  std::set<std::string> seen_;
};

/// A word as it may be shown: what could be key material is not.
std::string shown(const std::string& word);

}  // namespace xesp::cli
#endif
