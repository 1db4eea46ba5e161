#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A namespace is a whole host.  Fifty times one is made, given ports, vrouter,
# vifs and tables of both families, used, and deleted under traffic: half of the
# times before its wires' other ends, half of the times after them.  Another host
# on the same machine loses nothing meanwhile.
# timeout: 120
. "$(dirname "$0")/lib.sh"

CYCLES=50

# The outside and the guest's end are in namespace o, the host is h.
other_host()
{
	ip netns add "${NS[h]}" &&
	ip netns add "${NS[o]}" &&
	ipn o -b - <<-END &&
	link add o0 type veth peer name up0 netns ${NS[h]}
	link add o1 type veth peer name up1 netns ${NS[h]}
	link add e0 address $MAC_E0 type veth peer name g0 netns ${NS[h]}
	link add e1 address $MAC_E1 type veth peer name g1 netns ${NS[h]}
	link set o0 up
	link set o1 up
	link set e0 up
	link set e1 up
	END
	ipn h -b - <<-END &&
	link set up0 up
	link set up1 up
	link set g0 up
	link set g1 up
	END
	ctl_in h -b "$TEST_TMP/config"
}

config()
{
	conf_ports
	conf_tables
	cat <<-END
	vif add r1-e2 vrouter r1 mac $MAC_E1 uplink up1 vlan 7
	nexthop add id 1 vrouter r1 via ${DST[4]} vif r1-e1
	nexthop add id 2 vrouter r1 group 1
	route add ${FARNET[4]} vrouter r1 nexthop id 2
	route add ${FARNET[6]} vrouter r1 via ${DST[6]} vif r1-e1
	END
}

# In namespace o, in one shell: transit, and what is punted, until all of it is
# killed.  Says "forwards" when host h does.
noise()
{
	local never rx=/sys/class/net/o1/statistics/rx_packets

	for f in 4 6; do
		pktio send o0 --dmac "$MAC_E0" --src "${SRC[$f]}" \
			--dst "${FAR[$f]}" --flows 200 --rate 500 &
	done
	pktio send o0 --dmac "$MAC_E0" --src "${SRC[4]}" --dst "${GW0[4]}" \
		--proto tcp --rate 100 &
	exec {never}<> <(:)
	until (( $(<"$rx") >= 50 )); do
		read -rt 0.05 _ <&"$never"
	done
	echo forwards
	wait
}

start_noise()
{
	: >"$TEST_TMP/noise"
	# A process group of its own, and no trap that its death depends on.
	setsid ip netns exec "${NS[o]}" bash -c "$NOISE" >"$TEST_TMP/noise" 2>&1 &
	NOISE_PID=$!
	poll_until 10 grep -q forwards "$TEST_TMP/noise"
}

stop_noise()
{
	kill -- "-$NOISE_PID"
	wait "$NOISE_PID" 2>/dev/null || true
}

one()
{
	local n=$1

	other_host || return
	start_noise || { echo "host $n does not forward"; return 1; }
	if (( n % 2 )); then
		ip netns del "${NS[h]}"
		stop_noise
		ip netns del "${NS[o]}"
	else
		stop_noise
		ip netns del "${NS[o]}"
		ip netns del "${NS[h]}"
	fi
}

# Every namespace has a slab object; the kernel frees it when all is over, and KASAN
# or a processor may keep it for a while.
namespaces()
{
	echo 1 >/sys/kernel/slab/net_namespace/shrink
	cut -d " " -f 1 /sys/kernel/slab/net_namespace/objects
}

gone()
{
	(( $(namespaces) <= NAMESPACES + 2 ))
}

KEEP=()
NS[h]=h-$$
NS[o]=o-$$
defer ip netns del "${NS[h]}"
defer ip netns del "${NS[o]}"

NOISE="$(declare -f noise); $(declare -p MAC_E0 SRC FAR GW0); noise"

ktap_plan 3
config >"$TEST_TMP/config"
topo_basic ctl
for f in 4 6; do
	ctl route add "${FARNET[$f]}" vrouter r1 via "${DST[$f]}" vif r1-e1
done
NAMESPACES=$(namespaces)
listen dst recv "$(place dst d0=dst)"
for f in 4 6; do
	spawn "$TEST_TMP/sent.$f" ip netns exec "${NS[src]}" pktio send s0 \
		--dmac "$MAC_E0" --src "${SRC[$f]}" --dst "${FAR[$f]}" \
		--to dst --stream "$f" --flows 50 --rate 100
	KEEP+=("$SPAWNED")
done
for (( n = 1; n <= CYCLES; n++ )); do
	one "$n" || break
done
check "$CYCLES hosts made, used and deleted" test "$n" -gt "$CYCLES"
check_poll "nothing is left of them" 20 gone
stop "${KEEP[@]}"
hang_up dst
check "the other host lost nothing" \
	arrived dst "$(jq -s 'map(.sent) | add' "$TEST_TMP"/sent.?)"
