#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# fpm_frr_unnumbered.sh with an FRR that tells the IPv6 gateway without nexthop objects,
# too, see fpm_frr_shown.sh.
# timeout: 60
FRR_VERSION=10.7
. "$(dirname "$0")/fpm_frr_unnumbered.sh"
