#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# fpm_frr.sh with an FRR that shows what became of its routes.  No Debian that has been
# released has one: "tools/scripts/setup.sh --frr 10.7=forky" fetches it.
# timeout: 300
# Few, for what zebra 10.7 does when it walks through them (see event_zebra).
NETWORKS=4
FRR_VERSION=10.7
. "$(dirname "$0")/fpm_frr.sh"
