#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Run the checks of "make check" and count.
#
#   check.sh all        set up, build, unit tests, static checks, selftests
#   check.sh ci         the same, and the debug kernel (uml) with its selftests
#   check.sh long       what takes hours: tests in full size, on 6.12 and on the
#                       debug kernels uml and kcsan
#   check.sh unit       unit tests of the tools
#   check.sh static     static checks
#   check.sh fuzz       each fuzzer for FUZZ_SECONDS (60)
#
# Each runner prints one line of totals, "NAME: N passed, N failed, N skipped",
# and nothing stops the others.  Logs are in build/logs/.

set -uo pipefail

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
LOGS=$TOP/build/logs
readonly TOP LOGS
# The tools of a check compare, sort and count in plain bytes.
export LC_ALL=C.UTF-8

STATUS=0

cd "$TOP" || exit 2
mkdir -p "$LOGS"

# --- counting --------------------------------------------------------------

begin()
{
	RUNNER=$1
	PASSED=0
	FAILED=0
	SKIPPED=0
	printf '\n== %s\n' "$RUNNER"
}

end()
{
	printf '%s: %d passed, %d failed, %d skipped\n' \
		"$RUNNER" "$PASSED" "$FAILED" "$SKIPPED"
	if (( FAILED || PASSED == 0 )); then
		STATUS=1
	fi
}

# Report a step that has ended: its log is shown if it failed.
report()
{
	local name=$1 status=$2 log=$3 took=$4

	if (( status == 0 )); then
		PASSED=$((PASSED + 1))
		printf 'ok - %s (%d s)\n' "$name" "$took"
	else
		FAILED=$((FAILED + 1))
		printf 'not ok - %s (%d s), see %s\n' "$name" "$took" \
			"${log#"$TOP"/}"
		tail -n 40 "$log" | sed 's/^/  /'
	fi
}

