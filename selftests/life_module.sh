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

	conf_ports
	conf_tables
	for f in 4 6; do
		echo "route add ${FARNET[$f]} vrouter r1 via ${DST[$f]} vif r1-e1"
	done
}

# In the namespace, in one shell: all lives.  Each time the module must forward
# some of the packets that keep coming; now and then somebody listens to its
# group when it goes.
lives()
{
	local i n before tx=/sys/class/net/up1/statistics/tx_packets never

	# read from it returns after the time it is given
	exec {never}<> <(:)
	for (( i = 0; i < CYCLES; i++ )); do
		insmod "$VFLOW_KO" &&
		"$VFLOW_BUILD/vflowctl" -b "$TEST_TMP/config" || return
		if (( i % 10 == 0 )); then
			vfnl.py listen 5 >/dev/null 2>&1 &
		fi
		read -r before <"$tx"
		for (( n = 0; $(<"$tx") < before + 50; n++ )); do
			if (( n > 200 * VFLOW_SLOW )); then
				echo "no traffic in life $i"
				return 1
			fi
			read -rt 0.05 _ <&"$never"
		done
		rmmod vflow || return
	done
}

in_one_shell()
{
	in_ns host bash -c "$(declare -f lives); $(declare -p CYCLES TEST_TMP \
		VFLOW_KO VFLOW_BUILD VFLOW_SLOW); lives"
}

background()
{
	local f

	for f in 4 6; do
		spawn "$TEST_TMP/transit.$f" ip netns exec "${NS[src]}" \
			pktio send s0 --dmac "$MAC_E0" --src "${SRC[$f]}" \
			--dst "${FAR[$f]}" --flows 200 --rate 200
		spawn "$TEST_TMP/punt.$f" ip netns exec "${NS[src]}" \
			pktio send s0 --dmac "$MAC_E0" --src "${SRC[$f]}" \
			--dst "${FAR[$f]}" --ttl 1 --rate 50
		spawn "$TEST_TMP/guest.$f" ip netns exec "${NS[r1]}" \
			pktio send e0 --dmac "$MAC_S0" --src "${GW0[$f]}" \
			--dst "${SRC[$f]}" --rate 50
	done
}

ktap_plan 4
topo_wires
module_unload
before=$(device_state)
config >"$TEST_TMP/config"
background
check "$CYCLES times loaded, configured, used and unloaded" in_one_shell
check_eq "the devices are as before" "$before" device_state
check_fail "nothing is left of it" test -e /sys/module/vflow
module_load
ctl -b "$TEST_TMP/config"
listen dst recv "$(place dst d0=dst)"
for f in 4 6; do
	send src s0 --dmac "$MAC_E0" --src "${SRC[$f]}" --dst "${FAR[$f]}" \
		--to dst --count 100 --stream "5$f" --rate 1000
done
hang_up dst
check_eq "and it still works" "100 100" \
	answer dst '"\(.streams["54"].received) \(.streams["56"].received)"'
