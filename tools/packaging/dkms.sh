#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The module through DKMS, without a package.
#
#   dkms.sh install         copy the sources to /usr/src, build for the running
#                           kernel, or $KVER, and install
#   dkms.sh remove          undo that
#   dkms.sh tree DIRECTORY  only copy the sources

set -euo pipefail

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
VERSION=$("$TOP/tools/scripts/version.sh")
readonly TOP VERSION

# Exactly what kbuild needs, and nothing that was built.
tree()
{
	local out=$1 file

	mkdir -p "$out"
	cp "$TOP/Kbuild" "$TOP/COPYING" "$out/"
	sed "s/#MODULE_VERSION#/$VERSION/" \
		"$TOP/tools/packaging/dkms.conf" >"$out/dkms.conf"
	( cd "$TOP" && find kmod uapi -type f \
		\( -name '*.[ch]' -o -name Kbuild \) ! -path '*/tests/*' ) |
		while IFS= read -r file; do
			install -D -m 644 "$TOP/$file" "$out/$file"
		done
}

need_dkms()
{
	if ! command -v dkms >/dev/null; then
		echo 'dkms.sh: dkms is missing; run: apt install dkms' >&2
		exit 1
	fi
}

case ${1:-} in
install)
	need_dkms
	rm -rf "/usr/src/vflow-$VERSION"
	tree "/usr/src/vflow-$VERSION"
	dkms remove "vflow/$VERSION" --all >/dev/null 2>&1 || true
	dkms install "vflow/$VERSION" ${KVER:+-k "$KVER"}
	;;
remove)
	if [[ -d /usr/src/vflow-$VERSION ]]; then
		need_dkms
		[[ -z $(dkms status "vflow/$VERSION") ]] ||
			dkms remove "vflow/$VERSION" --all
		rm -rf "/usr/src/vflow-$VERSION"
	fi
	;;
tree)
	tree "${2:?}"
	;;
*)
	sed -n '4,/^$/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
	exit 2
	;;
esac
