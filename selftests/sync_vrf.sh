#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A guest with a VRF is two vrouters: one for its main routing, one for the VRF, with
# the same addresses and prefixes in both.  Each has what its table has, packets of
# each go their own way, and a change in one is none in the other; for a guest in a
# namespace, and for one that tells both through one connection of its agent.
# timeout: 60
. "$(dirname "$0")/lib.sh"

need_module vrf

SOCK=$TEST_TMP/agent.sock
MAC_E2=52:54:00:aa:00:03
MAC_E3=52:54:00:aa:00:04

# src5 and dst5 are on VLAN 5 of the wires of src and dst.
vlan_host()
{
	ns_add "${1}5"
	ipn "$1" link add link "$2" name v5 type vlan id 5
	ipn "$1" link set v5 netns "${NS[${1}5]}"
	ipn "${1}5" link set v5 up
}

red_wires()
{
	local f

	vlan_host src s0
	vlan_host dst d0
	ipn r1 link add red type vrf table 100
	ipn r1 link set red up
	veth host g2 r1 e2
	veth host g3 r1 e3
	set_mac r1 e2 "$MAC_E2"
	set_mac r1 e3 "$MAC_E3"
	ipn r1 link set e2 master red
	ipn r1 link set e3 master red
	for f in 4 6; do
		addr src5 v5 "${SRC[$f]}/${LEN[$f]}"
		addr dst5 v5 "${DST[$f]}/${LEN[$f]}" "${FAR[$f]}/${HOSTLEN[$f]}"
		addr dst lo "${FAR[$f]}/${HOSTLEN[$f]}"
		addr r1 e2 "${GW0[$f]}/${LEN[$f]}"
		addr r1 e3 "${GW1[$f]}/${LEN[$f]}"
		ipn src5 route add default via "${GW0[$f]}"
		ipn dst5 route add default via "${GW1[$f]}"
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

# Ten pings in each vrouter, once their neighbors are known: the module forwards
# all of them, of either side.
own_way()
{
	local f vif was=()

	for f in 4 6; do
		ping_from "$f" src "${FAR[$f]}" && ping_from "$f" src5 "${FAR[$f]}" ||
			return
	done
	both_equal 5 || return
	for vif in r1-e0 r1-e1 red-e2 red-e3; do
		was+=("$(stat_of "$vif" vif forward-packets)")
	done
	for f in 4 6; do
		ping_from "$f" src "${FAR[$f]}" 10 && ping_from "$f" src5 "${FAR[$f]}" 10 ||
			return
	done
	for vif in r1-e0 r1-e1 red-e2 red-e3; do
		[[ $(stat_of "$vif" vif forward-packets) == $((${was[0]} + 20)) ]] || {
			echo "$vif: not 20 packets more than ${was[0]}"
			return 1
		}
		was=("${was[@]:1}")
	done
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
	check "$2: the same addresses lead different ways" own_way
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
red_wires
guest_reader
guest_reader red "${NS[r1]}/red" e2=red-e2 e3=red-e3
all_of "netns:${NS[r1]}" netns
all_of "agent:unix:$SOCK" agent
