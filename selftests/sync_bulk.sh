#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# 100,000 routes of both families (10,000 in "make check"), once through a batch
# of vflowctl's, once from a guest's kernel through vflowd.  An independent reader
# compares with what was sent; time and memory for each route are reported.
# timeout: 400
. "$(dirname "$0")/lib.sh"

ROUTES=$(sized 100000 10000)
# Behind one of them.
declare -A BEHIND=([4]=20.1.1.1 [6]=2a00:1:100::1)

ms()
{
	echo $(( ${EPOCHREALTIME/./} / 1000 ))
}

# Memory that the kernel has in use for its own objects, in bytes.
kernel_memory()
{
	awk '$1 == "Slab:" || $1 == "VmallocUsed:" || $1 == "Percpu:" { n += $2 }
		END { print n * 1024 }' /proc/meminfo
}

rss()
{
	awk '$1 == "VmRSS:" { print $2 * 1024 }' "/proc/$1/status"
}

routes_of_r1()
{
	kernel_get '.[] | select(.name == "r1") | .routes' vrouter-get
}

has_routes()
{
	(( $(routes_of_r1) >= $1 ))
}

has_just()
{
	(( $(routes_of_r1) == $1 ))
}

each()
{
	awk -v a="$1" -v n="$ROUTES" -v unit="$2" \
		'BEGIN { printf "%.1f %s for each route", a / n, unit }'
}

in_order()
{
	in_ns host routes.py vflow r1 >"$TEST_TMP/have" || return
	diff "$TEST_TMP/want" "$TEST_TMP/have" >"$TEST_TMP/diff" || {
		head -n 20 "$TEST_TMP/diff"
		return 1
	}
}

by_vflowctl()
{
	local memory start f

	ctl vrouter set r1 max-routes 250000
	routes.py make "$ROUTES" vflowctl r1 r1-e1 "${DST[4]}" "${DST[6]}" \
		>"$TEST_TMP/batch"
	routes.py make "$ROUTES" list "${DST[4]}" "${DST[6]}" >"$TEST_TMP/want"
	memory=$(kernel_memory)
	start=$(ms)
	check "vflowctl -b takes $ROUTES routes" ctl -b "$TEST_TMP/batch"
	diag "$(each $((1000 * ($(ms) - start))) us) by vflowctl"
	diag "$(each $(($(kernel_memory) - memory)) bytes) in the kernel"
	check "the kernel has exactly these" in_order
	for f in 4 6; do
		listen dst recv --expect 1000 "$(place dst d0=dst)"
		send src s0 --dmac "$MAC_E0" --src "${SRC[$f]}" --dst "${BEHIND[$f]}" \
			--to dst --count 1000 --flows 100
		listened dst
		check "IPv$f: and forwards by them" arrived dst 1000
	done
	start=$(ms)
	check "they are gone with their vrouter" ctl vrouter del r1
	diag "$(each $((1000 * ($(ms) - start))) us) to delete them"
	check_eq "no route is left" "[]" kernel route-get
}

by_vflowd()
{
	local start before left

	{
		echo "[vrouter r1]"
		echo "max-routes = 250000"
		topo_conf | sed 1d
	} >"$TEST_TMP/vflow.conf"
	daemon "$TEST_TMP/vflow.conf"
	wait_for 10 _topo_synced
	before=$(rss "$VFLOWD")
	routes.py make "$ROUTES" guest "${DST[4]}" "${DST[6]}" >"$TEST_TMP/batch"
	start=$(ms)
	ipn r1 -b "$TEST_TMP/batch"
	diag "$(each $((1000 * ($(ms) - start))) us) by ip -batch in the guest"
	check_poll "vflowd brings them into the kernel" 30 has_routes "$ROUTES"
	diag "$(each $((1000 * ($(ms) - start))) us) until they are there"
	diag "$(each $(($(rss "$VFLOWD") - before)) bytes) in vflowd"
	routes.py guest "${NS[r1]}" >"$TEST_TMP/want"
	check "the guest has $ROUTES" test "$(wc -l <"$TEST_TMP/want")" -eq "$ROUTES"
	check "the kernel has exactly what the guest has" in_order

	left=$(($(routes_of_r1) - 2))
	kill -KILL "$VFLOWD"
	wait "$VFLOWD" 2>/dev/null || true
	ipn r1 route del 20.0.0.0/24
	ipn r1 -6 route del 2a00::/40
	start=$(ms)
	daemon "$TEST_TMP/vflow.conf"
	check_poll "killed and started again: what is stale is swept" 30 has_just "$left"
	diag "$(each $((1000 * ($(ms) - start))) us) for the resync"
	routes.py guest "${NS[r1]}" >"$TEST_TMP/want"
	check "and all others are there" in_order
}

ktap_plan 11
topo_wires
topo_ports
topo_tables
by_vflowctl
by_vflowd
