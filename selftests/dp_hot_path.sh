#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Instructions per packet of the hot path, beside Linux forwarding and the bare
# redirect, on the same wires.  With -icount the machine counts instructions
# instead of time: one is one nanosecond, so a rate is a count, the same in
# every run.  vflow must cost at least a tenth less than ip_forward, the cost
# of generating the packets included in both.
# vng: --icount
# timeout: 1500
. "$(dirname "$0")/lib.sh"

WARM=10000
PACKETS=30000

# What has been measured: instructions per packet by name.
declare -A COST

pg_set()
{
	local file=$1

	shift
	in_ns src tee "/proc/net/pktgen/$file" <<<"$*" >/dev/null
}

# generate FAMILY FLOWS DMAC: send WARM packets and then PACKETS, and set RATE to
# packets per second of the latter.  Both in one go by the shell itself: while
# the machine waits for a program from disk, its clock runs fast, and flows age.
generate()
{
	local f=$1 flows=$2 dmac=$3 six=

	[[ $f == 4 ]] || six=6
	pg_set kpktgend_0 rem_device_all
	pg_set kpktgend_0 add_device s0
	pg_set s0 pkt_size "$([[ $f == 4 ]] && echo 60 || echo 80)"
	pg_set s0 delay 0
	pg_set s0 clone_skb 0
	pg_set s0 burst 1
	pg_set s0 dst_mac "$dmac"
	pg_set s0 "dst$six" "${DST[$f]}"
	if [[ $f == 4 ]]; then
		pg_set s0 src_min "${SRC[4]}"
		pg_set s0 src_max "${SRC[4]}"
	else
		pg_set s0 src6 "${SRC[6]}"
	fi
	pg_set s0 udp_src_min 1000
	pg_set s0 udp_src_max $((1000 + flows))
	# shellcheck disable=SC2016
	in_ns src bash -c 'cd /proc/net/pktgen
		for count; do echo "count $count" >s0; echo start >pgctrl; done' \
		pktgen "$WARM" "$PACKETS"
	RATE=$(in_ns src grep -oE '[0-9]+pps' /proc/net/pktgen/s0)
	RATE=${RATE%pps}
}

tx_packets()
{
	in_ns host cat /sys/class/net/up1/statistics/tx_packets
}

# What the host and the guest have sent to up1 themselves: IPv6 reports its
# multicast groups when it likes.
own_packets()
{
	{
		in_ns host cat /proc/net/dev_snmp6/up1
		in_ns r1 cat /proc/net/dev_snmp6/e1
	} | awk '$1 == "Icmp6OutMsgs" { n += $2 } END { print n + 0 }'
}

# forwarded: what came out of up1 beside these.  One that is sent while the counters are
# read is in one of them only: then they are read again.
forwarded()
{
	local own tx

	while true; do
		own=$(own_packets)
		tx=$(tx_packets)
		[[ $(own_packets) != "$own" ]] || break
	done
	echo $((tx - own))
}

# measure NAME FAMILY FLOWS DMAC: all packets must come out of up1.
measure()
{
	local name=$1 before sent

	shift
	before=$(forwarded)
	generate "$1" "$2" "$3"
	sent=$(($(forwarded) - before))
	(( sent == WARM + PACKETS )) ||
		bail "$name: $sent of $((WARM + PACKETS)) forwarded"
	COST[$name]=$((1000000000 / RATE))
	diag "$name: ${COST[$name]} instructions per packet"
}

floor()
{
	in_ns host tc qdisc add dev up0 clsact
	in_ns host tc filter add dev up0 ingress matchall \
		action mirred egress redirect dev up1
	measure "redirect" 4 64 "$MAC_E0"
	in_ns host tc qdisc del dev up0 clsact
}

linux()
{
	local f

	forwarding host
	for f in 4 6; do
		addr host up0 "${GW0[$f]}/${LEN[$f]}"
		addr host up1 "${GW1[$f]}/${LEN[$f]}"
		ipn host neigh replace "${DST[$f]}" lladdr "$MAC_D0" dev up1
		ipn host neigh replace "${SRC[$f]}" lladdr "$MAC_S0" dev up0
	done
	for f in 4 6; do
		measure "ip_forward, IPv$f" "$f" 64 "$(mac_of host up0)"
	done
	ipn host addr flush dev up0
	ipn host addr flush dev up1
}

# at_least_a_tenth_less A B
at_least_a_tenth_less()
{
	echo "$1 against $2"
	(( $1 * 10 <= $2 * 9 ))
}

ktap_plan 4
need_cmd tc
modprobe pktgen || skip_all "no pktgen"
topo_wires
in_ns dst tc qdisc add dev d0 clsact
in_ns dst tc filter add dev d0 ingress matchall action drop
floor
linux
topo_ports
topo_tables
for f in 4 6; do
	for flows in 1 4096; do
		measure "vflow, IPv$f, $flows flows" "$f" "$flows" "$MAC_E0"
		check "IPv$f, $flows flows: at least a tenth below ip_forward" \
			at_least_a_tenth_less \
			"${COST[vflow, IPv$f, $flows flows]}" \
			"${COST[ip_forward, IPv$f]}"
	done
done
