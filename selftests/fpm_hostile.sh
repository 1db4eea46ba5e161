#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A guest that speaks FPM badly, or far too much, harms itself alone: it is cut
# off with a reason, what it may have is bounded, and another guest's routes
# arrive at most 2 s later than they do without it.
# timeout: 100
. "$(dirname "$0")/lib.sh"

ROUTES=1000
MAX=20000

vflow_conf()
{
	local i

	printf '[vflowd]\ncontrol = %s/vflowd.sock\n' "$TEST_TMP"
	for i in 1 2 3 4 5 6; do
		cat <<-END
		[vrouter r$i]
		source = fpm:tcp:127.0.0.1:2620 peer=127.0.0.1$i
		max-routes = $MAX

		[vif r$i-e0]
		vrouter = r$i
		guest-ifindex = 3
		mac = 52:54:00:aa:00:0$i
		uplink = up0
		END
	done
}

# guest N MODE [ARGUMENT]
guest()
{
	spawn "$TEST_TMP/guest-$1" in_ns host fpm_guest.py "127.0.0.1$1" 127.0.0.1 \
		2620 "${@:2}"
}

# status N FILTER: of vrouter number N.
status()
{
	"$VFLOW_BUILD/vflowd" -c "$TEST_TMP/vflow.conf" --status |
		jq -r ".vrouters[$1 - 1] | $2"
}

routes_are()
{
	local n

	n=$(ctl -j vrouter show "r$1" | jq '.[0].routes')
	echo "$n routes"
	[[ $n == "$2" ]]
}

# converge GUEST: a good guest tells its routes; the time that they take to arrive
# is in $TOOK, in ms.
converge()
{
	local start

	guest "$1" routes "$ROUTES"
	# How long python takes to start is not what counts.
	wait_for 20 grep -q routes "$TEST_TMP/guest-$1"
	start=${EPOCHREALTIME/./}
	wait_for 20 routes_are "$1" "$ROUTES"
	TOOK=$(( (${EPOCHREALTIME/./} - start) / 1000 ))
	stop "$SPAWNED"
}

# beside TEXT GUEST: the same, beside another guest.
beside()
{
	converge "$2"
	diag "after $TOOK ms, $ALONE ms alone"
	check "$1" test "$TOOK" -le $((ALONE + $(slow 2000)))
}

nexthops_are()
{
	local n

	n=$(status "$1" .objects.nexthops.installed)
	echo "$n nexthops"
	[[ $n == "$2" ]]
}

# cut_off MODE REASON
cut_off()
{
	guest 1 "$1"
	poll_until 15 grep -q closed "$TEST_TMP/guest-1" &&
		poll_until 5 reason_is "$2"
}

reason_is()
{
	status 1 '.source["last-end"]'
	[[ $(status 1 '.source["last-end"]') == "$1" ]]
}

peak_mib()
{
	awk '/VmHWM/ { print int($2 / 1024) }' "/proc/$VFLOWD/status"
}

ktap_plan 15
ns_add host
ipn host link add up0 type veth peer name far0
ipn host link set up0 up
ipn host link set far0 up
ipn host addr add 127.0.0.11/8 dev lo
ipn host addr add 127.0.0.12/8 dev lo
ipn host addr add 127.0.0.13/8 dev lo
ipn host addr add 127.0.0.14/8 dev lo
ipn host addr add 127.0.0.15/8 dev lo
ipn host addr add 127.0.0.16/8 dev lo
vflow_conf >"$TEST_TMP/vflow.conf"
daemon "$TEST_TMP/vflow.conf"
wait_for 10 status 1 .state
converge 4
ALONE=$TOOK
check "no bytes of a protocol" cut_off garbage "no frames"
check "messages of wrong lengths" cut_off lengths \
	"rtnetlink messages of wrong lengths"
check "a frame that is not understood" cut_off types "protobuf instead of netlink"
check "a message longer than its frame" cut_off oversized \
	"rtnetlink messages of wrong lengths"
check "a frame shorter than its header" cut_off short "no frames"
guest 1 slow
slow=$SPAWNED
beside "a guest beside one that never ends a message" 2
stop "$slow"

guest 1 cover
cover=$SPAWNED
check_poll "hidden routes are still told" 40 routes_are 1 "$MAX"
beside "a guest beside one that hides its routes and shows them again" 5
stop "$cover"

guest 1 groups
groups=$SPAWNED
beside "a guest beside one whose nexthops change that are in all of its groups" 6
# 128 and, with 32,768 members, 256 groups.
check_poll "its groups have so many members, and no more" 60 nexthops_are 1 384
stop "$groups"

before=$(peak_mib)
guest 1 flood
check_poll "the flood is bounded by max-routes" 40 routes_are 1 "$MAX"
beside "a guest beside one that floods" 3
check_poll "the flood ends" 60 grep -q flood "$TEST_TMP/guest-1"
check "what was too much is denied" test \
	"$(status 1 '.denied["over-limit"].now')" -gt 0
diag "peak of vflowd: $(peak_mib) MiB, $before before"
check "memory is bounded" test "$(peak_mib)" -le 64
