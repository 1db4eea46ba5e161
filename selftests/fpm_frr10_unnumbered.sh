#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# fpm_frr_unnumbered.sh with Debian 13's FRR.
# timeout: 60
FRR_VERSION=10.3
. "$(dirname "$0")/fpm_frr_unnumbered.sh"
