#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# FRR in a guest with two VRFs, one with a table that fits into rtmsg's byte and one with
# one that does not, is two vrouters behind one connection: FPM (CHANNEL=fpm), or
# vflow-agent's, which relays it (CHANNEL=agent).  Both VRFs have the same addresses, and
# a route for the same prefix over another gateway: each vrouter has what its VRF has,
# and packets of each go their own way.  So it is when zebra tells multipath routes
# without nexthop objects.  An FRR that can show what became of its routes (FRR_VERSION)
# shows it, for each VRF.
# timeout: 100
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/frr.sh"
. "$(dirname "$0")/vrf_lib.sh"

frr_use "${FRR_VERSION:=8.4}"
need_module vrf

FRR_DAEMONS=(zebra staticd)
ZEBRA_OPTIONS=(-M dplane_fpm_nl)
SHOWN=0
if [[ $FRR_VERSION == 10.7 ]]; then
	ZEBRA_OPTIONS+=(--asic-offload=notify_on_offload)
	SHOWN=4
fi
CHANNEL=${CHANNEL:-fpm}
SOCK=$TEST_TMP/agent.sock
VIFS=(red-e0 red-e1 blue-e2 blue-e3)
declare -A TABLE=([red]=100 [blue]=1001)
# The gateways of both VRFs.
declare -A RED_GW=([4]=${DST[4]} [6]=${DST[6]})
declare -A BLUE_GW=([4]=10.2.0.3 [6]=fd00:2::3)
declare -A ECMP=([4]=10.77.0.0/16 [6]=fd00:77::/32)
# Not allowed.
DENIED=172.31.0.0/16

source_of()
{
	case $CHANNEL in
	fpm) echo "fpm:tcp:192.0.2.1:2620 peer=192.0.2.2 table=${TABLE[$1]}" ;;
	agent) echo "agent:unix:$SOCK vrf $1" ;;
	esac
}

# vif_conf VROUTER DEV MAC UPLINK GUEST SIDE [VLAN]
vif_conf()
{
	local -n gw=GW$6

	printf '[vif %s-%s]\nvrouter = %s\nuplink = %s\nguest = %s\n' "$1" "$2" "$1" "$4" "$5"
	[[ -z ${7:-} ]] || echo "vlan = $7"
	case $CHANNEL in
	fpm)
		echo "guest-ifindex = $(ipn r1 -j link show "$2" | jq '.[0].ifindex')"
		echo "mac = $3"
		echo "address = ${gw[4]}/${LEN[4]} ${gw[6]}/${LEN[6]}"
		;;
	agent) echo "guest-interface = $2" ;;
	esac
}

vflow_conf()
{
	local vrf

	printf '[vflowd]\ncontrol = %s/vflowd.sock\n' "$TEST_TMP"
	for vrf in red blue; do
		printf '[vrouter %s]\nsource = %s\nallow = 10.0.0.0/8 fd00::/16\n' \
			"$vrf" "$(source_of "$vrf")"
	done
	vif_conf red e0 "$MAC_E0" up0 g0 0
	vif_conf red e1 "$MAC_E1" up1 g1 1
	vif_conf blue e2 "$MAC_E2" up0 g2 0 5
	vif_conf blue e3 "$MAC_E3" up1 g3 1 5
}

# The first way is in a VRF, too.  Its devices lose their IPv6 addresses with that.
red_wires()
{
	local dev f

	ipn r1 link add red type vrf table "${TABLE[red]}"
	ipn r1 link set red up
	for dev in e0 e1; do
		ipn r1 link set "$dev" master red
	done
	addr r1 e0 "${GW0[6]}/${LEN[6]}"
	addr r1 e1 "${GW1[6]}/${LEN[6]}"
	for f in 4 6; do
		addr dst5 v5 "${BLUE_GW[$f]}/${LEN[$f]}"
	done
}

