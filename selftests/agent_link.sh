#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# vflow-agent tells vflowd what the guest's kernel has: over a unix socket, TCP,
# vsock and a device.  The module has what the guest has, by readers that neither of
# them knows.  Numbered packets go through while routes change without pause and
# agent, vflowd and parser are killed and the channel is cut in the middle of a
# message: none is lost, and after each of it nothing is stale.  A guest that was reset
# tells what it has now, and another guest notices nothing.  The parser has no rights.
# A neighbor that only the module sends to stays fresh in the guest.
# timeout: 300
. "$(dirname "$0")/lib.sh"

KILLS=$(sized 50 8)
RATE=200
# More leaves no time for anything else.
if (( VFLOW_SLOW > 4 )); then
	RATE=$((200 / VFLOW_SLOW))
fi
SOCK=

agent()
{
	spawn "$TEST_TMP/agent.log" ip netns exec "${NS[r1]}" \
		"$VFLOW_BUILD/vflow-agent" "$@"
	AGENT=$SPAWNED
}

# Another guest, which is left alone.
other_conf()
{
	cat <<-END
	[vrouter r2]
	source = agent:unix:$SOCK.other

	[vif r2-e0]
	vrouter = r2
	guest-interface = e0
	uplink = up0
	guest = g2
	END
}

# Kill without a word from the shell.
murder()
{
	disown "$@"
	kill -KILL "$@"
}

status()
{
	"$VFLOW_BUILD/vflowd" -c "$TEST_TMP/vflow.conf" --status | jq -r "$1"
}

is_live()
{
	[[ $(status '.vrouters[0].state') == live ]]
}

# The guest's routes to where the packets go change all the time; there is
# always one.
change()
{
	local i f

	for i in 1 2 3 4 5; do
		for f in 4 6; do
			echo "route replace ${FARNET[$f]} via ${DST[$f]} mtu $((1400 + i))"
			echo "nexthop replace id $((10 * f + 1)) via ${DST[$f]} dev e1"
			echo "nexthop replace id $((10 * f)) group $((10 * f + 1))"
			echo "route replace ${FARNET[$f]} nhid $((10 * f))"
			echo "route replace $((100 + i)).0.0.0/8 via ${DST[4]} metric $f"
		done
		echo "route del $((100 + i)).0.0.0/8 metric 4"
	done | ip -n "${NS[r1]}" -batch -
}

# The same without pause until the file is gone; then the guest is at rest.
changing()
{
	while [[ -e $TEST_TMP/changing ]]; do
		change
	done
}

changes_begin()
{
	touch "$TEST_TMP/changing"
	spawn "$TEST_TMP/changes.log" changing
	CHANGES=$SPAWNED
}

changes_end()
{
	rm "$TEST_TMP/changing"
	wait "$CHANGES"
}

is_torn()
{
	[[ $(status '.vrouters[0].source["last-end"]') == *"in the middle of a frame" ]]
}

# has_synced ROUNDS LOSSES: since then the guest was lost, and has told all again.
has_synced()
{
	local state rounds losses

	status '.vrouters[0] | "\(.state) \(.source.rounds) \(.losses)", tojson' \
		>"$TEST_TMP/synced" && read -r state rounds losses <"$TEST_TMP/synced" &&
		[[ $state == live ]] && (( rounds > $1 && losses > $2 )) && return
	cat "$TEST_TMP/synced" "$TEST_TMP/agent.log" "$TEST_TMP/relay.log"
	return 1
}

# One of agent, vflowd, parser and channel is killed, at any moment; then the guest tells
# all again.
one_kill()
{
	local rounds losses

	read -r rounds losses < <(status '.vrouters[0] | "\(.source.rounds) \(.losses)"')
	sleep "0.$((RANDOM % 90 + 10))"
	case $(($1 % 4)) in
	0)
		murder "$AGENT"
		agent "unix:$SOCK.relay"
		;;
	1)
		murder "$VFLOWD"
		daemon "$TEST_TMP/vflow.conf"
		rounds=0
		losses=-1
		;;
	2)
		pkill -KILL -P "$VFLOWD" -f -- --parser
		;;
	3)
		kill -USR1 "$RELAY"
		wait_for 10 is_torn
		;;
	esac
	wait_for 20 has_synced "$rounds" "$losses"
}

# After each of the kills the guest rests, and the module has what it has.
all_kills()
{
	local i

	for (( i = 0; i < KILLS; i++ )); do
		changes_begin
		one_kill "$i"
		changes_end
		OUT=$(guest_equal 15) || {
			diag "after kill $((i + 1)):"
			diag_stdin <<<"$OUT"
			stale=$((stale + 1))
		}
	done
}

