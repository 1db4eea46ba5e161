#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The module is loaded and unloaded fifty times under traffic in both families,
# with a listener to its group, while it forwards, punts and answers.  Each time
# it really forwards, and afterwards the devices are as they were before.
# timeout: 150
. "$(dirname "$0")/lib.sh"

CYCLES=50

# What attaching changes on the uplinks: promiscuity, all-multicast, filters.
device_state()
{
	ipn host -d -j link show | jq -c 'map({ifname, promiscuity, allmulti, flags})'
	cat_in host /proc/net/dev_mcast
	ip netns exec "${NS[host]}" bridge fdb show
}

cat_in()
{
	in_ns "$1" cat "$2"
}

config()
{
	local f

	{
		conf_ports
		conf_tables
		for f in 4 6; do
			echo "route add ${FARNET[$f]} vrouter r1 via ${DST[$f]} vif r1-e1"
		done
	} | ctl_batch
}

forwarded()
{
	local n

	n=$(cat_in host /sys/class/net/up1/statistics/tx_packets) || return
	(( n >= $1 ))
}

# one_life NUMBER: of the module.  It must forward some of the packets that keep coming.
one_life()
{
	local before

	module_load && config || return
	# Now and then somebody listens to the group when it goes.
	if (( $1 % 10 == 0 )); then
		in_ns host vfnl.py listen 5 >/dev/null 2>&1 &
	fi
	before=$(cat_in host /sys/class/net/up1/statistics/tx_packets)
	poll_until 10 forwarded $((before + 50)) || { echo "no traffic"; return 1; }
	module_unload
}

lives()
{
	local i

	for (( i = 0; i < CYCLES; i++ )); do
		one_life "$i" || { echo "in life $i"; return 1; }
	done
}

background()
{
	local f

	for f in 4 6; do
		spawn "$TEST_TMP/transit.$f" ip netns exec "${NS[src]}" \
			pktio send s0 --dmac "$MAC_E0" --src "${SRC[$f]}" \
			--dst "${FAR[$f]}" --flows 200 --rate 500
		spawn "$TEST_TMP/punt.$f" ip netns exec "${NS[src]}" \
			pktio send s0 --dmac "$MAC_E0" --src "${SRC[$f]}" \
			--dst "${FAR[$f]}" --ttl 1 --rate 100
		spawn "$TEST_TMP/guest.$f" ip netns exec "${NS[r1]}" \
			pktio send e0 --dmac "$MAC_S0" --src "${GW0[$f]}" \
			--dst "${SRC[$f]}" --rate 100
	done
}

ktap_plan 4
topo_wires
module_unload
before=$(device_state)
background
check "$CYCLES times loaded, configured, used and unloaded" lives
check_eq "the devices are as before" "$before" device_state
check_fail "nothing is left of it" test -e /sys/module/vflow
module_load
config
listen dst recv "$(place dst d0=dst)"
for f in 4 6; do
	send src s0 --dmac "$MAC_E0" --src "${SRC[$f]}" --dst "${FAR[$f]}" \
		--to dst --count 100 --stream "5$f" --rate 1000
done
hang_up dst
check_eq "and it still works" "100 100" \
	answer dst '"\(.streams["54"].received) \(.streams["56"].received)"'
