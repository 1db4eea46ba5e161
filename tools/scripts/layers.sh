#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Check the rules between the layers of vflow.
#
#   layers.sh [DIRECTORY]      default: the tree this script is in
#
# Prints FILE:LINE: RULE for each offence; exit status 1 if there is any.

set -uo pipefail

cd "${1:-$(dirname "${BASH_SOURCE[0]}")/../..}" || exit 2

found=0
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# Comments and strings do not count: print a source with both blanked, lines
# kept; #include lines stay whole.
code()
{
	awk '
	{
		line = $0
		if (line ~ /^[ \t]*#[ \t]*include/ && !comment) {
			print line
			next
		}
		out = ""
		while (line != "") {
			if (comment) {
				i = index(line, "*/")
				if (!i)
					break
				line = substr(line, i + 2)
				comment = 0
				continue
			}
			if (match(line, /\/\*|\/\/|"/) == 0) {
				out = out line
				break
			}
			out = out substr(line, 1, RSTART - 1)
			token = substr(line, RSTART, RLENGTH)
			line = substr(line, RSTART + RLENGTH)
			if (token == "//")
				break
			if (token == "/*") {
				comment = 1
				continue
			}
			# A string, up to its closing quote.
			while (match(line, /["\\]/)) {
				c = substr(line, RSTART, 1)
				if (c == "\\") {
					line = substr(line, RSTART + 2)
					continue
				}
				line = substr(line, RSTART + 1)
				break
			}
			out = out "\"\""
		}
		print out
	}' "$1"
}

# offences RULE, from what grep found.
offences()
{
	local file line

	while IFS=: read -r file line _; do
		printf '%s:%s: %s\n' "$file" "$line" "$1"
		found=1
	done
}

# never RULE REGEX FILE...: no code in these files may match.
never()
{
	local rule=$1 regex=$2 file

	shift 2
	for file; do
		[[ ! -e $tmp/$file ]] || continue
		mkdir -p "$tmp/${file%/*}"
		code "$file" >"$tmp/$file"
	done
	offences "$rule" < <(cd "$tmp" && grep -nHE -- "$regex" "$@")
}

# Like never, but for the whole text, comments too.
never_text()
{
	local rule=$1 regex=$2

	shift 2
	offences "$rule" < <(grep -nHE -- "$regex" "$@")
}

# Files of a directory, by extension, without those named.
files()
{
	local dir=$1 name=$2 file not

	shift 2
	while IFS= read -r file; do
		for not; do
			# shellcheck disable=SC2053
			[[ $file != $not ]] || continue 2
		done
		printf '%s\n' "$file"
	done < <(find "$dir" -type f -name "$name" 2>/dev/null | sort)
}

mapfile -t kmod_core < <(files kmod '*.[ch]' 'kmod/compat-include/*' \
			       'kmod/tests/*')
mapfile -t not_nl < <(files kmod '*.c' 'kmod/nl*' 'kmod/tests/*')
# What stands in for a header that a kernel lacks altogether is in fallback/.
mapfile -t compat < <(files kmod/compat-include '*.h' '*/fallback/*')
mapfile -t tools < <(files tools '*.[ch]')
mapfile -t lib < <(files tools/lib '*.[ch]')

# --- the module ---

# What a packet passes through knows nothing of netlink.
datapath=()
for noun in rx key flow fib xmit; do
	mapfile -t -O "${#datapath[@]}" datapath < <(files kmod "$noun.[ch]" 'kmod/*/*')
done
never 'the data path must not include genetlink' \
	'#[ \t]*include[ \t]*[<"](net/genetlink|net/netlink|linux/netlink|nl|nl-gen)\.h[>"]' \
	"${datapath[@]}"

# The control plane never touches a packet.
never 'nl_* must not touch a packet' \
	'#[ \t]*include[ \t]*[<"](rx|xmit|linux/(ip|tcp|udp|icmp))\.h[>"]|\<(dev_queue_xmit|netif_rx|netif_receive_skb|skb_network_header|eth_hdr|ip_hdr|ipv6_hdr|skb_pull|skb_push|pskb_may_pull)\>' \
	kmod/nl*.c kmod/nl*.h

# Attributes are the business of netlink code; others use the enums only.
never 'only nl* may use netlink attributes' '\<VFLOW_A_[A-Z]' "${not_nl[@]}"

never 'kernel versions belong into kmod/compat-include' \
	'\<(LINUX_VERSION_CODE|KERNEL_VERSION|RHEL_RELEASE_CODE)\>' \
	"${kmod_core[@]}"

for file in "${compat[@]+"${compat[@]}"}"; do
	if ! grep -q '#[ 	]*include_next' "$file"; then
		printf '%s:1: a compat header must #include_next the real one\n' "$file"
		found=1
	fi
	if (( $(wc -l <"$file") > 60 )); then
		printf '%s:61: a compat header has at most 60 lines\n' "$file"
		found=1
	fi
done

never 'BUG() is not for vflow' '\<BUG(_ON)?\(' "${kmod_core[@]}"
never 'no module parameters: configuration is netlink' \
	'\<module_param(_named|_array|_string|_cb)?\(' "${kmod_core[@]}"
never 'no second API beside netlink' \
	'\<(proc_create|debugfs_create|sysfs_create|register_chrdev|misc_register)' \
	"${kmod_core[@]}"
never 'a source file must not include another' \
	'#[ \t]*include[ \t]*"[^"]*\.c"' "${kmod_core[@]}" "${tools[@]}"
never 'no typedef of a struct' \
	'\<typedef[ \t]+(struct|union|enum)\>' "${kmod_core[@]}" "${tools[@]}"
never_text 'no notes to self' '\<(TODO|FIXME|XXX)\>' "${kmod_core[@]}" \
	"${tools[@]}" kmod/tests/*.[ch] selftests/*.sh selftests/*.c

# --- the tools ---

never 'tools must not include from the module' \
	'#[ \t]*include[ \t]*[<"](\.\./)*kmod/' "${tools[@]}"
never 'the library must not include from a program' \
	'#[ \t]*include[ \t]*[<"](\.\./)*(vflowctl|vflowd|vflow-agent)/' "${lib[@]}"
never 'the library must leave exiting to its callers' \
	'(^|[^_a-zA-Z>.])(exit|_exit)\(' "${lib[@]}"
for one in vflowctl vflowd vflow-agent; do
	for other in vflowctl vflowd vflow-agent; do
		[[ $one != "$other" ]] || continue
		mapfile -t own < <(files "tools/$one" '*.[ch]')
		never "$one must not include from $other" \
			"#[ \\t]*include[ \\t]*[<\"](\\.\\./)*$other/" \
			"${own[@]+"${own[@]}"}"
	done
done

exit "$found"
