// SPDX-License-Identifier: GPL-2.0
/*
 * The command line of vflowctl, as a table: words, exit code, and the request
 * that goes to the kernel - or, for a refusal, a part of the complaint.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "fake.h"
#include "stub_nl.h"

struct row {
	const char *line;
	int code;
	const char *expect;	/* request, or part of standard error */
};

#define MAC	"52:54:00:aa:00:01"

static const struct row rows[] = {
	/* --- port --- */
	{ "port add up0 type uplink", 0, "port-new add name=up0 type=uplink" },
	{ "port add veth-r1-0 type guest", 0, "port-new add name=veth-r1-0 type=guest" },
	{ "port replace up0 type uplink", 0, "port-new replace name=up0 type=uplink" },
	{ "port set up0 type guest", 0, "port-new set name=up0 type=guest" },
	{ "port del up0", 0, "port-del name=up0" },
	{ "port", 0, "port-get dump" },
	{ "port show", 0, "port-get dump" },
	{ "port show type guest", 0, "port-get dump" },
	{ "port add type type uplink", 0, "port-new add name=type type=uplink" },
	{ "port add eth0.100 type uplink", 0, "port-new add name=eth0.100 type=uplink" },
	{ "port add", 2, "\"DEV\" is missing after \"add\"" },
	{ "port add up0", 2, "\"type uplink|guest\" is missing after \"up0\"" },
	{ "port add up0 type", 2, "\"type\" must be followed by uplink|guest" },
	{ "port add up0 type foo", 2, "\"foo\" is no type: one of uplink, guest" },
	{ "port add up0 uplink", 2, "\"uplink\" is unknown here, expected \"type uplink|guest\"" },
	{ "port add up0 type uplink type uplink", 2, "\"type\" is given twice" },
	{ "port add up0 type uplink foo", 2, "\"foo\" is unknown here, expected nothing" },
	{ "port add an-interface-name type uplink", 2,
	  "\"an-interface-name\" is too long for the name of a device: at most 15" },
	{ "port add a/b type uplink", 2, "\"a/b\" cannot be the name of a device" },
	{ "port add '' type uplink", 2, "\"\" cannot be the name of a device" },
	{ "port add .. type uplink", 2, "\"..\" cannot be the name" },
	{ "port set up0", 2, "\"type uplink|guest\" is missing" },
	{ "port del", 2, "\"DEV\" is missing after \"del\"" },
	{ "port del up0 type uplink", 2, "\"type\" is unknown here" },
	{ "port show up0 up1", 2, "\"up1\" is unknown here" },
	{ "port flush", 2, "verb \"flush\" is unknown, try \"vflowctl port help\"" },
	{ "port ad up0 type uplink", 2, "verb \"ad\" is unknown" },
	{ "por add up0 type uplink", 2, "object \"por\" is unknown, try \"vflowctl help\"" },
	{ "ports", 2, "object \"ports\" is unknown" },

	/* --- vrouter --- */
	{ "vrouter add r1", 0, "vrouter-new add name=r1" },
	{ "vrouter add r1 epoch 3", 0, "vrouter-new add name=r1 epoch=3" },
	{ "vrouter add r1 max-flows 100 max-routes 20000", 0,
	  "vrouter-new add name=r1 max-flows=100 max-routes=20000" },
	{ "vrouter add r1 max-routes 20000 epoch 18446744073709551615 max-flows 1", 0,
	  "vrouter-new add name=r1 epoch=18446744073709551615 max-flows=1 max-routes=20000" },
	{ "vrouter add r1 hash-seed 0xdeadbeefcafef00d", 0,
	  "vrouter-new add name=r1 hash-seed=16045690984503111693" },
	{ "vrouter add r1 punt on", 0, "vrouter-new add name=r1 punt=1" },
	{ "vrouter set r1 punt off", 0, "vrouter-new set name=r1 punt=0" },
	{ "vrouter set r1 learn-neighbors on", 0,
	  "vrouter-new set name=r1 learn-neighbors=1" },
	{ "vrouter add r1 learn-neighbors yes", 2, "\"yes\" is neither on nor off" },
	{ "vrouter set r1 punt-rate control 100", 0,
	  "vrouter-new set name=r1 meter={class=control rate=100}" },
	{ "vrouter set r1 punt-rate exception 1000 burst 50", 0,
	  "vrouter-new set name=r1 meter={class=exception rate=1000 burst=50}" },
	{ "vrouter set r1 punt-rate local 0", 0,
	  "vrouter-new set name=r1 meter={class=local rate=0}" },
	{ "vrouter set r1 punt-rate control 1 punt-rate slowpath 2 burst 3 epoch 4", 0,
	  "vrouter-new set name=r1 epoch=4 meter={class=control rate=1} meter={class=slowpath "
	  "rate=2 burst=3}" },
	{ "vrouter add r1 punt-rate local 7 max-flows 5", 0,
	  "vrouter-new add name=r1 max-flows=5 meter={class=local rate=7}" },
	{ "vrouter replace r1", 0, "vrouter-new replace name=r1" },
	{ "vrouter replace r1 epoch 0", 0, "vrouter-new replace name=r1 epoch=0" },
	{ "vrouter add epoch", 0, "vrouter-new add name=epoch" },
	{ "vrouter del r1", 0, "vrouter-del name=r1" },
	{ "vrouter", 0, "vrouter-get dump" },
	{ "vrouter show", 0, "vrouter-get dump" },
	{ "vrouter add a-name-of-thirty-one-characters", 0,
	  "vrouter-new add name=a-name-of-thirty-one-characters" },
	{ "vrouter add a-name-of-thirty-two-characters.", 2,
	  "is too long for the name of a name: at most 31" },
	{ "vrouter add", 2, "\"NAME\" is missing after \"add\"" },
	{ "vrouter add r1 epoch", 2, "\"epoch\" must be followed by N" },
	{ "vrouter add r1 epoch x", 2, "\"x\" is not a number, epoch needs one" },
	{ "vrouter add r1 epoch -1", 2, "\"-1\" is not a number" },
	{ "vrouter add r1 epoch 1x", 2, "\"1x\" is not a number" },
	{ "vrouter add r1 epoch 18446744073709551616", 2,
	  "\"18446744073709551616\" is out of range" },
	{ "vrouter add r1 max-flows 0", 2, "\"0\" is out of range: max-flows is 1 to 1048576" },
	{ "vrouter add r1 max-flows 1048577", 2, "is out of range: max-flows is 1 to 1048576" },
	{ "vrouter add r1 max-routes 16777217", 2, "max-routes is 1 to 16777216" },
	{ "vrouter add r1 max-routes 010", 2, "\"010\" is not a number" },
	{ "vrouter add r1 punt maybe", 2, "\"maybe\" is neither on nor off" },
	{ "vrouter set r1 punt-rate", 2, "\"punt-rate\" must be followed by CLASS PPS" },
	{ "vrouter set r1 punt-rate fast 3", 2,
	  "\"fast\" is no class: one of control, local, exception, slowpath" },
	{ "vrouter set r1 punt-rate control", 2, "\"punt-rate control\" must be followed by PPS" },
	{ "vrouter set r1 punt-rate control many", 2, "\"many\" is not a number, rate needs one" },
	{ "vrouter set r1 punt-rate control 1 burst", 2, "\"burst\" must be followed by N" },
	{ "vrouter set r1 punt-rate control 4294967296", 2,
	  "is out of range: rate is 0 to 4294967295" },
	{ "vrouter set r1 punt-rate control 1 punt-rate control 2", 2,
	  "\"punt-rate control\" is given twice" },
	{ "vrouter set r1 burst 3", 2, "\"burst\" is unknown here" },
	{ "vrouter set", 2, "\"NAME\" is missing" },
	{ "vrouter del", 2, "\"NAME\" is missing" },
	{ "vrouter del r1 r2", 2, "\"r2\" is unknown here, expected nothing" },
	{ "vrouter add a/b", 2, "\"a/b\" cannot be the name" },
	{ "vrouter add r1 epoch 1 epoch 2", 2, "\"epoch\" is given twice" },
	{ "vrouter flush", 2, "verb \"flush\" is unknown" },

	/* --- vif --- */
	{ "vif add r1-eth0 vrouter r1 mac " MAC " uplink up0", 0,
	  "vif-new add name=r1-eth0 vrouter=r1 mac=" MAC " uplink=up0" },
	{ "vif add r1-eth0 vrouter r1 mac " MAC " uplink up0 vlan 100", 0,
	  "vif-new add name=r1-eth0 vrouter=r1 mac=" MAC " uplink=up0 vlan=100" },
	{ "vif replace v mac-alias none", 0,
	  "vif-new replace name=v mac-alias=00:00:00:00:00:00" },
	{ "vif add v vrouter r mac " MAC " mac-alias 00:00:5e:00:01:01 mac-alias 00:00:5e:00:02:01 uplink up0 "
	  "vlan 4094 guest veth0 guest-vlan 7 mtu 9000 guest-ifindex 3 l2-control on", 0,
	  "vif-new add name=v vrouter=r mac=" MAC " mac-alias=00:00:5e:00:01:01 mac-alias=00:00:5e:00:02:01 "
	  "uplink=up0 vlan=4094 guest=veth0 guest-vlan=7 mtu=9000 guest-ifindex=3 l2-control=1" },
	{ "vif add v uplink up0 mac 52:54:00:AA:BB:CC vrouter r", 0,
	  "vif-new add name=v vrouter=r mac=52:54:00:aa:bb:cc uplink=up0" },
	{ "vif add v vrouter r mac " MAC " uplink up0 guest ''", 0,
	  "vif-new add name=v vrouter=r mac=" MAC " uplink=up0 guest=" },
	{ "vif add vrouter vrouter vrouter mac " MAC " uplink up0", 0,
	  "vif-new add name=vrouter vrouter=vrouter mac=" MAC " uplink=up0" },
	{ "vif replace v", 0, "vif-new replace name=v" },
	{ "vif replace v vlan 0", 0, "vif-new replace name=v vlan=0" },
	{ "vif set v mtu 0", 0, "vif-new set name=v mtu=0" },
	{ "vif set v guest tap7", 0, "vif-new set name=v guest=tap7" },
	{ "vif set v l2-control off", 0, "vif-new set name=v l2-control=0" },
	{ "vif set v mac " MAC " uplink up1", 0, "vif-new set name=v mac=" MAC " uplink=up1" },
	{ "vif del v", 0, "vif-del name=v" },
	{ "vif", 0, "vif-get dump" },
	{ "vif show", 0, "vif-get dump" },
	{ "vif show vrouter r1", 0, "vif-get dump vrouter=r1" },
	{ "vif show uplink up0", 0, "vif-get dump" },
	{ "vif show vrouter r1 guest tap0", 0, "vif-get dump vrouter=r1" },
	{ "vif add", 2, "\"NAME\" is missing after \"add\"" },
	{ "vif add v", 2, "\"vrouter VR\" is missing after \"v\"" },
	{ "vif add v vrouter r", 2, "\"mac MAC\" is missing after \"r\"" },
	{ "vif add v vrouter r mac " MAC, 2, "\"uplink DEV\" is missing after \"" MAC "\"" },
	{ "vif add v vrouter r mac 52:54:00:aa:00 uplink up0", 2,
	  "\"52:54:00:aa:00\" is not a MAC address (aa:bb:cc:dd:ee:ff), mac needs one" },
	{ "vif add v vrouter r mac 52:54:00:aa:00:01:02 uplink up0", 2, "is not a MAC address" },
	{ "vif add v vrouter r mac 52-54-00-aa-00-01 uplink up0", 2, "is not a MAC address" },
	{ "vif add v vrouter r mac 5254:00:aa:00:01 uplink up0", 2, "is not a MAC address" },
	{ "vif add v vrouter r mac " MAC " uplink up0 vlan 4095", 2,
	  "\"4095\" is out of range: vlan is 0 to 4094" },
	{ "vif add v vrouter r mac " MAC " uplink up0 vlan ten", 2, "\"ten\" is not a number" },
	{ "vif add v vrouter r mac " MAC " uplink up0 mtu 65536", 2, "mtu is 0 to 65535" },
	{ "vif add v vrouter r mac " MAC " uplink up0 guest", 2,
	  "\"guest\" must be followed by DEV" },
	{ "vif add v vrouter r mac " MAC " uplink ''", 2, "\"\" cannot be the name of a device" },
	{ "vif add v vrouter r mac " MAC " uplink up0 l2-control 1", 2,
	  "\"1\" is neither on nor off" },
	{ "vif add v vrouter r mac " MAC " mac " MAC " uplink up0", 2, "\"mac\" is given twice" },
	{ "vif add v vrouter r mac " MAC " uplink up0 tag 3", 2,
	  "\"tag\" is unknown here, expected" },
	{ "vif del v vrouter r", 2, "\"vrouter\" is unknown here" },
	{ "vif set", 2, "\"NAME\" is missing" },
	{ "vif show mac " MAC, 2, "\"" MAC "\" is unknown here" },

	/* --- address --- */
	{ "address add 10.1.0.1/24 vif v", 0,
	  "address-new add vif=v address=10.1.0.1 prefix-len=24" },
	{ "address add 2001:db8::1/64 vif v", 0,
	  "address-new add vif=v address=2001:db8::1 prefix-len=64" },
	{ "address add 10.1.0.1 vif v", 0, "address-new add vif=v address=10.1.0.1 prefix-len=32" },
	{ "address add 10.1.0.1/24 vif v noprefixroute owner 5 sync 7", 0,
	  "address-new add vif=v address=10.1.0.1 prefix-len=24 noprefixroute=1 owner=5 sync=7" },
	{ "address replace 10.1.0.1/24 vif v owner static", 0,
	  "address-new replace vif=v address=10.1.0.1 prefix-len=24 owner=0" },
	{ "address set 10.1.0.1/24 vif v owner netns", 0,
	  "address-new set vif=v address=10.1.0.1 prefix-len=24 owner=16" },
	{ "address del 10.1.0.1/24 vif v", 0, "address-del vif=v address=10.1.0.1 prefix-len=24" },
	{ "address", 0, "address-get dump" },
	{ "address show vif v", 0, "address-get dump vif=v" },
	{ "address show vrouter r1", 0, "address-get dump vrouter=r1" },
	{ "address show 10.1.0.1/24", 0, "address-get dump" },
	{ "address show owner fpm", 0, "address-get dump" },
	{ "address flush vif v", 0, "address-get dump vif=v" },
	{ "address add", 2, "\"PREFIX\" is missing after \"add\"" },
	{ "address add 10.1.0.1/24", 2, "\"vif NAME\" is missing after \"10.1.0.1/24\"" },
	{ "address add 10.1.0.1/33 vif v", 2, "\"10.1.0.1/33\" has an impossible prefix length" },
	{ "address add 10.1.0/24 vif v", 2, "\"10.1.0/24\" is not a prefix, write ADDRESS/LENGTH" },
	{ "address add 10.1.0.1/ vif v", 2, "is not a prefix" },
	{ "address add 10.1.0.1/2x vif v", 2, "is not a prefix" },
	{ "address add 10.01.0.1/24 vif v", 2, "is not a prefix" },
	{ "address add 2001:db8::1/129 vif v", 2, "has an impossible prefix length" },
	{ "address add 10.1.0.1/24 vif v owner bob", 2,
	  "\"bob\" is no owner: a number or one of static, config, netns, agent, fpm" },
	{ "address add 10.1.0.1/24 vif v owner 256", 2, "owner is 0 to 255" },
	{ "address add 10.1.0.1/24 dev v", 2, "\"dev\" is unknown here, expected \"vif NAME\"" },
	{ "address add 10.1.0.1/24 vif v noprefixroute noprefixroute", 2,
	  "\"noprefixroute\" is given twice" },
	{ "address del 10.1.0.1/24", 2, "\"vif NAME\" is missing" },

	/* --- neighbor --- */
	{ "neighbor add 10.1.0.2 lladdr " MAC " vif v", 0,
	  "neighbor-new add vif=v address=10.1.0.2 lladdr=" MAC },
	{ "neighbor add fe80::1 vif v lladdr " MAC " owner 1 sync 4294967295", 0,
	  "neighbor-new add vif=v address=fe80::1 lladdr=" MAC " owner=1 sync=4294967295" },
	{ "neighbor replace 10.1.0.2 lladdr " MAC " vif v", 0,
	  "neighbor-new replace vif=v address=10.1.0.2 lladdr=" MAC },
	{ "neighbor set 10.1.0.2 vif v owner 0", 0,
	  "neighbor-new set vif=v address=10.1.0.2 owner=0" },
	{ "neighbor del 10.1.0.2 vif v", 0, "neighbor-del vif=v address=10.1.0.2" },
	{ "neighbor", 0, "neighbor-get dump" },
	{ "neighbor show vrouter r1 vif v", 0, "neighbor-get dump vif=v vrouter=r1" },
	{ "neighbor show 10.1.0.2", 0, "neighbor-get dump" },
	{ "neighbor flush vrouter r1", 0, "neighbor-get dump vrouter=r1" },
	{ "neighbor add 10.1.0.2/24 lladdr " MAC " vif v", 2,
	  "\"10.1.0.2/24\" is not an IP address, address needs one" },
	{ "neighbor add 10.1.0.2 vif v", 2, "\"lladdr MAC\" is missing after \"v\"" },
	{ "neighbor add 10.1.0.2 lladdr " MAC, 2, "\"vif NAME\" is missing" },
	{ "neighbor add 10.1.0.2 lladdr x vif v", 2, "\"x\" is not a MAC address" },
	{ "neighbor add", 2, "\"IP\" is missing" },
	{ "neighbor add 10.1.0.2 mac " MAC " vif v", 2, "\"mac\" is unknown here" },
	{ "neighbor del 10.1.0.2", 2, "\"vif NAME\" is missing" },
	{ "neighbor add 10.1.0.2 lladdr " MAC " vif v sync 4294967296", 2,
	  "sync is 0 to 4294967295" },

	/* --- nexthop --- */
	{ "nexthop add id 7 vrouter r1 via 10.1.0.2 vif v", 0,
	  "nexthop-new add vrouter=r1 id=7 via=10.1.0.2 vif=v" },
	{ "nexthop add id 7 vrouter r1 vif v", 0, "nexthop-new add vrouter=r1 id=7 vif=v" },
	{ "nexthop add vrouter r1 id 7 vif v via fe80::1 owner 3 sync 9", 0,
	  "nexthop-new add vrouter=r1 id=7 via=fe80::1 vif=v owner=3 sync=9" },
	{ "nexthop add id 9 vrouter r1 group 7/8", 0,
	  "nexthop-new add vrouter=r1 id=9 group={id=7} group={id=8}" },
	{ "nexthop add id 9 vrouter r1 group 7,10/8,20/9", 0,
	  "nexthop-new add vrouter=r1 id=9 group={id=7 weight=10} group={id=8 weight=20} "
	  "group={id=9}" },
	{ "nexthop add id 9 vrouter r1 blackhole", 0, "nexthop-new add vrouter=r1 id=9 blackhole" },
	{ "nexthop replace id 9 vrouter r1 group 7", 0,
	  "nexthop-new replace vrouter=r1 id=9 group={id=7}" },
	{ "nexthop set id 9 vrouter r1 owner 1", 0, "nexthop-new set vrouter=r1 id=9 owner=1" },
	{ "nexthop del id 9 vrouter r1", 0, "nexthop-del vrouter=r1 id=9" },
	{ "nexthop", 0, "nexthop-get dump" },
	{ "nexthop show vrouter r1", 0, "nexthop-get dump vrouter=r1" },
	{ "nexthop show id 4", 0, "nexthop-get dump" },
	{ "nexthop flush vrouter r1", 0, "nexthop-get dump vrouter=r1" },
	{ "nexthop add", 2, "\"id N\" is missing after \"add\"" },
	{ "nexthop add id 7", 2, "\"vrouter VR\" is missing after \"7\"" },
	{ "nexthop add id 7 vrouter r1", 2,
	  "\"via IP vif NAME\", \"vif NAME\", \"group ...\" or \"blackhole\" is missing after "
	  "\"r1\"" },
	{ "nexthop add id 7 vrouter r1 via 10.1.0.2", 2,
	  "\"vif NAME\" is missing after \"10.1.0.2\"" },
	{ "nexthop add id 0 vrouter r1 vif v", 2, "id is 1 to 4294967295" },
	{ "nexthop add id 7 vrouter r1 via foo vif v", 2,
	  "\"foo\" is not an IP address, via needs one" },
	{ "nexthop add id 7 vrouter r1 group", 2, "\"group\" must be followed by ID[,WEIGHT]" },
	{ "nexthop add id 7 vrouter r1 group 1//2", 2, "\"\" is no member of a group" },
	{ "nexthop add id 7 vrouter r1 group 1,", 2, "\"1,\" is no member of a group" },
	{ "nexthop add id 7 vrouter r1 group 1,0", 2, "\"1,0\" is no member of a group" },
	{ "nexthop add id 7 vrouter r1 group 1,65536", 2, "\"1,65536\" is no member of a group" },
	{ "nexthop add id 7 vrouter r1 group a", 2, "\"a\" is no member of a group" },
	{ "nexthop add id 7 vrouter r1 vif v group 1", 2, "a nexthop is one of" },
	{ "nexthop add id 7 vrouter r1 blackhole vif v", 2, "a nexthop is one of" },
	{ "nexthop del id 7", 2, "\"vrouter VR\" is missing" },
	{ "nexthop 7", 2, "verb \"7\" is unknown" },
	{ "nexthop flush", 2, "\"vrouter VR\" is missing after \"flush\"" },

	/* --- route --- */
	{ "route add 10.0.0.0/8 vrouter r1 via 10.1.0.2 vif v", 0,
	  "route-new add vrouter=r1 route={dst=10.0.0.0 dst-len=8 via=10.1.0.2 vif=v}" },
	{ "route add 2001:db8::/32 vrouter r1 via fe80::1 vif v", 0,
	  "route-new add vrouter=r1 route={dst=2001:db8:: dst-len=32 via=fe80::1 vif=v}" },
	{ "route add 10.0.0.0/8 vrouter r1 via fe80::1 vif v", 0,
	  "route-new add vrouter=r1 route={dst=10.0.0.0 dst-len=8 via=fe80::1 vif=v}" },
	{ "route add 10.0.0.0/8 vrouter r1 nexthop id 7", 0,
	  "route-new add vrouter=r1 route={dst=10.0.0.0 dst-len=8 nexthop-id=7}" },
	{ "route add 10.0.0.0/8 vrouter r1 vif v", 0,
	  "route-new add vrouter=r1 route={dst=10.0.0.0 dst-len=8 vif=v}" },
	{ "route add 10.0.0.0/8 vrouter r1 blackhole", 0,
	  "route-new add vrouter=r1 route={dst=10.0.0.0 dst-len=8 type=blackhole}" },
	{ "route add 10.0.0.0/8 vrouter r1 punt", 0,
	  "route-new add vrouter=r1 route={dst=10.0.0.0 dst-len=8 type=punt}" },
	{ "route add 10.0.0.0/8 vrouter r1 unreachable", 0,
	  "route-new add vrouter=r1 route={dst=10.0.0.0 dst-len=8 type=unreachable}" },
	{ "route add 10.0.0.0/8 vrouter r1 prohibit", 0,
	  "route-new add vrouter=r1 route={dst=10.0.0.0 dst-len=8 type=prohibit}" },
	{ "route add 10.1.0.1/32 vrouter r1 local", 0,
	  "route-new add vrouter=r1 route={dst=10.1.0.1 dst-len=32 type=local}" },
	{ "route add 10.1.0.255 vrouter r1 broadcast", 0,
	  "route-new add vrouter=r1 route={dst=10.1.0.255 dst-len=32 type=broadcast}" },
	{ "route add 10.0.0.0/8 vrouter r1 unicast vif v", 0,
	  "route-new add vrouter=r1 route={dst=10.0.0.0 dst-len=8 type=unicast vif=v}" },
	{ "route add 0.0.0.0/0 vrouter r1 via 10.1.0.2 vif v", 0,
	  "route-new add vrouter=r1 route={dst=0.0.0.0 dst-len=0 via=10.1.0.2 vif=v}" },
	{ "route add ::/0 vrouter r1 via fe80::1 vif v", 0,
	  "route-new add vrouter=r1 route={dst=:: dst-len=0 via=fe80::1 vif=v}" },
	{ "route add default vrouter r1 via 10.1.0.2 vif v", 0,
	  "route-new add vrouter=r1 route={dst=0.0.0.0 dst-len=0 via=10.1.0.2 vif=v}" },
	{ "route add default vrouter r1 via fe80::1 vif v", 0,
	  "route-new add vrouter=r1 route={dst=:: dst-len=0 via=fe80::1 vif=v}" },
	{ "route add default vrouter r1 vif v", 0,
	  "route-new add vrouter=r1 route={dst=0.0.0.0 dst-len=0 vif=v}" },
	{ "-6 route add default vrouter r1 vif v", 0,
	  "route-new add vrouter=r1 route={dst=:: dst-len=0 vif=v}" },
	{ "-4 route add default vrouter r1 via fe80::1 vif v", 0,
	  "route-new add vrouter=r1 route={dst=0.0.0.0 dst-len=0 via=fe80::1 vif=v}" },
	{ "route add default vrouter r1 nexthop via fe80::1 vif v", 0,
	  "route-new add vrouter=r1 route={dst=:: dst-len=0 group={via=fe80::1 vif=v}}" },
	{ "route add 10.0.0.0/8 vrouter r1 nexthop via 10.1.0.2 vif v weight 3 nexthop vif w via "
	  "10.2.0.2", 0,
	  "route-new add vrouter=r1 route={dst=10.0.0.0 dst-len=8 group={via=10.1.0.2 vif=v weight=3} "
	  "group={via=10.2.0.2 vif=w}}" },
	{ "route add 10.0.0.0/8 vrouter r1 nexthop vif v nexthop vif w mtu 1400", 0,
	  "route-new add vrouter=r1 route={dst=10.0.0.0 dst-len=8 group={vif=v} group={vif=w} "
	  "mtu=1400}" },
	{ "route add 10.0.0.0/8 vrouter r1 vif v mtu 1400 metric 20 protocol 186 owner 4 sync 2", 0,
	  "route-new add vrouter=r1 owner=4 sync=2 route={dst=10.0.0.0 dst-len=8 vif=v mtu=1400 "
	  "metric=20 protocol=186}" },
	{ "route add 10.0.0.0/8 vrouter r1 vif v protocol ospf owner agent", 0,
	  "route-new add vrouter=r1 owner=17 route={dst=10.0.0.0 dst-len=8 vif=v protocol=188}" },
	{ "route replace 10.0.0.0/8 vrouter r1 vif v", 0,
	  "route-new replace vrouter=r1 route={dst=10.0.0.0 dst-len=8 vif=v}" },
	{ "route set 10.0.0.0/8 vrouter r1 mtu 1300", 0,
	  "route-new set vrouter=r1 route={dst=10.0.0.0 dst-len=8 mtu=1300}" },
	{ "route del 10.0.0.0/8 vrouter r1", 0,
	  "route-del vrouter=r1 route={dst=10.0.0.0 dst-len=8}" },
	{ "route del default vrouter r1", 0, "route-del vrouter=r1 route={dst=0.0.0.0 dst-len=0}" },
	{ "-6 route del default vrouter r1", 0, "route-del vrouter=r1 route={dst=:: dst-len=0}" },
	{ "route del 10.0.0.0/8 vrouter r1 owner 4", 0,
	  "route-del vrouter=r1 owner=4 route={dst=10.0.0.0 dst-len=8}" },
	{ "address del 10.0.0.1/8 vif v owner netns", 0,
	  "address-del vif=v address=10.0.0.1 prefix-len=8 owner=16" },
	{ "neighbor del 10.0.0.1 vif v owner netns", 0,
	  "neighbor-del vif=v address=10.0.0.1 owner=16" },
	{ "nexthop del id 4 vrouter r1 owner fpm", 0, "nexthop-del vrouter=r1 id=4 owner=18" },
	{ "route", 0, "route-get dump" },
	{ "route show", 0, "route-get dump" },
	{ "route show vrouter r1", 0, "route-get dump vrouter=r1" },
	{ "route show 10.0.0.0/8", 0, "route-get dump" },
	{ "route show default vrouter r1", 0, "route-get dump vrouter=r1" },
	{ "route show vif v type unicast protocol bgp owner fpm via 10.1.0.2 nexthop-id 4", 0,
	  "route-get dump" },
	{ "route flush vrouter r1", 0, "route-get dump vrouter=r1" },
	{ "route add", 2, "\"PREFIX\" is missing after \"add\"" },
	{ "route add 10.0.0.0/8", 2, "\"vrouter VR\" is missing after \"10.0.0.0/8\"" },
	{ "route add 10.0.0.0/8 vrouter r1", 2,
	  "\"nexthop id N\", \"vif NAME\", \"blackhole\" or \"punt\" is missing after \"r1\"" },
	{ "route add 10.0.0.0/8 vrouter r1 via 10.1.0.2", 2,
	  "\"vif NAME\" is missing after \"10.1.0.2\"" },
	{ "route add 10.0.0.1/8 vrouter r1 vif v", 2,
	  "\"10.0.0.1/8\" has bits set behind the prefix, did you mean 10.0.0.0/8?" },
	{ "route add 2001:db8::1/32 vrouter r1 vif v", 2, "did you mean 2001:db8::/32?" },
	{ "route add 10.0.0.0/33 vrouter r1 vif v", 2, "has an impossible prefix length" },
	{ "route add foo vrouter r1 vif v", 2, "\"foo\" is not a prefix" },
	{ "route add blackhole 10.0.0.0/8 vrouter r1", 2, "\"blackhole\" is not a prefix" },
	{ "-6 route add 10.0.0.0/8 vrouter r1 vif v", 2, "\"10.0.0.0/8\" is not IPv6" },
	{ "-4 route add ::/0 vrouter r1 vif v", 2, "\"::/0\" is not IPv4" },
	{ "route add 10.0.0.0/8 vrouter r1 dev v", 2, "\"dev\" is unknown here, expected" },
	{ "route add 10.0.0.0/8 vrouter r1 via 10.1.0 vif v", 2,
	  "\"10.1.0\" is not an IP address, via needs one" },
	{ "route add 10.0.0.0/8 vrouter r1 nexthop", 2,
	  "\"nexthop\" must be followed by \"id N\" or" },
	{ "route add 10.0.0.0/8 vrouter r1 nexthop 7", 2, "\"nexthop\" must be followed by" },
	{ "route add 10.0.0.0/8 vrouter r1 nexthop id", 2, "\"id\" must be followed by N" },
	{ "route add 10.0.0.0/8 vrouter r1 nexthop id x", 2, "\"x\" is not a number" },
	{ "route add 10.0.0.0/8 vrouter r1 nexthop id 0", 2, "is out of range" },
	{ "route add 10.0.0.0/8 vrouter r1 nexthop id 1 nexthop id 2", 2,
	  "\"nexthop id\" is given twice" },
	{ "route add 10.0.0.0/8 vrouter r1 nexthop id 1 vif v", 2, "a route has one of" },
	{ "route add 10.0.0.0/8 vrouter r1 nexthop id 1 nexthop vif v", 2, "a route has one of" },
	{ "route add 10.0.0.0/8 vrouter r1 nexthop via 10.1.0.2", 2,
	  "\"vif NAME\" is missing after \"10.1.0.2\"" },
	{ "route add 10.0.0.0/8 vrouter r1 nexthop vif v weight 0", 2, "weight is 1 to 65535" },
	{ "route add 10.0.0.0/8 vrouter r1 blackhole punt", 2,
	  "\"punt\": a route has one type, it is already blackhole" },
	{ "route add 10.0.0.0/8 vrouter r1 blackhole blackhole", 2,
	  "\"blackhole\" is given twice" },
	{ "route add 10.0.0.0/8 vrouter r1 vif v mtu 70000", 2, "mtu is 0 to 65535" },
	{ "route add 10.0.0.0/8 vrouter r1 vif v protocol foo", 2,
	  "\"foo\" is no protocol: a number or one of" },
	{ "route add 10.0.0.0/8 vrouter r1 vif v protocol 256", 2, "protocol is 0 to 255" },
	{ "route add 10.0.0.0/8 vrouter r1 vif v metric -1", 2, "\"-1\" is not a number" },
	{ "route del 10.0.0.0/8", 2, "\"vrouter VR\" is missing" },
	{ "route del 10.0.0.0/8 vrouter r1 vif v", 2, "\"vif\" is unknown here" },
	{ "route flush", 2, "\"vrouter VR\" is missing after \"flush\"" },
	{ "route show type foo", 2, "\"foo\" is no type" },

	/* --- flow, stats, sync --- */
	{ "flow", 0, "flow-get dump" },
	{ "flow show", 0, "flow-get dump" },
	{ "flow show vrouter r1", 0, "flow-get dump vrouter=r1" },
	{ "flow show ip-dst 10.0.0.1 in-port up0", 0, "flow-get dump" },
	{ "flow add", 2, "verb \"add\" is unknown, try \"vflowctl flow help\"" },
	{ "flow show vrouter", 2, "\"vrouter\" must be followed by VR" },
	{ "flow flush r1", 2, "\"r1\" is unknown here, expected \"vrouter VR\"" },
	{ "stats", 0, "stats-get dump" },
	{ "stats show", 0, "stats-get dump" },
	{ "stats show vrouter r1", 0, "stats-get dump vrouter=r1" },
	{ "stats show r1", 2, "\"r1\" is unknown here" },
	{ "stats flush", 2, "verb \"flush\" is unknown" },
	{ "sync", 2, "a verb is missing, try \"vflowctl sync help\"" },
	{ "sync begin", 2, "\"vrouter VR\" is missing after \"begin\"" },
	{ "sync begin vrouter r1", 2, "\"owner OWNER\" is missing" },
	{ "sync begin vrouter r1 owner 1 sync 3", 2, "\"sync\" is unknown here" },
	{ "sync end vrouter r1 owner 1", 2, "\"sync N\" is missing" },

	/* --- options, help, and what is no command --- */
	{ "-j port", 0, "port-get dump" },
	{ "-j -p -s -d -o port", 0, "port-get dump" },
	{ "-jpsdot port", 0, "port-get dump" },
	{ "--json --pretty --stats --details --oneline port", 0, "port-get dump" },
	{ "-n blue port", 0, "port-get dump" },
	{ "--netns blue port", 0, "port-get dump" },
	{ "-V", 0, "" },
	{ "--version", 0, "" },
	{ "-h", 0, "" },
	{ "help", 0, "" },
	{ "port help", 0, "" },
	{ "port add help", 0, "" },
	{ "vrouter help", 0, "" },
	{ "vif help", 0, "" },
	{ "address help", 0, "" },
	{ "neighbor help", 0, "" },
	{ "nexthop help", 0, "" },
	{ "route help", 0, "" },
	{ "route show help", 0, "" },
	{ "flow help", 0, "" },
	{ "stats help", 0, "" },
	{ "sync help", 0, "" },
	{ "monitor help", 0, "" },
	{ "verify help", 0, "" },
	{ "-x", 2, "option \"-x\" is unknown, try \"vflowctl help\"" },
	{ "-jx port", 2, "option \"-x\" is unknown" },
	{ "--foo", 2, "option \"--foo\" is unknown" },
	{ "-n", 2, "option \"-n\" needs an argument" },
	{ "-b", 2, "option \"-b\" needs an argument" },
	{ "-b - port", 2, "\"port\" is too much" },
	{ "-b /nonexistent/file", 1, "cannot open /nonexistent/file: No such file or directory" },
	{ "foo", 2, "object \"foo\" is unknown, try \"vflowctl help\"" },
	{ "port -j", 2, "verb \"-j\" is unknown" },
	{ "monitor foo", 2, "\"foo\" is unknown here, expected \"object OBJECT\", \"vrouter VR\"" },
	{ "monitor object foo", 2, "\"foo\" has no events" },
	{ "monitor object", 2, "\"object\" must be followed by OBJECT" },
	{ "verify", 2, "VR" },
	{ "verify r1 foo", 2, "\"foo\" is unknown here, expected \"control PATH\"" },
	{ "verify r1 control /nowhere/at/all", 1, "vflowd does not answer" },
	{ "monitor object stats", 2, "\"stats\" has no events" },
};

