#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# clang-tidy with the checks of .clang-tidy over what BUILD/compile_commands.json compiles. A finding is an error.
#   scripts/tidy.sh                    every source of the project
#   scripts/tidy.sh host sim           those below these folders, or these files
#   scripts/tidy.sh --since COMMIT     those that have changed since then (a header: those that include it by its name)
#   scripts/tidy.sh --from LIST        those that the file LIST names, one a line, # for comments
# Options: --build BUILD, --jobs N, --together N (files looked at as one text: 16), --show (names only).
# Exit status: 0 clean, 1 findings, 64 wrong usage, 69 no clang-tidy.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$root/build
jobs=$(nproc)
together=16
since='' list='' show='' paths=()
usage() { sed -n '3,10s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; }
wrong() { echo "tidy: $*" >&2; exit 64; }
while (($#)); do
  case $1 in
    -h|--help) usage; exit 0 ;;
    --build) build=${2:?tidy: --build needs a folder}; shift 2 ;;
    --jobs) jobs=${2:?tidy: --jobs needs a number}; shift 2 ;;
    --since) since=${2:?tidy: --since needs a commit}; shift 2 ;;
    --from) list=${2:?tidy: --from needs a file}; shift 2 ;;
    --together) together=${2:?tidy: --together needs a number}; shift 2 ;;
    --show) show=1; shift ;;
    -*) wrong "no option '$1'" ;;
    *) paths+=("$1"); shift ;;
  esac
