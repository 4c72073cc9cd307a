// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <set>

#include "manual.h"

namespace xesp::docgen {

namespace {

struct Words {
  std::string paths;                           // patterns of command words that lead deeper
  std::string cases;                           // what may come at each place
  std::map<std::string, std::string> choices;  // by option: the words that it takes
  std::set<std::string> with_value;            // options whose value may be anything, a file as a rule
};

// "{software,xrt}" of a type name such as TEXT:{software,xrt}; its words.
std::string choices_of(const std::string& type) {
  const size_t open = type.find('{');
  const size_t close = type.find('}');
  if (open == std::string::npos || close == std::string::npos) return "";
  std::string words = type.substr(open + 1, close - open - 1);
  std::ranges::replace(words, ',', ' ');
  return words;
}

std::string joined(const std::set<std::string>& words, const char* between) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : between) + word;
  return text;
}

void collect(CLI::App& app, const std::string& path, std::set<std::string> options, Words& w) {
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_positional()) continue;
    for (const std::string& name : option->get_lnames()) {
      options.insert("--" + name);
      if (option->get_items_expected_max() == 0) continue;
      const std::string choices = choices_of(option->get_type_name());
      if (choices.empty())
        w.with_value.insert("--" + name);
      else
        w.choices["--" + name] = choices;
    }
  }
  std::string commands;
  for (CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    commands += command->get_name() + " ";
    const std::string deeper = path + " " + command->get_name();
    w.paths += (w.paths.empty() ? "'" : " | '") + deeper + "'";
    collect(*command, deeper, options, w);
  }
  w.cases += "    '" + path + "') words='" + commands + joined(options, " ") + "' ;;\n";
}

}  // namespace

std::string bash_completion(CLI::App& app) {
  Words w;
  collect(app, "", {}, w);
  const std::string name = app.get_name();
  std::string out = "# SPDX-License-Identifier: Apache-2.0\n# Written by xesp_docgen from the program's options.\n_" +
                    name +
                    "() {\n  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} path='' words='' "
                    "i\n  COMPREPLY=()\n";
  if (!w.paths.empty())
    out += "  for ((i = 1; i < COMP_CWORD; ++i)); do\n    case \"$path ${COMP_WORDS[i]}\" in\n      " + w.paths +
           ") path=\"$path ${COMP_WORDS[i]}\" ;;\n    esac\n  done\n";
  out += "  case \"$prev\" in\n";
  for (const auto& [option, choices] : w.choices)
    out.append("    ")
        .append(option)
        .append(") COMPREPLY=($(compgen -W '")
        .append(choices)
        .append("' -- \"$cur\")); return ;;\n");
  if (!w.with_value.empty()) out += "    " + joined(w.with_value, "|") + ") return ;;\n";
  out += "  esac\n  case \"$path\" in\n" + w.cases +
         "  esac\n  COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n}\ncomplete -o default -F _" + name + " " + name +
         "\n";
  return out;
}

}  // namespace xesp::docgen
