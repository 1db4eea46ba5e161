# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# BIRD in network namespaces, and its configuration: OSPF with fast timers, static
# routes and BGP, IPv4 and IPv6.  Source it after lib.sh; a machine that is slow sets
# longer times, in seconds, before.

BIRD_SCAN=${BIRD_SCAN:-1}
BIRD_HELLO=${BIRD_HELLO:-1}
BIRD_DEAD=${BIRD_DEAD:-4}

# bird_conf ROUTER-ID DEV STUB-DEV: what both have in common.
bird_conf()
{
	local f

	cat <<-END
	router id $1;
	protocol device { scan time $BIRD_SCAN; }
	END
	for f in 4 6; do
		cat <<-END
		protocol kernel kernel$f {
			ipv$f { export where source != RTS_DEVICE; };
			merge paths yes;
		}
		protocol ospf v$((f / 2)) ospf$f {
			ipv$f { export where proto = "announced$f"; };
			area 0 {
				interface "$2" { type ptp; hello $BIRD_HELLO; dead $BIRD_DEAD; };
				interface "$3" { stub yes; };
			};
		}
		END
	done
}

# static_routes NAME FAMILY ROUTE...
static_routes()
{
	printf 'protocol static %s { ipv%d;\n' "$1$2" "$2"
	printf 'route %s;\n' "${@:3}"
	echo '}'
}

# bgp OWN-AS OTHER-AS FAMILY OWN OTHER
bgp()
{
	cat <<-END
	protocol bgp bgp$3 {
		local $4 as $1;
		neighbor $5 as $2;
		hold time 6;
		ipv$3 { import all; export where proto = "told$3"; };
	}
	END
}

# networks FAMILY N FIRST: N prefixes as BIRD's routes.
networks()
{
	local i

	for (( i = 1; i <= $2; i++ )); do
		if [[ $1 == 4 ]]; then
			echo "10.$3.$i.0/24 blackhole"
		else
			printf 'fd00:%d:%x::/64 blackhole\n' "$3" "$i"
		fi
	done
}

# bird_run NAME: BIRD in a namespace; its process id is in $SPAWNED.
bird_run()
{
	spawn "$TEST_TMP/bird-$1.log" ip netns exec "${NS[$1]}" bird -f \
		-c "$TEST_TMP/$1.conf" -s "$TEST_TMP/$1.ctl"
}
