#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Devices are renamed, moved to another namespace and back, and deleted, while the
# fuzzer attaches, configures and detaches them, and packets come in on them.
# timeout: 200
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/storm_lib.sh"

CYCLES=$(sized 500 50)

rename()
{
	ipn host -b - <<-END
	link set fz0 down
	link set fz0 name gone
	link set gone up
	link set gone down
	link set gone name fz0
	link set fz0 up
	END
}

move()
{
	ipn host link set fz1 netns "${NS[out]}" &&
	ipn out link set fz1 netns "${NS[host]}" &&
	ipn host link set fz1 up
}

recreate()
{
	ipn host link del fz2 &&
	ipn host link add fz2 type veth peer name x2 netns "${NS[out]}" &&
	ipn host link set fz2 up && ipn out link set x2 up
}

mtu()
{
	ipn host link set fz3 mtu $((1280 + $1)) &&
	ipn host link set fz3 address "52:54:00:fd:00:0$(($1 % 10))"
}

all()
{
	local i

	storm_fuzz 0
	storm_busy || return
	for (( i = 0; i < CYCLES; i++ )); do
		case $((i % 4)) in
		0) rename ;;
		1) move ;;
		2) recreate ;;
		3) mtu "$i" ;;
		esac || { echo "in cycle $i"; return 1; }
	done
	storm_over
}

# The kernel says so every ten seconds, and waits for ever, if somebody holds one.
can_go()
{
	ns_del host out && module_unload
}

ktap_plan 4
seed_init
storm_wires
storm_packets
check "$CYCLES devices renamed, moved, deleted" all
check "and nobody holds one" can_go
module_load
topo_basic ctl
for f in 4 6; do
	check "IPv$f: the next router works" ping_from "$f" src "${DST[$f]}"
done
