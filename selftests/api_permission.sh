#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Only CAP_NET_ADMIN in the initial user namespace counts.  An unprivileged
# user and root of a user namespace are refused every operation; the first
# cannot join the group; the second can, in a namespace of its own, and hears
# nothing, because nothing can be created there, not even by the host's root.
# timeout: 60
. "$(dirname "$0")/lib.sh"

need_cmd unshare setpriv

NOBODY_ID=65534
OPEN=$TEST_TMP/tree

# The tree may lie below a directory that is root's alone: nobody sees it here.
open_tree()
{
	mkdir "$OPEN"
	chmod 711 "$TEST_TMP"
	mount --bind "$(dirname "$0")/.." "$OPEN"
	defer umount "$OPEN"
}

as_nobody()
{
	in_ns host setpriv --reuid "$NOBODY_ID" --regid "$NOBODY_ID" \
		--clear-groups --no-new-privs \
		env "PATH=$OPEN/selftests:$PATH" "$@"
}

# In a user namespace without a network namespace of its own: it sees the
# host's.
as_user_root()
{
	in_ns host unshare --user --map-root-user "$@"
}

# All lines of "ops" but those refused with EPERM.
not_refused()
{
	"$@" api_permission.py ops >"$TEST_TMP/ops" || return
	[[ $(wc -l <"$TEST_TMP/ops") -ge 30 ]] || { echo too few; return 1; }
	grep -v ' EPERM$' "$TEST_TMP/ops" || true
}

# A process that holds a user and a network namespace open.
foreign_ns()
{
	spawn "$TEST_TMP/foreign" unshare --user --net --map-root-user \
		sh -c 'echo here; exec sleep 1000'
	FOREIGN=$SPAWNED
	wait_for 5 grep -q here "$TEST_TMP/foreign"
	FOREIGN=$(pgrep -P "$FOREIGN" sleep || echo "$FOREIGN")
	# The name under which ip and vflowctl -n find it.
	ip netns attach "foreign-$$" "$FOREIGN"
	defer ip netns del "foreign-$$"
	NS[foreign]=foreign-$$
}

in_foreign()
{
	nsenter --user --net --preserve-credentials -t "$FOREIGN" "$@"
}

# Something to announce.
config_changes()
{
	ctl vrouter add changed
	ctl vrouter del changed
}

foreign_has()
{
	KERNEL_NS=foreign kernel "$1"
}

listener_says()
{
	grep -q "$2" "$TEST_TMP/$1"
}

ktap_plan 12
topo_basic ctl
open_tree
check_match "root of the host can (so there is something to refuse)" \
	'"name": "r1"' kernel vrouter-get
check_eq "an unprivileged user is refused every operation" "" \
	not_refused as_nobody
check_eq "an unprivileged user cannot join the group" "join EPERM" \
	as_nobody api_permission.py join 1
check_eq "root of a user namespace is refused every operation" "" \
	not_refused as_user_root
check_eq "and cannot join the group of the host's namespace" "join EPERM" \
	as_user_root api_permission.py join 1

foreign_ns
check_eq "with a network namespace of its own it is refused, too" "" \
	not_refused in_foreign
ipn foreign link add dum0 type dummy
for object in "port add dum0 type uplink" "vrouter add r9"; do
	# shellcheck disable=SC2086
	check_refused "even root of the host cannot: $object" "user namespace" \
		ctl_in foreign $object
done

spawn "$TEST_TMP/listener" nsenter --user --net --preserve-credentials \
	-t "$FOREIGN" api_permission.py join "$(slow 3)"
spawn "$TEST_TMP/control" ip netns exec "${NS[host]}" api_permission.py join \
	"$(slow 3)"
wait_for 10 listener_says listener "join"
wait_for 10 listener_says control "join"
check_eq "it may join the group of its own namespace" "join done" \
	head -n 1 "$TEST_TMP/listener"
config_changes
ctl_in foreign vrouter add r9 2>/dev/null || true
wait_for 10 listener_says listener messages
wait_for 10 listener_says control messages
check_eq "but hears nothing" "messages 0" tail -n 1 "$TEST_TMP/listener"
check_match "while the host's own listener does hear" "messages [2-9]" \
	tail -n 1 "$TEST_TMP/control"
check_eq "nothing was created there" "[]" \
	foreign_has vrouter-get
