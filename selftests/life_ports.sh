#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What happens to devices every day, fifty times each, under traffic, to an
# uplink and a guest port: down and up, rename, detached; in life_ports_return.sh
# deletion and re-creation, and a move to another namespace and back.  The vif
# whose ports they are gets them back as soon as a port of that name is added, and
# forwards again; transit between the other vifs of the vrouter loses nothing.
# timeout: 120
. "$(dirname "$0")/lib.sh"

CYCLES=50
KINDS=${KINDS:-down_up rename detach}
MAC_E2=52:54:00:aa:00:03
MAC_D2=52:54:00:bb:00:05
declare -A GW2=([4]=10.3.0.1 [6]=fd00:3::1)
declare -A DST2=([4]=10.3.0.2 [6]=fd00:3::2)

#	src --- up0 [ r1 ] up1 --- dst		never touched
#	            [ r1 ] up2 --- d2		the vif in trouble
#	            [ r1 ] g2 --- e2
wires()
{
	local f

	topo_wires
	ns_add elsewhere
	uplink_again
	guest_again
	topo_ports
	topo_tables
	ctl_batch <<-END
	port add up2 type uplink
	port add g2 type guest
	vif add r1-e2 vrouter r1 mac $MAC_E2 uplink up2 guest g2
	END
	for f in 4 6; do
		ctl_batch <<-END
		address add ${GW2[$f]}/${LEN[$f]} vif r1-e2
		neighbor add ${DST2[$f]} lladdr $MAC_D2 vif r1-e2
		route add ${FARNET[$f]} vrouter r1 via ${DST[$f]} vif r1-e1
		END
	done
}

uplink_again()
{
	ip -n "${NS[host]}" link add up2 type veth \
		peer name d2 address "$MAC_D2" netns "${NS[dst]}"
	ipn host link set up2 up
	ipn dst link set d2 up
}

guest_again()
{
	ip -n "${NS[host]}" link add g2 type veth \
		peer name e2 address "$MAC_E2" netns "${NS[r1]}"
	ipn host link set g2 up
	ipn r1 link set e2 up
	addr r1 e2 "${GW2[4]}/24" "${GW2[6]}/64"
}

state()
{
	kernel_get '.[] | select(.name == "r1-e2") | .state | join(" ")' vif-get
}

# The vif forwards (by the uplink) and its guest answers (by the guest port).
# Other packets arrive at d2, too.
works()
{
	listen d2 count "$(place dst d2)" -- stream=77 to=dst2
	send src s0 --dmac "$MAC_E0" --src "${SRC[$1]}" --dst "${DST2[$1]}" \
		--to dst2 --stream 77 --count 20
	hang_up d2
	[[ $(answer d2 .frames) == 20 ]] && ping_from "$1" src "${GW2[$1]}"
}

all_well()
{
	[[ $(state) == "" ]] && works 4 && works 6
}

# The kinds: each does all its cycles, of both devices.  ip and vflowctl get
# them in batches, which leaves the devices hardly any time between two changes.
repeat()
{
	local i text

	text=$(cat)
	for (( i = 0; i < CYCLES; i++ )); do
		printf '%s\n' "$text"
	done
}

down_up()
{
	repeat <<-END | ipn host -b -
	link set up2 down
	link set g2 down
	link set up2 up
	link set g2 up
	END
}

rename()
{
	repeat <<-END | ipn host -b -
	link set up2 down
	link set up2 name renamed
	link set renamed up
	link set g2 down
	link set g2 name other
	link set other up
	link set renamed down
	link set renamed name up2
	link set up2 up
	link set other down
	link set other name g2
	link set g2 up
	END
}

detach()
{
	repeat <<-END | ctl_batch
	port del up2
	port del g2
	port add g2 type guest
	port add up2 type uplink
	END
}

both_again()
{
	ctl_batch <<-END
	port add up2 type uplink
	port add g2 type guest
	END
}

# The other ends stay in the host meanwhile: one process does it all.
recreate()
{
	local i

	for (( i = 0; i < CYCLES; i++ )); do
		ipn host -b - <<-END && both_again || return
		link del up2
		link del g2
		link add up2 type veth peer name d2 address $MAC_D2
		link add g2 type veth peer name e2 address $MAC_E2
		link set up2 up
		link set g2 up
		link set d2 up
		link set e2 up
		END
	done
	ipn host link del up2 && ipn host link del g2 && uplink_again &&
		guest_again && both_again
}

move()
{
	local i

	for (( i = 0; i < CYCLES; i++ )); do
		ipn host -b - <<-END || return
		link set up2 netns ${NS[elsewhere]}
		link set g2 netns ${NS[elsewhere]}
		END
		ipn elsewhere -b - <<-END || return
		link set up2 netns ${NS[host]}
		link set g2 netns ${NS[host]}
		END
		ipn host -b - <<-END && both_again || return
		link set up2 up
		link set g2 up
		END
	done
}

# Transit between the untouched vifs, and traffic into the one in trouble.
background()
{
	local f

	for f in 4 6; do
		spawn "$TEST_TMP/sent.$f" ip netns exec "${NS[src]}" \
			pktio send s0 --dmac "$MAC_E0" --src "${SRC[$f]}" \
			--dst "${FAR[$f]}" --to dst --stream "$f" --flows 50 \
			--rate 100
		KEEP+=("$SPAWNED")
		spawn "$TEST_TMP/noise.$f" ip netns exec "${NS[src]}" \
			pktio send s0 --dmac "$MAC_E0" --src "${SRC[$f]}" \
			--dst "${DST2[$f]}" --to noise --flows 50 --rate 100
		NOISE+=("$SPAWNED")
		# What only the guest can answer keeps its port busy.
		spawn "$TEST_TMP/local.$f" ip netns exec "${NS[src]}" \
			pktio send s0 --dmac "$MAC_E0" --src "${SRC[$f]}" \
			--dst "${GW2[$f]}" --to noise --proto tcp --flows 5 \
			--rate 20
		NOISE+=("$SPAWNED")
	done
}

KEEP=()
NOISE=()

read -ra kinds <<<"$KINDS"
ktap_plan $((3 + 2 * ${#kinds[@]}))
wires
check "the vif works before" all_well
listen dst recv "$(place dst d0=dst)"
background
for kind in "${kinds[@]}"; do
	check "$kind: $CYCLES times an uplink and a guest port" "$kind"
	check_poll "$kind: afterwards the vif works" 5 all_well
done
stop "${NOISE[@]}" "${KEEP[@]}"
hang_up dst
check "transit between the other vifs lost nothing" \
	arrived dst "$(jq -s 'map(.sent) | add' "$TEST_TMP"/sent.?)"
check_eq "no port, vif or route has been left over or lost" "6 3" \
	echo "$(kernel_get length port-get) $(kernel_get length vif-get)"
