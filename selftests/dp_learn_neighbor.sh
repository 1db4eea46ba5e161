#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A vrouter that learns its neighbors from ARP and ND: the first packet goes to
# the guest, which asks; the answer passes by, and from then on no packet does.
# A neighbor in use is asked, as the guest, whether it is there; it may change its
# MAC; one that falls silent is given up.  What nobody needs, or an administrator
# said, is not learnt.
# timeout: 150
. "$(dirname "$0")/lib.sh"

SWEEP=2000
PACKETS=20
RATE=$((40 / VFLOW_SLOW))
MAC_N=52:54:00:bb:00:22
declare -A GATEWAY=([4]=10.2.0.77 [6]=fd00:2::77)
declare -A FIXED=([4]=10.2.0.88 [6]=fd00:2::88)
declare -A OTHERS=([4]=10.2.1.0 [6]=fd00:2::1000)

learn()
{
	ctl vrouter set r1 learn-neighbors "$1"
}

# The guest forgets its neighbors.
guest_forgets()
{
	ipn r1 neigh flush all
}

# lladdr_of ADDRESS OWNER
lladdr_of()
{
	query ".[] | select(.address == \"$1\") | .lladdr" \
		neighbor show vrouter r1 owner "$2"
}

# is_at ADDRESS MAC [OWNER]: that is the neighbor, learnt if no owner is given.
is_at()
{
	local mac

	mac=$(lladdr_of "$1" "${3:-learned}")
	echo "$1 is at ${mac:-an unknown MAC}"
	[[ $mac == "$2" ]]
}


# is_confirmed ADDRESS: less long ago than after what it is asked.
is_confirmed()
{
	query ".[] | select(.address == \"$1\") | .confirmed < 15000" \
		neighbor show vrouter r1 owner learned | grep -x true
}

neighbors()
{
	query length neighbor show vrouter r1
}

# in_guest FAMILY ADDRESS: how many of PACKETS enter the guest.
in_guest()
{
	listen guest count "$(place r1 e0)" -- in pktio
	send src s0 --dmac "$MAC_E0" --src "${SRC[$1]}" --dst "$2" \
		--count "$PACKETS" --rate "$RATE" &&
	hang_up guest && answer guest .frames
}

few_in_guest()
{
	local n

	n=$(in_guest "$@")
	echo "$n of $PACKETS packets entered the guest"
	(( n >= 1 && n <= PACKETS / 4 ))
}

forwarded()
{
	stat_of r1-e0 vif forward-packets
}

none_in_guest()
{
	local n before

	before=$(forwarded)
	n=$(in_guest "$@")
	echo "$n of $PACKETS packets entered the guest," \
		"$(($(forwarded) - before)) were forwarded"
	(( n == 0 && $(forwarded) - before == PACKETS ))
}

# announce MAC IP [COUNT [DMAC]]: by dst, though nobody asked.
announce()
{
	announce.py "$@" | in_ns dst pktio replay d0 - >/dev/null
}

# moves ADDRESS: dst says that it has another MAC, until that is believed.
moves()
{
	announce "$MAC_N" "$1" 1 "$MAC_E1" && is_at "$1" "$MAC_N"
}

rx_of_e1()
{
	stat_of r1-e1 vif rx-packets
}

# The vif saw N more frames than before.
seen()
{
	(( $(rx_of_e1) - $1 >= $2 ))
}

# sweep FAMILY: of each address two frames.
sweep()
{
	local before

	before=$(rx_of_e1)
	announce "$MAC_N" "${OTHERS[$1]}" "$SWEEP" "$MAC_E1" &&
	poll_until 20 seen "$before" $((2 * SWEEP))
}

# no_more_than N: on a slow machine some are given up meanwhile.
no_more_than()
{
	local n

	n=$(neighbors)
	echo "$n neighbors, not more than $1"
	(( n <= $1 ))
}

# question FAMILY ADDRESS: what the module asks MAC_N, as the guest.
question()
{
	python3 - "$@" "${GW1[$1]}" "$MAC_E1" "$MAC_N" <<-'END'
	import sys
	from frames import ARP, ICMP6, IP6, addr, arp, eth, icmp6, ip6, mac
	family, ip, gw, me, it = sys.argv[1:]
	zero = "00:00:00:00:00:00"
	print(eth(it, me, ARP, arp(1, me, gw, zero, ip)).hex() if family == "4" else
	      eth(it, me, IP6, ip6(gw, ip, ICMP6, icmp6(gw, ip, 135, 0, 0, addr(ip) +
	          b"\1\1" + mac(me)), hlim=255)).hex())
	END
}

