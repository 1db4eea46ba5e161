#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# FRR in the guest tells its routes through FPM, over TCP, and nobody looks
# into the guest's kernel: what OSPF, BGP and static routes bring is in the
# module, equal to zebra's own view.  Numbered packets go through all of it
# while an ECMP route grows and shrinks, one gateway at a time, and while zebra, bgpd and
# vflowd are killed: none is lost, and nothing stale is left.  What is not allowed, or too
# much, is denied; an FRR that can show what became of its routes (FRR_VERSION, see
# fpm_frr_shown.sh) shows it, and announces by BGP only what the module forwards.
# timeout: 250
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/frr.sh"

frr_use "${FRR_VERSION:=8.4}"

FRR_DAEMONS=(zebra staticd ospfd ospf6d bgpd)
ZEBRA_OPTIONS=(-M dplane_fpm_nl)
# Checks of what zebra shows: 8.4 cannot, and 10.3 never finds the route (FRR's
# 29122bc9b8d5, repaired in 10.4 by b2fc16797818).
SHOWN=0
case $FRR_VERSION in
8.4|10.3) ;;
*)
	ZEBRA_OPTIONS+=(--asic-offload=notify_on_offload)
	SHOWN=11
	;;
esac
NETWORKS=${NETWORKS:-20}
QUIET=$(slow 10)
(( QUIET <= 120 )) || QUIET=120
LEGS=16
RATE=$((200 / VFLOW_SLOW))
# How often zebra is killed, and bgpd.
KILLS=$(sized 5 1)
declare -A STATIC=([4]=10.77.0.0/16 [6]=fd00:77::/32)
declare -A STATIC_TO=([4]=10.77.0.1 [6]=fd00:77::1)
# Not allowed; and through an interface that is no vif.
DENIED=172.31.0.0/16
OWN=10.78.0.0/16
# One too many.
EXTRA=10.79.0.0/16
BGP=10.88.0.0/16
# Of BGP, too, where it is shown, and not allowed.
BGP_DENIED=172.30.0.0/16
declare -A FRRDST=([4]=10.200.0.2 [6]=fd00:200::2)

ifindex()
{
	ipn "$1" -j link show "$2" | jq -r '.[0].ifindex'
}

# vflow_conf [LINE]: the configuration, with a further line of the vrouter's.
vflow_conf()
{
	cat <<-END
	[vflowd]
	control = $TEST_TMP/vflowd.sock

	[vrouter r1]
	${1:-}
	source = fpm:tcp:192.0.2.1:2620 peer=192.0.2.2 quiet=$QUIET
	allow = 10.0.0.0/8 192.0.2.0/24 fd00::/16

	[vif r1-e0]
	vrouter = r1
	guest-ifindex = $(ifindex r1 e0)
	mac = $MAC_E0
	address = ${GW0[4]}/${LEN[4]} ${GW0[6]}/${LEN[6]}
	uplink = up0
	guest = g0

	[vif r1-e1]
	vrouter = r1
	guest-ifindex = $(ifindex r1 e1)
	mac = $MAC_E1
	address = ${GW1[4]}/${LEN[4]} ${GW1[6]}/${LEN[6]}
	uplink = up1
	guest = g1
	END
}

# hop FAMILY N: gateway number N of the static route.
hop()
{
	if [[ $1 == 4 ]]; then
		echo "10.2.0.$((100 + $2))"
	else
		printf 'fd00:2::%x\n' $((256 + $2))
	fi
}

# The gateways are dst, which answers for each of them.  It has no such IPv6 addresses:
# FRR 10 announces those in OSPFv3, and all gateways are reached by one link-local one.
# Only where it forwards, on all interfaces, Linux answers for others when it is asked by
# unicast; what was sent to them then must not come back.
gateways()
{
	local n

	in_ns dst sysctl -qw net.ipv6.conf.all.forwarding=1 net.ipv6.conf.all.proxy_ndp=1
	ipn dst -6 rule add to "${STATIC[6]}" blackhole
	for (( n = 1; n <= LEGS; n++ )); do
		addr dst d0 "$(hop 4 "$n")/${LEN[4]}"
		ipn dst neigh add proxy "$(hop 6 "$n")" dev d0
	done
}

# learned N: at least so many neighbors are learnt, and there are no others.
learned()
{
	local n

	n=$(query length neighbor show vrouter r1 owner learned)
	echo "$n neighbors are learnt"
	(( n >= $1 && n == $(query length neighbor show vrouter r1) ))
}

