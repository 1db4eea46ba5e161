#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What must not pass does not, and is counted by its reason: hundreds of
# malformed packets from the network, frames of a guest with a foreign MAC, in
# an unknown VLAN or to link-local control addresses, frames for unknown MACs.
# timeout: 100
. "$(dirname "$0")/lib.sh"

N=50

nothing_passed()
{
	jq . "$TEST_TMP/out" && [[ $(answer out .frames) == 0 ]]
}

replay_malformed()
{
	hostile.py malformed "$1" "$MAC_E0" "$MAC_S0" \
		"${SRC[$1]}" "${DST[$1]}" | in_ns src pktio replay --vnet s0 - \
		>"$TEST_TMP/sent"
	[[ $(jq -c . "$TEST_TMP/sent") == "{\"sent\":$2,\"refused\":0}" ]]
}

from_network()
{
	local f=$1 reason total=0 dropped
	local -A want=() before=()

	for reason in malformed checksum; do
		want[$reason]=$(hostile.py count "$f" "$reason")
		before[$reason]=$(drops_of vif r1-e0 "$reason")
		total=$((total + want[$reason]))
	done
	dropped=$(stat_of r1-e0 vif drop-packets)
	# The kernels' own chatter is no sign of a malformed packet.
	listen out count "$(place dst d0)" "$(place r1 e0)" "$(place r1 e1)" \
		-- in !arp !nd !mld
	check "IPv$f: $total malformed packets are sent" \
		replay_malformed "$f" "$total"
	hang_up out
	check "IPv$f: nothing of it comes out" nothing_passed
	for reason in malformed checksum; do
		check_eq "IPv$f: ${want[$reason]} counted as $reason" \
			"${want[$reason]}" echo \
			$(($(drops_of vif r1-e0 "$reason") - before[$reason]))
	done
	check_eq "IPv$f: and no more dropped" "$total" \
		echo $(($(stat_of r1-e0 vif drop-packets) - dropped))
}

# from_guest TEXT PLACE NAME REASON ARGUMENT...: packets that the guest must
# not send.
from_guest()
{
	local text=$1 where=$2 name=$3 reason=$4 before

	shift 4
	before=$(drops_of "$where" "$name" "$reason")
	listen out count "$(place src s0)" "$(place dst d0)" -- in stream=77
	send r1 e0 --count "$N" --stream 77 "$@"
	hang_up out
	check "$text: nothing of it comes out" nothing_passed
	check_eq "$text: counted as $reason" "$N" \
		echo $(($(drops_of "$where" "$name" "$reason") - before))
}

good_from_guest()
{
	listen out recv --expect "$N" "$(place src s0=src)"
	send r1 e0 --count "$N" --to src "$@"
	listened out
	arrived out "$N"
}

# The device fills in no checksum, so the kernel does, where the guest says.  Kernels
# differ in which of these places they refuse to take from a sender.
headers_stay()
{
	local frame sent

	hostile.py checksums "$1" "$MAC_S0" "$MAC_E0" "${GW0[$1]}" "${SRC[$1]}" \
		>"$TEST_TMP/checksums"
	frame=$(cut -d : -f 2 "$TEST_TMP/checksums" | uniq)
	listen out capture --output "$TEST_TMP/seen" "$(place src s0)" -- in
	in_ns r1 pktio replay --vnet e0 "$TEST_TMP/checksums" >"$TEST_TMP/sent"
	hang_up out
	sent=$(jq .sent "$TEST_TMP/sent")
	echo "$sent were sent; what came out and is not $frame:"
	grep -v "$frame" "$TEST_TMP/seen"
	(( sent > 0 )) && [[ $(grep -c "$frame" "$TEST_TMP/seen") == "$sent" ]]
}

unknown_mac()
{
	listen out count "$(place dst d0)" "$(place r1 e0)" "$(place r1 e1)" \
		"$(place src s0)" -- in stream=78
	send src s0 --count "$N" --stream 78 --dmac 52:54:00:ee:ee:ee "$@"
	hang_up out
	nothing_passed
}

still_routes()
{
	listen out recv --expect 100 "$(place dst d0=dst)"
	send src s0 --count 100 --to dst --dmac "$MAC_E0" "$@"
	listened out
	arrived out 100
}

ktap_plan 42
topo_basic ctl
in_ns host ethtool -K up0 tx off >/dev/null
for f in 4 6; do
	from_network "$f"
	flow=(--src "${SRC[$f]}" --dst "${DST[$f]}")
	back=(--src "${GW0[$f]}" --dst "${SRC[$f]}")
	check "IPv$f: for an unknown MAC: nobody gets it" unknown_mac "${flow[@]}"
	from_guest "IPv$f: foreign MAC" port g0 spoofed \
		--smac 52:54:00:ee:ee:ee --dmac "$MAC_S0" "${back[@]}"
	from_guest "IPv$f: foreign MAC to all" port g0 spoofed \
		--smac 52:54:00:ee:ee:ee --dmac ff:ff:ff:ff:ff:ff "${back[@]}"
	from_guest "IPv$f: MAC of another vif of the guest" port g0 spoofed \
		--smac "$MAC_E1" --dmac "$MAC_S0" "${back[@]}"
	from_guest "IPv$f: multicast source MAC" port g0 spoofed \
		--smac 03:00:00:00:00:01 --dmac "$MAC_S0" "${back[@]}"
	from_guest "IPv$f: unknown VLAN" port g0 unknown-vlan \
		--vlan 99 --dmac "$MAC_S0" "${back[@]}"
	from_guest "IPv$f: link-local control address" vif r1-e0 l2-control \
		--dmac 01:80:c2:00:00:0e "${back[@]}"
	check "IPv$f: what the guest may send arrives" \
		good_from_guest --dmac "$MAC_S0" "${back[@]}"
	check "IPv$f: its headers stay as they are, whatever it lets be summed" \
		headers_stay "$f"
	check "IPv$f: and transit goes on" still_routes "${flow[@]}"
done