ktap_plan 37
export PYTHONPATH=$SELFTESTS
topo_wires
topo_ports
for f in 4 6; do
	addr dst d0 "${GATEWAY[$f]}/${LEN[$f]}"
	addr dst lo "${FAR[$f]}/${HOSTLEN[$f]}"
	ipn r1 route add "${FARNET[$f]}" via "${GATEWAY[$f]}"
	echo "address add ${GW0[$f]}/${LEN[$f]} vif r1-e0"
	# room for the sweep
	echo "address add ${GW1[$f]}/$((f == 4 ? 16 : 64)) vif r1-e1"
	echo "route add ${FARNET[$f]} vrouter r1 via ${GATEWAY[$f]} vif r1-e1"
done | ctl_batch

for f in 4 6; do
	check_eq "IPv$f: off by default, all packets enter the guest" "$PACKETS" \
		in_guest "$f" "${DST[$f]}"
done
check_eq "and nothing is learnt" 0 neighbors

check "it is switched on" learn on
guest_forgets
spawn "$TEST_TMP/told" ip netns exec "${NS[host]}" vfnl.py listen 60
wait_for 10 grep -q listening "$TEST_TMP/told"
for f in 4 6; do
	check_poll "IPv$f: the gateway of a route is found without a packet" 5 \
		is_at "${GATEWAY[$f]}" "$MAC_D0"
	check "IPv$f: no packet over it enters the guest" \
		none_in_guest "$f" "${FAR[$f]}"
	check "IPv$f: of those to a host on the link the first few do" \
		few_in_guest "$f" "${DST[$f]}"
	check "IPv$f: and then none" none_in_guest "$f" "${DST[$f]}"
	# The guest, which knows it, does not ask.
	ctl neighbor del "${DST[$f]}" vif r1-e1
	check "IPv$f: a host that only the guest knows is asked for" \
		few_in_guest "$f" "${DST[$f]}"
	check "IPv$f: and found" none_in_guest "$f" "${DST[$f]}"
done
check_match "listeners are told" 'neighbor-ntf.*"owner": 255' cat "$TEST_TMP/told"

count=$(neighbors)
for f in 4 6; do
	check "IPv$f: $SWEEP addresses are announced" sweep "$f"
done
check "and nobody asked for them: none is learnt" no_more_than "$count"

for f in 4 6; do
	spawn "$TEST_TMP/sent.$f" ip netns exec "${NS[src]}" pktio send s0 \
		--dmac "$MAC_E0" --src "${SRC[$f]}" --dst "${DST[$f]}" --rate 5
	wait_for 5 is_at "${DST[$f]}" "$MAC_D0"
done
set_mac dst d0 "$MAC_N"
for f in 4 6; do
	ctl neighbor add "${FIXED[$f]}" lladdr "$MAC_S0" vif r1-e1
	announce "$MAC_N" "${FIXED[$f]}" 1 "$MAC_E1"
	# What comes behind it is served after it.
	check_poll "IPv$f: a neighbor changes its MAC" 5 moves "${DST[$f]}"
	check "IPv$f: a static one does not" is_at "${FIXED[$f]}" "$MAC_S0" static
	check "IPv$f: a static one takes the place of a learnt one" \
		ctl neighbor add "${GATEWAY[$f]}" lladdr "$MAC_D0" vif r1-e1
	check "IPv$f: and stays" is_at "${GATEWAY[$f]}" "$MAC_D0" static
	# The guest itself has no reason to ask.
	ipn r1 neigh replace "${DST[$f]}" lladdr "$MAC_N" nud permanent dev e1
done

# All frames: the file is written when there are enough of them.
listen questions capture "$(place dst d0)"
for f in 4 6; do
	check_poll "IPv$f: the module asks a neighbor in use, as the guest" 25 \
		grep -q "in $(question "$f" "${DST[$f]}")" "$TEST_TMP/questions"
	check_poll "IPv$f: and hears the answer" 5 is_confirmed "${DST[$f]}"
done
for f in 4 6; do
	ipn dst addr del "${DST[$f]}/${LEN[$f]}" dev d0
done
for f in 4 6; do
	check_poll "IPv$f: who does not is given up" 30 is_at "${DST[$f]}" ""
done
ctl neighbor del "${GATEWAY[6]}" vif r1-e1
check_poll "a gateway whose neighbor was removed is found anew" 10 \
	is_at "${GATEWAY[6]}" "$MAC_N"
check "it is switched off" learn off
check_eq "and what was learnt is forgotten" 0 \
	query length neighbor show owner learned
