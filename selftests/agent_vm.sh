#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A guest with a kernel of its own: a virtual machine on two taps, by vhost-net, with
# BIRD and vflow-agent, which dials the host over vsock.  OSPF's routes get from its
# kernel into the module, by readers that vflowd does not know; packets pass it by.
# Then the machine is reset, and at last it is killed: none is lost.
# timeout: 400
. "$(dirname "$0")/lib.sh"
# The guest is emulated by an emulated machine.
# shellcheck disable=SC2034
BIRD_SCAN=10 BIRD_HELLO=5 BIRD_DEAD=60
. "$(dirname "$0")/bird.sh"

CID=5
NETWORKS=20
# Sender and receiver take their part of the one emulated machine.
RATE=$((100 / VFLOW_SLOW))
KERNEL=${VFLOW_CACHE:-/var/cache/vflow}/kernels/$(uname -r)/boot/vmlinuz-$(uname -r)
QEMU=qemu-system-x86_64
GUEST=$TEST_TMP/guest

need_cmd bird "$QEMU" busybox socat
need_module vhost_net vhost_vsock
need_feature "the image of this kernel, see make setup" test -r "$KERNEL"

# put PROGRAM...: into the guest, with its libraries.
put()
{
	local program lib

	for program; do
		program=$(command -v "$program")
		cp "$program" "$GUEST/bin"
		while IFS= read -r lib; do
			mkdir -p "$GUEST${lib%/*}"
			cp -L "$lib" "$GUEST$lib"
		done < <(ldd "$program" 2>/dev/null | grep -o '/[^ ]*')
	done
}

# put_modules NAME...: and what they need, in the order to load them in.
put_modules()
{
	local name file

	for name; do
		modprobe --show-depends "$name" | sed -n 's/^insmod \([^ ]*\).*/\1/p'
	done | awk '!seen[$0]++' | while IFS= read -r file; do
		name=${file##*/}
		case $file in
		*.xz) xz -dc "$file" >"$GUEST/modules/${name%.xz}" ;;
		*) cp "$file" "$GUEST/modules/" ;;
		esac
		echo "/modules/${name%.xz}" >>"$GUEST/modules/order"
	done
}

guest_addresses()
{
	local f

	for f in 4 6; do
		echo "addr add ${GW0[$f]}/${LEN[$f]} dev e0"
		echo "addr add ${GW1[$f]}/${LEN[$f]} dev e1"
	done
	echo "link set e0 up"
	echo "link set e1 up"
}

guest_init()
{
	cat <<-END
	#!/bin/busybox sh
	export PATH=/bin
	# What is there already stays, but a name alone means busybox.
	/bin/busybox --install -s /bin 2>/dev/null
	mount -t proc proc /proc
	mount -t sysfs sysfs /sys
	mount -t devtmpfs dev /dev
	while read -r module; do insmod "\$module"; done </modules/order
	for dev in /sys/class/net/*; do
		case \$(cat "\$dev/address") in
		$MAC_E0) /bin/ip link set "\${dev##*/}" name e0 ;;
		$MAC_E1) /bin/ip link set "\${dev##*/}" name e1 ;;
		esac
	done
	for key in ipv4/ip_forward ipv6/conf/all/forwarding; do
		echo 1 >/proc/sys/net/\$key
	done
	for key in all default; do
		echo 0 >/proc/sys/net/ipv6/conf/\$key/accept_dad
	done
	/bin/ip link set lo up
	/bin/ip -batch /etc/addresses
	httpd -h /www
	bird -c /etc/bird.conf -s /run/bird.ctl
	# Until the agent has told all the host goes on with what was there before: not
	# before OSPF knows it again.
	until ip -4 route | grep -q "^${FARNET[4]} " &&
	      ip -6 route | grep -q "^${FARNET[6]} "; do sleep 1; done
	while :; do vflow-agent; sleep 1; done
	END
}

# What a reader outside gets: the guest's own view of its routes.
guest_cgi()
{
	cat <<-'END'
	#!/bin/sh
	printf 'Content-type: application/json\r\n\r\n'
	/bin/ip -j -4 route show table main
	/bin/ip -j -6 route show table main
	END
}

