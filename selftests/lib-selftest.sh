#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The test of the selftest library: what it counts, that it notices a test that
# ends early, and that it undoes things.  Needs neither root nor module.

set -uo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
nr=0
failed=0

# expect DESCRIPTION STATUS REGEX: run the test on standard input.
expect()
{
	local description=$1 want=$2 regex=$3 out status=0

	nr=$((nr + 1))
	out=$(bash -c '. "$0/lib.sh"; eval "$1"' "$HERE" "$(cat)" 2>&1) || status=$?
	if (( status == want )) && [[ $out =~ $regex ]]; then
		printf 'ok %d - %s\n' "$nr" "$description"
		return
	fi
	failed=1
	printf 'not ok %d - %s\n' "$nr" "$description"
	printf '# status %d, wanted %d and: %s\n' "$status" "$want" "$regex"
	printf '%s\n' "$out" | sed 's/^/#   /'
}

printf 'KTAP version 1\n'

expect 'all checks pass' 0 'ok 2 - b.*pass:2 fail:0 skip:0' <<-'END'
	ktap_plan 2
	check a true
	check_fail b false
END
expect 'a failed check fails the test' 1 'not ok 1 - a.*fail:1' <<-'END'
	ktap_plan 1
	check a false
END
expect 'its output is shown' 1 '#   hello' <<-'END'
	ktap_plan 1
	check a sh -c 'echo hello; exit 3'
END
expect 'a check too few fails the test' 1 '1 checks made, 2 planned' <<-'END'
	ktap_plan 2
	check a true
END
expect 'a check too many fails the test' 1 '2 checks made, 1 planned' <<-'END'
	ktap_plan 1
	check a true
	check b true
END
expect 'a set-up command that fails ends the test' 1 'Bail out!' <<-'END'
	ktap_plan 1
	false
	check a true
END
expect 'no plan fails the test' 1 'none planned' <<-'END'
	check a true
END
expect 'a missing program is not a refusal' 1 'not ok 1' <<-'END'
	ktap_plan 1
	check_fail a no-such-program
END
expect 'check_eq' 0 'pass:1' <<-'END'
	ktap_plan 1
	check_eq a "x y" echo x y
END
expect 'check_refused wants the message' 1 'not ok 1' <<-'END'
	ktap_plan 1
	check_refused a 'no such' sh -c 'echo other; exit 1'
END
expect 'check_refused' 0 'ok 1' <<-'END'
	ktap_plan 1
	check_refused a 'no such' sh -c 'echo no such thing; exit 1'
END
expect 'skip_all' 4 '1..0 # SKIP needs a wonder' <<-'END'
	unset VFLOW_EXPECT_ALL
	need_feature 'a wonder' false
END
expect 'a skip is a failure if everything is expected' 1 'not ok 1' <<-'END'
	VFLOW_EXPECT_ALL=1
	ktap_plan 1
	skip a 'not here'
END
expect 'defer undoes in reverse' 0 $'two\none' <<-'END'
	ktap_plan 1
	defer sh -c 'echo one >&3'
	defer sh -c 'echo two >&3'
	exec 3>&1
	ok a
END
expect 'undo_to undoes a part' 0 $'two\n.*later\n.*one' <<-'END'
	ktap_plan 1
	exec 3>&1
	defer sh -c 'echo one >&3'
	mark=$(defer_mark)
	defer sh -c 'echo two >&3'
	undo_to "$mark"
	ok a
	echo later
END
expect 'poll_until waits' 0 'ok 1' <<-'END'
	ktap_plan 1
	( sleep 0.5; : >"$TEST_TMP/x" ) &
	check_poll a 5 test -e "$TEST_TMP/x"
END
expect 'poll_until gives up' 1 'not within 1 s' <<-'END'
	VFLOW_SLOW=1
	ktap_plan 1
	check_poll a 1 false
END
expect 'stop ends what spawn started' 0 'ok 2' <<-'END'
	ktap_plan 2
	spawn "$TEST_TMP/log" sleep 100
	pid=$SPAWNED
	check a alive "$pid"
	stop "$pid"
	check_fail b alive "$pid"
END

printf '1..%d\n' "$nr"
exit "$failed"
