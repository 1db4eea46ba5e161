#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Generate C, and a description for syzkaller, from the netlink specification.
#
#   ynl.sh            write uapi/linux/vflow.h, kmod/nl-gen.c, kmod/nl-gen.h and
#                     selftests/syzkaller/socket_netlink_generic_vflow.txt
#   ynl.sh --check    fail if they differ from what would be written
#
# The generator is that of linux-source-6.12, which setup.sh unpacks; those of
# early 6.12 do not know all that the specification uses.

set -euo pipefail

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
SOURCE=${VFLOW_CACHE:-/var/cache/vflow}/linux-source-6.12
SPEC=Documentation/netlink/specs/vflow.yaml
readonly TOP SOURCE SPEC

cd "$TOP"
if [[ ! -e $SOURCE/tools/net/ynl/ynl-gen-c.py ]]; then
	echo "ynl.sh: no generator in $SOURCE; run: make setup" >&2
	exit 1
fi

generate()
{
	local mode=$1 what=$2 out=$3

	# Debian's own interpreter, which has yaml and jsonschema.
	( cd "$tmp" && PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 \
		"$SOURCE/tools/net/ynl/ynl-gen-c.py" \
		--mode "$mode" "--$what" --spec "$SPEC" -o "$out" ) && return
	echo "ynl.sh: the generator of linux-source-6.12" \
		"$(cat "$SOURCE/.version" 2>/dev/null) failed; if it is old:" \
		"tools/scripts/setup.sh --update" >&2
	return 1
}

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
# The generator looks for the schemas beside the directory of the spec, and
# for the top of a kernel tree, which has a file MAINTAINERS.
mkdir -p "$tmp/${SPEC%/*}"
cp "$SOURCE"/Documentation/netlink/*.yaml "$tmp/Documentation/netlink/"
cp "$SPEC" "$tmp/$SPEC"
: >"$tmp/MAINTAINERS"
generate uapi header "$tmp/vflow.h"
generate kernel header "$tmp/nl-gen.h"
generate kernel source "$tmp/nl-gen.c"
PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 selftests/syzkaller/generate.py >"$tmp/syzkaller.txt"

status=0
while read -r new old; do
	if cmp -s "$tmp/$new" "$old"; then
		continue
	fi
	if [[ ${1:-} == --check ]]; then
		diff -u "$old" "$tmp/$new" || true
		status=1
	else
		mkdir -p "${old%/*}"
		cp "$tmp/$new" "$old"
		echo "ynl.sh: wrote $old"
	fi
done <<END
vflow.h uapi/linux/vflow.h
nl-gen.h kmod/nl-gen.h
nl-gen.c kmod/nl-gen.c
syzkaller.txt selftests/syzkaller/socket_netlink_generic_vflow.txt
END
if (( status )); then
	echo "ynl.sh: the generated files differ from $SPEC; run: make ynl" >&2
fi
exit "$status"
