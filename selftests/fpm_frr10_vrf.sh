#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# fpm_frr_vrf.sh with Debian 13's FRR.
# timeout: 100
FRR_VERSION=10.3
. "$(dirname "$0")/fpm_frr_vrf.sh"