static void fail_row(const struct row *row, const struct fake_run *run)
{
	fail_msg("vflowctl %s\nexit %d, expected %d\nexpected: %s\nrequests: %s\nstderr: %s",
		 row->line, run->code, row->code, row->expect, stub_log(), run->err);
}

static void check_row(const struct row *row)
{
	struct fake_run run;
	char request[512];

	stub_reset();
	run = fake_vflowctl(row->line, NULL);
	snprintf(request, sizeof(request), "%s%s", row->expect, *row->expect ? "\n" : "");
	if (run.code != row->code)
		fail_row(row, &run);
	if (row->code == 0 && (strcmp(stub_log(), request) || *run.err))
		fail_row(row, &run);
	/* a mistake is complained of before anything is sent, and quietly on stdout */
	if (row->code && (!strstr(run.err, row->expect) || stub.requests || *run.out ||
			  strncmp(run.err, "vflowctl: ", 10)))
		fail_row(row, &run);
	fake_done(&run);
}

static void table_test(void **state)
{
	size_t refusals = 0, n = sizeof(rows) / sizeof(rows[0]);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		check_row(&rows[i]);
		refusals += rows[i].code != 0;
	}
	stub_reset();
	printf("cmdline: %zu command lines, %zu of them refusals\n", n, refusals);
	assert_true(n >= 200);
}

