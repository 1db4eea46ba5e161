#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Netlink messages made from the spec, a third of them with one to three things
# wrong, by four processes at once, while packets go through what they configure:
# nothing breaks, every operation is both accepted and refused, every refusal has
# its sentence; afterwards all of it can be deleted, and the next router works.
# timeout: 150
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/storm_lib.sh"

MESSAGES=$(sized 1000000 10000)

# Vifs of the fuzzer have the MACs 52:54:00:fe:00:XX, and the wires' other ends
# send to them, tagged and not; no more than a slow machine can forward beside that.
noise()
{
	local i

	for i in 0 1 2 3; do
		spawn "$TEST_TMP/noise.$i" ip netns exec "${NS[out]}" pktio send \
			"x$i" --dmac "52:54:00:fe:00:0$i" --src "10.$i.0.1" \
			--dst 10.101.0.1 --dsts 2000 --flows 200 \
			--rate "$((1200 / VFLOW_SLOW))" --vlan "$((i % 3))"
	done
	spawn "$TEST_TMP/noise.keep" ip netns exec "${NS[out]}" pktio send back0 \
		--dmac 52:54:00:fd:01:01 --src 10.240.0.2 --dst 10.241.0.2 --flows 100 \
		--rate 50
	STORM_SENDER=$SPAWNED
}

wires()
{
	local i

	ns_add out host
	for i in 0 1 2 3 4 5; do
		veth host "fz$i" out "x$i"
	done
	storm_keep_wire
}

fuzz()
{
	in_ns host nlfuzz -s "$SEED" -n "$MESSAGES" -p 4 "$VFLOW_BUILD/vflow.json" \
		fz0 fz1 fz2 fz3 fz4 fz5 gone >"$TEST_TMP/fuzz"
}

# forwarded: by the vrouter that the fuzzer leaves alone, one packet a second at least.
forwarded()
{
	local n

	n=$(kept)
	echo "$n packets in $((SECONDS - START)) s"
	(( n > SECONDS - START ))
}

# one_way accepted|refused: operations of which that never happened.
one_way()
{
	jq -r "[.ops | to_entries[] | select(.value.$1 == 0) | .key] | join(\" \")" \
		"$TEST_TMP/fuzz"
}

left()
{
	local op

	for op in port vrouter vif address neighbor nexthop route flow; do
		kernel_get length "$op-get"
	done | xargs
}

ktap_plan 8
seed_init
wires
storm_keep
noise
START=$SECONDS
check "$MESSAGES messages are sent" fuzz
check "packets were forwarded meanwhile" forwarded
diag "$OUT"
diag "$(cat "$TEST_TMP/fuzz")"
check_eq "every refusal has a sentence" 0 jq .silent "$TEST_TMP/fuzz"
# A flow has no name: they are only dumped.
check_eq "every operation was accepted" "flow-get" one_way accepted
check_eq "every operation was refused" "" one_way refused
check "all of it can be deleted" delete_all
check_eq "nothing is left" "0 0 0 0 0 0 0 0" left
ns_del out host
topo_basic ctl
check "the next router works" ping_from 4 src "${DST[4]}"
