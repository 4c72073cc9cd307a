// SPDX-License-Identifier: Apache-2.0
#include "xrt_card.h"

#include <dlfcn.h>
#include <xrt.h>
#include <xrt/xrt_bo.h>
#include <xrt/xrt_device.h>
#include <xrt/xrt_kernel.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <thread>

namespace xesp::worker {
namespace {

// run.state() is a look at memory that XRT's scheduler thread writes; run.wait() would sleep whole seconds under
// hw_emu.
constexpr std::chrono::microseconds kPoll{20};
constexpr uint32_t kAllOnes = 0xffffffff;  // what a bus gives where nobody answers

std::string hex(uint32_t value) {
  char text[16];
  std::snprintf(text, sizeof(text), "0x%08x", value);
  return text;
}

std::string version_text(uint32_t version) {
  return std::to_string(version >> 16) + "." + std::to_string(version & 0xffff);
}

size_t whole_beats(uint64_t bytes) {
  return (bytes + abi::kBeatBytes - 1) / abi::kBeatBytes * abi::kBeatBytes;
}

xrt::device open_device(unsigned index) try { return xrt::device(index); } catch (const std::exception& error) {
  throw Error(ErrorCode::kUnavailable, "no XRT device " + std::to_string(index) + ": " + error.what() +
                                           " (is the card's driver loaded, or hw_emu set up?)");
}

// The first xclExecWait of a process under hw_emu sleeps ten times as long as it is asked to, and loading asks for 1 s:
// get it over with. Looked up, not linked: its library is the driver that XRT chose, and linking one would choose.
void take_long_first_wait(const xrt::device& device) {
  if (std::getenv("XCL_EMULATION_MODE") == nullptr) return;
  if (auto* exec_wait = reinterpret_cast<decltype(&xclExecWait)>(::dlsym(RTLD_DEFAULT, "xclExecWait")))
    exec_wait(device, 0);
}

xrt::uuid load(xrt::device& device, const std::string& xclbin) try {
  take_long_first_wait(device);
  return device.load_xclbin(xclbin);
} catch (const std::exception& error) {
  throw Error(ErrorCode::kUnavailable, "XRT can't load xclbin " + xclbin + ": " + error.what());
}

xrt::kernel open_kernel(const xrt::device& device, const xrt::uuid& uuid, const char* name) try {
  return {device, uuid, name, xrt::kernel::cu_access_mode::exclusive};
} catch (const std::exception& error) {
  throw Error(ErrorCode::kUnavailable, std::string("can't have compute unit ") + name +
                                           " for ourselves: " + error.what() + " (another process may use the card)");
}

}  // namespace

/// One compute unit, its batch memory and the run object that is used again and again.
class XrtCard::Unit {
 public:
  Unit(const xrt::device& device, const xrt::uuid& uuid, Direction direction, const BatchMemory& memory)
      : name_(direction == Direction::kOut ? abi::kKernelOut : abi::kKernelIn),
        memory_(memory),
        kernel_(open_kernel(device, uuid, name_)),
        desc_(buffer(device, memory.desc(), 0)),
        in_(buffer(device, memory.in(), 1)),
        out_(buffer(device, memory.out(), 2)),
        cpl_(buffer(device, memory.completions(), 3)),
        run_(kernel_) {
    check_identity(direction);
    run_.set_arg(0, desc_);
    run_.set_arg(1, in_);
    run_.set_arg(2, out_);
    run_.set_arg(3, cpl_);
  }

  CardRun run(uint32_t count) {
    memory_.check(count);
    uint64_t in_end = 0;
    for (const abi::Desc& d : memory_.desc().first(count))
      in_end = std::max(in_end, d.in_off + abi::bytes_in_memory(d));
    desc_.sync(XCL_BO_SYNC_BO_TO_DEVICE, count * sizeof(abi::Desc), 0);
    if (in_end > 0) in_.sync(XCL_BO_SYNC_BO_TO_DEVICE, whole_beats(in_end), 0);

    run_.set_arg(4, count);
    run_.start();
    ert_cmd_state state = run_.state();
    while (state < ERT_CMD_STATE_COMPLETED) {
      std::this_thread::sleep_for(kPoll);
      state = run_.state();
    }
    if (state != ERT_CMD_STATE_COMPLETED) {
      throw Error(ErrorCode::kIo, std::string(name_) + ": XRT ended a run with state " + std::to_string(state));
    }

    const CardRun result{read(abi::kRegError), read(abi::kRegRunCycles)};
    if (result.error == kAllOnes) throw Error(ErrorCode::kIo, std::string(name_) + " reads all ones: off the bus");
    if (result.error != 0) return result;
    cpl_.sync(XCL_BO_SYNC_BO_FROM_DEVICE, count * sizeof(abi::Completion), 0);
    if (const uint64_t end = out_end(count); end > 0) out_.sync(XCL_BO_SYNC_BO_FROM_DEVICE, whole_beats(end), 0);
    return result;
  }