routing()
{
	local i

	ipn dst link add x0 type dummy
	ipn dst link set x0 up
	addr dst x0 10.200.0.1/24 fd00:200::1/64
	for (( i = 1; i <= NETWORKS; i++ )); do
		echo "route add 10.44.$i.0/24 via ${FRRDST[4]}"
		printf 'route add fd00:44:%x::/64 via %s\n' "$i" "${FRRDST[6]}"
	done | ip -n "${NS[dst]}" -batch -
	ipn dst route add "${FARNET[4]}" via "${FRRDST[4]}"
	ipn dst route add "${FARNET[6]}" via "${FRRDST[6]}"
	frr_conf dst 192.0.2.102 d0:10
	frr_conf r1 192.0.2.101 e0:passive e1:10
	frr_bgp 65002 65001 "${GW1[4]}" "$BGP" >"$(frr_dir dst)/bgpd.conf"
	frr_bgp 65001 65002 "${DST[4]}" >"$(frr_dir r1)/bgpd.conf"
	(( ! SHOWN )) || cat >>"$(frr_dir r1)/bgpd.conf" <<-END
	 bgp suppress-fib-pending
	 neighbor ${SRC[4]} remote-as 65003
	 neighbor ${SRC[4]} timers connect 1
	END
	: >"$(frr_dir dst)/staticd.conf"
	static_conf 1 >"$(frr_dir r1)/staticd.conf"
	echo "fpm address 192.0.2.1" >>"$(frr_dir r1)/zebra.conf"
	chown -R frr:frr "$FRR_DIR"
	defer rm -rf "$(frr_dir r1)" "$(frr_dir dst)"
	frr_start dst
	frr_start r1 "${ZEBRA_OPTIONS[@]}"
}

# src learns by BGP what r1 has learnt from dst and has seen offloaded.
third_speaker()
{
	mkdir -p "$(frr_dir src)"
	defer rm -rf "$(frr_dir src)"
	echo "hostname src" >"$(frr_dir src)/zebra.conf"
	frr_bgp 65003 65001 "${GW0[4]}" >"$(frr_dir src)/bgpd.conf"
	chown -R frr:frr "$(frr_dir src)"
	(
		FRR_DAEMONS=(zebra bgpd)
		frr_start src
	)
}

# heard PREFIX: by src's bgpd.
heard()
{
	vty src -c "show bgp ipv4 unicast $1 json" | jq -e '.paths | length > 0'
}

static_conf()
{
	local f n

	for f in 4 6; do
		for (( n = 1; n <= $1; n++ )); do
			echo "ip${f#4} route ${STATIC[$f]} $(hop "$f" "$n")"
		done
	done | sed 's/^ip6/ipv6/'
}

# Routes of each kind in zebra.
converged()
{
	local text

	text=$(vty r1 -c 'show ip route' -c 'show ipv6 route')
	echo "$text"
	[[ $text == *"O>* ${FARNET[4]}"* && $text == *"O>* ${FARNET[6]}"* &&
		$text == *"B>* $BGP"* && $text == *"S>* ${STATIC[4]}"* ]]
}

equal()
{
	in_ns host zebra_view.py "$(frr_dir r1)" r1 e0=r1-e0 e1=r1-e1 "$(slow "$1")"
}

traffic_begins()
{
	SENDERS=()
	rm -f "$TEST_TMP"/sent.*
	listen dst recv --deadline 3600 "$(place dst d0=dst)"
	stream 1 4 "${FAR[4]}"
	stream 2 6 "${FAR[6]}"
	stream 3 4 "${STATIC_TO[4]}"
	stream 4 6 "${STATIC_TO[6]}"
	stream 5 4 10.88.0.1
}

traffic_ends()
{
	stop "${SENDERS[@]}"
	hang_up dst
	diag "$(sent) packets"
}

# legs_are N: of both static routes in the module.
legs_are()
{
	local f n

	for f in 4 6; do
		n=$(kernel_get "[.[].route[] | select(.dst == \"${STATIC[$f]%/*}\")][0][\"nexthop-id\"]" \
			route-get)
		n=$(kernel_get ".[] | select(.id == $n) | .group // [0] | length" nexthop-get)
		[[ $n == "$1" ]] || {
			echo "IPv$f: $n legs"
			return 1
		}
	done
}

max_is()
{
	[[ $(kernel_get '.[]["max-routes"]' vrouter-get) == "$1" ]]
}

