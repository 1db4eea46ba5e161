# shellcheck shell=bash disable=SC2034
# SPDX-License-Identifier: GPL-2.0
#
# The selftest library.  A test looks like this:
#
#	#!/bin/bash
#	# SPDX-License-Identifier: GPL-2.0
#	# What is tested, in a sentence or a few.
#	# timeout: 90
#	. "$(dirname "$0")/lib.sh"
#
#	ktap_plan 4
#	topo_basic
#	for f in 4 6; do
#		check "IPv$f: transit reaches dst" \
#			ping_from "$f" src "${DST[$f]}"
#		check_fail "IPv$f: nothing answers behind dst" \
#			ping_from "$f" src "${NOBODY[$f]}"
#	done
#
# Rules: every check is counted and the plan must match; set-up commands stand
# alone and end the test when they fail (set -e); nothing sleeps for a fixed
# time, poll_until waits for a condition; what is created is undone by defer,
# in reverse order; names of namespaces are unique, "${NS[src]}" is the real
# one.  A function given to check runs in a subshell without set -e: chain its
# commands with "&&", and do not let it set variables or defer.
#
# Environment: VFLOW_BUILD (where the tools are), VFLOW_SLOW (factor for time
# limits), VFLOW_EXPECT_ALL=1 (a skip is a failure), VFLOW_KO (the module),
# VFLOW_LONG=1 (full size, as in "make check-long"), VFLOW_SIZE=N (see sized),
# VFLOW_SEED=N (see seed_init).

set -eEuo pipefail

