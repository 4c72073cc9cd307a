// SPDX-License-Identifier: Apache-2.0
//
// xesp -b FILE: many commands. xesp state restore, xesp policy restore: dumps of `ip xfrm`.
#include <fmt/core.h>

#include <chrono>
#include <iterator>
#include <memory>
#include <optional>
#include <string_view>

#include "commands/commands.h"
#include "control/policy_json.h"
#include "words/dump.h"
#include "words/line_reader.h"
#include "words/policy_words.h"
#include "words/state_words.h"

namespace xesp::cli {

using nlohmann::json;
using Strings = std::vector<std::string>;

namespace {

constexpr const char* kRestoreHelp =
    R"(FILE (- for standard input) holds what 'ip xfrm state' or 'ip xfrm policy' printed, or both, with or without -s; mode 0600,
for it holds keys. First all of it is read: if an entry can't be taken, nothing is done (--force: the others are). Policies
are added before SAs, which take their direction from them, from 'dir', or from their numbers (oseq: out, seq: in).
Passed over: 'dir fwd', policies of sockets, statistics. Refused: algorithms other than AES-GCM and AES-GMAC, lifetimes in
seconds, marks, if_id.
Examples:
  ip xfrm policy >dump; (umask 077; ip xfrm state >>dump); xesp state restore dump
  ip xfrm state | xesp --force state restore -)";

struct Command {
  std::string_view object;
  std::string_view verb;
  Verb run;
};
// In the order in which `ip` completes a shortened word.
constexpr Command kCommands[] = {
    {"state", "add", add_state},       {"state", "delete", delete_state},   {"state", "list", list_states},
    {"state", "show", list_states},    {"state", "flush", flush_states},    {"state", "count", count_states},
    {"policy", "add", add_policy},     {"policy", "delete", delete_policy}, {"policy", "list", list_policies},
    {"policy", "show", list_policies}, {"policy", "flush", flush_policies}, {"policy", "count", count_policies},
};

Verb verb_of(const std::string& object, const std::string& verb) {
  for (const Command& c : kCommands)
    if (!object.empty() && c.object.starts_with(object) && c.verb.starts_with(verb)) return c.run;
  if (!object.empty() &&
      (std::string_view("state").starts_with(object) || std::string_view("policy").starts_with(object)))
    throw Error(ErrorCode::kUsage, shown(verb) + ": a batch takes add, delete, list, flush and count" +
                                       (verb.starts_with("up") ? ": for update write a delete and an add" : ""));
  throw Error(ErrorCode::kUsage,
              shown(object) + ": a line begins with 'state' or 'policy', after 'ip xfrm' if you like");
}

// Counts errors and work done, and says now and then how far it is.
class Progress {
 public:
  Progress(const Common& common, std::string name) : common_(common), name_(std::move(name)) {}

  void done() {
    ++done_;
    const auto now = std::chrono::steady_clock::now();
    if (now < next_) return;
    next_ = now + std::chrono::seconds(2);
    fmt::print(stderr, "xesp: {}: {} done{}\n", name_, done_, failed_ == 0 ? "" : fmt::format(", {} failed", failed_));
  }
  // True if the work goes on.
  bool failed(int line, const Error& e) {
    fmt::print(stderr, "xesp: {}, line {}: {}\n", name_, line, e.what());
    ++failed_;
    if (code_ == 0) code_ = static_cast<int>(e.code());
    return common_.force;
  }
  int code() const { return code_; }
  size_t count() const { return done_; }

