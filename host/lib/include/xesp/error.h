// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_ERROR_H
#define XESP_ERROR_H

#include <stdexcept>
#include <string>
#include <system_error>

namespace xesp {

/// What went wrong, for exit codes and for callers that react (sysexits(3) values, so the CLI returns them as they
/// are).
enum class ErrorCode : int {
  kUsage = 64,        ///< a command line or request that makes no sense
  kData = 65,         ///< a value that can't be taken: the text names the field and the fix
  kNoInput = 66,      ///< a file or xclbin that can't be read
  kUnavailable = 69,  ///< no card, no XRT, no daemon
  kSoftware = 70,     ///< a bug of ours
  kOs = 71,           ///< a system call failed
  kIo = 74,           ///< the card or a file stopped answering: card lost
  kExists = 73,       ///< the SA is there already
  kNotFound = 68,     ///< no such SA
  kDenied = 77,       ///< not root, or the socket says no
};

/// The one exception of libxesp. what() is one line that names the cause and the fix and holds no key material.
class Error : public std::runtime_error {
 public:
  Error(ErrorCode code, const std::string& what) : std::runtime_error(what), code_(code) {}
  ErrorCode code() const noexcept { return code_; }

 private:
  ErrorCode code_;
};

/// What the system says of an errno value; any thread may ask, which is not so of strerror().
inline std::string errno_text(int error) {
  return std::generic_category().message(error);
}

}  // namespace xesp
#endif
