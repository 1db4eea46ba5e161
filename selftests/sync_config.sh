#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A mistake in vflow.conf is reported by file, line, key and what is allowed.  At
# the start vflowd then ends; at a reload it goes on with the last good file, as
# "vflowd --status" says, and takes the next good one.  A guest that is followed by
# another source keeps what it has, of which nothing is the former source's.
# timeout: 60
. "$(dirname "$0")/lib.sh"

ktap_plan 20

CONF=$TEST_TMP/vflow.conf
LOG=$TEST_TMP/vflowd-host.log
WRONG="$CONF:2: max-routes: \"many\" is not valid; allowed: "

vflowd_status()
{
	in_ns host vflowd -c "$CONF" --status | jq -r "$1"
}

# What the log says from here on.
log_mark()
{
	MARK=$(wc -c <"$LOG")
}

logged()
{
	tail -c "+$((MARK + 1))" "$LOG" | grep -F -e "$1"
}

# right_conf [SOURCE]
right_conf()
{
	topo_conf "$@"
	printf '[vflowd]\ncontrol = %s\n' "$TEST_TMP/sock"
}

# With a mistake in line 2.
wrong_conf()
{
	right_conf | sed '2i max-routes = many'
}

# of OWNER: how many objects of all kinds it has.
of()
{
	local object n=0

	for object in address neighbor nexthop route; do
		n=$((n + $(query length "$object" show vrouter r1 owner "$1")))
	done
	echo "$n"
}

none_of()
{
	[[ $(of "$1") == 0 ]]
}

routes_of()
{
	query length route show vrouter r1 owner "$1"
}

topo_wires

wrong_conf >"$CONF"
check_status 'vflowd --check finds a mistake' 2 vflowd -c "$CONF" --check
check_match 'and says where, and what is allowed' "$WRONG" echo "$OUT"
check_status 'vflowd does not start with it' 2 within 10 vflowd -c "$CONF"
check_match 'for the same reason' "$WRONG" echo "$OUT"
check_status 'nor without the file' 2 within 10 vflowd -c "$TEST_TMP/none.conf"
check_match 'and says so' 'none.conf: cannot be read: No such file' echo "$OUT"

right_conf >"$CONF"
daemon "$CONF"
wait_for 10 _topo_synced
log_mark
wrong_conf >"$CONF"
kill -HUP "$VFLOWD"
check 'a reload reports it, too' poll_until 10 logged "$WRONG"
check 'and that the configuration before stays' \
	poll_until 10 logged 'the one before stays in force'
check_match 'the status has it' "$WRONG" vflowd_status '.["config-error"]'
ipn r1 route add "${FARNET[4]}" via "${DST[4]}"
check 'the guest is followed as before' \
	poll_until 10 ctl route show "${FARNET[4]}" vrouter r1
for f in 4 6; do
	check "IPv$f: transit goes on" ping_from "$f" src "${DST[$f]}"
done

log_mark
right_conf >"$CONF"
kill -HUP "$VFLOWD"
check 'the mistake corrected, it is taken' poll_until 10 logged 'configuration taken'

routes=$(routes_of netns)
right_conf "agent:unix:$TEST_TMP/agent.sock" >"$CONF"
kill -HUP "$VFLOWD"
spawn "$TEST_TMP/agent.log" ip netns exec "${NS[r1]}" vflow-agent \
	"unix:$TEST_TMP/agent.sock"
check_poll 'followed by its agent, the guest has nothing by its namespace' 20 \
	none_of netns
check_eq 'and as many routes as before' "$routes" routes_of agent
check 'also that one' ctl route show "${FARNET[4]}" vrouter r1
for f in 4 6; do
	check "IPv$f: transit goes on" ping_from "$f" src "${DST[$f]}"
done

# The agent is a process in the namespace, with more capabilities than vflowd.
right_conf "netns:pid:$SPAWNED" >"$CONF"
kill -HUP "$VFLOWD"
check_poll 'followed by the namespace of a process, it has nothing by its agent' 20 \
	none_of agent
check_eq 'and as many routes as before' "$routes" routes_of netns
