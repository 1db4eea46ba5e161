#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# agent_frr.sh with a zebra that keeps its predecessor's routes: with the default of
# --fpm-quiet no packet is lost either.
# timeout: 100
KEEP=60
. "$(dirname "$0")/agent_frr.sh"
