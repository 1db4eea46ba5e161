#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# vflow-agent as the FPM server of the guest's FRR: zebra's routes travel to the
# host in the place of the kernel's, beside the guest's links, addresses and
# neighbors.  zebra and agent are killed while numbered packets go through.
# timeout: 100
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/frr.sh"

frr_use 8.4

FRR_DAEMONS=(zebra staticd)
RATE=$((200 / VFLOW_SLOW))

agent()
{
	spawn "$TEST_TMP/agent.log" ip netns exec "${NS[r1]}" \
		"$VFLOW_BUILD/vflow-agent" --fpm "unix:$TEST_TMP/agent.sock"
	AGENT=$SPAWNED
}

status()
{
	"$VFLOW_BUILD/vflowd" -c "$TEST_TMP/vflow.conf" --status | jq -r "$1"
}

source_is()
{
	[[ $(status ".vrouters[0].source[\"$1\"]") == "$2" ]]
}

rounds_above()
{
	(( $(status .vrouters[0].source.rounds) > $1 ))
}

routing()
{
	local dir f

	dir=$(frr_dir r1)
	mkdir -p "$dir"
	defer rm -rf "$dir"
	{
		echo "hostname r1"
		echo "fpm address 127.0.0.1"
	} >"$dir/zebra.conf"
	for f in 4 6; do
		echo "ip${f#4} route ${FARNET[$f]} ${DST[$f]}"
	done | sed 's/^ip6/ipv6/' >"$dir/staticd.conf"
	chown -R frr:frr "$dir"
	frr_start r1 -M dplane_fpm_nl
}

equal()
{
	in_ns host zebra_view.py "$(frr_dir r1)" r1 e0=r1-e0 e1=r1-e1 "$(slow "$1")"
}

# Killed, and told of again completely.
event_zebra()
{
	local rounds

	rounds=$(status .vrouters[0].source.rounds)
	frr_kill r1 KILL && frr_start r1 -M dplane_fpm_nl &&
		poll_until 30 rounds_above "$rounds" && equal 10
}

ktap_plan 8
topo_wires
source_conf "agent:unix:$TEST_TMP/agent.sock" >"$TEST_TMP/vflow.conf"
daemon "$TEST_TMP/vflow.conf"
kernel_reader host
agent
for f in 4 6; do
	wait_for 10 ping_from "$f" src "${DST[$f]}"
	wait_for 10 ping_from "$f" dst "${SRC[$f]}"
done
check_eq "the kernel's routes count without zebra" false \
	status '.vrouters[0].source.zebra'
routing
check_poll "zebra's count when it is there" 20 source_is zebra true
rounds=$(status .vrouters[0].source.rounds)
check_poll "its sync is complete" 20 rounds_above "$rounds"
check "the module has what zebra has" equal 10
check_match "addresses and neighbors are the kernel's" "${DST[4]}" \
	kernel_get '.[].address' neighbor-get

listen dst recv "$(place dst d0=dst)"
stream 4
stream 6
check "zebra is killed and started anew" event_zebra
disown "$AGENT"
kill -KILL "$AGENT"
agent
wait_for 30 source_is zebra true
check "the agent is killed and started anew" equal 20
stop "${SENDERS[@]}"
hang_up dst
check "no packet was lost, doubled or misdelivered" all_arrived
