#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Build a debug kernel from Debian's linux-source-6.12, once per machine.
#
#   debug-kernel.sh [kasan|kcsan|uml]           build it, if it is not there
#   debug-kernel.sh --print [kasan|kcsan|uml]   its directory; fails if not there
#
# The kernels are those of selftests/config.debug with config.kasan (kernel A,
# the default) or config.kcsan (kernel B); uml is kernel A as a program of the
# host, User Mode Linux.  They are kept in
# $VFLOW_CACHE/debug/VERSION/, laid out like those of setup.sh, with
# boot/vmlinuz-VERSION, lib/modules/VERSION/ and the tree that modules are built
# against; VERSION ends in a hash of source version, compiler and configuration.
#
# Needs the packages of "make setup", 3 GB of disk while it builds and 1 GB
# afterwards.  "selftests/vng.sh --kernel debug" boots kernel A, and kcsan and
# uml the others.

set -euo pipefail

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
CACHE=${VFLOW_CACHE:-/var/cache/vflow}
PACKAGE=linux-source-6.12
readonly TOP CACHE PACKAGE

say()
{
	printf 'debug kernel: %s\n' "$*"
}

die()
{
	printf 'debug kernel: error: %s\n' "$@" >&2
	exit 1
}

# All that is asked for, in the form of .config: what is a module elsewhere is
# built in here, and what a later file says holds.
configuration()
{
	local files=(config config.debug)

	case $1 in
	kasan|kcsan) files+=(config.x86 "config.$1") ;;
	uml) files+=(config.kasan config.um) ;;
	esac
	( cd "$TOP/selftests" && cat "${files[@]}" ) |
		sed 's/=m$/=y/' |
		awk -F= '/^CONFIG_/ { value[$1] = $2 }
			 END { for (name in value) print name "=" value[name] }' |
		sort
}

# What make has to be told of a kernel.  With kernel B, only modules that are built
# against it are instrumented, see config.kcsan.
make_args()
{
	case $1 in
	kcsan) printf 'KCSAN_SANITIZE=n\n' ;;
	uml) printf 'ARCH=um\n' ;;
	esac
}

# What the kernel is made of, apart from the source: its hash is in the name.
recipe()
{
	gcc --version | head -n 1
	configuration "$1"
}

# The directory of a finished kernel of that recipe; any source will do, since
# the newest is only known with the network.
find_kernel()
{
	local hash dir found=

	hash=$(recipe "$1" | sha256sum | cut -c 1-10)
	for dir in "$CACHE/debug/"*"-vflow-$1-$hash"; do
		[[ ! -e $dir/.complete ]] || found=$dir
	done
	[[ -n $found ]] && printf '%s\n' "$found"
}

fetch_source()
{
	local dir=$1

	say "fetching $PACKAGE"
	mkdir -p "$dir/deb"
	# apt downloads as its own user.
	! getent passwd _apt >/dev/null || chown _apt "$dir/deb"
	( cd "$dir/deb" && apt-get -q -o Acquire::Retries=3 download "$PACKAGE" ) \
		>"$dir/fetch.log" 2>&1 ||
		die "could not download $PACKAGE (make setup adds its suite)" \
		    "$(tail -n 1 "$dir/fetch.log")"
	say "unpacking $PACKAGE"
	mkdir -p "$dir/build"
	dpkg --fsys-tarfile "$dir/deb/$PACKAGE"_*.deb |
		tar -xO --wildcards "*/$PACKAGE.tar.xz" |
		xz -dc -T0 |
		tar -x -C "$dir/build" --strip-components=1 --no-same-owner \
			--exclude="$PACKAGE/Documentation/*/*" \
			--exclude="$PACKAGE/drivers/gpu/drm/amd/include"
	rm -rf "$dir/deb" "$dir/fetch.log"
}

# Everything off but what is asked for; and what is asked for must be on.
configure()
{
	local dir=$1 what=$2 missing

	configuration "$what" >"$dir/asked"
	# shellcheck disable=SC2046
	make -s -C "$dir" $(make_args "$what") KCONFIG_ALLCONFIG="$dir/asked" allnoconfig \
		>"$dir/config.log" 2>&1 || {
		cat "$dir/config.log" >&2
		die "cannot configure"
	}
	missing=$(grep -vxFf "$dir/.config" "$dir/asked" |
		  grep -v '=n$' || true)
	[[ -z $missing ]] || die "the kernel has not got: $(xargs <<<"$missing")"
}

