#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A guest with vflow-agent that filters, rewrites or routes by policy is left in the path.
# Packets flow to port 7, which the rules are about, and to port 8.  Then a rule appears:
# the vrouter is punted, the status says why, and from then on every packet gets what the
# rule says; none is lost meanwhile.  Without the rule transit is forwarded again.  So it is
# for each hook that forwarded packets pass, of nftables and of the old iptables, for
# NAT, IPsec and policy rules, and for a rule that appears while the agent is away.  A
# guest that does not forward, or not from an interface, gets its transit to see, too.
# timeout: 400
. "$(dirname "$0")/lib.sh"

need_cmd nft iptables-legacy ip6tables-legacy

# Of a stream, a second.
RATE=100
# Packets to each port while the rule is there.
LATE=20
FLOWS=()

agent()
{
	spawn "$TEST_TMP/agent.log" ip netns exec "${NS[r1]}" \
		"$VFLOW_BUILD/vflow-agent" "unix:$TEST_TMP/agent.sock"
	AGENT=$SPAWNED
}

status()
{
	"$VFLOW_BUILD/vflowd" -c "$TEST_TMP/vflow.conf" --status |
		jq -r ".vrouters[0]$1"
}

state_is()
{
	[[ $(status .state) == "$1" ]]
}

punt_is()
{
	[[ $(kernel_get '.[] | select(.name == "r1").punt' vrouter-get) == "$1" ]]
}

# punted_for REGEX: all is punted, and the status says why.
punted_for()
{
	local warnings

	punt_is 1 && warnings=$(status '.warnings[]') && echo "$warnings" &&
	[[ $warnings =~ $1 ]]
}

forwarded()
{
	stat_of r1-e0 vif forward-packets
}

forwarded_is()
{
	(( $(forwarded) >= $1 ))
}

# packets STREAM FAMILY PORT OPTION...: from src to what is behind dst.  The shell becomes
# the sender.
packets()
{
	exec ip netns exec "${NS[src]}" pktio send s0 --dmac "$MAC_E0" --src "${SRC[$2]}" \
		--dst "${FAR[$2]}" --stream "$1" --rate "$RATE" --dport "$3" "${@:4}"
}

# flow FAMILY PORT: a stream until all FLOWS are stopped, as number FAMILY PORT.
flow()
{
	spawn "$TEST_TMP/sent.$1$2" packets "$1$2" "$1" "$2" --to dst
	FLOWS+=("$SPAWNED")
}

# begin FAMILIES: streams to both ports, which the module forwards.
begin()
{
	local f before

	listen dst recv "$(place dst d0=dst)" "$(place src s0=src)"
	before=$(forwarded)
	FLOWS=()
	for f in $1; do
		flow "$f" 7
		flow "$f" 8
	done
	wait_for 10 forwarded_is $((before + 20))
	BEFORE=$(forwarded)
}

# end FAMILIES [PLACE]: then packets that are for PLACE, as streams 1 FAMILY PORT.
end()
{
	local f port

	diag "$(($(forwarded) - BEFORE)) packets of ${#FLOWS[@]} streams passed since" \
		"the command that makes the rule was begun, $RATE a second each"
	for f in $1; do
		for port in 7 8; do
			( packets "1$f$port" "$f" "$port" --to "${2:-dst}" --count "$LATE" ) \
				>"$TEST_TMP/sent.1$f$port"
		done
	done
	stop "${FLOWS[@]}"
	sleep 0.5
	hang_up dst
}

# counts: sets, by stream, how many packets were SENT, how many ARRIVED, and how many of
# them where they belong, which are GOT.
counts()
{
	local stream n good

	declare -gA SENT=() ARRIVED=() GOT=()
	while read -r stream n; do
		SENT[$stream]=$n
	done < <(jq -r '"\(input_filename | sub(".*\\."; "")) \(.sent)"' "$TEST_TMP"/sent.*)
	while read -r stream n good; do
		ARRIVED[$stream]=$n
		GOT[$stream]=$good
	done < <(answer dst '.streams | to_entries[] | .value.good = (.value |
		.received - .misdelivered - .duplicate - .corrupt) |
		"\(.key) \(.value.received) \(.value.good)"')
}

# accounted FAMILIES PORTS [COUNTER]: packets to PORTS went through before the rule was
# there, and none since; COUNTER says how many the guest has dropped, and there are no
# others.  All to other ports arrived.
accounted()
{
	local f port sent early late missing=0

	counts
	for f in $1; do
		for port in 7 8; do
			sent=${SENT[$f$port]}
			early=${GOT[$f$port]:-0}
			late=${GOT[1$f$port]:-0}
			echo "IPv$f, port $port: $early of $sent, then $late of $LATE"
			if [[ " $2 " == *" $port "* ]]; then
				(( early > 0 && late == 0 )) || return
				missing=$((missing + sent - early + LATE))
			else
				(( early == sent && late == LATE )) || return
			fi
		done
	done
	[[ -z ${3:-} ]] || {
		echo "the guest has dropped $("$3"), missing are $missing"
		[[ $("$3") == "$missing" ]]
	}
}

