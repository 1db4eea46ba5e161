#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A guest with a VRF is two vrouters: one for its main routing, one for the VRF, with
# the same addresses and prefixes in both.  Each has what its table has, packets of
# each go their own way, and a change in one is none in the other; for a guest in a
# namespace, and for one that tells both through one connection of its agent.
# timeout: 60
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/vrf_lib.sh"

need_module vrf

SOCK=$TEST_TMP/agent.sock
VIFS=(r1-e0 r1-e1 red-e2 red-e3)

red_routes()
{
	local f

	for f in 4 6; do
		ipn r1 route add "${FARNET[$f]}" via "${DST[$f]}"
		ipn r1 route add vrf red "${FARNET[$f]}" via "${DST[$f]}"
		ipn r1 nexthop add id $((50 + f)) via "${DST[$f]}" dev e3
	done
	ipn r1 route add vrf red 10.51.0.0/16 nhid 54
	ipn r1 route add vrf red fd00:51::/48 nhid 56
	ipn r1 route add vrf red unreachable 10.52.0.0/16
	ipn r1 route add 10.51.0.0/16 via "${SRC[4]}"
}

# conf SOURCE
conf()
{
	source_conf "$1"
	cat <<-END
	[vrouter red]
	source = $1 vrf red

	[vif red-e2]
	vrouter = red
	guest-interface = e2
	uplink = up0
	vlan = 5
	guest = g2

	[vif red-e3]
	vrouter = red
	guest-interface = e3
	uplink = up1
	vlan = 5
	guest = g3
	END
}

begin()
{
	conf "$1" >"$TEST_TMP/vflow.conf"
	daemon "$TEST_TMP/vflow.conf"
	[[ $1 != agent:* ]] || {
		spawn "$TEST_TMP/agent.log" ip netns exec "${NS[r1]}" \
			"$VFLOW_BUILD/vflow-agent" "unix:$SOCK"
		AGENT=$SPAWNED
	}
}

both_equal()
{
	guest_equal "$1" "${2:-}" r1 && guest_equal "$1" '' red
}

verify()
{
	in_ns host "$VFLOW_BUILD/vflowctl" verify "$1" control "$TEST_TMP/vflowd.sock"
}

# all_of SOURCE NAME
all_of()
{
	begin "$1"
	check "$2: both vrouters have what their tables have" both_equal 10
	check "$2: the same addresses lead different ways" own_way "${VIFS[@]}"
	check "$2: a route of the VRF goes, that of the main routing stays" \
		both_equal 2 "ip -n ${NS[r1]} route del vrf red 10.51.0.0/16"
	check "$2: and the other way round" both_equal 2 \
		"ip -n ${NS[r1]} route del ${FARNET[6]}"
	check "$2: a link of the VRF goes down" both_equal 2 \
		"ip -n ${NS[r1]} link set e3 down"
	ipn r1 link set e3 up
	ipn r1 nexthop replace id 54 via "${DST[4]}" dev e3
	ipn r1 route add vrf red 10.51.0.0/16 nhid 54
	addr r1 e3 "${GW1[6]}/${LEN[6]}"
	for f in 4 6; do
		ipn r1 route replace "${FARNET[$f]}" via "${DST[$f]}"
		ipn r1 route replace vrf red "${FARNET[$f]}" via "${DST[$f]}"
	done
	check "$2: and comes back" both_equal 2
	check "$2: verify of the main routing" verify r1
	check "$2: verify of the VRF" verify red
	stop ${AGENT:+"$AGENT"} "$VFLOWD"
}

ktap_plan 16
topo_wires
kernel_reader host
vrf_wires red 100
red_routes
guest_reader
guest_reader red "${NS[r1]}/red" e2=red-e2 e3=red-e3
all_of "netns:${NS[r1]}" netns
all_of "agent:unix:$SOCK" agent
