#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Prove that the tests can fail: plant a bug of each kind into a copy of the tree,
# and see that the debug kernel or a test finds it.
#
#   check-harness.sh [NAME]...      these (default: all of selftests/planted/)
#
# Each selftests/planted/NAME.patch says in its head which tests are to find it
# ("test:"), what must be said about it ("expect:", a regular expression), and on
# which kernel ("kernel:", default debug), if a faster one shows it, too.
# A test that the bug spares ("next:") must pass after them, in the machine that replaces
# the broken one.  First the same tests must pass with nothing planted.

set -euo pipefail

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
PLANTED=$TOP/selftests/planted
WORK=$TOP/build/harness
TREE=$WORK/tree
readonly TOP PLANTED WORK TREE

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

# kernel_of NAME
kernel_of()
{
	local kernel

	kernel=$(setting "$1" kernel)
	printf '%s\n' "${kernel:-debug}"
}

# One copy of the tree for all, with the tools that are built already: a bug costs the
# building of the one file that it is planted into.
copy()
{
	rm -rf "$TREE"
	mkdir -p "$TREE/build"
	tar -C "$TOP" --exclude=./build --exclude=./.git -c . | tar -C "$TREE" -x
	find "$TOP/build" -maxdepth 1 -type f -exec cp -p {} "$TREE/build" \;
}

# run NAME KERNEL RESTARTS TEST...: build the module and run the tests on it; the answer
# is in $WORK/NAME.log.
run()
{
	local name=$1 kernel=$2 restarts=$3

	shift 3
	make -s -C "$TREE" modules KVER="$kernel" >"$WORK/$name.build" 2>&1 || {
		tail -n 20 "$WORK/$name.build"
		return 3
	}
	"$TREE/selftests/vng.sh" --kernel "$kernel" --keep-going "$restarts" "$@" \
		>"$WORK/$name.log" 2>&1
}

# Did the tests run at all?
reached()
{
	! grep -qE 'not run:|did not boot|cannot be prepared' "$WORK/$1.log"
}

# none KERNEL NAME...: the tests of these bugs pass there with nothing planted.
none()
{
	local kernel=$1 name tests

	shift
	mapfile -t tests < <(for name; do
		[[ $(kernel_of "$name") != "$kernel" ]] ||
			{ setting "$name" test; setting "$name" next; } | tr ' ' '\n'
	done | sort -u)
	(( ${#tests[@]} )) || return 0
	if run "none-$kernel" "$kernel" 0 "${tests[@]}" && reached "none-$kernel"; then
		ok "nothing planted, on $kernel: ${tests[*]}"
	else
		not_ok "nothing planted, but a test fails, see $WORK/none-$kernel.log"
	fi
}

plant()
{
	local name=$1 expect next status=0 found

	expect=$(setting "$name" expect)
	next=$(setting "$name" next)
	if ! patch -s -p1 -d "$TREE" <"$PLANTED/$name.patch"; then
		not_ok "$name: the patch does not apply any more"
		copy
		return
	fi
	# shellcheck disable=SC2046,SC2086
	run "$name" "$(kernel_of "$name")" "$(wc -w <<<"$next")" \
		$(setting "$name" test) $next || status=$?
	found=$(grep -E -m 1 "$expect" "$WORK/$name.log" || true)
	if (( status == 3 )); then
		not_ok "$name: cannot be built"
	elif (( status == 0 )); then
		not_ok "$name: nobody has noticed"
	elif ! reached "$name" || [[ -z $found ]]; then
		not_ok "$name: something else failed, see $WORK/$name.log"
	elif [[ $next ]] && ! grep -q "^ok [0-9]* - $next\b" "$WORK/$name.log"; then
		not_ok "$name: the machine was not replaced, see $WORK/$name.log"
	else
		ok "$name: $found"
	fi
	patch -s -R -p1 -d "$TREE" <"$PLANTED/$name.patch"
}

names=("$@")
if (( ${#names[@]} == 0 )); then
	mapfile -t names < <(basename -s .patch "$PLANTED"/*.patch)
fi
mkdir -p "$WORK"
copy
for kernel in $(for name in "${names[@]}"; do kernel_of "$name"; done | sort -u); do
	none "$kernel" "${names[@]}"
done
for name in "${names[@]}"; do
	plant "$name"
done
rm -rf "$TREE"
printf 'harness: %d passed, %d failed, 0 skipped\n' "$PASSED" "$FAILED"
(( FAILED == 0 ))
