// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_CLI_CAPTURE_FILE_H
#define XESP_CLI_CAPTURE_FILE_H

#include <sys/time.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

struct pcap;
struct pcap_dumper;

namespace xesp::cli {

/// A frame with its time (nanoseconds in tv_usec, as libpcap's nanosecond mode has it).
struct Frame {
  timeval time{};
  std::vector<uint8_t> bytes;
};

/// Reads a pcap or pcapng file.
class CaptureReader {
 public:
  /// @throws Error(kNoInput) if it can't be read or its link type is not known
  explicit CaptureReader(const std::string& path);
  int link_type() const;
  /// False at the end. @throws Error(kData) for a broken file
  bool next(Frame& frame);

 private:
  struct Close {
    void operator()(pcap* handle) const noexcept;
  };
  std::string path_;
  std::unique_ptr<pcap, Close> handle_;
};

/// Writes a pcap file, mode 0600. It has its name only once finish() is called; before that, and if finish() is never
/// called, nothing stands under that name.
class CaptureWriter {
 public:
  /// @throws Error(kOs)
  CaptureWriter(const std::string& path, int link_type);
  ~CaptureWriter();
  CaptureWriter(const CaptureWriter&) = delete;
  CaptureWriter& operator=(const CaptureWriter&) = delete;

  void write(const timeval& time, std::span<const uint8_t> link, std::span<const uint8_t> ip);
  /// @throws Error(kOs)
  void finish();

 private:
  struct Close {
    void operator()(pcap* handle) const noexcept;
  };
  std::string path_;
  std::string temporary_;
  std::unique_ptr<pcap, Close> handle_;
  pcap_dumper* dumper_ = nullptr;
  std::vector<uint8_t> frame_;
};

}  // namespace xesp::cli
#endif
