// SPDX-License-Identifier: Apache-2.0
#include "metrics/exporter.h"

#include <prometheus/exposer.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <mutex>

#include "xesp/error.h"

namespace xesp::metrics {

namespace {

constexpr std::chrono::seconds kPatience{5};  // a batch may be under way

void require_loopback(const std::string& address) {
  for (const char* prefix : {"127.0.0.1:", "[::1]:", "localhost:"})
    if (address.starts_with(prefix) && address.size() > std::strlen(prefix)) return;
  throw Error(ErrorCode::kData, "--metrics " + address +
                                    ": metrics have no password and are for this host only, give 127.0.0.1:PORT or "
                                    "[::1]:PORT (a reverse proxy may take them further)");
}

}  // namespace

// The last page, and the way to ask for a new one.
class Exporter::Page final : public prometheus::Collectable {
 public:
  explicit Page(Exporter::Collect collect)
      : collect_(std::move(collect)), wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (wake_ < 0) throw Error(ErrorCode::kOs, std::string("eventfd: ") + errno_text(errno));
  }
  ~Page() override { close(wake_); }

  // On one of the server's threads. Without an answer in time the page is empty, and the scrape shows that nothing is
  // known.
  std::vector<prometheus::MetricFamily> Collect() const override {
    std::unique_lock lock(mutex_);
    const uint64_t wanted = ++asked_;
    const uint64_t one = 1;
    (void)!write(wake_, &one, sizeof one);
    if (!done_.wait_for(lock, kPatience, [&] { return answered_ >= wanted; })) return {};
    return families_;
  }

  void refresh() {
    uint64_t count;
    (void)!read(wake_, &count, sizeof count);
    uint64_t asked;
    {
      const std::lock_guard lock(mutex_);
      asked = asked_;
    }
    std::vector<prometheus::MetricFamily> families = collect_();
    const std::lock_guard lock(mutex_);
    families_ = std::move(families);
    answered_ = asked;
    done_.notify_all();
  }

  int wake_fd() const { return wake_; }

 private:
  const Exporter::Collect collect_;
  const int wake_;
  mutable std::mutex mutex_;
  mutable std::condition_variable done_;
  mutable uint64_t asked_ = 0;
  uint64_t answered_ = 0;
  std::vector<prometheus::MetricFamily> families_;
};

Exporter::Exporter(const std::string& address, Collect collect) {
  require_loopback(address);
  page_ = std::make_shared<Page>(std::move(collect));
  try {
    server_ = std::make_unique<prometheus::Exposer>(address, 1);
  } catch (const std::exception& e) {
    throw Error(ErrorCode::kOs, "--metrics " + address + ": " + e.what() + ", is the port taken?");
  }
  server_->RegisterCollectable(page_);
}

Exporter::~Exporter() = default;

int Exporter::wake_fd() const {
  return page_->wake_fd();
}

void Exporter::refresh() {
  page_->refresh();
}

int Exporter::port() const {
  return server_->GetListeningPorts().front();
}

}  // namespace xesp::metrics
