// SPDX-License-Identifier: Apache-2.0
#include "card_device.h"

#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <vector>

#include "batch_memory.h"
#include "hwemu_environment.h"
#include "packet_socket.h"
#include "worker_process.h"
#include "worker_protocol.h"
#include "xclbin_check.h"

namespace xesp {
namespace {

using namespace worker;
using std::chrono::milliseconds;
using Ends = std::pair<PacketSocket, PacketSocket>;

constexpr milliseconds kRegistersTimeout{5'000};  // a simulated card may be slow; a real one takes microseconds
constexpr milliseconds kCloseTimeout{5'000};
constexpr milliseconds kReasonPatience{500};  // for what follows the end of a socket: a reason, an exit status
constexpr milliseconds kLatePatience{500};    // for the registers of a unit whose batch is late

constexpr size_t index(Direction direction) {
  return static_cast<size_t>(direction);
}

std::map<std::string, std::string> worker_environment(const CardOptions& options, bool hw_emu,
                                                      const PrivateFolder& folder) {
  std::map<std::string, std::string> result;
  if (!options.hwemu_dir.empty()) result = hwemu_environment(options.hwemu_dir);
  if (hw_emu) result.merge(folder.environment());
  return result;
}

std::vector<std::string> worker_arguments(const CardOptions& options, const PrivateFolder& folder) {
  return {std::filesystem::absolute(options.xclbin), std::to_string(options.device),
          std::to_string(options.descriptors),       std::to_string(options.in_bytes),
          std::to_string(options.out_bytes),         folder.path()};
}

std::string version_text(uint32_t version) {
  return std::to_string(version >> 16) + "." + std::to_string(version & 0xffff);
}

}  // namespace

class CardDevice::Impl {
 public:
  explicit Impl(const CardOptions& options);
  ~Impl();

  BatchMemory& memory(Direction direction) { return memory_[index(direction)]; }
  const std::string& description() const { return description_; }
  uint32_t run(Direction direction, size_t count, size_t in_bytes, size_t out_bytes);
  void submit(Direction direction, size_t count);
  CardRun wait(Direction direction, milliseconds timeout);
  CardRegisters registers(Direction direction);

 private:
  struct Runs {
    PacketSocket socket{-1};  // start() opens it
    uint64_t number = 0;      // of the last request
    bool in_flight = false;
  };

  void start(const CardOptions& options, bool hw_emu);
  /// The worker's answer to request `number` (0: its first word); `silence` says what to report when none comes in
  /// time. One to another request is none of ours, and then nothing of this worker can be believed.
  Reply receive(PacketSocket& socket, uint64_t number, milliseconds timeout,
                const std::function<std::string()>& silence);
  /// Of a unit whose batch is late: whether it is at work, for the one who looks for the reason. The worker asks for
  /// registers in another thread than the one that waits for the batch.
  std::string where_it_stands(Direction direction);
  void check_alive();
  /// Ends the worker and makes this call and every later one throw; the first reason stays. Without one (a socket
  /// ended), what the worker's last words or its exit status tell.
  [[noreturn]] void lose(std::optional<std::string> reason = {});
  std::string find_reason();  // under lost_mutex_

  std::array<BatchMemory, kDirections> memory_;
  PrivateFolder folder_;
  std::unique_ptr<WorkerProcess> process_;  // declared after the folder that it lives in: it ends first
  PacketSocket control_{-1};                // start() opens it
  std::array<Runs, kDirections> runs_;
  uint64_t control_number_ = 0;  // of the last request there; under control_mutex_
  milliseconds run_timeout_;
  std::string description_;
  std::mutex control_mutex_;  // one register read at a time
  std::mutex lost_mutex_;
  std::optional<std::string> lost_;  // the reason; under lost_mutex_
};

CardDevice::Impl::Impl(const CardOptions& options)
    : memory_{BatchMemory(Capacity::of(options)), BatchMemory(Capacity::of(options))},
      run_timeout_(options.run_timeout) {
  const bool hw_emu = check_xclbin(options);
  start(options, hw_emu);
  const Reply ready = receive(control_, 0, options.open_timeout, [&] {
    return "it was not open after " + std::to_string(options.open_timeout.count()) + " ms";
  });
  description_ = (hw_emu ? "hw_emu " : "card ") + options.xclbin + ", ABI " + version_text(ready.version);
}

CardDevice::Impl::~Impl() {
  const std::lock_guard lock(lost_mutex_);
  Reply reply;
  if (!lost_ && process_ && control_.send(Request{++control_number_, Ask::kClose})) {
    control_.receive(reply, kCloseTimeout);
    process_->wait_end(kReasonPatience);
  }
}

void CardDevice::Impl::start(const CardOptions& options, bool hw_emu) {
  Ends control = PacketSocket::pair();
  std::array<Ends, kDirections> runs{PacketSocket::pair(), PacketSocket::pair()};
  process_ = std::make_unique<WorkerProcess>(
      find_worker(options.worker), worker_arguments(options, folder_), worker_environment(options, hw_emu, folder_),
      std::array{control.second.fd(), runs[0].second.fd(), runs[1].second.fd(), memory_[0].fd(), memory_[1].fd()});
  control_ = std::move(control.first);  // the worker's ends close here, so that its end is seen
  for (unsigned i = 0; i < kDirections; ++i) runs_[i].socket = std::move(runs[i].first);
}

uint32_t CardDevice::Impl::run(Direction direction, size_t count, size_t in_bytes, size_t out_bytes) {
  if (in_bytes > memory(direction).in().size() || out_bytes > memory(direction).out().size()) {
    throw Error(ErrorCode::kData, "batch of more bytes than the card was opened for");
  }
  submit(direction, count);
  const CardRun result = wait(direction, run_timeout_);
  if (result.error != 0) lose("a run ended with error bits " + std::to_string(result.error) + " (abi::RunError)");
  return result.cycles;
}

void CardDevice::Impl::submit(Direction direction, size_t count) {
  Runs& runs = runs_[index(direction)];
  check_alive();
  if (runs.in_flight) throw Error(ErrorCode::kSoftware, "submit while a batch of this direction is in flight");
  memory(direction).check(count);
  if (!runs.socket.send(Request{++runs.number, Ask::kRun, direction, static_cast<uint32_t>(count)})) lose();
  runs.in_flight = true;
}

CardRun CardDevice::Impl::wait(Direction direction, milliseconds timeout) {
  Runs& runs = runs_[index(direction)];
  check_alive();
  if (!runs.in_flight) throw Error(ErrorCode::kSoftware, "wait without a batch in flight");
  const Reply reply = receive(runs.socket, runs.number, timeout, [&] {
    return "a batch was not done after " + std::to_string(timeout.count()) + " ms: " + where_it_stands(direction);
  });
  runs.in_flight = false;
  return reply.run;
}

CardRegisters CardDevice::Impl::registers(Direction direction) {
  const std::lock_guard lock(control_mutex_);
  check_alive();
  if (!control_.send(Request{++control_number_, Ask::kRegisters, direction})) lose();
  return receive(control_, control_number_, kRegistersTimeout, [] { return "it did not answer a register read"; })
      .registers;
}

std::string CardDevice::Impl::where_it_stands(Direction direction) {
  const std::unique_lock lock(control_mutex_, std::try_to_lock);
  if (!lock) return "another thread waits for its registers";
  std::array<Reply, 2> seen;
  for (Reply& reply : seen) {
    const uint64_t number = ++control_number_;
    if (!control_.send(Request{number, Ask::kRegisters, direction}) ||
        control_.receive(reply, kLatePatience) != PacketSocket::Got::kMessage || reply.error != 0 ||
        reply.number != number)
      return "its registers don't answer either";
  }
  const auto [before, after] = std::array{seen[0].registers, seen[1].registers};
  return "its unit has done " + std::to_string(after.packets) + " descriptors since reset, and " +
         (after.busy_cycles != before.busy_cycles ? "is at work" : "is not at work");
}

Reply CardDevice::Impl::receive(PacketSocket& socket, uint64_t number, milliseconds timeout,
                                const std::function<std::string()>& silence) {
  Reply reply;
  switch (socket.receive(reply, timeout)) {
    case PacketSocket::Got::kNothing:
      lose(silence());
    case PacketSocket::Got::kEnd:
      lose();
    case PacketSocket::Got::kMessage:
      break;
  }
  const bool last_words = reply.number == 0 && reply.error != 0;
  if (reply.number != number && !last_words)
    lose("its process gave answer " + std::to_string(reply.number) + " to question " + std::to_string(number));
  if (reply.error == 0) return reply;
  if (reply.code() == ErrorCode::kIo || (last_words && number != 0)) lose(reply.what());
  throw Error(reply.code(), reply.what());
}

void CardDevice::Impl::check_alive() {
  const std::lock_guard lock(lost_mutex_);
  if (lost_) throw CardLost(*lost_);
}

void CardDevice::Impl::lose(std::optional<std::string> reason) {
  const std::lock_guard lock(lost_mutex_);
  if (!lost_) {
    lost_ = reason ? *reason : find_reason();
    process_->kill_all();
  }
  throw CardLost(*lost_);
}

std::string CardDevice::Impl::find_reason() {
  Reply reply;
  if (control_.receive(reply, kReasonPatience) == PacketSocket::Got::kMessage && reply.error != 0) return reply.what();
  process_->wait_end(kReasonPatience);
  return "its process xesp-card-worker " + process_->how() + "; its messages are on stderr";
}

CardDevice::CardDevice(const CardOptions& options) : impl_(std::make_unique<Impl>(options)) {}
CardDevice::~CardDevice() = default;

std::string CardDevice::description() const {
  return impl_->description();
}
std::span<abi::Desc> CardDevice::desc(Direction direction) {
  return impl_->memory(direction).desc();
}
std::span<uint8_t> CardDevice::in(Direction direction) {
  return impl_->memory(direction).in();
}
std::span<const uint8_t> CardDevice::out(Direction direction) {
  return impl_->memory(direction).out();
}
std::span<const abi::Completion> CardDevice::completions(Direction direction) {
  return impl_->memory(direction).completions();
}
uint32_t CardDevice::run(Direction direction, size_t count, size_t in_bytes, size_t out_bytes) {
  return impl_->run(direction, count, in_bytes, out_bytes);
}
void CardDevice::submit(Direction direction, size_t count) {
  impl_->submit(direction, count);
}
CardRun CardDevice::wait(Direction direction, milliseconds timeout) {
  return impl_->wait(direction, timeout);
}
CardRegisters CardDevice::registers(Direction direction) {
  return impl_->registers(direction);
}

}  // namespace xesp