SELFTESTS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
VFLOW_BUILD=${VFLOW_BUILD:-${SELFTESTS%/*}/build}
VFLOW_SLOW=${VFLOW_SLOW:-1}
VFLOW_SPEC=${SELFTESTS%/*}/Documentation/netlink/specs/vflow.yaml
PATH=$VFLOW_BUILD:$SELFTESTS:$PATH
export VFLOW_BUILD VFLOW_SLOW VFLOW_SPEC PATH PYTHONDONTWRITEBYTECODE=1
TEST_TMP=$(mktemp -d "${TMPDIR:-/tmp}/vflow-test.XXXXXX")

# --- results ---------------------------------------------------------------

_ktap_plan=
_ktap_nr=0
_ktap_failed=0
_ktap_skipped=0
_ktap_bailed=no

# ktap_plan N: the number of checks to come.  Must be first.
ktap_plan()
{
	_ktap_plan=$1
	printf 'KTAP version 1\n1..%d\n' "$1"
}

# diag TEXT...: a comment in the report.
diag()
{
	printf '# %s\n' "$*"
}

# Text from standard input as comments.
diag_stdin()
{
	sed 's/^/#   /'
}

ok()
{
	_ktap_nr=$((_ktap_nr + 1))
	printf 'ok %d - %s\n' "$_ktap_nr" "$1"
}

not_ok()
{
	_ktap_nr=$((_ktap_nr + 1))
	_ktap_failed=$((_ktap_failed + 1))
	printf 'not ok %d - %s\n' "$_ktap_nr" "$1"
}

# skip DESCRIPTION REASON: one check cannot be made here.
skip()
{
	if [[ ${VFLOW_EXPECT_ALL:-} == 1 ]]; then
		not_ok "$1 # must not be skipped: $2"
		return
	fi
	_ktap_nr=$((_ktap_nr + 1))
	_ktap_skipped=$((_ktap_skipped + 1))
	printf 'ok %d - %s # SKIP %s\n' "$_ktap_nr" "$1" "$2"
}

# skip_all REASON: the whole test cannot be made here.  Before the first check.
skip_all()
{
	if [[ ${VFLOW_EXPECT_ALL:-} == 1 ]]; then
		bail "must not be skipped: $1"
	fi
	_ktap_bailed=skip
	if [[ -z $_ktap_plan ]]; then
		printf 'KTAP version 1\n'
		printf '1..0 # SKIP %s\n' "$1"
	else
		while (( _ktap_nr < _ktap_plan )); do
			skip "not run" "$1"
		done
	fi
	exit 4
}

# bail REASON: the test cannot go on.
bail()
{
	_ktap_bailed=yes
	printf 'Bail out! %s\n' "$*"
	exit 1
}

# check DESCRIPTION COMMAND...: passes if the command succeeds.  Its output is
# shown if it does not, and is in $OUT either way.
check()
{
	local description=$1 status=0

	shift
	OUT=$("$@" 2>&1) || status=$?
	if (( status == 0 )); then
		ok "$description"
	else
		not_ok "$description"
		diag "status $status from: $*"
		_show_out
	fi
}

# check_fail DESCRIPTION COMMAND...: passes if the command fails.
check_fail()
{
	local description=$1 status=0

	shift
	OUT=$("$@" 2>&1) || status=$?
	# 126 and above: not found, killed, timed out.
	if (( status != 0 && status < 124 )); then
		ok "$description"
	else
		not_ok "$description"
		diag "status $status from: $*"
		_show_out
	fi
}

# check_status DESCRIPTION STATUS COMMAND...: passes on this exit status.
check_status()
{
	local description=$1 want=$2 status=0

	shift 2
	OUT=$("$@" 2>&1) || status=$?
	if (( status == want )); then
		ok "$description"
	else
		not_ok "$description"
		diag "status $status, wanted $want, from: $*"
		_show_out
	fi
}

# check_refused DESCRIPTION REGEX COMMAND...: passes if the command is refused
# (exit status 1) with a message that matches.
check_refused()
{
	local description=$1 regex=$2 status=0

	shift 2
	OUT=$("$@" 2>&1) || status=$?
	if (( status == 1 )) && [[ $OUT =~ $regex ]]; then
		ok "$description"
	else
		not_ok "$description"
		diag "wanted status 1 and a message like: $regex"
		diag "status $status from: $*"
		_show_out
	fi
}

# check_eq DESCRIPTION WANT COMMAND...: passes if it prints exactly this.
check_eq()
{
	local description=$1 want=$2 status=0

	shift 2
	OUT=$("$@" 2>&1) || status=$?
	if (( status == 0 )) && [[ $OUT == "$want" ]]; then
		ok "$description"
	else
		not_ok "$description"
		diag "status $status from: $*"
		diag "wanted:"
		diag_stdin <<<"$want"
		_show_out
	fi
}

# check_match DESCRIPTION REGEX COMMAND...: passes if its output matches.
check_match()
{
	local description=$1 regex=$2 status=0

	shift 2
	OUT=$("$@" 2>&1) || status=$?
	if (( status == 0 )) && [[ $OUT =~ $regex ]]; then
		ok "$description"
	else
		not_ok "$description"
		diag "wanted output like: $regex"
		diag "status $status from: $*"
		_show_out
	fi
}

# check_poll DESCRIPTION SECONDS COMMAND...: passes if the command succeeds
# within the time.
check_poll()
{
	local description=$1 limit=$2

	shift 2
	if poll_until "$limit" "$@"; then
		ok "$description"
	else
		not_ok "$description"
		diag "not within $(slow "$limit") s: $*"
		_show_out
	fi
}

_show_out()
{
	[[ -z $OUT ]] || diag_stdin <<<"$OUT"
}

# --- undoing ---------------------------------------------------------------

_deferred=()

# defer COMMAND...: run it when the test ends, last come first.
defer()
{
	local quoted

	printf -v quoted '%q ' "$@"
	_deferred+=("$quoted")
}

# Undo now what was deferred since a mark: mark=$(defer_mark); ...;
# undo_to "$mark"
defer_mark()
{
	printf '%d\n' "${#_deferred[@]}"
}

undo_to()
{
	local i

	for (( i = ${#_deferred[@]} - 1; i >= $1; i-- )); do
		eval "${_deferred[i]}" >/dev/null 2>&1 || true
		unset '_deferred[i]'
	done
}

_on_error()
{
	local status=$? i

	# Only in the shell of the test itself.
	(( BASH_SUBSHELL == 0 )) || return 0
	diag "line ${BASH_LINENO[0]}: status $status from: $BASH_COMMAND"
	for (( i = 1; i < ${#FUNCNAME[@]} - 1; i++ )); do
		diag "  in ${FUNCNAME[i]}, called from line ${BASH_LINENO[i]}"
	done
}

_on_exit()
{
	local status=$?

	set +eE
	trap - ERR EXIT
	undo_to 0
	rm -rf "$TEST_TMP"
	if [[ $_ktap_bailed == skip ]]; then
		exit 4
	fi
	if [[ $_ktap_bailed == no ]] && (( status != 0 )); then
		printf 'Bail out! the test ended early\n'
	elif (( _ktap_nr != ${_ktap_plan:-0} )); then
		diag "${_ktap_nr} checks made, ${_ktap_plan:-none} planned"
		status=1
	fi
	printf '# Totals: pass:%d fail:%d skip:%d\n' \
		$((_ktap_nr - _ktap_failed - _ktap_skipped)) \
		"$_ktap_failed" "$_ktap_skipped"
	(( _ktap_failed == 0 )) || status=1
	exit "$status"
}

trap _on_error ERR
trap _on_exit EXIT
trap 'exit 143' TERM
trap 'exit 130' INT

# --- time ------------------------------------------------------------------

# slow SECONDS: the same time on this machine.  Whole or decimal numbers.
slow()
{
	if [[ $1 == *.* ]]; then
		awk -v a="$1" -v b="$VFLOW_SLOW" 'BEGIN { print a * b }'
	else
		printf '%d\n' $(($1 * VFLOW_SLOW))
	fi
}

# sized FULL SHORT: FULL for "make check-long", SHORT for every change; VFLOW_SIZE
# overrules both.
sized()
{
	if [[ -n ${VFLOW_SIZE:-} ]]; then
		printf '%s\n' "$VFLOW_SIZE"
	elif [[ ${VFLOW_LONG:-} == 1 ]]; then
		printf '%s\n' "$1"
	else
		printf '%s\n' "$2"
	fi
}

# poll_until SECONDS COMMAND...: wait until the command succeeds.  Its last
# output is in $OUT.
poll_until()
{
	local end now

	printf -v now '%(%s)T' -1
	end=$((now + $1 * VFLOW_SLOW))
	shift
	while true; do
		if OUT=$("$@" 2>&1); then
			return 0
		fi
		printf -v now '%(%s)T' -1
		(( now <= end )) || return 1
		sleep 0.1
	done
}

# wait_for SECONDS COMMAND...: the same, and ends the test if it fails.
wait_for()
{
	poll_until "$@" && return
	_show_out
	bail "not within $(slow "$1") s: ${*:2}"
}

# within SECONDS COMMAND...: run a program, but not for longer.
within()
{
	timeout -k 5 "$(slow "$1")" "${@:2}"
}

# --- random numbers --------------------------------------------------------

# seed_init: sets SEED, of the random numbers of this run, and says how to repeat it.
seed_init()
{
	SEED=${VFLOW_SEED:-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}
	diag "VFLOW_SEED=$SEED repeats this"
}

# --- what this machine has -------------------------------------------------

# need_feature TEXT COMMAND...: skip the test unless the command succeeds.
need_feature()
{
	local text=$1

	shift
	"$@" >/dev/null 2>&1 || skip_all "needs $text"
}

need_cmd()
{
	local name

	for name; do
		need_feature "the program $name" command -v "$name"
	done
}

need_module()
{
	local name

	for name; do
		need_feature "the kernel module $name" modprobe "$name"
	done
}

# need_nics N: pairs of emulated NICs, see nic.  Ask for them with a line
# "# vng: --extra-nics N".
need_nics()
{
	need_feature "$1 pairs of emulated NICs" nic $(($1 - 1)) 1
}

# nic PAIR SIDE: the name of an emulated NIC; both sides of a pair are on one
# hub.  PAIR counts from 0, SIDE is 0 or 1.
nic()
{
	local mac dev

	printf -v mac '52:54:00:f1:%02x:%02x' "$1" "$2"
	for dev in /sys/class/net/*; do
		if [[ $(cat "$dev/address") == "$mac" ]]; then
			printf '%s\n' "${dev##*/}"
			return 0
		fi
	done
	return 1
}

