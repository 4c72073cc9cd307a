// SPDX-License-Identifier: Apache-2.0
#ifndef XHLS_POINTERS_H
#define XHLS_POINTERS_H

#include <llvm/IR/Function.h>

namespace xhls {

// `c ? a : b` on variables chooses a pointer and reads through it. Reads both and chooses the value instead, so that
// local variables become values, and static ones registers. True if something changed.
bool choose_values(llvm::Function& f);

}  // namespace xhls

#endif
