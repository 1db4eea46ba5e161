#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# vflowd follows a guest that is a network namespace, or a VRF of one: routes,
# nexthops, neighbors, rules, and everything that comes and goes.  These are unit
# tests, tools/tests/netns_test.c, but they need root and all kinds of devices.
# timeout: 120
. "$(dirname "$0")/lib.sh"

ktap_plan 24

status=0
within 110 env CMOCKA_MESSAGE_OUTPUT=TAP netns_test >"$TEST_TMP/tap" 2>&1 ||
	status=$?
while IFS= read -r line; do
	case $line in
	'ok '*'# SKIP'*) not_ok "${line#* - }" ;;
	'ok '*) ok "${line#* - }" ;;
	'not ok '*) not_ok "${line#* - }" ;;
	*) diag "$line" ;;
	esac
done <"$TEST_TMP/tap"
check_eq 'the program came to its end' 0 echo "$status"
