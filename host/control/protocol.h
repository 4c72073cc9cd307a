// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_CONTROL_PROTOCOL_H
#define XESP_CONTROL_PROTOCOL_H

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "xesp/error.h"

namespace xesp::control {

// The socket's protocol: JSON objects, one a line, each request answered by one line in order.
//   request  {"v": 1, "do": "state.add", ...arguments}
//   answer   {"v": 1, "ok": true, "result": ...}
//            {"v": 1, "ok": false, "error": {"code": 73, "text": "..."}}     code: xesp::ErrorCode
// What can be done: state.add, state.delete, state.get, state.list, state.flush, policy.add, policy.delete,
// policy.list, policy.flush, where, count, stats, card, caps, version, monitor; and for a key exchange state.reserve
// (an SPI for an SA to come, shown as larval until it does), state.move (new addresses and UDP ports of an SA),
// notice.add and notice.list (why there is no SA with a peer); tap (control/tap.h). After the answer to `monitor` the
// connection gets a line for each change, and takes no more requests:
//   {"event": "state.add", "time": "...", ...}   also state.delete, state.flush, policy.add, policy.delete,
//   policy.flush,
//                                               state.move, limit (an SA's: soft or hard; "of": "seconds" where it is
//                                               time), acquire (a policy's packet had no SA), notice, card (lost or
//                                               back), lost (events that were left out)
constexpr int kProtocolVersion = 1;
constexpr size_t kMaxRequestBytes = size_t{64} * 1024;
constexpr int kMaxRequestDepth = 16;
constexpr size_t kMaxAnswerBytes = size_t{16} * 1024 * 1024;
constexpr const char* kDefaultSocket = "/run/xesp/xespd.sock";

/// What a line of a client says. Bounded in depth, so that what goes through it level by level has stack enough.
/// @throws Error(kData) if it is not JSON, or nested deeper than any request is
nlohmann::json request_of(std::string_view line);

nlohmann::json answer_with(nlohmann::json result);
nlohmann::json answer_with(const Error& error);

/// The result inside an answer. @throws the Error that it carries; Error(kData) if it is no answer of this protocol
nlohmann::json result_of(nlohmann::json answer);

/// Overwrites every string in `value`, for requests that carry keys.
void wipe_strings(nlohmann::json& value) noexcept;

}  // namespace xesp::control
#endif
