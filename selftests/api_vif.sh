#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Alias MACs of a vif: a request without any keeps those there are, one with some
# replaces them, "none" takes the last one away; from the device's filter, too.
# Transit to the vif's own MAC goes on.  A VLAN device of the host shadows a vif.
# timeout: 60
. "$(dirname "$0")/lib.sh"

ALIAS=00:00:5e:00:01:0a
OTHER=00:00:5e:00:02:0a

aliases()
{
	kernel_get '.[] | select(.name == "r1-e0") | .["mac-alias"] // [] | join(" ")' \
		vif-get
}

# Alias MACs in the filter of the uplink.
filter()
{
	ip netns exec "${NS[host]}" bridge fdb show dev up0 |
		awk '/^00:00:5e:/ { print $1 }' | sort | paste -sd ' '
}

# through MAC: how many of 20 packets to it are routed.
through()
{
	listen dst count "$(place dst d0)" -- stream="$((++STREAM))"
	send src s0 --dmac "$1" --src "${SRC[4]}" --dst "${DST[4]}" \
		--stream "$STREAM" --count 20
	hang_up dst
	answer dst .frames
}

STREAM=0

ktap_plan 21
topo_basic ctl
ctl vif set r1-e0 mac-alias "$ALIAS" mac-alias "$OTHER"
check_eq "two aliases" "$ALIAS $OTHER" aliases
check_eq "both are in the filter" "$ALIAS $OTHER" filter
check_eq "and are routed for" 20 through "$OTHER"
ctl vif replace r1-e0 mtu 1400
check_eq "without a word of them they stay" "$ALIAS $OTHER" aliases
ctl vif replace r1-e0 mac-alias "$ALIAS"
check_eq "one replaces them" "$ALIAS" aliases
check_eq "in the filter, too" "$ALIAS" filter
check_refused "none and one are refused" \
	"00:00:00:00:00:00, no alias MAC, stands alone" \
	ctl vif set r1-e0 mac-alias none mac-alias "$OTHER"
check_refused "one and none, too" "stands alone" \
	ctl vif set r1-e0 mac-alias "$OTHER" mac-alias none
check_eq "and changes nothing" "$ALIAS" aliases
ctl vif replace r1-e0 mac-alias none
check_eq "none takes the last one away" "" aliases
check_eq "from the filter, too" "" filter
check_eq "packets to it are not routed any more" 0 through "$ALIAS"
check_eq "those to the vif are" 20 through "$MAC_E0"
check "a new vif may say none" ctl vif add r1-e2 vrouter r1 \
	mac 52:54:00:aa:00:05 mac-alias none uplink up0 vlan 9
check_eq "as if it had said nothing" "" kernel_get \
	'.[] | select(.name == "r1-e2") | .["mac-alias"] // [] | join(" ")' vif-get

# The kernel gives a VLAN device the frames of its VLAN, and while it is down nobody.
vif_state()
{
	kernel_get '.[] | select(.name == "r1-e2") | .state | join(" ")' vif-get
}

check_eq "its VLAN is its own" no-guest-port vif_state
ipn host link add link up0 name vlan8 type vlan id 8
check_eq "a VLAN device of another VLAN changes nothing" no-guest-port vif_state
ipn host link add link up0 name vlan9 type vlan id 9
check_eq "one of its VLAN shadows it though it is down" \
	"no-guest-port shadowed" vif_state
check_refused "nor is another vif taken then" "VLAN 9 of up0 belongs to vlan9" \
	ctl vif add r1-e3 vrouter r1 mac 52:54:00:aa:00:06 uplink up0 vlan 9
ipn host link set vlan9 up
check_eq "and when it is up" "no-guest-port shadowed" vif_state
ipn host link del vlan9
check_eq "and not when it is gone" no-guest-port vif_state
