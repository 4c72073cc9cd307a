#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# clang-tidy with the checks of .clang-tidy over what BUILD/compile_commands.json compiles. A finding is an error.
#   scripts/tidy.sh                    every source of the project
#   scripts/tidy.sh host sim           those below these folders, or these files
#   scripts/tidy.sh --since COMMIT     those that have changed since then (a header: those that include it by its name)
#   scripts/tidy.sh --from LIST        those that the file LIST names, one a line, # for comments
# Options: --build BUILD, --jobs N, --show (names only). Exit status: 0 clean, 1 findings, 64 wrong usage, 69 no clang-tidy.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$root/build
jobs=$(nproc)
since='' list='' show='' paths=()
usage() { sed -n '3,9s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; }
wrong() { echo "tidy: $*" >&2; exit 64; }
while (($#)); do
  case $1 in
    -h|--help) usage; exit 0 ;;
    --build) build=${2:?tidy: --build needs a folder}; shift 2 ;;
    --jobs) jobs=${2:?tidy: --jobs needs a number}; shift 2 ;;
    --since) since=${2:?tidy: --since needs a commit}; shift 2 ;;
    --from) list=${2:?tidy: --from needs a file}; shift 2 ;;
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
import json, os, re, sys
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
os.mkdir(os.path.join(work, "database"))
with open(os.path.join(work, "database", "compile_commands.json"), "w") as out:
    json.dump([commands[name] for name in sorted(wanted)], out)
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

# shellcheck disable=SC2016  # for the inner shell
xargs -a "$work/files" -P "$jobs" -I{} bash -c '
  out=$("$1" --quiet --warnings-as-errors="*" -p "$2/database" "$4" 2>"$2/noise.$$") && status=0 || status=$?
  if ((status == 0)); then echo "$4" >>"$2/clean"; else echo "$4" >>"$2/failed"; fi
  printf "tidy: [%d/%d] %s\n" "$(cat "$2/clean" "$2/failed" 2>/dev/null | wc -l)" "$3" "$4" >&2
  if ((status != 0)); then printf "%s\n" "$out"; grep -v "warnings generated\|^Suppressed\|^Use -" "$2/noise.$$" || true; fi
  rm -f "$2/noise.$$"
' tidy "$tidy" "$work" "$count" {}
failed=0
if [[ -f $work/failed ]]; then failed=$(wc -l <"$work/failed"); fi
echo "tidy: $count files looked at, $failed with findings"
((failed == 0))
