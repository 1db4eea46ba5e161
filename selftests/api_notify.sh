#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Every change of every object is told to those who listen, as a dump would tell
# it; what is only confirmed or refused is not (api_notify.py).  So is a flush of
# flows, if there are any.
# timeout: 60
. "$(dirname "$0")/lib.sh"

# What the run says of each case: "ok", or what is wrong.
declare -A VERDICT=()

verdicts()
{
	local line name=

	while IFS= read -r line; do
		case $line in
		"ok "*) VERDICT[${line#ok }]=ok ;;
		"not ok "*) name=${line#not ok }; VERDICT[$name]= ;;
		*) VERDICT[$name]+=$line$'\n' ;;
		esac
	done
}

verdict()
{
	printf '%s\n' "${VERDICT[$1]:-not run}"
	[[ ${VERDICT[$1]:-} == ok ]]
}

flush_is_told()
{
	local flushed

	spawn "$TEST_TMP/heard" ip netns exec "${NS[host]}" vfnl.py listen 60
	poll_until 10 grep -q listening "$TEST_TMP/heard" || return
	ping_from 4 src "${DST[4]}" && ctl flow flush vrouter r1 || return
	poll_until 10 grep -q flow-del-ntf "$TEST_TMP/heard" || return
	flushed=$(sed 1d "$TEST_TMP/heard" | jq -c '[.op, .vrouter, .flushed > 0]')
	echo "$flushed"
	[[ $flushed == '["flow-del-ntf","r1",true]' ]]
}

mapfile -t CASES < <(api_notify.py list)
ktap_plan $((${#CASES[@]} + 2))
ns_add quiet
ip -n "${NS[quiet]}" link add note0 type veth peer name note-peer
ip -n "${NS[quiet]}" link set note-peer up
ip -n "${NS[quiet]}" link set note0 up
check "all requests can be sent" in_ns quiet "$SELFTESTS/api_notify.py" run
verdicts <<<"$OUT"
for name in "${CASES[@]}"; do
	check "$name" verdict "$name"
done
topo_basic ctl
check "a flush of flows" flush_is_told
