#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Run sparse over the module: address spaces, byte order, context.
#
#   sparse.sh [VERSION]...     kernels to try (default: all that are here)
#
# In build/VERSION/, where what is compiled already is checked only.  Findings in
# the kernel's own headers are not ours and are left out.

set -euo pipefail

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
KBUILD=$TOP/tools/scripts/kbuild.sh
readonly TOP KBUILD
status=0

if (( $# == 0 )); then
	# shellcheck disable=SC2046
	set -- $("$KBUILD" --list)
fi
for version; do
	out=$TOP/build/$version
	log=$out/sparse.log
	mkdir -p "$out"
	# Every source is checked each time, compiled or not.
	if ! "$KBUILD" --make "$version" C=2 \
		CF='-D__CHECK_ENDIAN__ -Wno-bitwise-pointer' modules \
		>"$log" 2>&1; then
		cat "$log"
		status=1
		continue
	fi
	if grep -E "^($out/)?(\./)?(kmod|uapi)/[^ ]*: (warning|error)" "$log"; then
		status=1
	fi
	# sparse gives up silently on what it cannot parse.
	if ! grep -q '^  CHECK ' "$log"; then
		echo "sparse.sh: nothing was checked, see $log" >&2
		status=1
	fi
done
exit "$status"
