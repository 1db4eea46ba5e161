#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What clang-format would change.  Advice: its versions differ, and it undoes
# tables made by hand.  The law is checkpatch.sh.
#
#   style.sh [FILE]...    default: all of kmod, tools and selftests

set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
if (( $# == 0 )); then
	# shellcheck disable=SC2046
	set -- $(find kmod tools selftests uapi -name '*.[ch]' \
		 ! -name 'nl-gen.*' ! -name trace.h \
		 ! -path uapi/linux/vflow.h | sort)
fi
for file; do
	diff -u --label "$file" --label "$file, formatted" \
		"$file" <(clang-format --style=file "$file") || true
done
