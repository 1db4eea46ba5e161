#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# cppcheck over what runs in user space.  Its analysis across files (ctu) takes
# functions made by macros for one and the same.  Out of memory, the programs end
# (tools/vflowd/xalloc.h); newer versions also tell how deep they look.

set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
cppcheck -q --enable=warning,performance,portability --inline-suppr \
	--error-exitcode=1 --library=posix,gnu --std=c11 \
	--suppress=missingIncludeSystem --suppress=unmatchedSuppression \
	--suppress=normalCheckLevelMaxBranches \
	--suppress=nullPointerOutOfMemory \
	--suppress="nullPointerOutOfResources:tools/tests/*" \
	--suppress="nullPointerArithmeticOutOfMemory:tools/tests/*" \
	--suppress=ctunullpointer --suppress=ctuuninitvar \
	--suppress="useClosedFile:tools/tests/*" \
	-Iuapi -Itools/lib tools selftests
