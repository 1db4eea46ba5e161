#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Build the module for a kernel, apart from the sources.
#
#   kbuild.sh [VERSION]      build in build/VERSION/ (default: running kernel)
#   kbuild.sh --list         versions of all kernels whose headers are here
#   kbuild.sh --resolve VER  the version meant by VER, e.g. 6.12, debug, kcsan, uml
#   kbuild.sh --make VERSION TARGET...
#                            run kbuild in build/VERSION/ with own arguments
#   kbuild.sh --mirror VERSION DIR
#                            only mirror the sources to DIR
#   kbuild.sh --kbuild VERSION DIR TARGET...
#                            run kbuild in DIR
#
# kbuild leaves objects beside the sources.  So build/VERSION/ gets a tree of
# symbolic links to them, and several kernels can be built side by side.
#
# Environment: KDIR (a configured kernel or its headers; default: found by
# VERSION), VFLOW_WERROR=1 (warnings are errors), W (default 1).

set -euo pipefail

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
CACHE=${VFLOW_CACHE:-/var/cache/vflow}
readonly TOP CACHE

die()
{
	printf 'kbuild.sh: %s\n' "$@" >&2
	exit 1
}

list()
{
	local dir

	for dir in "$CACHE"/kernels/*/lib/modules/*/build \
		   /lib/modules/*/build; do
		[[ -e $dir/Makefile && $dir != *.new/* ]] || continue
		dir=${dir%/build}
		printf '%s\n' "${dir##*/}"
	done | sort -Vu
}

# A series such as 6.12 means the newest kernel of it.
resolve()
{
	local want=$1 all

	case $want in
	debug|kcsan|uml)
		all=$("$TOP/tools/scripts/debug-kernel.sh" --print \
		      "${want/debug/kasan}")
		printf '%s\n' "${all##*/}"
		return
		;;
	esac
	all=$(list)
	if [[ -n ${KDIR:-} ]] || grep -qxF -e "$want" <<<"$all"; then
		printf '%s\n' "$want"
	else
		printf '%s\n' "$all" | { grep -E "^${want//./\\.}\." || true; } | tail -n 1
	fi
}

# The headers of a kernel.
kernel_dir()
{
	local dir

	for dir in "${KDIR:-}" "$CACHE/kernels/$1/lib/modules/$1/build" \
		   "$CACHE/debug/$1/lib/modules/$1/build" \
		   "/lib/modules/$1/build"; do
		if [[ -n $dir && -e $dir/Makefile ]]; then
			readlink -f "$dir"
			return
		fi
	done
	die "no headers of kernel $1" \
		"there are: $(list | xargs)" "run: make setup"
}

# Links to all sources in a directory; links to what is gone are removed.
mirror()
{
	local out=$1 file dir

	mkdir -p "$out"
	(
		cd "$TOP"
		find kmod -path kmod/tests/user -prune -o \
			-type f \( -name '*.[chS]' -o -name Kbuild \) \
			-print0
		printf '%s\0' Kbuild
	) | while IFS= read -r -d '' file; do
		if [[ ! $out/$file -ef $TOP/$file ]]; then
			dir=$out/$file
			mkdir -p "${dir%/*}"
			ln -sfn "$(realpath --relative-to="${dir%/*}" \
				   "$TOP/$file")" "$out/$file"
		fi
	done
	if [[ ! $out/uapi -ef $TOP/uapi ]]; then
		ln -sfn "$(realpath --relative-to="$out" "$TOP/uapi")" \
			"$out/uapi"
	fi
	find "$out" -xtype l -delete
}

kbuild()
{
	local version=$1 out=$2 dir cc args=()

	shift 2
	dir=$(kernel_dir "$version")
	# Debian's headers name the compiler that built the kernel, which
	# another release may lack; a newer one does as well.
	cc=$(sed -n 's/^CC = .*(CROSS_COMPILE)//p' "$dir/.kernelvariables" \
	     2>/dev/null || true)
	if [[ -n $cc ]] && ! command -v "$cc" >/dev/null; then
		args+=(CC=gcc)
	fi
	if [[ -n ${CC:-} ]]; then
		args+=("CC=$CC")
	fi
	# Debug kernels: see debug-kernel.sh.
	if [[ $version == *-vflow-uml-* ]]; then
		args+=(ARCH=um)
	fi
	# Take part in make's job server, or use all processors.
	if [[ ${MAKEFLAGS:-} != *jobserver* ]]; then
		args+=("-j$(nproc)")
	fi
	make --no-print-directory -C "$dir" M="$out" W="${W:-1}" \
		VFLOW_WERROR="${VFLOW_WERROR:-0}" "${args[@]}" "$@"
}

build()
{
	local version=$1 out=$TOP/build/$1 module

	mkdir -p "$out"
	exec {lock}>"$out/.lock"
	flock "$lock"
	mirror "$out"
	kbuild "$version" "$out" modules
	for module in "$out"/kmod/*.ko; do
		if ! cmp -s "$module" "$out/${module##*/}"; then
			cp "$module" "$out/${module##*/}.new"
			mv "$out/${module##*/}.new" "$out/${module##*/}"
		fi
	done
}

case ${1:-} in
--list)
	list | xargs
	;;
--resolve)
	resolve "$2"
	;;
--mirror)
	mirror "$3"
	;;
--kbuild)
	shift
	kbuild "$@"
	;;
--make)
	version=$2
	shift 2
	mirror "$TOP/build/$version"
	kbuild "$version" "$TOP/build/$version" "$@"
	;;
-h|--help)
	sed -n '4,/^$/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
	;;
-*)
	die "unknown option $1"
	;;
*)
	build "${1:-$(uname -r)}"
	;;
esac
