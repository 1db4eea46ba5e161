#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# fpm_frr_vrf.sh with vflow-agent, which relays what zebra tells of its VRFs.
# timeout: 100
CHANNEL=agent
. "$(dirname "$0")/fpm_frr_vrf.sh"
