#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Check the kernel-doc comments of the module and of hand-written uapi headers.

set -euo pipefail

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
KDOC=${VFLOW_CACHE:-/var/cache/vflow}/linux-source-6.12/scripts/kernel-doc
readonly TOP KDOC

if [[ ! -x $KDOC ]]; then
	echo "kdoc.sh: no kernel-doc at $KDOC; run: make setup" >&2
	exit 1
fi
cd "$TOP"
# Generated files have no comments of their own; trace.h is all macros.
mapfile -t files < <(find kmod uapi -name '*.[ch]' \
	! -path '*/tests/*' ! -path '*/compat-include/*' \
	! -name 'nl-gen.*' ! -path uapi/linux/vflow.h ! -name trace.h | sort)
log=$(mktemp)
trap 'rm -f "$log"' EXIT
"$KDOC" -none -Wall "${files[@]}" >"$log" 2>&1 || { cat "$log"; exit 1; }
# "no structured comments" is for files that have none.
if grep -v 'no structured comments found' "$log" |
   grep -vE '^[0-9]+ (warnings|errors)( as Errors)?$' | grep .; then
	exit 1
fi
