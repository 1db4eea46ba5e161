#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# vflow-agent as the FPM server of the guest's FRR: zebra's routes travel to the
# host in the place of the kernel's, beside the guest's links, addresses and
# neighbors.  zebra with its protocols, and agent, are killed while numbered packets go
# through.  OSPF comes back when zebra was silent for longer than the default allows,
# and until then the guest's kernel has no route: the module still has it, and
# forwards every packet.
# timeout: 100
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/frr.sh"

frr_use 8.4

FRR_DAEMONS=(zebra ospfd ospf6d)
RATE=$((200 / VFLOW_SLOW))
# OSPF waits for so long, in ms, before it looks where a change leads...
SPF_MS=2000
# ...which is longer than the default, and with all else shorter than this.
QUIET=$((8 + 2 * VFLOW_SLOW))
# KEEP: zebra is told so (-K), leaves what it finds of itself in the kernel, and tells it.
# Nothing has to wait for OSPF then.
[[ -z ${KEEP:=} ]] || QUIET=5
declare -A FRRDST=([4]=10.200.0.2 [6]=fd00:200::2)

agent()
{
	spawn "$TEST_TMP/agent.log" ip netns exec "${NS[r1]}" \
		"$VFLOW_BUILD/vflow-agent" --fpm --fpm-quiet "$QUIET" \
		"unix:$TEST_TMP/agent.sock"
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
	local f dir

	ipn dst link add x0 type dummy
	ipn dst link set x0 up
	addr dst x0 10.200.0.1/24 fd00:200::1/64
	for f in 4 6; do
		ipn dst route add "${FARNET[$f]}" via "${FRRDST[$f]}"
	done
	frr_conf dst 192.0.2.102 d0:10
	frr_conf r1 192.0.2.101 e0:passive e1:10
	dir=$(frr_dir r1)
	echo "fpm address 127.0.0.1" >>"$dir/zebra.conf"
	echo " timers throttle spf $SPF_MS $SPF_MS $SPF_MS" |
		tee -a "$dir/ospfd.conf" >>"$dir/ospf6d.conf"
	defer rm -rf "$dir" "$(frr_dir dst)"
	frr_start dst
	frr_start r1 -M dplane_fpm_nl
}

equal()
{
	in_ns host zebra_view.py "$(frr_dir r1)" r1 e0=r1-e0 e1=r1-e1 "$(slow "$1")"
}

# guest_has N: so many of the two routes to where the packets go are in the guest's
# kernel.
guest_has()
{
	local n

	n=$({
		ipn r1 -4 route show "${FARNET[4]}"
		ipn r1 -6 route show "${FARNET[6]}"
	} | grep -c 'proto ospf') || true
	echo "the guest's kernel has $n of OSPF's routes"
	[[ $n == "$1" ]]
}

# The guest's kernel loses OSPF's routes.  zebra would delete what it finds of itself, and
# tell that: unless it has -K nobody knows these from routes that are withdrawn.
forget()
{
	ipn r1 nexthop flush && guest_has 0
}

# All daemons are killed, and zebra's successor is told of nothing for longer than the
# default.
event_zebra()
{
	local rounds begin

	rounds=$(status .vrouters[0].source.rounds)
	frr_kill r1 KILL && { [[ $KEEP ]] || forget; } &&
		frr_start r1 -M dplane_fpm_nl ${KEEP:+-K "$KEEP"} || return
	begin=$SECONDS
	poll_until 40 guest_has 2 || {
		echo "$OUT"
		return 1
	}
	echo "OSPF took $((SECONDS - begin)) s"
	[[ $KEEP ]] || (( SECONDS - begin > 5 )) || return
	poll_until 30 rounds_above "$rounds" && equal 10
}

# forwarded: packets from src that the module has forwarded itself.
forwarded()
{
	stat_of r1-e0 vif forward-packets
}

ktap_plan 12
topo_wires
source_conf "agent:unix:$TEST_TMP/agent.sock" >"$TEST_TMP/vflow.conf"
daemon "$TEST_TMP/vflow.conf"
kernel_reader host
for value in 0 121 5s; do
	check_status "--fpm-quiet is not $value" 2 vflow-agent --fpm --fpm-quiet "$value"
done
check_status "--fpm-quiet is nothing without --fpm" 2 vflow-agent --fpm-quiet 5
agent
for f in 4 6; do
	wait_for 10 ping_from "$f" src "${DST[$f]}"
	wait_for 10 ping_from "$f" dst "${SRC[$f]}"
done
check_eq "the kernel's routes count without zebra" false \
	status '.vrouters[0].source.zebra'
routing
check_poll "zebra's count when it is there" 20 source_is zebra true
wait_for 30 guest_has 2
check "the module has what zebra has" equal 10
check_match "addresses and neighbors are the kernel's" "${DST[4]}" \
	kernel_get '.[].address' neighbor-get

before=$(forwarded)
listen dst recv "$(place dst d0=dst)"
stream 4
stream 6
check "zebra and OSPF are killed and started anew" event_zebra
diag_stdin <<<"$OUT"
disown "$AGENT"
kill -KILL "$AGENT"
agent
wait_for 30 source_is zebra true
check "the agent is killed and started anew" equal 20
stop "${SENDERS[@]}"
hang_up dst
check "no packet was lost, doubled or misdelivered" all_arrived
check_eq "the module has forwarded all of them" $((before + $(sent))) forwarded
