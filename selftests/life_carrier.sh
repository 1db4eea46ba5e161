#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# An uplink loses its carrier at the far end.  The guest sees it, as a router in
# hardware would: its OSPF withdraws the routes, in its own kernel and at its
# neighbour, within a second, long before a dead interval.  With the carrier
# everything comes back.
# timeout: 60
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/frr.sh"

# Milliseconds; less than the dead interval without a hello on a slow machine, too.
LIMIT=$(slow 1000)
(( LIMIT <= 2500 )) || LIMIT=2500

need_cmd "$FRR_BIN/zebra" "$FRR_BIN/ospfd" "$FRR_BIN/ospf6d" vtysh

ms()
{
	echo $(( ${EPOCHREALTIME/./} / 1000 ))
}

# has NAME FAMILY: a route of OSPF's that leads through the link.  For src it is
# one inside the area: external ones FRR's ospfd looks at once a second.
has()
{
	local net=${FARNET[$2]}

	[[ $1 != src ]] || net=${NET1[$2]}
	ipn "$1" "-$2" route show "$net" | grep -q "proto ospf"
}

all_have()
{
	has r1 4 && has r1 6 && has src 4 && has src 6
}

# until_gone: prints when each route went, in milliseconds after the event.
until_gone()
{
	local start=$1 limit=$2 left="r1/4 r1/6 src/4 src/6" rest route

	while [[ -n $left ]] && (( $(ms) - start < limit )); do
		rest=
		for route in $left; do
			if has "${route%/*}" "${route#*/}"; then
				rest+=" $route"
			else
				echo "$route $(($(ms) - start))"
			fi
		done
		left=$rest
	done
}

went_in_time()
{
	local when

	when=$(awk -v r="$1/$2" '$1 == r { print $2 }' "$TEST_TMP/gone")
	echo "after ${when:-more than 10000} ms"
	[[ -n $when ]] && (( when <= LIMIT ))
}

# Without the delays that FRR's ospfd puts before what it has to say: what is
# measured is how soon it knows.
ospf_conf()
{
	local name

	frr_conf r1 192.0.2.1 e0:10 e1:10
	frr_conf src 192.0.2.2 s0:10
	frr_conf dst 192.0.2.3 d0:10
	for name in r1 src dst; do
		cat >>"$(frr_dir "$name")/ospfd.conf" <<-END
		 timers throttle lsa all 0
		 timers lsa min-arrival 0
		 timers throttle spf 0 50 500
		END
	done
}

ktap_plan 9
topo_wires
for f in 4 6; do
	ipn src "-$f" route del default
	ipn dst "-$f" route del default
	# dst announces what is behind it.
	ipn dst route add blackhole "${FARNET[$f]}"
done
forwarding src dst
topo_conf >"$TEST_TMP/vflow.conf"
daemon "$TEST_TMP/vflow.conf"
wait_for 10 _topo_synced
ospf_conf
for name in r1 src dst; do
	defer frr_kill "$name"
	frr_start "$name"
done
check_poll "OSPF and OSPFv3 through vflow: everybody knows the way to dst" 40 all_have
# OSPF announces a change no sooner than 5 s after the last one.
sleep 6

start=$(ms)
ipn dst link set d0 down
until_gone "$start" 10000 >"$TEST_TMP/gone"
for name in r1 src; do
	for f in 4 6; do
		check "IPv$f: $name withdraws within $LIMIT ms" went_in_time "$name" "$f"
		diag "$OUT"
	done
done
check_match "the guest's interface has no carrier" "NO-CARRIER|state DOWN" \
	ipn r1 link show e1
check_eq "the vif says why" "uplink-down" \
	kernel_get '.[] | select(.name == "r1-e1") | .state[0]' vif-get
ipn dst link set d0 up
addr dst d0 "${DST[6]}/64" 2>/dev/null || true
check_poll "the carrier comes back, and with it the routes" 40 all_have
check_poll "and the way through the kernel" 10 ping_from 4 src "${DST[4]}"