done
[[ -f $build/compile_commands.json ]] || wrong "no $build/compile_commands.json: scripts/build.sh makes it"
tidy=$(command -v clang-tidy-19) || { echo "tidy: no clang-tidy-19: scripts/setup.sh installs it" >&2; exit 69; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$root"
if [[ -n $since ]]; then git diff --name-only --diff-filter=d "$since" -- >"$work/changed"; fi
if [[ -n $list ]]; then sed 's/#.*//; s/ *$//; /^$/d' "$list" >"$work/listed"; fi

# One command for each file (the fuzzers compile many a second time), and the files that were asked for.
python3 - "$root" "$build" "$work" "${paths[@]}" <<'PYTHON'
import json, os, re, shlex, sys
root, build, work, *paths = sys.argv[1:]
commands = {}
for entry in json.load(open(os.path.join(build, "compile_commands.json"))):
    name = os.path.relpath(os.path.join(entry["directory"], entry["file"]), root)
    if name.startswith(("..", os.path.relpath(build, root) + os.sep)):
        continue  # generated, or the system's
    known = commands.get(name)
    if known is None or "_sanitized" in known.get("output", known["command"]):
        commands[name] = entry
wanted = set(commands)
def lines(name):
    with open(os.path.join(work, name)) as file:
        return file.read().split("\n")[:-1]
if os.path.exists(os.path.join(work, "changed")):
    changed = lines("changed")
    headers = {os.path.basename(name) for name in changed if name.endswith((".h", ".hpp"))}
    def includes(name):
        text = open(os.path.join(root, name), errors="replace").read()
        return any(os.path.basename(h) in headers for h in re.findall(r'#include ["<]([^">]+)', text))
    wanted = {name for name in wanted if name in changed or (headers and includes(name))}
if os.path.exists(os.path.join(work, "listed")):
    wanted = set(lines("listed"))
    gone = sorted(wanted - set(commands))
    if gone:
        sys.exit("tidy: listed, but not compiled by this build: " + " ".join(gone))
if paths:
    paths = [os.path.relpath(os.path.abspath(p), root) for p in paths]
    wanted = {name for name in wanted if any(name == p or name.startswith(p + os.sep) or p == "." for p in paths)}

# How a file is compiled, without its own name and without precompiled headers: clang-tidy walks all that they hold.
def options(entry):
    words = shlex.split(entry["command"])
    kept, at = [], 0
    while at < len(words):
        if words[at] in ("-o", "-c", "-MF", "-MT"):
            at += 2
        elif words[at:at + 3:2] == ["-Xclang", "-Xclang"] and "cmake_pch" in "".join(words[at + 3:at + 4]):
            at += 4
        elif words[at] == "-include" and "cmake_pch" in words[at + 1]:
            at += 2
        else:
            if words[at] != "-Winvalid-pch":
                kept.append(words[at])
            at += 1
    return tuple(kept)
with open(os.path.join(work, "files.json"), "w") as out:
    json.dump([[name, commands[name]["directory"], options(commands[name])] for name in sorted(wanted)], out)
with open(os.path.join(work, "files"), "w") as out:
    out.writelines(name + "\n" for name in sorted(wanted))
PYTHON

count=$(wc -l <"$work/files")
if [[ -n $show ]]; then cat "$work/files"; exit 0; fi
# A list or a folder that names nothing is a mistake; that nothing has changed is not.
if ((count == 0)); then
  if [[ -n $since ]]; then echo "tidy: nothing that is compiled has changed since $since"; exit 0; fi
  echo "tidy: no file to look at" >&2
  exit 64
fi

# Nearly all of a file's minute is the library's headers, so files of one folder and of like options are looked at as one
# text. What doesn't go with those before it (two anonymous namespaces with one name) goes into the next text.
python3 - "$root" "$work" "$tidy" "$jobs" "$together" <<'PYTHON'
import concurrent.futures, itertools, json, os, re, shutil, subprocess, sys
root, work, tidy, jobs, together = sys.argv[1:]
files = json.load(open(os.path.join(work, "files.json")))
numbers = itertools.count()
done, failed = 0, 0

def kind_of(file):
    name, directory, words = file
    return os.path.dirname(name), os.path.splitext(name)[1], directory, words

def write_text(group):
    """one text of them, below the .clang-tidy files that they are below"""
    top = os.path.join(work, str(next(numbers)))
    path, kind = os.path.split(group[0][0])[0], os.path.splitext(group[0][0])[1]
    folder = os.path.join(top, path)
    os.makedirs(folder)
    above = [""] + list(itertools.accumulate(path.split(os.sep), os.path.join))
    for each in above:
        if os.path.exists(os.path.join(root, each, ".clang-tidy")):
            shutil.copy(os.path.join(root, each, ".clang-tidy"), os.path.join(top, each))
    text = os.path.join(folder, "together" + kind)
    with open(text, "w") as out:
        out.writelines(f'#include "{os.path.join(root, name)}"\n' for name, *_ in group)
    return folder, text

def misfits(group):
    """those whose text has errors behind that of the others"""
    _, text = write_text(group)
    _, directory, words = group[0]
    run = subprocess.run([*words, "-w", "-fsyntax-only", "-ferror-limit=0", text], cwd=directory, capture_output=True, text=True)
    wrong = set(re.findall(r"^(/\S+?):\d+:\d+: (?:fatal )?error:", run.stderr, re.M))
    found = [file for file in group[1:] if os.path.join(root, file[0]) in wrong]
    return found if found or run.returncode == 0 else group[1:]

def parted(same):
    while same:
        group, same = same[:int(together)], same[int(together):]
        others = misfits(group) if len(group) > 1 else []
        yield [file for file in group if file not in others]
        same = others + same

def look(group):
    directory, words = group[0][1:]
    command = [tidy, "--quiet", "--warnings-as-errors=*"]
    folder, text = write_text(group)
    if len(group) > 1:
        command += ["--checks=-bugprone-suspicious-include"]
    else:
        text = os.path.join(root, group[0][0])
    with open(os.path.join(folder, "compile_commands.json"), "w") as out:
        json.dump([{"directory": directory, "file": text, "arguments": [*words, "-c", text]}], out)
    run = subprocess.run([*command, "-p", folder, text], capture_output=True, text=True)
    if run.returncode == 0:
        return group, ""
    if len(group) > 1 and "clang-diagnostic-error" in run.stdout:  # they don't go together after all
        found = [look([file])[1] for file in group]
        return group, "\n".join(filter(None, found))
    noise = [line for line in run.stderr.splitlines() if "generated" not in line and not line.startswith(("Suppressed", "Use -"))]
    return group, "\n".join([run.stdout.strip(), *noise])

with concurrent.futures.ThreadPoolExecutor(int(jobs)) as pool:
    alike = [list(same) for _, same in itertools.groupby(sorted(files, key=kind_of), kind_of)]
    groups = [group for found in pool.map(lambda same: list(parted(same)), alike) for group in found]
    for task in concurrent.futures.as_completed([pool.submit(look, group) for group in groups]):
        group, findings = task.result()
        done += len(group)
        print(f"tidy: [{done}/{len(files)}]", *[name for name, *_ in group], file=sys.stderr, flush=True)
        if findings:
            failed += len(group)
            print(findings, flush=True)
print(f"tidy: {len(files)} files looked at, {failed} in texts with findings")
sys.exit(1 if failed else 0)
PYTHON
