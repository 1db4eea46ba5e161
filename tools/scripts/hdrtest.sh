#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Check that every header compiles alone, and when included twice.
#
#   hdrtest.sh [VERSION]...    kernels to try (default: all that are here)
#
# The headers of the module, with kbuild; those of uapi/ also as user space
# includes them, in C and C++ style.

set -euo pipefail

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
KBUILD=$TOP/tools/scripts/kbuild.sh
readonly TOP KBUILD
status=0

test_kmod()
{
	local version=$1 out=$TOP/build/hdrtest/$1 header name

	rm -rf "$out"
	mkdir -p "$out"
	"$KBUILD" --mirror "$version" "$out"
	# Its own object list, everything else as in kmod/Kbuild.
	rm "$out/kmod/Kbuild"
	sed -e '/^vflow-/d' -e 's/^obj-m .*/obj-m := hdrtest.o/' \
		"$TOP/kmod/Kbuild" >"$out/kmod/Kbuild"
	cat >"$out/kmod/hdrtest_main.c" <<-'END'
	#include <linux/module.h>
	MODULE_LICENSE("GPL");
	MODULE_DESCRIPTION("header test");
	END
	echo 'hdrtest-y := hdrtest_main.o' >>"$out/kmod/Kbuild"
	for header in "$out"/kmod/*.h; do
		name=${header##*/}
		name=${name%.h}
		printf '#include "%s.h"\n#include "%s.h"\n' "$name" "$name" \
			>"$out/kmod/hdrtest_$name.c"
		echo "hdrtest-y += hdrtest_$name.o" >>"$out/kmod/Kbuild"
	done
	VFLOW_WERROR=1 "$KBUILD" --kbuild "$version" "$out" \
		KBUILD_MODPOST_WARN=1 -k modules
}

test_uapi()
{
	local header

	while IFS= read -r header; do
		printf '#include "%s"\n#include "%s"\nint main;\n' \
			"$header" "$header" |
			"${CC:-gcc}" -std=c99 -Wall -Wextra -Wpedantic -Werror \
				-Wno-main -I"$TOP/uapi" -x c -fsyntax-only - ||
			status=1
	done < <(find "$TOP/uapi" -name '*.h' | sort)
}

if (( $# == 0 )); then
	# shellcheck disable=SC2046
	set -- $("$KBUILD" --list)
fi
for version; do
	test_kmod "$version" || status=1
done
test_uapi
exit "$status"
