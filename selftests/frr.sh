# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# FRR in network namespaces: each has a zebra, ospfd and ospf6d of its own, with
# a directory for their configuration, sockets, pids and logs.  Source it after
# lib.sh:
#
#	frr_use 10.3
#	frr_conf r1 192.0.2.1 e0:10 e1:100 d0:passive
#	frr_start r1
#	wait_for 20 vty r1 -c 'show ip ospf neighbor'
#
# Hello 1 s and dead 4 s (FRR_DEAD), point-to-point interfaces, area 0, IPv4 and
# IPv6.

FRR_BIN=${FRR_BIN:-/usr/lib/frr}
# Where FRR looks for a "path space", which here is a namespace.
FRR_DIR=/run/frr
FRR_DEAD=${FRR_DEAD:-4}
FRR_DAEMONS=(zebra ospfd ospf6d)

# frr_use VERSION: 8.4 (Debian 12's) or 10.3 (Debian 13's); the system's, or what
# "make setup" has unpacked.
frr_use()
{
	if [[ $("$FRR_BIN/zebra" --version 2>/dev/null) != *" version $1"* ]]; then
		FRR_BIN=${VFLOW_CACHE:-/var/cache/vflow}/frr-$1/bin
		# Its vtysh is there, too.
		PATH=$FRR_BIN:$PATH
	fi
	need_feature "FRR $1, see make setup" "$FRR_BIN/zebra" --version
}

# Where the daemons of a namespace have their files; a socket's path is short.
frr_dir()
{
	printf '%s/%s\n' "$FRR_DIR" "${NS[$1]}"
}

# frr_conf NAME ROUTER-ID DEV:COST|DEV:passive...: write the configuration.  The
# kernel's own routes (ip route add) are announced, too.
frr_conf()
{
	local name=$1 id=$2 dir if

	shift 2
	dir=$(frr_dir "$name")
	mkdir -p "$dir"
	printf 'hostname %s\n' "$name" >"$dir/zebra.conf"
	for if; do
		_frr_interface "${if%:*}" "${if#*:}" "ip ospf"
	done >"$dir/ospfd.conf"
	cat >>"$dir/ospfd.conf" <<-END
	router ospf
	 ospf router-id $id
	 redistribute kernel metric 20 metric-type 1
	END
	for if; do
		_frr_interface "${if%:*}" "${if#*:}" "ipv6 ospf6"
	done >"$dir/ospf6d.conf"
	cat >>"$dir/ospf6d.conf" <<-END
	router ospf6
	 ospf6 router-id $id
	 redistribute kernel metric 20 metric-type 1
	END
	chown -R frr:frr "$dir"
}

# _frr_interface DEV COST PROTOCOL
_frr_interface()
{
	printf 'interface %s\n %s area 0.0.0.0\n' "$1" "$3"
	if [[ $2 == passive ]]; then
		printf ' %s passive\n' "$3"
		return
	fi
	printf " $3 %s\n" "cost $2" "network point-to-point" \
		"hello-interval 1" "dead-interval $FRR_DEAD"
}

# frr_bgp AS PEER-AS PEER [NETWORK]: a configuration of bgpd, which announces it.  PEER is
# an address, or the interface behind which it is found by ND, see frr_nd.
frr_bgp()
{
	local how=

	[[ $3 == *[.:]* ]] || how='interface '
	cat <<-END
	router bgp $1
	 no bgp ebgp-requires-policy
	 no bgp network import-check
	 timers bgp 2 6
	 neighbor $3 ${how}remote-as $2
	 neighbor $3 timers connect 1
	END
	[[ -z ${4:-} ]] || printf ' address-family ipv4 unicast\n  network %s\n' "$4"
}

# frr_nd INTERFACE: a configuration of zebra, which says there by ND that it is a router.
frr_nd()
{
	printf 'interface %s\n ipv6 nd ra-interval 1\n no ipv6 nd suppress-ra\nexit\n' "$1"
}

# frr_start NAME [OPTION-OF-ZEBRA...]
frr_start()
{
	local name=$1 dir daemon

	shift
	dir=$(frr_dir "$name")
	# Since 9.0 it is the one that reads of static routes.
	if [[ -e $FRR_BIN/mgmtd ]]; then
		_frr_daemon "$name" mgmtd
	fi
	for daemon in "${FRR_DAEMONS[@]}"; do
		case $daemon in
		zebra) frr_run "$name" zebra "$@" ;;
		*) frr_run "$name" "$daemon" ;;
		esac
	done
	if [[ -e $FRR_BIN/mgmtd && -e $dir/staticd.conf ]]; then
		vty "$name" -d mgmtd -f "$dir/staticd.conf" >"$dir/mgmtd.out"
	fi
}

# frr_run NAME DAEMON [OPTION...]: one of them, with its configuration.
frr_run()
{
	local name=$1 daemon=$2 options=()

	shift 2
	[[ $daemon == staticd && -e $FRR_BIN/mgmtd ]] ||
		options=(--config_file "$(frr_dir "$name")/$daemon.conf")
	_frr_daemon "$name" "$daemon" "${options[@]}" "$@"
}

# _frr_daemon NAME DAEMON OPTION...
_frr_daemon()
{
	local name=$1 daemon=$2 dir

	shift 2
	dir=$(frr_dir "$name")
	in_ns "$name" "$FRR_BIN/$daemon" --daemon --pathspace "${NS[$name]}" \
		--vty_port 0 --log "file:$dir/$daemon.log" --log-level warnings \
		"$@" </dev/null >"$dir/$daemon.out" 2>&1 || {
		cat "$dir/$daemon.out"
		return 1
	}
}

# frr_pids NAME [DAEMON]: process ids of a namespace's daemons, or of one.  zebra is the
# first, and so the first to be killed: it withdraws the routes of a protocol that dies.
frr_pids()
{
	find "$(frr_dir "$1")" -name "${2:-*}.pid" | sort -r | xargs -r cat
}

# frr_kill NAME [SIGNAL [DAEMON]]: end the daemons, or one (default: KILL), and wait
# for that.
frr_kill()
{
	local pid pids

	mapfile -t pids < <(frr_pids "$1" "${3:-}")
	kill -"${2:-KILL}" "${pids[@]}"
	for pid in "${pids[@]}"; do
		timeout "$(slow 5)" tail --pid="$pid" -s 0.1 -f /dev/null
	done
	find "$(frr_dir "$1")" -name "${3:-*}.pid" -delete
}

# vty NAME -c COMMAND...: ask the daemons.
vty()
{
	local name=$1

	shift
	vtysh --vty_socket "$(frr_dir "$name")" "$@" 2>/dev/null
}

# configure LINE...: as in the terminal of r1's FRR.
configure()
{
	local line args=(-c 'configure terminal')

	for line; do
		args+=(-c "$line")
	done
	vty r1 "${args[@]}"
}

# frr_routes NAME 4|6: how many routes OSPF has put into the kernel.
frr_routes()
{
	ipn "$1" "-$2" -o route show proto ospf | wc -l
}

# frr_mark: what zebra says became of a route, which it has told as JSON on standard
# input: "offloaded", "trapped", "failed", "none".
frr_mark()
{
	jq -r '.[][] | select(.selected) |
		if .trapped then "trapped" elif .offloaded then "offloaded"
		elif has("offloaded") then "failed" else "none" end'
}
