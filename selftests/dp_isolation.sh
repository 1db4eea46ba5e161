#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Two vrouters with the same MACs, addresses and prefixes, on different VLANs
# of the same wires: 100,000 packets at the same time, each arrives in its own
# VLAN and nowhere else.
# timeout: 60
. "$(dirname "$0")/lib.sh"

PER_STREAM=25000

# The second vrouter is the first one's twin, but for VLAN and guest ports.
twin()
{
	local vr=$1 vlan=$2 f

	ns_add "$vr"
	veth host "g0$vr" "$vr" e0
	veth host "g1$vr" "$vr" e1
	set_mac "$vr" e0 "$MAC_E0"
	set_mac "$vr" e1 "$MAC_E1"
	forwarding "$vr"
	for f in 4 6; do
		addr "$vr" e0 "${GW0[$f]}/${LEN[$f]}"
		addr "$vr" e1 "${GW1[$f]}/${LEN[$f]}"
		ipn "$vr" route add "${FARNET[$f]}" via "${DST[$f]}"
	done
	ctl_batch <<-END
	port add g0$vr type guest
	port add g1$vr type guest
	vrouter add $vr
	vif add $vr-e0 vrouter $vr mac $MAC_E0 uplink up0 vlan $vlan guest g0$vr
	vif add $vr-e1 vrouter $vr mac $MAC_E1 uplink up1 vlan $vlan guest g1$vr
	END
	for f in 4 6; do
		ctl_batch <<-END
		address add ${GW0[$f]}/${LEN[$f]} vif $vr-e0
		address add ${GW1[$f]}/${LEN[$f]} vif $vr-e1
		neighbor add ${SRC[$f]} lladdr $MAC_S0 vif $vr-e0
		neighbor add ${DST[$f]} lladdr $MAC_D0 vif $vr-e1
		route add ${FARNET[$f]} vrouter $vr via ${DST[$f]} vif $vr-e1
		END
	done
}

# All streams at once: they differ in nothing but VLAN and payload.
send_all()
{
	local f vlan pids=() pid

	for f in 4 6; do
		for vlan in 10 20; do
			in_ns src pktio send s0 --dmac "$MAC_E0" --vlan "$vlan" \
				--src "${SRC[$f]}" --dst "${FAR[$f]}" \
				--to "vlan$vlan" --stream "$f$vlan" \
				--count "$PER_STREAM" --flows 500 &
			pids+=($!)
		done
	done
	for pid in "${pids[@]}"; do
		wait "$pid" || return
	done
}

ktap_plan 8
ns_add src dst host
veth src s0 host up0
veth dst d0 host up1
set_mac src s0 "$MAC_S0"
set_mac dst d0 "$MAC_D0"
ctl_batch <<-END
port add up0 type uplink
port add up1 type uplink
END
twin r1 10
twin r2 20

listen dst recv --streams 4 --expect "$PER_STREAM" \
	"$(place dst d0.10=vlan10)" "$(place dst d0.20=vlan20)"
listen leaks count "$(place r1 e0)" "$(place r1 e1)" "$(place r2 e0)" \
	"$(place r2 e1)" "$(place src s0)" -- in pktio
check "100,000 packets are sent" send_all
listened dst
hang_up leaks
check "all arrive, each in its own VLAN" arrived dst $((4 * PER_STREAM))
for f in 4 6; do
	for vlan in 10 20; do
		check_eq "IPv$f, VLAN $vlan: routed, none is lost or misdelivered" \
			"$PER_STREAM 0 0 63" answer dst ".streams[\"$f$vlan\"] |
			\"\(.received) \(.lost) \(.misdelivered) \(.ttl[0])\""
	done
done
check_eq "none enters a guest or goes back" 0 answer leaks .frames
check_eq "both vrouters have counted their half" \
	"$((2 * PER_STREAM)) $((2 * PER_STREAM))" \
	echo "$(stat_of r1 vrouter forward-packets)" \
	"$(stat_of r2 vrouter forward-packets)"