# ruled TEXT FAMILIES WHY ADD DEL PORTS [COUNTER]: ADD makes, in the guest, a rule that
# drops what goes to PORTS, for the reason WHY, and DEL removes it.
ruled()
{
	begin "$2"
	in_ns r1 bash -ec "$4"
	check_poll "$1: the guest is punted, the status says why" 10 punted_for "$3"
	end "$2"
	check "$1: every packet gets what the rule says" accounted "$2" "$6" "${7:-}"
	diag_stdin <<<"$OUT"
	in_ns r1 bash -ec "$5"
	check_poll "$1: transit is forwarded again without it" 10 punt_is 0
}

nft_dropped()
{
	in_ns r1 nft -j list ruleset | jq '[.. | .counter? // empty | .packets?] | add'
}

# chain FAMILY HOOK RULE: a command that makes it, in one transaction.
chain()
{
	echo "nft 'add table $1 fw; add chain $1 fw passing { type $2; };" \
		"add rule $1 fw passing $3'"
}

# filter FAMILY FAMILIES WHOSE HOOK: a chain of nftables.
filter()
{
	ruled "nftables $1, ${4%% priority*}" "$2" "filters or rewrites.*$3: nftables fw passing" \
		"$(chain "$1" "filter hook $4" "udp dport 7 counter drop")" \
		"nft delete table $1 fw" 7 nft_dropped
}

legacy_dropped()
{
	in_ns r1 "$LEGACY" -nvxL FORWARD | awk '$3 == "DROP" { n += $1 } END { print n }'
}

legacy()
{
	LEGACY=$1-legacy
	ruled "$LEGACY" "$2" "filters or rewrites.*IPv$2: $1 table filter" \
		"$LEGACY -A FORWARD -p udp --dport 7 -j DROP" \
		"$LEGACY -F FORWARD" 7 legacy_dropped
}

# seen SOURCE: what dst has seen of it since it looks.
seen()
{
	in_ns dst nft -j list counter inet witness "$1" |
		jq '.nftables[] | .counter? // empty | .packets'
}

# rewritten FAMILY: what dst sees comes from the guest.
rewritten()
{
	local guest src

	guest=$(seen "guest$1") && src=$(seen "src$1") && echo "$guest, $src" &&
	(( guest >= 2 * LATE && src == 0 ))
}

witness()
{
	in_ns dst nft -f - <<-END
	table inet witness {
		counter guest4 {}
		counter src4 {}
		counter guest6 {}
		counter src6 {}
		chain seen {
			type filter hook prerouting priority 0;
			ip saddr ${GW1[4]} udp dport { 7, 8 } counter name guest4
			ip saddr ${SRC[4]} udp dport { 7, 8 } counter name src4
			ip6 saddr ${GW1[6]} udp dport { 7, 8 } counter name guest6
			ip6 saddr ${SRC[6]} udp dport { 7, 8 } counter name src6
		}
	}
	END
}

# nat FAMILY FAMILY_OF_NFTABLES STATEMENT
nat()
{
	local text="nftables $2, $3"

	begin "$1"
	in_ns r1 bash -ec "$(chain "$2" "nat hook postrouting priority 100" "oifname e1 $3")"
	check_poll "$text: the guest is punted, the status says why" 10 \
		punted_for "filters or rewrites.*IPv$1: nftables fw passing"
	witness
	end "$1"
	check "$text: every packet arrives" accounted "$1" ""
	check "$text: and comes from the guest" rewritten "$1"
	in_ns dst nft delete table inet witness
	in_ns r1 nft delete table "$2" fw
	check_poll "$text: transit is forwarded again without it" 10 punt_is 0
}

ipsec_dropped()
{
	# shellcheck disable=SC2016
	in_ns r1 awk -v before="$BLOCKED" \
		'/PolBlock/ { n += $2 } END { print n - before }' /proc/net/xfrm_stat
}

# ipsec FAMILY DIRECTION
ipsec()
{
	local selector="src ${NET0[$1]} dst ${FARNET[$1]} proto udp dport 7 dir $2"

	BLOCKED=0
	BLOCKED=$(ipsec_dropped)
	ruled "IPv$1, IPsec policy $2" "$1" "filters or rewrites.*IPv$1: IPsec policy $2" \
		"ip xfrm policy add $selector action block" \
		"ip xfrm policy delete $selector" 7 ipsec_dropped
}

