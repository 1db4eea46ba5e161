#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Boot a kernel in a virtual machine and run selftests in it.
#
#   selftests/vng.sh [OPTION]... [TEST]...
#
#   -k, --kernel KERNEL   6.12 (default), 6.1, a full version, a vmlinuz, or
#                         debug, kcsan or uml (tools/scripts/debug-kernel.sh)
#   -t, --test TEST       run this test (may be repeated; default: all tests
#                         of selftests/Makefile); a name, a pattern or a path
#   -m, --mem SIZE        memory of the machine (default 2G, debug 3G)
#   -c, --cpus N          processors (default 2)
#       --icount          one processor, one instruction is one nanosecond
#       --mttcg           under emulation, a thread per processor, which is not
#                         safe before QEMU 8.1
#       --extra-nics N    N pairs of NICs, each pair on a hub of its own
#       --nic-model NAME[,NAME]...
#                         their models (default e1000; or virtio-net-pci), which
#                         the pairs take in turn
#       --exec COMMAND    run a command instead of tests
#       --shell           an interactive shell instead of tests; with --exec,
#                         after that command
#       --no-module       do not load vflow.ko
#   -q, --quiet           show what a test printed only if it failed
#       --keep-going N    restart a broken machine at most N times (default 20)
#   -h, --help
#
# A test passes only if it says so, in KTAP with a plan, and the kernel log
# stays clean.  A test that crashes or hangs the machine fails, and the machine
# is started again for the tests that remain.
#
# With uml, the machine is a program of the host, User Mode Linux: no emulation, but
# one processor, and no machines of a kind.
#
# A test asks for more in comment lines near its top:
#   # timeout: SECONDS      its time limit on a fast machine (default 60)
#   # vng: OPTION...        a machine of its own kind, e.g. --extra-nics 2
#
# Environment: VFLOW_CACHE (kernels), VFLOW_BUILD (default build/), VFLOW_KVM
# (yes|no: overrules the probe of setup.sh), VFLOW_SLOW (factor for all time
# limits), VFLOW_EXPECT_ALL=1 (a skipped test is a failed one), VFLOW_LONG=1
# (tests in full size, with ten times the time), VFLOW_SIZE and VFLOW_SEED (see lib.sh).

