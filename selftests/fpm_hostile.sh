#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A guest that speaks FPM, or the protocol of vflow-agent, badly or far too much, harms
# itself alone: it is cut off with a reason, what it may have is bounded, and another
# guest's routes arrive at most 2 s later than they do without it (but see LATER).
# timeout: 300
. "$(dirname "$0")/lib.sh"

ROUTES=1000
MAX=20000
# What each of the two that flood has to tell before vflowd's memory is looked at.
TOLD=$(sized 2000000 200000)
GOOD=10		# good guests, one for each measurement
# So many ms later may its routes arrive: more on a debug kernel under emulation, which
# takes seconds for what the hostile guest has the module do.
LATER=$((VFLOW_SLOW > 4 ? 500 * VFLOW_SLOW : 2000))

# r1 speaks FPM; r2, r3 and r4 speak as vflow-agent does; those that follow are good.
vflow_conf()
{
	local i

	printf '[vflowd]\ncontrol = %s/vflowd.sock\n' "$TEST_TMP"
	for (( i = 1; i <= 4 + GOOD; i++ )); do
		printf '[vrouter r%d]\nmax-routes = %d\n' "$i" "$MAX"
		case $i in
		[234]) printf 'source = agent:unix:%s/agent.%d\n' "$TEST_TMP" "$i" ;;
		*) printf 'source = fpm:tcp:127.0.0.1:2620 peer=127.0.1.%d\n' "$i" ;;
		esac
		printf '[vif r%d-e0]\nvrouter = r%d\nuplink = up0\n' "$i" "$i"
		printf 'guest-ifindex = 3\nmac = 52:54:00:aa:00:%02d\n' "$i"
	done
}

# guest N MODE [ARGUMENT]: its log is $TEST_TMP/guest-N.  leave N ends it.  What hostile
# guests compute for themselves a processor of theirs would.
declare -A GUEST=()
guest()
{
	local run=(ip netns exec "${NS[host]}")

	case $1 in
	1) run+=(nice -n 10 fpm_guest.py "127.0.1.$1" 127.0.0.1 2620) ;;
	[234]) run+=(nice -n 10 agent_guest.py "$TEST_TMP/agent.$1") ;;
	*) run+=(fpm_guest.py "127.0.1.$1" 127.0.0.1 2620) ;;
	esac
	spawn "$TEST_TMP/guest-$1" "${run[@]}" "${@:2}"
	GUEST[$1]=$SPAWNED
}

leave()
{
	stop "${GUEST[$1]}"
}

# status N FILTER: of vrouter number N.
status()
{
	"$VFLOW_BUILD/vflowd" -c "$TEST_TMP/vflow.conf" --status |
		jq -r "first(.vrouters[] | select(.name == \"r$1\")) | $2"
}

# at_least N FILTER WANT
at_least()
{
	local got

	got=$(status "$1" "$2")
	echo "$2: $got"
	(( got >= $3 ))
}

# routes_are N COUNT: the module has so many.
routes_are()
{
	local n

	n=$(kernel_get ".[] | select(.name == \"r$1\").routes" vrouter-get)
	echo "$n routes"
	[[ $n == "$2" ]]
}

# converge: a good guest tells its routes; the time from when it begins until all have
# arrived is in $TOOK, in ms.
NEXT=5
converge()
{
	local arrival begins arrived n=$((NEXT++))

	spawn "$TEST_TMP/arrival" ip netns exec "${NS[host]}" arrival.py "r$n" "$ROUTES"
	arrival=$SPAWNED
	wait_for 20 grep -q ready "$TEST_TMP/arrival"
	guest "$n" routes "$ROUTES"
	await "$arrival" 60
	grep -q arrived "$TEST_TMP/arrival"
	begins=$(awk '$1 == "begins" { print $2 }' "$TEST_TMP/guest-$n")
	arrived=$(awk '$1 == "arrived" { print $2 }' "$TEST_TMP/arrival")
	TOOK=$(((arrived - begins) / 1000))
	leave "$n"
}

# sent N: bytes that a guest says it has sent.
sent()
{
	awk '$1 == "sent" { n = $2 } END { print n + 0 }' "$TEST_TMP/guest-$1"
}

sent_more()
{
	(( $(sent "$1") > $2 ))
}

# goes_on N: a guest goes on sending.
goes_on()
{
	wait_for 10 sent_more "$1" "$(sent "$1")"
}

# beside N TEXT: the routes of a good guest, while guest number N goes on.
beside()
{
	local before

	goes_on "$1"
	before=$(sent "$1")
	converge
	diag "after $TOOK ms, $ALONE ms alone;" \
		"meanwhile the other sent $(($(sent "$1") - before)) bytes"
	goes_on "$1"
	check "a guest beside one that $2" test "$TOOK" -le $((ALONE + LATER))
}

