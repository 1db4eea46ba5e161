#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# fpm_frr.sh with Debian 13's FRR: it replaces a route by one message.
# timeout: 250
FRR_VERSION=10.3
. "$(dirname "$0")/fpm_frr.sh"
