#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A tag inside a tag leads nowhere but into the segment of its sender: not from a guest
# into another VLAN of the uplink, and not from the network into another VLAN of a trunk.
# Nor does a device, or another guest, get a frame that is longer than it can be.
# timeout: 60
. "$(dirname "$0")/lib.sh"

MAC_PLAIN=52:54:00:aa:05:01
MAC_OUTER=52:54:00:aa:05:02
MAC_TRUNK=52:54:00:aa:05:03
ALL=ff:ff:ff:ff:ff:ff
COUNT=5

#	src s0 --- up0 [ plain: untagged        | outer: VLAN 20 | trunk: VLAN 30 ]
#	guests:          g0: untagged, VLAN 10    g1: VLAN 10      g2: untagged
world()
{
	local n

	ns_add src host r1
	veth src s0 host up0
	for n in 0 1 2; do
		veth host "g$n" r1 "e$n"
	done
	ipn host link add long0 type dummy
	ipn host link set long0 up
	ctl_batch <<-END
	port add up0 type uplink
	port add long0 type uplink
	port add g0 type guest
	port add g1 type guest
	port add g2 type guest
	vrouter add r1
	vif add plain vrouter r1 mac $MAC_PLAIN uplink up0 guest g0
	vif add plain-10 vrouter r1 mac $MAC_E0 uplink up0 guest g0 guest-vlan 10
	vif add outer vrouter r1 mac $MAC_OUTER uplink up0 vlan 20 guest g1 guest-vlan 10
	vif add trunk vrouter r1 mac $MAC_TRUNK uplink up0 vlan 30 guest g2
	vif add long vrouter r1 mac $MAC_E1 uplink long0 guest g2 guest-vlan 50
	vif add beside vrouter r1 mac $MAC_S0 uplink long0 guest g0 guest-vlan 50
	END
}

# frames DMAC SMAC LENGTH [VLAN]...: COUNT of them in hexadecimal, with these tags.
frames()
{
	local vlan text="${1//:/}${2//:/}" length=$3 i

	for vlan in "${@:4}"; do
		printf -v text '%s8100%04x' "$text" "$vlan"
	done
	for (( i = 0; i < COUNT; i++ )); do
		printf '%s88b5%0*d\n' "$text" $((2 * length)) 0
	done
}

# replay NAME DEV DMAC SMAC LENGTH [VLAN]...
replay()
{
	frames "${@:3}" | in_ns "$1" pktio replay "$2" - >/dev/null
}

# passes N WHAT PLACE TERM... -- NAME DEV DMAC SMAC LENGTH [VLAN]...: of the frames that
# are sent N arrive.
passes()
{
	local n=$1 what=$2 place=$3 terms=()

	shift 3
	while [[ $1 != -- ]]; do
		terms+=("$1")
		shift
	done
	listen there count "$place" -- in "${terms[@]}"
	replay "${@:2}"
	hang_up there
	check_eq "$what" "$n" answer there .frames
}

ktap_plan 18
world
mapfile -t priorities < <(yes 0 | head -n 100)

passes "$COUNT" "a guest's own tag is its segment's" "$(place src s0)" \
	"smac=$MAC_OUTER" vlan=20 -- r1 e1 "$ALL" "$MAC_OUTER" 46 10
passes "$COUNT" "a tag behind a mere priority is, too" "$(place src s0)" \
	"smac=$MAC_OUTER" vlan=20 -- r1 e1 "$ALL" "$MAC_OUTER" 46 0 10
passes 0 "but not behind a hundred of them" "$(place src s0)" "smac=$MAC_OUTER" \
	-- r1 e1 "$ALL" "$MAC_OUTER" 46 "${priorities[@]}" 10
check_eq "which is malformed" "$COUNT" drops_of port g1 malformed
passes "$COUNT" "a tag inside that of the segment stays inside" "$(place src s0)" \
	"smac=$MAC_OUTER" vlan=20 -- r1 e1 "$ALL" "$MAC_OUTER" 46 10 100
passes 0 "a guest gets to no VLAN by a tag behind a priority" "$(place src s0)" \
	"smac=$MAC_PLAIN" -- r1 e0 "$ALL" "$MAC_PLAIN" 46 0 100
check_eq "that VLAN is unknown there" "$COUNT" drops_of port g0 unknown-vlan
passes 0 "nor by one inside that of its segment" "$(place src s0)" \
	"smac=$MAC_E0" -- r1 e0 "$ALL" "$MAC_E0" 46 10 100
check_eq "which is counted" "$COUNT" drops_of vif plain-10 unknown-vlan
passes 0 "the network gets to no VLAN of a trunk by one" "$(place r1 e2)" \
	"dmac=$MAC_TRUNK" -- src s0 "$MAC_TRUNK" "$MAC_S0" 46 30 100
check_eq "which is counted, too" "$COUNT" drops_of vif trunk unknown-vlan

ipn host link add link up0 name vlan40 type vlan id 40
ipn host link set vlan40 up
passes "$COUNT" "a VLAN device of the host gets its tag behind a priority" \
	"$(place host vlan40)" "smac=$MAC_S0" -- src s0 "$ALL" "$MAC_S0" 46 0 40

for name in 0 2; do
	ipn r1 link set "e$name" mtu 9000
	ipn host link set "g$name" mtu 9000
done
passes "$COUNT" "frames that are as long as they may be reach other guests" \
	"$(place r1 e0)" "smac=$MAC_E1" -- r1 e2 "$ALL" "$MAC_E1" 1500 50
check_eq "and are sent" "$COUNT" stat_of long vif tx-packets
passes 0 "none reaches them that is longer" \
	"$(place r1 e0)" "smac=$MAC_E1" -- r1 e2 "$ALL" "$MAC_E1" 1600 50
passes 0 "nor one for the MAC of another vif" \
	"$(place r1 e0)" "smac=$MAC_E1" -- r1 e2 "$MAC_S0" "$MAC_E1" 1600 50
check_eq "none is sent" "$COUNT" stat_of long vif tx-packets
check_eq "that is counted" $((2 * COUNT)) drops_of vif long xmit
