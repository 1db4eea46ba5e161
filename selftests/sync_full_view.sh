#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A full view of the Internet, 1,000,000 IPv4 and 200,000 IPv6 routes, by FPM and
# by vflow-agent from a guest's kernel.  An independent reader compares what
# the module has with what was told, and with the guest's kernel; digests are equal; how long each stage takes and what it costs
# is reported, and vflowd's memory is bounded.
# timeout: 900
# vng: --mem 8G
. "$(dirname "$0")/lib.sh"

VIEW=$(sized 1000000/200000 20000/4000)
N=$((${VIEW/\//+}))
# MiB that vflowd may have at its peak.
PEAK=256

ms()
{
	echo $(( ${EPOCHREALTIME/./} / 1000 ))
}

# took TEXT SINCE: so long, and routes in a second.
took()
{
	local ms=$(($(ms) - $2))

	diag "$1: $((ms / 1000)).$(printf '%03d' $((ms % 1000))) s," \
		"$((N * 1000 / (ms + 1))) routes/s"
}

# peak PID: most memory that it ever had, in MiB.
peak()
{
	awk '/VmHWM/ { print int(($2 + 1023) / 1024) }' "/proc/$1/status"
}

# cpu PID: processor time, in hundredths of a second.
cpu()
{
	sed 's/.*) //' "/proc/$1/stat" | awk '{ print $12 + $13 }'
}

status()
{
	"$VFLOW_BUILD/vflowd" -c "$TEST_TMP/vflow.conf" --status | jq -r ".vrouters[0]$1"
}

synced()
{
	(( $(status .source.rounds) >= 1 ))
}

has_routes()
{
	(( $(kernel_get '.[].routes' vrouter-get) >= $1 ))
}

parser()
{
	pgrep -P "$VFLOWD" -f -- --parser
}

exactly()
{
	in_ns host routes.py vflow r1 >"$TEST_TMP/have" || return
	cmp "$TEST_TMP/want" "$TEST_TMP/have" && wc -l <"$TEST_TMP/have"
}

guest_has_them()
{
	routes.py guest "${NS[r1]}" | cmp "$TEST_TMP/want"
}

# verified LINK STATE: every link that can be verified is equal, LINK is STATE.
verified()
{
	local text

	text=$(ctl -j verify r1 control "$TEST_TMP/vflowd.sock") || return
	echo "$text"
	[[ $(jq -r ".[0].$1.state" <<<"$text") == "$2" ]]
}

# conf SOURCE: the configuration of vflowd.
conf()
{
	printf '[vflowd]\ncontrol = %s/vflowd.sock\n[vrouter r1]\n' "$TEST_TMP"
	printf 'max-routes = %d\nsource = %s\n' $((N + 100)) "$1"
	topo_conf | sed 1,2d
}

memory()
{
	diag "at most: vflowd $(peak "$VFLOWD") MiB, its parser $(peak "$(parser)") MiB"
	check "vflowd has never more than $PEAK MiB" test "$(peak "$VFLOWD")" -le "$PEAK"
}

by_fpm()
{
	local start

	conf "fpm:tcp:127.0.0.1:2620" | sed '/^guest-interface = e\(.\)/ {
		s//guest-ifindex = 1\1\nmac = 52:54:00:aa:00:0\1/ }' >"$TEST_TMP/vflow.conf"
	daemon "$TEST_TMP/vflow.conf"
	routes.py make "$VIEW" fpm 11 "${DST[4]}" "${DST[6]}" >"$TEST_TMP/fpm"
	wait_for 10 status .state
	start=$(ms)
	spawn "$TEST_TMP/guest" in_ns host fpm_guest.py 127.0.0.1 127.0.0.1 2620 \
		replay "$TEST_TMP/fpm"
	check_poll "FPM: the guest has told all" 300 grep -q replay "$TEST_TMP/guest"
	took "told" "$start"
	check_poll "FPM: the module has as many" 300 has_routes "$N"
	took "in the module" "$start"
	check_poll "FPM: the sync is complete" 300 synced
	took "complete, of it 5 s of silence" "$start"
	check "FPM: the module has exactly these" exactly
	check "FPM: so says the module's digest" verified kernel equal
	memory
	stop "$SPAWNED" "$VFLOWD"
	rm "$TEST_TMP/fpm"
	ctl vrouter del r1
}

by_agent()
{
	local start used

	conf "agent:unix:$TEST_TMP/agent.sock" >"$TEST_TMP/vflow.conf"
	routes.py make "$VIEW" guest "${DST[4]}" "${DST[6]}" >"$TEST_TMP/batch"
	ipn r1 -b "$TEST_TMP/batch"
	rm "$TEST_TMP/batch"
	daemon "$TEST_TMP/vflow.conf"
	wait_for 10 status .state
	start=$(ms)
	spawn "$TEST_TMP/agent.log" ip netns exec "${NS[r1]}" \
		"$VFLOW_BUILD/vflow-agent" "unix:$TEST_TMP/agent.sock"
	check_poll "agent: the module has as many" 300 has_routes "$N"
	took "in the module" "$start"
	check_poll "agent: the sync is complete" 300 synced
	took "complete" "$start"
	diag "the agent: $(cpu "$SPAWNED")0 ms of processor, at most $(peak "$SPAWNED") MiB"
	check "agent: the module has exactly these" exactly
	check "agent: the guest's kernel, too" guest_has_them
	check "agent: so says the guest's digest" verified guest equal
	memory
	used=$(cpu "$SPAWNED")
	start=$(ms)
	sleep 20
	diag "idle for $(($(ms) - start)) ms: the agent used" \
		"$(($(cpu "$SPAWNED") - used))0 ms of processor"
}

ktap_plan 12
topo_wires
kernel_reader host
routes.py make "$VIEW" list "${DST[4]}" "${DST[6]}" >"$TEST_TMP/want"
by_fpm
by_agent
