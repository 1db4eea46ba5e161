#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Uplinks that filter like real NICs, which a veth does not: they drop foreign
# unicast MACs, multicast groups and VLANs that nobody asked for.  With vifs on
# them transit, ND, OSPF, OSPFv3 and a VLAN-tagged vif work; without, the filters
# are as before.
# timeout: 90
# vng: --extra-nics 2
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/frr.sh"

need_nics 2
need_module 8021q
need_cmd "$FRR_BIN/zebra" "$FRR_BIN/ospfd" "$FRR_BIN/ospf6d" vtysh

N=500
MAC_E2=52:54:00:aa:00:03
declare -A GW2=([4]=10.3.0.1 [6]=fd00:3::1)
declare -A SRC2=([4]=10.3.0.2 [6]=fd00:3::2)

# nic_to PAIR SIDE NAME DEV: into a namespace, under a name.
nic_to()
{
	local dev

	dev=$(nic "$1" "$2")
	ip link set "$dev" down
	ip link set "$dev" netns "${NS[$3]}" name "$4"
	defer ipn "$3" link set "$4" netns 1 name "$dev"
	ipn "$3" link set "$4" up
}

carrier()
{
	[[ $(in_ns "$1" cat "/sys/class/net/$2/carrier") == 1 ]]
}

wires()
{
	local f

	ns_add src dst host r1
	nic_to 0 0 host up0
	nic_to 0 1 src s0
	nic_to 1 0 host up1
	nic_to 1 1 dst d0
	veth host g0 r1 e0
	veth host g1 r1 e1
	veth host g2 r1 e2
	set_mac r1 e0 "$MAC_E0"
	set_mac r1 e1 "$MAC_E1"
	set_mac r1 e2 "$MAC_E2"
	MAC_S0=$(mac_of src s0)
	MAC_D0=$(mac_of dst d0)
	forwarding r1 src
	ipn src link add link s0 name s0.100 type vlan id 100
	ipn src link set s0.100 up
	for f in 4 6; do
		addr src s0 "${SRC[$f]}/${LEN[$f]}"
		addr src s0.100 "${SRC2[$f]}/${LEN[$f]}"
		addr dst d0 "${DST[$f]}/${LEN[$f]}"
		addr r1 e0 "${GW0[$f]}/${LEN[$f]}"
		addr r1 e1 "${GW1[$f]}/${LEN[$f]}"
		addr r1 e2 "${GW2[$f]}/${LEN[$f]}"
		ipn dst route add default via "${GW1[$f]}"
	done
}

ports()
{
	{
		conf_ports
		echo "port add g2 type guest"
		echo "vif add r1-e2 vrouter r1 mac $MAC_E2 uplink up0 vlan 100 guest g2"
	} | ctl_batch
}

# All frames of a kind that come in at up0: without promiscuity, only what the
# NIC lets through.
through()
{
	listen seen count "$(place host up0)" -- in stream=66
	send src s0 --count 20 --stream 66 --src "${SRC[4]}" --dst "${DST[4]}" "$@"
	# The frames cross an emulated wire.
	sleep "$(slow 0.5)"
	hang_up seen
	answer seen .frames
}

filters()
{
	through --dmac "$MAC_E0"
	through --dmac 01:00:5e:00:00:05
	through --dmac "$MAC_E0" --vlan 100
	through --dmac "$MAC_E2" --vlan 100
	through --dmac 52:54:00:ee:ee:ee
}

modes()
{
	ipn host -d -j link show up0 | jq -c '.[0] | [.promiscuity, .allmulti]'
}

# Our MACs in the NIC's unicast list.
left_macs()
{
	in_ns host bridge fdb show dev up0 | grep -i 52:54:00:aa: || true
}

full()
{
	vty src -c "show ip ospf neighbor" | grep -q Full &&
	vty src -c "show ipv6 ospf6 neighbor" | grep -q Full
}

transit()
{
	local f=$1

	listen dst recv --expect "$N" --deadline "$(slow 20)" "$(place dst d0=dst)"
	send src s0 --dmac "$MAC_E0" --src "${SRC[$f]}" --dst "${NOBODY[$f]}" \
		--to dst --count "$N" --rate 500 --flows 50
	listened dst
	arrived dst "$N"
}

ktap_plan 12
wires
for end in host/up0 src/s0 host/up1 dst/d0; do
	wait_for 10 carrier "${end%/*}" "${end#*/}"
done
diag "uplinks: $(in_ns host ethtool -i up0 | head -n 1)," \
	"$(in_ns host ethtool -k up0 | grep rx-vlan-filter)"
check_eq "the NIC filters (or this would prove nothing)" "0 0 0 0 0" \
	echo "$(filters | xargs)"
check_eq "and lets its own MAC through" 20 through --dmac "$(mac_of host up0)"
before=$(modes)

ports
topo_tables
for f in 4 6; do
	echo "address add ${GW2[$f]}/${LEN[$f]} vif r1-e2"
	echo "neighbor add ${NOBODY[$f]} lladdr $MAC_D0 vif r1-e1"
done | ctl_batch
for f in 4 6; do
	check "IPv$f: the neighbour resolves and reaches the guest" \
		ping_from "$f" src "${GW0[$f]}" 3
	check "IPv$f: and through the VLAN-tagged vif" \
		ping_from "$f" src "${GW2[$f]}" 3
	check "IPv$f: $N packets of transit arrive" transit "$f"
done
frr_conf r1 192.0.2.1 e0:10
frr_conf src 192.0.2.2 s0:10
for name in r1 src; do
	defer frr_kill "$name"
	frr_start "$name"
done
check_poll "OSPF and OSPFv3 find each other" 30 full

ctl_batch <<-END
vrouter del r1
port del up0
port del up1
END
check_eq "afterwards the NIC filters again" "0 0 0 0 0" echo "$(filters | xargs)"
check_eq "and no mode of it has been left on" "$before" modes
check_eq "nor a MAC in its list" "" left_macs
