#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""reduce.py KERNEL.cpp COMMAND...: takes lines and braced blocks out of a kernel for as long as COMMAND says the same.

COMMAND is run with the candidate's path as its last argument; it says "still wrong" by exit status 0, for example
  reduce.py fuzz_7.cpp sh -c 'fuzz.sh --file "$0" | grep -q "Expected equality"'
and the smallest candidate is left as KERNEL.reduced.cpp.
"""
import os
import re
import subprocess
import sys
import tempfile


def block_end(lines, start):
    """The line after the braces that open in `start`, or None."""
    depth = 0
    for i in range(start, len(lines)):
        depth += lines[i].count("{") - lines[i].count("}")
        if depth <= 0:
            return i + 1 if i > start else None
    return None


def candidates(lines, start):
    """What to leave out at this line: (from, to), or the braces of a block alone."""
    end = block_end(lines, start)
    if end:
        yield lines[:start] + lines[end:]
        yield lines[:start] + lines[start + 1 : end - 1] + lines[end:]
    for size in (16, 4, 1):
        if start + size <= len(lines):
            yield lines[:start] + lines[start + size :]


def main():
    source, command = sys.argv[1], sys.argv[2:]
    with open(source, encoding="ascii") as f:
        lines = f.read().splitlines()
    name = os.path.basename(source)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, name)

        def wrong(candidate):
            with open(path, "w", encoding="ascii") as f:
                f.write("\n".join(candidate) + "\n")
            run = subprocess.run(command + [path], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            return run.returncode == 0

        def save(candidate):
            with open(re.sub(r"\.cpp$", "", source) + ".reduced.cpp", "w", encoding="ascii") as f:
                f.write("\n".join(candidate) + "\n")

        if not wrong(lines):
            sys.exit("reduce.py: nothing is wrong with " + source)
        before = None
        while before != lines:
            before = lines
            at = 0
            while at < len(lines):
                for candidate in candidates(lines, at):
                    text = "\n".join(candidate)
                    if text.count("{") == text.count("}") and wrong(candidate):
                        lines = candidate
                        print(len(lines), "lines", flush=True)
                        save(lines)
                        break
                else:
                    at += 1


if __name__ == "__main__":
    main()
