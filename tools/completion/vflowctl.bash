# SPDX-License-Identifier: GPL-2.0
# bash completion for vflowctl(8)                          -*- shell-script -*-

# _vflowctl_names OBJECT [KEY]: what exists, from JSON, one object per line.
_vflowctl_names()
{
	"${_vflowctl_cmd[@]}" -j "$1" show 2>/dev/null |
		sed -n "s/.*[{,]\"${2:-name}\":\"\{0,1\}\([^\",}]*\).*/\1/p" | sort -u
}

_vflowctl_devices()
{
	local d

	for d in /sys/class/net/*; do
		echo "${d##*/}"
	done
}

# What may follow the word $1 of an object and verb.
_vflowctl_value()
{
	case $1 in
	vrouter) _vflowctl_names vrouter ;;
	vif) _vflowctl_names vif ;;
	uplink | guest | port) _vflowctl_names port ;;
	in-port) _vflowctl_names port; _vflowctl_names vif ;;
	id | nexthop-id) _vflowctl_names nexthop id ;;
	via) _vflowctl_names neighbor address ;;
	punt | learn-neighbors | l2-control) echo on off ;;
	mac-alias) echo none ;;
	punt-rate) echo control local exception slowpath ;;
	owner) echo static config netns agent fpm learned ;;
	protocol) echo kernel boot static zebra bird babel bgp isis ospf rip eigrp ;;
	object) echo port vrouter vif address neighbor nexthop route flow sync ;;
	nexthop) echo id via vif ;;
	epoch | max-flows | max-routes | hash-seed | burst | mac | vlan | \
	guest-vlan | mtu | guest-ifindex | sync | lladdr | group | weight | metric | \
	ip-src | ip-dst)
		;;
	*) return 1 ;;
	esac
}

# The value that stands alone behind a verb: what exists.
_vflowctl_first()
{
	case $1/$2 in
	port/add | port/replace) _vflowctl_devices ;;
	port/set | port/del | port/show) _vflowctl_names port ;;
	vrouter/set | vrouter/replace | vrouter/del | vrouter/show) _vflowctl_names vrouter ;;
	vif/set | vif/replace | vif/del | vif/show) _vflowctl_names vif ;;
	address/add | address/replace | neighbor/add | neighbor/replace) ;;
	address/*) _vflowctl_names address address ;;
	neighbor/*) _vflowctl_names neighbor address ;;
	route/*) echo default ;;
	esac
}

# The keys of an object and verb.
_vflowctl_keys()
{
	case $1/$2 in
	port/add | port/replace | port/set | port/show) echo type ;;
	vrouter/add | vrouter/replace | vrouter/set)
		echo epoch max-flows max-routes hash-seed punt learn-neighbors \
			punt-rate burst ;;
	vif/add | vif/replace | vif/set)
		echo vrouter mac mac-alias uplink vlan guest guest-vlan mtu guest-ifindex \
			l2-control ;;
	vif/show) echo vrouter uplink guest ;;
	address/add | address/replace | address/set) echo vif noprefixroute owner sync ;;
	address/del | neighbor/del) echo vif owner ;;
	address/* | neighbor/show | neighbor/flush) echo vif vrouter owner ;;
	neighbor/*) echo lladdr vif owner sync ;;
	nexthop/add | nexthop/replace | nexthop/set)
		echo id vrouter via vif group blackhole owner sync ;;
	nexthop/del) echo id vrouter owner ;;
	nexthop/show) echo id vrouter vif owner ;;
	nexthop/flush) echo vrouter vif owner ;;
	route/add | route/replace | route/set)
		echo vrouter via vif nexthop weight blackhole punt unreachable prohibit \
			local broadcast mtu metric protocol owner sync ;;
	route/del) echo vrouter owner ;;
	route/show | route/flush) echo vrouter via vif nexthop-id type protocol owner ;;
	flow/show) echo vrouter in-port ip-src ip-dst vif ;;
	flow/flush) echo vrouter ;;
	stats/show) echo vrouter vif port ;;
	sync/begin) echo vrouter owner ;;
	sync/end) echo vrouter owner sync ;;
	monitor/*) echo object vrouter ;;
	esac
}

_vflowctl_verbs()
{
	case $1 in
	port | vrouter | vif) echo add replace set del show help ;;
	address | neighbor | nexthop | route) echo add replace set del show flush help ;;
	flow) echo show flush help ;;
	stats) echo show help ;;
	sync) echo begin end help ;;
	monitor) echo object vrouter help ;;
	verify) _vflowctl_names vrouter; echo control help ;;
	esac
}

_vflowctl()
{
	local cur prev words cword
	local objects='port vrouter vif address neighbor nexthop route flow stats sync monitor verify'
	local -a _vflowctl_cmd=(vflowctl)
	local i object='' verb='' netns='' reply=''

	COMPREPLY=()
	if declare -F _get_comp_words_by_ref >/dev/null; then
		_get_comp_words_by_ref -n : cur prev words cword
	else
		cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
		words=("${COMP_WORDS[@]}") cword=$COMP_CWORD
	fi

	for ((i = 1; i < cword; i++)); do
		case ${words[i]} in
		-n | --netns) netns=${words[++i]} ;;
		-b | --batch) ((i++)) ;;
		-*) ;;
		*) break ;;
		esac
	done
	_vflowctl_cmd=("${words[0]}")
	[ -z "$netns" ] || _vflowctl_cmd+=(-n "$netns")

	if ((i >= cword)); then
		case $prev in
		-n | --netns) reply=$(ip netns list 2>/dev/null | cut -d' ' -f1) ;;
		-b | --batch) compopt -o default; return ;;
		*) reply="$objects help -j -p -s -d -o -4 -6 -t -n -b -f -V -h" ;;
		esac
	else
		object=${words[i]}
		[ "$object" = monitor ] || verb=${words[++i]}
		if [ "$object" != monitor ] && ((i >= cword)); then
			reply=$(_vflowctl_verbs "$object")
		elif [ "$prev" = type ]; then
			reply='uplink guest'
			[ "$object" != route ] || reply='unicast local broadcast anycast
				multicast blackhole unreachable prohibit punt'
		elif ((cword == i + 1)) && [ "$object" != monitor ]; then
			reply="$(_vflowctl_first "$object" "$verb")
				$(_vflowctl_keys "$object" "$verb")"
		elif [ "$object/$prev" = route/punt ] || ! reply=$(_vflowctl_value "$prev"); then
			reply=$(_vflowctl_keys "$object" "$verb")
		fi
	fi
	mapfile -t COMPREPLY < <(compgen -W "$reply" -- "$cur")
	if declare -F __ltrim_colon_completions >/dev/null; then
		__ltrim_colon_completions "$cur"
	fi
}

complete -F _vflowctl vflowctl
