#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A weighted group shares flows as its weights say, and a flow keeps its path:
# whatever happens to the cache, to the tables and to the other members.  Only
# the flows of a member that goes move, and a new member takes its share.
# timeout: 60
. "$(dirname "$0")/lib.sh"

FLOWS=6000	# three points are almost five standard deviations
OWNER=20
MACS=(52:54:00:bb:00:1{1,2,3,4})
WEIGHTS=(1 2 5 2)

# hop FAMILY N: gateway number N, from 1.
hop()
{
	if [[ $1 == 4 ]]; then
		echo "10.2.0.1$2"
	else
		echo "fd00:2::1$2"
	fi
}

# members FAMILY N...: of the group, in the form of vflowctl.
members()
{
	local f=$1 n list=()

	shift
	for n; do
		list+=("$(id "$f" "$n"),${WEIGHTS[n - 1]}")
	done
	(IFS=/; echo "${list[*]}")
}

id()
{
	echo $(((${1} - 4) * 50 + $2))
}

tables()
{
	local f n

	for f in 4 6; do
		for n in 1 2 3 4; do
			echo "neighbor add $(hop "$f" "$n") lladdr ${MACS[n - 1]} vif r1-e1"
			echo "nexthop add id $(id "$f" "$n") vrouter r1 via $(hop "$f" "$n") vif r1-e1 owner $OWNER"
		done
		echo "nexthop add id $(id "$f" 10) vrouter r1 group $(members "$f" 1 2 3) owner $OWNER"
		echo "route add ${FARNET[$f]} vrouter r1 nexthop id $(id "$f" 10) owner $OWNER"
	done | ctl_batch
}

# paths FAMILY NAME [OPTION...]: the path of each flow, to a file of that name.
paths()
{
	local f=$1 file=$TEST_TMP/$2

	shift 2
	listen dst recv --expect "$FLOWS" --paths "$file.raw" "$(place dst d0=dst)"
	send src s0 --dmac "$MAC_E0" --src "${SRC[$f]}" --dst "${FAR[$f]}" \
		--to dst --count "$FLOWS" --flows "$FLOWS" "$@"
	listened dst
	arrived dst "$FLOWS" >"$file.answer" || {
		cat "$file.answer"
		return 1
	}
	awk '{ sub(".*/", "", $3); print $2, $3 }' "$file.raw" | sort >"$file"
}

# share FILE N: percent of the flows at gateway N.
share()
{
	awk -v mac="${MACS[$2 - 1]}" '$2 == mac { n++ } END { print 100 * n / NR }' \
		"$TEST_TMP/$1"
}

# share_is FILE N PERCENT: within three points.
share_is()
{
	local have

	have=$(share "$1" "$2")
	echo "$have % at ${MACS[$2 - 1]}"
	awk -v a="$have" -v b="$3" 'BEGIN { exit !(a >= b - 3 && a <= b + 3) }'
}

# moved FILE FILE [N]: flows with another path (that had been at gateway N, or
# at any other than N for -N).
moved()
{
	join "$TEST_TMP/$1" "$TEST_TMP/$2" | awk -v n="${3:-0}" \
		-v mac="${MACS[${3:+${3#-}} - 1]}" '
		$2 != $3 && (n == 0 || (n > 0) == ($2 == mac)) { m++ }
		END { print m + 0 }'
}

# stays FAMILY TEXT: the flows are where they were at first.
stays()
{
	paths "$1" now || return
	[[ $(moved "first$1" now) == 0 ]] || {
		echo "$(moved "first$1" now) flows moved"
		return 1
	}
}

family()
{
	local f=$1

	check "IPv$f: every flow arrives" paths "$f" "first$f"
	check "IPv$f: one of eight at weight 1" share_is "first$f" 1 12.5
	check "IPv$f: two of eight at weight 2" share_is "first$f" 2 25
	check "IPv$f: five of eight at weight 5" share_is "first$f" 3 62.5
	check "IPv$f: none moves when sent again" stays "$f"
	ctl flow flush vrouter r1 >/dev/null
	check "IPv$f: none moves by a flush of the flows" stays "$f"
	ctl vrouter set r1 max-flows 100
	check "IPv$f: none moves by eviction" stays "$f"
	ctl vrouter set r1 max-flows 16384
	ctl nexthop replace id "$(id "$f" 10)" vrouter r1 group "$(members "$f" 3 1 2)" owner "$OWNER"
	check "IPv$f: none moves by another order of the members" stays "$f"
	check "IPv$f: all is sent again in a sync" in_ns host resync.py r1 "$OWNER"
	check "IPv$f: none moves by that" stays "$f"

	# An unreachable member is passed over, the others keep theirs.
	ctl neighbor del "$(hop "$f" 2)" vif r1-e1
	check "IPv$f: with a dead member all still arrive" paths "$f" dead
	check_eq "IPv$f: none of the other members' flows moves" 0 moved "first$f" dead -2
	# shellcheck disable=SC2016
	check_eq "IPv$f: all of its own do" 0 awk -v mac="${MACS[1]}" \
		'$2 == mac { n++ } END { print n + 0 }' "$TEST_TMP/dead"
	ctl neighbor add "$(hop "$f" 2)" lladdr "${MACS[1]}" vif r1-e1
	check "IPv$f: when it is back all are where they were" stays "$f"

	ctl nexthop replace id "$(id "$f" 10)" vrouter r1 group "$(members "$f" 1 3)" owner "$OWNER"
	check "IPv$f: with a member removed all still arrive" paths "$f" less
	check_eq "IPv$f: none of the other members' flows moves" 0 moved "first$f" less -2
	ctl nexthop replace id "$(id "$f" 10)" vrouter r1 group "$(members "$f" 1 2 3)" owner "$OWNER"
	check "IPv$f: with it added again all arrive" paths "$f" "first$f"

	# Weight 2 of 10 is added: a fifth of the flows, and 3 points.
	ctl nexthop replace id "$(id "$f" 10)" vrouter r1 group "$(members "$f" 1 2 3 4)" owner "$OWNER"
	check "IPv$f: with a member added all arrive" paths "$f" more
	check "IPv$f: it gets its share" share_is more 4 20
	check "IPv$f: no more moves than that" awk -v m="$(moved "first$f" more)" \
		-v n="$FLOWS" 'BEGIN { print m, "moved"; exit !(m <= n * 0.23) }'
}

ktap_plan 40
topo_basic ctl
tables
for f in 4 6; do
	family "$f"
done
