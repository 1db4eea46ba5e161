#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Who may die without a packet being lost, for three minutes each at 1,000 packets a
# second (in "make check" 45 s, more than an ARP entry lasts, at 400): vflowd (again
# and again), the guest's routing daemon, the guest's ports, the whole guest.
# Four hosts in one machine, one for each, at the same time; their neighbours
# are Linux hosts with the ARP and ND timers of Linux.
# timeout: 270
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/frr.sh"

frr_use 8.4

AFTER=$(sized 180 45)	# seconds of traffic after the event
RATE=$(sized 500 200)	# of each family, for each case
BACK=50		# the other way, so that dst has to know the router, too
CASES=(daemon routing port guest)
declare -A DAEMON=() ROUTING=()
declare -A BACKNET=([4]=10.98.0.0/24 [6]=fd00:98::/64)
declare -A BACKDST=([4]=10.98.0.1 [6]=fd00:98::1)

# The basic topology once more, with namespaces named after the case.
world()
{
	local c=$1 f

	ns_add "src-$c" "dst-$c" "host-$c" "r1-$c"
	veth "src-$c" s0 "host-$c" up0
	veth "dst-$c" d0 "host-$c" up1
	veth "host-$c" g0 "r1-$c" e0
	veth "host-$c" g1 "r1-$c" e1
	forwarding "r1-$c"
	for f in 4 6; do
		addr "src-$c" s0 "${SRC[$f]}/${LEN[$f]}"
		addr "dst-$c" d0 "${DST[$f]}/${LEN[$f]}"
		addr "r1-$c" e0 "${GW0[$f]}/${LEN[$f]}"
		addr "r1-$c" e1 "${GW1[$f]}/${LEN[$f]}"
		ipn "src-$c" route add default via "${GW0[$f]}"
		ipn "dst-$c" route add default via "${GW1[$f]}"
	done
	routing "$c"
	conf "$c" >"$TEST_TMP/$c.conf"
	start_daemon "$c"
}

conf()
{
	local c=$1

	cat <<-END
	[vflowd]
	control = $TEST_TMP/$c.sock

	[vrouter r1]
	source = netns:${NS[r1-$c]}
	hold = pinned

	[vif r1-e0]
	vrouter = r1
	guest-interface = e0
	uplink = up0
	guest = g0

	[vif r1-e1]
	vrouter = r1
	guest-interface = e1
	uplink = up1
	guest = g1
	END
}

start_daemon()
{
	spawn "$TEST_TMP/$1.log" ip netns exec "${NS[host-$1]}" \
		"$VFLOW_BUILD/vflowd" -c "$TEST_TMP/$1.conf"
	DAEMON[$1]=$SPAWNED
}

# A routing daemon of the guest's: what lies behind src and dst is known to it
# alone.
routing()
{
	local c=$1 dir=$TEST_TMP/frr-$1 f

	mkdir -m 777 "$dir"
	for f in 4 6; do
		echo "ip${f#4} route ${FARNET[$f]} ${DST[$f]}"
		echo "ip${f#4} route ${BACKNET[$f]} ${SRC[$f]}"
	done | sed 's/^ip6/ipv6/' >"$dir/staticd.conf"
	: >"$dir/zebra.conf"
	frr "$c" zebra
	ROUTING[$c]=$SPAWNED
	wait_for 10 test -S "$dir/zserv.api"
	frr "$c" staticd
	ROUTING[$c]+=" $SPAWNED"
}

frr()
{
	local dir=$TEST_TMP/frr-$1

	spawn "$dir/$2.log" ip netns exec "${NS[r1-$1]}" "$FRR_BIN/$2" \
		-f "$dir/$2.conf" -i "$dir/$2.pid" --vty_socket "$dir" \
		-z "$dir/zserv.api" -u frr -g frr
}

routes_known()
{
	local f

	for f in 4 6; do
		KERNEL_NS=host-$1 kernel route-get | grep -q "${FARNET[$f]%/*}" ||
			return
	done
}

# Guest and hosts know each other, and vflow knows what the guest knows.
warm_up()
{
	local c=$1 f

	for f in 4 6; do
		in_ns "r1-$c" ping "-$f" -c 1 -W 2 "${SRC[$f]}" &&
		in_ns "r1-$c" ping "-$f" -c 1 -W 2 "${DST[$f]}" || return
	done >/dev/null
	[[ $(KERNEL_NS=host-$c kernel_get \
		'[.[].address | select(startswith("10.") or startswith("fd00"))] | length' \
		neighbor-get) -ge 4 ]]
}

# stream CASE NAME DEV RECEIVER FAMILY SRC DST RATE: from a Linux host's sockets.
stream()
{
	spawn "$TEST_TMP/sent.$1.$4.$5" ip netns exec "${NS[$2]}" pktio send "$3" \
		--udp-sockets --src "$6" --dst "$7" --to "$4" --stream "$5" \
		--flows 10 --rate "$8"
	SENDERS+=("$SPAWNED")
}

start_traffic()
{
	local c=$1 f

	listen "dst-$c" recv "$(place "dst-$c" d0=dst)"
	listen "src-$c" recv "$(place "src-$c" s0=src)"
	for f in 4 6; do
		stream "$c" "src-$c" s0 dst "$f" "${SRC[$f]}" "${FAR[$f]}" "$RATE"
		stream "$c" "dst-$c" d0 src "$f" "${DST[$f]}" "${BACKDST[$f]}" "$BACK"
	done
}

sent()
{
	jq -s 'map(.sent) | add' "$TEST_TMP/sent.$1.$2".?
}

# The events.
# Kill without a word from the shell.
murder()
{
	disown "$@"
	kill -KILL "$@"
}

event_daemon()
{
	murder "${DAEMON[daemon]}"
	start_daemon daemon
}

event_routing()
{
	# shellcheck disable=SC2086
	murder ${ROUTING[routing]}
}

event_port()
{
	ipn host-port link set g0 down
	ipn host-port link set g1 down
}

event_guest()
{
	# shellcheck disable=SC2086
	murder ${ROUTING[guest]}
	ns_del r1-guest
}

# Transit through the guest means that the case would prove nothing.
in_guest()
{
	answer "guest-$1" .frames
}

SENDERS=()

ktap_plan 20
chmod 755 "$TEST_TMP"	# FRR's daemons are another user
for c in "${CASES[@]}"; do
	world "$c"
done
for c in "${CASES[@]}"; do
	check_poll "$c: what the routing daemon knows is in the kernel" 20 \
		routes_known "$c"
	check_poll "$c: the neighbours are known" 20 warm_up "$c"
done
for c in "${CASES[@]}"; do
	start_traffic "$c"
done
for c in "${CASES[@]}"; do
	listen "guest-$c" count --deadline 5 "$(place "r1-$c" e0)" \
		"$(place "r1-$c" e1)" -- in pktio
done
for c in "${CASES[@]}"; do
	listened "guest-$c"
	check_eq "$c: transit does not enter the guest" 0 in_guest "$c"
done
for c in "${CASES[@]}"; do
	"event_$c"
done
diag "the events have happened; $AFTER s follow"
# The daemon dies again and again; the time is the test, not a wait.
for (( n = 0; n < AFTER / 15; n++ )); do
	sleep 15
	event_daemon
done
stop "${SENDERS[@]}"
for c in "${CASES[@]}"; do
	hang_up "dst-$c" "src-$c"
done
for c in "${CASES[@]}"; do
	check "$c: nothing is lost from src to dst" arrived "dst-$c" "$(sent "$c" dst)"
	check "$c: nor the other way" arrived "src-$c" "$(sent "$c" src)"
done
