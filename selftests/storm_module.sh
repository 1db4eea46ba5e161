#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The module goes in the middle of everything: requests on their way, dumps open,
# notifications not read, packets on all wires, vrouters half made; and comes back.
# timeout: 200
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/storm_lib.sh"

CYCLES=$(sized 200 20)

# Requests and dumps hold the module: it goes between two of them.
unloaded()
{
	rmmod vflow 2>/dev/null
}

# one: the fuzzer is at work when it goes.
one()
{
	module_load && storm_busy && storm_keep && storm_forwards || return
	poll_until 30 unloaded ||
		{ echo "$(cat /sys/module/vflow/refcnt) users"; return 1; }
}

all()
{
	local i

	storm_fuzz 0
	for (( i = 0; i < CYCLES; i++ )); do
		one || { echo "in cycle $i"; return 1; }
	done
	storm_over
}

ktap_plan 3
seed_init
storm_wires
storm_packets
module_unload
check "$CYCLES times in the middle of everything" all
ns_del host out
module_load
topo_basic ctl
for f in 4 6; do
	check "IPv$f: the next router works" ping_from "$f" src "${DST[$f]}"
done
