// SPDX-License-Identifier: Apache-2.0
#include "manual.h"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>
#include <set>
#include <sstream>

namespace xesp::docgen {

namespace {

// Text as troff takes it: nothing in it is a request, and quotes and dashes stay ASCII, so that they can be copied.
std::string escaped(const std::string& text) {
  std::string out;
  bool line_start = true;
  for (const char c : text) {
    if (line_start && (c == '.' || c == '\'')) out += "\\&";
    line_start = c == '\n';
    switch (c) {
      case '\\':
        out += "\\e";
        break;
      case '-':
        out += "\\-";
        break;
      case '\'':
        out += "\\(aq";
        break;
      case '`':
        out += "\\(ga";
        break;
      case '^':
        out += "\\(ha";
        break;
      case '~':
        out += "\\(ti";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string preformatted(const std::string& text) {
  return text.empty() ? "" : ".PP\n.nf\n" + escaped(text) + "\n.fi\n";
}

std::string value_of(const CLI::Option& option) {
  return option.get_items_expected_max() == 0 ? "" : " " + option.get_type_name();
}

std::string options_text(CLI::App& app) {
  std::string out;
  for (const CLI::Option* option : app.get_options()) {
    const bool positional = option->get_positional();
    const std::string name = option->get_name(positional, !positional);
    if (name.empty() || (app.get_parent() != nullptr && option == app.get_help_ptr())) continue;  // --help is said once
    std::string names;
    std::istringstream all(name);
    for (std::string one; std::getline(all, one, ',');)
      names += (names.empty() ? "" : ", ") + one.substr(0, one.find('{'));
    out += ".TP\n\\fB" + escaped(names) + "\\fR" + escaped(positional ? "" : value_of(*option)) + "\n" +
           escaped(option->get_description());
    if (!option->get_default_str().empty()) out += escaped(" (default " + option->get_default_str() + ")");
    out += "\n";
  }
  return out;
}

void commands_text(CLI::App& app, const std::string& path, std::string& out) {
  for (CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    const std::string name = path + " " + command->get_name();
    const bool leaf = command->get_subcommands([](const CLI::App*) { return true; }).empty();
    if (leaf) {
      out += ".SS \"" + escaped(name) + "\"\n" + escaped(command->get_description());
      for (const std::string& alias : command->get_aliases()) out += escaped("; also: " + alias);
      out += "\n" + options_text(*command) + preformatted(command->get_footer());
    }
    commands_text(*command, name, out);
  }
}

std::string upper(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

std::string head(const std::string& name, int section, const std::string& what) {
  return fmt::format(
      ".\\\" SPDX-License-Identifier: Apache-2.0\n.\\\" Written by xesp_docgen from the program's options.\n"
      ".TH {} {} \"\" \"xesp {}\" \"xesp\"\n.SH NAME\n{} \\- {}\n",
      upper(name), section, XESP_VERSION, name, escaped(what));
}

// "xesp: IPsec on an FPGA card" without the name.
std::string what_it_is(CLI::App& app) {
  const std::string text = app.get_description();
  const size_t colon = text.find(": ");
  return colon == std::string::npos ? text : text.substr(colon + 2);
}

}  // namespace

std::string manual(CLI::App& app, int section, const std::string& more) {
  const std::string name = app.get_name();
  const bool commands = !app.get_subcommands([](const CLI::App*) { return true; }).empty();
  std::string out = head(name, section, what_it_is(app));
  out += ".SH SYNOPSIS\n\\fB" + name + "\\fR [\\fIoption\\fR]..." +
         (commands ? " \\fIcommand\\fR [\\fIword\\fR]..." : "") + "\n";
  out += ".SH OPTIONS\n" + options_text(app);
  if (commands) {
    out += ".SH COMMANDS\n";
    commands_text(app, name, out);
  }
  out += ".SH EXAMPLES\n.nf\n" + escaped(app.get_footer()) + "\n.fi\n";
  out +=
      ".SH \"EXIT STATUS\"\nThose of sysexits(3): 0 done, 64 a command that makes no sense, 65 a value that can\\(aqt "
      "be taken, 66 a file "
      "that can\\(aqt be read, 68 no such SA or policy, 69 no daemon or card, 70 a bug, 71 a system call failed, 73 "
      "there "
      "already, 74 the card or the daemon stopped answering, 77 not allowed.\n";
  return out + more;
}

std::string config_manual(CLI::App& app) {
  static const std::set<std::string> kNotInFiles = {"help", "version", "config", "config-dir", "check-config", "log"};
  std::string out = head("xesp.toml", 5, "what xespd is told at its start");
  out +=
      ".SH DESCRIPTION\nTOML files: /etc/xesp/xesp.toml, then /etc/xesp/conf.d/*.toml in the order of their names. "
      "Later ones win, and "
      "options of the command line win over all. \\fBxespd \\-\\-check\\-config\\fR tells what is wrong in them, with "
      "line and fix; "
      "\\fBsystemctl reload xespd\\fR reads them again.\n.SH KEYS\n";
  for (const CLI::Option* option : app.get_options()) {
    std::string key = option->get_single_name();
    if (kNotInFiles.contains(key)) continue;
    std::ranges::replace(key, '-', '_');
    const bool is_switch = option->get_items_expected_max() == 0;
    out += ".TP\n\\fB" + escaped(key) + "\\fR = " + escaped(is_switch ? "true or false" : option->get_type_name()) +
           "\n" + escaped(option->get_description());
    if (!option->get_default_str().empty()) out += escaped(" (default " + option->get_default_str() + ")");
    out += "\n";
  }
  out +=
      ".SH \"TABLE [log]\"\nThe level of one part alone: debug, info, warn or error.\n.TP\n\\fBcontrol\\fR, "
      "\\fBengine\\fR, "
      "\\fBdataplane\\fR, \\fBleases\\fR\nsuch as control = \"debug\"\n.SH EXAMPLE\n.nf\n" +
      escaped(
          "engine = \"xrt\"\nxclbin = \"/usr/share/xesp/xesp.xclbin\"\ninside = \"eth0\"\noutside = "
          "\"eth1\"\n[log]\nleases = \"debug\"") +
      "\n.fi\n.SH \"SEE ALSO\"\nxespd(8), xesp(1)\n";
  return out;
}

}  // namespace xesp::docgen
