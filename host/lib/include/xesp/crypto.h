// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_CRYPTO_H
#define XESP_CRYPTO_H

#include <memory>
#include <string>

namespace xesp {

class Engine;

/// The library that does AES-GCM in software. Whichever it is, the other suites are OpenSSL's.
enum class Crypto {
  kAuto = 0,  ///< intel-ipsec-mb where it works, else OpenSSL
  kOpenssl = 1,
  kIpsecMb = 2,  ///< of a build that found it, on a processor with AES-NI and AVX
};

/// Why intel-ipsec-mb can't be used here, with what to do; empty where it can.
const std::string& why_no_ipsec_mb();

/// The software engine with this library. Without an argument (xesp/engine.h) it is OpenSSL: the reference.
/// @throws Error(kUnavailable) with why_no_ipsec_mb()
std::unique_ptr<Engine> make_software_engine(Crypto crypto);

}  // namespace xesp
#endif
