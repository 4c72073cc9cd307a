// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_SIM_WAVE_FILE_H
#define XESP_SIM_WAVE_FILE_H

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace xesp::sim {

/// One handshake port of a module instance: NAME_TVALID and NAME_TREADY.
struct StreamPort {
  std::string instance;  ///< with its scopes, dots between
  std::string name;
  bool taken = false;  ///< the module takes words from it (TREADY is its output); else it gives them
};

/// Reads the FST file of a simulated card: when words passed which port. A word passes at a rising edge before which
/// TVALID and TREADY are high; the card's traces hold that moment at even times (card_model.cpp).
class WaveFile {
 public:
  /// @throws std::runtime_error if the file can't be read or has no handshake ports
  explicit WaveFile(const std::string& path);
  ~WaveFile();
  WaveFile(const WaveFile&) = delete;
  WaveFile& operator=(const WaveFile&) = delete;

  const std::vector<StreamPort>& ports() const { return ports_; }
  /// Calls for each word of clocks `first` to `last`, in their order: the clock and the port's place in ports().
  void each_word(uint64_t first, uint64_t last, const std::function<void(uint64_t clock, size_t port)>& word);

 private:
  struct Pins {
    uint32_t valid = 0, ready = 0;  // the file's handles
    bool is_valid = false, is_ready = false;
  };
  void read_hierarchy();

  void* file_ = nullptr;
  std::vector<StreamPort> ports_;
  std::vector<Pins> pins_;
};

}  // namespace xesp::sim
#endif