set -uo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
TOP=${HERE%/*}
BUILD=${VFLOW_BUILD:-$TOP/build}
CACHE=${VFLOW_CACHE:-/var/cache/vflow}
readonly HERE TOP BUILD CACHE
readonly GUEST_OUT=/tmp/vflow-out

KERNEL=6.12
MEM=
CPUS=2
ICOUNT=no
MTTCG=no
EXTRA_NICS=0
NIC_MODEL=e1000
COMMAND=
MODE=tests
MODULE=yes
DEBUG=no
UML=no
QUIET=no
RESTARTS=20
TESTS=()

PASSED=0
FAILED=0
SKIPPED=0

VM_PID=
VM_JOB=
OUT=

die()
{
	printf 'vng.sh: %s\n' "$1" >&2
	shift
	if (( $# )); then
		printf 'vng.sh: %s\n' "$@" >&2
	fi
	exit 2
}

usage()
{
	sed -n '4,/^$/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
}

need_arg()
{
	(( $1 > 1 )) || die "$2 needs an argument"
}

parse_options()
{
	while (( $# )); do
		case $1 in
		-k|--kernel) need_arg $# "$1"; KERNEL=$2; shift 2 ;;
		-t|--test) need_arg $# "$1"; TESTS+=("$2"); shift 2 ;;
		-m|--mem) need_arg $# "$1"; MEM=$2; shift 2 ;;
		-c|--cpus) need_arg $# "$1"; CPUS=$2; shift 2 ;;
		--icount) ICOUNT=yes; CPUS=1; shift ;;
		--mttcg) MTTCG=yes; shift ;;
		--extra-nics) need_arg $# "$1"; EXTRA_NICS=$2; shift 2 ;;
		--nic-model) need_arg $# "$1"; NIC_MODEL=$2; shift 2 ;;
		--exec) need_arg $# "$1"; COMMAND=$2
			[[ $MODE == shell ]] || MODE='exec'
			shift 2 ;;
		--shell) MODE=shell; shift ;;
		--no-module) MODULE=no; shift ;;
		-q|--quiet) QUIET=yes; shift ;;
		--keep-going) need_arg $# "$1"; RESTARTS=$2; shift 2 ;;
		--probe-kvm) MODE=probe; MODULE=no; shift ;;
		-h|--help) usage; exit 0 ;;
		--) shift; TESTS+=("$@"); break ;;
		-*) usage >&2; die "unknown option $1" ;;
		*) TESTS+=("$1"); shift ;;
		esac
	done
}

# --- which kernel ----------------------------------------------------------

# Sets VERSION and IMAGE from KERNEL.
find_kernel()
{
	local dir

	VERSION=
	case $KERNEL in
	debug|kcsan|uml)
		DEBUG=yes
		[[ $KERNEL != uml ]] || UML=yes
		dir=$("$TOP/tools/scripts/debug-kernel.sh" --print \
		      "${KERNEL/debug/kasan}") || exit 2
		VERSION=${dir##*/}
		IMAGE=$dir/boot/vmlinuz-$VERSION
		;;
	*/*)
		IMAGE=$KERNEL
		VERSION=${KERNEL##*/}
		VERSION=${VERSION#vmlinuz-}
		if [[ -d $KERNEL ]]; then
			VERSION=$(cat "$KERNEL/include/config/kernel.release" \
				  2>/dev/null)
		fi
		[[ -e $IMAGE ]] || die "no kernel $IMAGE"
		;;
	*)
		# A series such as 6.12: its newest kernel in the cache.
		for dir in "$CACHE/kernels/$KERNEL" "$CACHE/kernels/$KERNEL".*; do
			[[ -e $dir/boot/vmlinuz-${dir##*/} ]] || continue
			VERSION=$(printf '%s\n' "$VERSION" "${dir##*/}" |
				  sort -V | tail -n 1)
		done
		IMAGE=$CACHE/kernels/$VERSION/boot/vmlinuz-$VERSION
		if [[ -z $VERSION && -e /boot/vmlinuz-$KERNEL ]]; then
			VERSION=$KERNEL
			IMAGE=/boot/vmlinuz-$KERNEL
		fi
		;;
	esac
	[[ -n $VERSION ]] || die "no kernel $KERNEL in $CACHE/kernels or /boot" \
		"run: make setup"
}

# --- how to run a machine --------------------------------------------------

# Does this machine run virtual machines on KVM?  setup.sh has tried.
use_kvm()
{
	case ${VFLOW_KVM:-} in
	yes) return 0 ;;
	no) return 1 ;;
	esac
	[[ -w /dev/kvm ]] && [[ $(head -n 1 "$CACHE/kvm" 2>/dev/null) == yes ]]
}

