#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A trunk: two vifs with two VLANs of one guest port, mapped on two other VLANs
# of the uplinks.  Only the tag differs between what the network and the guest
# see, in both directions; transit is retagged in the kernel.
# timeout: 60
. "$(dirname "$0")/lib.sh"

N=10000

need_module 8021q

#	src (VLAN 110) --- up0 [ r1-v10 | r1-v20 ] up1 --- (VLAN 120) dst
#	                      g0: trunk, VLANs 10 and 20
wires()
{
	local f

	ns_add src dst host r1
	veth src s0 host up0
	veth dst d0 host up1
	veth host g0 r1 e0
	set_mac src s0 "$MAC_S0"
	set_mac dst d0 "$MAC_D0"
	set_mac r1 e0 "$MAC_E0"
	forwarding r1
	vlan_dev src s0 110 "${SRC[4]}/24" "${SRC[6]}/64"
	vlan_dev dst d0 120 "${DST[4]}/24" "${DST[6]}/64"
	vlan_dev r1 e0 10 "${GW0[4]}/24" "${GW0[6]}/64"
	vlan_dev r1 e0 20 "${GW1[4]}/24" "${GW1[6]}/64"
	for f in 4 6; do
		ipn src route add default via "${GW0[$f]}"
		ipn dst route add default via "${GW1[$f]}"
	done
}

vlan_dev()
{
	local name=$1 dev=$2 id=$3

	shift 3
	ipn "$name" link add link "$dev" name "$dev.$id" type vlan id "$id"
	ipn "$name" link set "$dev.$id" up
	addr "$name" "$dev.$id" "$@"
}

config()
{
	local f

	ctl_batch <<-END
	port add up0 type uplink
	port add up1 type uplink
	port add g0 type guest
	vrouter add r1
	vif add r1-v10 vrouter r1 mac $MAC_E0 uplink up0 vlan 110 guest g0 guest-vlan 10
	vif add r1-v20 vrouter r1 mac $MAC_E0 uplink up1 vlan 120 guest g0 guest-vlan 20
	END
	for f in 4 6; do
		ctl_batch <<-END
		address add ${GW0[$f]}/${LEN[$f]} vif r1-v10
		address add ${GW1[$f]}/${LEN[$f]} vif r1-v20
		neighbor add ${SRC[$f]} lladdr $MAC_S0 vif r1-v10
		neighbor add ${NOBODY[$f]} lladdr $MAC_D0 vif r1-v20
		END
	done
}

# punted FAMILY SIDE: a ping to the guest; the guest sees tags 10 and 20 only.
to_guest()
{
	local f=$1 src=$2 to=$3 tag=$4

	listen guest count "$(place r1 "e0.$tag")" -- in icmp
	listen other count "$(place r1 e0.110)" "$(place r1 e0.120)" -- in icmp
	check "IPv$f: $src reaches the guest in VLAN $tag" \
		ping_from "$f" "$src" "$to" 3
	hang_up guest other
	check_eq "IPv$f: $src's packets are in the guest's VLAN $tag" 3 \
		answer guest .frames
	check_eq "IPv$f: and in no VLAN of the network" 0 answer other .frames
}

transit()
{
	local f=$1

	listen dst recv --expect "$N" "$(place dst d0.120=dst)"
	listen leaks count "$(place r1 e0)" "$(place src s0)" -- in pktio
	send src s0 --vlan 110 --dmac "$MAC_E0" --src "${SRC[$f]}" \
		--dst "${NOBODY[$f]}" --to dst --count "$N" --flows 100
	listened dst
	hang_up leaks
	check "IPv$f: transit from VLAN 110 to 120" arrived dst "$N"
	check_eq "IPv$f: does not enter the guest" 0 answer leaks .frames
}

# A frame in the wrong VLAN belongs to nobody.
strangers()
{
	local f=$1 vlan

	listen leaks count "$(place dst d0)" "$(place r1 e0)" -- in pktio
	for vlan in 10 20 120 4000; do
		send src s0 --vlan "$vlan" --dmac "$MAC_E0" --src "${SRC[$f]}" \
			--dst "${NOBODY[$f]}" --to dst --count 100
	done
	send src s0 --dmac "$MAC_E0" --src "${SRC[$f]}" \
		--dst "${NOBODY[$f]}" --to dst --count 100
	hang_up leaks
	check_eq "IPv$f: other VLANs, or none, lead nowhere" 0 \
		answer leaks .frames
}

ktap_plan 20
wires
config
for f in 4 6; do
	to_guest "$f" src "${GW0[$f]}" 10
	to_guest "$f" dst "${GW1[$f]}" 20
	transit "$f"
	strangers "$f"
	check "IPv$f: hosts reach each other" ping_from "$f" src "${DST[$f]}" 3
done
