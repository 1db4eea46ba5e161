#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What vflow has of a guest is what the guest's kernel has, whatever happens to
# it, also where that kernel says nothing of what it deletes: links going down,
# addresses, nexthops and members of groups being removed, with and without
# nexthop objects, and while vflowd is not there.  An independent reader compares
# both a second after each event: nothing missing, nothing stale.
# timeout: 60
. "$(dirname "$0")/lib.sh"

# ip(8) in the guest, in the commands below.
G=

# equal TEXT COMMAND [SECONDS]: run the command; what is there then?
equal()
{
	check "$1" guest_equal "${3:-1}" "$2"
	diag "$(tail -n 1 <<<"$OUT")"
}

# routes NAME FIRST LAST TEXT: a batch of so many IPv4 and IPv6 routes.
routes()
{
	local i

	for (( i = $2; i <= $3; i++ )); do
		echo "route $1 10.$((100 + i / 250)).$((i % 250)).0/24 via ${DST[4]}"
		printf 'route %s fd00:77:%x::/48 via %s\n' "$1" "$i" "${DST[6]}"
	done
}

# What the events are about, once by gateway and once by nexthop object.
populate()
{
	ipn r1 -b - <<-END
	nexthop replace id 4 via ${DST[4]} dev e1
	nexthop replace id 14 via ${SRC[4]} dev e0
	nexthop replace id 40 group 4,2/14
	nexthop replace id 6 via ${DST[6]} dev e1
	nexthop replace id 16 via ${SRC[6]} dev e0
	nexthop replace id 60 group 6/16,3
	route replace 10.51.0.0/16 nhid 4
	route replace 10.52.0.0/16 nhid 40
	route replace 10.53.0.0/16 via ${DST[4]}
	route replace 10.54.0.0/16 nexthop via ${DST[4]} weight 2 nexthop via ${SRC[4]}
	route replace 10.55.0.0/16 via ${DST[4]} metric 10
	route replace 10.55.0.0/16 via ${SRC[4]} metric 20
	route replace 10.56.0.0/16 via ${DST[4]} mtu 1300
	route replace blackhole 10.57.0.0/16
	route replace prohibit 10.58.0.0/16
	route replace default via ${DST[4]}
	route replace fd00:51::/64 nhid 6
	route replace fd00:52::/64 nhid 60
	route replace fd00:53::/64 via ${DST[6]}
	route replace fd00:54::/64 nexthop via ${DST[6]} weight 2 nexthop via ${SRC[6]}
	route replace fd00:55::/64 via ${DST[6]} metric 10
	route replace fd00:55::/64 via ${SRC[6]} metric 20
	route replace fd00:56::/64 via ${DST[6]} mtu 1300
	route replace unreachable fd00:57::/64
	route replace default via ${DST[6]}
	route replace 10.59.0.0/16 via inet6 ${DST[6]}
	END
}

# What went with a link or an address is put back.
restore()
{
	ipn r1 -b - <<-END
	link set e1 up
	addr replace ${GW1[4]}/${LEN[4]} dev e1
	addr replace ${GW1[6]}/${LEN[6]} dev e1 nodad
	END
	populate
}

restart()
{
	kill "-$1" "$VFLOWD"
	wait "$VFLOWD" 2>/dev/null || true
}

start()
{
	spawn "$TEST_TMP/vflowd-again" ip netns exec "${NS[host]}" \
		"$VFLOW_BUILD/vflowd" -c "$TEST_TMP/vflow.conf"
	VFLOWD=$SPAWNED
}

ktap_plan 31
topo_basic vflowd
G="ip -n ${NS[r1]}"
guest_reader
for f in 4 6; do
	ping_from "$f" src "${DST[$f]}" >/dev/null
done
equal "at first" "" 5
populate
equal "routes and nexthops of all kinds" "$G route add 10.60.0.0/16 via ${DST[4]}"
equal "a replaced gateway" "$G route replace 10.53.0.0/16 via ${SRC[4]}
	$G route replace fd00:53::/64 via ${SRC[6]}"
equal "a better metric goes" "$G route del 10.55.0.0/16 metric 10
	$G route del fd00:55::/64 metric 10"
equal "a better metric comes" "$G route add 10.55.0.0/16 via ${DST[4]} metric 5
	$G route add fd00:55::/64 via ${DST[6]} metric 5"
equal "a route becomes a blackhole" "$G route replace blackhole 10.53.0.0/16
	$G route del fd00:53::/64
	$G route add blackhole fd00:53::/64"
equal "a nexthop object changes" "$G nexthop replace id 4 via ${SRC[4]} dev e0
	$G nexthop replace id 6 via ${SRC[6]} dev e0"
equal "a group changes its weights" "$G nexthop replace id 40 group 4,7/14,3
	$G nexthop replace id 60 group 6,7/16,3"
equal "a nexthop object is deleted under a group and routes" \
	"$G nexthop del id 4; $G nexthop del id 6"
restore
equal "a group is deleted under routes" "$G nexthop del id 40; $G nexthop del id 60"
restore
equal "all nexthop objects are flushed" "$G nexthop flush"
restore
equal "an address is deleted" "$G addr del ${GW1[4]}/${LEN[4]} dev e1"
restore
equal "and comes back" ""
equal "an IPv6 address is deleted" "$G addr del ${GW1[6]}/${LEN[6]} dev e1"
restore
equal "and comes back" ""
equal "a second address comes" "$G addr add 10.2.0.77/24 dev e1
	$G addr add fd00:2::77/64 dev e1 nodad"
equal "and goes" "$G addr del 10.2.0.77/24 dev e1
	$G addr del fd00:2::77/64 dev e1"
in_ns r1 sysctl -qw net.ipv6.route.skip_notify_on_dev_down=0
equal "a link goes down" "$G link set e1 down"
restore
equal "and comes back" ""
in_ns r1 sysctl -qw net.ipv6.route.skip_notify_on_dev_down=1
equal "a link goes down and IPv6 says nothing" "$G link set e1 down"
restore
equal "and comes back" ""
equal "the outside tells of neighbors" "ip -n ${NS[src]} addr add 10.1.0.44/24 dev s0
	ip netns exec ${NS[src]} ping -q -c 1 -W $(slow 2) -I 10.1.0.44 ${GW0[4]}"
equal "a neighbor is deleted" "$G neigh del 10.1.0.44 dev e0"
routes add 1 1000 >"$TEST_TMP/add"
routes del 1 1000 >"$TEST_TMP/del"
equal "2,000 routes at once" "$G -b $TEST_TMP/add"
equal "and none of them any more" "$G -b $TEST_TMP/del"

restart TERM
ipn r1 route del 10.56.0.0/16
ipn r1 route add 10.61.0.0/16 via "${DST[4]}"
ipn r1 nexthop del id 14
start
equal "vflowd ended, the guest changed, vflowd started" ""
restore
restart KILL
ipn r1 link set e1 down
start
equal "vflowd was killed, a link went down, vflowd started" ""
restore
equal "the link comes back" ""
restart KILL
start
equal "vflowd was killed, nothing changed" ""
check_eq "it has sent nothing twice: no object of an older sync" "[]" \
	kernel_get '[.[].route[].sync] | unique | if length == 1 then [] else . end' \
	route-get
kill -HUP "$VFLOWD"
equal "a reload of the configuration" ""
