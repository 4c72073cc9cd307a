// SPDX-License-Identifier: Apache-2.0
#include "xesp/engine.h"

namespace xesp {

const char* drop_counter_name(DropReason reason) {
  switch (reason) {
#define XESP_X(id, name, counter, text) \
  case abi::name:                       \
    return counter;
    XESP_DROP_REASONS(XESP_X)
#undef XESP_X
    default:
      return "unknown_reason";
  }
}

const char* drop_text(DropReason reason) {
  switch (reason) {
#define XESP_X(id, name, counter, text) \
  case abi::name:                       \
    return text;
    XESP_DROP_REASONS(XESP_X)
#undef XESP_X
    default:
      return "a reason that this version does not know: host and card are of different versions";
  }
}

}  // namespace xesp