 private:
  const Common& common_;
  std::string name_;
  std::chrono::steady_clock::time_point next_ = std::chrono::steady_clock::now() + std::chrono::seconds(2);
  size_t done_ = 0;
  size_t failed_ = 0;
  int code_ = 0;
};

// One line: [ip [-4|-6]] [xfrm|x] OBJECT [VERB] WORD...
void run_line(std::unique_ptr<control::Client>& daemon, const Common& common, Strings words) {
  auto at = words.begin();
  if (at != words.end() && (*at == "ip" || *at == "xesp")) ++at;
  while (at != words.end() && (*at == "-4" || *at == "-6" || *at == "-s" || *at == "-d")) ++at;
  if (at != words.end() && at->starts_with('x') && std::string_view("xfrm").starts_with(*at)) ++at;
  if (at == words.end()) throw Error(ErrorCode::kUsage, "nothing after 'ip xfrm': say what to do");
  const std::string object = *at++;
  const std::string verb = at == words.end() ? "list" : *at++;
  const Verb run = verb_of(object, verb);
  if (!daemon) daemon = std::make_unique<control::Client>(common.socket);
  run(*daemon, common, Strings(at, words.end()));
}

struct Restored {
  int line;
  const char* what;
  json arguments;
};

Restored request_of(DumpEntry entry) {
  Words words(std::move(entry.words));
  if (entry.kind == DumpEntry::Kind::kPolicy)
    return {entry.line, "policy.add", {{"policy", control::to_json(parse_policy(words))}}};
  return {entry.line, "state.add", {{"sa", to_json(parse_state(words))}}};
}

}  // namespace

void refuse_words(const Strings& words) {
  if (!words.empty()) throw Error(ErrorCode::kUsage, shown(words[0]) + ": this command takes no words, remove it");
}

int run_batch(const Common& common, const std::string& file) {
  LineReader lines(file);
  Progress progress(common, lines.name());
  std::unique_ptr<control::Client> daemon;
  while (const std::optional<std::string> line = lines.joined_line()) {
    try {
      Strings words = split_words(*line);
      if (words.empty()) continue;
      lines.refuse_open_key(*line);
      run_line(daemon, common, std::move(words));
    } catch (const Error& e) {
      // A daemon that is gone does not come back for the next line.
      const bool gone = e.code() == ErrorCode::kIo || !daemon;
      if (!progress.failed(lines.number(), e) || (gone && e.code() != ErrorCode::kUsage)) return progress.code();
    }
    progress.done();
  }
  return progress.code();
}

int restore(const Common& common, const std::string& file) {
  LineReader lines(file);
  Progress progress(common, lines.name());
  std::vector<Restored> policy_requests;
  std::vector<Restored> requests;
  DumpReader dump;
  bool go_on = true;
  const auto take = [&](std::optional<DumpEntry> entry) {
    if (!entry) return;
    const int line = entry->line;
    try {
      auto& list = entry->kind == DumpEntry::Kind::kPolicy ? policy_requests : requests;
      list.push_back(request_of(std::move(*entry)));
    } catch (const Error& e) {
      go_on &= progress.failed(line, e);
    }
  };
  try {
    while (const std::optional<std::string> line = lines.line()) {
      lines.refuse_open_key(*line);
      take(dump.line(lines.number(), *line));
    }
    take(dump.end());
  } catch (const Error& e) {  // no dump: nothing of it is done
    progress.failed(lines.number(), e);
    return progress.code();
  }
  if (!go_on) {
    fmt::print(stderr, "xesp: nothing is done: correct the lines above, or give --force to add the others\n");
    return progress.code();
  }
  requests.insert(requests.begin(), std::make_move_iterator(policy_requests.begin()),
                  std::make_move_iterator(policy_requests.end()));
  size_t sas = 0;
  size_t policies = 0;
  if (!requests.empty()) {
    control::Client daemon(common.socket);
    for (Restored& r : requests) {
      try {
        daemon.call(r.what, std::move(r.arguments));
        ++(r.what == std::string_view("state.add") ? sas : policies);
      } catch (const Error& e) {
        if (!progress.failed(r.line, e) || e.code() == ErrorCode::kIo) break;
      }
      progress.done();
    }
  }
  if (common.json)
    fmt::print("{}\n", json({{"states", sas}, {"policies", policies}, {"skipped", dump.skipped()}}).dump(2));
  else
    fmt::print("{} SAs and {} policies added, {} entries passed over\n", sas, policies, dump.skipped());
  return progress.code();
}

void add_restore_command(CLI::App& object, Common& common, Action& action) {
  CLI::App* command = object.add_subcommand("restore", "add what a dump of 'ip xfrm state' or 'ip xfrm policy' holds");
  auto file = std::make_shared<std::string>();
  command->add_option("FILE", *file, "the dump, or - for standard input")->required();
  command->footer(kRestoreHelp);
  command->callback([&common, &action, file] { action = [&common, file] { return restore(common, *file); }; });
}

}  // namespace xesp::cli
