#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Random requests from two processes, with dumps and listeners, devices that come
# and go, and traffic on all wires, some of it forwarded in every second, for VFLOW_SIZE
# minutes.  After a fifth of the time the memory of the module's slabs, and that of all
# others together, grows by no more than 1 %; at the end all can be deleted.
# timeout: 7200
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/storm_lib.sh"

MINUTES=$(sized 45 1)

# kilobytes: of all slabs, and what the processors keep for themselves given back.
kilobytes()
{
	local file

	for file in /sys/kernel/slab/*/shrink; do
		echo 1 >"$file" 2>/dev/null || true
	done
	awk '/^(Slab|Percpu):/ { n += $2 } END { print n }' /proc/meminfo
}

# quiet: the module as it is with nothing in it, so that only what is lost counts.
quiet()
{
	delete_all && sleep 1
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

ktap_plan 4
seed_init
storm_wires
storm_packets
printf -v START '%(%s)T' -1
rounds_until $((START + MINUTES * 60 / 5))
check "a fifth of the time is over, all can be deleted" quiet
BEFORE=$(kilobytes)
rounds_until $((START + MINUTES * 60))
check "$MINUTES minutes are over, all can be deleted" quiet
AFTER=$(kilobytes)
diag "$SENT messages, $ROUND devices down and up, $BEFORE kB then, $AFTER kB now"
check "memory has not grown by more than 1 %" \
	test $((AFTER * 100)) -le $((BEFORE * 101))
ns_del host out
topo_basic ctl
check "the next router works" ping_from 4 src "${DST[4]}"
