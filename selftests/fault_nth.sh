#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The first, second, ... last allocation of every netlink request and dump, of
# loading the module and of making a namespace fails (fail_nth.py): what is refused
# has changed nothing, nor what devices let in; nothing leaks, and afterwards all of it
# works.
# timeout: 240
. "$(dirname "$0")/lib.sh"

# line_of OPERATION: what fail_nth.py said of it.
line_of()
{
	awk -v op="$1" '
		/^(not )?ok / {
			bad = $1 == "not"
			name = $0
			sub("^(not )?ok ", "", name)
			mine = index(name, op ":") == 1
			found += mine
			failed += mine && bad
		}
		mine { print }
		END { exit found != 1 || failed }' "$TEST_TMP/lines"
}

world()
{
	local dev

	ns_add host
	for dev in up0 up1 g0 spare0; do
		ipn host link add "$dev" type dummy
		ipn host link set "$dev" up
	done
}

sweep()
{
	SEED=$SEED fail_nth.py "$@" >"$TEST_TMP/lines" 2>&1
	cat "$TEST_TMP/lines"
	grep -q '^ok ' "$TEST_TMP/lines" && ! grep -q '^not ok ' "$TEST_TMP/lines"
}

in_host()
{
	in_ns host env SEED="$SEED" fail_nth.py commands "$(sized 1 5)" \
		>"$TEST_TMP/lines" 2>&1
}

need_feature "fault injection" test -e /sys/kernel/debug/failslab -a \
	-e /proc/self/fail-nth
mapfile -t OPS < <(fail_nth.py list)
ktap_plan $((${#OPS[@]} + 5))
seed_init
world
fail_nth.py prepare
check "the sweep over all requests comes to its end" in_host
diag "$(tail -n 1 "$TEST_TMP/lines")"
for op in "${OPS[@]}"; do
	check "$op" line_of "$op"
done
ns_del host
check "making a namespace" sweep netns "$(sized 1 40)"
diag "$OUT"
module_unload
check "loading the module" sweep insmod "$VFLOW_KO"
diag "$OUT"
module_load
topo_basic ctl
for f in 4 6; do
	check "IPv$f: the next router works" ping_from "$f" src "${DST[$f]}"
done
