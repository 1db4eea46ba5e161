#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Search console output for signs that a kernel is unwell.
#
#   splat.sh [FILE]...      one line per finding, "splat: LINE [FRAMES]";
#                           exit status 1 if there is any
#   splat.sh --self-test    check the patterns themselves, in KTAP
#
# The patterns are those that the kernel's own network CI looks for, and those
# of the debug options that vflow is tested with; a detector that turns itself off finds
# nothing more, so that is a finding, too.

set -euo pipefail

scan()
{
	awk '
	function flush_it() {
		if (line != "")
			print "splat: " line (frames != "" ? " [" frames "]" : "")
		line = frames = ""
		want = 0
	}
	{
		text = $0
		sub(/\r$/, "", text)
		# "<4>[   12.345678][ T99] text"
		sub(/^(<[0-9]+>)?\[ *[0-9]+\.[0-9]+\](\[ *[CT][0-9]+\])? ?/, "", text)
	}
	# Memory that is not to be had is no bug; a trace tells who asked for it.
	text ~ /: vmalloc error: size/ { harmless = 1 }
	/Call Trace:/ && harmless { harmless = 0; next }
	/Call Trace:/ { want = 5; if (line == "") line = text; next }
	want && text ~ /^ *(\? )?[A-Za-z_][A-Za-z0-9_.]*\+0x[0-9a-f]+\/0x/ {
		frame = text
		sub(/^ */, "", frame)
		if (frame ~ /^\?/)
			next
		sub(/\+0x.*/, "", frame)
		frames = frames (frames == "" ? "" : " < ") frame
		want--
		next
	}
	text ~ /(^|[^A-Z])(BUG|WARNING):/ ||
	text ~ /BUG (at|kmalloc|[a-z_-]+ *\()/ ||
	text ~ /(KASAN|KCSAN|KMSAN|UBSAN|KFENCE|ODEBUG):/ ||
	text ~ /INFO: (task|rcu|trying to register|possible|suspicious)/ ||
	text ~ /rcu: INFO:/ ||
	text ~ /suspicious RCU usage/ ||
	text ~ /possible (circular|recursive|irq lock inversion)/ ||
	text ~ /inconsistent lock state/ ||
	text ~ /held lock freed/ ||
	text ~ /refcount_t:/ ||
	(text ~ /ref_tracker:/ && text !~ /ref_tracker: memory allocation failure/) ||
	text ~ /unregister_netdevice: waiting/ ||
	text ~ /unreferenced object/ ||
	text ~ /kmemleak: [1-9][0-9]* new suspected/ ||
	text ~ /blocked for more than/ ||
	text ~ /(soft|hard) lockup/ || text ~ /hard LOCKUP/ ||
	text ~ /general protection fault/ ||
	text ~ /unable to handle (kernel|page fault)/ ||
	text ~ /Oops(:| -)/ ||
	text ~ /stack-protector:/ ||
	text ~ /(list_(add|del)|slab|Slab|Object|Redzone).*(corruption|overwritten)/ ||
	text ~ /Objects remaining in/ ||
	text ~ /page allocation failure/ ||
	text ~ /kmemleak: (Cannot allocate|Kernel memory leak detector disabled)/ ||
	text ~ /INFO: lockdep is turned off/ ||
	text ~ /turning off the locking correctness validator/ ||
	text ~ /Disabling lock debugging/ ||
	text ~ /^vflow-guest: .* is off/ ||
	text ~ /Kernel panic/ {
		# One finding prints many of these lines: keep the first.
		if (line == "" || NR > last + 60) {
			flush_it()
			line = text
		}
		last = NR
		next
	}
	/^.*RIP: [0-9]/ { if (line == "") line = text; last = NR }
	/---\[ end trace/ || /---\[ end Kernel panic/ { flush_it() }
	END { flush_it() }
	' "$@" | sort -u | {
		found=0
		while IFS= read -r hit; do
			printf '%s\n' "$hit"
			found=1
		done
		(( found == 0 ))
	}
}

# --- self test -------------------------------------------------------------

bad_samples()
{
	cat <<-'END'
	[   10.1] WARNING: CPU: 0 PID: 77 at net/core/dev.c:10 foo+0x1/0x20 [vflow]
	[   10.1] BUG: kernel NULL pointer dereference, address: 0000000000000008
	[   10.1] BUG: unable to handle page fault for address: ffffffffc0000000
	[   10.1][  T77] BUG: KASAN: slab-use-after-free in vflow_rx+0x10/0x20
	[   10.1] kernel BUG at lib/list_debug.c:59!
	[   10.1] BUG kmalloc-64 (Tainted: G    B): Redzone overwritten
	[   10.1] UBSAN: array-index-out-of-bounds in kmod/fib.c:1:2
	[   10.1] INFO: task rmmod:99 blocked for more than 120 seconds.
	[   10.1] rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:
	[   10.1] WARNING: suspicious RCU usage
	[   10.1] WARNING: possible circular locking dependency detected
	[   10.1] WARNING: possible recursive locking detected
	[   10.1] WARNING: inconsistent lock state
	[   10.1] refcount_t: underflow; use-after-free.
	[   10.1] ref_tracker: veth0@00000000 has 1/1 users at
	[   10.1] unregister_netdevice: waiting for veth0 to become free. Usage count = 2
	[   10.1] unreferenced object 0xffff888100000000 (size 64):
	[   10.1] kmemleak: 3 new suspected memory leaks (see /sys/kernel/debug/kmemleak)
	[   10.1] watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [ip:5]
	[   10.1] general protection fault, probably for non-canonical address 0xdead: 0000 [#1] SMP
	[   10.1] Oops: 0000 [#1] PREEMPT SMP NOPTI
	[   10.1] list_del corruption. prev->next should be 1, but was 2
	[   10.1] BUG vflow_flow (Tainted: G): Objects remaining in vflow_flow on __kmem_cache_shutdown()
	[   10.1] ODEBUG: free active (active state 0) object type: timer_list
	[   10.1] INFO: trying to register non-static key.
	[   10.1] ip: page allocation failure: order:4, mode:0xcc0(GFP_KERNEL)
	[   10.1] BUG: scheduling while atomic: ip/12/0x00000200
	[   10.1] Kernel panic - not syncing: Fatal exception in interrupt
	[   10.1] RIP: 0010:vflow_rx+0x10/0x20 [vflow]
	[   10.1] Call Trace:
	[   10.1] BUG: KCSAN: data-race in vflow_flow_age [vflow] / vflow_vrouter_set [vflow]
	[   10.1] BUG: KCSAN: data-race in vflow_flow_age+0x10/0x20 [vflow]
	[   10.1] kmemleak: Cannot allocate a kmemleak_object structure
	[   10.1] kmemleak: Kernel memory leak detector disabled
	[   10.1] INFO: lockdep is turned off.
	[   10.1] BUG: MAX_LOCKDEP_ENTRIES too low!
	[   10.1] turning off the locking correctness validator.
	[   10.1] Disabling lock debugging due to kernel taint
	vflow-guest: kmemleak is off
	END
}

good_samples()
{
	cat <<-'END'
	[    0.1] Linux version 6.12 (gcc) #1 SMP PREEMPT_DYNAMIC
	[    0.1] tsc: Fast TSC calibration failed
	[    0.2] vflow: loading out-of-tree module taints kernel.
	[    0.2] vflow: module verification failed: signature and/or required key missing - tainting kernel
	[    1.0] kmemleak: Kernel memory leak detector initialized
	[    1.0] rcu: Preemptible hierarchical RCU implementation.
	[    1.0] vflow: debug: 0 objects remain
	[    2.0] IPv6: ADDRCONF(NETDEV_CHANGE): veth0: link becomes ready
	[    1.0] ref_tracker: memory allocation failure, unreliable refcount tracker.
	[    2.0] RAS: Correctable Errors collector initialized.
	[    2.0] systemd[1]: Mounting sys-kernel-debug.mount - Kernel Debug File System...
	END
}

self_test()
{
	local n=0 failed=0 line got want

	printf 'KTAP version 1\n'
	while IFS= read -r line; do
		n=$((n + 1))
		if scan <<<"$line" >/dev/null; then
			printf 'not ok %d - finds: %s\n' "$n" "$line"
			failed=1
		else
			printf 'ok %d - finds: %s\n' "$n" "$line"
		fi
	done < <(bad_samples)
	while IFS= read -r line; do
		n=$((n + 1))
		if scan <<<"$line" >/dev/null; then
			printf 'ok %d - ignores: %s\n' "$n" "$line"
		else
			printf 'not ok %d - ignores: %s\n' "$n" "$line"
			failed=1
		fi
	done < <(good_samples)

	n=$((n + 1))
	want='splat: BUG: kernel NULL pointer dereference [vflow_rx < netif_receive]'
	got=$(scan <<-'END' || true
	[    1.0] BUG: kernel NULL pointer dereference
	[    1.0] Call Trace:
	[    1.0]  <TASK>
	[    1.0]  vflow_rx+0x1/0x2 [vflow]
	[    1.0]  ? foo+0x1/0x2
	[    1.0]  netif_receive+0x1/0x2
	[    1.0] ---[ end trace 0000000000000000 ]---
	END
	)
	if [[ $got == "$want" ]]; then
		printf 'ok %d - names the first frames\n' "$n"
	else
		printf 'not ok %d - names the first frames\n# %s\n' "$n" "$got"
		failed=1
	fi

	n=$((n + 1))
	got=$(scan <<-'END' || true
	[    1.0] ip: vmalloc error: size 24576, failed to allocated page array size 48
	[    1.0] Call Trace:
	[    1.0]  vflow_vrouter_add+0x1/0x2 [vflow]
	[    2.0] Call Trace:
	[    2.0]  vflow_rx+0x1/0x2 [vflow]
	END
	)
	if [[ $got == 'splat: Call Trace: [vflow_rx]' ]]; then
		printf 'ok %d - ignores the trace of memory that was not to be had\n' "$n"
	else
		printf 'not ok %d - ignores the trace of memory that was not to be had\n# %s\n' \
			"$n" "$got"
		failed=1
	fi
	printf '1..%d\n' "$n"
	return "$failed"
}

case ${1:-} in
--self-test) self_test ;;
-h|--help) sed -n '4,/^$/s/^# \{0,1\}//p' "$0" ;;
*) scan "$@" ;;
esac
