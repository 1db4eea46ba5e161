#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Check all shell scripts of the tree, found by name or first line.

set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."

scripts=()
while IFS= read -r -d '' file; do
	case $file in
	*.sh|*.bash|./tools/completion/*)
		scripts+=("$file")
		continue
		;;
	esac
	read -r first <"$file" 2>/dev/null || true
	case $(tr -d '\0' <<<"${first:-}") in
	'#!'*/bash*|'#!'*/sh|'#!'*/sh\ *) scripts+=("$file") ;;
	esac
done < <(find . \( -name .git -o -name build \) -prune -o \
	      -type f ! -name '*.[cho]' -size -200k -print0 | sort -z)
# Not: sed where bash could, "$" in the index of an associative array, A && B || C.
shellcheck -x -P SCRIPTDIR -e SC2001,SC2004,SC2015 "${scripts[@]}"
printf 'shellcheck: %d scripts\n' "${#scripts[@]}"
