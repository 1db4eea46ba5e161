#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What FRR really sent through FPM (captures/, some of each version, made by
# capture.sh), sent once more: the module has in the end what zebra itself had, and
# has it again when a second connection tells it all from the beginning.
# timeout: 60
. "$(dirname "$0")/lib.sh"

# Each without its suffix.
CAPTURES=("$SELFTESTS"/captures/*.fpm)
CAPTURES=("${CAPTURES[@]%.fpm}")
# Interfaces of r1 in the captures.
declare -A IFINDEX=([e0]=2 [e1]=3)

vflow_conf()
{
	cat <<-END
	[vflowd]
	control = $TEST_TMP/vflowd.sock

	[vrouter r1]
	source = fpm:tcp:127.0.0.1:2620

	[vif r1-e0]
	vrouter = r1
	guest-ifindex = ${IFINDEX[e0]}
	mac = $MAC_E0
	address = ${GW0[4]}/${LEN[4]} ${GW0[6]}/${LEN[6]}
	uplink = up0

	[vif r1-e1]
	vrouter = r1
	guest-ifindex = ${IFINDEX[e1]}
	mac = $MAC_E1
	address = ${GW1[4]}/${LEN[4]} ${GW1[6]}/${LEN[6]}
	uplink = up1
	END
}

equal()
{
	in_ns host zebra_view.py "$1.json" r1 e0=r1-e0 e1=r1-e1 "$(slow 10)"
}

rounds_are()
{
	[[ $("$VFLOW_BUILD/vflowd" -c "$TEST_TMP/vflow.conf" --status |
		jq '.vrouters[0].source.rounds') == "$1" ]]
}

# replay CAPTURE: as a guest that stays connected, until its sync is complete.
ROUND=0
replay()
{
	spawn "$TEST_TMP/guest" ip netns exec "${NS[host]}" fpm_guest.py 127.0.0.1 \
		127.0.0.1 2620 replay "$1.fpm"
	ROUND=$((ROUND + 1))
	wait_for 30 rounds_are "$ROUND"
}

listens()
{
	[[ -n $(in_ns host ss -Hltn 'sport = 2620') ]]
}

ktap_plan $((2 * ${#CAPTURES[@]}))
ns_add host
for n in 0 1; do
	ipn host link add "up$n" type veth peer name "far$n"
	ipn host link set "up$n" up
	ipn host link set "far$n" up
done
vflow_conf >"$TEST_TMP/vflow.conf"
daemon "$TEST_TMP/vflow.conf"
wait_for 10 listens
for capture in "${CAPTURES[@]}"; do
	replay "$capture"
	check "${capture##*/}: the module has what zebra had" equal "$capture"
	diag "$OUT"
	stop "$SPAWNED"
	replay "$capture"
	check "${capture##*/}: and when all is told again" equal "$capture"
	stop "$SPAWNED"
done
