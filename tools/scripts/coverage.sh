#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Which lines and branches of the module the tests reached on a debug kernel: the
# counters that selftests/vng.sh has brought back, of all machines of the last run.
#
#   coverage.sh debug|uml [OPTION]...   options for gcovr, e.g. --html-details DIR/x.html
#
# Fails if fewer than 80 % of the lines are reached.

set -euo pipefail

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
VFLOW_CACHE=${VFLOW_CACHE:-/var/cache/vflow}
readonly TOP VFLOW_CACHE

version=$("$TOP/tools/scripts/kbuild.sh" --resolve "${1:?which kernel?}")
shift
build=$TOP/build/$version
logs=$TOP/build/logs/selftests-$version
out=$TOP/build/coverage

sums=("$logs"/gcov.*)
if [[ ! -d ${sums[0]} ]]; then
	printf 'coverage.sh: nothing in %s; run: make check-debug\n' "$logs" >&2
	exit 1
fi
rm -rf "$out"
cp -r "${sums[0]}" "$out"
for sum in "${sums[@]:1}"; do
	gcov-tool merge "$out" "$sum" -o "$out.new"
	rm -rf "$out"
	mv "$out.new" "$out"
done
# The notes of the compiler lie beside the objects; counters have their paths.
while IFS= read -r counter; do
	object=${counter#"$out"}
	cp "${object%.gcda}.gcno" "${counter%.gcda}.gcno"
done < <(find "$out" -name '*.gcda')
# gcov runs there, and wants the kernel's headers where the compiler had them.
ln -s "$VFLOW_CACHE/debug/$version/build"/{arch,include} "$out"
for what in '' --branches; do
	# shellcheck disable=SC2086
	gcovr --root "$build" --object-directory "$out" \
		--filter '.*kmod/[a-z_]*\.[ch]$' --exclude-unreachable-branches \
		--fail-under-line 80 $what "$@" "$out"
done
