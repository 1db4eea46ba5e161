#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Dumps of large tables while single objects are replaced, created and deleted: what is
# not touched is in each of them exactly once, and that something changed is announced
# (api_dump.py).
# timeout: 60
. "$(dirname "$0")/lib.sh"

verdict()
{
	awk -v kind="$1" '/^(not )?ok / { mine = $NF == kind } mine' <<<"$RUN"
	grep -qx "ok $1" <<<"$RUN"
}

mapfile -t KINDS < <(api_dump.py list)
ktap_plan $((${#KINDS[@]} + 1))
topo_basic ctl
seed_init
check "all dumps are made" in_ns host "$SELFTESTS/api_dump.py" run r1-e0 up0 "$SEED"
RUN=$OUT
for kind in "${KINDS[@]}"; do
	check "$kind" verdict "$kind"
	diag "$(grep "^$kind: " <<<"$RUN")"
done
