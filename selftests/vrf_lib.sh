# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# A second way through r1, with the addresses of the first one: source it after lib.sh.
#
#	src   --- e0 r1 e1 ---   dst
#	src5  --- e2 r1 e3 ---   dst5	in a VRF of r1
#
# src5 and dst5 are on VLAN 5 of the wires of src and dst; what is behind dst (FAR) is
# behind dst5, too.

MAC_E2=52:54:00:aa:00:03
MAC_E3=52:54:00:aa:00:04

_vlan_host()
{
	ns_add "${1}5"
	ipn "$1" link add link "$2" name v5 type vlan id 5
	ipn "$1" link set v5 netns "${NS[${1}5]}"
	ipn "${1}5" link set v5 up
}

# vrf_wires VRF TABLE: after topo_wires.
vrf_wires()
{
	local f

	_vlan_host src s0
	_vlan_host dst d0
	ipn r1 link add "$1" type vrf table "$2"
	ipn r1 link set "$1" up
	veth host g2 r1 e2
	veth host g3 r1 e3
	set_mac r1 e2 "$MAC_E2"
	set_mac r1 e3 "$MAC_E3"
	ipn r1 link set e2 master "$1"
	ipn r1 link set e3 master "$1"
	for f in 4 6; do
		addr src5 v5 "${SRC[$f]}/${LEN[$f]}"
		addr dst5 v5 "${DST[$f]}/${LEN[$f]}" "${FAR[$f]}/${HOSTLEN[$f]}"
		addr dst lo "${FAR[$f]}/${HOSTLEN[$f]}"
		addr r1 e2 "${GW0[$f]}/${LEN[$f]}"
		addr r1 e3 "${GW1[$f]}/${LEN[$f]}"
		ipn src5 route add default via "${GW0[$f]}"
		ipn dst5 route add default via "${GW1[$f]}"
	done
}

# own_way VIF...: ten pings on each way, once their neighbors are known and both_equal,
# of the test, says that the tables are: the module forwards all of them, and the
# answers, of either side.
own_way()
{
	local f vif was=()

	for f in 4 6; do
		ping_from "$f" src "${FAR[$f]}" && ping_from "$f" src5 "${FAR[$f]}" ||
			return
	done
	both_equal 5 || return
	for vif; do
		was+=("$(stat_of "$vif" vif forward-packets)")
	done
	for f in 4 6; do
		ping_from "$f" src "${FAR[$f]}" 10 && ping_from "$f" src5 "${FAR[$f]}" 10 ||
			return
	done
	for vif; do
		[[ $(stat_of "$vif" vif forward-packets) == $((${was[0]} + 20)) ]] || {
			echo "$vif: not 20 packets more than ${was[0]}"
			return 1
		}
		was=("${was[@]:1}")
	done
}
