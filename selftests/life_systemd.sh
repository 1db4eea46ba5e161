#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# vflowd and vflow-agent as systemd runs them, behind all the walls of their units: vflowd
# says when it is ready, hears a guest in a namespace, one whose namespace is made later,
# and the agent; it is reloaded, started anew when it dies, and stopped, and the module
# keeps all routes.  The manager is the first of some processes of its own, and knows no
# other units.
# timeout: 60
. "$(dirname "$0")/lib.sh"

INIT=/lib/systemd/systemd
need_cmd systemctl nft "$INIT"

guest_conf()
{
	cat <<-END
	[vrouter $1]
	source = $2
	${3:-}

	[vif $1-e0]
	vrouter = $1
	guest-interface = e0
	uplink = up0
	END
}

vflow_conf()
{
	guest_conf r1 "netns:${NS[r1]}" "${1:-}"
	guest_conf r2 "netns:$LATER"
	guest_conf r3 "agent:unix:/run/vflow/r3.sock"
	guest_conf r4 "agent:unix:/run/vflow/r4.sock user=nobody"
}

# drop_in DIR UNIT PROGRAM...: run PROGRAM, from where it is here.
drop_in()
{
	mkdir -p "$1/$2.service.d"
	cat >"$1/$2.service.d/test.conf"
	cat >>"$1/$2.service.d/test.conf" <<-END
	[Service]
	ExecStart=
	ExecStart=/run/test/${*:3}
	StandardError=file:/run/test/$2.log
	END
}

# What the units need, and nothing else.
units()
{
	local dir=$1 unit

	mkdir -p "$dir"
	for unit in sysinit basic shutdown test; do
		printf '[Unit]\nDefaultDependencies=no\n' >"$dir/$unit.target"
	done
	cp "$SELFTESTS"/../tools/vflow{d,-agent}/*.service "$dir"
	drop_in "$dir" vflowd vflowd -c /run/test/vflow.conf <<-END
	[Unit]
	ConditionPathExists=
	END
	drop_in "$dir" vflow-agent vflow-agent unix:/run/vflow/r3.sock <<-END
	[Service]
	NetworkNamespacePath=/run/netns/${NS[r3]}
	END
}

# Run as the first program: mount what there is of a system, and become systemd.
manager()
{
	cat <<-END
	mount --rbind /run/netns "$TEST_TMP/netns"
	mount -t tmpfs tmpfs /run
	mkdir /run/netns
	mount --rbind "$TEST_TMP/netns" /run/netns
	mount -t cgroup2 cgroup2 /sys/fs/cgroup
	mount --make-rshared /
	cp -r "$TEST_TMP/test" /run
	export container=test SYSTEMD_UNIT_PATH=/run/test/units
	exec $INIT --unit=test.target --log-target=null --show-status=no
	END
}

cgroups_gone()
{
	find /sys/fs/cgroup -mindepth 1 -depth -type d -exec rmdir {} + 2>/dev/null || true
}

# in_system COMMAND...: where systemd is the first process.
in_system()
{
	nsenter -t "$MANAGER" -m -p -n -C "$@"
}

system_runs()
{
	spawn "$TEST_TMP/systemd.log" ip netns exec "${NS[host]}" \
		unshare --fork --pid --mount --propagation slave --cgroup --mount-proc \
		bash -e "$TEST_TMP/manager"
	wait_for 10 pgrep -P "$SPAWNED"
	MANAGER=$(pgrep -P "$SPAWNED")
	wait_for 20 in_system systemctl is-active test.target
}

property()
{
	in_system systemctl show -P "$1" vflowd
}

# What systemd and vflowd say, if it is not so.
unit_is()
{
	[[ $(property "$1") == "$2" ]] || {
		in_system systemctl --no-pager status vflowd
		in_system cat /run/test/vflowd.log
		return 1
	}
}

# route_of VROUTER PREFIX: is it in the module?
route_of()
{
	local n

	n=$(query length route show vrouter "$1" "$2")
	[[ $n == 1 ]]
}

owner_is()
{
	[[ $(in_system stat -c %U "$2") == "$1" ]]
}

max_is()
{
	[[ $(query '.[0]."max-routes"' vrouter show r1) == "$1" ]]
}

punts()
{
	[[ $(kernel_get ".[] | select(.name == \"$1\").punt" vrouter-get) == 1 ]]
}

# A guest with one route.
guest()
{
	ns_add "$1"
	ipn "$1" link add e0 type veth peer name x0
	ipn "$1" link set e0 up
	ipn "$1" addr add 10.1.0.1/24 dev e0
	ipn "$1" route add blackhole 10.44.0.0/16
}

killed()
{
	kill -KILL "$(pgrep -P "$MANAGER" vflowd)" && poll_until 20 unit_is NRestarts 1 &&
		poll_until 20 unit_is ActiveState active
}

ktap_plan 12
ns_add host
guest r1
guest r3
# As ns_add names it.
LATER=r2-$$
ipn host link add up0 type veth peer name far0
ipn host link set up0 up
mkdir -p "$TEST_TMP/netns" "$TEST_TMP/test"
cp "$VFLOW_BUILD"/vflow{d,-agent} "$TEST_TMP/test"
units "$TEST_TMP/test/units"
manager >"$TEST_TMP/manager"
vflow_conf >"$TEST_TMP/test/vflow.conf"
defer cgroups_gone
system_runs

check "systemd starts vflowd, which says when it is ready" \
	in_system systemctl start vflowd
check_poll "a guest in a namespace is heard" 10 route_of r1 10.44.0.0/16
guest r2
check_poll "so is one whose namespace is made later" 10 route_of r2 10.44.0.0/16
check "an agent's socket can be for another user" owner_is nobody /run/vflow/r4.sock
in_system systemctl start vflow-agent
check_poll "an agent is heard, by a parser without rights" 10 route_of r3 10.44.0.0/16
in_ns r3 nft 'add table ip t; add chain ip t c { type filter hook forward priority 0; }'
in_ns r3 nft 'add rule ip t c ip daddr 192.0.2.1 drop'
check_poll "it sees that its guest filters" 20 punts r3

vflow_conf "max-routes = 77" | in_system tee /run/test/vflow.conf >/dev/null
check "it is reloaded" in_system systemctl reload vflowd
check_poll "the new configuration holds" 10 max_is 77

ipn r1 route add blackhole 10.45.0.0/16
check "killed, it is started anew" killed
check_poll "and hears the guest" 10 route_of r1 10.45.0.0/16

in_system systemctl stop vflowd
check "stopped, it leaves the routes" route_of r3 10.44.0.0/16
check_fail "nothing went wrong" in_system grep error /run/test/vflow{d,-agent}.log
