#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What a hostile guest or its network does to the neighbor, and to the host itself: how
# many packets of the victim, another vrouter on the same wires, are forwarded in a
# second, how many of its routes change, and how often the host answers, each as fast as
# it goes, are under each attack at least 90 % of what they are beside somebody who sends
# as many packets, and makes as many changes, but means well.
# A second of this machine is 10^9 instructions: nothing counts but the work that is left
# for the victim.  Each measure is taken by one program while it runs, because to start
# one is to read files of the real host, for which the machine waits as long as it takes.
# vng: --icount
# timeout: 600
. "$(dirname "$0")/lib.sh"

# Packets in a second, of the attack and of the good flow: a third of what the machine
# can do, so that one that costs a fourth more than a good one is seen.
RATE=40000
CHANGES=2000	# of routes in a second
MAC_V0=52:54:00:aa:02:01
MAC_V1=52:54:00:aa:02:02
MAC_L0=52:54:00:aa:03:01
MAC_DEAF=52:54:00:aa:04:01
TAP_QUEUE=500	# frames
DST2=10.2.0.3
HOST=10.3.0.1

# r1 is the attacker's, victim is in VLAN 20.  r1 and loop send 10.66/16 to each other;
# 10.98/16 is on a link of r1, and nobody there answers.
world()
{
	topo_basic ctl
	ctl_batch <<-END
	vrouter set r1 max-flows 1000
	neighbor add $DST2 lladdr $MAC_D0 vif r1-e1
	route add ${FARNET[4]} vrouter r1 via ${DST[4]} vif r1-e1
	route add 10.98.0.0/16 vrouter r1 vif r1-e1
	vrouter add victim
	vif add victim-0 vrouter victim mac $MAC_V0 uplink up0 vlan 20
	vif add victim-1 vrouter victim mac $MAC_V1 uplink up1 vlan 20
	address add ${GW0[4]}/24 vif victim-0
	address add ${GW1[4]}/24 vif victim-1
	neighbor add ${DST[4]} lladdr $MAC_D0 vif victim-1
	neighbor add $DST2 lladdr $MAC_D0 vif victim-1
	route add ${FARNET[4]} vrouter victim via ${DST[4]} vif victim-1
	vrouter add loop
	vif add loop-0 vrouter loop mac $MAC_L0 uplink up0
	address add 10.1.0.77/24 vif loop-0
	neighbor add 10.1.0.77 lladdr $MAC_L0 vif r1-e0
	neighbor add ${GW0[4]} lladdr $MAC_E0 vif loop-0
	route add 10.66.0.0/16 vrouter r1 via 10.1.0.77 vif r1-e0
	route add 10.66.0.0/16 vrouter loop via ${GW0[4]} vif loop-0
	END
	ipn r1 route add 10.98.0.0/16 dev e1
	# A guest that never reads, for which there are three kinds of packets: to the
	# router itself, without a neighbor, and to what the guest forwards.
	spawn "$TEST_TMP/deaf" ip netns exec "${NS[host]}" deaf.py tap deaf
	wait_for 10 grep -q ready "$TEST_TMP/deaf"
	ipn host link set deaf txqueuelen "$TAP_QUEUE" up
	ctl_batch <<-END
	port add deaf type guest
	vif add r1-deaf vrouter r1 mac $MAC_DEAF uplink up0 vlan 30 guest deaf
	address add 10.30.0.1/24 vif r1-deaf
	route add 10.30.0.3/32 vrouter r1 punt
	END
	addr host up0 "$HOST/24"
	addr src s0 10.3.0.2/24
}

# Each beside what it is compared with.
ATTACKS=(flows exceptions sweep loop deaf unread routes)
declare -A BESIDE=([flows]=good [exceptions]=good [sweep]=good [loop]=good [deaf]=good
		   [unread]=filtered [routes]=told [twice]=good)

# from NAME COMMAND...: a part of the attack.
from()
{
	spawn "$TEST_TMP/attack-${#PARTS[@]}" ip netns exec "${NS[$1]}" "${@:2}"
	PARTS+=("$SPAWNED")
}

SEND=(pktio send s0 --dmac "$MAC_E0" --src "${SRC[4]}" --rate "$RATE" --size 128)

# A good flow beside who listens to changes, of which there are some of all kinds.
events()
{
	attack good
	from host churn.py 1000000 r1 r1-e1 "$MAC_D0" "$MAC_S0" 4 6
	from host deaf.py changes "$@"
	wait_for 10 grep -q ready "$TEST_TMP/attack-$((${#PARTS[@]} - 1))"
}

# changes FLOWS OPTION...: of routes, beside so many flows.
changes()
{
	from src "${SEND[@]}" --dst "${FAR[4]}" --flows "$1"
	shift
	from host reroute.py --rate "$CHANGES" "$@" r1 r1-e1 "${DST[4]}" "$DST2" 1000000
}

# attack NAME: packets to r1, changes of it, or what they are compared with.
attack()
{
	case $1 in
	twice) from src "${SEND[@]}" --dst "${FAR[4]}" --rate $((2 * RATE)) ;;
	good) from src "${SEND[@]}" --dst "${FAR[4]}" ;;
	flows) from src "${SEND[@]}" --dst "${FAR[4]}" --flows 60000 ;;
	exceptions) from src "${SEND[@]}" --dst "${FAR[4]}" --ttl 1 ;;
	sweep) from src "${SEND[@]}" --dst 10.98.0.1 --flows 65000 --dsts 65000 ;;
	loop) from src "${SEND[@]}" --dst 10.66.0.1 --flows 1000 ;;
	deaf)
		from src "${SEND[@]}" --dmac "$MAC_DEAF" --vlan 30 \
			--dst 10.30.0.1 --flows 3 --dsts 3
		;;
	filtered) events none ;;
	unread) events ;;
	told) changes 1 ;;
	# After each of these all flows have to look their way up again.
	routes) changes 900 --default ;;
	esac
}

