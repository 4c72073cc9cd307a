// SPDX-License-Identifier: Apache-2.0
//
// Runs a network of kernels natively: each kernel in a fiber that calls it for ever, switching away where a stream
// blocks. Cooperative, in the order of add(), so a run is the same each time.
//
//   hls::stream<ap_uint<64>> a("a"), b("b"), c("c");
//   xhls::Fibers fibers;
//   fibers.add([&] { first(a, b); });
//   fibers.add([&] { second(b, c); });
//   a.write(1);
//   fibers.run_until_idle();
//
// A kernel's static variables are the process's: one fiber for each kernel function, and a fresh process for each
// fresh state (CTest runs every case in its own).
#ifndef XHLS_FIBER_H
#define XHLS_FIBER_H

#include <hls_stream.h>
#include <ucontext.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace xhls {

class Fibers : private hls::stream_hook {
 public:
  explicit Fibers(size_t stack_bytes = 1u << 20) : stack_bytes_(stack_bytes) {}
  // The stacks of blocked fibers are given back as they stand: kernels own nothing that needs a destructor.
  ~Fibers() override = default;
  Fibers(const Fibers&) = delete;
  Fibers& operator=(const Fibers&) = delete;

  void add(std::function<void()> kernel) {
    auto f = std::make_unique<Fiber>();
    f->kernel = std::move(kernel);
    f->stack.reset(new char[stack_bytes_]);
    getcontext(&f->context);
    f->context.uc_stack.ss_sp = f->stack.get();
    f->context.uc_stack.ss_size = stack_bytes_;
    f->context.uc_link = nullptr;
    const auto self = reinterpret_cast<uintptr_t>(this);
    makecontext(&f->context, reinterpret_cast<void (*)()>(&Fibers::entry), 2, static_cast<unsigned>(self >> 32),
                static_cast<unsigned>(self));
    fibers_.push_back(std::move(f));
  }

  // Returns when every fiber waits for a stream that nobody else can serve any more.
  void run_until_idle() {
    hls::stream_hook*& hook = hls::current_stream_hook();
    hls::stream_hook* const outer = hook;
    hook = this;
    size_t before;
    do {
      before = hls::stream_activity();
      for (auto& f : fibers_) {
        running_ = f.get();
        swapcontext(&scheduler_, &f->context);
      }
    } while (hls::stream_activity() != before);
    running_ = nullptr;
    hook = outer;
  }

 private:
  struct Fiber {
    std::function<void()> kernel;
    std::unique_ptr<char[]> stack;
    ucontext_t context;
  };

  void blocked(const char*, bool) override { swapcontext(&running_->context, &scheduler_); }

  static void entry(unsigned high, unsigned low) {
    auto* self = reinterpret_cast<Fibers*>((static_cast<uintptr_t>(high) << 32) | low);
    for (;;) self->running_->kernel();
  }

  size_t stack_bytes_;
  std::vector<std::unique_ptr<Fiber>> fibers_;
  ucontext_t scheduler_{};
  Fiber* running_ = nullptr;
};

}  // namespace xhls

#endif
