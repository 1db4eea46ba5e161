#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Uplinks that filter like real NICs, which a veth does not: they drop foreign
# unicast MACs, multicast groups and VLANs that nobody asked for.  With vifs on
# them transit, ND, OSPF, OSPFv3 and a VLAN-tagged vif work; without, the filters
# are as before.  One uplink is an e1000, the other a virtio-net.
# timeout: 90
# vng: --extra-nics 2 --nic-model e1000,virtio-net-pci
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/frr.sh"

need_nics 2
need_module 8021q
need_cmd "$FRR_BIN/zebra" "$FRR_BIN/ospfd" "$FRR_BIN/ospf6d" vtysh

N=500
# Both sides of the router: the neighbour, its device, MACs of the vifs.
NEIGHBOUR=(src dst)
DEV=(s0 d0)
MAC=("$MAC_E0" "$MAC_E1")
MAC_TAGGED=(52:54:00:aa:00:03 52:54:00:aa:00:04)
declare -A TAGGED=([04]=10.3.0 [06]=fd00:3: [14]=10.4.0 [16]=fd00:4:)

# tagged SIDE FAMILY HOST: an address in VLAN 100
tagged()
{
	local net=${TAGGED[$1$2]}

	[[ $2 == 4 ]] && echo "$net.$3" || echo "$net:$3"
}

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
	local f i name dev

	ns_add src dst host r1
	for i in 0 1; do
		name=${NEIGHBOUR[i]} dev=${DEV[i]}
		nic_to "$i" 0 host "up$i"
		nic_to "$i" 1 "$name" "$dev"
		veth host "g$i" r1 "e$i"
		veth host "h$i" r1 "t$i"
		set_mac r1 "e$i" "${MAC[i]}"
		set_mac r1 "t$i" "${MAC_TAGGED[i]}"
		ipn "$name" link add link "$dev" name "$dev.100" type vlan id 100
		ipn "$name" link set "$dev.100" up
		for f in 4 6; do
			addr "$name" "$dev.100" "$(tagged "$i" "$f" 2)/${LEN[$f]}"
			addr r1 "t$i" "$(tagged "$i" "$f" 1)/${LEN[$f]}"
		done
	done
	forwarding r1
	for f in 4 6; do
		addr src s0 "${SRC[$f]}/${LEN[$f]}"
		addr dst d0 "${DST[$f]}/${LEN[$f]}"
		addr r1 e0 "${GW0[$f]}/${LEN[$f]}"
		addr r1 e1 "${GW1[$f]}/${LEN[$f]}"
	done
	MAC_S0=$(mac_of src s0)
	MAC_D0=$(mac_of dst d0)
}

vrouter()
{
	local f i

	topo_ports
	for i in 0 1; do
		echo "port add h$i type guest"
		echo "vif add r1-t$i vrouter r1 mac ${MAC_TAGGED[i]} uplink up$i vlan 100 guest h$i"
		for f in 4 6; do
			echo "address add $(tagged "$i" "$f" 1)/${LEN[$f]} vif r1-t$i"
		done
	done | ctl_batch
	topo_tables
}

# How many of 20 frames of each kind get through the uplinks' filters: to the
# vif's MAC, to the group of OSPF, to the vif's MAC and to that of the tagged vif
# in VLAN 100, to a MAC of nobody, to the NIC's own.
through()
{
	local i n to

	listen seen recv "$(place host up0)" "$(place host up0.100)" \
		"$(place host up1)" "$(place host up1.100)"
	listen last count --idle 1 "$(place host up0)" "$(place host up1)" \
		-- in stream=99
	for i in 0 1; do
		n=0
		for to in "${MAC[i]}" 01:00:5e:00:00:05 "${MAC[i]} --vlan 100" \
			  "${MAC_TAGGED[i]} --vlan 100" 52:54:00:ee:ee:ee \
			  "$(mac_of host "up$i")"; do
			n=$((n + 1))
			# shellcheck disable=SC2086
			frames "$i" "$i$n" 20 $to
		done
		# Everybody gets this, and it is the last.
		frames "$i" 99 1 ff:ff:ff:ff:ff:ff
	done
	listened last
	hang_up seen
	# shellcheck disable=SC2016
	answer seen '[.streams as $s | range(2) as $i | range(1; 7) as $n |
		$s["\($i * 10 + $n)"].received // 0] | join(" ")'
}

