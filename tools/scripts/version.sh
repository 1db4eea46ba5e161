#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Print the version of vflow, as kmod/main.c has it in MODULE_VERSION.

top=$(cd "$(dirname "$0")/../.." && pwd)
sed -n 's/^MODULE_VERSION("\(.*\)");$/\1/p' "$top/kmod/main.c"
