#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The module loads from where packages put it, with nothing but "modprobe vflow",
# and unloads.
# timeout: 40
. "$(dirname "$0")/lib.sh"

ktap_plan 4

RELEASE=$(uname -r)

module_unload
mount -t tmpfs none /lib/modules
defer umount /lib/modules
install -D -m 644 "$VFLOW_KO" "/lib/modules/$RELEASE/updates/dkms/vflow.ko"
depmod "$RELEASE" 2>/dev/null

check_eq 'modinfo knows it' vflow modinfo -F name vflow
check 'modprobe loads it' modprobe vflow
check 'it answers' vflowctl
check 'modprobe -r unloads it' modprobe -r vflow
