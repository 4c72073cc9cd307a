// SPDX-License-Identifier: Apache-2.0
// What is generated from the trees of options: every command is there, troff takes it, bash completes with it.
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "commands/tree.h"
#include "options.h"
#include "support/child.h"

namespace xesp::test {
namespace {

const std::string kFolder = GENERATED;

std::string text_of(const std::string& name) {
  std::ifstream in(kFolder + "/" + name);
  return {std::istreambuf_iterator<char>(in), {}};
}

void leaves(CLI::App& app, const std::string& path, std::vector<std::string>& found) {
  const auto inner = app.get_subcommands([](const CLI::App*) { return true; });
  if (inner.empty()) found.push_back(path);
  for (CLI::App* command : inner) leaves(*command, path + " " + command->get_name(), found);
}

TEST(Manual, HasEveryCommandWithAnExample) {
  cli::Invocation invocation;
  const auto tree = cli::make_tree(invocation);
  std::vector<std::string> commands;
  leaves(*tree, "xesp", commands);
  EXPECT_GE(commands.size(), 20u);
  const std::string page = text_of("xesp.1");
  for (const std::string& command : commands) {
    const size_t at = page.find(".SS \"" + command + "\"\n");
    ASSERT_NE(at, std::string::npos) << command;
    EXPECT_NE(page.substr(at, page.find("\n.S", at + 1) - at).find("Example"), std::string::npos)
        << command << " shows none";
  }
}

TEST(Manual, HasEveryOptionOfTheDaemon) {
  DaemonOptions options;
  const auto app = make_app(options);
  const std::string page = text_of("xespd.8");
  const std::string keys = text_of("xesp.toml.5");
  for (const char* option : {"\\-\\-check\\-config", "\\-\\-metrics", "\\-\\-log\\-level", "\\-\\-pin\\-dir"})
    EXPECT_NE(page.find(option), std::string::npos) << option;
  EXPECT_NE(keys.find("\\fBlog_level\\fR"), std::string::npos);
  EXPECT_EQ(keys.find("check_config\\fR"), std::string::npos) << "no key of a file";
}

TEST(Manual, TroffHasNothingToSay) {
  if (access("/usr/bin/groff", X_OK) != 0) GTEST_SKIP() << "no groff";
  for (const char* page : {"xesp.1", "xespd.8", "xesp.toml.5"}) {
    const Finished done = run({"/usr/bin/groff", "-man", "-ww", "-Tutf8", kFolder + "/" + page});
    EXPECT_EQ(done.code, 0) << page;
    EXPECT_TRUE(done.err.empty()) << page << ": " << done.err;
    EXPECT_GT(done.out.size(), 1000u) << page;
  }
}

std::string completed(const std::string& program, const std::string& words) {
  const std::string script = "source '" + kFolder + "/" + program + ".bash'; COMP_WORDS=(" + words +
                             "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _" + program + "; echo \"${COMPREPLY[*]}\"";
  const Finished done = run({"/bin/bash", "-c", script});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_TRUE(done.err.empty()) << done.err;
  return done.out;
}

TEST(Completion, KnowsCommandsOptionsAndChoices) {
  EXPECT_EQ(completed("xesp", "xesp sta"), "state stats\n");
  EXPECT_EQ(completed("xesp", "xesp state re"), "restore\n");
  EXPECT_EQ(completed("xesp", "xesp -j policy fl"), "flush\n");
  EXPECT_EQ(completed("xesp", "xesp state flush --dir ''"), "in out\n");
  EXPECT_EQ(completed("xesp", "xesp pcap encrypt --eng"), "--engine\n");
  EXPECT_EQ(completed("xesp", "xesp pcap encrypt --engine s"), "software\n");
  EXPECT_EQ(completed("xesp", "xesp doctor --js"), "--json\n") << "options of xesp itself go everywhere";
  EXPECT_EQ(completed("xespd", "xespd --check"), "--check-config\n");
  EXPECT_EQ(completed("xespd", "xespd --log-level w"), "warn\n");
}

}  // namespace
}  // namespace xesp::test
