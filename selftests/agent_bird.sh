#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# BIRD in the guest, which knows neither FPM nor nexthop objects, and vflow-agent:
# what OSPF, BGP and static routes put into the guest's kernel is in the module,
# with equal-cost routes, while they change, while BIRD is killed and started anew,
# and when the neighbor is gone.
# timeout: 100
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/bird.sh"

need_cmd bird birdc

NETWORKS=${NETWORKS:-50}
# A prefix that leads to both of dst's addresses.
declare -A STATIC=([4]=10.77.0.0/16 [6]=fd00:77::/32)
declare -A SECOND=([4]=10.2.0.3 [6]=fd00:2::3)

dst_conf()
{
	local f routes

	bird_conf 192.0.2.102 d0 lo
	for f in 4 6; do
		mapfile -t routes < <(networks "$f" "$NETWORKS" 44)
		static_routes announced "$f" "${routes[@]}"
		mapfile -t routes < <(networks "$f" "$1" 88)
		static_routes told "$f" "${routes[@]}"
		bgp 65002 65001 "$f" "${DST[$f]}" "${GW1[$f]}"
	done
}

r1_conf()
{
	local f

	bird_conf 192.0.2.101 e1 e0
	for f in 4 6; do
		static_routes fixed "$f" \
			"${STATIC[$f]} via ${DST[$f]} via ${SECOND[$f]} weight 2" \
			"${FARNET[$f]} via ${DST[$f]}"
		bgp 65001 65002 "$f" "${GW1[$f]}" "${DST[$f]}"
	done
}

# learnt PROTOCOL N: so many routes of each family from it in r1.
learnt()
{
	local f n

	for f in 4 6; do
		n=$(birdc -s "$TEST_TMP/r1.ctl" -r show route protocol "$1$f" count |
			sed -n 's/^\([0-9]*\) of.*/\1/p' | head -n 1)
		echo "$1$f: $n"
		[[ $n == "$2" ]] || return
	done
}

is_live()
{
	[[ $("$VFLOW_BUILD/vflowd" -c "$TEST_TMP/vflow.conf" --status |
		jq -r '.vrouters[0].state') == live ]]
}

legs_are()
{
	kernel_get "[.[].route[] | select(.dst == \"${STATIC[$1]%/*}\")][0].group |
		map(.weight // 1) | sort | map(tostring) | join(\",\")" route-get
}

ktap_plan 11
topo_wires
for f in 4 6; do
	addr dst d0 "${SECOND[$f]}/${LEN[$f]}"
done
source_conf "agent:unix:$TEST_TMP/agent.sock" >"$TEST_TMP/vflow.conf"
daemon "$TEST_TMP/vflow.conf"
spawn "$TEST_TMP/agent.log" ip netns exec "${NS[r1]}" \
	"$VFLOW_BUILD/vflow-agent" "unix:$TEST_TMP/agent.sock"
kernel_reader host
guest_reader
wait_for 15 is_live
dst_conf "$NETWORKS" >"$TEST_TMP/dst.conf"
r1_conf >"$TEST_TMP/r1.conf"
bird_run dst
PEER=$SPAWNED
bird_run r1
BIRD=$SPAWNED
check_poll "OSPF has told its routes" 30 learnt ospf $((NETWORKS + 2))
check_poll "BGP, too" 30 learnt bgp "$NETWORKS"
check "the module has what the guest has" guest_equal 10
diag "$OUT"
for f in 4 6; do
	check_eq "IPv$f: an equal-cost route with its weights" 1,2 legs_are "$f"
done
dst_conf 5 >"$TEST_TMP/dst.conf"
birdc -s "$TEST_TMP/dst.ctl" configure >/dev/null
check_poll "BGP withdraws routes" 20 learnt bgp 5
check "and they go" guest_equal 10
disown "$BIRD"
kill -KILL "$BIRD"
check "BIRD is killed: the module has what the guest has" guest_equal 10
bird_run r1
wait_for 30 learnt bgp 5
wait_for 30 learnt ospf $((NETWORKS + 2))
check "and is started anew" guest_equal 10
stop "$PEER"
check_poll "OSPF's routes go with the neighbor" 20 learnt ospf 2
check "and from the module" guest_equal 10