  uint32_t version() { return read(abi::kRegVersion); }

  CardRegisters registers() {
    check_magic(ErrorCode::kIo);
    CardRegisters r;
    r.error = read(abi::kRegError);
    r.run_cycles = read(abi::kRegRunCycles);
    r.packets = read(abi::kRegPackets);
    r.in_beats = read(abi::kRegInBeats);
    r.out_beats = read(abi::kRegOutBeats);
    r.busy_cycles = read64(abi::kRegBusyLo, abi::kRegBusyHi);
    r.cycles = read64(abi::kRegCyclesLo, abi::kRegCyclesHi);
    for (uint32_t i = 0; i < r.by_reason.size(); ++i) r.by_reason[i] = read(abi::kRegCounters + 4 * i);
    return r;
  }

 private:
  template <typename T>
  xrt::bo buffer(const xrt::device& device, std::span<T> memory, int argument) {
    const size_t pages = (memory.size_bytes() + 4095) / 4096 * 4096;
    return {device, memory.data(), pages, static_cast<xrt::memory_group>(kernel_.group_id(argument))};
  }

  uint32_t read(uint32_t reg) { return kernel_.read_register(reg); }

  uint64_t read64(uint32_t lo, uint32_t hi) {
    for (;;) {  // the low half may roll over between two reads
      const uint32_t high = read(hi);
      const uint32_t low = read(lo);
      if (read(hi) == high) return uint64_t{high} << 32 | low;
    }
  }

  void check_magic(ErrorCode otherwise) {
    const uint32_t magic = read(abi::kRegMagic);
    if (magic == abi::kMagic) return;
    const bool gone = magic == kAllOnes;
    throw Error(gone ? ErrorCode::kIo : otherwise,
                std::string(name_) +
                    (gone ? " reads all ones: off the bus"
                          : " is not xesp's: its magic register reads " + hex(magic) + ", not " + hex(abi::kMagic)));
  }

  void check_identity(Direction direction) {
    check_magic(ErrorCode::kData);
    const uint32_t major_minor = version();
    if (major_minor >> 16 != abi::kVersion >> 16) {
      throw Error(ErrorCode::kData, std::string(name_) + " speaks ABI " + version_text(major_minor) +
                                        ", this program " + version_text(abi::kVersion) +
                                        "; build the xclbin and the program from one release");
    }
    const uint32_t capacity = read(abi::kRegSaCapacity);
    if (capacity != abi::kSaCapacity) {
      throw Error(ErrorCode::kData, std::string(name_) + " has room for " + std::to_string(capacity) +
                                        " SAs, this program counts on " + std::to_string(abi::kSaCapacity) +
                                        "; build both with one XESP_SA_INDEX_BITS");
    }
    const uint32_t is = read(abi::kRegDirection);
    if (is != static_cast<uint32_t>(direction)) {
      throw Error(ErrorCode::kData, std::string(name_) + " works in direction " + std::to_string(is) + ", not " +
                                        std::to_string(static_cast<uint32_t>(direction)) +
                                        ": the xclbin names its units wrongly");
    }
  }

  // Where the results that were written end. What a completion says is bounded by its descriptor.
  uint64_t out_end(uint32_t count) const {
    uint64_t end = 0;
    for (uint32_t i = 0; i < count; ++i) {
      const abi::Completion& done = memory_.completions()[i];
      const abi::Desc& desc = memory_.desc()[i];
      const uint32_t bytes = std::min(abi::bytes_in_memory(done), desc.out_cap);
      if (done.status == abi::kOk && bytes > 0) end = std::max(end, desc.out_off + bytes);
    }
    return end;
  }

  const char* name_;
  const BatchMemory& memory_;
  xrt::kernel kernel_;
  xrt::bo desc_;
  xrt::bo in_;
  xrt::bo out_;
  xrt::bo cpl_;
  xrt::run run_;
};

XrtCard::XrtCard(const std::string& xclbin, unsigned device_index, std::array<BatchMemory, kDirections>& memory) {
  xrt::device device = open_device(device_index);  // the units hold on to it
  const xrt::uuid uuid = load(device, xclbin);
  for (const Direction direction : {Direction::kOut, Direction::kIn}) {
    const auto i = static_cast<size_t>(direction);
    units_[i] = std::make_unique<Unit>(device, uuid, direction, memory[i]);
  }
  version_ = units_[0]->version();
}

XrtCard::~XrtCard() = default;

CardRun XrtCard::run(Direction direction, uint32_t count) {
  return units_[static_cast<size_t>(direction)]->run(count);
}

CardRegisters XrtCard::registers(Direction direction) {
  return units_[static_cast<size_t>(direction)]->registers();
}

}  // namespace xesp::worker
