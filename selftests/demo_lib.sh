# shellcheck shell=bash disable=SC2034
# SPDX-License-Identifier: GPL-2.0
#
# What demo.sh tells its story with: text, claims, counters, probe streams.
# Sourced after lib.sh.

DEMO_DIR=/run/vflow-demo
DEMO_NS=(h1 n1 host r1 n2 h2)

# --- text ------------------------------------------------------------------

if [[ -t 1 ]]; then
	BOLD=$'\e[1m' PLAIN=$'\e[0m'
else
	BOLD='' PLAIN=''
fi

_section=0

section()
{
	local title

	_section=$((_section + 1))
	title="$_section. $*"
	printf '\n%s%s%s\n%s\n' "$BOLD" "$title" "$PLAIN" "${title//?/-}"
}

# say TEXT: a paragraph, filled.
say()
{
	fmt -w 76 <<<"$*"
}

indent()
{
	sed 's/^/  /'
}

# run NAME COMMAND...: show a command and its output, as typed in a namespace.
run()
{
	local name=$1

	shift
	printf '\n  %s%s# %s%s\n' "$BOLD" "$name" "$*" "$PLAIN"
	in_ns "$name" "$@" 2>&1 | indent
}

# run_head LINES NAME COMMAND...: the same, not all of the output.
run_head()
{
	local max=$1 name=$2 out n

	shift 2
	out=$(in_ns "$name" "$@" 2>&1)
	n=$(wc -l <<<"$out")
	printf '\n  %s%s# %s%s\n' "$BOLD" "$name" "$*" "$PLAIN"
	sed "${max}q" <<<"$out" | indent
	if (( n > max )); then
		printf '  ... and %d lines more\n' $((n - max))
	fi
}

# 1234567 -> 1,234,567
commas()
{
	sed ':a; s/\([0-9]\)\([0-9]\{3\}\)\($\|,\)/\1,\2\3/; ta' <<<"$1"
}

# --- claims ----------------------------------------------------------------

_claims=0
_broken=()

# claim TEXT COMMAND...: say what must hold, and whether it does.
claim()
{
	local text=$1 out

	shift
	_claims=$((_claims + 1))
	if out=$("$@" 2>&1); then
		printf '  [ok]     %s\n' "$text"
	else
		printf '  [FAILED] %s\n' "$text"
		[[ -z $out ]] || printf '%s\n' "$out" | sed 's/^/           /; 20q'
		_broken+=("$text")
	fi
}

# is A -eq|-gt|-lt|-le B: compare numbers; says them if it does not hold.
is()
{
	test "$1" "$2" "$3" && return
	printf 'it is %s, and must be %s %s\n' "$1" "$2" "$3"
	return 1
}

# Must hold for the story to go on.
need()
{
	local limit=$1 what=$2

	shift 2
	poll_until "$limit" "$@" && return
	printf '\nThe demo cannot go on, not within %d s: %s\n' \
		"$(slow "$limit")" "$what"
	_show_out
	[[ ! -s $DEMO_DIR/vflowd.log ]] || run_head 20 host cat "$DEMO_DIR/vflowd.log"
	exit 1
}

# --- the world -------------------------------------------------------------

# As ns_add of lib.sh, with names to be typed.
# shellcheck disable=SC2004
demo_ns()
{
	local name

	for name; do
		NS[$name]=$name
		ip netns add "$name"
		ip -n "$name" link set lo up
		in_ns "$name" sysctl -qw \
			net.ipv6.conf.all.accept_dad=0 \
			net.ipv6.conf.default.accept_dad=0 \
			net.ipv6.conf.default.router_solicitations=0
	done
}

demo_clean()
{
	local name pids

	for name in "${DEMO_NS[@]}"; do
		pids=$(ip netns pids "$name" 2>/dev/null) || continue
		# shellcheck disable=SC2086
		[[ -z $pids ]] || kill -KILL $pids 2>/dev/null || true
	done
	for name in "${DEMO_NS[@]}"; do
		ip netns del "$name" 2>/dev/null || true
	done
	rm -rf "$DEMO_DIR" "$FRR_DIR"
}

# --- counters --------------------------------------------------------------

declare -A COUNTER=()

