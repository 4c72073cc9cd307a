// SPDX-License-Identifier: Apache-2.0
#include "words/policy_words.h"

#include <map>
#include <string_view>

#include "words/state_words.h"

namespace xesp::cli {

namespace {

const std::map<std::string_view, const char*> kUnsupported = {
    {"priority", "not supported: the longest prefixes win here, remove it"},
    {"index", "not supported: a policy is named by its selector and dir, remove it"},
    {"mark", "not supported: remove it"},
    {"if_id", "not supported: remove it"},
    {"dev", "not supported: remove it"},
    {"limit", "not supported: remove it"},
    {"flag", "not supported: remove it"},
    {"ctx", "not supported: remove it"},
};

struct Given {
  bool src = false, dst = false, dir = false, tmpl = false, allow = false, block = false;
};

void parse_template(Words& words, Policy& policy) {
  bool src = false;
  bool dst = false;
  bool proto = false;
  bool mode = false;
  for (;;) {
    if (words.take("src")) {
      policy.tmpl_src = parse_address(words, "tmpl src");
      src = true;
    } else if (words.take("dst")) {
      policy.tmpl_dst = parse_address(words, "tmpl dst");
      dst = true;
    } else if (words.take("proto")) {
      if (parse_proto(words) != kProtoEsp) words.refuse("AH is not steered yet: the template's proto must be esp");
      proto = true;
    } else if (words.take("reqid")) {
      policy.reqid = static_cast<uint32_t>(words.number("tmpl reqid", 0, 0xffffffffu));
    } else if (words.take("mode")) {
      policy.mode = parse_mode(words);
      mode = true;
    } else if (words.take("spi")) {
      words.refuse("a template can't ask for one spi: say reqid, here and in the SA");
    } else if (words.take("level")) {
      if (words.next("level: required") != "required")
        words.refuse("level must be required: 'use' would let packets go in clear when there is no SA");
    } else {
      break;
    }
  }
  if (!proto) throw Error(ErrorCode::kUsage, "tmpl: add 'proto esp'");
  if (!mode) throw Error(ErrorCode::kUsage, "tmpl: add 'mode tunnel' or 'mode transport'");
  if (policy.mode == Mode::kTunnel && (!src || !dst))
    throw Error(ErrorCode::kUsage, "tmpl: tunnel mode needs the outer addresses, add 'src A dst B' after tmpl");
}

// One word of the selector or the direction; false if it is none of them.
bool parse_name_word(Words& words, const std::string& word, Policy& policy, Given& given) {
  if (word == "src") {
    policy.selector.src = parse_prefix(words, "src");
    given.src = true;
  } else if (word == "dst") {
    policy.selector.dst = parse_prefix(words, "dst");
    given.dst = true;
  } else if (word == "proto") {
    policy.selector.protocol = parse_protocol(words);
  } else if (word == "sport") {
    policy.selector.src_port = static_cast<uint16_t>(words.number("sport", 1, 65535));
  } else if (word == "dport") {
    policy.selector.dst_port = static_cast<uint16_t>(words.number("dport", 1, 65535));
  } else if (word == "dir") {
    policy.direction = parse_direction(words);
    given.dir = true;
  } else {
    return false;
  }
  return true;
}

void check_name(const Given& given) {
  if (!given.src || !given.dst)
    throw Error(ErrorCode::kUsage,
                "a policy needs 'src PREFIX' and 'dst PREFIX' (0.0.0.0/0 or ::/0 for any): add the missing one");
  if (!given.dir) throw Error(ErrorCode::kUsage, "a policy needs its direction: add 'dir out' or 'dir in'");
}

}  // namespace

Policy parse_policy(Words& words) {
  Policy policy;
  Given given;
  while (!words.end()) {
    const std::string word = words.keyword();
    if (parse_name_word(words, word, policy, given)) continue;
    if (word == "action") {
      const std::string action = words.next("action: allow or block");
      given.allow = action == "allow";
      given.block = action == "block";
      if (!given.allow && !given.block) words.refuse("action must be allow or block");
    } else if (word == "tmpl") {
      parse_template(words, policy);
      given.tmpl = true;
    } else if (word == "ptype") {
      if (words.next("ptype: main") != "main") words.refuse("ptype must be main");
    } else if (const auto known = kUnsupported.find(word); known != kUnsupported.end()) {
      words.refuse(known->second);
    } else {
      words.refuse("not known here; known are src, dst, proto, sport, dport, dir, action, tmpl, ptype");
    }
  }
  check_name(given);
  if (given.tmpl && given.block)
    throw Error(ErrorCode::kUsage, "action block drops packets, so tmpl makes no sense: remove one");
  if (!given.tmpl && !given.allow && !given.block)
    throw Error(ErrorCode::kUsage,
                "what to do with the packets is not said: add 'tmpl ...' to protect them, 'action allow' to "
                "let them pass in clear, or 'action block' to drop them");
  policy.action = given.tmpl ? PolicyAction::kProtect : given.block ? PolicyAction::kDiscard : PolicyAction::kBypass;
  policy.check();
  return policy;
}

Policy parse_policy_name(Words& words) {
  Policy policy;
  Given given;
  while (!words.end()) {
    const std::string word = words.keyword();
    if (!parse_name_word(words, word, policy, given))
      words.refuse("does not name a policy; known are src, dst, proto, sport, dport, dir");
  }
  check_name(given);
  return policy;
}

}  // namespace xesp::cli
