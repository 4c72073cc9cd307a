// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_MEASURE_PACKET_SOURCE_H
#define XESP_MEASURE_PACKET_SOURCE_H

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>

namespace xesp::measure {

/// A thread in a network namespace of its own that sends UDP over IPv4 as fast as it can, to 64 addresses in turn.
class PacketSource {
 public:
  /// `connect` is called with the thread's id, by which `ip link` knows its namespace, and makes `interface` there.
  /// `cpu` below 0: wherever. @throws Error
  PacketSource(const std::string& interface, int cpu, const std::function<void(int thread)>& connect);
  ~PacketSource();

  /// IP packets of so many bytes from now on; 0: none.
  void set_bytes(size_t bytes) { bytes_ = bytes; }
  /// Packets that it has tried to send.
  uint64_t offered() const { return offered_; }

 private:
  void run(const std::string& interface);

  std::atomic<size_t> bytes_ = 0;
  std::atomic<uint64_t> offered_ = 0;
  std::atomic<bool> connected_ = false;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

}  // namespace xesp::measure
#endif
