#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Without the module every command says why there is none, and what to do: it is
# not loaded, not installed, the kernel is too old or lacks what it needs.
# timeout: 40
. "$(dirname "$0")/lib.sh"

ktap_plan 8

RELEASE=$(uname -r)
# In a regular expression; Debian's have a plus sign.
RE=${RELEASE//[.+]/\\&}

# A private view of what describes the kernel: no configuration but the one on
# standard input, and a list of installed modules.
#   elsewhere MODULES COMMAND...
elsewhere()
{
	local modules=$1

	shift
	cat >"$TEST_TMP/config"
	printf '%s\n' "$modules" >"$TEST_TMP/modules.dep"
	# shellcheck disable=SC2016
	unshare --mount bash -c '
		mount -t tmpfs none /boot &&
		mount -t tmpfs none /lib/modules &&
		mkdir "/lib/modules/$1" &&
		cp "$2/modules.dep" "/lib/modules/$1" &&
		if [[ -s $2/config ]]; then cp "$2/config" "/boot/config-$1"; fi &&
		exec "${@:3}"' - "$RELEASE" "$TEST_TMP" "$@"
}

COMPLETE='CONFIG_INET=y
CONFIG_IPV6=m
CONFIG_NET_NS=y
CONFIG_VLAN_8021Q=m'
INSTALLED="updates/dkms/vflow.ko.xz:"

module_unload
check_refused 'it is not loaded' \
	'^vflowctl: module vflow is not loaded: .modprobe vflow.$' \
	elsewhere "$INSTALLED" vflowctl <<<"$COMPLETE"
check_refused 'with a command, that is named' \
	'^vflowctl: port add: module vflow is not loaded: .modprobe vflow.$' \
	elsewhere "$INSTALLED" vflowctl port add lo type uplink <<<"$COMPLETE"
check_refused 'it is not installed for this kernel' \
	"not installed for kernel $RE: \`make modules KVER=$RE\` builds it, \`insmod build/$RE/vflow.ko\` loads it\$" \
	elsewhere 'kernel/net/ipv4/tunnel4.ko:' vflowctl <<<"$COMPLETE"
check_refused 'the kernel is too old' 'kernel 2\.6\.[0-9.]*[^ ]* is too old, boot 6\.1 or newer$' \
	setarch --uname-2.6 vflowctl
check_refused 'the kernel has no VLANs' \
	"kernel $RE lacks CONFIG_VLAN_8021Q, boot one that has it\$" \
	elsewhere "$INSTALLED" vflowctl \
	<<<"${COMPLETE/CONFIG_VLAN_8021Q=m/# CONFIG_VLAN_8021Q is not set}"
check_refused 'the kernel has no IPv6' "lacks CONFIG_IPV6, boot one that has it\$" \
	elsewhere "$INSTALLED" vflowctl <<<"${COMPLETE/CONFIG_IPV6=m/}"
check_refused 'what is not known is not said to be missing' \
	'module vflow is not loaded: .modprobe vflow.$' \
	elsewhere "$INSTALLED" vflowctl </dev/null
module_load
check 'with the module, it answers' vflowctl
