#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A guest port does not lead into the host's stack: whatever the guest sends,
# to the port's own MAC, to an uplink's, to everybody, the host's IP, ARP and
# ND see no frame of it and answer nothing.
# timeout: 60
. "$(dirname "$0")/lib.sh"

need_cmd nft

# The host has an address on the uplink, and a link-local one on each device.
declare -A HOST=([4]=10.1.0.254 [6]=fd00:1::fe)

rules()
{
	in_ns host nft -f - <<-END
	table inet seen {
		chain packets {
			type filter hook prerouting priority -300;
			iifname { g0, g1 } counter
		}
	}
	table arp seen {
		chain requests {
			type filter hook input priority -300;
			iifname { g0, g1 } counter
		}
	}
	END
}

# Frames that the host's stack has got from the guest's ports.
seen()
{
	in_ns host nft -j list ruleset |
		jq '[.nftables[].rule?.expr[]?.counter?.packets // 0] | add'
}

# Everything a guest could try, as itself and under another MAC.
attempts()
{
	hostile.py to-host --guest "$1" --port "$(mac_of host g0)" \
		--uplink "$(mac_of host up0)" --lladdr "$LLADDR" \
		--host4 "${HOST[4]}" --host6 "${HOST[6]}" \
		--guest4 "${GW0[4]}" --guest6 "${GW0[6]}"
}

try()
{
	attempts "$1" | in_ns r1 pktio replay --vnet e0 - >"$TEST_TMP/sent"
	jq -e '.refused == 0 and .sent >= 20' "$TEST_TMP/sent" >/dev/null
}

# Frames that the host itself answered with.
host_answers()
{
	answer replies .frames
}

neighbors_of_guest()
{
	ipn host neigh show | grep -c -i -e "$MAC_E0" -e 52:54:00:ee:ee:ee
}

ktap_plan 7
topo_wires
addr host up0 "${HOST[4]}/24" "${HOST[6]}/64"
LLADDR=$(ipn host -j addr show g0 | jq -r '.[0].addr_info[] |
	select(.family == "inet6") | .local')
rules
check "before the port is attached the frames can be sent" try "$MAC_E0"
check_eq "and do reach the host's stack (so the counters work)" true \
	jq -n "$(seen) > 10"
ipn host neigh flush all
topo_ports
topo_tables
ctl vif set r1-e0 l2-control on
in_ns host nft flush ruleset
rules
listen replies count "$(place r1 e0)" "$(place src s0)" -- in \
	smac="$(mac_of host g0)"
for mac in "$MAC_E0" 52:54:00:ee:ee:ee; do
	check "frames from $mac are sent" try "$mac"
done
# The guest's own kernel, too.
in_ns r1 ping -c 2 -i 0.1 -W 1 "${HOST[4]}" >/dev/null || true
in_ns r1 ping -c 2 -i 0.1 -W 1 "$LLADDR%e0" >/dev/null || true
hang_up replies
check_eq "none of them reaches the host's stack" 0 seen
check_eq "the port's device answers nothing" 0 host_answers
check_eq "the host has learned no neighbor from them" 0 \
	bash -c "$(declare -f neighbors_of_guest ipn); $(declare -p NS MAC_E0); neighbors_of_guest || true"