# What can be seen of an attack only while it lasts.
seen_flows()
{
	FLOWS=$(kernel_get '.[] | select(.name == "r1") | .flows' vrouter-get)
}

host_neighbors()
{
	ipn host neigh show nud all | wc -l
}

seen_sweep()
{
	SWEPT=$(host_neighbors)
	SWEPT_PACKETS=$(($(stat_of r1-e0 vif rx-packets) - BEFORE))
}

seen_unread()
{
	local address

	read -r _ address <"$TEST_TMP/attack-2"
	UNREAD=$(in_ns host cat /proc/net/netlink | awk -v a="$address" '$3 == a { print $9 }')
}

# Each in a second, as fast as it goes.
MEASURES=(victim_packets victim_routes host_answers)

victim_packets()
{
	local before

	before=$(stat_of victim vrouter forward-packets)
	in_ns src pktio send s0 --dmac "$MAC_V0" --vlan 20 --src "${SRC[4]}" \
		--dst "${FAR[4]}" --flows 16 --size 128 --time 1 >/dev/null
	echo $(($(stat_of victim vrouter forward-packets) - before))
}

victim_routes()
{
	in_ns host reroute.py victim victim-1 "${DST[4]}" "$DST2" 20
}

host_answers()
{
	local out

	out=$(in_ns src ping -4 -n -q -f -c 5000 "$HOST")
	[[ $out =~ ([0-9]+)" received".*" time "([0-9]+)ms ]]
	echo $((BASH_REMATCH[1] * 1000 / BASH_REMATCH[2]))
}

declare -A GOT=()

# Per cent of what it should be: the rate of packets or changes of a part that has ended.
rate_of()
{
	jq -R "fromjson? | if type == \"object\" then .sent / .seconds / $RATE
		else . / $CHANGES end | . * 100 | floor" "$1"
}

# measure NAME: all of them beside this attack.
measure()
{
	local mark what rate

	mark=$(defer_mark)
	PARTS=()
	BEFORE=$(stat_of r1-e0 vif rx-packets)
	attack "$1"
	# Until it goes its way, and what it can fill is full.
	sleep 3
	for what in "${MEASURES[@]}"; do
		GOT[$1 $what]=$("$what")
	done
	if [[ $(type -t "seen_$1") == function ]]; then
		"seen_$1"
	fi
	kill -0 "${PARTS[@]}"
	undo_to "$mark"
	for what in "${!PARTS[@]}"; do
		for rate in $(rate_of "$TEST_TMP/attack-$what"); do
			RATES+=("$1 $rate")
		done
	done
}

# at_least ATTACK MEASURE
at_least()
{
	local got=${GOT[$1 $2]} base=${GOT[${BESIDE[$1]} $2]}

	echo "$got, that is $((got * 1000 / base)) per mille of $base beside ${BESIDE[$1]}"
	(( base > 0 && got * 100 >= base * 90 ))
}

at_full_rate()
{
	local entry slow=0

	for entry in "${RATES[@]}"; do
		echo "${entry% *}: ${entry##* } %"
		(( ${entry##* } >= 95 )) || slow=1
	done
	(( slow == 0 && ${#RATES[@]} >= ${#ATTACKS[@]} ))
}

# What was for the guest that never reads, and what became of it.
deaf_counters()
{
	DEAF_PUNTED=$(stat_of r1-deaf vif punt-packets)
	DEAF_METERED=$(drops_of vif r1-deaf meter-exception)
	DEAF_DROPPED=$(ipn host -j -s link show deaf | jq '.[0].stats64.tx.dropped')
	DEAF_HELD=$((DEAF_PUNTED - DEAF_DROPPED))
	diag "for the guest that never reads: $DEAF_PUNTED handed to its tap," \
		"of which $DEAF_DROPPED dropped there, $DEAF_METERED over the meter"
}

need_module tun
ktap_plan $((${#MEASURES[@]} * ${#ATTACKS[@]} + 11))
world
before=$(host_neighbors)
RATES=()
# The first finds everything cold.
for name in good good filtered told "${ATTACKS[@]}" twice; do
	measure "$name"
done
for name in "${ATTACKS[@]}"; do
	for what in "${MEASURES[@]}"; do
		check "$name: ${what/_/\'s }" at_least "$name" "$what"
		diag "$OUT"
	done
done
check_fail "what costs twice as much as a good flow is seen" at_least twice victim_packets
diag "$OUT"
check "all have sent, or changed, as much as they should" at_full_rate
check "flows: the attacker's stay in its quota, and fill it" test \
	"$FLOWS" -le 1000 -a "$FLOWS" -ge 500
check "exceptions: they are metered" test \
	"$(drops_of vif r1-e0 meter-exception)" -gt 0
check "sweep: of a whole /16" test "$SWEPT_PACKETS" -ge 65000
check "sweep: the host's neighbors are not more than 64 more" test \
	$((SWEPT - before)) -le 64
check "loop: it is one" test $(($(drops_of vif loop-0 hop-limit) + $(drops_of vif r1-e0 hop-limit))) -gt 0
check "unread: there is more than its socket takes" test "$UNREAD" -gt 0
deaf_counters
check "deaf: what its meter refuses is counted" test "$DEAF_METERED" -gt 0
check "deaf: what its full queue refuses is counted" test "$DEAF_DROPPED" -gt 0
check "deaf: its queue holds what fits, and nothing else does" test \
	"$DEAF_HELD" -gt 0 -a "$DEAF_HELD" -le "$TAP_QUEUE"
