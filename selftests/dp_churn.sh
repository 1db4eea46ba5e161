#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Changes do not disturb: a thousand replaces each of a route, a nexthop, the
# members of a group and a neighbor, half of them IPv4, half IPv6, within 60
# seconds, while 2,000 numbered packets a second go through what changes; a debug
# kernel has more time and fewer packets.  None is lost, none goes where it was
# never sent.
# timeout: 60
. "$(dirname "$0")/lib.sh"

TIMES=500	# in each family
LIMIT=60	# seconds
PACKETS=2000	# a second, at least
RATE=950	# in each family; and a tenth of that to what never changes
if (( VFLOW_SLOW > 4 )); then
	LIMIT=$(slow 15)
	PACKETS=$((8000 / VFLOW_SLOW))
fi
MAC_D0B=52:54:00:bb:00:03
MAC_D1=52:54:00:bb:00:04
MAC_E2=52:54:00:aa:00:03
declare -A DST2=([4]=10.3.0.2 [6]=fd00:3::2)
declare -A HOP2=([4]=10.2.0.3 [6]=fd00:2::3)
declare -A HOP9=([4]=10.2.0.9 [6]=fd00:2::9)

# Where packets go: by 1, a route, 2, a nexthop, 3, a group, 4, a neighbor,
# which change, and by 5, which never does, to another uplink, where nothing of
# the others may come out.
declare -A TO=([4]=10.9.0. [6]=fd00:9::)

tables()
{
	local f base via bits

	for f in 4 6; do
		base=$(((f - 4) * 50))
		bits=${HOSTLEN[$f]}
		via="vrouter r1 via ${DST[$f]} vif r1-e1"
		cat <<-END
		neighbor add ${HOP2[$f]} lladdr $MAC_D0B vif r1-e1
		neighbor add ${HOP9[$f]} lladdr $MAC_D0 vif r1-e1
		neighbor add ${DST2[$f]} lladdr $MAC_D1 vif r1-e2
		nexthop add id $((base + 1)) $via
		nexthop add id $((base + 2)) $via
		nexthop add id $((base + 3)) vrouter r1 via ${HOP2[$f]} vif r1-e1
		nexthop add id $((base + 10)) vrouter r1 group $((base + 2))
		route add ${TO[$f]}1/$bits $via
		route add ${TO[$f]}2/$bits vrouter r1 nexthop id $((base + 1))
		route add ${TO[$f]}3/$bits vrouter r1 nexthop id $((base + 10))
		route add ${TO[$f]}4/$bits vrouter r1 via ${HOP9[$f]} vif r1-e1
		route add ${TO[$f]}5/$bits vrouter r1 via ${DST2[$f]} vif r1-e2
		END
	done | ctl_batch
}

# stream FAMILY STREAM FIRST DESTINATIONS RATE RECEIVER: packets until they are
# stopped, of 20 flows that take the destinations in turn.
stream()
{
	spawn "$TEST_TMP/sent.$1$2" ip netns exec "${NS[src]}" pktio send s0 \
		--dmac "$MAC_E0" --src "${SRC[$1]}" --dst "${TO[$1]}$3" \
		--dsts "$4" --flows 20 --rate "$5" --stream "$1$2" --to "$6"
	SENDERS+=("$SPAWNED")
}

# moves STREAM N: how often flows to the Nth destination of four changed their
# path.
moves()
{
	awk -v s="$1" -v n="$2" '$1 == s && $2 % 4 == n - 1 { m += $4 }
		END { print m + 0 }' "$TEST_TMP/paths"
}

ktap_plan 14
topo_wires
veth dst d1 host up2
set_mac dst d1 "$MAC_D1"
topo_ports
ctl port add up2 type uplink
ctl vif add r1-e2 vrouter r1 mac "$MAC_E2" uplink up2
topo_tables
tables
listen dst recv --paths "$TEST_TMP/paths" "$(place dst d0=dst)" \
	"$(place dst d1=dst2)"
for f in 4 6; do
	stream "$f" 1 1 4 "$RATE" dst
	stream "$f" 2 5 1 $((RATE / 10)) dst2
done
check "$TIMES replaces of each kind in each family" in_ns host \
	churn.py "$TIMES" r1 r1-e1 "$MAC_D0" "$MAC_D0B" 4 6
result=$OUT
diag "$result"
check "within $LIMIT s" jq -en "$(jq .seconds <<<"$result") <= $LIMIT"
stop "${SENDERS[@]}"
hang_up dst
check "no packet was lost, doubled or misdelivered" all_arrived
check "there were $PACKETS packets a second" jq -en \
	"$(sent) >= $(jq .seconds <<<"$result") * $PACKETS"
for f in 4 6; do
	for n in route/1 nexthop/2 group/3 neighbor/4; do
		check "IPv$f: packets followed the ${n%/*}'s changes" \
			test "$(moves "${f}1" "${n#*/}")" -ge "$TIMES"
	done
	check_eq "IPv$f: what did not change did not move" 0 \
		answer dst ".streams[\"${f}2\"].moves"
done
