#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A namespace ends while the fuzzer makes ports, vrouters and vifs in it, with dumps
# open and notifications not read, and packets on all its wires; half of the times
# its wires' other ends go first.
# timeout: 200
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/storm_lib.sh"

CYCLES=$(sized 300 30)

# one NUMBER: the fuzzer keeps its namespace until it ends, so it is ended.
one()
{
	storm_wires
	storm_keep
	storm_packets
	storm_fuzz "$1"
	storm_busy && storm_forwards || return
	ip netns del "${NS[host]}"
	unset "NS[host]"
	(( $1 % 2 == 0 )) || ns_del out
	kill -KILL -- "-$STORM" 2>/dev/null
	wait "$STORM" 2>/dev/null
	return 0
}

unplugged()
{
	[[ ! -e /sys/class/net/last0 ]]
}

# namespaces: how many the kernel has.  It frees those of one round of cleaning up at
# the end of the next.  So there are three rounds, of each of which the loss of a wire
# shows that it has begun: of all older namespaces then nothing is left, and of these
# three one or two.  What is free already, but kept by KASAN or a processor, is given
# back first.
namespaces()
{
	local i

	for i in 1 2 3; do
		ip netns add last
		ip link add last0 type veth peer name last1 netns last
		ip netns del last
		wait_for 30 unplugged
	done
	echo 1 >/sys/kernel/slab/net_namespace/shrink
	cut -d " " -f 1 /sys/kernel/slab/net_namespace/objects
}

gone()
{
	local now

	now=$(namespaces)
	echo "$now namespaces, $BEFORE before"
	(( now <= BEFORE + 1 ))
}

ktap_plan 4
seed_init
BEFORE=$(namespaces)
for (( n = 0; n < CYCLES; n++ )); do
	mark=$(defer_mark)
	one "$n" || break
	undo_to "$mark"
done
check "$CYCLES namespaces ended in the middle of everything" test "$n" -eq "$CYCLES"
check_poll "nothing is left of them" 30 gone
topo_basic ctl
for f in 4 6; do
	check "IPv$f: the next router works" ping_from "$f" src "${DST[$f]}"
done