boots_are()
{
	[[ $(status '.vrouters[0].source.boots') == "$1" ]]
}

# route_is NET TYPE: of an IPv4 route.
route_is()
{
	[[ $(kernel_get "[.[].route[] | select(.dst == \"${1%/*}\")][0].type" \
		route-get) == "$2" ]]
}

is_lost()
{
	[[ $(status '.vrouters[0].state') == lost ]]
}

losses()
{
	status '.vrouters[0].losses'
}

# lost_since N: it was lost after losses said N, however soon it was there again.
lost_since()
{
	(( $(losses) > $1 ))
}

# Nothing but a filter of system calls and no capability.
parser_is_confined()
{
	local pid

	pid=$(pgrep -o -P "$VFLOWD" -f -- --parser) &&
	grep -E '^(Seccomp|NoNewPrivs|Cap.*):' "/proc/$pid/status" &&
	[[ $(awk '/^(Seccomp|NoNewPrivs|Cap(Inh|Prm|Eff|Amb)):/ { printf $1 $2 + 0 " " }' \
		"/proc/$pid/status") == \
		"CapInh:0 CapPrm:0 CapEff:0 CapAmb:0 NoNewPrivs:1 Seccomp:2 " ]]
}

# dst, as the guest knows it: neighbor_is FAMILY STATE...
neighbor_is()
{
	local state

	state=$(ipn r1 -j neigh show "${DST[$1]}" dev e1 | jq -r '.[0].state[0]')
	echo "$state"
	[[ " ${*:2} " == *" $state "* ]]
}

neighbors_are()
{
	neighbor_is 4 "$@" && neighbor_is 6 "$@"
}

refreshed()
{
	status '.vrouters[0].refreshed'
}

was_refreshed()
{
	(( $(refreshed) > $1 ))
}

# Only the module sends to dst, and the guest does not know whether it is still there.
stays_fresh()
{
	local f before

	stream 4
	stream 6
	kill -STOP "$AGENT"
	for f in 4 6; do
		ipn r1 neigh change "${DST[$f]}" lladdr "$MAC_D0" dev e1 nud stale
	done
	before=$(refreshed)
	check_poll "neighbors that packets are sent to are reported in use" 30 \
		was_refreshed $((before + 1))
	check "while the agent sleeps they are stale" neighbors_are STALE
	before=$(forwarded_by r1)
	kill -CONT "$AGENT"
	check_poll "it has the guest probe them" 15 neighbors_are REACHABLE
	check_eq "the guest itself has forwarded nothing" "$before" forwarded_by r1
	stop "${SENDERS[@]}"
}

# again TEXT: the other end goes and comes; the agent notices by itself.
again()
{
	SENDERS=()
	listen dst recv "$(place dst d0=dst)"
	stream 4
	stream 6
	murder "$VFLOWD"
	ipn r1 route del 10.52.0.0/16
	daemon "$TEST_TMP/vflow.conf"
	check_poll "$1: vflowd is another one, the guest is there again" 15 is_live
	check "$1: nothing stale is left" guest_equal 10
	stop "${SENDERS[@]}"
	hang_up dst
	check "$1: no packet was lost" all_arrived
	ipn r1 route add 10.52.0.0/16 via "${DST[4]}"
}

# The host's end of the guest's device, as QEMU has it: it connects again and again.
device()
{
	# shellcheck disable=SC2016
	spawn "$TEST_TMP/device.log" bash -c 'while :; do
		socat "PTY,link=$1,rawer" "UNIX-CONNECT:$2"
		sleep 0.2
	done' bash "$TEST_TMP/device" "$SOCK"
	DEVICE=$SPAWNED
}

# over SOURCE HOST TEXT: another way to reach the host.
over()
{
	stop "$AGENT" "$VFLOWD"
	source_conf "$1" >"$TEST_TMP/vflow.conf"
	daemon "$TEST_TMP/vflow.conf"
	agent "$2"
	check_poll "$3: the guest is there" 15 is_live
	ipn r1 route add 10.55.0.0/16 via "${DST[4]}"
	check_poll "$3: a new route follows" 10 route_is 10.55.0.0/16 unicast
	ipn r1 route del 10.55.0.0/16
}

# The guest's kernel is another one, which has other routes.
reset_guest()
{
	local id=/proc/sys/kernel/random/boot_id f

	murder "$AGENT"
	for f in 4 6; do
		ipn r1 route replace "${FARNET[$f]}" via "${DST[$f]}"
	done
	ipn r1 nexthop flush
	ipn r1 route del 10.51.0.0/16
	ipn r1 route add 10.52.0.0/16 via "${DST[4]}"
	tr 0-9a-f 1-9a-f0 <$id >"$TEST_TMP/boot-id"
	spawn "$TEST_TMP/agent.log" ip netns exec "${NS[r1]}" unshare -m bash -c \
		"mount --bind $TEST_TMP/boot-id $id && exec vflow-agent unix:$SOCK"
	AGENT=$SPAWNED
}

