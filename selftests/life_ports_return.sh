#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The same as life_ports.sh for devices that go and come again: deleted and
# re-created, moved to another namespace and back.
# timeout: 120
# shellcheck disable=SC2034
KINDS="recreate move"
# shellcheck source=life_ports.sh
. "$(dirname "$0")/life_ports.sh"
