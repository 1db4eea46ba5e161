#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# vflow at work, told step by step: a guest router r1, with FRR, speaks OSPF and
# OSPFv3 to two neighbors outside, and the host's kernel routes its transit
# packets.
#
# "make demo" runs it in a virtual machine.  Where vflow.ko is loaded it runs as
# it is, too: it makes the namespaces h1, n1, host, r1, n2, h2 and leaves them;
# "demo.sh --clean" removes them.  The exit status is 0 only if all that it says
# has held.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/frr.sh"
. "$(dirname "$0")/demo_lib.sh"

# Networks that each site announces, per family.
NETWORKS=100
# OSPF's dead interval: what happens without it must be told apart from it, on a
# slow machine, too.
FRR_DEAD=10

# --- 1: the world ----------------------------------------------------------

picture()
{
	indent <<-'END'
	h1, 10.1.0.0/16, 2001:db8:1::/48      h2, 10.2.0.0/16, 2001:db8:2::/48
	 |                                                     |
	n1  neighbor, FRR                        neighbor, FRR n2
	 |core0                                          core1| |core2
	 |                                                    | |
	 |     +-----------------------------------------+    | |
	 +-----|up0                                   up1|----+ |
	       |         host: vflow.ko, vflowd       up2|------+
	       |g0                                g1   g2|
	       +-|---------------------------------|----|+
	         |                                 |    |
	       +-|---------------------------------|----|+
	       |e0    guest: router r1, FRR        e1   e2|
	       +-----------------------------------------+
	END
}

build_world()
{
	local i

	demo_ns "${DEMO_NS[@]}"
	veth h1 lan0 n1 lan0
	veth h2 lan0 n2 lan0
	veth n1 core0 host up0
	veth n2 core1 host up1
	veth n2 core2 host up2
	for i in 0 1 2; do
		veth host "g$i" r1 "e$i"
		addr r1 "e$i" "10.0.$i.1/24" "2001:db8:0:$i::1/64"
	done
	addr n1 core0 10.0.0.2/24 2001:db8:0:0::2/64
	addr n2 core1 10.0.1.2/24 2001:db8:0:1::2/64
	addr n2 core2 10.0.2.2/24 2001:db8:0:2::2/64
	for i in 1 2; do
		addr "n$i" lan0 "10.$i.0.1/24" "2001:db8:$i::1/64"
		addr "h$i" lan0 "10.$i.0.2/24" "2001:db8:$i::2/64"
		ipn "h$i" route add default via "10.$i.0.1"
		ipn "h$i" route add default via "2001:db8:$i::1"
		networks "$i" | ip -n "${NS[n$i]}" -batch -
	done
	forwarding n1 r1 n2
	fallback n1 10.2.0.0/16 10.0.0.1
	fallback n1 2001:db8:2::/48 2001:db8:0:0::1
	fallback n2 10.1.0.0/16 10.0.2.1
	fallback n2 2001:db8:1::/48 2001:db8:0:2::1
	in_ns h2 iperf3 --server --daemon
}

# The networks behind a host, for its neighbor to announce.
networks()
{
	local i

	for (( i = 1; i <= NETWORKS; i++ )); do
		printf 'route add 10.%d.%d.0/24 via 10.%d.0.2\n' "$1" "$i" "$1"
		printf 'route add 2001:db8:%d:%x::/64 via 2001:db8:%d::2\n' \
			"$1" "$i" "$1"
	done
}

# A static route that counts less than any other (zebra takes the metric for
# distance 255 and neither uses nor announces it).
fallback()
{
	ipn "$1" route add "$2" via "$3" metric 4278198272
}

start_routing()
{
	frr_conf n1 192.0.2.1 core0:10 lan0:passive
	frr_conf n2 192.0.2.2 core1:10 core2:100 lan0:passive
	frr_conf r1 192.0.2.9 e0:10 e1:10 e2:100
	frr_start n1
	frr_start n2
	frr_start r1
}

# learned NAME N: so many routes of each family at least came by OSPF.
learned()
{
	(( $(frr_routes "$1" 4) >= $2 && $(frr_routes "$1" 6) >= $2 ))
}

converged()
{
	learned r1 $((2 * NETWORKS + 2)) && learned n1 $((NETWORKS + 1)) &&
		learned n2 $((NETWORKS + 1))
}

# --- 2: without vflow ------------------------------------------------------

bridges_up()
{
	local i

	for i in 0 1 2; do
		ipn host link add "br$i" type bridge
		ipn host link set "up$i" master "br$i"
		ipn host link set "g$i" master "br$i"
		ipn host link set "br$i" up
	done
}

