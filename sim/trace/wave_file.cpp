// SPDX-License-Identifier: Apache-2.0
#include "wave_file.h"

#include <fstapi.h>

#include <map>
#include <stdexcept>

namespace xesp::sim {

WaveFile::WaveFile(const std::string& path) : file_(fstReaderOpen(path.c_str())) {
  if (file_ == nullptr) throw std::runtime_error(path + " is no FST file");
  read_hierarchy();
  if (ports_.empty()) throw std::runtime_error(path + " has no ports with TVALID and TREADY");
}

WaveFile::~WaveFile() {
  fstReaderClose(file_);
}

void WaveFile::read_hierarchy() {
  constexpr std::string_view kValid = "_TVALID", kReady = "_TREADY";
  struct Found {
    uint32_t valid = 0, ready = 0;
    bool taken = false;
  };
  std::map<std::pair<std::string, std::string>, Found> found;
  std::vector<std::string> scopes;
  const auto path = [&] {
    std::string text;
    for (const std::string& s : scopes) text += text.empty() ? s : "." + s;
    return text;
  };
  while (const fstHier* h = fstReaderIterateHier(file_)) {
    if (h->htyp == FST_HT_SCOPE) {
      scopes.emplace_back(h->u.scope.name);
    } else if (h->htyp == FST_HT_UPSCOPE) {
      scopes.pop_back();
    } else if (h->htyp == FST_HT_VAR && h->u.var.length == 1) {
      const std::string name(h->u.var.name);
      if (name.ends_with(kValid)) {
        found[{path(), name.substr(0, name.size() - kValid.size())}].valid = h->u.var.handle;
      } else if (name.ends_with(kReady)) {
        Found& f = found[{path(), name.substr(0, name.size() - kReady.size())}];
        f.ready = h->u.var.handle;
        f.taken = h->u.var.direction == FST_VD_OUTPUT;
      }
    }
  }
  for (const auto& [key, f] : found) {
    if (f.valid == 0 || f.ready == 0) continue;
    ports_.push_back({key.first, key.second, f.taken});
    pins_.push_back({f.valid, f.ready});
  }
}

void WaveFile::each_word(uint64_t first, uint64_t last, const std::function<void(uint64_t, size_t)>& word) {
  // Which ports a handle is of: pins of one net have one handle.
  std::multimap<uint32_t, size_t> by_handle;
  for (size_t i = 0; i < pins_.size(); ++i) {
    by_handle.emplace(pins_[i].valid, i);
    by_handle.emplace(pins_[i].ready, i);
    pins_[i].is_valid = pins_[i].is_ready = false;
  }
  fstReaderClrFacProcessMaskAll(file_);
  for (const auto& [handle, port] : by_handle) fstReaderSetFacProcessMask(file_, handle);

  struct Walk {
    WaveFile& wave;
    const std::multimap<uint32_t, size_t>& by_handle;
    uint64_t first, last;
    const std::function<void(uint64_t, size_t)>& word;
    uint64_t now = 0;

    // Words of the even times before `time`: nothing changed since the last one that was told of.
    void pass_until(uint64_t time) {
      for (; now < time; ++now) {
        if (now % 2 != 0 || now / 2 < first || now / 2 > last) continue;
        for (size_t i = 0; i < wave.pins_.size(); ++i)
          if (wave.pins_[i].is_valid && wave.pins_[i].is_ready) word(now / 2, i);
      }
    }
    void change(uint64_t time, uint32_t handle, bool value) {
      pass_until(time);
      for (auto [at, end] = by_handle.equal_range(handle); at != end; ++at) {
        Pins& pins = wave.pins_[at->second];
        if (pins.valid == handle) pins.is_valid = value;
        if (pins.ready == handle) pins.is_ready = value;
      }
    }
  } walk{*this, by_handle, first, last, word};

  const auto change = [](void* user, uint64_t time, fstHandle handle, const unsigned char* value) {
    static_cast<Walk*>(user)->change(time, handle, value[0] == '1');
  };
  if (fstReaderIterBlocks(file_, change, &walk, nullptr) == 0) throw std::runtime_error("the FST file is broken");
  walk.pass_until(2 * last + 2);
}

}  // namespace xesp::sim