# --- namespaces ------------------------------------------------------------

# The real names, by short name.
declare -A NS=()

# ns_add NAME...: new namespaces, with lo up.
ns_add()
{
	local name

	for name; do
		NS[$name]=$name-$$
		ip netns add "${NS[$name]}"
		defer ns_del "$name"
		ip -n "${NS[$name]}" link set lo up
		# No duplicate address detection: addresses work at once.
		in_ns "$name" sysctl -qw \
			net.ipv6.conf.all.accept_dad=0 \
			net.ipv6.conf.default.accept_dad=0 \
			net.ipv6.conf.all.router_solicitations=0 \
			net.ipv6.conf.default.router_solicitations=0 \
			net.ipv4.conf.all.rp_filter=0 \
			net.ipv4.conf.default.rp_filter=0
	done
}

# ns_del NAME...: also ends what still runs there.
ns_del()
{
	local name pids

	for name; do
		[[ -n ${NS[$name]:-} ]] || continue
		pids=$(ip netns pids "${NS[$name]}" 2>/dev/null) || true
		# shellcheck disable=SC2086
		[[ -z $pids ]] || kill -KILL $pids 2>/dev/null || true
		ip netns del "${NS[$name]}" 2>/dev/null || true
		unset "NS[$name]"
	done
}

