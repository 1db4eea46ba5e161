#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Prove that the tests can fail: plant a bug of each kind into a copy of the tree,
# and see that the debug kernel or a test finds it.
#
#   check-harness.sh [NAME]...      these (default: all of selftests/planted/)
#
# Each selftests/planted/NAME.patch says in its head which tests are to find it
# ("test:"), and what must be said about it ("expect:", a regular expression).
# First the same tests must pass with nothing planted.

set -euo pipefail

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
PLANTED=$TOP/selftests/planted
WORK=$TOP/build/harness
readonly TOP PLANTED WORK

PASSED=0
FAILED=0

ok()
{
	PASSED=$((PASSED + 1))
	printf 'ok - %s\n' "$*"
}

not_ok()
{
	FAILED=$((FAILED + 1))
	printf 'not ok - %s\n' "$*"
}

# setting NAME KEY
setting()
{
	sed -n "1,/^---/s/^$2: //p" "$PLANTED/$1.patch"
}

# A copy of the tree, with the tools that are built already.
copy()
{
	local dir=$1

	rm -rf "$dir"
	mkdir -p "$dir/build"
	tar -C "$TOP" --exclude=./build --exclude=./.git -c . | tar -C "$dir" -x
	find "$TOP/build" -maxdepth 1 -type f -exec cp -p {} "$dir/build" \;
}

# run NAME TEST...: build the module of a copy and run the tests on it; the
# answer is in $WORK/NAME.log.
run()
{
	local name=$1

	shift
	make -s -C "$WORK/$name" modules KVER=debug >"$WORK/$name.build" 2>&1 || {
		tail -n 20 "$WORK/$name.build"
		return 3
	}
	"$WORK/$name/selftests/vng.sh" --kernel debug --keep-going 0 "$@" \
		>"$WORK/$name.log" 2>&1
}

# Did the tests run at all?
reached()
{
	! grep -qE 'not run:|did not boot|cannot be prepared' "$WORK/$1.log"
}

plant()
{
	local name=$1 expect status=0 found

	expect=$(setting "$name" expect)
	copy "$WORK/$name"
	if ! patch -s -p1 -d "$WORK/$name" <"$PLANTED/$name.patch"; then
		not_ok "$name: the patch does not apply any more"
		return
	fi
	# shellcheck disable=SC2046
	run "$name" $(setting "$name" test) || status=$?
	found=$(grep -E -m 1 "$expect" "$WORK/$name.log" || true)
	if (( status == 3 )); then
		not_ok "$name: cannot be built"
	elif (( status == 0 )); then
		not_ok "$name: nobody has noticed"
	elif ! reached "$name" || [[ -z $found ]]; then
		not_ok "$name: something else failed, see $WORK/$name.log"
	else
		ok "$name: $found"
	fi
	rm -rf "${WORK:?}/$name"
}

names=("$@")
if (( ${#names[@]} == 0 )); then
	mapfile -t names < <(basename -s .patch "$PLANTED"/*.patch)
fi
mkdir -p "$WORK"
mapfile -t tests < <(for name in "${names[@]}"; do
	setting "$name" test | tr ' ' '\n'
done | sort -u)
copy "$WORK/none"
if run none "${tests[@]}" && reached none; then
	ok "nothing planted: ${tests[*]}"
else
	not_ok "nothing planted, but a test fails, see $WORK/none.log"
fi
rm -rf "$WORK/none"
for name in "${names[@]}"; do
	plant "$name"
done
printf 'harness: %d passed, %d failed, 0 skipped\n' "$PASSED" "$FAILED"
(( FAILED == 0 ))
