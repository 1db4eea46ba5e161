#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What comes out of vflow is what Linux itself would have sent: hundreds of
# hand-made frames (frames.py) go into the same router twice, once with its
# wires directly on the outside, so that its kernel forwards, once behind
# vflow.  All frames that come out are compared, byte for byte and with their
# offload state.  tcpdump and a socket that reads only afterwards run on every
# port: forwarding must not write into what they hold.
# timeout: 60
. "$(dirname "$0")/lib.sh"

need_cmd tcpdump
need_module 8021q

# The world W of the guest: routers, the outside, and (in "v") a host.
world()
{
	local w=$1 side

	ns_add "${w}r" "${w}a" "${w}b"
	if [[ $w == v ]]; then
		ns_add host
		wire "${w}a" a0 host up0
		wire "${w}b" b0 host up1
		wire host g0 "${w}r" eth0
		wire host g1 "${w}r" eth1
	else
		wire "${w}a" a0 "${w}r" eth0
		wire "${w}b" b0 "${w}r" eth1
	fi
	set_mac "${w}a" a0 02:00:00:00:0a:02
	set_mac "${w}b" b0 02:00:00:00:0b:02
	set_mac "${w}r" eth0 02:00:00:00:00:01
	set_mac "${w}r" eth1 02:00:00:00:01:01
	router "${w}r"
	# The outside says nothing by itself.
	for side in a b; do
		in_ns "$w$side" sysctl -qw "net.ipv6.conf.${side}0.disable_ipv6=1"
		ipn "$w$side" link set "${side}0" arp off
	done
}

wire()
{
	veth "$@"
	ipn "$1" link set "$2" mtu 9000
	ipn "$3" link set "$4" mtu 9000
}

router()
{
	local r=$1 id

	forwarding "$r"
	# Every frame is answered, or the comparison would depend on time.
	in_ns "$r" sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0 \
		net.ipv6.auto_flowlabels=0 net.ipv4.conf.all.send_redirects=1
	in_ns "$r" sysctl -qw net.ipv4.icmp_msgs_per_sec=1000000 \
		net.ipv4.icmp_msgs_burst=1000000 2>/dev/null || true
	# Link-local addresses follow the MAC only when the device comes up.
	for id in 0 1; do
		ipn "$r" link set "eth$id" down
		ipn "$r" link set "eth$id" up
	done
	for id in 100 200; do
		ipn "$r" link add link eth1 name "eth1.$id" type vlan id "$id"
	done
	ipn "$r" link set eth1.100 mtu 1400 up
	ipn "$r" link set eth1.200 mtu 1500 up
	addr "$r" eth0 10.1.0.1/24 2001:db8:1::1/64
	addr "$r" eth1 10.2.0.1/24 2001:db8:2::1/64
	addr "$r" eth1.100 10.3.0.1/24 2001:db8:3::1/64
	addr "$r" eth1.200 10.4.0.1/24 2001:db8:4::1/64
	tables | sed -n 's/^guest //p' | ipn "$r" -b -
}

# The tables, once for both: lines "guest ..." for ip(8), "vflow ..." for
# vflowctl.
tables()
{
	local n dev vif mac net

	for n in 1 2 3 4; do
		dev=eth1.$(((n - 2) * 100))
		case $n in 1) dev=eth0 ;; 2) dev=eth1 ;; esac
		vif=v-$dev
		mac=02:00:00:00:0b:02
		[[ $n != 1 ]] || mac=02:00:00:00:0a:02
		for net in "10.$n.0 10.1$n.0.0/16 24" "2001:db8:$n: 2001:db8:1$n::/48 64"; do
			# shellcheck disable=SC2086
			set -- $net
			local sep=. far=$2 len=$3
			[[ $1 != *: ]] || sep=:
			cat <<-END
			guest neigh replace $1${sep}2 lladdr $mac dev $dev
			guest route add $far via $1${sep}2
			vflow address add $1${sep}1/$len vif $vif
			vflow neighbor add $1${sep}2 lladdr $mac vif $vif
			vflow route add $far vrouter r via $1${sep}2 vif $vif
			END
		done
	done
	cat <<-END
	guest route add 10.15.0.0/16 via 10.2.0.2 mtu lock 1300
	guest route add 2001:db8:15::/48 via 2001:db8:2::2 mtu lock 1300
	guest route add 10.16.0.0/16 via inet6 2001:db8:2::2 dev eth1
	vflow route add 10.15.0.0/16 vrouter r via 10.2.0.2 vif v-eth1 mtu 1300
	vflow route add 2001:db8:15::/48 vrouter r via 2001:db8:2::2 vif v-eth1 mtu 1300
	vflow route add 10.16.0.0/16 vrouter r via 2001:db8:2::2 vif v-eth1
	END
	for n in 66/blackhole 67/unreachable 68/prohibit; do
		for net in "10.${n%/*}.0.0/16" "2001:db8:${n%/*}::/48"; do
			echo "guest route add ${n#*/} $net"
			echo "vflow route add $net vrouter r ${n#*/}"
		done
	done
}

