// SPDX-License-Identifier: Apache-2.0
// The words of `ip xfrm` and its dumps. An odd first byte: a dump; an even one: a line of `state add` or `policy add`.
#include "input.h"
#include "words/dump.h"
#include "words/policy_words.h"
#include "words/state_words.h"
#include "words/words.h"
#include "xesp/error.h"

using namespace xesp;
using namespace xesp::cli;

namespace {

// Without those that read a file or standard input, which is not this fuzzer's business.
bool names_a_file(const std::vector<std::string>& words) {
  for (const std::string& w : words)
    if (w == "-" || w.starts_with('@')) return true;
  return false;
}

void parse(const std::vector<std::string>& words, bool state) {
  if (names_a_file(words)) return;
  try {
    Words w(words);
    if (state) {
      const control::SaRequest request = parse_state(w);
      request.sa.check();
    } else {
      parse_policy(w);
    }
  } catch (const Error& e) {
    fuzz::require(*e.what() != 0, "an error says something");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::Input input(data, size);
  const uint8_t form = input.byte();
  std::string_view text = fuzz::text_of(input.rest());
  try {
    if (form % 2 == 0) {
      parse(split_words(std::string(text)), form % 4 == 0);
      return 0;
    }
    DumpReader dump;
    int number = 0;
    const auto take = [](const std::optional<DumpEntry>& entry) {
      if (entry) parse(entry->words, entry->kind == DumpEntry::Kind::kState);
    };
    while (!text.empty()) {
      const size_t end = text.find('\n');
      take(dump.line(++number, std::string(text.substr(0, end))));
      text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    }
    take(dump.end());
  } catch (const Error& e) {
    fuzz::require(*e.what() != 0, "an error says something");
  }
  return 0;
}
