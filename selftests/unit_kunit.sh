#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The module's unit tests in the kernel itself (vflow_test.ko): the FIB against a
# naive list, keys of packets of all divisions, and of shapes that only drivers make,
# which also leave as plain ones do.
# timeout: 120
. "$(dirname "$0")/lib.sh"

MODULE=${VFLOW_KO%/*}/vflow_test.ko
RESULTS=/sys/kernel/debug/kunit

# passed SUITE: all its cases, but those that only user space can run.
passed()
{
	cat "$RESULTS/$1/results" &&
	grep -q "^ok [0-9]* $1$" "$RESULTS/$1/results" &&
	! grep -q '^ *not ok ' "$RESULTS/$1/results"
}

need_feature "KUnit" test -d "$RESULTS"
ktap_plan 4
seed_init
module_unload
check "the tests are loaded" insmod "$MODULE" seed="$SEED"
defer rmmod vflow_test
for suite in vflow_fib vflow_key vflow_odd; do
	check "$suite" passed "$suite"
done