# Everything arrived at one of both places, and what was sent later at src.
went_back()
{
	local port

	counts
	for port in 7 8; do
		echo "port $port: ${ARRIVED[$1$port]} of ${SENT[$1$port]}," \
			"then ${GOT[1$1$port]:-0} of $LATE"
		(( ARRIVED[$1$port] == SENT[$1$port] )) || return
		[[ ${GOT[1$1$port]:-0} == "$LATE" ]] || return
	done
}

# A rule of the guest's own, by which packets of src go back to where they came from.
policy_rule()
{
	begin "$1"
	ipn r1 route add "${FARNET[$1]}" via "${SRC[$1]}" table 100
	ipn r1 "-$1" rule add from "${SRC[$1]}" lookup 100
	check_poll "IPv$1, policy rule: the guest is punted, the status says why" 10 \
		punted_for "has IPv$1 policy rules that cannot be offloaded, .*: from"
	end "$1" src
	check "IPv$1, policy rule: every packet follows it" went_back "$1"
	ipn r1 "-$1" rule del from "${SRC[$1]}" lookup 100
	check_poll "IPv$1, policy rule: transit is forwarded again without it" 10 punt_is 0
}

# route_is NET TYPE
route_is()
{
	[[ $(kernel_get "[.[].route[] | select(.dst == \"${1%/*}\")][0].type" \
		route-get) == "$2" ]]
}

# unforwarding FAMILY SYSCTL: the guest does not forward a family any more.
unforwarding()
{
	local net=${FARNET[$1]}

	begin "$1"
	in_ns r1 sysctl -qw "$2=0"
	check_poll "IPv$1 without forwarding: routes lead to the guest" 10 route_is "$net" punt
	end "$1"
	check "IPv$1 without forwarding: no packet passes" accounted "$1" "7 8"
	in_ns r1 sysctl -qw "$2=1"
	check_poll "IPv$1 with forwarding: routes lead through it again" 10 \
		route_is "$net" unicast
}

# What appears while the agent is away is not seen: its routes are held.
away()
{
	begin "4 6"
	disown "$AGENT"
	kill -KILL "$AGENT"
	wait_for 10 state_is lost
	in_ns r1 bash -ec "$(chain inet "filter hook forward priority 0" \
		"udp dport 7 counter drop")"
	check_poll "without its agent the guest's routes are held" 10 \
		forwarded_is $(($(forwarded) + 40))
	agent
	check_poll "when it is back the guest is punted, the status says why" 10 \
		punted_for "filters or rewrites.*nftables fw passing"
	end "4 6"
	check "every packet gets what the rule says" accounted "4 6" 7 nft_dropped
	in_ns r1 nft delete table inet fw
	check_poll "transit is forwarded again without it" 10 punt_is 0
}

ktap_plan 58
topo_wires
kernel_reader host
for f in 4 6; do
	ipn r1 route add "${FARNET[$f]}" via "${DST[$f]}"
done
source_conf "agent:unix:$TEST_TMP/agent.sock" >"$TEST_TMP/vflow.conf"
daemon "$TEST_TMP/vflow.conf"
agent
wait_for 15 state_is live
for f in 4 6; do
	wait_for 10 ping_from "$f" src "${DST[$f]}"
done

filter inet "4 6" "IPv4 and IPv6" "forward priority 0"
filter ip 4 IPv4 "prerouting priority 0"
filter ip6 6 IPv6 "postrouting priority 0"
filter inet "4 6" "IPv4 and IPv6" "ingress device e0 priority 0"
filter netdev "4 6" "IPv4 and IPv6" "ingress device e0 priority 0"
ruled "nftables, a chain without a rule that drops" "4 6" \
	"IPv4 and IPv6: nftables fw closed" "nft 'add table inet fw;
		add chain inet fw closed { type filter hook forward priority 0; policy drop; }'" \
	"nft delete table inet fw" "7 8"
nat 4 ip masquerade
nat 6 ip6 "snat to ${GW1[6]}"
legacy iptables 4
legacy ip6tables 6
ipsec 4 out
ipsec 6 fwd
policy_rule 4
policy_rule 6
ipn r1 link add mgmt0 type dummy
ruled "IPv4, an interface without forwarding" 4 "does not forward IPv4 .* on vif r1-e0\$" \
	"sysctl -qw net.ipv4.conf.{mgmt0,e0}.forwarding=0" \
	"sysctl -qw net.ipv4.conf.e0.forwarding=1" "7 8"
check_eq "mgmt0 has none still, and is no vif" 0 in_ns r1 sysctl -n net.ipv4.conf.mgmt0.forwarding
unforwarding 4 net.ipv4.ip_forward
unforwarding 6 net.ipv6.conf.all.forwarding
away
