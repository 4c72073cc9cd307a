#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the documents against the repository and the build: what they name must be there.

In the root's and docs/'s .md files, outside of fenced blocks:
  - relative links, and their #anchors
  - words in backticks that are paths below one of the repository's folders, with * and {a,b} as the shell has them
  - words in backticks that are names of tests or suites (`host.Leases.EndWithTheNumbers`, `SpdTable.*`, `card.engines`), in
    `ctest -N` of the build
  - labels, as in `ctest -L unit`
First it must find what is wrong in a document of its own.
Exit status: 0 all is there, 1 something is not, 77 tests that are named can't be told, for the build is not complete.
"""
import argparse
import fnmatch
import glob
import json
import os
import re
import subprocess
import sys

PREFIXES = r"(?:host|card|hwemu|rtl|vectors|vitis|xhls|system|fuzz|docs)"
# A suite with its prefix, or a GoogleTest name of the suites that have none.
TEST = re.compile(rf"^(?:{PREFIXES}\.[\w*/.]+|[A-Z][\w/]*\.(?:[A-Z][\w*/]*|\*))$")
FILE_END = re.compile(r"\.(?:md|h|cpp|py|sh|sv|svh|txt|cmake|toml|json|tcl|cfg|in|inc|csv|proto|service|xml)$")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
SPAN = re.compile(r"`([^`]+)`")


def without_fences(text):
    """The text with fenced blocks blank, so that line numbers stay."""
    lines, fenced = [], False
    for line in text.split("\n"):
        fence = line.lstrip().startswith("```")
        lines.append("" if fenced or fence else line)
        fenced ^= fence
    return lines


def anchors_of(path):
    with open(path, encoding="utf-8") as f:
        heads = [l.lstrip("#").strip().lower() for l in without_fences(f.read()) if re.match(r"#+ ", l)]
    return {re.sub(r"[^\w\- ]", "", h).replace(" ", "-") for h in heads}


def alternatives(pattern):
    """{a,b} as the shell has it."""
    found = re.search(r"\{([^{}]*)\}", pattern)
    if not found:
        return [pattern]
    return [p for one in found[1].split(",") for p in alternatives(pattern[:found.start()] + one + pattern[found.end():])]


class Checker:
    def __init__(self, source, tests, labels):
        self.source, self.tests, self.labels = source, tests, labels
        self.folders = tuple(d for d in os.listdir(source) if os.path.isdir(os.path.join(source, d))
                             and d != ".git" and not d.startswith("build"))
        self.problems, self.unknown_tests, self.checked = [], [], 0

    def document(self, name, text):
        for number, line in enumerate(without_fences(text), 1):
            where = f"{name}:{number}"
            for target in LINK.findall(line):
                self.link(where, name, target)
            for span in SPAN.findall(line):
                self.span(where, span)

    def link(self, where, name, target):
        if re.match(r"[a-z]+:", target):
            return
        self.checked += 1
        path, _, anchor = target.partition("#")
        full = os.path.normpath(os.path.join(self.source, os.path.dirname(name), path)) if path else \
            os.path.join(self.source, name)
        if not os.path.exists(full):
            self.problems.append(f"{where}: no {target}")
        elif anchor and full.endswith(".md") and anchor not in anchors_of(full):
            self.problems.append(f"{where}: no heading for {target}")

    def span(self, where, span):
        for label in re.findall(r"\bctest\b.*? -L '?\^?(\w+)", span):
            self.checked += 1
            if label not in self.labels:
                self.unknown_tests.append(f"{where}: no test has the label {label}")
        for word in span.split():
            word = re.sub(r":\d+$", "", word.strip("'\",;()"))
            if word.split("/")[0] in self.folders and "/" in word:
                self.checked += 1
                for path in alternatives(word):
                    if not glob.glob(os.path.join(self.source, path)):
                        self.problems.append(f"{where}: no file {path}")
            elif TEST.match(word) and not FILE_END.search(word):
                self.checked += 1
                if not any(fnmatch.fnmatchcase(t, word) or t.startswith(word + ".") for t in self.tests):
                    self.unknown_tests.append(f"{where}: no test {word}")


def self_test(source):
    c = Checker(source, {"host.A.B", "Suite.Name", "card.rtl.X/Y.Z/1"}, {"unit"})
    good = ("`host.A.B` `host.A` `Suite.Name` `Suite.*` `card.*.Z/*` [x](README.md) `tests/docs/{check_docs.py,CMakeLists.txt}`\n"
            "`ctest -L unit` `Engine::process` `xesp.toml` `engine.h` [y](https://example.org/z) `/etc/xesp/conf.d`\n"
            "```\n`host.No.Such`\n```\n")
    c.document("README.md", good)
    assert not c.problems and not c.unknown_tests and c.checked == 8, (c.problems, c.unknown_tests, c.checked)
    bad = ["`host.A.C`", "`Suite.Nome`", "`card.native.*`", "[x](docs/none.md)", "`tests/docs/{check_docs.py,none}`",
           "`host/none.cpp:3`", "`ctest -L none`", "[x](README.md#no-such-heading)"]
    for text in bad:
        c = Checker(source, {"host.A.B", "Suite.Name"}, {"unit"})
        c.document("README.md", text)
        assert len(c.problems) + len(c.unknown_tests) == 1, f"{text} was not found out"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--source", required=True)
    parser.add_argument("--build", required=True)
    given = parser.parse_args()
    self_test(given.source)

    shown = subprocess.run(["ctest", "--test-dir", given.build, "--show-only=json-v1"], check=True, timeout=60,
                           capture_output=True, text=True)
    listed = json.loads(shown.stdout)["tests"]
    labels = {label for t in listed for p in t.get("properties", []) if p["name"] == "LABELS" for label in p["value"]}
    c = Checker(given.source, {t["name"] for t in listed}, labels)
    names = sorted(glob.glob("*.md", root_dir=given.source) + glob.glob("docs/*.md", root_dir=given.source))
    for name in names:
        with open(os.path.join(given.source, name), encoding="utf-8") as f:
            c.document(name, f.read())
    for problem in c.problems + c.unknown_tests:
        print(problem)
    print(f"{c.checked} names in {len(names)} documents, {len(c.problems) + len(c.unknown_tests)} of nothing that is there")
    if c.problems:
        return 1
    if c.unknown_tests and any(t["name"].endswith("_NOT_BUILT") for t in listed):
        print("not all tests are built, so their names can't be told")
        return 77
    return 1 if c.unknown_tests else 0


if __name__ == "__main__":
    sys.exit(main())
