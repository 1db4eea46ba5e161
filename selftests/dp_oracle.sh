#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The flow table is a cache: with it and without it the same becomes of every
# packet, verdict and bytes, while routes, next hops, groups, neighbors, addresses
# and MTUs change at random.  Two vrouters have equal tables; the quota of one is
# a single flow, which a packet that does not count takes.  pktio_oracle.c says
# how they are compared.
#
# So many packets go through while another CPU makes changes, and about as many at
# rest; VFLOW_SEED is where the random numbers begin.
# timeout: 200
. "$(dirname "$0")/lib.sh"

PACKETS=$(sized 1000000 100000)
SEED=${VFLOW_SEED:-1}

# Names are equal, for they are part of what chooses among the members of a group.
router()
{
	local r=$1 quota=$2 dev

	ns_add "$r"
	for dev in u0 u1 g0 g1; do
		veth "$r" "$dev" out "$r-$dev"
	done
	kernel_reader "$r"
	ctl_in "$r" -b /dev/stdin <<-END
	port add u0 type uplink
	port add u1 type uplink
	port add g0 type guest
	port add g1 type guest
	vrouter add r max-flows $quota hash-seed 7 punt-rate local 0 punt-rate exception 0
	vif add r-in vrouter r mac $MAC_E0 uplink u0 guest g0
	vif add r-out vrouter r mac $MAC_E1 uplink u1 guest g1
	vif add r-tag vrouter r mac $MAC_E1 uplink u1 vlan 100 guest g1 guest-vlan 100
	neighbor add 10.2.0.9 lladdr $MAC_D0 vif r-out
	route add 10.60.0.0/24 vrouter r via 10.2.0.9 vif r-out
	END
}

oracle()
{
	local r dev places=()

	for r in on off; do
		for dev in u0 u1 g0 g1; do
			places+=("$(place out "$r-$dev")")
		done
	done
	pktio oracle --packets "$PACKETS" --seed "$SEED" "$TEST_TMP/world" \
		"${NS[on]}" "${NS[off]}" "${places[@]}" >"$TEST_TMP/oracle"
}

result()
{
	[[ -s $TEST_TMP/oracle ]] && jq -e "$1" "$TEST_TMP/oracle"
}

hits()
{
	KERNEL_NS=$1 stat_of r vrouter flow-hits
}

ktap_plan 6
ns_add out
in_ns out sysctl -qw net.ipv6.conf.default.disable_ipv6=1
router on 1000
router off 1
in_ns on oracle.py r r-out r-tag >"$TEST_TMP/world"
check "cached or not, the same becomes of every packet" oracle
diag "$(cat "$TEST_TMP/oracle")"
check "$PACKETS packets amid changes, of one CPU and another" \
	result ".amid >= $PACKETS and .back >= .steps * 0.8"
check "all kinds of things became of them" result ".fates >= 150"
check "for some there was more than one answer, and both came" \
	result ".old >= .amid / 1000 and .moot - .old >= .amid / 1000"
check "the one caches: $(hits on) hits" test "$(hits on)" -ge $((PACKETS / 5))
# It hits only on the last packet of each batch.
check "the other does not: $(hits off) hits" test \
	"$(hits off)" -le "$(jq '.steps + 2' "$TEST_TMP/oracle")"
