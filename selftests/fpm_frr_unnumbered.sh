#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# BGP without IPv4 addresses between its speakers (RFC 5549): FRR's routes for IPv4 have
# an IPv6 gateway.  With nexthop objects, FRR's default, the module forwards by them.
# Without, FRR before 10.6 says 169.254.0.1 in its place, for which it has a neighbor that
# FPM does not tell: such routes lead to the guest, and the status counts them; with
# vflow-agent, which tells the neighbor, the module forwards by them, too.
# timeout: 60
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/frr.sh"

frr_use "${FRR_VERSION:=8.4}"

FRR_DAEMONS=(zebra bgpd)
BGP=10.88.0.0/16
BGP_TO=10.88.0.1
RATE=$((400 / VFLOW_SLOW))

# vif_conf DEV MAC UPLINK GUEST ADDRESSES
vif_conf()
{
	cat <<-END
	[vif r1-$1]
	vrouter = r1
	guest-ifindex = $(ipn r1 -j link show "$1" | jq '.[0].ifindex')
	mac = $2
	address = $5
	uplink = $3
	guest = $4
	END
}

fpm_conf()
{
	cat <<-END
	[vflowd]
	control = $TEST_TMP/vflowd.sock

	[vrouter r1]
	source = fpm:tcp:192.0.2.1:2620 peer=192.0.2.2
	END
	vif_conf e0 "$MAC_E0" up0 g0 "${GW0[4]}/${LEN[4]} ${GW0[6]}/${LEN[6]}"
	vif_conf e1 "$MAC_E1" up1 g1 "${GW1[4]}/${LEN[4]} ${GW1[6]}/${LEN[6]}"
}

# speaker NAME AS PEER-AS INTERFACE [NETWORK]
speaker()
{
	local dir

	dir=$(frr_dir "$1")
	mkdir -p "$dir"
	defer rm -rf "$dir"
	{
		echo "hostname $1"
		# After an interface's "exit" FRR 10.3 passes it over in a file.
		[[ $1 != r1 ]] || echo "fpm address 192.0.2.1"
		frr_nd "$4"
	} >"$dir/zebra.conf"
	frr_bgp "${@:2}" >"$dir/bgpd.conf"
	chown -R frr:frr "$dir"
}

routing()
{
	speaker dst 65002 65001 d0 "$BGP"
	speaker r1 65001 65002 e1
	frr_start dst
	frr_start r1 -M dplane_fpm_nl
}

# zebra has the route, and an IPv6 gateway for it.
converged()
{
	vty r1 -c "show ip route $BGP json" |
		jq -e '.[][] | select(.selected) | .nexthops[0].ip | startswith("fe80:")'
}

equal()
{
	in_ns host zebra_view.py "$(frr_dir r1)" r1 e0=r1-e0 e1=r1-e1 "$(slow "$1")"
}

route_is()
{
	[[ $(kernel_get "[.[].route[] | select(.dst == \"${BGP%/*}\")][0].type" route-get) == "$1" ]]
}

# inline: the route is unicast, and has its gateway inside.
inline()
{
	kernel_get "[.[].route[] | select(.dst == \"${BGP%/*}\")][0]" route-get |
		jq -e '.type == "unicast" and has("nexthop-id") == false'
}

# denied: how many routes lead to what the module does not know.
denied()
{
	"$VFLOW_BUILD/vflowd" -c "$TEST_TMP/vflow.conf" --status |
		jq '.vrouters[0].denied["foreign-nexthop"].now'
}

# goes_through forwarded|punted: numbered packets all arrive, and the module has forwarded
# all of them, or none.
goes_through()
{
	local before want=0

	before=$(stat_of r1-e0 vif forward-packets)
	rm -f "$TEST_TMP"/sent.*
	in_ns src pktio send s0 --dmac "$MAC_E0" --src "${SRC[4]}" --dst "$BGP_TO" --to dst \
		--stream 1 --flows 50 --rate "$RATE" --count "$RATE" >"$TEST_TMP/sent.1" || return
	[[ $1 == punted ]] || want=$(sent)
	echo "$(sent) packets, $(($(stat_of r1-e0 vif forward-packets) - before)) forwarded"
	(( $(stat_of r1-e0 vif forward-packets) - before == want ))
}

# arrives NAME forwarded|punted
arrives()
{
	# The neighbors are known before it counts.
	wait_for 10 ping_from 4 dst "${SRC[4]}"
	wait_for 10 ping_from 4 src "$BGP_TO"
	listen dst recv --idle "$(slow 1)" "$(place dst d0=dst)"
	check "$1: packets are $2" goes_through "$2"
	listened dst
	check "$1: and all arrive" all_arrived
}

ktap_plan 11
topo_wires
# FRR has the MAC address of its neighbor 169.254.0.1 from the link-local address.
ipn dst -6 addr flush dev d0 scope link
addr dst d0 fe80::5054:ff:febb:2/64
addr dst lo "$BGP_TO/32"
topo_management
fpm_conf >"$TEST_TMP/vflow.conf"
daemon "$TEST_TMP/vflow.conf"
kernel_reader host
wait_for 10 stat_of r1-e1 vif rx-packets
routing
check_poll "BGP has found its neighbor, and has a route with an IPv6 gateway" 40 converged
check "the module has what zebra has" equal 20
arrives "nexthop objects" forwarded
before=$(denied)
configure "no fpm use-next-hop-groups"
if [[ $FRR_VERSION == 10.7 ]]; then
	check_poll "without them the gateway is told, too" 20 inline
	check_eq "nothing more is denied" "$before" denied
	arrives "no objects" forwarded
else
	check_poll "without them the route leads to the guest" 20 route_is punt
	check_eq "which the status counts" $((before + 1)) denied
	arrives "no objects" punted
fi

stop "$VFLOWD"
source_conf "agent:unix:$TEST_TMP/agent.sock" >"$TEST_TMP/vflow.conf"
daemon "$TEST_TMP/vflow.conf"
spawn "$TEST_TMP/agent.log" ip netns exec "${NS[r1]}" \
	"$VFLOW_BUILD/vflow-agent" --fpm "unix:$TEST_TMP/agent.sock"
configure "fpm address 127.0.0.1"
check_poll "with the agent the neighbor is told" 20 inline
arrives "no objects, agent" forwarded
