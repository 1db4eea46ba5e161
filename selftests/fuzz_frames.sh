#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Frames that no decent host sends, into the taps of a guest and of uplinks, whose
# virtio_net_hdr may lie, and through packet sockets: more than a thousand made by
# hand (evil.py), then random mutations of good and evil ones and random bytes, whole and
# in pieces.
# Nothing breaks, what is malformed is not forwarded, every frame from the guest is
# accounted for, and good ones still get through afterwards.
# timeout: 150
. "$(dirname "$0")/lib.sh"

# A third of them the tap itself refuses.
FRAMES=$(sized 2000000 20000)

# up0, up1, g0 and g1 are taps; up2 is a veth whose end x2 is for packet sockets.
wires()
{
	local dev

	ns_add out host
	for dev in up0 up1 g0 g1; do
		ipn host tuntap add dev "$dev" mode tap vnet_hdr
		ipn host link set "$dev" up mtu 9000
	done
	veth host up2 out x2
	ipn host link set up2 mtu 9000
	ipn out link set x2 mtu 9000
	topo_ports
	topo_tables
	ctl_batch <<-END
	port add up2 type uplink
	vif add r1-e2 vrouter r1 mac $MAC_E2 uplink up2
	route add ${FARNET[4]} vrouter r1 via ${DST[4]} vif r1-e1
	route add ${FARNET[6]} vrouter r1 via ${DST[6]} vif r1-e1
	END
}

# corpus CLASS DMAC SMAC: what evil.py makes of it.
corpus()
{
	evil.py "$1" "$2" "$3" "${SRC[4]}" "${FAR[4]}" "${SRC[6]}" "${FAR[6]}"
}

corpora()
{
	local class

	for class in broken odd good; do
		corpus "$class" "$MAC_E0" "$MAC_S0" >"$TEST_TMP/up.$class"
		corpus "$class" "$MAC_S0" "$MAC_E0" >"$TEST_TMP/guest.$class"
		corpus "$class" "$MAC_E2" "$MAC_S0" >"$TEST_TMP/veth.$class"
	done
	cat "$TEST_TMP"/up.* >"$TEST_TMP/all.up"
	cat "$TEST_TMP"/guest.* >"$TEST_TMP/all.guest"
	frames.py list a >>"$TEST_TMP/all.up"
}

# fuzz ARGUMENT...: pktfuzz in the host; taps that are not named are drained.
fuzz()
{
	in_ns host pktfuzz -s "$SEED" "$@" >"$TEST_TMP/fuzz" || return
	cat "$TEST_TMP/fuzz"
}

raw()
{
	in_ns out pktio replay --vnet x2 "$1" >"$TEST_TMP/raw"
}

forwarded()
{
	stat_of r1 vrouter forward-packets
}

# good_ones COMMAND...: it sends the good frames; all must be forwarded.
good_ones()
{
	local before

	before=$(forwarded)
	"$@" || return
	poll_until 5 all_forwarded $((before + GOOD)) ||
		{ echo "$(($(forwarded) - before)) of $GOOD"; return 1; }
}

all_forwarded()
{
	(( $(forwarded) >= $1 ))
}

none_forwarded()
{
	local before

	before=$(forwarded)
	"$@" || return
	sleep 0.2
	(( $(forwarded) == before )) ||
		{ echo "$(($(forwarded) - before)) were forwarded"; return 1; }
}

# What the guest sent is forwarded, or goes to an uplink or another guest, or is
# dropped: never does the host get it.
host_sees()
{
	in_ns host cat /proc/net/snmp /proc/net/snmp6 |
		awk '/^Ip: [0-9]/ { n += $4 } /^Ip6InReceives/ { n += $2 } END { print n }'
}

MAC_E2=52:54:00:aa:00:03
GOOD=$(evil.py count good)
BROKEN=$(evil.py count broken)
ODD=$(evil.py count odd)

need_module tun
ktap_plan 16
seed_init
wires
corpora
check "there are more than 400 of them" test $((BROKEN + ODD)) -ge 400
taps=(up0= up1= g0= g1=)
for mode in whole pieces; do
	how=()
	[[ $mode == whole ]] || how=(-f)
	check "$mode: $GOOD good frames pass" good_ones \
		fuzz "${how[@]}" up0="$TEST_TMP/up.good" "${taps[@]:1}"
	check "$mode: none of $BROKEN malformed ones does" none_forwarded \
		fuzz "${how[@]}" up0="$TEST_TMP/up.broken" "${taps[@]:1}"
	check "$mode: $ODD odd ones are survived" \
		fuzz "${how[@]}" up0="$TEST_TMP/up.odd" "${taps[@]:1}"
	before=$(host_sees)
	check "$mode: and all of them from the guest" fuzz "${how[@]}" up0= up1= \
		g0="$TEST_TMP/all.guest" g1=
	check_eq "$mode: of which the host gets none" "$before" host_sees
done
check "packet socket: none of $BROKEN malformed ones passes" \
	none_forwarded raw "$TEST_TMP/veth.broken"
check "packet socket: $ODD odd ones are survived" raw "$TEST_TMP/veth.odd"
for mode in whole pieces; do
	how=()
	[[ $mode == whole ]] || how=(-f)
	check "$mode: $((FRAMES / 2)) random frames are survived" fuzz "${how[@]}" \
		-n $((FRAMES / 2)) up0="$TEST_TMP/all.up" up1= \
		g0="$TEST_TMP/all.guest" g1=
	diag "$(cat "$TEST_TMP/fuzz")"
done
check "the good ones still pass" good_ones \
	fuzz up0="$TEST_TMP/up.good" "${taps[@]:1}"