configure()
{
	ctl_batch <<-END
	port add up0 type uplink
	port add up1 type uplink
	port add g0 type guest
	port add g1 type guest
	vrouter add r
	vif add v-eth0 vrouter r mac 02:00:00:00:00:01 uplink up0 guest g0
	vif add v-eth1 vrouter r mac 02:00:00:00:01:01 uplink up1 guest g1
	vif add v-eth1.100 vrouter r mac 02:00:00:00:01:01 uplink up1 vlan 100 guest g1 guest-vlan 100 mtu 1400
	vif add v-eth1.200 vrouter r mac 02:00:00:00:01:01 uplink up1 vlan 200 guest g1 guest-vlan 200 mtu 1500
	END
	tables | sed -n 's/^vflow //p' | ctl_batch
}

# run WORLD: send all frames, collect what comes out.
run()
{
	local w=$1 side

	listen "out-$w" capture --vnet --output "$TEST_TMP/$w.cap" \
		"$(place "${w}a" a0=a)" "$(place "${w}b" b0=b)"
	for side in a b; do
		in_ns "$w$side" pktio replay --vnet --gap 3000 "${side}0" \
			"$TEST_TMP/$side.frames" >"$TEST_TMP/$w$side.sent"
	done
	# The last answers take as long as the router's patience with neighbors
	# that do not answer: three seconds.
	listen quiet count --idle 5 "$(place "${w}a" a0)" "$(place "${w}b" b0)"
	listened quiet
	hang_up "out-$w"
}

all_sent()
{
	jq -s . "$TEST_TMP/$1"?.sent && jq -e '.refused == 0' "$TEST_TMP/$1"?.sent
}

# Two witnesses on each port of the host.
witnesses()
{
	local port

	for port in up0 up1 g0 g1; do
		spawn "$TEST_TMP/tcpdump-$port.log" ip netns exec "${NS[host]}" \
			tcpdump -i "$port" -Q in -s 0 -B 65536 -w "$TEST_TMP/$port.pcap"
		TCPDUMP[$port]=$SPAWNED
		wait_for 10 grep -q "listening on" "$TEST_TMP/tcpdump-$port.log"
		listen "late-$port" capture --late "$TEST_TMP/all-sent" \
			--output "$TEST_TMP/$port.late" "$(place host "$port")"
	done
}

dismiss()
{
	local port

	touch "$TEST_TMP/all-sent"
	for port in up0 up1 g0 g1; do
		stop "${TCPDUMP[$port]}"
		hang_up "late-$port"
	done
}

declare -A TCPDUMP=()

ktap_plan 8
check "there are at least 200 frames" frames.py check 200
for side in a b; do
	frames.py list "$side" >"$TEST_TMP/$side.frames"
done
world l
run l
check "all could be sent to Linux" all_sent l
world v
configure
witnesses
run v
dismiss
check "all could be sent to vflow" all_sent v
check "what comes out is the same" \
	frames.py compare "$TEST_TMP/l.cap" "$TEST_TMP/v.cap"
diag "$(tail -n 4 <<<"$OUT")"
for side in a/up0 b/up1; do
	check "${side#*/}: tcpdump's copies are what was sent" \
		frames.py inputs "${side%/*}" "$TEST_TMP/${side#*/}.pcap"
	check "${side#*/}: a late reader's copies, too" \
		frames.py inputs "${side%/*}" "$TEST_TMP/${side#*/}.late"
done
