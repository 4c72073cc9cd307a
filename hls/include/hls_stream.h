// SPDX-License-Identifier: Apache-2.0
//
// Open stand-in of the vendor's hls::stream. Natively it is a queue; compiled by xhls (__XHLS__) it is a port of the
// module, and each read or write is one volatile access of the payload.
#ifndef HLS_STREAM_H
#define HLS_STREAM_H

#include <cstddef>

#ifndef __XHLS__
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <string>
#endif

namespace hls {

#ifdef __XHLS__

template <class T, int DEPTH = 0>
class stream {
 public:
  stream(const stream&) = delete;
  stream& operator=(const stream&) = delete;
  T read() {
    T x;
    x.V = port_;
    return x;
  }
  void read(T& x) { x.V = port_; }
  void write(const T& x) { port_ = x.V; }
  void operator>>(T& x) { read(x); }
  void operator<<(const T& x) { write(x); }
  // No empty(), full() or size(): their answers depend on timing, so a kernel that uses them does not compile here.

 private:
  volatile typename T::raw port_;
};

#else

// What a stream does when it cannot go on: `reading` from an empty one or writing to a full one. The hook returns when
// it is worth trying again (xhls_fiber.h switches to another kernel meanwhile). Without one the program ends.
struct stream_hook {
  virtual ~stream_hook() = default;
  virtual void blocked(const char* name, bool reading) = 0;
};

inline stream_hook*& current_stream_hook() {
  static stream_hook* hook = nullptr;
  return hook;
}

// Reads and writes done so far by all streams: how a scheduler sees progress.
inline size_t& stream_activity() {
  static size_t count = 0;
  return count;
}

template <class T, int DEPTH = 0>
class stream {
 public:
  using value_type = T;
  stream() : name_("(unnamed)") {}
  explicit stream(const char* name) : name_(name) {}
  explicit stream(const std::string& name) : name_(name) {}
  stream(const stream&) = delete;
  stream& operator=(const stream&) = delete;

  bool empty() const { return queue_.empty(); }
  bool full() const { return depth_ != 0 && queue_.size() >= depth_; }
  size_t size() const { return queue_.size(); }
  const std::string& name() const { return name_; }

  T read() {
    while (empty()) wait(true);
    ++stream_activity();
    const T x = queue_.front();
    queue_.pop_front();
    return x;
  }
  void read(T& x) { x = read(); }
  void write(const T& x) {
    while (full()) wait(false);
    ++stream_activity();
    queue_.push_back(x);
  }
  void operator>>(T& x) { read(x); }
  void operator<<(const T& x) { write(x); }

  // Of this stand-in: 0 is unlimited. The vendor's C simulation has no limit either.
  void set_depth(size_t depth) { depth_ = depth; }

 private:
  void wait(bool reading) {
    if (stream_hook* hook = current_stream_hook()) return hook->blocked(name_.c_str(), reading);
    std::fprintf(stderr, "hls::stream: %s stream %s, and no scheduler runs\n",
                 reading ? "read from the empty" : "write to the full", name_.c_str());
    std::abort();
  }

  std::string name_;
  std::deque<T> queue_;
  size_t depth_ = DEPTH;
};

#endif

}  // namespace hls

#endif