guest_image()
{
	mkdir -p "$GUEST"/{bin,dev,etc,lib64,modules,proc,run,sys,tmp,var,www/cgi-bin}
	put busybox bird ip vflow-agent
	put_modules virtio_mmio virtio_net vmw_vsock_virtio_transport
	guest_addresses >"$GUEST/etc/addresses"
	bird_conf 192.0.2.101 e1 e0 >"$GUEST/etc/bird.conf"
	guest_init >"$GUEST/init"
	guest_cgi >"$GUEST/www/cgi-bin/routes"
	chmod +x "$GUEST/init" "$GUEST/www/cgi-bin/routes"
	( cd "$GUEST" && find . | busybox cpio -o -H newc 2>/dev/null ) |
		gzip -1 >"$TEST_TMP/guest.img"
	rm -rf "$GUEST"
}

# The guest's time goes by its instructions: nothing times out because this machine
# is slow.
guest_start()
{
	local i nics=() macs=("$MAC_E0" "$MAC_E1")

	for i in 0 1; do
		nics+=(-netdev "tap,id=n$i,ifname=g$i,script=no,downscript=no,vhost=on"
		       -device "virtio-net-device,netdev=n$i,mac=${macs[i]}")
	done
	spawn "$TEST_TMP/qemu.log" ip netns exec "${NS[host]}" "$QEMU" \
		-M microvm,rtc=on -cpu max -accel tcg -icount shift=6 -m 192M \
		-nodefaults -no-user-config -display none \
		-kernel "$KERNEL" -initrd "$TEST_TMP/guest.img" \
		-append "console=ttyS0 quiet panic=-1" \
		-serial "file:$TEST_TMP/guest.log" \
		-monitor "unix:$TEST_TMP/monitor,server=on,wait=off" \
		-device "vhost-vsock-device,guest-cid=$CID" "${nics[@]}"
	VM=$SPAWNED
}

topo_vm()
{
	local f i

	ns_add src dst host
	veth src s0 host up0
	veth dst d0 host up1
	set_mac src s0 "$MAC_S0"
	set_mac dst d0 "$MAC_D0"
	for f in 4 6; do
		addr src s0 "${SRC[$f]}/${LEN[$f]}"
		addr dst d0 "${DST[$f]}/${LEN[$f]}"
		ipn src route add default via "${GW0[$f]}"
		ipn dst route add default via "${GW1[$f]}"
	done
	for i in 0 1; do
		ipn host tuntap add "g$i" mode tap
		ipn host link set "g$i" up
	done
}

dst_conf()
{
	local f routes

	bird_conf 192.0.2.102 d0 lo
	for f in 4 6; do
		mapfile -t routes < <(networks "$f" "$1" 44)
		static_routes announced "$f" "${routes[@]}" "${FARNET[$f]} blackhole"
	done
}

status()
{
	"$VFLOW_BUILD/vflowd" -c "$TEST_TMP/vflow.conf" --status |
		jq -r ".vrouters[0]$1"
}

status_is()
{
	local now

	now=$(status "$1")
	echo "$1: $now"
	[[ $now == "$2" ]] || guest_says
}

guest_says()
{
	tail -n 10 "$TEST_TMP/guest.log" "$TEST_TMP/qemu.log" "$TEST_TMP/vflowd-host.log"
	ctl
	return 1
}

