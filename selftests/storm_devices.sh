#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Devices are deleted, each a port that forwards packets at that moment; others are
# renamed, moved to another namespace and back, deleted and given another MTU, while the
# fuzzer attaches, configures and detaches them, and packets come in on all of them.
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

mtu()
{
	ipn host link set fz3 mtu $((1280 + $1)) &&
	ipn host link set fz3 address "52:54:00:fd:00:0$(($1 % 10))"
}

# go_path: what comes in on go0, which the fuzzer does not know, leaves by keep0 in
# VLAN 6.  The vif waits for its port, again and again.
go_path()
{
	ipn out link add link back0 name back6 up type vlan id 6 &&
	ctl_batch <<-END
	vif add go-in vrouter keep mac 52:54:00:fd:02:01 uplink go0
	vif add go-out vrouter keep mac 52:54:00:fd:02:02 uplink keep0 vlan 6
	address add 10.243.0.1/24 vif go-out
	neighbor add 10.243.0.2 lladdr 52:54:00:fd:02:03 vif go-out
	END
}

# A sender is bound to its device, so there is a new one for each.
recreate()
{
	ipn host link del fz2 &&
	ipn host link add fz2 up type veth peer name x2 netns "${NS[out]}" &&
	ipn out link set x2 up || return
	[[ -z $OTHER ]] || kill "$OTHER"
	ip netns exec "${NS[out]}" pktio send x2 --dmac 52:54:00:fe:00:02 \
		--src 10.2.0.1 --dst 10.101.0.1 --flows 100 --rate 50 >/dev/null 2>&1 &
	OTHER=$!
}

create()
{
	ipn host link add go0 up type veth peer name to0 netns "${NS[out]}" &&
	ipn out link set to0 up &&
	ctl port add go0 type uplink || return
	ip netns exec "${NS[out]}" pktio send to0 --dmac 52:54:00:fd:02:01 \
		--src 10.242.0.9 --dst 10.243.0.2 --flows 100 --rate 200 >/dev/null 2>&1 &
	SENDER=$!
}

# unregister: that packets come back says that go0 is a port, with packets coming in.
unregister()
{
	poll_until 30 more_kept "$((CAME + 10))" back6 ||
		{ echo "go0 is no port that packets come in on: $OUT"; return 1; }
	ipn host link del go0 || return
	kill "$SENDER"
	CAME=$(kept back6)
}

one()
{
	case $(($1 % 4)) in
	0) rename ;;
	1) move ;;
	2) recreate ;;
	3) mtu "$1" ;;
	esac
}

all()
{
	local i CAME=0 OTHER=

	storm_fuzz 0
	storm_busy && storm_keep && storm_forwards && go_path || return
	for (( i = 0; i < CYCLES; i++ )); do
		create && { (( i % 2 )) || one $((i / 2)); } && unregister ||
			{ echo "in cycle $i"; return 1; }
	done
	echo "$CAME packets"
	storm_forwards && storm_over
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
check "$CYCLES ports deleted while they forward, half as many others changed" all
check "and nobody holds one" can_go
module_load
topo_basic ctl
for f in 4 6; do
	check "IPv$f: the next router works" ping_from "$f" src "${DST[$f]}"
done
