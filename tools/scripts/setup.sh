#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Prepare a Debian machine for building and testing vflow.
#
#   tools/scripts/setup.sh [--update | --check | --frr VERSION=SUITE]
#
# Installs the packages that building and testing need, and fills the cache
# directory ($VFLOW_CACHE, default /var/cache/vflow) with what must not be
# installed into the system:
#
#   kernels/VERSION/     image, modules and headers of 6.12 LTS and 6.1 LTS;
#                        an installed image would change the next boot
#   frr-VERSION/         the FRR of the other Debian, with its libraries
#   linux-source-6.12/   spec generator, kernel-doc and checkpatch
#   kvm                  whether virtual machines really run on KVM here
#
# Does nothing, fast, when all of that is there.  --update looks for newer
# kernels, their source and FRR, --check only says whether anything is missing.
# --frr fetches another FRR, e.g. 10.7=forky, for the tests that can use it.

set -euo pipefail

readonly CACHE=${VFLOW_CACHE:-/var/cache/vflow}
readonly SELF=${BASH_SOURCE[0]}
readonly ARCH=amd64
readonly POLICY=/usr/sbin/policy-rc.d

# Kernel series that the tests run on, the preferred one first.
readonly KERNELS=(6.12 6.1)

# Versions of FRR that the tests run with, and the release that has each.
declare -A FRR_SUITE=([8.4]=bookworm [10.3]=trixie)
EXTRA_SUITE=

readonly PACKAGES_BUILD=(
	bc
	bison
	build-essential
	debhelper
	dh-dkms
	dpkg-dev
	dwarves
	flex
	gcc
	kmod
	libc6-dev
	libcap-ng-dev
	libcmocka-dev
	libelf-dev
	libinih-dev
	libjansson-dev
	libnl-3-dev
	libnl-genl-3-dev
	libnl-route-3-dev
	libseccomp-dev
	libssl-dev
	libuv1-dev
	make
	pkg-config
	xz-utils
)

readonly PACKAGES_TEST=(
	bird2
	busybox-static
	ethtool
	frr
	gcovr
	iperf3
	iproute2
	iptables
	iputils-arping
	iputils-ping
	jq
	nftables
	procps
	psmisc
	python3
	python3-jsonschema
	python3-yaml
	qemu-system-x86
	socat
	systemd
	tcpdump
	traceroute
	udev
	virtme-ng
)

readonly PACKAGES_STATIC=(
	bash-completion
	clang
	clang-format
	cppcheck
	groff-base
	libclang-rt-dev
	shellcheck
	sparse
)

readonly PACKAGES=("${PACKAGES_BUILD[@]}" "${PACKAGES_TEST[@]}"
		   "${PACKAGES_STATIC[@]}")

# What is taken out of the kernel source, relative to its top.
readonly SOURCE_PATHS=(
	.clang-format
	Documentation/netlink
	scripts/checkpatch.pl
	scripts/const_structs.checkpatch
	scripts/kernel-doc
	scripts/spelling.txt
	tools/net/ynl
)

say()
{
	printf 'setup: %s\n' "$*"
}