set_legs()
{
	local f n lines=() have=$2

	for (( n = have + 1; n <= $1; n++ )); do
		for f in 4 6; do
			lines+=("ip${f#4} route ${STATIC[$f]} $(hop "$f" "$n")")
		done
	done
	for (( n = have; n > $1; n-- )); do
		for f in 4 6; do
			lines+=("no ip${f#4} route ${STATIC[$f]} $(hop "$f" "$n")")
		done
	done
	configure "${lines[@]/ip6 /ipv6 }"
}

# becomes SECONDS COMMAND...: poll_until that says what has not become true.
becomes()
{
	poll_until "$@" && return
	echo "not within $(slow "$1") s: ${*:2}"
	echo "$OUT"
	return 1
}

# The module learns all gateways from packets that the guest forwards; from then on the
# guest has nothing to do.
meet_gateways()
{
	set_legs "$LEGS" 1 && becomes 10 legs_are "$LEGS" &&
		becomes 20 learned $((2 * LEGS)) && set_legs 1 "$LEGS" && becomes 10 legs_are 1
}

# From one leg to sixteen and back, one at a time.
grow_and_shrink()
{
	local n

	for (( n = 2; n <= LEGS; n++ )); do
		set_legs "$n" $((n - 1)) && becomes 10 legs_are "$n" || return
	done
	for (( n = LEGS - 1; n >= 1; n-- )); do
		set_legs "$n" $((n + 1)) && becomes 10 legs_are "$n" || return
	done
}

# has_own: zebra has what the interfaces bring, as the guest's kernel has.
has_own()
{
	local -A ip=([4]=ip [6]=ipv6)
	local f lost

	for f in 4 6; do
		lost=$(comm -23 <(ipn r1 "-$f" -j route show proto kernel |
				jq -r '.[].dst | select(startswith("fe80:") | not)' | sort) \
			<(vty r1 -c "show ${ip[$f]} route connected json" |
				jq -r 'keys[]' | sort))
		[[ -z $lost ]] || {
			echo "zebra has lost $lost"
			return 1
		}
	done
}

zebra_ended()
{
	! alive "$(frr_pids r1 zebra)"
}

up_or_ended()
{
	zebra_ended || converged
}

# All daemons end with zebra's death, as a watchdog would make them.  zebra 10.7 walks
# through its routes once it is up, and may free the one where it rests, which it tells
# nobody, or abort (repaired by FRR's f98b50784ad5): then it has to be started anew.
event_zebra()
{
	local try tries=$((SHOWN ? 5 : 1)) n

	for (( try = 1; try <= tries; try++ )); do
		n=$(rounds)
		frr_kill r1 KILL && frr_start r1 "${ZEBRA_OPTIONS[@]}" &&
			becomes 40 up_or_ended || return
		if zebra_ended; then
			echo "zebra has ended"
			continue
		fi
		becomes 20 rounds_are $((n + 1)) || return
		! has_own || break
	done
	equal 20
}

# zebra forgets what a daemon told that is gone, and so does the module.
event_bgpd()
{
	frr_kill r1 KILL bgpd && becomes 20 is_gone "$BGP" && equal 20 &&
		frr_run r1 bgpd && becomes 40 converged && equal 20
}

# killed EVENT: again and again, each time amid the telling of a static route's legs.  What
# zebra was told of them ends with it.
killed()
{
	local i n have=1

	for (( i = 1; i <= KILLS; i++ )); do
		n=$((1 + RANDOM % LEGS))
		set_legs "$n" "$have" && sleep "0.$((RANDOM % 10))" && "$1" || {
			echo "the kill number $i, at $n legs"
			return 1
		}
		[[ $1 == event_zebra ]] || have=$n
	done
	set_legs 1 "$have"
}

rounds()
{
	"$VFLOW_BUILD/vflowd" -c "$TEST_TMP/vflow.conf" --status |
		jq '.vrouters[0].source.rounds'
}

rounds_are()
{
	[[ $(rounds) -ge $1 ]]
}

# routes_to PREFIX: how many the module has.
routes_to()
{
	kernel_get "[.[].route[] | select(.dst == \"${1%/*}\")] | length" route-get
}

is_gone()
{
	[[ $(routes_to "$1") == 0 ]]
}

is_there()
{
	[[ $(routes_to "$1") == 1 ]]
}