bridges_down()
{
	local i

	for i in 0 1 2; do
		ipn host link del "br$i"
	done
}

# --- traffic, and what it costs --------------------------------------------

declare -A H2=([4]=10.2.0.2 [6]=2001:db8:2::2)
declare -A BRIDGED=() ROUTED=() RESULT=()

# traffic HOW: ping, TCP and UDP from h1 to h2.
traffic()
{
	local f

	for f in 4 6; do
		RESULT[$1,ping,$f]=$(ping_h2 "$f")
		RESULT[$1,tcp,$f]=$(tcp_h2 "$f")
		RESULT[$1,udp,$f]=$(udp_h2 "$f")
	done
}

ping_h2()
{
	in_ns h1 ping "-$1" -n -q -i 0.05 -c 20 "${H2[$1]}" |
		sed -n 's/.* \([0-9]*\) received.*/\1 of 20/p'
}

# Mbit/s
tcp_h2()
{
	in_ns h1 iperf3 "-$1" -J -t 2 -c "${H2[$1]}" |
		jq '.end.sum_received.bits_per_second / 1e6 | round'
}

udp_h2()
{
	in_ns h1 iperf3 "-$1" -J -u -b 3M -l 1200 -t 2 -c "${H2[$1]}" |
		jq -r '.end.sum | "\(.packets - .lost_packets) of \(.packets)"'
}

traffic_table()
{
	local f key text

	printf '\n  %-38s %15s %15s\n' '' 'bridged to r1' "$1"
	for f in 4 6; do
		while read -r key text; do
			printf '  %-38s %15s %15s\n' "IPv$f $text" \
				"${RESULT[bridged,$key,$f]}" \
				"${RESULT[vflow,$key,$f]:-}"
		done <<-END
		ping ping: answers
		udp UDP: packets arrived
		tcp TCP: Mbit/s
		END
	done
	while read -r key text; do
		printf '  %-38s %15s %15s\n' "$text" \
			"$(commas "${BRIDGED[$key]}")" \
			"$(commas "${ROUTED[$key]:-}")"
	done <<-END
	transit packets that r1's kernel forwarded
	in packets into r1, of any kind
	bytes bytes into r1, of any kind
	forward packets that vflow forwarded
	END
	printf '\n'
}

all_arrived()
{
	local f

	for f in 4 6; do
		all_of "${RESULT[$1,ping,$f]}" && all_of "${RESULT[$1,udp,$f]}" ||
			return
	done
}

# all_of "N of M"
all_of()
{
	is "${1% of *}" -eq "${1#* of }"
}

# --- 3: vflow --------------------------------------------------------------

vflow_conf()
{
	local i

	printf '[vrouter r1]\nsource = netns:r1\n'
	for i in 0 1 2; do
		cat <<-END

		[vif r1-e$i]
		vrouter = r1
		guest-interface = e$i
		uplink = up$i
		guest = g$i
		END
	done
}

start_vflowd()
{
	spawn "$DEMO_DIR/vflowd.log" ip netns exec "${NS[host]}" \
		"$VFLOW_BUILD/vflowd" -c "$DEMO_DIR/vflow.conf"
	VFLOWD=$SPAWNED
}