# Directories that the guest's init covers with an empty tmpfs.
is_hidden()
{
	case $1/ in
	/var/cache/*|/var/tmp/*|/var/log/*) return 0 ;;
	esac
	return 1
}

# Sets MACHINE, the command line without what to run, and factors for time limits.
machine()
{
	if [[ $UML == yes ]]; then
		machine_uml "$@"
	else
		machine_vng "$@"
	fi
	SLOW=${VFLOW_SLOW:-$SLOW}
}

machine_uml()
{
	(( $# == 0 )) || die "User Mode Linux has no '$*'"
	MACHINE=(env TMPDIR=/dev/shm "$IMAGE" mem="${MEM:-2G}" umid="vflow$$"
		 root=/dev/root rootfstype=hostfs ro init="$HERE/uml-init.sh"
		 con=null "con0=null,fd:2" "con1=null,fd:1"
		 panic=-1 panic_on_warn=1 loglevel=5 kunit.enable=1
		 VFLOW_OUT_DIR="$OUT" VFLOW_KERNEL_DIR="${IMAGE%/boot/*}")
	SLOW=4
	HOST_SLOW=1
}

machine_vng()
{
	local mem=$MEM cpus=$CPUS icount=$ICOUNT nics=$EXTRA_NICS
	local model=$NIC_MODEL mttcg=$MTTCG qemu='' i side mac models dir

	# Options that a test asked for.
	while (( $# )); do
		case $1 in
		--mem) mem=$2; shift 2 ;;
		--cpus) cpus=$2; shift 2 ;;
		--icount) icount=yes; cpus=1; shift ;;
		--mttcg) mttcg=yes; shift ;;
		--extra-nics) nics=$2; shift 2 ;;
		--nic-model) model=$2; shift 2 ;;
		*) die "a test asks for the unknown option '$1'" ;;
		esac
	done

	[[ -n $mem ]] || mem=$([[ $DEBUG == yes ]] && echo 3G || echo 2G)
	MACHINE=(vng -v -r "$IMAGE" --force-9p --disable-microvm --user root
		 --cpus "$cpus" --memory "$mem" --cwd "$TOP"
		 --append 'panic_on_warn=1 oops=panic loglevel=5'
		 --append 'rcupdate.rcu_cpu_stall_timeout=60 watchdog_thresh=30')
	# "make allnoconfig" leaves KUnit in the kernel, but switched off.
	[[ $DEBUG == no ]] || MACHINE+=(--append kunit.enable=1)
	use_kvm || MACHINE+=(--disable-kvm)
	if is_hidden "$CACHE" && [[ $IMAGE == "$CACHE"/* ]]; then
		dir=${IMAGE%/boot/*}
		MACHINE+=(--rodir="$dir=$dir")
	fi
	if is_hidden "$CACHE"; then
		for dir in "$CACHE"/frr-*/; do
			[[ ! -d $dir ]] || MACHINE+=(--rodir="${dir%/}=${dir%/}")
		done
	fi
	if is_hidden "$TOP"; then
		MACHINE+=(--rodir="$TOP=$TOP")
	fi
	if [[ -n $OUT ]]; then
		MACHINE+=(--rwdir="$GUEST_OUT=$OUT")
	fi
	# One thread emulates all processors: with two machines on two processors
	# that takes less than half the time.  And before 8.1, a thread could
	# translate code while another patched it (Oops: int3), about once in ten
	# boots.
	if [[ $icount == no && $mttcg == no ]] && ! use_kvm; then
		qemu+=' -accel tcg,thread=single'
	fi
	# QEMU 7.2 puts half of an operand of cmpxchg16b into the flags, now and then: the
	# kernel does without.
	use_kvm || qemu+=' -cpu qemu64,-cx16'
	[[ $icount == no ]] || qemu+=' -icount shift=0,sleep=off'
	# Programs once more, for guest_programs in vng-guest.sh.
	qemu+=' -fsdev local,id=vfusr,path=/usr,security_model=none,readonly=on'
	qemu+=',multidevs=remap -device virtio-9p-pci,fsdev=vfusr,mount_tag=vfusr'
	IFS=, read -ra models <<<"$model"
	for (( i = 0; i < nics; i++ )); do
		model=${models[i % ${#models[@]}]}
		for side in 0 1; do
			printf -v mac '52:54:00:f1:%02x:%02x' "$i" "$side"
			qemu+=" -netdev hubport,id=vf$i$side,hubid=$((100 + i))"
			qemu+=" -device $model,netdev=vf$i$side,mac=$mac"
		done
	done
	[[ -z $qemu ]] || MACHINE+=("--qemu-opts=${qemu# }")

	# Time limits: on KVM as given; under emulation things are slower, and
	# with a debug kernel, too; and with -icount a second of the guest takes
	# many of ours.
	if use_kvm; then SLOW=1; else SLOW=4; fi
	[[ $DEBUG == no ]] || SLOW=$((4 * SLOW))
	HOST_SLOW=1
	[[ $icount == no ]] || HOST_SLOW=20
}

# What the guest gets to know.
guest_env()
{
	printf 'export %s=%q\n' \
		VFLOW_TOP "$TOP" \
		VFLOW_KERNEL "$KERNEL" \
		VFLOW_CACHE "$CACHE" \
		VFLOW_HOST_BUILD "$BUILD" \
		VFLOW_HOST_KO "$BUILD/$VERSION/vflow.ko" \
		VFLOW_MODULE "$MODULE" \
		VFLOW_OUT "$GUEST_OUT" \
		VFLOW_SLOW "$SLOW" \
		VFLOW_SEED "${VFLOW_SEED:-}" \
		VFLOW_SIZE "${VFLOW_SIZE:-}" \
		VFLOW_EXPECT_ALL "${VFLOW_EXPECT_ALL:-}" \
		VFLOW_LONG "${VFLOW_LONG:-}" \
		VFLOW_COMMAND "$COMMAND"
}

# start_vm LOG CONSOLE tests|exec
start_vm()
{
	local log=$1 console=$2 what=("$3")

	[[ $UML == yes ]] ||
		what=(--exec "bash $(printf %q "$HERE/vng-guest.sh") $3")
	rm -f "$OUT/pid"
	# In a session of its own: vng stops when it is not in the foreground.
	# Standard error carries the console.
	# shellcheck disable=SC2016
	{
		{
			setsid -w bash -c 'echo $$ >"$0"; exec "$@"' "$OUT/pid" \
				"${MACHINE[@]}" "${what[@]}" \
				</dev/null 2>&1 1>&3 3>&- |
				cat >"$console" 3>&-
		} 3>&1 | if [[ $MODE == exec ]]; then
				 guest_output | tee "$log"
			 else
				 cat >"$log"
			 fi
	} &
	VM_JOB=$!
	until [[ -s $OUT/pid ]] || ! kill -0 "$VM_JOB" 2>/dev/null; do
		sleep 0.05
	done
	VM_PID=$(cat "$OUT/pid" 2>/dev/null)
}

# vng -v echoes its own command lines first, and the terminal of User Mode Linux ends
# lines with two characters.
guest_output()
{
	sed -u -n 's/\r$//; /^vflow-guest: start$/,$p' | sed -u 1d
}

stop_vm()
{
	local i

	[[ -n $VM_PID ]] || return 0
	kill -TERM -- "-$VM_PID" 2>/dev/null
	for (( i = 0; i < 30; i++ )); do
		kill -0 -- "-$VM_PID" 2>/dev/null || break
		sleep 0.1
	done
	kill -KILL -- "-$VM_PID" 2>/dev/null
	VM_PID=
}

lock_vm()
{
	exec {VM_LOCK}>"${VFLOW_VM_LOCK:-/tmp/vflow-vm.lock}"
	if ! flock -n "$VM_LOCK"; then
		printf '# waiting for another test machine to end\n'
		flock "$VM_LOCK"
	fi
}

# --- tests -----------------------------------------------------------------

all_tests()
{
	make -s -C "$HERE" list KERNEL="$KERNEL"
}

# Sets QUEUE from TESTS: names, shell patterns or paths, with or without .sh.
# A path may lead outside of the tree.
select_tests()
{
	local want name found

	QUEUE=()
	if (( ${#TESTS[@]} == 0 )); then
		mapfile -t QUEUE < <(all_tests)
		return
	fi
	for want in "${TESTS[@]}"; do
		if [[ $want == */* ]]; then
			[[ -e $want ]] || want=$want.sh
			[[ -e $want ]] || die "no test $want"
			QUEUE+=("$(readlink -f "$want")")
			continue
		fi
		found=no
		for name in "$HERE"/*_*.sh; do
			name=${name##*/}
			# shellcheck disable=SC2254
			case $name in
			*_lib.sh) ;;
			$want|$want.sh) QUEUE+=("$name"); found=yes ;;
			esac
		done
		[[ $found == yes ]] || die "no test $want" \
			"there are: $(all_tests | xargs)"
	done
}

test_path()
{
	case $1 in
	/*) printf '%s\n' "$1" ;;
	*) printf '%s/%s\n' "$HERE" "$1" ;;
	esac
}

test_name()
{
	local name=${1##*/}

	printf '%s\n' "${name%.sh}"
}

# "# KEY: VALUE" near the top of a test.
test_setting()
{
	sed -n "1,40s/^# $2: *//p" "$(test_path "$1")" | head -n 1
}

test_timeout()
{
	local t

	t=$(test_setting "$1" timeout)
	printf '%d\n' $(( ${t:-60} * SLOW * (${VFLOW_LONG:+9} + 1) ))
}

# Judge a test by its log, exit status and kernel messages; print its report.
#   judge NUMBER TEST STATUS [REASON]
judge()
{
	local nr=$1 name status=$3 reason=${4:-}
	local log splats plan ok bad skip seen missing=0 note='' verdict=ok took

	name=$(test_name "$2")
	log=$OUT/$name.log
	splats=$OUT/$name.splat
	touch "$log"

	plan=$(grep -aoE '^1\.\.[0-9]+' "$log" | head -n 1)
	plan=${plan#1..}
	seen=$(grep -acE '^(not )?ok [0-9]+' "$log")
	bad=$(grep -acE '^not ok [0-9]+' "$log")
	skip=$(grep -acE '^ok [0-9]+.*# SKIP' "$log")
	ok=$((seen - bad - skip))

	if [[ $plan == 0 && $seen == 0 ]] && grep -aq '^1\.\.0 # SKIP' "$log"; then
		skip=1
		note=$(sed -n 's/^1\.\.0 # SKIP *//p' "$log" | head -n 1)
	elif [[ -z $plan ]]; then
		missing=1
		note='no plan'
	elif (( seen < plan )); then
		missing=$((plan - seen))
		note="$missing of $plan checks missing"
	elif (( seen > plan )); then
		missing=1
		note="more checks than the plan of $plan"
	fi
	if [[ -n $reason ]]; then
		note=$reason
		(( missing )) || missing=1
	elif [[ $status == 124 || $status == 137 ]]; then
		note="no end within $(test_timeout "$2") s"
		(( missing )) || missing=1
	elif (( status != 0 && status != 4 && bad + missing == 0 )); then
		note="exit status $status"
		missing=1
	fi
	if [[ -s $splats ]]; then
		note="kernel log: $(head -n 1 "$splats")"
		missing=$((missing + 1))
	fi
	if [[ ${VFLOW_EXPECT_ALL:-} == 1 ]] && (( skip )); then
		missing=$((missing + skip))
		note="skipped: ${note:-see above}"
		skip=0
	fi

	if [[ $QUIET == no ]] || (( bad + missing )); then
		sed 's/^/  /' "$log"
		[[ ! -s $splats ]] || sed 's/^/  # /' "$splats"
	fi

	took=$(cat "$OUT/$name.time" 2>/dev/null)
	PASSED=$((PASSED + ok))
	SKIPPED=$((SKIPPED + skip))
	FAILED=$((FAILED + bad + missing))
	if (( bad + missing )); then
		verdict='not ok'
	elif (( ok == 0 && skip )); then
		note="SKIP $note"
	fi
	printf '%s %d - %s%s%s\n' "$verdict" "$nr" "$name" \
		"${note:+ # $note}" "${took:+ (${took} s)}"
}

# Why did the machine end?
console_reason()
{
	local hit

	hit=$("$HERE/splat.sh" "$1" | head -n 1)
	printf '%s\n' "${hit#splat: }"
}

# Boot once and run the tests named; afterwards DONE holds those that ran to
# their end, CURRENT the one that was running when the machine ended, WHY it
# ended.
run_once()
{
	local console=$1 name now start=0 limit last='' booted
	local -a tests

	shift
	tests=("$@")
	DONE=()
	CURRENT=
	WHY=
	for name in "${tests[@]}"; do
		printf '%s %s\n' "$(test_timeout "$name")" "$(test_path "$name")"
	done >"$OUT/todo"
	guest_env >"$OUT/env"
	rm -f "$OUT/current" "$OUT/all-done" "$OUT/why"

	start_vm "$console.out" "$console" tests
	printf -v start '%(%s)T' -1
	limit=$((120 * (SLOW > 1 ? 2 : 1) * HOST_SLOW))
	[[ $DEBUG == no ]] || limit=$((3 * limit))
	booted=no
	while kill -0 "$VM_JOB" 2>/dev/null; do
		report_done "${tests[@]}"
		name=
		[[ ! -e $OUT/current ]] || read -r name <"$OUT/current" || true
		printf -v now '%(%s)T' -1
		if [[ $name != "$last" ]]; then
			last=$name
			booted=yes
			start=$now
			limit=$(awk -v p="$name" '$2 == p { print $1 }' "$OUT/todo")
			limit=$((${limit:-60} * HOST_SLOW + 60))
		elif (( now - start > limit )); then
			if [[ $booted == yes ]]; then
				WHY="the machine hung"
			else
				WHY="the machine did not boot"
			fi
			stop_vm
			break
		fi
		sleep 1
	done
	wait "$VM_JOB" 2>/dev/null
	VM_PID=
	report_done "${tests[@]}"
	[[ ! -e $OUT/all-done ]] || return 0
	CURRENT=$(cat "$OUT/current" 2>/dev/null)
	name=$(console_reason "$console")$(cat "$OUT/why" 2>/dev/null)
	WHY=${WHY:+$WHY${name:+: }}$name
	WHY=${WHY:-the machine ended, see $console}
}

# Report tests which have ended since the last call.
report_done()
{
	local test name

	for test; do
		# Without a process each: this is asked every second.
		name=${test##*/}
		name=${name%.sh}
		[[ -e $OUT/$name.status && ! -e $OUT/$name.judged ]] || continue
		: >"$OUT/$name.judged"
		NR=$((NR + 1))
		judge "$NR" "$test" "$(cat "$OUT/$name.status")"
		DONE+=("$(test_path "$test")")
	done
}

# Remove from QUEUE what is named.
drop()
{
	local test gone keep=()

	for test in "${QUEUE[@]}"; do
		for gone; do
			[[ $test != "$gone" && $(test_path "$test") != "$gone" ]] ||
				continue 2
		done
		keep+=("$test")
	done
	QUEUE=("${keep[@]+"${keep[@]}"}")
}

run_tests()
{
	local options boot=0 broken=0 again=2 test group=()

	select_tests
	(( ${#QUEUE[@]} )) || die "no tests"
	if [[ $MODULE == yes && ! -e $BUILD/$VERSION/vflow.ko ]]; then
		die "no $BUILD/$VERSION/vflow.ko" "run: make modules KVER=$VERSION"
	fi
	lock_vm
	OUT=$BUILD/logs/selftests-$VERSION
	mkdir -p "$OUT"
	rm -rf "${OUT:?}"/*
	NR=0
	printf 'KTAP version 1\n1..%d\n' "${#QUEUE[@]}"
	printf '# kernel %s\n' "$VERSION"
	while (( ${#QUEUE[@]} )); do
		# The machine for the first test left, and all others like it.
		options=$(test_setting "${QUEUE[0]}" vng)
		group=()
		for test in "${QUEUE[@]}"; do
			[[ $(test_setting "$test" vng) != "$options" ]] ||
				group+=("$test")
		done
		# shellcheck disable=SC2086
		machine $options
		boot=$((boot + 1))
		run_once "$OUT/console-$boot.log" "${group[@]}"
		drop "${DONE[@]+"${DONE[@]}"}"
		if [[ -n $CURRENT && " ${DONE[*]} " == *" $CURRENT "* ]]; then
			# Between two tests, or while the module was unloaded.
			printf '# after %s: %s\n' "$(test_name "$CURRENT")" "$WHY"
			FAILED=$((FAILED + 1))
		elif [[ $WHY == 'Oops: int3:'* || ( -n $WHY && -z $CURRENT ) ]] &&
		     (( ${#DONE[@]} == 0 && again-- > 0 )); then
			printf '# no test was reached, trying again: %s\n' "$WHY"
		elif [[ -n $CURRENT ]]; then
			NR=$((NR + 1))
			judge "$NR" "$CURRENT" 255 "$WHY"
			drop "$CURRENT"
		elif [[ -n $WHY && ${#DONE[@]} == 0 ]]; then
			# Not one test was reached: more boots will not help.
			sed 's/^/# /' "$OUT/console-$boot.log" | tail -n 40
			sed 's/^/# /' "$OUT/console-$boot.log.out" | tail -n 20
			for test in "${group[@]}"; do
				NR=$((NR + 1))
				judge "$NR" "$test" 255 "not run: $WHY"
			done
			drop "${group[@]}"
		fi
		[[ -z $WHY ]] || broken=$((broken + 1))
		if (( broken > RESTARTS && ${#QUEUE[@]} )); then
			for test in "${QUEUE[@]}"; do
				NR=$((NR + 1))
				judge "$NR" "$test" 255 \
					"not run: the machine broke $broken times"
			done
			QUEUE=()
		fi
	done
	printf 'selftests %s: %d passed, %d failed, %d skipped\n' \
		"$KERNEL" "$PASSED" "$FAILED" "$SKIPPED"
	(( FAILED == 0 && PASSED > 0 ))
}

# --- one command, a shell, the probe ---------------------------------------

run_exec()
{
	local status

	lock_vm
	OUT=$BUILD/logs/exec-$VERSION
	mkdir -p "$OUT"
	rm -rf "${OUT:?}"/*
	machine
	: >"$OUT/todo"
	guest_env >"$OUT/env"
	start_vm "$OUT/out.log" "$OUT/console.log" exec
	wait "$VM_JOB"
	VM_PID=
	status=$(cat "$OUT/status" 2>/dev/null)
	if ! "$HERE/splat.sh" "$OUT/console.log" || [[ -z $status ]]; then
		tail -n 20 "$OUT/console.log" >&2
		die "the machine ended without a result, see $OUT/console.log"
	fi
	return "$status"
}

run_shell()
{
	[[ -t 0 ]] || die "--shell needs a terminal"
	[[ $UML == no ]] || die "no --shell in User Mode Linux"
	lock_vm
	OUT=$BUILD/logs/shell-$VERSION
	mkdir -p "$OUT"
	machine
	guest_env >"$OUT/env"
	# Not verbose: the console is the terminal.  Bash in the guest runs
	# PROMPT_COMMAND, which the kernel passes on, before its first prompt.
	MACHINE=("${MACHINE[@]/#-v/--quiet}")
	"${MACHINE[@]}" --append \
		"PROMPT_COMMAND='. $HERE/vng-guest.sh shell'"
}

run_probe()
{
	local out

	[[ -w /dev/kvm ]] || return 1
	machine
	MACHINE=("${MACHINE[@]/#-v/--quiet}")
	out=$(setsid -w "${MACHINE[@]}" --exec 'grep -q "^flags.* hypervisor" /proc/cpuinfo &&
		dmesg | grep -q "Hypervisor detected: KVM" && echo it-is-kvm' \
		</dev/null 2>&1)
	[[ $out == *it-is-kvm* ]]
}

main()
{
	parse_options "$@"
	[[ $KERNEL == uml ]] || command -v vng >/dev/null || die "virtme-ng is missing" "run: make setup"
	find_kernel
	trap stop_vm EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM
	case $MODE in
	tests) run_tests ;;
	exec) run_exec ;;
	shell) run_shell ;;
	probe) run_probe ;;
	esac
}

main "$@"
