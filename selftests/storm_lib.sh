# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# For the tests whose subject is what comes and goes while everything is busy:
# four wires into the namespace "host", packets on all of them, and the fuzzer,
# which creates, changes and deletes ports, vrouters and all that is in them,
# leaves dumps open and does not read its notifications.
#
# What of the packets finds a way through what the fuzzer makes nobody knows.  So there
# is a vrouter beside it that the fuzzer has no name for, which sends back into VLAN 5 what
# comes in on its wire keep0: what arrives at the other end shows that the module
# forwards.

# storm_keep_wire: keep0 in host, back0 in out; nobody but the module sends on it.
storm_keep_wire()
{
	ip -b - <<-END
	link add keep0 netns ${NS[host]} type veth peer name back0 netns ${NS[out]}
	END
	ipn host link set keep0 addrgenmode none arp off up
	ipn out link set back0 up
}

# storm_keep: the vrouter of that wire, and one with a name that a shell had better
# quote, since the fuzzer can find such names, too.
storm_keep()
{
	ctl_batch <<-END
	port add keep0 type uplink
	vrouter add keep
	vrouter add *
	vif add keep-in vrouter keep mac 52:54:00:fd:01:01 uplink keep0
	vif add keep-out vrouter keep mac 52:54:00:fd:01:02 uplink keep0 vlan 5
	address add 10.241.0.1/24 vif keep-out
	address add fd00:f1::1/64 vif keep-out
	neighbor add 10.241.0.2 lladdr 52:54:00:fd:01:03 vif keep-out
	neighbor add fd00:f1::2 lladdr 52:54:00:fd:01:03 vif keep-out
	END
}

# kept [DEV]: how many packets have come back, as the sender's namespace counts them.
kept()
{
	local dev packets

	while read -r dev _ packets _; do
		[[ $dev != "${1:-back0}:" ]] || echo "$packets"
	done <"/proc/$STORM_SENDER/net/dev"
}

# more_kept NUMBER [DEV]: more than that many.
more_kept()
{
	local now

	now=$(kept "${2:-}")
	echo "${now:-no} packets have come back, $1 before"
	(( now > $1 ))
}

# storm_forwards: packets go through the module now.
storm_forwards()
{
	local before

	before=$(kept)
	poll_until 30 more_kept "${before:-0}" || { echo "$OUT"; return 1; }
}

# storm_wires: fz0..fz3 in host, x0..x3 in out, both new.  Few processes: on a debug
# kernel each takes half a second.
storm_wires()
{
	local i

	NS["host"]=host-$$
	NS["out"]=out-$$
	defer ns_del host out
	{
		printf 'netns add %s\n' "${NS[host]}" "${NS[out]}"
		for i in 0 1 2 3; do
			echo "link add fz$i netns ${NS[host]} type veth" \
				"peer name x$i netns ${NS[out]}"
		done
	} | ip -b -
	printf 'link set fz%d up\n' 0 1 2 3 | ip -n "${NS[host]}" -b -
	printf 'link set x%d up\n' 0 1 2 3 | ip -n "${NS[out]}" -b -
	storm_keep_wire
}

# storm_packets: for the MACs and addresses that the fuzzer gives to vifs, and for the
# vrouter keep.  Few, and all of them begun and ended at once: a debug kernel forwards
# 2,500 packets a second.
storm_packets()
{
	# shellcheck disable=SC2016
	spawn "$TEST_TMP/packets" ip netns exec "${NS[out]}" bash -c '
		trap "kill \$(jobs -p); exit" TERM
		for i in 0 1 2 3; do
			from=10.$i.0.1 to=10.101.0.1
			(( i % 2 == 0 )) || from=fd00:$i::1 to=fd00:65::1
			pktio send "x$i" --dmac "52:54:00:fe:00:0$i" \
				--src "$from" --dst "$to" --flows 100 --rate 50 &
		done
		for to in 10.241.0.2 fd00:f1::2; do
			pktio send back0 --dmac 52:54:00:fd:01:01 --src "${to%2}9" \
				--dst "$to" --flows 100 --rate 50 &
		done
		wait'
	# It ends with its namespace, and bash need not say so.
	disown "$SPAWNED"
	STORM_SENDER=$SPAWNED
}

# storm_fuzz NUMBER: messages from two processes, in the background, until storm_over.
# It starts, or comes back to, any module that there is; that it has made something is
# what storm_busy waits for.
storm_fuzz()
{
	[[ -p $TEST_TMP/storm ]] || mkfifo "$TEST_TMP/storm"
	[[ -n ${STORM_SAYS:-} ]] || exec {STORM_SAYS}<>"$TEST_TMP/storm"
	# A process group of its own: all of it can be ended at once.
	setsid ip netns exec "${NS[host]}" nlfuzz -w -s "$((SEED + $1))" -p 2 \
		"$VFLOW_BUILD/vflow.json" fz0 fz1 fz2 fz3 >"$TEST_TMP/storm" 2>&1 &
	STORM=$!
}

# storm_heard SECONDS WORDS: the next thing that the fuzzer says begins so; it is in
# $HEARD.
storm_heard()
{
	read -r -t "$(slow "$1")" -u "$STORM_SAYS" HEARD ||
		{ echo "the fuzzer says nothing"; return 1; }
	[[ $HEARD == "$2"* ]] || { echo "the fuzzer: $HEARD"; return 1; }
}

storm_busy()
{
	storm_heard 30 busy
}

# storm_goes_on: it has not failed.
storm_goes_on()
{
	kill -0 "$STORM" || { timeout 1 cat <&"$STORM_SAYS" || true; return 1; }
}

# storm_over: it has ended, all its sockets are closed.
storm_over()
{
	storm_goes_on && kill -TERM "$STORM" && wait "$STORM"
}

# delete_all: what the fuzzer has made and all else.
delete_all()
{
	local kind name

	for kind in vrouter port; do
		kernel_get '.[].name' "$kind-get" >"$TEST_TMP/names" || return
		while read -r name; do
			ctl "$kind" del "$name" || return
		done <"$TEST_TMP/names"
	done
}
