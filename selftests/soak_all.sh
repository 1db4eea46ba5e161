#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Random requests from two processes, with dumps and listeners, devices that come
# and go, and traffic on all wires, some of it forwarded in every second, for VFLOW_SIZE
# minutes.  After each fifth of the time all can be deleted; from the first to the last
# the memory of the module's slabs, and that of all others together, grows by no more
# than 1 %.
# timeout: 7200
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/storm_lib.sh"

MINUTES=$(sized 45 1)

# quiet: the module as it is with nothing in it, so that only what is lost counts.
# kfree_rcu() waits five seconds for more (KFREE_DRAIN_JIFFIES); what the kernel could do
# without, like names of files, and what the processors keep for themselves is given back.
quiet()
{
	local file

	delete_all || return
	sleep 10
	sync
	echo 3 >/proc/sys/vm/drop_caches
	for file in /sys/kernel/slab/*/shrink; do
		echo 1 >"$file" 2>/dev/null || true
	done
}

# memory FILE: of all slabs and processors, and of each kind of slab, in kilobytes.
memory()
{
	awk '/^(Slab|Percpu):/ { print $1, $2 }
		FILENAME == "/proc/slabinfo" && FNR > 2 { print $1, $15 * $6 * 4 }' \
		/proc/meminfo /proc/slabinfo >"$1"
}

# kilobytes FILE: all of it.
kilobytes()
{
	awk '/^(Slab|Percpu):/ { n += $2 } END { print n }' "$1"
}

# grown FILE FILE: the parts that differ most.
grown()
{
	awk 'NR == FNR { was[$1] = $2; next }
		$2 != was[$1] { print $2 - was[$1], "kB", $1 }' "$@" | sort -rn | head
}

rounds_until()
{
	local now dev

	storm_fuzz "$ROUND"
	storm_busy
	storm_keep
	printf -v now '%(%s)T' -1
	while (( now < $1 )); do
		ROUND=$((ROUND + 1))
		dev=fz$((ROUND % 4))
		ipn host link set "$dev" down
		ipn host link set "$dev" up
		sleep 1
		storm_forwards
		storm_goes_on
		printf -v now '%(%s)T' -1
	done
	storm_over
	storm_heard 5 '{"seed"'
	SENT=$((SENT + $(jq .sent <<<"$HEARD")))
}

ROUND=0
SENT=0

ktap_plan 7
seed_init
storm_wires
storm_packets
printf -v START '%(%s)T' -1
for fifth in 1 2 3 4 5; do
	rounds_until $((START + fifth * MINUTES * 60 / 5))
	check "$((fifth * MINUTES * 60 / 5)) seconds are over, all can be deleted" quiet
	memory "$TEST_TMP/memory$fifth"
	diag "$SENT messages, $ROUND devices down and up, $(kilobytes "$TEST_TMP/memory$fifth") kB"
done
BEFORE=$(kilobytes "$TEST_TMP/memory1")
AFTER=$(kilobytes "$TEST_TMP/memory5")
diag_stdin < <(grown "$TEST_TMP/memory1" "$TEST_TMP/memory5")
check "memory has not grown by more than 1 %" \
	test $((AFTER * 100)) -le $((BEFORE * 101))
ns_del host out
topo_basic ctl
check "the next router works" ping_from 4 src "${DST[4]}"