# cut_off N MODE REASON
cut_off()
{
	guest "$1" "$2"
	poll_until 15 grep -q closed "$TEST_TMP/guest-$1" &&
		poll_until 5 last_end "$1" "$3"
}

last_end()
{
	[[ $(status "$1" '.source["last-end"]' | tee /dev/stderr) == "$2" ]]
}

# Of vflowd, or of one of its parsers.
peak_mib()
{
	local pid most=0 mib

	for pid in "$VFLOWD" $(pgrep -P "$VFLOWD"); do
		mib=$(awk '/VmHWM/ { print int($2 / 1024) }' "/proc/$pid/status") || continue
		(( mib <= most )) || most=$mib
	done
	echo "$most MiB"
	(( most > 0 && most <= 64 ))
}

nexthops_are()
{
	local n

	n=$(status 1 .objects.nexthops.installed)
	echo "$n nexthops"
	[[ $n == "$1" ]]
}

ktap_plan 37
ns_add host
kernel_reader host
ipn host link add up0 type veth peer name far0
ipn host link set up0 up
ipn host link set far0 up
vflow_conf >"$TEST_TMP/vflow.conf"
daemon "$TEST_TMP/vflow.conf"
wait_for 10 status 1 .state
# The first finds everything cold.
converge
converge
ALONE=$TOOK

# These are cut off when they have said nothing for long enough; it takes no time here.
guest 3 mute
guest 4 silent

check "FPM: no bytes of a protocol" cut_off 1 garbage "no frames"
check "FPM: messages of wrong lengths" cut_off 1 lengths \
	"rtnetlink messages of wrong lengths"
check "FPM: a frame that is not understood" cut_off 1 types "protobuf instead of netlink"
check "FPM: a message longer than its frame" cut_off 1 oversized \
	"rtnetlink messages of wrong lengths"
check "FPM: a frame shorter than its header" cut_off 1 short "no frames"
check_eq "FPM: all of them are counted" 5 status 1 '.source["cut-off"]'

check "agent: no bytes of a protocol" cut_off 2 garbage "no frames"
check "agent: no hello" cut_off 2 nohello "no hello at first"
check "agent: two of them" cut_off 2 twice "a second hello"
check "agent: messages of wrong lengths" cut_off 2 lengths \
	"rtnetlink messages of wrong lengths"
check "agent: a sync of unknown scopes" cut_off 2 scopes "a sync of unknown scopes"
check "agent: the end of no sync" cut_off 2 end "the end of a sync that never began"
check "agent: the end of more than was begun" cut_off 2 more \
	"it ended a sync of which it had not told all"
check_eq "agent: all of them are counted" 7 status 2 '.source["cut-off"]'

guest 1 nonsense
beside 1 "tells nonsense"
leave 1
bad=$(status 1 '.source["bad-messages"]')
check "it is counted" test "$bad" -gt 0

guest 1 slow
beside 1 "never ends a message"
leave 1

guest 1 cover
beside 1 "hides its routes and shows them again"
kill -USR1 "${GUEST[1]}"
check_poll "hidden routes are still told" 40 routes_are 1 "$MAX"
leave 1

guest 1 groups
beside 1 "changes nexthops that are in all of its groups"
kill -USR1 "${GUEST[1]}"
# 128 and, with 32,768 members, 256 groups.
check_poll "groups have so many members, and no more" 60 nexthops_are 384
leave 1

guest 1 flood
check_poll "the flood is bounded by max-routes" 40 routes_are 1 "$MAX"
beside 1 "floods"
check_poll "$TOLD routes were told" 60 at_least 1 .source.messages "$TOLD"
check "what was too much is denied" at_least 1 '.denied["over-limit"].now' 1
check "FPM: no process of vflowd ever had more than 64 MiB" peak_mib
diag "$OUT"
leave 1

# Each that is served costs a process.  The last: whoever did so is refused for a while.
cut=$(status 1 '.source["cut-off"]')
guest 1 storm
check_poll "not all connections are served of one that connects again and again" 20 \
	at_least 1 '.source["refused-connections"]' 1
check_poll "those that are, are cut off" 20 at_least 1 '.source["cut-off"]' $((cut + 1))
check "what came before is counted still" at_least 1 '.source["bad-messages"]' "$bad"
beside 1 "connects again and again"
leave 1

guest 2 begin
beside 2 "begins one sync after another"
leave 2

guest 2 digest
check_poll "syncs that did not arrive as they were told are counted" 20 \
	at_least 2 '.source["torn-rounds"]' 2
leave 2

guest 2 flood
beside 2 "floods as an agent"
check_poll "the agent has told $TOLD routes" 60 \
	at_least 2 .source.messages "$TOLD"
check "agent: no process of vflowd ever had more than 64 MiB" peak_mib
diag "$OUT"
leave 2

check_poll "who says no hello is cut off" 15 last_end 3 "it did not say hello in time"
check_poll "so is who falls silent" 25 last_end 4 "it was silent for too long"
