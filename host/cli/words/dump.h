// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_CLI_DUMP_H
#define XESP_CLI_DUMP_H

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "xesp/error.h"

namespace xesp::cli {

/// An SA or policy of a dump, in the words that add it.
struct DumpEntry {
  enum class Kind { kState, kPolicy } kind = Kind::kState;
  int line = 0;  ///< its first
  std::vector<std::string> words;
};

/// Reads what `ip [-s] xfrm state` and `ip [-s] xfrm policy` print, line by line. What changes nothing here
/// (statistics, limits of INF, marks of 0, a policy's index, `dir fwd`, sockets' policies) is passed over; an SA's
/// numbers become replay-seq or replay-oseq and tell its direction. What can't be taken comes out as words, so that the
/// parsers refuse it by name.
class DumpReader {
 public:
  /// Takes a line; gives an entry when the line shows that one is complete. @throws Error(kData) for a line that
  /// belongs to no dump, or keys that were left out of it
  std::optional<DumpEntry> line(int number, const std::string& text);
  /// The last entry, at the end.
  std::optional<DumpEntry> end();
  /// Entries that were passed over (`dir fwd`, sockets' policies).
  size_t skipped() const { return skipped_; }

 private:
  enum class Block { kNone, kConfig, kCurrent, kStats, kReplay };

  std::optional<DumpEntry> finish();
  void state_line(std::vector<std::string> words);
  void policy_line(std::vector<std::string> words);
  void block_line(const std::vector<std::string>& words);
  void sequence(const std::vector<std::string>& words);
  void limits(const std::vector<std::string>& words);
  void add(std::initializer_list<std::string> words);
  void add_all(const std::vector<std::string>& words);

  bool open_ = false;
  bool known_ = false;  // state or policy?
  bool skip_ = false;
  bool dir_ = false;
  Block block_ = Block::kNone;
  DumpEntry entry_;
  std::vector<std::string> head_;
  std::string window_;
  uint64_t seq_[4] = {};  // seq, seq-hi, oseq, oseq-hi
  size_t skipped_ = 0;
};

}  // namespace xesp::cli
#endif
