#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Small rules of the house that no other tool knows.

set -uo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 2
export LC_ALL=C.UTF-8

found=0

bad()
{
	printf '%s\n' "$*"
	found=1
}

# All files of the tree but what was built.
tree()
{
	find . \( -name .git -o -path ./build -o -name __pycache__ -o \
		-path ./tools/fuzz/corpus -o -path ./selftests/captures \) -prune \
		-o -type f -print | sed 's,^\./,,' | sort
}

check_licence()
{
	local file

	while IFS= read -r file; do
		case $file in
		COPYING|*.json|*.md|*.rst|*.conf|*/debian/*|*.gitignore) continue ;;
		esac
		[[ $(head -n 3 "$file") == *SPDX-License-Identifier:* ]] ||
			bad "$file: no SPDX-License-Identifier in the first lines"
	done < <(tree)
}

check_text()
{
	local file

	while IFS= read -r file; do
		if grep -qP '[ \t]+$' "$file"; then
			bad "$file:$(grep -nP '[ \t]+$' "$file" | head -n 1 |
				     cut -d: -f1): white space at the end"
		fi
		if [[ -s $file && -n $(tail -c 1 "$file") ]]; then
			bad "$file: no newline at the end"
		fi
	done < <(tree | grep -vE '\.(patch|pcap|png|svg)$')
}

# Functions that do not fit into a head: 120 lines are the limit.
check_length()
{
	local out

	out=$(tree | grep -E '^(kmod|tools)/.*\.c$' | grep -v nl-gen |
	      xargs -r awk '
		FNR == 1 { start = 0 }
		/^\{/ { start = FNR }
		/^\}/ {
			if (start && FNR - start > 121)
				printf "%s:%d: a function of %d lines\n",
				       FILENAME, start, FNR - start - 1
			start = 0
		}')
	[[ -z $out ]] || bad "$out"
}

# Each selftest is listed, in order, and can be run.
check_selftests()
{
	local listed present file

	listed=$(make -s -C selftests list list-long list-debug | sort -u)
	present=$(cd selftests && printf '%s\n' *_*.sh | grep -v '_lib\.sh$' |
		  sort)
	if [[ $listed != "$present" ]]; then
		bad "selftests/Makefile: TEST_PROGS is not what is there, sorted:"
		diff <(printf '%s\n' "$listed") <(printf '%s\n' "$present")
	fi
	for file in $listed; do
		file=selftests/$file
		[[ -x $file ]] || bad "$file: not executable"
		grep -qE '^ktap_plan |^\. .*/(life|fpm|agent)_' "$file" ||
			bad "$file: no ktap_plan"
	done
	grep -v '^#' selftests/config | LC_ALL=C sort -c ||
		bad "selftests/config: not sorted"
}

# Scripts with a first line that says so can be run.
check_modes()
{
	local file

	while IFS= read -r file; do
		case $(head -c 2 "$file") in
		'#!') [[ -x $file ]] || bad "$file: has #! but is not executable" ;;
		*) [[ ! -x $file ]] || bad "$file: executable but no script" ;;
		esac
	done < <(tree)
}

check_python()
{
	local file

	while IFS= read -r file; do
		/usr/bin/python3 -c 'import ast, sys
ast.parse(open(sys.argv[1]).read(), sys.argv[1])' "$file" ||
			bad "$file: not Python"
	done < <(tree | grep '\.py$')
}

# Bugs for check-harness.sh go out of date with the code around them.
check_planted()
{
	local file

	for file in selftests/planted/*.patch; do
		patch -s -f -p1 --dry-run <"$file" >/dev/null ||
			bad "$file: does not apply any more"
	done
}

check_licence
check_text
check_length
check_selftests
check_modes
check_python
check_planted
exit "$found"
