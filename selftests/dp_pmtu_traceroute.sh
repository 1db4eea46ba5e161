#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# ICMP errors come from the guest, with its addresses: traceroute shows the
# router, and path MTU discovery works through an egress with a smaller MTU,
# also for TCP whose segments arrive as GSO aggregates.
# timeout: 60
. "$(dirname "$0")/lib.sh"

need_cmd traceroute socat

MTU=1400
BYTES=4000000

trace()
{
	local f=$1

	shift
	in_ns src traceroute "-$f" -n -q 1 -w "$(slow 2)" -m 3 "$@" "${DST[$f]}"
}

# The hops, one per line, without times.
hops()
{
	trace "$@" | awk 'NR > 1 { print $1, $2 }'
}

big_ping()
{
	in_ns src ping "-$1" -n -c 1 -W "$(slow 2)" -M "do" -s 1450 "${DST[$1]}"
}

learned_mtu()
{
	ipn src -j route get "${DST[$1]}" | jq -r '.[0].metrics[0].mtu // "none"'
}

forget_mtu()
{
	ipn src "-$1" route flush cache
}

serve()
{
	spawn "$TEST_TMP/server" ip netns exec "${NS[dst]}" \
		socat -u "TCP$1-LISTEN:5001,reuseaddr" "OPEN:$TEST_TMP/copy$1,creat,trunc"
	SERVER=$SPAWNED
	wait_for 5 serving
}

serving()
{
	in_ns dst ss -Hltn 'sport = :5001' | grep -q .
}

transfer()
{
	local to=${DST[$1]}

	[[ $1 == 4 ]] || to="[$to]"
	within 20 ip netns exec "${NS[src]}" \
		socat -u "OPEN:$TEST_TMP/data" "TCP$1:$to:5001" &&
	timeout "$(slow 5)" tail --pid="$SERVER" -s 0.1 -f /dev/null &&
	cmp "$TEST_TMP/data" "$TEST_TMP/copy$1"
}

tcp_gso()
{
	local f=$1

	forget_mtu "$f"
	check_eq "IPv$f: the MTU is forgotten" none learned_mtu "$f"
	serve "$f"
	listen in count "$(place host up0)" -- in longer=1514 tcp
	listen out count "$(place dst d0)" -- in longer=1514 tcp
	listen guest count "$(place r1 e0)" "$(place r1 e1)" -- in tcp
	check "IPv$f: TCP with GSO passes the smaller MTU, bytes equal" transfer "$f"
	hang_up in out guest
	diag "IPv$f: aggregates in $(answer in .frames), out $(answer out .frames)," \
		"segments in the guest $(answer guest .frames)"
	check_eq "IPv$f: aggregates did arrive and leave" true \
		jq -n "$(answer in .frames) > 10 and $(answer out .frames) > 10"
	check_eq "IPv$f: the guest saw only those that were too big" true \
		jq -n "$(answer guest .frames) | . >= 1 and . <= 20"
	check_eq "IPv$f: TCP learned the MTU" "$MTU" learned_mtu "$f"
}

forwarded()
{
	stat_of r1-e0 vif forward-packets
}

ktap_plan 24
topo_wires
ipn r1 link set e1 mtu "$MTU"
topo_ports
ctl vif set r1-e1 mtu "$MTU"
topo_tables
head -c "$BYTES" /dev/urandom >"$TEST_TMP/data"
for f in 4 6; do
	path="1 ${GW0[$f]}"$'\n'"2 ${DST[$f]}"
	check_eq "IPv$f: traceroute shows the router and the destination" \
		"$path" hops "$f"
	check_eq "IPv$f: traceroute with ICMP, too" "$path" hops "$f" -I
	check "IPv$f: a packet that fits" ping_from "$f" src "${DST[$f]}"
	check_fail "IPv$f: a packet that is too big does not pass" big_ping "$f"
	check_match "IPv$f: because the router says which MTU" \
		"From ${GW0[$f]} .*mtu ?= ?$MTU" echo "$OUT"
	tcp_gso "$f"
done

# What the device does not send as it is goes to the guest, whatever the vif may send.
ipn host link set up1 mtu 1300
ctl vif set r1-e1 mtu 9000
for f in 4 6; do
	before=$(forwarded)
	check_fail "IPv$f: a packet that is too big for the device does not pass" \
		in_ns src ping "-$f" -n -c 1 -W 1 -M "do" -s 1330 "${DST[$f]}"
	check_eq "IPv$f: it is not forwarded" "$before" forwarded
done