routing()
{
	local dir f ip

	dir=$(frr_dir r1)
	mkdir -p "$dir"
	defer rm -rf "$dir"
	{
		echo "hostname r1"
		if [[ $CHANNEL == fpm ]]; then
			echo "fpm address 192.0.2.1"
		else
			echo "fpm address 127.0.0.1"
		fi
	} >"$dir/zebra.conf"
	for f in 4 6; do
		ip=ip
		[[ $f == 4 ]] || ip=ipv6
		echo "$ip route ${FARNET[$f]} ${RED_GW[$f]} vrf red"
		echo "$ip route ${FARNET[$f]} ${BLUE_GW[$f]} vrf blue"
		echo "$ip route ${ECMP[$f]} ${RED_GW[$f]} vrf blue"
		echo "$ip route ${ECMP[$f]} ${BLUE_GW[$f]} vrf blue"
	done >"$dir/staticd.conf"
	chown -R frr:frr "$dir"
	frr_start r1 "${ZEBRA_OPTIONS[@]}"
}

both_equal()
{
	in_ns host zebra_view.py "$(frr_dir r1):red" red e0=red-e0 e1=red-e1 "$(slow "$1")" &&
		in_ns host zebra_view.py "$(frr_dir r1):blue" blue e2=blue-e2 e3=blue-e3 \
			"$(slow "$1")"
}

# path_of VROUTER PREFIX: the module's route, or nothing.
path_of()
{
	kernel_get ".[] | select(.vrouter == \"$1\") | .route[] |
		select(.dst == \"${2%/*}\") | {\"nexthop-id\", group}" route-get
}

is_gone()
{
	[[ -z $(path_of "$@") ]]
}

# withdrawn VRF OTHER: a route of one goes, and that of the other does not.
withdrawn()
{
	local -n gw=${1^^}_GW

	configure "no ip route ${FARNET[4]} ${gw[4]} vrf $1" &&
		poll_until 10 is_gone "$1" "${FARNET[4]}" && both_equal 5 &&
		! is_gone "$2" "${FARNET[4]}" &&
		configure "ip route ${FARNET[4]} ${gw[4]} vrf $1"
}

# legs_are WHAT N: of both multipath routes in the module: "objects" or "inline".
legs_are()
{
	local f have id n

	for f in 4 6; do
		have=$(path_of blue "${ECMP[$f]}")
		id=$(jq '.["nexthop-id"] // empty' <<<"$have")
		if [[ $1 == objects ]]; then
			n=$(kernel_get ".[] | select(.vrouter == \"blue\" and .id == ${id:-0}) |
				.group | length" nexthop-get)
		else
			n=$(jq '.group | length' <<<"$have")
		fi
		echo "IPv$f: $n legs: $have"
		[[ $n == "$2" ]] || return
	done
}

# mark_is VRF PREFIX MARK: what zebra says became of a route.
mark_is()
{
	local mark

	mark=$(vty r1 -c "show ip route vrf $1 $2 json" | frr_mark)
	echo "$1 $2: $mark"
	[[ $mark == "$3" ]]
}

ktap_plan $((7 + SHOWN))
topo_wires
vrf_wires blue "${TABLE[blue]}"
red_wires
topo_management
vflow_conf >"$TEST_TMP/vflow.conf"
daemon "$TEST_TMP/vflow.conf"
kernel_reader host
[[ $CHANNEL != agent ]] || spawn "$TEST_TMP/agent.log" ip netns exec "${NS[r1]}" \
	"$VFLOW_BUILD/vflow-agent" --fpm "unix:$SOCK"
wait_for 10 stat_of blue-e3 vif rx-packets
routing
check "both vrouters have what zebra has" both_equal 20
check_poll "the multipath routes are groups of nexthop objects" 5 legs_are objects 2
check "the same addresses lead different ways" own_way "${VIFS[@]}"
check "a route of the one VRF goes, that of the other stays" withdrawn red blue
check "and the other way round" withdrawn blue red
if (( SHOWN )); then
	configure "ip route $DENIED ${RED_GW[4]} vrf red" "ip route $DENIED ${BLUE_GW[4]} vrf blue"
	for vrf in red blue; do
		check_poll "zebra shows a route of $vrf as offloaded" 10 \
			mark_is "$vrf" "${FARNET[4]}" offloaded
		check_poll "and one that is not allowed as failed" 10 \
			mark_is "$vrf" "$DENIED" failed
	done
	configure "no ip route $DENIED ${RED_GW[4]} vrf red" \
		"no ip route $DENIED ${BLUE_GW[4]} vrf blue"
fi
configure "no fpm use-next-hop-groups"
check_poll "without nexthop objects the multipath routes have their legs inside" 20 \
	legs_are inline 2
check "and the same addresses lead different ways" own_way "${VIFS[@]}"
