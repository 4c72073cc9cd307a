// SPDX-License-Identifier: Apache-2.0
#include "pcap/tap_output.h"

#include <unistd.h>

#include <cerrno>

#include "pcap/pcapng.h"
#include "pcap/private_file.h"
#include "xesp/error.h"

namespace xesp::cli {

namespace {

const char* what_is_seen(size_t place) {
  static constexpr const char* kTexts[] = {"inside: clear packets", "outside: ESP and AH",
                                           "this host's own packets, clear"};
  return place < std::size(kTexts) ? kTexts[place] : "";
}

}  // namespace

TapOutput::TapOutput(const std::string& path, const std::vector<std::string>& interfaces, uint32_t snap_length)
    : path_(path), captured_(interfaces.size()) {
  fd_ = path == "-" ? dup(STDOUT_FILENO) : open_private(path, Holds::kPackets);
  std::vector<uint8_t> head = pcapng::section("xesp tap");
  for (size_t i = 0; i < interfaces.size(); ++i) {
    const auto block = pcapng::interface(interfaces[i], what_is_seen(i), snap_length);
    head.insert(head.end(), block.begin(), block.end());
  }
  put(head);
}

TapOutput::~TapOutput() {
  close(fd_);
}

bool TapOutput::put(const std::vector<uint8_t>& bytes) {
  for (size_t done = 0; done < bytes.size();) {
    const ssize_t n = ::write(fd_, bytes.data() + done, bytes.size() - done);
    if (n >= 0)
      done += static_cast<size_t>(n);
    else if (errno == EPIPE)
      return false;
    else if (errno != EINTR)
      throw Error(ErrorCode::kOs, "can't write " + path_ + ": " + errno_text(errno));
  }
  return true;
}

bool TapOutput::write(const control::TapRecord& record) {
  if (record.interface >= captured_.size())
    throw Error(ErrorCode::kData,
                "xespd names an interface that it has not told: install xesp and xespd of one version");
  ++captured_[record.interface];
  lost_ = record.lost;
  last_time_ns_ = record.time_ns;
  return put(pcapng::packet({.interface = record.interface,
                             .time_ns = record.time_ns,
                             .length = record.length,
                             .outbound = record.leaves,
                             .comment = record.comment,
                             .bytes = record.bytes}));
}

void TapOutput::finish() {
  // Which interface the lost ones were of is not known: they are told of the first.
  for (uint32_t i = 0; i < captured_.size(); ++i)
    if (!put(pcapng::statistics(i, last_time_ns_, captured_[i], i == 0 ? lost_ : 0))) return;
}

}  // namespace xesp::cli
