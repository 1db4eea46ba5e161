#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Transit does not enter the guest: 10,000 packets over 1,000 new flows are all
# routed in the kernel.  In one flow, only the packet whose TTL ends and the one
# that is larger than the MTU of the egress are punted; fragments are not.
# timeout: 60
. "$(dirname "$0")/lib.sh"

PACKETS=10000
FLOWS=1000
# A debug kernel would take so long that the first flows are gone at the end.
if (( VFLOW_SLOW > 8 )); then
	PACKETS=1000
	FLOWS=100
fi

# far FAMILY: a network behind dst, so that dst's kernel answers nothing.
far()
{
	ctl route add "${FARNET[$1]}" vrouter r1 via "${DST[$1]}" vif r1-e1
	ipn r1 route add "${FARNET[$1]}" via "${DST[$1]}"
}

to_far()
{
	local f=$1

	shift
	send src s0 --dmac "$MAC_E0" --src "${SRC[$f]}" --dst "${FAR[$f]}" \
		--to dst "$@"
}

many_flows()
{
	local f=$1 before

	before=$(stat_of r1 vrouter forward-packets)
	listen dst recv --expect "$PACKETS" "$(place dst d0=dst)"
	listen guest count "$(place r1 e0)" "$(place r1 e1)" -- pktio
	to_far "$f" --count "$PACKETS" --flows "$FLOWS"
	listened dst
	hang_up guest

	check "IPv$f: all of $PACKETS packets arrive" arrived dst "$PACKETS"
	check_eq "IPv$f: their TTL is one less" "63 63" \
		answer dst '.streams["1"].ttl | join(" ")'
	check_eq "IPv$f: none of them enters the guest" "0" answer guest .frames
	check_eq "IPv$f: one flow each is cached" "$FLOWS" \
		flows_to r1 "${FAR[$f]}"
	check_eq "IPv$f: and counted" "$PACKETS" \
		echo $(($(stat_of r1 vrouter forward-packets) - before))
}

# Packets of one and the same flow; the guest must get two of them.
one_flow()
{
	local f=$1 too_big=icmp-unreachable

	[[ $f == 4 ]] || too_big=icmp-too-big
	listen dst count "$(place dst d0)" -- "ip${f#4}" dst="${FAR[$f]}"
	listen guest count "$(place r1 e0)" "$(place r1 e1)" -- in \
		dst="${FAR[$f]}"
	listen src count "$(place src s0)" -- in src="${GW0[$f]}"
	to_far "$f" --count 500 --sport 7
	to_far "$f" --count 1 --sport 7 --ttl 1
	to_far "$f" --count 1 --sport 7 --size 1600 --df
	to_far "$f" --count 1 --sport 7 --size 1000 --frag 400
	to_far "$f" --count 500 --sport 7
	poll_until 5 _answered "$f" || true
	hang_up dst guest src

	check_eq "IPv$f: one flow: 1,000 packets and 3 fragments come out" 1003 \
		answer dst .frames
	check_eq "IPv$f: one flow: one entry forwarded the 1,000" 1000 \
		kernel_get ".[] | select(.\"ip-dst\" == \"${FAR[$f]}\" and
			.\"l4-src\" == 7) | .packets" flow-get
	check_eq "IPv$f: one flow: the guest gets two" 2 answer guest .frames
	check_eq "IPv$f: one flow: and answers time exceeded" 1 \
		answer src '.kinds["icmp-time-exceeded"]'
	check_eq "IPv$f: one flow: and packet too big" 1 \
		answer src ".kinds[\"$too_big\"]"
}

# Both ICMP errors have passed up0.
_answered()
{
	(( $(stat_of r1-e0 vif punt-packets) >= 2 ))
}

ktap_plan 20
topo_wires
ipn src link set s0 mtu 2000
ipn host link set up0 mtu 2000
ipn host link set g0 mtu 2000
ipn r1 link set e0 mtu 2000
topo_ports
topo_tables
# IPv6's own chatter (MLD, ND of the kernels in src and dst) is not transit.
for f in 4 6; do
	far "$f"
	many_flows "$f"
done
for f in 4 6; do
	one_flow "$f"
done
