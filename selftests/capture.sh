#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Record what FRR tells through FPM, for fpm_replay.sh: once for each version, in a
# test machine, with the module or without it:
#
#	selftests/vng.sh --exec 'bash selftests/capture.sh 10.3 /tmp/vflow-out'
#
# leaves frr-10.3.fpm in build/logs/exec-*, the bytes as they came, and
# frr-10.3.json, what zebra itself had in the end.  There are two connections in it: what
# changes while zebra runs, and all that it had then, as it tells when it connects anew.
# frr-10.3-inline.fpm and .json are the same of a third one, without nexthop objects.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/frr.sh"

VERSION=${1:?the version of FRR}
OUT_DIR=${2:?the directory for the files}
FRR_DAEMONS=(zebra staticd ospfd ospf6d bgpd)

# hop FAMILY N: a gateway.
hop()
{
	case $1 in
	4) echo "10.2.0.$((100 + $2))" ;;
	6) printf 'fd00:2::%x\n' $((256 + $2)) ;;
	esac
}

# ecmp FROM TO: from so many legs to so many, one at a time.
ecmp()
{
	local n

	for (( n = $1 + 1; n <= $2; n++ )); do
		configure "ip route 10.77.0.0/16 $(hop 4 "$n")" \
			"ipv6 route fd00:77::/32 $(hop 6 "$n")"
	done
	for (( n = $1; n > $2; n-- )); do
		configure "no ip route 10.77.0.0/16 $(hop 4 "$n")" \
			"no ipv6 route fd00:77::/32 $(hop 6 "$n")"
	done
}

converged()
{
	local text

	text=$(vty r1 -c 'show ip route' -c 'show ipv6 route')
	[[ $text == *"O>* 10.44.20.0/24"* && $text == *"O>* fd00:44:14::/64"* &&
		$text == *"B>* 10.88.0.0/16"* ]]
}

# view [LOST]: what zebra_view.py reads of zebra's routes.  With LOST those of IPv4 with an
# IPv6 gateway lead nowhere: it is not told.
view()
{
	local family

	for family in ip ipv6; do
		vty r1 -c "show $family route json" |
			jq --arg f "$family" --arg lost "${1:-}" '{($f): map_values(map({selected,
				nexthops: .nexthops |
				map({fib, ip, interfaceName, unreachable, blackhole} |
				if $lost != "" and $f == "ip" and (.ip // "" | contains(":"))
				then del(.interfaceName) else . end |
				with_entries(select(.value)))} |
				with_entries(select(.value))))}'
	done | jq -sS add
}

# record NAME: from now on into this file, which zebra has to connect for.
record()
{
	spawn "$TEST_TMP/socat" ip netns exec "${NS[host]}" socat -u \
		TCP-LISTEN:2620,fork,reuseaddr "OPEN:$OUT_DIR/frr-$VERSION$1.fpm,creat,append"
	recorder=$SPAWNED
}

frr_use "$VERSION"
ns_add r1 dst host
veth r1 e0 host g0
veth r1 e1 dst d0
veth r1 m1 host m0
forwarding r1 dst
addr r1 e0 "${GW0[4]}/24" "${GW0[6]}/64"
addr r1 e1 "${GW1[4]}/24" "${GW1[6]}/64"
addr dst d0 "${DST[4]}/24" "${DST[6]}/64"
addr host m0 192.0.2.1/30
addr r1 m1 192.0.2.2/30
ipn dst link add x0 type dummy
ipn dst link set x0 up
addr dst x0 10.200.0.1/24 fd00:200::1/64
for (( i = 1; i <= 20; i++ )); do
	echo "route add 10.44.$i.0/24 via 10.200.0.2"
	printf 'route add fd00:44:%x::/64 via fd00:200::2\n' "$i"
done | ip -n "${NS[dst]}" -batch -
frr_conf dst 192.0.2.102 d0:10
frr_conf r1 192.0.2.101 e0:passive e1:10
frr_bgp 65002 65001 d0 10.88.0.0/16 >"$(frr_dir dst)/bgpd.conf"
frr_bgp 65001 65002 e1 10.89.0.0/16 >"$(frr_dir r1)/bgpd.conf"
touch "$(frr_dir dst)/staticd.conf" "$(frr_dir r1)/staticd.conf"
frr_nd d0 >>"$(frr_dir dst)/zebra.conf"
{
	echo "fpm address 192.0.2.1"
	frr_nd e1
} >>"$(frr_dir r1)/zebra.conf"
chown -R frr:frr "$FRR_DIR"
record ""
frr_start dst
frr_start r1 -M dplane_fpm_nl
wait_for 60 converged
ecmp 0 16
ecmp 16 3
configure 'ip route 10.78.0.0/16 blackhole' 'ipv6 route fd00:78::/32 reject' \
	'ip route 10.79.0.0/16 192.0.2.1' "ip route 10.80.0.0/16 $(hop 4 1)" \
	"ip route 10.81.0.0/16 10.80.0.1"
configure "no ip route 10.80.0.0/16 $(hop 4 1)" "ip route 10.80.0.0/16 $(hop 4 2)"
ipn dst route del 10.44.1.0/24
ipn r1 link set e1 down
ipn r1 link set e1 up
addr r1 e1 "${GW1[6]}/64"
wait_for 60 converged
# zebra tells within a second, and connects anew after three; this is no test.
sleep 5
configure "no fpm address" "fpm address 192.0.2.1"
sleep 10
view >"$OUT_DIR/frr-$VERSION.json"
stop "$recorder"
configure "no fpm use-next-hop-groups"
record -inline
sleep 10
case $VERSION in
8.4|10.3) view lost ;;
*) view ;;
esac >"$OUT_DIR/frr-$VERSION-inline.json"
stop "$recorder"
_ktap_plan=0