# denied_are REASON N: routes that are denied for that.
denied_are()
{
	"$VFLOW_BUILD/vflowd" -c "$TEST_TMP/vflow.conf" --status |
		jq -e --arg why "$1" --argjson n "$2" '.vrouters[0].denied[$why].now == $n'
}

# allow_routes N: so many, from now on.
allow_routes()
{
	vflow_conf "max-routes = $1" >"$TEST_TMP/vflow.conf"
	kill -HUP "$VFLOWD"
}

# mark_is PREFIX MARK: what zebra says became of a route.
mark_is()
{
	local mark

	mark=$(vty r1 -c "show ip route $1 json" | frr_mark)
	echo "$1: $mark"
	[[ $mark == "$2" ]]
}

ktap_plan $((17 + SHOWN))
seed_init
RANDOM=$SEED
topo_wires
topo_management
vflow_conf >"$TEST_TMP/vflow.conf"
daemon "$TEST_TMP/vflow.conf"
kernel_reader host
wait_for 10 stat_of r1-e1 vif rx-packets
gateways
routing
check_poll "OSPF, BGP and static routes are there" 40 converged
check "the module has what zebra has" equal 20
diag "$OUT"
# Of OSPF and of the static routes, in both families.
check_poll "FPM tells no neighbors: the module learns the gateways" 10 learned 4
wait_for 20 rounds_are 1
check "and still when the first sync is complete" equal 5

traffic_begins
check "an ECMP route of $LEGS legs: all gateways are met" meet_gateways
forwarded=$(forwarded_by r1)
check "it grows to $LEGS legs and shrinks to one, leg by leg" grow_and_shrink
check_eq "the guest has forwarded no packet meanwhile" "$forwarded" forwarded_by r1
check "zebra is killed and started anew, $KILLS times" killed event_zebra
disown "$VFLOWD"
kill -KILL "$VFLOWD"
daemon "$TEST_TMP/vflow.conf"
check_poll "vflowd is killed and started anew" 20 rounds_are 1
check "the module has what zebra has" equal 10
check "verify says so" ctl verify r1 control "$TEST_TMP/vflowd.sock"
# What only bgpd told is not for as long as it is away.
stop "${SENDERS[4]}"
check "bgpd alone is killed and started anew, $KILLS times" killed event_bgpd
traffic_ends
check "no packet was lost, doubled or misdelivered" all_arrived
ipn dst route del "${FARNET[4]}"
check_poll "a route that OSPF withdraws goes" 15 \
	is_gone "${FARNET[4]}"

configure "ip route $DENIED ${DST[4]}" "ip route $OWN 192.0.2.1"
check_poll "a route that is not allowed is denied" 10 denied_are not-allowed 1
if (( SHOWN )); then
	check_poll "zebra shows it as failed" 10 mark_is "$DENIED" failed
	check_poll "so is one with a foreign nexthop" 10 mark_is "$OWN" failed
	check_poll "a static route as offloaded" 10 mark_is "${STATIC[4]}" offloaded
	check_poll "one of BGP, too" 10 mark_is "$BGP" offloaded
	vty dst -c 'configure terminal' -c 'router bgp 65002' \
		-c 'address-family ipv4 unicast' -c "network $BGP_DENIED"
	third_speaker
	check_poll "and one of BGP that is not allowed as failed" 20 \
		mark_is "$BGP_DENIED" failed
	check_poll "BGP announces what is offloaded" 20 heard "$BGP"
	check_fail "and not what is denied" heard "$BGP_DENIED"
	configure 'router bgp 65001' 'no bgp suppress-fib-pending'
	check_poll "unless it is told to announce all" 20 heard "$BGP_DENIED"
fi

wait_for 10 is_there "$OWN"
MAX=$(kernel_get '.[].routes' vrouter-get)
allow_routes "$MAX"
wait_for 10 max_is "$MAX"
configure "ip route $EXTRA ${DST[4]}"
check_poll "a route more than max-routes is denied" 10 denied_are over-limit 1
if (( SHOWN )); then
	check_poll "zebra shows it as failed" 10 mark_is "$EXTRA" failed
	check_match "and for people, too" "S>o $EXTRA" vty r1 -c 'show ip route'
fi
configure "no ip route $OWN 192.0.2.1"
check_poll "it comes when there is room" 10 is_there "$EXTRA"
if (( SHOWN )); then
	check_poll "zebra shows it as offloaded then" 10 mark_is "$EXTRA" offloaded
fi