# What r1's kernel holds, by iproute2, and what vflow holds: lines "PREFIX
# GATEWAY INTERFACE".
guest_table()
{
	local f

	for f in 4 6; do
		ipn r1 "-$f" -j route show table main | jq -r --arg f "$f" '
			.[] | select(.dst != "fe80::/64") |
			[(if .dst == "default" then
				{"4": "0.0.0.0/0", "6": "::/0"}[$f]
			  elif .dst | contains("/") then .dst
			  else .dst + {"4": "/32", "6": "/128"}[$f] end),
			 .gateway // "-", .dev] | join(" ")'
	done | sort
}

vflow_table()
{
	ctl -j nexthop show vrouter r1 >"$DEMO_DIR/nexthops"
	ctl -j route show vrouter r1 | jq -r --slurpfile nh "$DEMO_DIR/nexthops" '
		(reduce $nh[0][] as $n ({}; .["\($n.id)"] = $n)) as $by_id |
		.[] | select(.type == "unicast") | . as $r |
		($by_id["\(."nexthop-id")"] // $r) as $h |
		[.dst, $h.via // "-", ($h.vif | ltrimstr("r1-"))] | join(" ")' |
		sort
}

tables_equal()
{
	guest_table >"$DEMO_DIR/guest"
	vflow_table >"$DEMO_DIR/vflow"
	diff "$DEMO_DIR/guest" "$DEMO_DIR/vflow"
}

route_table()
{
	local f colon

	printf '\n  %-38s %15s %15s\n' '' 'in r1' 'in vflow'
	for f in 4 6; do
		colon=$([[ $f == 4 ]] || printf ' -v')
		# shellcheck disable=SC2086
		printf '  %-38s %15d %15d\n' "IPv$f routes" \
			"$(grep -c${colon# -} '^[0-9.]*/' "$DEMO_DIR/guest")" \
			"$(grep -c${colon# -} '^[0-9.]*/' "$DEMO_DIR/vflow")"
	done
	printf '  %-38s %31d\n\n' 'prefix, gateway or interface differ' \
		"$(comm -3 "$DEMO_DIR/guest" "$DEMO_DIR/vflow" | wc -l)"
}

# --- 5: a link goes down ---------------------------------------------------

# path_is VIF: where vflow sends packets to the site behind n2, both families.
path_is()
{
	local dev=${1#r1-}

	vflow_table >"$DEMO_DIR/vflow"
	(( $(grep -c "^10\.2\..* $dev\$" "$DEMO_DIR/vflow") > NETWORKS &&
	   $(grep -c "^2001:db8:2:.* $dev\$" "$DEMO_DIR/vflow") > NETWORKS ))
}

# lost_less SECONDS: of each stream.
lost_less()
{
	local s

	for s in "${PROBE_STREAMS[@]}"; do
		is "${LOST[$s]}" -lt $(($1 * PROBE_RATE)) || return
	done
}

# --- the story -------------------------------------------------------------

tell_world()
{
	section 'The world'
	picture
	say "Every box is a network namespace of this machine, every line a" \
	    "veth.  The host is under test; r1 is its guest.  r1, n1 and n2 run" \
	    "zebra, ospfd and ospf6d of $("$FRR_BIN/zebra" -v | sed -n '1s/.*version /FRR /p')," \
	    "hello 1 s, dead $FRR_DEAD s.  Each of n1 and n2 announces" \
	    "$NETWORKS networks per family; n2 has two links to the host, the" \
	    "second at ten times the cost."
	build_world
	start_routing
}

tell_bridged()
{
	section 'Without vflow: every packet crosses the host twice'
	say "The host bridges up0-g0, up1-g1 and up2-g2.  What h1 sends to h2" \
	    "enters r1 and leaves it again."
	bridges_up
	need 60 'OSPF and OSPFv3 have converged' converged
	run r1 ip route get 10.2.7.7
	run r1 ip route get 2001:db8:2:7::7
	counted BRIDGED traffic bridged
	traffic_table '' | sed 's/ *$//'
	say "(TCP's segments travel as aggregates; r1 counts those, vflow their" \
	    "segments.)"
	claim "r1 forwarded all of that" is "${BRIDGED[transit]}" -gt 1000
}

tell_takeover()
{
	section 'vflowd takes over'
	say "The bridges go; vflowd is told which interface of the guest is on" \
	    "which uplink.  Everything else it learns from the guest's kernel."
	vflow_conf >"$DEMO_DIR/vflow.conf"
	run host cat "$DEMO_DIR/vflow.conf"
	bridges_down
	start_vflowd
	need 20 'the tables of r1 and of vflow are equal' tables_equal
	need 20 'OSPF and OSPFv3 have converged' converged
	run host vflowctl
	run_head 4 host vflowctl route show vrouter r1
	run host vflowctl neighbor show
	route_table
	claim "r1 learned $((4 * NETWORKS)) networks and more" \
		learned r1 $((2 * NETWORKS))
	claim "vflow holds the same routes, read with vflowctl and iproute2" \
		tables_equal
}

tell_traffic()
{
	section 'The same traffic, routed by the host'
	counted ROUTED traffic vflow
	traffic_table vflow
	run_head 4 host vflowctl flow show vrouter r1
	run host vflowctl stats show vrouter r1
	printf '\n'
	claim "everything arrived" all_arrived vflow
	claim "vflow forwarded it" is "${ROUTED[forward]}" -gt 1000
	claim "r1 forwarded none of it, or the first packet of a few flows" \
		is "${ROUTED[transit]}" -le 10
}

tell_link_down()
{
	section 'A link goes down'
	say "n2 shuts its end of up1 while numbered packets pass, 250 per" \
	    "second each way and family.  The host takes g1 down, so that r1" \
	    "sees it at once; OSPF moves the traffic to up2."
	probe_start
	sleep 2
	printf '\n  n2# ip link set core1 down\n'
	ipn n2 link set core1 down
	need 20 'vflow sends through up2' path_is r1-e2
	run host vflowctl vif show r1-e1
	run host vflowctl route show 10.2.7.0/24 vrouter r1
	run host vflowctl nexthop show vrouter r1 id \
		"$(query '.[0]."nexthop-id"' route show 10.2.7.0/24 vrouter r1)"
	sleep 2
	probe_stop
	probe_table
	claim "traffic moved to up2 long before OSPF's dead interval of $FRR_DEAD s" \
		lost_less $((FRR_DEAD / 2))
	claim "the tables are equal again" need 5 equal tables_equal

	printf '\nThe link comes back.\n'
	probe_start
	printf '\n  n2# ip link set core1 up\n'
	ipn n2 link set core1 up
	need 40 'vflow sends through up1' path_is r1-e1
	sleep 2
	probe_stop
	probe_table
	claim "traffic moved back, none lost" is "${LOST[all]}" -eq 0
	claim "the tables are equal again" need 5 equal tables_equal
}

tell_kill()
{
	local pids

	section "The guest's routing daemons and vflowd die"
	say "Nobody is left but the kernels.  n1 and n2 miss r1's hellos after" \
	    "$FRR_DEAD s and fall back on static routes through r1; what vflow holds" \
	    "stays as it is."
	probe_start
	sleep 2
	pids=$(frr_pids r1 | xargs)
	printf '\n  r1# kill -9 %s    # zebra ospfd ospf6d\n' "$pids"
	frr_kill r1
	printf '  host# kill -9 %s    # vflowd\n' "$VFLOWD"
	kill -KILL "$VFLOWD"
	wait "$VFLOWD" 2>/dev/null || true
	sleep $((FRR_DEAD + 2))
	run host vflowctl
	printf '\n'
	claim "n1 and n2 have lost their OSPF neighbor r1" \
		need 10 'r1 is nobody'"'"'s neighbor' lonely
	claim "vflow still holds r1's routes" learned_vflow
	printf '\n%s\n' "vflowd starts again, then the guest's FRR."
	start_vflowd
	need 20 'the tables of r1 and of vflow are equal' tables_equal
	frr_start r1 --graceful_restart "$(slow 60)"
	need 60 'OSPF and OSPFv3 have converged' converged
	sleep 2
	probe_stop
	probe_table
	claim "no packet lost: $((FRR_DEAD + 2)) s alone and both restarts" \
		is "${LOST[all]}" -eq 0
	claim "the tables are equal" need 5 equal tables_equal
}

# Asked of the daemons: ospf6d 10.3 keeps external routes whose router is gone.
lonely()
{
	local name out

	for name in n1 n2; do
		out=$(vty "$name" -c 'show ip ospf neighbor' \
			-c 'show ipv6 ospf6 neighbor')
		# Both tables have a heading.
		[[ $out == *"Neighbor ID"*"Neighbor ID"* &&
		   $out != *192.0.2.9* ]] || return
	done
}

learned_vflow()
{
	is "$(query 'map(select(.protocol == 188)) | length' \
		route show vrouter r1)" -gt $((4 * NETWORKS))
}

tell_end()
{
	section 'Result'
	run host vflowctl stats show vrouter r1
	if (( ${#_broken[@]} )); then
		printf '\n%d of %d claims did not hold:\n' "${#_broken[@]}" \
			"$_claims"
		printf '  %s\n' "${_broken[@]}"
		exit 1
	fi
	printf '\nAll %d claims held; that took %d s.\n' "$_claims" "$SECONDS"
	[[ ! -t 1 ]] || indent <<-END

	The world is still there:
	  ip netns exec host vflowctl monitor
	  ip netns exec h1 ping 10.2.0.2
	  vtysh --vty_socket $(frr_dir r1)
	END
}

main()
{
	case ${1:-} in
	--clean) demo_clean; exit ;;
	'') ;;
	*) sed -n '4,/^$/s/^# \{0,1\}//p' "$0"; exit 2 ;;
	esac
	exec 2>&1
	trap 'rm -rf "$TEST_TMP"' EXIT
	demo_clean
	mkdir -p "$DEMO_DIR"
	tell_world
	tell_bridged
	[[ -d /sys/module/vflow ]] || {
		printf '\nvflow.ko is not loaded: see the README.\n'
		exit 1
	}
	tell_takeover
	tell_traffic
	tell_link_down
	tell_kill
	tell_end
}

main "$@"
