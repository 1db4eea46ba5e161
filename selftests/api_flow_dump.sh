#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A dump of flows misses none that is there all the time, though the table is
# replaced by one of twice the size while it is read (flow_dump.py).
# timeout: 60
. "$(dirname "$0")/lib.sh"

# In the namespace of the sender, from the host's: flows of both families.
dumps()
{
	in_ns host flow_dump.py r1 500 \
		ip netns exec "${NS[src]}" pktio send s0 --dmac "$MAC_E0" \
		--src "${SRC[4]}" --dst "${FAR[4]}" --rate 20000 -- \
		ip netns exec "${NS[src]}" pktio send s0 --dmac "$MAC_E0" \
		--src "${SRC[6]}" --dst "${FAR[6]}" --rate 20000
}

ktap_plan 2
topo_basic ctl
ctl vrouter set r1 max-flows 50000
for f in 4 6; do
	ctl route add "${FARNET[$f]}" vrouter r1 via "${DST[$f]}" vif r1-e1
done
check "dumps while the flow table grows" dumps
check_eq "16,000 flows" true \
	kernel_get '.[0].flows >= 16000' vrouter-get
