#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Build the Debian packages vflow and vflow-dkms, in build/deb/.
#
# debian/ is not at the top of the tree, so a source tree is put together first.

set -euo pipefail

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
VERSION=$("$TOP/tools/scripts/version.sh")
OUT=$TOP/build/deb
SRC=$OUT/vflow-$VERSION
readonly TOP VERSION OUT SRC

if ! command -v dpkg-buildpackage >/dev/null; then
	echo 'deb.sh: dpkg-buildpackage is missing; run: apt install dpkg-dev' >&2
	exit 1
fi

rm -rf "$OUT"
mkdir -p "$SRC"
tar -C "$TOP" -c --exclude=./build --exclude=./.git --exclude=__pycache__ . |
	tar -C "$SRC" -x
cp -r "$TOP/tools/packaging/debian" "$SRC/debian"
# From this, dh_dkms makes what builds the module when the package is installed.
cp "$TOP/tools/packaging/dkms.conf" "$SRC/debian/vflow-dkms.dkms"

if ! dpkg-checkbuilddeps "$SRC/debian/control"; then
	echo "deb.sh: packages are missing; run: apt build-dep $SRC" >&2
	exit 1
fi

date=$(git -C "$TOP" log -1 --format=%cD 2>/dev/null || date -R)
cat >"$SRC/debian/changelog" <<-END
vflow ($VERSION) unstable; urgency=medium

  * Built from the tree.

 -- vflow developers <vflow@localhost>  $date
END

( cd "$SRC" && dpkg-buildpackage -us -uc -b )
rm -rf "$SRC"
ls -1 "$OUT"/*.deb
