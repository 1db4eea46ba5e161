#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# An uplink loses its carrier at the far end.  The guest sees it, as a router in
# hardware would: its OSPF withdraws the routes, in its own kernel and at its
# neighbour, within a second, long before a dead interval.  With the carrier
# everything comes back.
#
# A second is one of a machine that executes a billion instructions in it (-icount):
# the same on any machine, and however busy it is.
# vng: --icount
# timeout: 120
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/frr.sh"

LIMIT=1000	# milliseconds

need_cmd "$FRR_BIN/zebra" "$FRR_BIN/ospfd" "$FRR_BIN/ospf6d" vtysh

# net_of NAME FAMILY: where a route of OSPF's leads through the link.  For src it
# is one inside the area: external ones FRR's ospfd looks at once a second.
net_of()
{
	if [[ $1 == src ]]; then
		echo "${NET1[$2]}"
	else
		echo "${FARNET[$2]}"
	fi
}

has()
{
	ipn "$1" "-$2" route show "$(net_of "$1" "$2")" | grep -q "proto ospf"
}

all_have()
{
	has r1 4 && has r1 6 && has src 4 && has src 6
}

lacks()
{
	local routes

	routes=$(ipn "$1" "-$2" route show "$(net_of "$1" "$2")") &&
	[[ $routes != *"proto ospf"* ]]
}

# has_joined PID: ip monitor is in a multicast group.  It says nothing itself when it
# has joined, and until then the kernel tells it nothing.
has_joined()
{
	find "/proc/$1/fd" -lname 'socket:*' -printf '%l\n' | tr -dc '0-9\n' |
	awk 'NR == FNR { own[$1]; next }
	     $4 ~ /[1-9a-f]/ && $10 in own { found = 1 }
	     END { exit !found }' - "/proc/$1/net/netlink"
}

# The kernels say when a route goes, and when a carrier does: to ask them again and
# again would take the time that is measured.
watch()
{
	spawn "$TEST_TMP/events.$1.$2" ip -n "${NS[$1]}" "-$2" -ts monitor "${@:3}"
	wait_for 10 has_joined "$SPAWNED"
}

# told NAME FAMILY TEXT: wait for a line with it, and print the time it bears.
told()
{
	local events=$TEST_TMP/events.$1.$2 line pid

	coproc TAIL { exec timeout "$(slow 10)" tail -n +1 -f "$events"; }
	pid=$TAIL_PID
	line=$(grep -m 1 -F "$3" <&"${TAIL[0]}") || true
	kill "$pid" 2>/dev/null || true
	if [[ -z $line ]]; then
		echo "$1 does not say: $3" >&2
		return 1
	fi
	line=${line%%]*}
	date -d "${line#[}" +%s%3N
}

# Of an IPv4 route that goes with its nexthop object the kernel says nothing.  In
# r1 that is when the carrier goes: the kernel first drops the nexthops of the
# interface and then says that its carrier is gone.  So the route must not be there
# any more for who asks then.
went_in_time()
{
	local when took

	if [[ $1/$2 == r1/4 ]]; then
		when=$(told r1 4 "NO-CARRIER") && lacks r1 4
	else
		when=$(told "$1" "$2" "] Deleted $(net_of "$1" "$2") ")
	fi || return
	took=$((when - START))
	echo "after $took ms"
	(( took <= LIMIT ))
}

# Without the delays that FRR's ospfd puts before what it has to say: what is
# measured is how soon it knows.
ospf_conf()
{
	local name

	frr_conf r1 192.0.2.1 e0:10 e1:10
	frr_conf src 192.0.2.2 s0:10
	frr_conf dst 192.0.2.3 d0:10
	for name in r1 src dst; do
		cat >>"$(frr_dir "$name")/ospfd.conf" <<-END
		 timers throttle lsa all 0
		 timers lsa min-arrival 0
		 timers throttle spf 0 50 500
		END
		# A neighbour that falls silent is not missed: only the carrier tells.
		sed -i 's/dead-interval .*/dead-interval 40/' "$(frr_dir "$name")"/ospf*d.conf
	done
}

none_has()
{
	local name f

	for name in r1 src; do
		for f in 4 6; do
			lacks "$name" "$f" || return
		done
	done
}

# The program that takes the link down runs already: what has to be read from the
# host's disk to start one takes time of the host, and the clock does not stand still.
cutter()
{
	mkfifo "$TEST_TMP/cut"
	spawn "$TEST_TMP/cut.log" ip -n "${NS[dst]}" -batch "$TEST_TMP/cut"
	exec {CUT}<>"$TEST_TMP/cut"
}

cut()
{
	START=$((${EPOCHREALTIME/./} / 1000))
	echo "link set d0 down" >&"$CUT"
}

# OSPF announces a change no sooner than 5 s after the last one.
mend()
{
	ipn dst link set d0 up
	addr dst d0 "${DST[6]}/64" 2>/dev/null || true
	check_poll "$1" 40 all_have
	sleep 6
}

ktap_plan 10
topo_wires
for f in 4 6; do
	ipn src "-$f" route del default
	ipn dst "-$f" route del default
	# dst announces what is behind it.
	ipn dst route add blackhole "${FARNET[$f]}"
done
forwarding src dst
topo_conf >"$TEST_TMP/vflow.conf"
daemon "$TEST_TMP/vflow.conf"
wait_for 10 _topo_synced
ospf_conf
for name in r1 src dst; do
	defer frr_kill "$name"
	frr_start "$name"
done
cutter
mend "OSPF and OSPFv3 through vflow: everybody knows the way to dst"

# Once without a look at the clock, which runs on while what is used for the first
# time comes from disk.
cut
wait_for 10 none_has
mend "the carrier comes back, and with it the routes"

watch r1 4 link
watch r1 6 route
watch src 4 route
watch src 6 route
cut
for name in r1 src; do
	for f in 4 6; do
		check "IPv$f: $name withdraws within a second" went_in_time "$name" "$f"
		diag "$OUT"
	done
done
check_match "the guest's interface has no carrier" "NO-CARRIER|state DOWN" \
	ipn r1 link show e1
check_eq "the vif says why" "uplink-down" \
	kernel_get '.[] | select(.name == "r1-e1") | .state[0]' vif-get
mend "once more it comes back"
check_poll "and the way through the kernel" 10 ping_from 4 src "${DST[4]}"
