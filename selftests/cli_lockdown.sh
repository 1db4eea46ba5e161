#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Under lockdown the kernel refuses a module that is not signed, and vflowctl
# says what to do.  Lockdown ends with the machine: this one is for nothing else.
# timeout: 40
# vng: --mem 1G
. "$(dirname "$0")/lib.sh"

LOCKDOWN=/sys/kernel/security/lockdown

[[ -e $LOCKDOWN ]] || mount -t securityfs none /sys/kernel/security
need_feature 'the lockdown module of the kernel' test -e "$LOCKDOWN"

ktap_plan 4
module_unload
check_fail 'before, nothing is said of signatures' \
	bash -c 'vflowctl 2>&1 | grep signed'
echo integrity >"$LOCKDOWN"
check_refused 'the kernel refuses the module' 'Operation not permitted|Key was rejected' \
	insmod "$VFLOW_KO"
check_refused 'vflowctl says why, and what to do' \
	'takes signed modules only.*sign it and enrol the key with .mokutil --import.$' \
	vflowctl
check_refused 'and still how to get the module' 'module vflow is not (installed|loaded)' \
	vflowctl
