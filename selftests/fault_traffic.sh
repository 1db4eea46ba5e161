#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# One in a hundred, then one in ten allocations of the module fails, of slabs and of
# pages, while packets are forwarded and the fuzzer makes and deletes objects in the
# same namespace.  Forwarding goes on, nothing leaks or breaks, and when memory is
# back no packet is lost.
# timeout: 120
. "$(dirname "$0")/lib.sh"

ROUNDS=$(sized 60 3)
FAIL=(/sys/kernel/debug/failslab /sys/kernel/debug/fail_page_alloc)

# fail PERCENT: for allocations that the module's own code asks for.
fail()
{
	local dir start size

	read -r size start < <(awk '$1 == "vflow" { print $2, $6 }' /proc/modules)
	for dir in "${FAIL[@]}"; do
		echo 0 >"$dir/verbose"
		echo N >"$dir/ignore-gfp-wait"
		echo 32 >"$dir/stacktrace-depth"
		printf '0x%x\n' "$start" >"$dir/require-start"
		printf '0x%x\n' $((start + size)) >"$dir/require-end"
		echo 1000000000 >"$dir/times"
		echo "$1" >"$dir/probability"
	done
	echo 0 >/sys/kernel/debug/fail_page_alloc/min-order
}

faults()
{
	local dir n=0

	for dir in "${FAIL[@]}"; do
		n=$((n + 1000000000 - $(cat "$dir/times")))
	done
	echo "$n"
}

churn()
{
	local i

	for (( i = 0; i < ROUNDS; i++ )); do
		ip netns exec "${NS[host]}" nlfuzz -s $((SEED + i)) -n 2000 -p 2 \
			"$VFLOW_BUILD/vflow.json" fz0 fz1 >/dev/null || return
		ctl flow flush >/dev/null 2>&1 || true
	done
}

# under PERCENT: most of what is sent meanwhile arrives; a packet that cannot be
# copied is lost, one whose flow cannot be kept is not.
under()
{
	local before after f n n_faults

	before=$(stat_of r1 vrouter forward-packets)
	for f in 4 6; do
		spawn "$TEST_TMP/sent.$f" ip netns exec "${NS[src]}" pktio send s0 \
			--dmac "$MAC_E0" --src "${SRC[$f]}" --dst "${FAR[$f]}" \
			--flows 500 --rate 200
		SENDERS+=("$SPAWNED")
	done
	fail "$1"
	check "$1 %: objects come and go" churn
	n_faults=$(faults)
	fail 0
	stop "${SENDERS[@]}"
	SENDERS=()
	n=$(jq -s 'map(.sent) | add' "$TEST_TMP"/sent.?)
	after=$(stat_of r1 vrouter forward-packets)
	diag "$n_faults allocations failed, $((after - before)) of $n packets forwarded"
	check "$1 %: allocations did fail" test "$n_faults" -gt 0
	check "$1 %: most packets were forwarded" \
		test $(((after - before) * 100)) -ge $((n * 80))
}

need_feature "fault injection by stack trace" test -e "${FAIL[0]}/require-start"
ktap_plan 8
seed_init
topo_basic ctl
veth src x0 host fz0
veth src x1 host fz1
for f in 4 6; do
	ctl route add "${FARNET[$f]}" vrouter r1 via "${DST[$f]}" vif r1-e1
done
defer fail 0
for percent in 1 10; do
	under "$percent"
done
for f in 4 6; do
	listen dst recv --expect 200 "$(place dst d0=dst)"
	send src s0 --dmac "$MAC_E0" --src "${SRC[$f]}" --dst "${FAR[$f]}" \
		--to dst --count 200 --flows 20 --rate 500
	listened dst
	check "IPv$f: afterwards nothing is lost" arrived dst 200
done
