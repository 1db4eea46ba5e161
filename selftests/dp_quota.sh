#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A vrouter that has ten times more flows than its quota goes on forwarding, in
# bounded memory, and at nobody's expense: the other vrouter's share of packets
# that the flow table knows stays the same within one percent.
# timeout: 60
. "$(dirname "$0")/lib.sh"

QUOTA=1000
FLOWS=$((10 * QUOTA))
OTHER_FLOWS=2000
MAC_X0=52:54:00:aa:02:01
MAC_X1=52:54:00:aa:02:02

# r2 shares the uplinks with r1, in VLAN 20, and has a full quota of its own.
second()
{
	local f

	ctl_batch <<-END
	vrouter add r2 max-flows $((2 * OTHER_FLOWS))
	vif add r2-e0 vrouter r2 mac $MAC_X0 uplink up0 vlan 20
	vif add r2-e1 vrouter r2 mac $MAC_X1 uplink up1 vlan 20
	END
	for f in 4 6; do
		cat <<-END
		address add ${GW0[$f]}/${LEN[$f]} vif r2-e0
		address add ${GW1[$f]}/${LEN[$f]} vif r2-e1
		neighbor add ${DST[$f]} lladdr $MAC_D0 vif r2-e1
		route add ${FARNET[$f]} vrouter r2 via ${DST[$f]} vif r2-e1
		route add ${FARNET[$f]} vrouter r1 via ${DST[$f]} vif r1-e1
		END
	done | ctl_batch
}

flood()
{
	in_ns src pktio send s0 --dmac "$MAC_E0" --src "${SRC[$1]}" \
		--dst "${FAR[$1]}" --to dst --stream "1$1" --flows "$FLOWS" \
		--count $((2 * FLOWS)) --rate 5000 >/dev/null
}

steady()
{
	in_ns src pktio send s0 --dmac "$MAC_X0" --vlan 20 --src "${SRC[$1]}" \
		--dst "${FAR[$1]}" --to dst20 --stream "2$1" \
		--flows "$OTHER_FLOWS" --count "$2" --rate 4000 >/dev/null
}

# hit_ratio COMMAND...: percent of r2's packets that hit, during a command.
hit_ratio()
{
	local hits misses

	hits=$(stat_of r2 vrouter flow-hits)
	misses=$(stat_of r2 vrouter flow-misses)
	"$@"
	hits=$(($(stat_of r2 vrouter flow-hits) - hits))
	misses=$(($(stat_of r2 vrouter flow-misses) - misses))
	awk -v h="$hits" -v m="$misses" 'BEGIN { printf "%.2f\n", 100 * h / (h + m) }'
}

# The number of r1's flows is looked at all the time.
both()
{
	local f=$1 pids

	steady "$f" 8000 &
	pids=$!
	flood "$f" &
	pids+=" $!"
	: >"$TEST_TMP/flows"
	while alive "${pids#* }"; do
		flows_of r1 >>"$TEST_TMP/flows"
	done
	# shellcheck disable=SC2086
	wait $pids
}

most_flows()
{
	sort -n "$TEST_TMP/flows" | tail -n 1
}

flows_of()
{
	kernel_get ".[] | select(.name == \"$1\") | .flows" vrouter-get
}

# Entries of the flow table's slab cache in use; if the kernel has merged it
# with others, theirs, too, so only the difference counts.
flow_objects()
{
	cut -d " " -f 1 /sys/kernel/slab/vflow_flow/objects
}

# The memory that an overflow by all these flows has taken for good.
flow_memory()
{
	poll_until 5 freed "$1" || true
	echo "$(($(flow_objects) - $1)) entries more than before"
	freed "$1"
}

# What was removed has been freed: the number changes no more.
settled()
{
	local before

	before=$(flow_objects)
	sleep 0.3
	[[ $(flow_objects) == "$before" ]]
}

freed()
{
	(( $(flow_objects) - $1 <= QUOTA + OTHER_FLOWS / 10 ))
}

family()
{
	local f=$1 alone shared objects

	ctl flow flush >/dev/null
	wait_for 20 settled
	objects=$(flow_objects)
	steady "$f" "$OTHER_FLOWS"		# the flows of r2 are there
	check "IPv$f: flow entries can be counted" test \
		$(($(flow_objects) - objects)) -ge $((OTHER_FLOWS / 2))
	objects=$(flow_objects)
	alone=$(hit_ratio steady "$f" 8000)
	listen dst recv --streams 2 --idle 3 \
		"$(place dst d0=dst)" "$(place dst d0.20=dst20)"
	shared=$(hit_ratio both "$f")
	hang_up dst
	check_eq "IPv$f: all packets of $FLOWS flows arrive with a quota of $QUOTA" \
		"$((2 * FLOWS)) 0" answer dst \
		".streams[\"1$f\"] | \"\(.received) \(.misdelivered)\""
	check_eq "IPv$f: all of the other vrouter's, too" "8000 0" answer dst \
		".streams[\"2$f\"] | \"\(.received) \(.misdelivered)\""
	# A processor that finds the quota used up has counted its flow for a moment.
	check "IPv$f: the quota is used, and holds" test \
		"$(most_flows)" -le $((QUOTA + $(nproc))) -a "$(most_flows)" -ge $((QUOTA / 2))
	check "IPv$f: and so does the memory" flow_memory "$objects"
	check "IPv$f: hit ratio of the other: $alone % alone, $shared % beside" \
		awk -v a="$alone" -v b="$shared" \
		'BEGIN { d = a - b; exit !(a > 95 && d < 1 && d > -1) }'
}

ktap_plan 12
topo_basic ctl
ctl vrouter set r1 max-flows "$QUOTA"
second
for f in 4 6; do
	family "$f"
done
