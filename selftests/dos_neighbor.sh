#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What a hostile guest or its network does to the neighbor: the throughput of the
# victim, another vrouter on the same wires, and the time that its routes take, under
# each attack, are at least 90 % of those beside one good flow of as many packets.
# A second of this machine is 10^9 instructions: what counts is the work that is left
# for the victim, and nothing else of the host's disturbs it.
# vng: --icount
# timeout: 150
. "$(dirname "$0")/lib.sh"

RATE=2000	# of the attack, and of the good flow
ROUTES=2000
TIMES=3
MAC_V0=52:54:00:aa:02:01
MAC_V1=52:54:00:aa:02:02
MAC_L0=52:54:00:aa:03:01

# r1 is the attacker's, victim is in VLAN 20.  r1 and loop send 10.66/16 to each other.
world()
{
	topo_basic ctl
	ctl_batch <<-END
	vrouter set r1 max-flows 1000
	route add ${FARNET[4]} vrouter r1 via ${DST[4]} vif r1-e1
	route add 10.98.0.0/16 vrouter r1 vif r1-e1
	vrouter add victim
	vif add victim-0 vrouter victim mac $MAC_V0 uplink up0 vlan 20
	vif add victim-1 vrouter victim mac $MAC_V1 uplink up1 vlan 20
	address add ${GW0[4]}/24 vif victim-0
	address add ${GW1[4]}/24 vif victim-1
	neighbor add ${DST[4]} lladdr $MAC_D0 vif victim-1
	route add ${FARNET[4]} vrouter victim via ${DST[4]} vif victim-1
	vrouter add loop
	vif add loop-0 vrouter loop mac $MAC_L0 uplink up0
	address add 10.1.0.77/24 vif loop-0
	neighbor add 10.1.0.77 lladdr $MAC_L0 vif r1-e0
	neighbor add ${GW0[4]} lladdr $MAC_E0 vif loop-0
	route add 10.66.0.0/16 vrouter r1 via 10.1.0.77 vif r1-e0
	route add 10.66.0.0/16 vrouter loop via ${GW0[4]} vif loop-0
	END
	# A guest that never reads: a tap whose queue is full.
	ipn host tuntap add dev deaf mode tap
	ipn host link set deaf up
	ctl_batch <<-END
	port add deaf type guest
	vif add r1-deaf vrouter r1 mac 52:54:00:aa:04:01 uplink up0 vlan 30 guest deaf
	address add 10.30.0.1/24 vif r1-deaf
	END
}

# attack NAME: what pktio sends for it.
attack()
{
	local common=(--dmac "$MAC_E0" --src "${SRC[4]}" --rate "$RATE" --size 128)

	case $1 in
	good) common+=(--dst "${FAR[4]}") ;;
	flows) common+=(--dst "${FAR[4]}" --flows 60000) ;;
	exceptions) common+=(--dst "${FAR[4]}" --ttl 1) ;;
	sweep) common+=(--dst 10.98.0.1 --dsts 65000) ;;
	loop) common+=(--dst 10.66.0.1 --flows 1000) ;;
	deaf) common+=(--dst 10.30.0.1 --vlan 30)
		common[1]=52:54:00:aa:04:01 ;;
	esac
	spawn "$TEST_TMP/attack" ip netns exec "${NS[src]}" pktio send s0 \
		"${common[@]}"
}

ATTACKS=(flows exceptions sweep loop deaf)

# victim_packets: forwarded for the victim in a second, as fast as it goes.
victim_packets()
{
	local before

	before=$(stat_of victim vrouter forward-packets)
	in_ns src pktio send s0 --dmac "$MAC_V0" --vlan 20 --src "${SRC[4]}" \
		--dst "${FAR[4]}" --flows 16 --size 128 --time 1 \
		>/dev/null
	echo $(($(stat_of victim vrouter forward-packets) - before))
}

# victim_routes: how many changes a second of routes that come and go.
victim_routes()
{
	local start end i

	start=$(date +%s%N)
	for (( i = 0; i < TIMES; i++ )); do
		ctl -b "$TEST_TMP/routes"
	done
	end=$(date +%s%N)
	echo $((2 * TIMES * ROUTES * 1000000000 / (end - start)))
}

routes()
{
	local verb i

	for verb in 'add' 'del'; do
		for (( i = 0; i < ROUTES; i++ )); do
			echo "route $verb 20.$((i / 250)).$((i % 250)).0/24" \
				"vrouter victim" \
				"$([[ $verb == del ]] || echo "via ${DST[4]} vif victim-1")"
		done
	done >"$TEST_TMP/routes"
}

declare -A PACKETS=() UPDATES=()

# measure NAME
measure()
{
	attack "$1"
	# Until all its frames are made.
	sleep 3
	PACKETS[$1]=$(victim_packets)
	UPDATES[$1]=$(victim_routes)
	stop "$SPAWNED"
}

at_least()
{
	echo "$1, beside a good flow $2"
	(( $2 > 0 && $1 * 100 >= $2 * 90 ))
}

need_module tun
ktap_plan $((2 * ${#ATTACKS[@]} + 2))
world
routes
# The first finds everything cold.
for name in good good "${ATTACKS[@]}"; do
	measure "$name"
done
for name in "${ATTACKS[@]}"; do
	check "$name: packets of the victim" \
		at_least "${PACKETS[$name]}" "${PACKETS[good]}"
	diag "$OUT"
	check "$name: routes of the victim" \
		at_least "${UPDATES[$name]}" "${UPDATES[good]}"
	diag "$OUT"
done
check "the attacker's flows stay in its quota" test \
	"$(kernel_get '.[] | select(.name == "r1") | .flows' vrouter-get)" -le 1000
check "the host itself is untouched" ping_from 4 host 127.0.0.1