# in_ns NAME COMMAND...: run a program in a namespace.
in_ns()
{
	local name=$1

	shift
	ip netns exec "${NS[$name]}" "$@"
}

# ipn NAME ARGUMENT...: ip(8) in a namespace (faster than in_ns NAME ip).
ipn()
{
	local name=$1

	shift
	ip -n "${NS[$name]}" "$@"
}

# veth NAME DEV NAME DEV: a pair between two namespaces, both ends up.
veth()
{
	ip link add "$2" netns "${NS[$1]}" type veth \
		peer name "$4" netns "${NS[$3]}"
	ipn "$1" link set "$2" up
	ipn "$3" link set "$4" up
}

# mac_of NAME DEV
mac_of()
{
	ipn "$1" -j link show "$2" | jq -r '.[0].address'
}

# set_mac NAME DEV MAC
set_mac()
{
	ipn "$1" link set "$2" address "$3"
}

# addr NAME DEV PREFIX...
addr()
{
	local name=$1 dev=$2 prefix

	shift 2
	for prefix; do
		if [[ $prefix == *:* ]]; then
			ipn "$name" addr add "$prefix" dev "$dev" nodad
		else
			ipn "$name" addr add "$prefix" dev "$dev"
		fi
	done
}

# Make a namespace forward like a router.
forwarding()
{
	local name

	for name; do
		in_ns "$name" sysctl -qw net.ipv4.ip_forward=1 \
			net.ipv6.conf.all.forwarding=1
	done
}

# spawn LOG COMMAND...: start a program in the background; it is stopped when
# the test ends.  Its process id is in $SPAWNED.
spawn()
{
	local log=$1

	shift
	"$@" >"$log" 2>&1 </dev/null &
	SPAWNED=$!
	defer stop "$SPAWNED"
}

# stop PID...: stop programs that spawn started, and wait for their end.
stop()
{
	local pid

	for pid; do
		kill -TERM "$pid" 2>/dev/null || true
	done
	for pid; do
		await "$pid" 5 || true
		kill -KILL "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
}

