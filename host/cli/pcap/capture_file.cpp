// SPDX-License-Identifier: Apache-2.0
#include "pcap/capture_file.h"

#include <pcap/pcap.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "pcap/link_layer.h"
#include "xesp/error.h"

namespace xesp::cli {

namespace {

constexpr int kSnapLength = 262144;

}  // namespace

void CaptureReader::Close::operator()(pcap* handle) const noexcept {
  pcap_close(handle);
}
void CaptureWriter::Close::operator()(pcap* handle) const noexcept {
  pcap_close(handle);
}

CaptureReader::CaptureReader(const std::string& path) : path_(path) {
  char why[PCAP_ERRBUF_SIZE] = "";
  handle_.reset(pcap_open_offline_with_tstamp_precision(path.c_str(), PCAP_TSTAMP_PRECISION_NANO, why));
  if (!handle_) throw Error(ErrorCode::kNoInput, "capture " + path + " can't be read: " + why);
  if (!knows_link_type(link_type())) {
    const char* name = pcap_datalink_val_to_name(link_type());
    throw Error(ErrorCode::kNoInput, "capture " + path + " has link type " +
                                         (name ? name : std::to_string(link_type())) +
                                         ": give one of Ethernet, raw IP or Linux cooked v1");
  }
}

int CaptureReader::link_type() const {
  return pcap_datalink(handle_.get());
}

bool CaptureReader::next(Frame& frame) {
  pcap_pkthdr* header = nullptr;
  const u_char* bytes = nullptr;
  const int got = pcap_next_ex(handle_.get(), &header, &bytes);
  if (got == PCAP_ERROR_BREAK) return false;
  if (got != 1) throw Error(ErrorCode::kData, "capture " + path_ + " is broken: " + pcap_geterr(handle_.get()));
  frame.time = header->ts;
  frame.bytes.assign(bytes, bytes + header->caplen);
  return true;
}

CaptureWriter::CaptureWriter(const std::string& path, int link_type) : path_(path), temporary_(path + ".XXXXXX") {
  const int fd = mkstemp(temporary_.data());
  if (fd < 0) throw Error(ErrorCode::kOs, "can't write " + path + ": " + errno_text(errno));
  FILE* file = fdopen(fd, "wb");
  handle_.reset(pcap_open_dead_with_tstamp_precision(link_type, kSnapLength, PCAP_TSTAMP_PRECISION_NANO));
  dumper_ = file && handle_ ? pcap_dump_fopen(handle_.get(), file) : nullptr;
  if (!dumper_) {
    if (!file) close(fd);
    unlink(temporary_.c_str());
    throw Error(ErrorCode::kOs, "can't write " + path + ": libpcap refuses");
  }
}

CaptureWriter::~CaptureWriter() {
  if (!dumper_) return;
  pcap_dump_close(dumper_);
  unlink(temporary_.c_str());
}

void CaptureWriter::write(const timeval& time, std::span<const uint8_t> link, std::span<const uint8_t> ip) {
  frame_.assign(link.begin(), link.end());
  frame_.insert(frame_.end(), ip.begin(), ip.end());
  pcap_pkthdr header{};
  header.ts = time;
  header.caplen = header.len = static_cast<bpf_u_int32>(frame_.size());
  pcap_dump(reinterpret_cast<u_char*>(dumper_), &header, frame_.data());
}

void CaptureWriter::finish() {
  const bool good = pcap_dump_flush(dumper_) == 0 && ferror(pcap_dump_file(dumper_)) == 0;
  pcap_dump_close(dumper_);
  dumper_ = nullptr;
  if (good && rename(temporary_.c_str(), path_.c_str()) == 0) return;
  const int error = errno;
  unlink(temporary_.c_str());
  throw Error(ErrorCode::kOs, "can't write " + path_ + ": " + errno_text(error));
}

}  // namespace xesp::cli
