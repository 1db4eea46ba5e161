#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Changes do not disturb: a thousand replaces each of a route, a nexthop, the
# members of a group and a neighbor, half of them IPv4, half IPv6, within 60
# seconds, while 2,000 numbered packets a second go through what changes.  None
# is lost, none goes where it was never sent.
# timeout: 90
. "$(dirname "$0")/lib.sh"

TIMES=500	# in each family
RATE=250	# of each stream; four streams of each family
MAC_D0B=52:54:00:bb:00:03
MAC_D1=52:54:00:bb:00:04
MAC_E2=52:54:00:aa:00:03
declare -A DST2=([4]=10.3.0.2 [6]=fd00:3::2)
declare -A HOP2=([4]=10.2.0.3 [6]=fd00:2::3)
declare -A HOP9=([4]=10.2.0.9 [6]=fd00:2::9)

# net FAMILY STREAM: the prefix that the stream goes to.
net()
{
	if [[ $1 == 4 ]]; then
		echo "10.9$2.0.0/24"
	else
		echo "fd00:9$2::/64"
	fi
}

# 1: route, 2: nexthop, 3: group, 4: neighbor, and 5: never changed, to
# another uplink, where nothing of the others may come out.
tables()
{
	local f base via

	for f in 4 6; do
		base=$(((f - 4) * 50))
		via="vrouter r1 via ${DST[$f]} vif r1-e1"
		cat <<-END
		neighbor add ${HOP2[$f]} lladdr $MAC_D0B vif r1-e1
		neighbor add ${HOP9[$f]} lladdr $MAC_D0 vif r1-e1
		neighbor add ${DST2[$f]} lladdr $MAC_D1 vif r1-e2
		nexthop add id $((base + 1)) $via
		nexthop add id $((base + 2)) $via
		nexthop add id $((base + 3)) vrouter r1 via ${HOP2[$f]} vif r1-e1
		nexthop add id $((base + 10)) vrouter r1 group $((base + 2))
		route add $(net "$f" 1) $via
		route add $(net "$f" 2) vrouter r1 nexthop id $((base + 1))
		route add $(net "$f" 3) vrouter r1 nexthop id $((base + 10))
		route add $(net "$f" 4) vrouter r1 via ${HOP9[$f]} vif r1-e1
		route add $(net "$f" 5) vrouter r1 via ${DST2[$f]} vif r1-e2
		END
	done | ctl_batch
}

# Packets until they are stopped; flows of several ports.
stream()
{
	local f=$1 n=$2 to=dst dst

	(( n != 5 )) || to=dst2
	dst=$(net "$f" "$n")
	dst=${dst%/*}
	[[ $f == 6 ]] || dst=${dst%0}
	spawn "$TEST_TMP/sent.$f$n" ip netns exec "${NS[src]}" pktio send s0 \
		--dmac "$MAC_E0" --src "${SRC[$f]}" --dst "${dst}1" --to "$to" \
		--stream "$f$n" --flows 20 --rate "$RATE"
	SENDERS+=("$SPAWNED")
}

sent()
{
	jq -s 'map(.sent) | add' "$TEST_TMP"/sent.*
}

SENDERS=()

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
	for n in 1 2 3 4 5; do
		stream "$f" "$n"
	done
done
check "$TIMES replaces of each kind in each family" in_ns host \
	churn.py "$TIMES" r1 r1-e1 "$MAC_D0" "$MAC_D0B" 4 6
result=$OUT
diag "$result"
check "within 60 s" jq -en "$(jq .seconds <<<"$result") <= 60 * $VFLOW_SLOW"
stop "${SENDERS[@]}"
hang_up dst
check "no packet was lost, doubled or misdelivered" arrived dst "$(sent)"
check "there were 2,000 packets a second" jq -en \
	"$(sent) >= $(jq .seconds <<<"$result") * 2000"
for f in 4 6; do
	for n in route/1 nexthop/2 group/3 neighbor/4; do
		check "IPv$f: packets followed the ${n%/*}'s changes" \
			jq -e ".streams[\"$f${n#*/}\"].moves >= 20" "$TEST_TMP/dst"
	done
	check_eq "IPv$f: what did not change did not move" 0 \
		answer dst ".streams[\"${f}5\"].moves"
done
