#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The host keeps its uplink: its own TCP connection and pings go on undisturbed
# while the device is attached, used for transit for 60 seconds, and detached.
# timeout: 110
. "$(dirname "$0")/lib.sh"

SECONDS_USED=60
RATE=500

declare -A HOST=([4]=10.1.0.254 [6]=fd00:1::fe)
declare -A TALK=() PING=()

start_talking()
{
	local f=$1

	spawn "$TEST_TMP/serve$f" ip netns exec "${NS[host]}" \
		chat.py serve "${HOST[$f]}" 22
	wait_for 10 grep -q ready "$TEST_TMP/serve$f"
	spawn "$TEST_TMP/talk$f" ip netns exec "${NS[src]}" \
		chat.py talk "${HOST[$f]}" 22
	TALK[$f]=$SPAWNED
	spawn "$TEST_TMP/ping$f" ip netns exec "${NS[src]}" \
		ping "-$f" -n -i 0.1 -W "$(slow 2)" "${HOST[$f]}"
	PING[$f]=$SPAWNED
	wait_for 10 grep -q "icmp_seq=5" "$TEST_TMP/ping$f"
}

stop_talking()
{
	local f=$1

	stop "${TALK[$f]}" "${PING[$f]}"
}

# At least so many answers, and none waited for longer than a second: no
# retransmission timeout, no relearned neighbor.
talked()
{
	local answers longest

	read -r answers longest <"$TEST_TMP/talk$1" &&
	echo "$answers answers, the longest after $longest ms" &&
	(( answers > $2 && longest < 1000 * VFLOW_SLOW ))
}

# Every request has its answer, up to the last one that was answered: the one
# after it may have been on its way when ping ended.
pinged()
{
	sed -n 's/.* icmp_seq=\([0-9]*\) .* time=.*/\1/p' "$TEST_TMP/ping$1" |
		sort -nu | awk -v least=$((SECONDS_USED * 5)) '
			$1 != ++n { print "lost: " n " to " $1 - 1; n = $1; bad = 1 }
			END { print n " answers"; exit bad || n < least }'
}

# In the background; the process is added to SENDERS.
transit()
{
	in_ns src pktio send s0 --dmac "$MAC_E0" --src "${SRC[$1]}" \
		--dst "${FAR[$1]}" --to dst --stream "$1" --flows 50 \
		--rate "$RATE" --time "$SECONDS_USED" >"$TEST_TMP/transit$1" &
	SENDERS+=("$!")
}

SENDERS=()

ktap_plan 8
topo_wires
for f in 4 6; do
	addr host up0 "${HOST[$f]}/${LEN[$f]}"
done
for f in 4 6; do
	start_talking "$f"
done
topo_ports
topo_tables
for f in 4 6; do
	ctl route add "${FARNET[$f]}" vrouter r1 via "${DST[$f]}" vif r1-e1
	ipn r1 route add "${FARNET[$f]}" via "${DST[$f]}"
done

listen dst recv "$(place dst d0=dst)"
for f in 4 6; do
	transit "$f"
done
wait "${SENDERS[@]}"
hang_up dst
check "$SECONDS_USED s of transit through the same uplink, nothing lost" \
	arrived dst "$(jq -s 'map(.sent) | add' "$TEST_TMP"/transit?)"
check_eq "in both families" "0 0" answer dst '[.streams[].lost] | join(" ")'
ctl_batch <<-END
vif del r1-e0
vif del r1-e1
vrouter del r1
port del up0
port del up1
port del g0
port del g1
END
check_eq "everything is detached" "[] [] []" \
	echo "$(kernel port-get) $(kernel vrouter-get) $(kernel vif-get)"
for f in 4 6; do
	check "IPv$f: the host can still be pinged" ping_from "$f" src "${HOST[$f]}" 5
done
for f in 4 6; do
	stop_talking "$f"
done
check "the host's TCP connections went on without a pause" \
	eval "talked 4 $((SECONDS_USED * 5)) && talked 6 $((SECONDS_USED * 5))"
check "no IPv4 ping of the host was lost" pinged 4
check "no IPv6 ping of the host was lost" pinged 6