# await PID SECONDS: wait until it has ended by itself.
await()
{
	alive "$1" || return 0
	timeout "$(slow "$2")" tail --pid="$1" -s 0.03 -f /dev/null
}

# alive PID
alive()
{
	kill -0 "$1" 2>/dev/null
}

# --- vflow -----------------------------------------------------------------

# ctl_in NAME ARGUMENT...: vflowctl in a namespace.
ctl_in()
{
	local name=$1

	shift
	"$VFLOW_BUILD/vflowctl" -n "${NS[$name]}" "$@"
}

# ctl ARGUMENT...: vflowctl in the namespace "host".
ctl()
{
	ctl_in host "$@"
}

# ctl_batch: commands from standard input, in the namespace "host".
ctl_batch()
{
	ctl -b /dev/stdin
}

# query FILTER ARGUMENT...: what a jq filter makes of vflowctl's JSON, in the
# namespace "host".
query()
{
	local filter=$1

	shift
	ctl -j "$@" | jq -r "$filter"
}

# daemon CONFIG [NAME]: run vflowd in a namespace (default "host"), with the
# capabilities that its unit of systemd leaves it.  Its process id is in $VFLOWD, its
# log in $TEST_TMP/vflowd-NAME.log.
daemon()
{
	local config=$1 name=${2:-host} caps

	caps=$(sed -n 's/CAP_/+/g; s/ /,/g; s/^CapabilityBoundingSet=\(.*\)/\L\1/p' \
		"$SELFTESTS/../tools/vflowd/vflowd.service")
	spawn "$TEST_TMP/vflowd-$name.log" ip netns exec "${NS[$name]}" \
		setpriv --bounding-set "-all,$caps" --inh-caps=-all \
		"$VFLOW_BUILD/vflowd" -c "$config"
	VFLOWD=$SPAWNED
}

# insmod or rmmod vflow.
module_load()
{
	[[ -d /sys/module/vflow ]] || insmod "${VFLOW_KO:?}"
}

module_unload()
{
	[[ ! -d /sys/module/vflow ]] || rmmod vflow
}

# kernel OP [JSON]: what the module holds, read without vflowctl: a dump as
# JSON, in the namespace "host".  kernel_get FILTER OP [JSON]: what jq makes of
# it.
kernel()
{
	local ns=${KERNEL_NS:-host} reader

	reader=$TEST_TMP/reader-${NS[$ns]}
	if [[ -p $reader.in ]] && alive "$(<"$reader.pid")"; then
		printf '%s %s\n' "$1" "${2:-}" >"$reader.in" &&
		cat "$reader.out"
	else
		in_ns "$ns" vfnl.py dump "$@"
	fi
}

# kernel_reader NAME: keep a reader running in that namespace; that saves the
# time of starting one for each call of kernel.
kernel_reader()
{
	local reader=$TEST_TMP/reader-${NS[$1]}

	[[ ! -p $reader.in ]] || return 0
	mkfifo "$reader.in" "$reader.out"
	spawn "$reader.log" ip netns exec "${NS[$1]}" \
		vfnl.py serve "$reader.in" "$reader.out"
	echo "$SPAWNED" >"$reader.pid"
}

kernel_get()
{
	local filter=$1

	shift
	kernel "$@" | jq -r "$filter"
}

