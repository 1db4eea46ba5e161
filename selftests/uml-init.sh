#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The first program of User Mode Linux: makes of the host's files, which it cannot write,
# what a machine of virtme-ng is, runs vng-guest.sh, and turns the machine off.
#
#   uml-init.sh tests|exec      with VFLOW_OUT_DIR, the host's name of VFLOW_OUT, and
#                               VFLOW_KERNEL_DIR, below which the kernel's modules are

export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
export MODPROBE_OPTIONS="-d $VFLOW_KERNEL_DIR"

mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t debugfs debugfs /sys/kernel/debug
mount -t devtmpfs devtmpfs /dev 2>/dev/null
mkdir -p /dev/pts /dev/shm
mount -t devpts devpts /dev/pts
for dir in /dev/shm /run /tmp /var/tmp; do
	mount -t tmpfs tmpfs "$dir"
done
for fd in stdin:0 stdout:1 stderr:2; do
	ln -sfn "/proc/self/fd/${fd#*:}" "/dev/${fd%:*}"
done
ln -sfn /proc/self/fd /dev/fd
mkdir -p /run/{frr,lock,netns} /tmp/vflow-out
mount -t hostfs -o "$VFLOW_OUT_DIR" hostfs /tmp/vflow-out
hostname uml
ip link set lo up

# The console is the kernel's; what is printed here goes to the other terminal.
bash "$(dirname "$0")/vng-guest.sh" "$1" </dev/null >/dev/tty1 2>&1
sync
poweroff -f
