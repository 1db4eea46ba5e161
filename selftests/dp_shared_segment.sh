#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Two vrouters on one segment: their guests resolve each other by ARP and ND
# through the host, and route through each other without leaving it.
# timeout: 60
. "$(dirname "$0")/lib.sh"

N=10000
MAC_X1=52:54:00:aa:01:01	# r1 on the shared segment
MAC_X2=52:54:00:aa:02:02	# r2 there
declare -A X1=([4]=10.9.0.1 [6]=fd00:9::1)
declare -A X2=([4]=10.9.0.2 [6]=fd00:9::2)

#	src --- up0 [ r1 ] segment (up1, VLAN 30) [ r2 ] up1 --- dst
wires()
{
	local f

	ns_add src dst host r1 r2
	veth src s0 host up0
	veth dst d0 host up1
	veth host g0 r1 e0
	veth host x1 r1 e1
	veth host x2 r2 e0
	veth host g1 r2 e1
	set_mac src s0 "$MAC_S0"
	set_mac dst d0 "$MAC_D0"
	set_mac r1 e0 "$MAC_E0"
	set_mac r1 e1 "$MAC_X1"
	set_mac r2 e0 "$MAC_X2"
	set_mac r2 e1 "$MAC_E1"
	forwarding r1 r2
	for f in 4 6; do
		addr src s0 "${SRC[$f]}/${LEN[$f]}"
		addr r1 e0 "${GW0[$f]}/${LEN[$f]}"
		addr r1 e1 "${X1[$f]}/${LEN[$f]}"
		addr r2 e0 "${X2[$f]}/${LEN[$f]}"
		addr r2 e1 "${GW1[$f]}/${LEN[$f]}"
		addr dst d0 "${DST[$f]}/${LEN[$f]}"
		ipn src route add default via "${GW0[$f]}"
		ipn dst route add default via "${GW1[$f]}"
		ipn r1 route add default via "${X2[$f]}"
		ipn r2 route add default via "${X1[$f]}"
	done
}

ports()
{
	ctl_batch <<-END
	port add up0 type uplink
	port add up1 type uplink
	port add g0 type guest
	port add g1 type guest
	port add x1 type guest
	port add x2 type guest
	vrouter add r1
	vrouter add r2
	vif add r1-e0 vrouter r1 mac $MAC_E0 uplink up0 guest g0
	vif add r1-e1 vrouter r1 mac $MAC_X1 uplink up1 vlan 30 guest x1
	vif add r2-e0 vrouter r2 mac $MAC_X2 uplink up1 vlan 30 guest x2
	vif add r2-e1 vrouter r2 mac $MAC_E1 uplink up1 guest g1
	END
}

tables()
{
	local f

	for f in 4 6; do
		ctl_batch <<-END
		address add ${GW0[$f]}/${LEN[$f]} vif r1-e0
		address add ${X1[$f]}/${LEN[$f]} vif r1-e1
		address add ${X2[$f]}/${LEN[$f]} vif r2-e0
		address add ${GW1[$f]}/${LEN[$f]} vif r2-e1
		neighbor add ${SRC[$f]} lladdr $MAC_S0 vif r1-e0
		neighbor add ${X2[$f]} lladdr $MAC_X2 vif r1-e1
		neighbor add ${X1[$f]} lladdr $MAC_X1 vif r2-e0
		neighbor add ${DST[$f]} lladdr $MAC_D0 vif r2-e1
		route add ${DEFAULT[$f]} vrouter r1 via ${X2[$f]} vif r1-e1
		route add ${DEFAULT[$f]} vrouter r2 via ${X1[$f]} vif r2-e0
		END
	done
}

learned()
{
	ipn "$1" neigh show "$2" dev "$3" | grep -q -i "lladdr $4"
}

# The neighbors that the guests have learned came through the host.
resolve()
{
	local f=$1

	check "IPv$f: r1 reaches r2 on the segment" ping_from "$f" r1 "${X2[$f]}"
	check "IPv$f: r1 has learned r2's MAC" learned r1 "${X2[$f]}" e1 "$MAC_X2"
	check "IPv$f: r2 has learned r1's MAC" learned r2 "${X1[$f]}" e0 "$MAC_X1"
}

through_both()
{
	local f=$1

	check "IPv$f: ping from src through both to dst" \
		ping_from "$f" src "${DST[$f]}" 5
	listen dst recv --expect "$N" "$(place dst d0=dst)"
	listen leaks count "$(place r1 e0)" "$(place r1 e1)" "$(place r2 e0)" \
		"$(place r2 e1)" "$(place dst d0.30)" -- in pktio
	# To an address that is not dst's own: its kernel must not answer.
	send src s0 --dmac "$MAC_E0" --src "${SRC[$f]}" --dst "${NOBODY[$f]}" \
		--to dst --count "$N" --flows 100
	listened dst
	# Now: flows that are idle for 30 s are gone.
	check_eq "IPv$f: each hop has its own flow" "100 100" \
		echo "$(flows_to r1 "${NOBODY[$f]}")" "$(flows_to r2 "${NOBODY[$f]}")"
	hang_up leaks
	check "IPv$f: $N packets arrive" arrived dst "$N"
	check_eq "IPv$f: two routers took one from the TTL each" "62 62" \
		answer dst '.streams["1"].ttl | join(" ")'
	check_eq "IPv$f: none entered a guest or the wire between them" 0 \
		answer leaks .frames
}

ktap_plan 19
wires
ports
for f in 4 6; do
	resolve "$f"
done
tables
for f in 4 6; do
	ctl neighbor add "${NOBODY[$f]}" lladdr "$MAC_D0" vif r2-e1
done
for f in 4 6; do
	through_both "$f"
done
for vr in r1 r2; do
	check_eq "$vr has counted what it forwarded" true \
		jq -n "$(stat_of "$vr" vrouter forward-packets) >= 2 * $N"
done
ns_del r1
listen dst recv --expect 100 "$(place dst d0=dst)"
send src s0 --dmac "$MAC_E0" --src "${SRC[4]}" --dst "${NOBODY[4]}" --to dst --count 100
listened dst
check "the guest r1 is gone, its transit is not" arrived dst 100
