#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The house's layout (.clang-format, by clang-format 14) for all C and C++ but what stands in `not_ours` below.
#   scripts/format.sh              writes the layout into the files
#   scripts/format.sh --check      names the files that lack it and changes none: exit status 1 if there are any
#   scripts/format.sh [--check] FILE...    only these, if they are not excluded
# Exit status else: 0 all have it, 64 wrong usage, 69 no clang-format 14.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Shell patterns of names, * takes slashes too.
not_ours=(
  'hls/*'                      # pragmas and bit slices stand in columns that are read side by side
  'hw/abigen/*'                # tables of macros, likewise
  'sim/card/*'                 # what it defines is included by all Verilated cards: not worth ten minutes of building
  'sim/measure/cycles.cpp'     # its table of marks
  'tests/xhls/*'               # inputs of the compiler; what it says names their lines
  'host/strongswan/*.[ch]'     # C beside charon's, in the layout of charon's headers
)

check='' files=()
while (($#)); do
  case $1 in
    -h|--help) sed -n '3,7s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
    --check) check=1; shift ;;
    -*) echo "format: no option '$1'" >&2; exit 64 ;;
    *) files+=("${1#./}"); shift ;;
  esac
done
# Other versions break some lines elsewhere.
tool=$(command -v clang-format-14) || { echo "format: no clang-format-14: scripts/setup.sh installs it" >&2; exit 69; }

if ((${#files[@]} == 0)); then
  mapfile -t files < <(find bitstreams ebpf hls host hw sim tests -type f -regex '.*\.\(c\|h\|cpp\|hpp\)' | sort)
fi
ours=()
for file in "${files[@]}"; do
  for pattern in "${not_ours[@]}"; do
    # shellcheck disable=SC2053  # it is a pattern
    [[ $file == $pattern ]] && continue 2
  done
  ours+=("$file")
done
for pattern in "${not_ours[@]}"; do  # an exclusion that excludes nothing would hide that a folder was renamed
  compgen -G "$pattern" >/dev/null || { echo "format: nothing is called $pattern" >&2; exit 64; }
done
if ((${#ours[@]} == 0)); then echo "format: no file that has the house's layout"; exit 0; fi

if [[ -z $check ]]; then
  "$tool" -i --style=file "${ours[@]}"
  exit 0
fi
list=$(mktemp)
trap 'rm -f "$list"' EXIT
# Before it says that all is well, it must find a line that isn't.
if echo 'int  a ;' | "$tool" --dry-run -Werror --style=file --assume-filename=host/a.cpp 2>/dev/null; then
  echo "format: $tool finds nothing in a line that is wrong" >&2
  exit 64
fi
"$tool" --dry-run -Werror --style=file "${ours[@]}" 2>&1 | sed -n 's/^\([^ :]*\):[0-9]*:[0-9]*: error: .*/\1/p' | uniq >"$list" &&
  tool_status=0 || tool_status=$?
while read -r file; do echo "format: $file lacks the layout: scripts/format.sh $file"; done <"$list"
wrong=$(wc -l <"$list")
echo "format: ${#ours[@]} files looked at, $wrong without the layout"
# That it was not clean and no name was read from what it says would be a mistake of ours.
((tool_status == 0 && wrong == 0))
