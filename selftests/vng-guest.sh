#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The part of vng.sh that runs in the virtual machine, as root.
#
#   vng-guest.sh tests|exec       run what $VFLOW_OUT says, results go there
#   . vng-guest.sh shell          prepare an interactive shell

# The root of virtme-ng keeps nothing in memory: each start of a program reads all
# of it from the host again, through an overlay.  A mount of our own keeps it, and
# starting programs takes a quarter less; they do not change while the machine runs.
guest_programs()
{
	local dir

	# User Mode Linux has the host's own.
	! grep -qw hostfs /proc/filesystems || return 0
	modprobe 9p 2>/dev/null
	mkdir -p /run/usr
	mount -t 9p -o ro,trans=virtio,version=9p2000.L,access=any \
		-o cache=loose,msize=262144 vfusr /run/usr || return
	for dir in /run/usr/{bin,sbin,lib/{*-linux-gnu,python3*,frr}}; do
		[[ ! -d $dir ]] || mount --bind "$dir" "${dir#/run}" || return
	done
}

guest_prepare()
{
	local dep

	# shellcheck disable=SC1091
	. /tmp/vflow-out/env
	cd "${VFLOW_TOP:?}" || return
	guest_programs || return
	# A small system cannot turn itself off, and virtme-ng wants to.
	command -v poweroff >/dev/null ||
		ln -s "$(command -v busybox)" /usr/local/bin/poweroff || return
	sysctl -qw kernel.printk_ratelimit=0 kernel.hung_task_timeout_secs=60 \
		2>/dev/null
	# A veth is a wire that drops what its receiving processor has not taken
	# yet: 1,000 packets, of all wires together.  A machine that stood still
	# for half a second then loses what no test has asked it to.
	sysctl -qw net.core.netdev_max_backlog=100000

	# A copy, since the tree may be rebuilt while the machine runs.
	export VFLOW_BUILD=/run/vflow
	export VFLOW_KO=$VFLOW_BUILD/vflow.ko
	mkdir -p "$VFLOW_BUILD"
	find "$VFLOW_HOST_BUILD" -maxdepth 1 -type f ! -name '.*' \
		-exec cp -p {} "$VFLOW_BUILD" \;
	export PATH=$VFLOW_BUILD:/usr/sbin:$PATH
	if [[ $VFLOW_MODULE == yes ]]; then
		cp "$VFLOW_HOST_KO" "$VFLOW_KO" || return
		cp "${VFLOW_HOST_KO%/*}"/*_test.ko "$VFLOW_BUILD" 2>/dev/null
		# depmod does not know vflow.ko: load what it needs by name.
		for dep in $(modinfo -F depends "$VFLOW_KO" | tr , ' '); do
			modprobe "$dep"
		done
		guest_load || return
	fi
}

# Tests may leave the module unloaded.
guest_load()
{
	[[ $VFLOW_MODULE == yes ]] || return 0
	[[ ! -d /sys/module/vflow ]] || return 0
	insmod "$VFLOW_KO"
}

# The kernel log since a mark.
guest_log_since()
{
	dmesg >/run/dmesg.all
	if grep -qF "$1" /run/dmesg.all; then
		sed "1,/$1/d" /run/dmesg.all
	else
		cat /run/dmesg.all
	fi
}

# has_detector NAME: what a debug kernel is there for (config.debug, config.kasan and
# config.kcsan).
has_detector()
{
	case $VFLOW_KERNEL-$1 in
	debug-kmemleak|uml-kmemleak|kcsan-kcsan|debug-lockdep|kcsan-lockdep|uml-lockdep) ;;
	*) return 1 ;;
	esac
}

# A detector that is off says nothing at all: so it is said here, for splat.sh.
guest_detectors()
{
	! has_detector lockdep ||
		grep -qE '^ *debug_locks: +1$' /proc/lockdep_stats ||
		echo 'vflow-guest: lockdep is off'
	! has_detector kcsan || guest_kcsan
}

# The detector of data races is at work if it is enabled and watches some of what the
# module does.
guest_kcsan()
{
	local file=/sys/kernel/debug/kcsan now

	now=$(awk '/^setup_watchpoints:/ { print $2 }' "$file") || now=0
	if ! grep -qx 'enabled: 1' "$file" || (( now <= ${KCSAN_WATCHED:-0} )); then
		echo "vflow-guest: KCSAN is off, $now watchpoints"
	fi
	KCSAN_WATCHED=$now
}

# The memory leak detector.
guest_kmemleak()
{
	local file=/sys/kernel/debug/kmemleak

	has_detector kmemleak || return 0
	# What waits for a grace period is not lost.
	sleep 1
	# An object in use at this moment is found again by the second scan.
	if ! echo scan >"$file" || ! sleep 5 || ! echo scan >"$file" || ! cat "$file" ||
	   ! echo clear >"$file"; then
		echo 'vflow-guest: kmemleak is off'
	fi
}

# How often the module's lines were executed, if the kernel counts that.
guest_gcov()
{
	local from=/sys/kernel/debug/gcov to file

	[[ -d $from ]] || return 0
	to=$(mktemp -d "$VFLOW_OUT/gcov.XXXXXX")
	while IFS= read -r file; do
		mkdir -p "$to/${file%/*}"
		cat "$from/$file" >"$to/$file"
	done < <(cd "$from" && find . -path '*/kmod/*.gcda')
}

# guest_test LIMIT PATH LEAKS: run a test; LEAKS is yes if it is the last of its
# group: leaks are looked for once in each, since a scan takes many seconds.
guest_test()
{
	local limit=$1 path=$2 leaks=$3 name status mark start

	name=${path##*/}
	name=${name%.sh}
	printf '%s\n' "$path" >"$VFLOW_OUT/current"
	mark="vflow-test-$name-begins"
	printf '%s\n' "$mark" >/dev/kmsg
	start=$SECONDS
	if guest_load; then
		setsid -w timeout -k 10 "$limit" bash "$path" \
			</dev/null >"$VFLOW_OUT/$name.log" 2>&1
		status=$?
	else
		printf 'Bail out! vflow.ko cannot be loaded\n' \
			>"$VFLOW_OUT/$name.log"
		status=1
	fi
	guest_log_since "$mark" >"$VFLOW_OUT/$name.dmesg"
	guest_detectors >>"$VFLOW_OUT/$name.dmesg"
	[[ $leaks == no ]] || guest_kmemleak >>"$VFLOW_OUT/$name.dmesg"
	"$VFLOW_TOP/selftests/splat.sh" "$VFLOW_OUT/$name.dmesg" \
		>"$VFLOW_OUT/$name.splat"
	printf '%s\n' $((SECONDS - start)) >"$VFLOW_OUT/$name.time"
	# Last of all: this file says that the others are complete.
	printf '%s\n' "$status" >"$VFLOW_OUT/$name.status"
}