die()
{
	printf 'setup: error: %s\n' "$1" >&2
	shift
	if (( $# )); then
		printf 'setup:        %s\n' "$@" >&2
	fi
	exit 1
}

APT_GET=(apt-get -y -q --no-install-recommends -o Acquire::Retries=3
	 -o DPkg::Lock::Timeout=600 -o APT::Install-Suggests=false)

# Run a command, with its output shown only if it fails.
quietly()
{
	local log

	log=$(mktemp)
	if "$@" >"$log" 2>&1 </dev/null; then
		rm -f "$log"
		return 0
	fi
	sed 's/^/setup: | /' "$log" >&2
	rm -f "$log"
	return 1
}

# --- which machine this is -------------------------------------------------

release()
{
	# shellcheck disable=SC1091
	( . /etc/os-release && printf '%s\n' "${!1:-}" )
}

# --- what is missing -------------------------------------------------------

missing_packages()
{
	dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${PACKAGES[@]}" \
		2>/dev/null |
		awk '$1 == "installed" { print $2 }' | sort -u |
		comm -13 - <(printf '%s\n' "${PACKAGES[@]}" | sort -u)
}

# The newest complete kernel of a series in the cache.
cached_kernel()
{
	local series=$1 dir

	for dir in "$CACHE/kernels/$series."*; do
		if [[ -e $dir/.complete ]]; then
			printf '%s\n' "${dir##*/}"
		fi
	done | sort -V | tail -n 1
}

missing_kernels()
{
	local series

	for series in "${KERNELS[@]}"; do
		if [[ -z $(cached_kernel "$series") ]]; then
			printf '%s\n' "$series"
		fi
	done
}

# Versions of FRR that are not this release's own.
other_frrs()
{
	local version codename

	codename=$(release VERSION_CODENAME)
	for version in "${!FRR_SUITE[@]}"; do
		if [[ ${FRR_SUITE[$version]} != "$codename" ]]; then
			printf '%s\n' "$version"
		fi
	done
}

missing_frrs()
{
	local version

	for version in $(other_frrs); do
		if [[ ! -e $CACHE/frr-$version/.complete ]]; then
			printf '%s\n' "$version"
		fi
	done
}

have_source()
{
	local path

	for path in "${SOURCE_PATHS[@]}"; do
		[[ -e $CACHE/linux-source-6.12/$path ]] || return 1
	done
}

# The answer of the boot probe holds for one machine and kernel only.
kvm_key()
{
	local state=absent

	if [[ -w /dev/kvm ]]; then
		state=present
	fi
	printf '%s %s %s\n' "$(uname -r)" "$(uname -m)" "$state"
}

have_kvm_answer()
{
	[[ -r $CACHE/kvm ]] && [[ $(sed -n 2p "$CACHE/kvm") == "$(kvm_key)" ]]
}

complete()
{
	[[ -z $(missing_packages) ]] && [[ -z $(missing_kernels) ]] &&
		[[ -z $(missing_frrs) ]] && have_source && have_kvm_answer
}

# --- package sources -------------------------------------------------------

# Lines "URI RELEASE CODENAME SIGNED-BY" of all sources in use.
package_sources()
{
	# shellcheck disable=SC2016
	apt-get indextargets --format \
		'$(REPO_URI) $(RELEASE) $(CODENAME) $(SIGNED_BY)' \
		'Created-By: Packages' | sort -u
}

# Is a suite in use?  Its name is as in the sources, or a code name.
have_suite()
{
	local all

	# Not a pipe into something that stops reading.
	all=$(package_sources)
	awk -v s="$1" '$2 == s || $3 == s { found = 1 } END { exit !found }' \
		<<<"$all"
}

# Make SUITE available, taken from the same archive as this release (with
# -security from the same as this release's), at a priority so low that
# nothing comes from it unless named.
add_suite()
{
	local suite=$1 here=$2 uri

	if have_suite "$suite"; then
		return 0
	fi
	uri=$(package_sources | awk -v s="$here" '
		($2 == s || $3 == s) && !n++ { print $1 }')
	if [[ -z $uri ]]; then
		die "no package source for the suite $here in use" \
		    "add one to /etc/apt/sources.list.d, then run this again"
	fi
	say "adding the package suite $suite, pinned low"
	cat >"/etc/apt/sources.list.d/vflow-$suite.sources" <<-END
	Types: deb
	URIs: $uri
	Suites: $suite
	Components: main
	Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
	END
	cat >"/etc/apt/preferences.d/vflow-$suite" <<-END
	Package: *
	Pin: release n=$suite
	Pin-Priority: 50
	END
}

setup_sources()
{
	local codename id

	id=$(release VERSION_ID)
	codename=$(release VERSION_CODENAME)
	case $(release ID)/$id in
	debian/12)
		add_suite bookworm-backports "$codename"
		add_suite trixie "$codename"
		;;
	debian/13)
		add_suite bookworm "$codename"
		if have_suite "$codename-security"; then
			add_suite bookworm-security "$codename-security"
		fi
		;;
	*)
		die "this is neither Debian 12 nor Debian 13" \
		    "install by hand: ${PACKAGES[*]}" \
		    "and unpack kernels into $CACHE/kernels (see Documentation/testing.rst)"
		;;
	esac
	if [[ -n $EXTRA_SUITE ]]; then
		add_suite "$EXTRA_SUITE" "$codename"
	fi
	if ! have_suite "$codename-security"; then
		say "note: $codename-security is not in use, kernels may be old"
	fi
	say "updating the package lists"
	quietly apt-get -q -o Acquire::Retries=3 \
		-o DPkg::Lock::Timeout=600 update ||
		die "apt-get update failed" \
		    "check the network and /etc/apt/sources.list.d"
}

# --- packages --------------------------------------------------------------

# A package must not start its daemon on this machine.
forbid_daemons()
{
	allow_daemons
	if [[ -e $POLICY ]]; then
		mv "$POLICY" "$POLICY.vflow-saved"
	fi
	printf '#!/bin/sh\n# vflow setup, temporary\nexit 101\n' >"$POLICY"
	chmod 755 "$POLICY"
}

