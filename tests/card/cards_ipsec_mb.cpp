// SPDX-License-Identifier: Apache-2.0
#include "engines.h"
#include "xesp/crypto.h"

namespace xesp::test {

std::unique_ptr<Engine> make_engine_under_test(uint64_t) {
  return make_software_engine(Crypto::kIpsecMb);
}
bool engine_is_rtl() {
  return false;
}

}  // namespace xesp::test