ktap_plan 37
topo_wires
ns_add other
veth host g2 other e0
addr other e0 10.3.0.1/24
SOCK=$TEST_TMP/agent.sock
{
	source_conf "agent:unix:$SOCK user=nobody"
	other_conf
} >"$TEST_TMP/vflow.conf"
daemon "$TEST_TMP/vflow.conf"
spawn "$TEST_TMP/relay.log" relay.py "$SOCK.relay" "$SOCK"
RELAY=$SPAWNED
agent "unix:$SOCK.relay"
spawn "$TEST_TMP/other.log" ip netns exec "${NS[other]}" \
	"$VFLOW_BUILD/vflow-agent" "unix:$SOCK.other"
kernel_reader host
guest_reader
for f in 4 6; do
	ipn r1 route add "${FARNET[$f]}" via "${DST[$f]}"
done
check_poll "the guest is there" 15 is_live
check "the module has what the guest has" guest_equal 10
for f in 4 6; do
	check "IPv$f: a ping goes through" ping_from "$f" src "${DST[$f]}" 2
	wait_for 10 ping_from "$f" dst "${SRC[$f]}"
done
check "what changes follows" guest_equal 10 "$(
	echo "ip -n ${NS[r1]} nexthop add id 7 via ${DST[4]} dev e1"
	echo "ip -n ${NS[r1]} route add 10.50.0.0/16 nhid 7"
	echo "ip -n ${NS[r1]} route add blackhole 10.51.0.0/16"
	echo "ip -n ${NS[r1]} -6 route add fd00:51::/32 via ${DST[6]} mtu 1400")"
check "what the kernel deletes without a word goes" guest_equal 10 \
	"ip -n ${NS[r1]} nexthop del id 7"

check "the parser has no rights" parser_is_confined

listen dst recv "$(place dst d0=dst)"
seed_init
RANDOM=$SEED
forwarded=$(forwarded_by r1)
stale=0
stream 4
stream 6
all_kills
ok "agent, vflowd, parser and channel were killed $KILLS times"
check "after each of them the module had what the guest had" test "$stale" == 0
check "and verify says so" ctl verify r1 control "$TEST_TMP/vflowd.sock"
stop "${SENDERS[@]}"
hang_up dst
diag "$(sent) packets"
check "no packet was lost, doubled or misdelivered" all_arrived
check_eq "the guest itself has forwarded none" "$forwarded" forwarded_by r1

spawn "$TEST_TMP/events" ip netns exec "${NS[host]}" vfnl.py listen 1000
wait_for 10 grep -q listening "$TEST_TMP/events"
reset_guest
check_poll "another boot of the guest is there" 20 boots_are 1
check "old routes are swept, new ones are in" guest_equal 10
check "that was seen" grep -q '"10.52.0.0"' "$TEST_TMP/events"
check_fail "and nothing of another guest's" grep '"r2' "$TEST_TMP/events"

stays_fresh

topo_management
over "agent:tcp:192.0.2.1:2620 peer=192.0.2.2 dev=m0" tcp:192.0.2.1:2620 TCP
stop "$AGENT"
wait_for 10 is_lost
ipn host link del m0
topo_management
agent tcp:192.0.2.1:2620
check_poll "TCP: the guest is there again, over a device made anew" 15 is_live
ipn host link del m0
modprobe vsock_loopback 2>/dev/null || true
if [[ -e /dev/vsock ]]; then
	over agent:vsock:1 vsock:1 vsock
	again vsock
else
	skip "vsock: the guest is there" "no vsock_loopback"
	skip "vsock: a new route follows" "no vsock_loopback"
	skip "vsock: vflowd is another one, the guest is there again" "no vsock_loopback"
	skip "vsock: nothing stale is left" "no vsock_loopback"
	skip "vsock: no packet was lost" "no vsock_loopback"
fi

device
over "agent:unix:$SOCK" "dev:$TEST_TMP/device" device
again device
before=$(losses)
pkill -KILL -P "$DEVICE" socat
check_poll "device: the channel was cut" 10 lost_since "$before"
check_poll "device: the guest is there again" 15 is_live
# Who holds the port keeps the channel open when the agent dies in a message.
spawn "$TEST_TMP/held.log" bash -c "exec sleep 1000 <>'$TEST_TMP/device'"
murder "$AGENT"
ipn r1 route del 10.52.0.0/16
agent "dev:$TEST_TMP/device"
check "device: another agent tells what is there now" guest_equal 20
check_poll "device: the guest is live" 10 is_live
