// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_TESTS_SUPPORT_REFUSAL_H
#define XESP_TESTS_SUPPORT_REFUSAL_H

#include <functional>
#include <string>

#include "xesp/error.h"

namespace xesp::test {

/// The text of the Error that `action` throws; "(taken)" when it throws none.
inline std::string refusal(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& e) {
    return e.what();
  }
  return "(taken)";
}

}  // namespace xesp::test
#endif