# One line that counts the files compiled so far.
progress()
{
	local n=0

	while read -r _; do
		n=$((n + 1))
		if [[ -t 1 ]]; then
			printf '\rdebug kernel: %5d steps, %d s ' "$n" "$SECONDS"
		elif (( n % 500 == 0 )); then
			say "$n steps, $SECONDS s"
		fi
	done
	[[ ! -t 1 ]] || printf '\n'
}

compile()
{
	local dir=$1 what=$2 jobs=() image=bzImage

	[[ ${MAKEFLAGS:-} == *jobserver* ]] || jobs=("-j$(nproc)")
	[[ $what != uml ]] || image=linux
	say "compiling (about 12 minutes on two processors)"
	# Compiler warnings are the kernel's, not ours.
	# shellcheck disable=SC2046
	nice make -C "$dir" $(make_args "$what") "${jobs[@]}" "$image" modules \
		2>"$dir/errors.log" | progress || {
		tail -n 30 "$dir/errors.log" >&2
		die "cannot compile, see $dir/errors.log"
	}
}

# Lay it out like an unpacked package, and drop what modules are not built with.
install_kernel()
{
	local dir=$1 version=$2 what=$3 build=$1/build image=arch/x86/boot/bzImage

	[[ $what != uml ]] || image=linux
	mkdir -p "$dir/boot"
	cp "$build/$image" "$dir/boot/vmlinuz-$version"
	cp "$build/System.map" "$dir/boot/System.map-$version"
	# shellcheck disable=SC2046
	make -s -C "$build" $(make_args "$what") INSTALL_MOD_PATH="$dir" modules_install \
		>/dev/null 2>&1
	ln -sfnr "$build" "$dir/lib/modules/$version/build"
	rm -f "$dir/lib/modules/$version/source" "$build/vmlinux.o"
	find "$build" \( -path "$build/scripts" -o -path "$build/tools" \) -prune \
		-o -type f \( -name '*.[oac]' -o -name '.*.cmd' -o -name '*.gcno' \
			      -o -name '*.dts*' \) -exec rm -f {} +
}

build()
{
	local what=$1 hash dir version

	hash=$(recipe "$what" | sha256sum | cut -c 1-10)
	dir=$CACHE/debug/new-$what-$hash
	mkdir -p "$CACHE/debug" || die "cannot create $CACHE/debug" \
		"set VFLOW_CACHE to a directory that can be written"
	exec {lock}>"$CACHE/debug/$what.lock"
	flock "$lock"
	if find_kernel "$what" >/dev/null; then
		return
	fi
	SECONDS=0
	rm -rf "$CACHE/debug/new-$what-"*
	mkdir -p "$dir"
	fetch_source "$dir"
	printf '%s\n' "-vflow-$what-$hash" >"$dir/build/localversion-vflow"
	configure "$dir/build" "$what"
	compile "$dir/build" "$what"
	version=$(cat "$dir/build/include/config/kernel.release")
	install_kernel "$dir" "$version" "$what"
	# One of a kind is enough.
	rm -rf "$CACHE/debug/"*"-vflow-$what-"*
	mv "$dir" "$CACHE/debug/$version"
	: >"$CACHE/debug/$version/.complete"
	processor_time
	say "$version is ready after $SECONDS s, $PROCESSOR_TIME"
}

# Of what this shell has waited for; a subshell would know nothing of it.
processor_time()
{
	local user system

	times >"$CACHE/debug/times"
	read -r user system < <(tail -n 1 "$CACHE/debug/times")
	rm "$CACHE/debug/times"
	PROCESSOR_TIME="$user + $system of processor time"
}

case ${1:-} in
--print)
	find_kernel "${2:-kasan}" || die "not built (make debug-kernel)"
	;;
-h|--help)
	sed -n '4,/^$/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
	;;
''|kasan|kcsan|uml)
	build "${1:-kasan}"
	find_kernel "${1:-kasan}"
	;;
*)
	die "unknown argument $1"
	;;
esac