# guest_reader [VROUTER NETNS[/VRF] DEV=VIF...]: keep a program running that
# compares the tables of a guest with the module's, for guest_equal; by default
# those of r1 in the basic topology.
declare -A LOOK=() LOOK_IN=() LOOK_OUT=()
guest_reader()
{
	local vrouter=${1:-r1} in out fifo

	(( $# )) || set -- r1 "${NS[r1]}" e0=r1-e0 e1=r1-e1
	fifo=$TEST_TMP/look-$vrouter
	mkfifo "$fifo.in" "$fifo.out"
	spawn "$fifo.log" ip netns exec "${NS[host]}" guest_tables.py \
		"$fifo.in" "$fifo.out" "$2" "$vrouter" "${@:3}"
	LOOK[$vrouter]=$SPAWNED
	exec {in}<>"$fifo.in" {out}<>"$fifo.out"
	LOOK_IN[$vrouter]=$in
	LOOK_OUT[$vrouter]=$out
}

# guest_equal SECONDS [COMMAND [VROUTER]]: run the command; then the module has
# what the guest has, within that time.
guest_equal()
{
	local line last='' vrouter=${3:-r1}

	[[ -z ${2:-} ]] || sh -ec "$2" >/dev/null || return
	echo "$EPOCHREALTIME $(slow "$1")" >&"${LOOK_IN[$vrouter]}"
	while read -r -t "$(slow $(($1 + 20)))" -u "${LOOK_OUT[$vrouter]}" line &&
		[[ -n $line ]]; do
		echo "$line"
		last=$line
	done
	alive "${LOOK[$vrouter]}" || cat "$TEST_TMP/look-$vrouter.log"
	[[ $last == "equal after "* ]]
}

# stat_of NAME OBJECT COUNTER: a counter of a port, vrouter or vif (OBJECT).
stat_of()
{
	kernel_get ".[] | select(.name == \"$1\") | .stats[\"$3\"]" "$2-get"
}

# flows_to VROUTER ADDRESS: how many of its flows lead there.
flows_to()
{
	kernel_get "[.[] | select(.\"ip-dst\" == \"$2\")] | length" \
		flow-get "{\"vrouter\": \"$1\"}"
}

# drops_of PLACE NAME REASON: packets dropped for a reason; PLACE is port,
# vrouter or vif.
drops_of()
{
	kernel_get "[.[] | select(.$1 == \"$2\") | .drop[]? |
		select(.reason == \"$3\") | .packets] | add // 0" stats-get
}

# --- packets ---------------------------------------------------------------

# place NAME DEV[.VLAN][=RECEIVER]: a place as pktio wants it.
place()
{
	printf '%s:%s\n' "${NS[$1]}" "$2"
}

declare -A LISTENER=()

# listen ID recv|count|capture ARGUMENT...: pktio in the background, ready when
# this returns; its answer goes to the file $TEST_TMP/ID.
listen()
{
	local id=$1 what=$2

	shift 2
	rm -f "$TEST_TMP/$id.ready"
	spawn "$TEST_TMP/$id" pktio "$what" --ready "$TEST_TMP/$id.ready" "$@"
	LISTENER[$id]=$SPAWNED
	wait_for 10 _listening "$id"
}

_listening()
{
	[[ -e $TEST_TMP/$1.ready ]] || ! alive "${LISTENER[$1]}"
}

# listened ID...: wait until these end by themselves (recv --expect, --idle).
listened()
{
	local id

	for id; do
		await "${LISTENER[$id]}" 60 || true
		stop "${LISTENER[$id]}"
	done
}

# hang_up ID...: end these now; what has arrived counts.
hang_up()
{
	local id

	for id; do
		stop "${LISTENER[$id]}"
	done
}

# send NAME DEV ARGUMENT...: pktio send in a namespace; it must not be refused.
send()
{
	local name=$1 dev=$2

	shift 2
	in_ns "$name" pktio send "$dev" "$@" >"$TEST_TMP/sent" || {
		diag_stdin <"$TEST_TMP/sent"
		return 1
	}
}

# answer ID FILTER: what jq makes of a listener's answer.
answer()
{
	jq -r "$2" "$TEST_TMP/$1"
}

# wire_drops: packets that the machine's processors had no room for, see
# guest_prepare in vng-guest.sh.
wire_drops()
{
	local _ dropped sum=0

	while read -r _ dropped _; do
		sum=$((sum + 16#$dropped))
	done </proc/net/softnet_stat
	echo "$sum"
}

# arrived ID N: exactly N packets came, in good condition, at the right place.
arrived()
{
	jq . "$TEST_TMP/$1" &&
	echo "dropped by the receiving processors: $(wire_drops)" &&
	jq -e --argjson n "$2" '.received == $n and .unique == $n and .lost == 0 and
		.duplicate == 0 and .misdelivered == 0 and .corrupt == 0 and
		.socket_drops == 0' "$TEST_TMP/$1" >/dev/null
}

# stream ID [FAMILY [ADDRESS]]: $RATE numbered packets a second from src to what is
# behind dst, over 50 flows, until "stop "${SENDERS[@]}"".  FAMILY is ID by default.
SENDERS=()
stream()
{
	local family=${2:-$1}

	spawn "$TEST_TMP/sent.$1" ip netns exec "${NS[src]}" pktio send s0 \
		--dmac "$MAC_E0" --src "${SRC[$family]}" \
		--dst "${3:-${FAR[$family]}}" --to dst \
		--stream "$1" --flows 50 --rate "$RATE"
	SENDERS+=("$SPAWNED")
}

# sent: how many packets all streams have sent, when they have ended.
sent()
{
	jq -s 'map(.sent) | add' "$TEST_TMP"/sent.*
}

# all_arrived: the listener "dst" got them all, see arrived.
all_arrived()
{
	arrived dst "$(sent)"
}

# forwarded_by NAME: packets that a namespace's own kernel has forwarded.
forwarded_by()
{
	in_ns "$1" cat /proc/net/snmp /proc/net/snmp6 |
		awk '$1 == "Ip:" && $7 ~ /^[0-9]/ { n += $7 }
			$1 == "Ip6OutForwDatagrams" { n += $2 }
			END { print n }'
}

# --- the basic topology ----------------------------------------------------
#
#	src                    host                     dst
#	+------+    +-------------------------+    +------+
#	|   s0 |----| up0                 up1 |----| d0   |
#	+------+    |        vflow.ko         |    +------+
#	            |      g0         g1      |
#	            +------|----------|-------+
#	                   |          |
#	                +--e0--------e1--+
#	                |       r1       |
#	                +----------------+
#
# Family loops: for f in 4 6; do ... "${SRC[$f]}" ... done

declare -A SRC=([4]=10.1.0.2 [6]=fd00:1::2)
declare -A DST=([4]=10.2.0.2 [6]=fd00:2::2)
declare -A GW0=([4]=10.1.0.1 [6]=fd00:1::1)
declare -A GW1=([4]=10.2.0.1 [6]=fd00:2::1)
declare -A LEN=([4]=24 [6]=64)
declare -A HOSTLEN=([4]=32 [6]=128)
declare -A NET0=([4]=10.1.0.0/24 [6]=fd00:1::/64)
declare -A NET1=([4]=10.2.0.0/24 [6]=fd00:2::/64)
declare -A DEFAULT=([4]=0.0.0.0/0 [6]=::/0)
# Behind dst, if a test routes it there; nobody has NOBODY.
declare -A FAR=([4]=10.99.0.1 [6]=fd00:99::1)
declare -A FARNET=([4]=10.99.0.0/24 [6]=fd00:99::/64)
declare -A NOBODY=([4]=10.2.0.99 [6]=fd00:2::99)

MAC_S0=52:54:00:bb:00:01
MAC_D0=52:54:00:bb:00:02
MAC_E0=52:54:00:aa:00:01
MAC_E1=52:54:00:aa:00:02

# topo_wires: the namespaces, devices and addresses, without vflow.
topo_wires()
{
	local f

	ns_add src dst host r1
	veth src s0 host up0
	veth dst d0 host up1
	veth host g0 r1 e0
	veth host g1 r1 e1
	set_mac src s0 "$MAC_S0"
	set_mac dst d0 "$MAC_D0"
	set_mac r1 e0 "$MAC_E0"
	set_mac r1 e1 "$MAC_E1"
	forwarding r1
	for f in 4 6; do
		addr src s0 "${SRC[$f]}/${LEN[$f]}"
		addr dst d0 "${DST[$f]}/${LEN[$f]}"
		addr r1 e0 "${GW0[$f]}/${LEN[$f]}"
		addr r1 e1 "${GW1[$f]}/${LEN[$f]}"
		ipn src route add default via "${GW0[$f]}"
		ipn dst route add default via "${GW1[$f]}"
	done
}

# topo_management: a link between host and guest, apart from what they route.
topo_management()
{
	veth host m0 r1 m1
	addr host m0 192.0.2.1/30
	addr r1 m1 192.0.2.2/30
}

# The configuration as commands of vflowctl: ports, vrouter and vifs, then
# addresses and neighbors.
conf_ports()
{
	cat <<-END
	port add up0 type uplink
	port add up1 type uplink
	port add g0 type guest
	port add g1 type guest
	vrouter add r1
	vif add r1-e0 vrouter r1 mac $MAC_E0 uplink up0 guest g0
	vif add r1-e1 vrouter r1 mac $MAC_E1 uplink up1 guest g1
	END
}

conf_tables()
{
	local f

	for f in 4 6; do
		cat <<-END
		address add ${GW0[$f]}/${LEN[$f]} vif r1-e0
		address add ${GW1[$f]}/${LEN[$f]} vif r1-e1
		neighbor add ${SRC[$f]} lladdr $MAC_S0 vif r1-e0
		neighbor add ${DST[$f]} lladdr $MAC_D0 vif r1-e1
		END
	done
}

# Give it to the namespace "host".
topo_ports()
{
	kernel_reader host
	conf_ports | ctl_batch
}

topo_tables()
{
	conf_tables | ctl_batch
}

# topo_basic [ctl|vflowd]: all of it; configured by vflowctl, or by vflowd,
# which takes addresses, neighbors and routes from the guest r1.
topo_basic()
{
	local how=${1:-ctl}

	topo_wires
	case $how in
	ctl)
		topo_ports
		topo_tables
		;;
	vflowd)
		topo_conf >"$TEST_TMP/vflow.conf"
		daemon "$TEST_TMP/vflow.conf"
		wait_for 10 _topo_synced
		;;
	*)
		bail "topo_basic: what is $how?"
		;;
	esac
}

# source_conf SOURCE: topo_conf with that source, and a control socket of the test's.
source_conf()
{
	printf '[vflowd]\ncontrol = %s/vflowd.sock\n' "$TEST_TMP"
	topo_conf "$1"
}

# topo_conf [SOURCE]: the configuration of vflowd for the basic topology.
topo_conf()
{
	cat <<-END
	[vrouter r1]
	source = ${1:-netns:${NS[r1]}}

	[vif r1-e0]
	vrouter = r1
	guest-interface = e0
	uplink = up0
	guest = g0

	[vif r1-e1]
	vrouter = r1
	guest-interface = e1
	uplink = up1
	guest = g1
	END
}

_topo_synced()
{
	local f want have

	have=$(ctl -o address show) || return
	for f in 4 6; do
		for want in "${GW0[$f]}/" "${GW1[$f]}/"; do
			[[ $have == *"$want"* ]] || return
		done
	done
}

# ping_from FAMILY NAME ADDRESS [COUNT [OPTION...]]: every answer must come.
ping_from()
{
	local f=$1 name=$2 to=$3 count=${4:-1} status=0 out

	shift 3
	(( $# == 0 )) || shift
	out=$(in_ns "$name" ping "-$f" -n -q -i 0.05 -c "$count" \
		-W "$(slow 2)" "$@" "$to" 2>&1) || status=$?
	printf '%s\n' "$out"
	(( status == 0 )) && [[ $out == *[\ ,]"$count received"* ]]
}