# What the guest's kernel has: "PREFIX VIA VIF" of each leg.  BIRD repeats the kernel's
# own routes with a metric; those lead to the same place.
guest_view()
{
	printf 'GET /cgi-bin/routes HTTP/1.0\r\n\r\n' |
		in_ns src socat -t "$(slow 3)" - "TCP:${GW0[4]}:80,connect-timeout=5" |
		sed '1,/^\r$/d' | jq -r '.[] | select(.dst | startswith("fe80:") | not) |
			(if .dst | contains("/") then .dst
			 elif .dst | contains(":") then .dst + "/128"
			 else .dst + "/32" end) as $dst |
			(.nexthops // [.])[] | "\($dst) \(.gateway // "-") r1-\(.dev)"' |
		sort -u
}

module_view()
{
	local nexthops

	nexthops=$(kernel nexthop-get) &&
	kernel route-get | jq -r --argjson nh "$nexthops" '[.[].route[]] | .[] |
		select(.type == "unicast" and (.dst | startswith("fe80:") | not)) |
		"\(.dst)/\(.["dst-len"])" as $dst |
		(if .["nexthop-id"] then
			[.["nexthop-id"] as $id | $nh[] | select(.id == $id)] |
			map(if .group then .group[].id as $m | $nh[] | select(.id == $m)
			    else . end)
		 else .group // [.] end)[] |
		"\($dst) \(.via // "-") \(.vif)"' | sort
}

# equal N: both have the same, and at least so many routes.
equal()
{
	guest_view >"$TEST_TMP/guest-view" || guest_says || return
	module_view >"$TEST_TMP/module-view" &&
	wc -l <"$TEST_TMP/guest-view" &&
	diff "$TEST_TMP/guest-view" "$TEST_TMP/module-view" &&
	(( $(wc -l <"$TEST_TMP/guest-view") >= $1 ))
}

fewer()
{
	equal 10 && (( $(wc -l <"$TEST_TMP/guest-view") < NETWORKS ))
}

forwarded()
{
	stat_of r1-e0 vif forward-packets
}

gateway_known()
{
	ctl neighbor show | grep -q "^fe80:.*r1-e1"
}

forwarded_are()
{
	(( $(forwarded) >= $1 ))
}

ktap_plan 12
topo_vm
# OSPF speaks through the vifs before the agent can tell their MACs.
source_conf "agent:vsock:$CID" |
	sed -e '/^source = /a hold = pinned' -e "/^guest = g0/a mac = $MAC_E0" \
	    -e "/^guest = g1/a mac = $MAC_E1" >"$TEST_TMP/vflow.conf"
daemon "$TEST_TMP/vflow.conf"
kernel_reader host
dst_conf "$NETWORKS" >"$TEST_TMP/dst.conf"
bird_run dst
guest_image
guest_start
check_poll "a virtual machine's agent is there, over vsock" 100 status_is .state live
check_poll "the module has OSPF's routes of the guest's kernel" 60 \
	equal $((2 * NETWORKS + 4))
diag "$(tail -n 1 <<<"$OUT") routes of either"
dst_conf 5 >"$TEST_TMP/dst.conf"
birdc -s "$TEST_TMP/dst.ctl" configure >/dev/null
check_poll "what OSPF withdraws goes from both" 40 fewer
for f in 4 6; do
	check "IPv$f: a ping goes through" ping_from "$f" src "${DST[$f]}" 2
	wait_for 10 ping_from "$f" dst "${SRC[$f]}"
done

listen dst recv --deadline 3600 "$(place dst d0=dst)"
BEFORE=$(forwarded)
stream 4
stream 6
# OSPFv3's gateway is a link-local address, which nobody has asked for before.
wait_for 60 gateway_known
echo system_reset | socat - "UNIX-CONNECT:$TEST_TMP/monitor" >/dev/null
check_poll "the machine is reset: another boot is there" 150 status_is .source.boots 1
check_poll "and the module has what the new kernel has" 60 equal 10
check_poll "verify says so, too" 60 ctl verify r1 control "$TEST_TMP/vflowd.sock"
disown "$VM"
kill -KILL "$VM"
check_poll "the machine is killed: vflowd says so" 30 status_is .state lost
wait_for 60 forwarded_are $(($(forwarded) + 10 * RATE))
check "its routes stay" test "$(module_view | wc -l)" -ge 10
stop "${SENDERS[@]}"
hang_up dst
diag "$(sent) packets"
check "no packet was lost, doubled or misdelivered meanwhile" all_arrived
check "they went through the module" test \
	$(($(forwarded) - BEFORE)) -gt $(($(sent) * 9 / 10))
