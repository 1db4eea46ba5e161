#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A port counts every frame that vflow receives and sends through it, as the
# device does: routed, punted, from the guest, from vrouter to vrouter inside the
# host (never on the wire), to many (once, whatever the number of vifs), and of
# vifs that have left it.  A device whose frames somebody else takes is refused,
# with his name; a bond, which has LRO, is not.
# timeout: 60
. "$(dirname "$0")/lib.sh"

need_module bonding bridge macvlan vrf

PORTS=(up0 up1 g0 g1)
MAC_R2=52:54:00:aa:00:07
declare -A R2=([4]=10.1.0.7 [6]=fd00:1::7)
declare -A BEHIND_R2=([4]=10.98.0.1 [6]=fd00:98::1)
declare -A BEHIND_R2_NET=([4]=10.98.0.0/24 [6]=fd00:98::/64)
COUNT=200

# A second router on the segment of up0, without a guest; what it is given to
# route leaves by up0 again.
conf_r2()
{
	local f

	echo "vif add r2-e0 vrouter r2 mac $MAC_R2 uplink up0"
	for f in 4 6; do
		cat <<-END
		address add ${R2[$f]}/${LEN[$f]} vif r2-e0
		neighbor add ${SRC[$f]} lladdr $MAC_S0 vif r2-e0
		route add ${BEHIND_R2_NET[$f]} vrouter r2 via ${SRC[$f]} vif r2-e0
		END
	done
}

conf_r1()
{
	local f

	for f in 4 6; do
		cat <<-END
		neighbor add ${R2[$f]} lladdr $MAC_R2 vif r1-e0
		route add ${BEHIND_R2_NET[$f]} vrouter r1 via ${R2[$f]} vif r1-e0
		route add ${FARNET[$f]} vrouter r1 via ${DST[$f]} vif r1-e1
		END
	done
}

# "NAME rx-packets rx-bytes tx-packets tx-bytes" of each port, by the device.
# Nothing has passed before.
by_device()
{
	ipn host -s -j link show | jq -r --args '.[] | select(.ifname as $n |
		$ARGS.positional | index($n)) | "\(.ifname) \(.stats64 |
		"\(.rx.packets) \(.rx.bytes) \(.tx.packets) \(.tx.bytes)")"' \
		"${PORTS[@]}" | sort
}

by_vflow()
{
	kernel_get '.[] | "\(.name) \(.stats | "\(.["rx-packets"]) \(.["rx-bytes"]) \(
		.["tx-packets"]) \(.["tx-bytes"])")"' port-get | sort
}

# The device has counted before vflow was attached.
difference()
{
	paste -d ' ' "$TEST_TMP/before" <(by_device) |
		awk '{ print $1, $7 - $2, $8 - $3, $9 - $4, $10 - $5 }'
}

agree()
{
	diff <(difference) <(by_vflow)
}

# packets_of PORT COLUMN: 2 received, 4 sent.
packets_of()
{
	by_vflow | awk -v port="$1" -v n="$2" '$1 == port { print $n }'
}

# grows PORT COLUMN COMMAND...: by at least what was sent.
grows()
{
	local before after port=$1 column=$2

	before=$(packets_of "$port" "$column")
	shift 2
	"$@" || return
	after=$(packets_of "$port" "$column")
	echo "$port: from $before to $after"
	(( after >= before + COUNT ))
}

# from_src FAMILY DESTINATION [OPTION...]
from_src()
{
	send src s0 --dmac "$MAC_E0" --src "${SRC[$1]}" --dst "$2" \
		--count "$COUNT" --rate 2000 "${@:3}"
}

# to_many DEV: from both sides of the wire.
to_many()
{
	send "$1" "$2" --dmac ff:ff:ff:ff:ff:ff --src "$3" --dst 255.255.255.255 \
		--count "$COUNT" --rate 2000
}

ktap_plan 26
topo_wires
# The host has nothing to say itself.
in_ns host sysctl -qw net.ipv6.conf.all.disable_ipv6=1
for dev in "${PORTS[@]}"; do
	ipn host link set "$dev" down
done
topo_ports
topo_tables
ctl vrouter add r2
{ conf_r2; conf_r1; } | ctl_batch
by_device >"$TEST_TMP/before"
for dev in "${PORTS[@]}"; do
	ipn host link set "$dev" up
done

for f in 4 6; do
	ping_from "$f" src "${GW0[$f]}" >/dev/null || true
	check "IPv$f: transit is received" \
		grows up0 2 from_src "$f" "${FAR[$f]}"
	check "IPv$f: and sent" grows up1 4 from_src "$f" "${FAR[$f]}"
	check "IPv$f: what is punted is sent to the guest" \
		grows g0 4 from_src "$f" "${GW0[$f]}"
	check "IPv$f: what the guest sends is received" \
		grows g0 2 ping_from "$f" r1 "${SRC[$f]}" "$COUNT" -i 0.005
	check_poll "IPv$f: like the devices have it" 5 agree
	check "IPv$f: two hops inside the host are sent once" \
		grows up0 4 from_src "$f" "${BEHIND_R2[$f]}"
	check_poll "IPv$f: like the devices have it" 5 agree
done
check "to many, from outside" \
	grows up0 2 to_many src s0 "${SRC[4]}"
check "to many, from the guest" \
	grows up0 4 to_many r1 e0 "${GW0[4]}"
check_poll "like the devices have it" 5 agree
# What src asks a MAC address that has left is nobody's, but the device counts it.
ipn src neigh flush dev s0
ctl vif del r2-e0
check_poll "and when a vif has left" 5 agree
conf_r2 | ctl_batch
from_src 4 "${BEHIND_R2[4]}"
check_poll "and when it has come again" 5 agree
check_eq "what vif and vrouter count is of their own" true \
	kernel_get 'map(select(.name == "r2-e0"))[0].stats |
		.["rx-packets"] >= '"$COUNT"' and .["tx-packets"] == .["rx-packets"]' \
	vif-get

ipn host link add br0 type bridge
ipn host link add d0 type dummy
ipn host link set d0 master br0
check_refused "a bridge is named" "d0 belongs to bridge br0" \
	ctl port add d0 type uplink
ipn host link set d0 nomaster
ipn host link add mv0 link d0 type macvlan
check_refused "a macvlan is named" "d0 belongs to macvlan mv0" \
	ctl port add d0 type uplink
ipn host link add vrf0 type vrf table 10
check_refused "a VRF device gives frames to nobody" \
	"vrf0 is a vrf device, which gives its frames to nobody else" \
	ctl port add vrf0 type uplink
ipn host link del mv0
check "and a free device is taken" ctl port add d0 type uplink

# LRO goes off with events of the device.
ipn host link add b0 type bond
check "a bond is taken" ctl port add b0 type uplink
check "and given back" ctl port del b0
