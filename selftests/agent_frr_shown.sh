#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# fpm_frr_vrf.sh with vflow-agent and an FRR that shows what became of its routes: the
# answers travel back through the relay.  See fpm_frr_shown.sh for that FRR.
# timeout: 100
FRR_VERSION=10.7
CHANNEL=agent
. "$(dirname "$0")/fpm_frr_vrf.sh"
