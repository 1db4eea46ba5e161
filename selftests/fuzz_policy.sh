#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What the kernel says it accepts (CTRL_CMD_GETPOLICY) is what the spec says: the
# operations, each one's attributes, their types and limits, at every depth.
. "$(dirname "$0")/lib.sh"

ktap_plan 2
ns_add host
check "operations are those of the spec" in_ns host policy.py operations
check "policies are those of the spec" in_ns host policy.py policies
diag "$OUT"
