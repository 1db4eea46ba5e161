#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Every operation refuses every attribute that is missing, of a wrong length or
# kind, out of range, given twice or unknown, with a sentence and the attribute;
# more than 2,000 messages (api_refuse.py).  Nothing changes and nobody is told.
# timeout: 60
. "$(dirname "$0")/lib.sh"

# line_of OPERATION: what api_refuse.py said of it.
line_of()
{
	awk -v op="$1" '
		/^(not )?ok / {
			name = $0
			sub("^(not )?ok ", "", name)
			mine = index(name, op ":") == 1 || name == op ||
				index(name, op " [") == 1
			if (mine) { found = 1; bad = $1 == "not" }
		}
		mine { print }
		END { exit !found || bad }' "$TEST_TMP/lines"
}

mapfile -t OPS < <(api_refuse.py list)
ktap_plan $((${#OPS[@]} + 1))
topo_basic ctl
veth src spare-s host spare0
ctl_batch <<-END
nexthop add id 1 vrouter r1 via ${DST[4]} vif r1-e1
nexthop add id 2 vrouter r1 via ${SRC[4]} vif r1-e0
route add ${FARNET[4]} vrouter r1 via ${DST[4]} vif r1-e1
END
check "the messages could all be sent" \
	in_ns host "$SELFTESTS/api_refuse.py" run
printf '%s\n' "$OUT" >"$TEST_TMP/lines"
for op in "${OPS[@]}"; do
	check "$op" line_of "$op"
done
diag "$OUT"