# Unloading belongs to every run.
guest_unload()
{
	local mark=vflow-test-unload-begins

	[[ $VFLOW_MODULE == yes && -d /sys/module/vflow ]] || return 0
	printf '%s\n' "$mark" >/dev/kmsg
	if ! rmmod vflow; then
		printf 'vflow cannot be unloaded: %s users\n' \
			"$(cat /sys/module/vflow/refcnt)" >"$VFLOW_OUT/why"
		return 1
	fi
	guest_log_since "$mark" >"$VFLOW_OUT/unload.dmesg"
	guest_kmemleak >>"$VFLOW_OUT/unload.dmesg"
	"$VFLOW_TOP/selftests/splat.sh" "$VFLOW_OUT/unload.dmesg" \
		>"$VFLOW_OUT/why"
}

# The area of a test: what is before the first "_".
area()
{
	local name=${1##*/}

	printf '%s\n' "${name%%_*}"
}

guest_tests()
{
	local limit path next i todo=()

	if ! guest_prepare; then
		echo 'the machine cannot be prepared' >"$VFLOW_OUT/why"
		lsmod | head -n 3
		dmesg | tail -n 20
		return 1
	fi
	mapfile -t todo <"$VFLOW_OUT/todo"
	for (( i = 0; i < ${#todo[@]}; i++ )); do
		limit=${todo[i]%% *}
		path=${todo[i]#* }
		next=${todo[i + 1]:-}
		if [[ $(area "$path") == "$(area "$next")" ]]; then
			guest_test "$limit" "$path" no
		else
			guest_test "$limit" "$path" yes
		fi
	done
	guest_unload && : >"$VFLOW_OUT/all-done"
	guest_gcov
}

guest_exec()
{
	echo 'vflow-guest: start'
	guest_prepare || return
	bash -c "$VFLOW_COMMAND"
	printf '%s\n' $? >"$VFLOW_OUT/status"
}

guest_shell()
{
	unset PROMPT_COMMAND
	guest_prepare
	[[ -z $VFLOW_COMMAND ]] || bash -c "$VFLOW_COMMAND"
	printf '\n%s\n%s\n' \
		"vflow.ko is loaded; vflowctl, vflowd and vflow-agent are in PATH." \
		"Leave with Ctrl-D."
}

case ${1:-} in
tests) guest_tests ;;
exec) guest_exec ;;
shell) guest_shell ;;
esac
