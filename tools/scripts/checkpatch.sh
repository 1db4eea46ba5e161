#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Check the style of C sources with the kernel's checkpatch, strictly.
#
#   checkpatch.sh [FILE]...    default: all of kmod, tools and selftests
#
# Left out are generated files, macros that the kernel wants as they are
# (trace.h), and checks that are wrong here: see below.

set -euo pipefail

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
CHECKPATCH=${VFLOW_CACHE:-/var/cache/vflow}/linux-source-6.12/scripts/checkpatch.pl
readonly TOP CHECKPATCH

IGNORE=(
	# There is no MAINTAINERS file.
	FILE_PATH_CHANGES
	# Lists of X(name) cannot be written otherwise.
	COMPLEX_MACRO
	MACRO_ARG_PRECEDENCE
	MACRO_ARG_REUSE
	# Messages are not broken, so that they can be searched for.
	LONG_LINE_STRING
	# Short lines count for more than these.
	LOGICAL_CONTINUATIONS
	OPEN_ENDED_LINE
	# Wrong half of the time.
	REPEATED_WORD
	CAMELCASE
	# "Acknowledgement" is not a mistake.
	TYPO_SPELLING
)
# In user space there is no kstrtol(), BIT(), strscpy(), ENOTSUPP...
IGNORE_USER=(
	ALLOC_WITH_MULTIPLY
	ARRAY_SIZE
	ASSIGN_IN_IF
	AVOID_EXTERNS
	BIT_MACRO
	COMPARISON_TO_NULL
	CONSIDER_KSTRTO
	CONSTANT_COMPARISON
	EMBEDDED_FUNCTION_NAME
	ENOSYS
	FUNCTION_ARGUMENTS
	INCLUDE_LINUX
	LEADING_SPACE
	LINE_SPACING
	MINMAX
	MULTIPLE_ASSIGNMENTS
	NAKED_SSCANF
	NEW_TYPEDEFS
	OPEN_BRACE
	PARENTHESIS_ALIGNMENT
	PREFER_DEFINED_ATTRIBUTE_MACRO
	PREFER_FALLTHROUGH
	PREFER_KERNEL_TYPES
	SPLIT_STRING
	SSCANF_TO_KSTRTO
	STRCPY
	STRLCPY
	STRNCPY
	TRAILING_STATEMENTS
	UNNECESSARY_PARENTHESES
	USE_SPINLOCK_T
	VOLATILE
)

# Tables of cases and text to be parsed.
IGNORE_TESTS=(
	LONG_LINE
	MEMORY_BARRIER
	STATIC_CONST_CHAR_ARRAY
)

if [[ ! -e $CHECKPATCH ]]; then
	echo "checkpatch.sh: no checkpatch at $CHECKPATCH; run: make setup" >&2
	exit 1
fi
cd "$TOP"

joined()
{
	local IFS=,

	printf '%s\n' "$*"
}

check()
{
	local ignore=$1

	shift
	(( $# )) || return 0
	# From elsewhere: it leaves a file behind where it is started.
	( cd "$tmp" && perl "$CHECKPATCH" --no-tree --root="$tmp" --strict \
		--terse --no-summary --file --show-types --max-line-length=100 \
		--ignore "$ignore" "${@/#/$TOP/}" ) | sed "s,^$TOP/,,"
}

tmp=$(mktemp -d)
mkdir "$tmp/include"
trap 'rm -rf "$tmp"' EXIT

status=0
kernel=()
user=()
tests=()
if (( $# == 0 )); then
	# shellcheck disable=SC2046
	set -- $(find kmod tools selftests uapi -name '*.[ch]' \
		 ! -name 'nl-gen.*' ! -path uapi/linux/vflow.h \
		 ! -name trace.h ! -path '*/compat-include/*' | sort)
fi
for file; do
	case $file in
	# Stands in for the kernel's own headers, and has to look like them.
	kmod/tests/user/*) ;;
	kmod/tests/*|tools/tests/*) tests+=("$file") ;;
	kmod/*) kernel+=("$file") ;;
	*) user+=("$file") ;;
	esac
done
check "$(joined "${IGNORE[@]}")" "${kernel[@]+"${kernel[@]}"}" || status=1
check "$(joined "${IGNORE[@]}" "${IGNORE_USER[@]}")" \
	"${user[@]+"${user[@]}"}" || status=1
check "$(joined "${IGNORE[@]}" "${IGNORE_USER[@]}" "${IGNORE_TESTS[@]}")" \
	"${tests[@]+"${tests[@]}"}" || status=1
exit "$status"
