#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# fpm_frr_vrf.sh with an FRR that shows what became of its routes, see fpm_frr_shown.sh.
# timeout: 100
FRR_VERSION=10.7
. "$(dirname "$0")/fpm_frr_vrf.sh"