allow_daemons()
{
	if [[ -e $POLICY ]] && grep -q '^# vflow setup' "$POLICY"; then
		rm -f "$POLICY"
	fi
	if [[ -e $POLICY.vflow-saved ]]; then
		mv "$POLICY.vflow-saved" "$POLICY"
	fi
}

install_packages()
{
	local missing daemon daemons=()

	mapfile -t missing < <(missing_packages)
	if (( ${#missing[@]} == 0 )); then
		return 0
	fi
	say "installing ${#missing[@]} packages: ${missing[*]}"
	for daemon in frr bird2; do
		if [[ " ${missing[*]} " == *" $daemon "* ]]; then
			daemons+=("${daemon%2}.service")
		fi
	done
	# What only the added suites have (virtme-ng in Debian 12) comes from
	# there by itself; everything else stays at this release.
	forbid_daemons
	trap allow_daemons EXIT
	DEBIAN_FRONTEND=noninteractive quietly "${APT_GET[@]}" install \
		"${missing[@]}" ||
		die "apt-get could not install: ${missing[*]}" \
		    "run it by hand: apt-get install ${missing[*]}"
	allow_daemons
	trap - EXIT
	# The tests start their own routing daemons, in namespaces.
	if (( ${#daemons[@]} )) && command -v systemctl >/dev/null; then
		quietly systemctl disable "${daemons[@]}" || true
	fi
	mapfile -t missing < <(missing_packages)
	if (( ${#missing[@]} )); then
		die "still not installed: ${missing[*]}"
	fi
}

# --- kernels ---------------------------------------------------------------

# The newest kernel release of a series for this Debian (an image made for
# another release has headers that need its compiler and libc).
newest_kernel()
{
	local series=${1//./\\.} id name ver best='' best_ver=0

	id=$(release VERSION_ID)
	while read -r name; do
		case $name in
		*+deb*) [[ $name == *"+deb$id"* ]] || continue ;;
		esac
		ver=$(candidate "$name")
		if [[ -n $ver ]] && dpkg --compare-versions "$ver" gt "$best_ver"; then
			best=${name#linux-image-} best_ver=$ver
		fi
	done < <(apt-cache pkgnames "linux-image-$1" |
		 grep -E "^linux-image-$series\.[0-9]+(-[0-9]+)?(\+deb[0-9]+(u[0-9]+)?)?-$ARCH\$" |
		 sort)
	printf '%s\n' "$best"
}

# The version of a package that apt would take.
candidate()
{
	apt-cache policy "$1" | awk '$1 == "Candidate:" && $2 != "(none)" { print $2 }'
}

# Download packages, at a given version if there is one, into a directory.  Of
# linux-kbuild-6.1 there can be a newer one only, before its image is out.
download()
{
	local dir=$1 ver=$2 name want=()

	shift 2
	for name; do
		# Of a version that is not there apt-cache says nothing, and
		# does not fail.
		if [[ -n $(apt-cache show "$name=$ver" 2>/dev/null) ]]; then
			want+=("$name=$ver")
		else
			want+=("$name")
		fi
	done
	download_these "$dir" "${want[@]}"
}

# Download packages, each NAME or NAME=VERSION, into a directory.
download_these()
{
	local dir=$1

	shift
	( cd "$dir" && quietly apt-get -q -o Acquire::Retries=3 download "$@" ) ||
		die "could not download $*" "check the network"
}

download_dir()
{
	local dir=$CACHE/download

	rm -rf "$dir"
	mkdir -p "$dir"
	# apt downloads as its own user.
	if getent passwd _apt >/dev/null; then
		chown _apt "$dir"
	fi
	printf '%s\n' "$dir"
}

# linux-headers-VERSION names the packages with the common parts and tools.
header_packages()
{
	apt-cache show --no-all-versions "linux-headers-$1" |
		sed -n 's/^Depends: //p' | sed 's/[,|]/\n/g' |
		awk '{ print $1 }' | grep -E '^linux-(headers-.*-common|kbuild-)' | sort -u
}

# Make an unpacked kernel usable where it is.
fix_kernel()
{
	local dir=$1 version=$2 headers=$1/usr/src/linux-headers-$2
	local common

	common=$(sed -n 's,^include /usr/src/\(linux-headers-[^/]*\)/Makefile$,\1,p' \
		 "$headers/Makefile")
	if [[ -n $common ]]; then
		# shellcheck disable=SC2016
		printf 'include $(dir $(lastword $(MAKEFILE_LIST)))../%s/Makefile\n' \
			"$common" >"$headers/Makefile"
	fi
	# Relative, and lib may be a link to usr/lib.
	ln -sfnr "$headers" "$dir/lib/modules/$version/build"
	rm -f "$dir/lib/modules/$version/source"
	quietly depmod -b "$dir" "$version" ||
		die "depmod failed for $dir"
}

fetch_kernel()
{
	local series=$1 version ver dir new deb old
	local common

	version=$(newest_kernel "$series")
	if [[ -z $version ]]; then
		die "no linux-image of series $series for $ARCH in the package lists" \
		    "check that the suites of $(release PRETTY_NAME) with it are reachable"
	fi
	dir=$CACHE/kernels/$version
	if [[ -e $dir/.complete ]]; then
		return 0
	fi
	say "fetching kernel $version"
	ver=$(candidate "linux-image-$version")
	mapfile -t common < <(header_packages "$version")
	new=$(download_dir)
	download "$new" "$ver" "linux-image-$version" \
		"linux-headers-$version" "${common[@]}"
	say "unpacking kernel $version"
	rm -rf "$dir.new"
	mkdir -p "$dir.new"
	for deb in "$new"/*.deb; do
		dpkg -x "$deb" "$dir.new"
	done
	# Debian 13 ships modules below /usr/lib, Debian 12 below /lib.
	if [[ -d $dir.new/usr/lib/modules && ! -e $dir.new/lib ]]; then
		ln -s usr/lib "$dir.new/lib"
	fi
	chmod -R go+rX "$dir.new"
	fix_kernel "$dir.new" "$version"
	: >"$dir.new/.complete"
	rm -rf "$dir" "$new"
	mv "$dir.new" "$dir"
	# One of a series is enough.
	for old in "$CACHE/kernels/$series."*; do
		[[ $old == "$dir" ]] || rm -rf "$old"
	done
}

fetch_kernels()
{
	local series update=$1

	for series in "${KERNELS[@]}"; do
		if [[ $update == yes || -z $(cached_kernel "$series") ]]; then
			fetch_kernel "$series"
		fi
	done
}

# --- the other FRR ---------------------------------------------------------

# frr and the libraries that it needs, NAME=VERSION, all from one release: what
# apt would take if nothing were installed.
frr_packages()
{
	LC_ALL=C apt-get -s -q --no-install-recommends -o Dir::State::status=/dev/null \
		-t "$1" install frr |
		awk '$1 == "Inst" && $2 ~ /^(frr|lib.*|zlib1g)$/ {
			print $2 "=" substr($3, 2)
		}'
}

# What bin/PROGRAM is for each of FRR's programs: it runs with the libc, the libraries
# and the YANG models of its own directory, whatever this machine has.
frr_wrapper()
{
	cat <<-'END'
	#!/bin/sh
	root=${0%/bin/*} name=${0##*/}
	for libc in "$root/usr/lib" "$root/lib"; do
		libc=$libc/x86_64-linux-gnu
		[ ! -e "$libc/ld-linux-x86-64.so.2" ] || break
	done
	libs=$root/usr/lib/x86_64-linux-gnu
	program=$root/usr/lib/frr/$name
	if [ -e "$program" ]; then
		set -- --moduledir "$libs/frr/modules" "$@"
	else
		program=$root/usr/bin/$name
	fi
	set -- "$libc/ld-linux-x86-64.so.2" --library-path "$libc:$libs:$libs/frr" \
		"$program" "$@"
	models=/usr/share/yang
	[ "$name" != vtysh ] && [ -d "$root$models" ] && [ -d "$models" ] || exec "$@"
	exec unshare --mount --propagation slave sh -c 'mount --bind "$1" "$2" && shift 2 && exec "$@"' \
		sh "$root$models" "$models" "$@"
	END
}

fetch_frr()
{
	local version=$1 suite=${FRR_SUITE[$1]} dir=$CACHE/frr-$1
	local new deb program packages

	mapfile -t packages < <(frr_packages "$suite")
	if [[ " ${packages[*]}" != *" frr="*"$version"* ]]; then
		die "no FRR $version in the package lists" \
		    "check that the suite $suite is reachable"
	fi
	if [[ ${packages[*]} == "$(cat "$dir/.complete" 2>/dev/null)" ]]; then
		return 0
	fi
	say "fetching FRR $version"
	new=$(download_dir)
	download_these "$new" "${packages[@]}"
	rm -rf "$dir" "$dir.new"
	mkdir -p "$dir.new/bin"
	for deb in "$new"/*.deb; do
		dpkg -x "$deb" "$dir.new"
	done
	chmod -R go+rX "$dir.new"
	frr_wrapper >"$dir.new/bin/vtysh"
	chmod 755 "$dir.new/bin/vtysh"
	# mgmtd is not in 8.4.
	for program in zebra mgmtd staticd ospfd ospf6d bgpd; do
		if [[ -e $dir.new/usr/lib/frr/$program ]]; then
			ln -s vtysh "$dir.new/bin/$program"
		fi
	done
	printf '%s\n' "${packages[*]}" >"$dir.new/.complete"
	mv "$dir.new" "$dir"
	rm -rf "$new"
}

fetch_frrs()
{
	local version update=$1

	for version in $(if [[ $update == yes ]]; then other_frrs; else missing_frrs; fi); do
		fetch_frr "$version"
	done
}

# --- kernel source ---------------------------------------------------------

fetch_source()
{
	local new ver dir=$CACHE/linux-source-6.12

	ver=$(candidate linux-source-6.12)
	if [[ $1 == no ]] && have_source ||
	   [[ $ver == "$(cat "$dir/.version" 2>/dev/null)" ]]; then
		return 0
	fi
	say "fetching linux-source-6.12 (generator and checkers)"
	new=$(download_dir)
	download "$new" "$ver" linux-source-6.12
	say "unpacking linux-source-6.12"
	rm -rf "$dir" "$dir.new"
	mkdir -p "$dir.new"
	dpkg --fsys-tarfile "$new"/linux-source-6.12_*.deb |
		tar -xO --wildcards '*/linux-source-6.12.tar.xz' |
		xz -dc -T0 |
		tar -x -C "$dir.new" --strip-components=1 --no-same-owner \
			"${SOURCE_PATHS[@]/#/linux-source-6.12/}" ||
		die "the archive of linux-source-6.12 lacks: ${SOURCE_PATHS[*]}"
	printf '%s\n' "$ver" >"$dir.new/.version"
	mv "$dir.new" "$dir"
	rm -rf "$new"
}

# --- KVM -------------------------------------------------------------------

# /dev/kvm can exist and open, and still not run a kernel: only a boot tells.
probe_kvm()
{
	local answer=no log

	if have_kvm_answer; then
		return 0
	fi
	if [[ -w /dev/kvm ]]; then
		say "trying to boot on KVM"
		log=$(mktemp)
		if VFLOW_KVM=yes timeout -k 5 90 \
		   "${SELF%/*}/../../selftests/vng.sh" --probe-kvm \
		   >"$log" 2>&1 </dev/null; then
			answer=yes
		fi
		rm -f "$log"
	fi
	printf '%s\n%s\n' "$answer" "$(kvm_key)" >"$CACHE/kvm"
	if [[ $answer == yes ]]; then
		say "virtual machines run on KVM"
	else
		say "virtual machines run under emulation: no usable KVM"
	fi
}

# --- main ------------------------------------------------------------------

usage()
{
	sed -n '4,/^$/s/^# \{0,1\}//p' "$SELF"
}

main()
{
	local update=no

	case ${1:-} in
	'') ;;
	--update) update=yes ;;
	--frr)
		[[ $#:${2:-} == 2:?*=?* ]] || { usage >&2; return 2; }
		EXTRA_SUITE=${2#*=}
		FRR_SUITE[${2%%=*}]=$EXTRA_SUITE
		;;
	--check)
		if complete; then
			say "complete"
			return 0
		fi
		say "missing packages: $(missing_packages | xargs)"
		say "missing kernels: $(missing_kernels | xargs)"
		say "missing FRR: $(missing_frrs | xargs)"
		return 1
		;;
	-h|--help) usage; return 0 ;;
	*) usage >&2; return 2 ;;
	esac

	command -v dpkg-query >/dev/null ||
		die "this is not a Debian system" \
		    "vflow's setup knows Debian 12 and 13"
	if [[ $update == no ]] && complete; then
		return 0
	fi
	if (( EUID != 0 )); then
		die "something is missing and this is not root" \
		    "run: sudo make setup"
	fi
	mkdir -p "$CACHE/kernels" || die "cannot create $CACHE" \
		"set VFLOW_CACHE to a directory that can be written"

	exec {lock}>"$CACHE/setup.lock"
	flock "$lock"
	if [[ $update == yes || -n $(missing_packages) ||
	      -n $(missing_kernels) || -n $(missing_frrs) ]] || ! have_source; then
		setup_sources
		install_packages
		fetch_kernels "$update"
		fetch_frrs "$update"
		fetch_source "$update"
	fi
	probe_kvm
	say "complete"
}

main "$@"