# frames SIDE STREAM COUNT DMAC...: without an address of anybody.
frames()
{
	send "${NEIGHBOUR[$1]}" "${DEV[$1]}" --stream "$((10#$2))" --count "$3" \
		--src 10.66.0.1 --dst 10.66.0.2 --dmac "${@:4}"
}

modes()
{
	local i

	for i in 0 1; do
		ipn host -d -j link show "up$i" |
			jq -c '.[0] | [.promiscuity, .allmulti]'
	done
}

# Our MACs in the NICs' unicast lists.
left_macs()
{
	in_ns host bridge fdb show | grep -i 52:54:00:aa: || true
}

# One neighbour has what the other announces: the router is adjacent to both.
adjacent()
{
	ipn src -4 route show proto ospf | grep "10.77.0.0/24" &&
	ipn src -6 route show proto ospf | grep "fd00:77::/64"
}

# Both ways at once.
transit()
{
	local f=$1

	listen both recv --expect "$N" --streams 2 --deadline "$(slow 20)" \
		"$(place dst d0=dst)" "$(place src s0=src)"
	send src s0 --dmac "$MAC_E0" --src "${SRC[$f]}" --dst "${DST[$f]}" \
		--to dst --count "$N" --rate 500 --flows 50 --stream 1
	send dst d0 --dmac "$MAC_E1" --src "${DST[$f]}" --dst "${SRC[$f]}" \
		--to src --count "$N" --rate 500 --flows 50 --stream 2
	listened both
	arrived both $((2 * N))
}

pings()
{
	ping_from "$1" src "${GW0[$1]}" 3 && ping_from "$1" dst "${GW1[$1]}" 3
}

pings_tagged()
{
	ping_from "$1" src "$(tagged 0 "$1" 1)" 3 &&
	ping_from "$1" dst "$(tagged 1 "$1" 1)" 3
}

ktap_plan 12
wires
for end in host/up0 src/s0 host/up1 dst/d0; do
	wait_for 10 carrier "${end%/*}" "${end#*/}"
done
for i in 0 1; do
	diag "up$i: $(in_ns host ethtool -i "up$i" | head -n 1)," \
		"$(in_ns host ethtool -k "up$i" | grep rx-vlan-filter)"
done
check_eq "the NICs filter (or this would prove nothing)" \
	"0 0 0 0 0 20 0 0 0 0 0 20" through
before=$(modes)

vrouter
for f in 4 6; do
	check "IPv$f: neighbours resolve and reach the guest" pings "$f"
	check "IPv$f: and through VLAN-tagged vifs" pings_tagged "$f"
	check "IPv$f: $N packets of transit arrive, both ways" transit "$f"
done
check_eq "the NICs let through what vifs need, and not all" \
	"20 20 20 20 0 20 20 20 20 20 0 20" through
frr_conf r1 192.0.2.1 e0:10 e1:10
frr_conf src 192.0.2.2 s0:10
frr_conf dst 192.0.2.3 d0:10
ipn dst route add blackhole 10.77.0.0/24
ipn dst route add blackhole fd00:77::/64
for name in r1 src dst; do
	defer frr_kill "$name"
	frr_start "$name"
done
check_poll "OSPF and OSPFv3 find both neighbours" 30 adjacent

ctl_batch <<-END
vrouter del r1
port del up0
port del up1
END
check_eq "afterwards the NICs filter again" \
	"0 0 0 0 0 20 0 0 0 0 0 20" through
check_eq "and no mode of them has been left on" "$before" modes
check_eq "nor a MAC in their lists" "" left_macs