/* Every object explains itself, with all its verbs, and so does every verb. */
static void help_test(void **state)
{
	static const char *const objects[] = {
		"port", "vrouter", "vif", "address", "neighbor", "nexthop", "route", "flow",
		"stats", "sync", "monitor", "verify",
	};
	struct fake_run run = fake_vflowctl("help", NULL);
	char line[64];

	(void)state;
	assert_int_equal(run.code, 0);
	for (size_t i = 0; i < sizeof(objects) / sizeof(objects[0]); i++)
		assert_non_null(strstr(run.out, objects[i]));
	fake_done(&run);
	for (size_t i = 0; i < sizeof(objects) / sizeof(objects[0]); i++) {
		snprintf(line, sizeof(line), "%s help", objects[i]);
		run = fake_vflowctl(line, NULL);
		assert_int_equal(run.code, 0);
		assert_string_equal(run.err, "");
		snprintf(line, sizeof(line), "Usage: vflowctl %s ", objects[i]);
		assert_int_equal(strncmp(run.out, line, strlen(line)), 0);
		fake_done(&run);
	}
	run = fake_vflowctl("route add help", NULL);
	assert_int_equal(strncmp(run.out, "Usage: vflowctl route add PREFIX ", 33), 0);
	fake_done(&run);
}

/* 17 aliases are one too many, and so are 129 members. */
static void limits_test(void **state)
{
	char line[4096] = "vif set v";
	struct fake_run run;

	(void)state;
	for (int i = 0; i < 17; i++)
		strcat(line, " mac-alias 00:00:5e:00:01:01");
	run = fake_vflowctl(line, NULL);
	assert_int_equal(run.code, 2);
	assert_non_null(strstr(run.err, "\"mac-alias\" is given too often, at most 16 times"));
	fake_done(&run);

	strcpy(line, "nexthop add id 5 vrouter r group 1");
	for (int i = 2; i <= 128; i++)
		sprintf(line + strlen(line), "/%d", i);
	run = fake_vflowctl(line, NULL);
	assert_int_equal(run.code, 0);
	fake_done(&run);
	strcat(line, "/129");
	run = fake_vflowctl(line, NULL);
	assert_int_equal(run.code, 2);
	assert_non_null(strstr(run.err, "a group has at most 128 members"));
	fake_done(&run);
	stub_reset();
}

static void netns_test(void **state)
{
	struct fake_run run;

	(void)state;
	stub_reset();
	run = fake_vflowctl("-n blue port", NULL);
	assert_string_equal(stub.netns, "blue");
	fake_done(&run);
	run = fake_vflowctl("port", NULL);
	assert_string_equal(stub.netns, "");
	fake_done(&run);
	stub_reset();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table_test),
		cmocka_unit_test(help_test),
		cmocka_unit_test(limits_test),
		cmocka_unit_test(netns_test),
	};

	return cmocka_run_group_tests_name("cmdline", tests, NULL, NULL);
}