# step NAME COMMAND...: one command, counted.
step()
{
	local name=$1 log status=0 start=$SECONDS

	shift
	log=$LOGS/$RUNNER-${name//[^A-Za-z0-9.+-]/-}.log
	"$@" >"$log" 2>&1 </dev/null || status=$?
	report "$name" "$status" "$log" $((SECONDS - start))
	return "$status"
}

# steps: many commands at once, as many as there are processors, reported in
# their own order.  Reads lines "NAME|COMMAND".
steps()
{
	local names=() commands=() pids=() logs=() line i next=0 done=0 status
	local width

	width=$(nproc)
	while IFS= read -r line; do
		names+=("${line%%|*}")
		commands+=("${line#*|}")
	done
	while (( done < ${#names[@]} )); do
		if (( next < ${#names[@]} && next - done < width )); then
			i=$next
			logs[i]=$LOGS/$RUNNER-${names[i]//[^A-Za-z0-9.+-]/-}.log
			(
				start=$SECONDS
				bash -c "${commands[i]}" </dev/null
				status=$?
				printf '%d\n' $((SECONDS - start)) >"${logs[i]}.took"
				exit "$status"
			) >"${logs[i]}" 2>&1 &
			pids[i]=$!
			next=$((next + 1))
			continue
		fi
		status=0
		wait "${pids[done]}" || status=$?
		report "${names[done]}" "$status" "${logs[done]}" \
			"$(cat "${logs[done]}.took" 2>/dev/null || echo 0)"
		rm -f "${logs[done]}.took"
		done=$((done + 1))
	done
}

# --- the runners -----------------------------------------------------------

run_build()
{
	local version

	begin build
	step 'spec unchanged' tools/scripts/ynl.sh --check
	for version in $(tools/scripts/kbuild.sh --list); do
		step "module for $version" \
			env VFLOW_WERROR=1 make modules KVER="$version"
	done
	step tools make tools
	step 'selftest tools' make selftest-tools
	end
}

# Add up what cmocka says in a log: "[  PASSED  ] 3 test(s)."
count_cmocka()
{
	local log=$1 status=$2 failed=0 n

	grep -aE '^== |^\[  (PASSED|FAILED|SKIPPED) ' "$log"
	while read -r n; do
		PASSED=$((PASSED + n))
	done < <(sed -n 's/^\[  PASSED  \] \([0-9]*\) test.*/\1/p' "$log")
	while read -r n; do
		failed=$((failed + n))
	done < <(sed -n 's/^\[  FAILED  \] \([0-9]*\) test.*/\1/p' "$log")
	while read -r n; do
		SKIPPED=$((SKIPPED + n))
	done < <(sed -n 's/^\[  SKIPPED \] \([0-9]*\) test.*/\1/p' "$log")
	# What crashed or was not built says nothing.
	if (( status && failed == 0 )); then
		failed=1
	fi
	FAILED=$((FAILED + failed))
	if (( failed )); then
		tail -n 60 "$log" | sed 's/^/  /'
	fi
}

run_unit()
{
	local dir log status

	begin unit
	for dir in tools kmod/tests/user; do
		[[ -e $dir/Makefile ]] || continue
		log=$LOGS/unit-${dir//\//-}.log
		status=0
		make -C "$dir" check >"$log" 2>&1 </dev/null || status=$?
		count_cmocka "$log" "$status"
	done
	end
}

# With the same seed for all: what is found here is found again.
run_fuzz()
{
	local name

	begin fuzz
	for name in fpm agent config; do
		step "$name" make -C tools "fuzz-$name" FUZZ_SEED=1
	done
	end
}

list_static()
{
	local version

	cat <<-'END'
	layers|tools/scripts/layers.sh
	generated files|tools/scripts/ynl.sh --check
	kernel-doc|tools/scripts/kdoc.sh
	checkpatch|tools/scripts/checkpatch.sh
	shellcheck|tools/scripts/shellcheck.sh
	cppcheck|tools/scripts/cppcheck.sh
	house rules|tools/scripts/house.sh
	splat patterns|selftests/splat.sh --self-test
	selftest library|selftests/lib-selftest.sh
	END
	for version in $(tools/scripts/kbuild.sh --list); do
		printf 'sparse on %s|VFLOW_WERROR=1 tools/scripts/sparse.sh %s\n' \
			"$version" "$version"
	done
	# What a header needs does not depend on the kernel: the newest.
	printf 'headers on %s|tools/scripts/hdrtest.sh %s\n' "$version" "$version"
}

run_static()
{
	begin static
	# A job server is for one make, not for many.
	MAKEFLAGS='' steps < <(list_static)
	end
}

# run_debug_kernel uml|kcsan
run_debug_kernel()
{
	begin "debug kernel $1"
	step kernel nice -n 19 tools/scripts/debug-kernel.sh "$1"
	step module env VFLOW_WERROR=1 make modules KVER="$1"
	end
}

# On these kernels everything must pass.
run_selftests()
{
	local kernel=$1 log=$LOGS/selftests-$1.log tests

	mapfile -t tests < <(make -s -C selftests "list${VFLOW_LONG:+-long}" \
			     KERNEL="$kernel")
	printf '\n== selftests %s\n' "$kernel"
	VFLOW_EXPECT_ALL=1 VFLOW_VM_LOCK=$LOGS/vm-$kernel.lock \
		selftests/vng.sh --quiet --kernel "$kernel" "${tests[@]}" \
			</dev/null >"$log" 2>&1 || STATUS=1
	cat "$log"
	# No machine, no module: no totals.
	if ! grep -q "^selftests $kernel: " "$log"; then
		printf 'selftests %s: 0 passed, 1 failed, 0 skipped\n' "$kernel"
		STATUS=1
	fi
}

# --- all of them -----------------------------------------------------------

run()
{
	case $1 in
	unit|static|fuzz) renice -n 19 "$BASHPID" >/dev/null ;;
	esac
	case $1 in
	unit) run_unit ;;
	static) run_static ;;
	fuzz) run_fuzz ;;
	uml)
		run_debug_kernel uml
		run_selftests uml
		;;
	kcsan)
		# Where a second takes so long, a million messages take days.
		unset VFLOW_LONG
		run_debug_kernel kcsan
		run_selftests kcsan
		;;
	*) run_selftests "$1" ;;
	esac
	return "$STATUS"
}

# Take one runner after the other from QUEUE; what each says comes in one piece
# when it has ended.
worker()
{
	local runner out lock

	exec {lock}>"$LOGS/queue.lock"
	while flock "$lock" && read -r runner <&"$QUEUE"; do
		printf '... %s begins after %d s\n' "$runner" "$SECONDS"
		flock -u "$lock"
		out=$(run "$runner") || STATUS=1
		flock "$lock"
		printf '%s\n... %s ends after %d s\n' "$out" "$runner" "$SECONDS"
		flock -u "$lock"
	done
	return "$STATUS"
}

# run_all RUNNER|KERNEL...: two at a time, in their order.  A machine keeps one
# processor busy under emulation, and all that is no machine gives way to it.
run_all()
{
	local pids=() pid

	exec {QUEUE}< <(printf '%s\n' "$@")
	worker & pids+=("$!")
	worker & pids+=("$!")
	for pid in "${pids[@]}"; do
		wait "$pid" || STATUS=1
	done
	exec {QUEUE}<&-
}

case ${1:-} in
all)
	tools/scripts/setup.sh || exit
	run_build
	run_all 6.12 unit static 6.1 fuzz
	;;
ci)
	tools/scripts/setup.sh || exit
	run_build
	run_all 6.12 uml 6.1 static unit fuzz
	;;
long)
	tools/scripts/setup.sh || exit
	# For fpm_frr_shown.
	tools/scripts/setup.sh --frr 10.7=forky || exit
	run_build
	export VFLOW_LONG=1 VFLOW_SCALE=20 FUZZ_SECONDS=0 FUZZ_RUNS=10000000
	run_all uml kcsan 6.12 unit fuzz
	;;
unit|static|fuzz) run "$1" ;;
*)
	sed -n '4,/^$/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
	exit 2
	;;
esac
exit "$STATUS"
