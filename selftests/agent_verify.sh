#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# "vflowctl verify" proves that the module has what the guest's kernel has, link
# by link, for a guest with vflow-agent and for one in a network namespace: the
# guest's digest, what is refused, the module's digest.  A route that somebody
# changed in the module behind vflowd's back is found, named, and repaired by one
# message; a reader that none of them knows says so, too.
# timeout: 100
. "$(dirname "$0")/lib.sh"

ROUTES=${ROUTES:-500}
SOCK=

# begin SOURCE: vflowd, and what the guest needs.
begin()
{
	source_conf "$1"$'\n'"allow = 10.0.0.0/8 fd00::/16 ${FARNET[4]} ${FARNET[6]}" \
		>"$TEST_TMP/vflow.conf"
	daemon "$TEST_TMP/vflow.conf"
	AGENT=
	[[ $1 != agent:* ]] || {
		spawn "$TEST_TMP/agent.log" ip netns exec "${NS[r1]}" \
			"$VFLOW_BUILD/vflow-agent" "unix:$SOCK"
		AGENT=$SPAWNED
	}
	wait_for 15 is_live
}

status()
{
	"$VFLOW_BUILD/vflowd" -c "$TEST_TMP/vflow.conf" --status | jq -r ".vrouters[0]$1"
}

is_live()
{
	[[ $(status .state) == live ]]
}

verify()
{
	ctl "$@" verify r1 control "$TEST_TMP/vflowd.sock"
}

# verify_is FILTER WANT: what jq makes of a verification.
verify_is()
{
	local text

	text=$(verify -j) || true
	[[ $(jq -r ".[0] | $1" <<<"$text") == "$2" ]] || {
		echo "$text"
		return 1
	}
}

# Does a connection wait for vflowd?
is_asked()
{
	[[ $(in_ns host grep -c "$TEST_TMP/vflowd.sock\$" /proc/net/unix) -gt 1 ]]
}

is_verified()
{
	[[ -s $TEST_TMP/result ]]
}

# one_message OWNER SYNCS: a route becomes another in the module while vflowd sleeps
# and a verify waits for it, which has asked long before, so that this is what finds it.
# Only what differed is sent, one message for one route, and there is no further sync.
one_message()
{
	local listener

	rm -f "$TEST_TMP/result"
	spawn "$TEST_TMP/heard" ip netns exec "${NS[host]}" vfnl.py listen 600
	listener=$SPAWNED
	poll_until 10 grep -q listening "$TEST_TMP/heard" || return
	# An agent that is not heard for 20 s is lost: nothing slow until it is woken.
	kill -STOP "$VFLOWD"
	spawn "$TEST_TMP/result" ip netns exec "${NS[host]}" \
		"$VFLOW_BUILD/vflowctl" -j verify r1 control "$TEST_TMP/vflowd.sock"
	poll_until 10 is_asked
	ctl route replace 10.70.0.0/16 vrouter r1 blackhole owner "$1"
	kill -CONT "$VFLOWD"
	poll_until 40 is_verified || return
	stop "$listener"
	cat "$TEST_TMP/result" "$TEST_TMP/heard"
	# The guest may meet a neighbor at any time.
	[[ $(sed 1d "$TEST_TMP/heard" | jq -c 'select(.op != "neighbor-ntf") |
		[.op, .route[0].dst, .route[0].type]') == \
		'["route-ntf","10.70.0.0","blackhole"]
["route-ntf","10.70.0.0","unicast"]' && $(status .syncs) == "$2" ]]
}

result_is()
{
	[[ $(jq -c ".[0] | $1" "$TEST_TMP/result") == "$2" ]] || {
		cat "$TEST_TMP/result"
		return 1
	}
}

# Of all kinds, with nexthop objects, metrics, and what is refused.
populate()
{
	local i

	{
		for f in 4 6; do
			echo "route add ${FARNET[$f]} via ${DST[$f]}"
		done
		echo "nexthop add id 7 via ${DST[4]} dev e1"
		echo "nexthop add id 8 via ${SRC[4]} dev e0"
		echo "nexthop add id 9 group 7,3/8"
		echo "route add 10.60.0.0/16 nhid 9"
		echo "route add 10.61.0.0/16 nhid 7 metric 50"
		echo "route add 10.61.0.0/16 via ${SRC[4]} metric 90"
		echo "route add unreachable 10.62.0.0/16"
		echo "route add 10.63.0.0/16 nexthop via ${DST[4]} weight 3 nexthop via ${SRC[4]}"
		echo "route add fd00:64::/32 nexthop via ${DST[6]} nexthop via ${SRC[6]}"
		echo "route add 10.70.0.0/16 via ${DST[4]} mtu 1400"
		echo "route add 10.71.0.0/16 dev lo"
		echo "route add 198.51.0.0/16 via ${DST[4]}"
		echo "route add 2001:db8:99::/48 via ${DST[6]}"
		for (( i = 1; i <= ROUTES; i++ )); do
			echo "route add 10.80.$((i / 250)).$((i % 250)) via ${DST[4]}"
		done
	} | ip -n "${NS[r1]}" -batch -
}

# all_of SOURCE OWNER: the same for each kind of guest, whose objects are OWNER's.
all_of()
{
	local syncs

	begin "$1"
	check "$2: verify says equal" verify
	diag_stdin <<<"$OUT"
	check "$2: the guest's digest counts" verify_is .guest.state equal
	check "$2: two routes are refused, with a digest of their own" \
		verify_is '.policy.refused["not-allowed"].count' 2
	syncs=$(status .syncs)
	check "$2: a route that became another is repaired by one message" \
		one_message "$2" "$syncs"
	check "$2: it was named" result_is '[.different[] | [.object, .state, .link]]' \
		'[["route 10.70.0.0/16","wrong","kernel"]]'
	check "$2: all else was equal" result_is \
		'[.guest.state, .policy.state, .kernel.state, .kernel.sent]' \
		'["equal","equal","repaired",1]'
	check "$2: verify says equal again" verify
	stop ${AGENT:+"$AGENT"} "$VFLOWD"
}

ktap_plan 16
topo_wires
kernel_reader host
SOCK=$TEST_TMP/agent.sock
guest_reader
populate
all_of "agent:unix:$SOCK" agent
all_of "netns:${NS[r1]}" netns

# What is refused is not the module's: without it the independent reader agrees.
for net in 10.71.0.0/16 198.51.0.0/16; do
	ipn r1 route del "$net"
done
ipn r1 -6 route del 2001:db8:99::/48
begin "agent:unix:$SOCK"
check "the module has what the guest has" guest_equal 15
check "and verify says so" verify
diag_stdin <<<"$OUT"