# Set COUNTER: what the guest's kernel forwarded and what its interfaces
# received, by its own counters; what vflow forwarded and punted.
read_counters()
{
	local key value

	COUNTER=([transit]=0 [in]=0 [bytes]=0 [forward]=0 [punt]=0)
	while read -r key value; do
		COUNTER[$key]=$((COUNTER[$key] + value))
	done < <(guest_counters; vflow_counters)
}

guest_counters()
{
	# shellcheck disable=SC2016
	in_ns r1 cat /proc/net/snmp /proc/net/snmp6 | awk '
		$1 == "Ip:" && $2 ~ /[0-9]/ { print "transit", $forw }
		$1 == "Ip:" { for (i = 2; i <= NF; i++)
			if ($i == "ForwDatagrams") forw = i }
		$1 == "Ip6OutForwDatagrams" { print "transit", $2 }'
	ipn r1 -j -s link show type veth | jq -r '.[].stats64.rx |
		"in \(.packets)", "bytes \(.bytes)"'
}

vflow_counters()
{
	ctl -j vrouter show r1 2>/dev/null | jq -r '.[].stats |
		"forward \(."forward-packets")", "punt \(."punt-packets")"' ||
		true
}

# counted NAME COMMAND...: run it; what the counters grew by is in NAME[...].
# shellcheck disable=SC2004
counted()
{
	local -n _grown=$1
	local -A _before
	local key

	shift
	read_counters
	for key in "${!COUNTER[@]}"; do
		_before[$key]=${COUNTER[$key]}
	done
	"$@"
	read_counters
	for key in "${!COUNTER[@]}"; do
		_grown[$key]=$((COUNTER[$key] - _before[$key]))
	done
}

# --- probe streams ---------------------------------------------------------
#
# Four streams of numbered UDP packets between the sites, both ways, both
# families; each 250 packets per second.

PROBE_RATE=250
PROBE_STREAMS=(1 2 3 4)
declare -A PROBE_NAME=(
	[1]="IPv4 h1 to h2" [2]="IPv6 h1 to h2"
	[3]="IPv4 h2 to h1" [4]="IPv6 h2 to h1"
)
declare -A PROBE_ARGS=(
	[1]="--src 10.1.0.2 --dst 10.2.7.7 --to h2"
	[2]="--src 2001:db8:1::2 --dst 2001:db8:2:7::7 --to h2"
	[3]="--src 10.2.0.2 --dst 10.1.7.7 --to h1"
	[4]="--src 2001:db8:2::2 --dst 2001:db8:1:7::7 --to h1"
)
declare -A PROBE_PID=() SENT=() LOST=()

probe_start()
{
	local s from

	listen probe recv "$(place h1 lan0=h1)" "$(place h2 lan0=h2)"
	for s in "${PROBE_STREAMS[@]}"; do
		from=h1
		(( s < 3 )) || from=h2
		# shellcheck disable=SC2086
		spawn "$TEST_TMP/probe-$s" ip netns exec "${NS[$from]}" \
			pktio send lan0 --dmac "$(mac_of "n${from#h}" lan0)" \
			--rate "$PROBE_RATE" --stream "$s" ${PROBE_ARGS[$s]}
		PROBE_PID[$s]=$SPAWNED
	done
}

# Ends the streams and sets SENT, LOST by stream and SENT[all], LOST[all].
probe_stop()
{
	local s

	stop "${PROBE_PID[@]}"
	sleep "$(slow 0.2)"
	hang_up probe
	SENT=([all]=0) LOST=([all]=0)
	for s in "${PROBE_STREAMS[@]}"; do
		SENT[$s]=$(jq .sent "$TEST_TMP/probe-$s")
		LOST[$s]=$((SENT[$s] - $(answer probe \
			".streams[\"$s\"] | (.received - .duplicate) // 0")))
		SENT[all]=$((SENT[all] + SENT[$s]))
		LOST[all]=$((LOST[all] + LOST[$s]))
	done
}

probe_table()
{
	local s

	printf '\n  %-16s %10s %10s %10s\n' stream sent lost 'that is'
	for s in "${PROBE_STREAMS[@]}" all; do
		printf '  %-16s %10s %10s' "${PROBE_NAME[$s]:-all}" \
			"$(commas "${SENT[$s]}")" "$(commas "${LOST[$s]}")"
		if [[ $s == all ]]; then
			printf '\n'
		else
			printf ' %7d ms\n' $((LOST[$s] * 1000 / PROBE_RATE))
		fi
	done
	printf '\n'
}
