# SPDX-License-Identifier: GPL-2.0
#
# "make" or "make help" lists the targets.

# "make demo SHELL=1" asks for a shell in the demo's machine; but SHELL is
# also what make runs its recipes with.
ifeq ($(origin SHELL),command line)
DEMO_SHELL	:= $(SHELL)
override SHELL	:= /bin/bash
MAKEOVERRIDES	:= $(filter-out SHELL=%,$(MAKEOVERRIDES))
else
SHELL		:= /bin/bash
endif
.SHELLFLAGS	:= -eu -o pipefail -c

VFLOW_CACHE	?= /var/cache/vflow
B		:= build

# Kernels to build for: all whose headers are here, or KVER=VERSION (a series
# such as 6.12 is its newest kernel here).
KERNELS_HERE	:= $(shell tools/scripts/kbuild.sh --list)
ifdef KVER
KERNELS		:= $(shell tools/scripts/kbuild.sh --resolve "$(KVER)")
else
KERNELS		:= $(KERNELS_HERE)
endif

# For "make selftest", "make soak" and "make check-debug".
KERNEL		?= 6.12
T		?=
D		?= debug
MINUTES		?= 45

# For "make install".
PREFIX		?= /usr
DESTDIR		?=
VERSION		:= $(shell tools/scripts/version.sh)

export VFLOW_CACHE

.PHONY: help
help: ## this list (default)
	@echo 'Targets:'
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  \1\t\2/p' Makefile | \
		expand -t 20
	@echo 'Kernels here: $(or $(KERNELS_HERE),none (run: make setup))'

# --- building ---------------------------------------------------------------

.PHONY: all
all: modules tools ## modules and tools

.PHONY: modules
modules: $(KERNELS:%=$B/%/vflow.ko) ## vflow.ko of every kernel here, or KVER=VERSION, in build/VERSION/
ifeq ($(KERNELS),)
	@echo 'no kernel headers $(or $(KVER),here); run: make setup' >&2
	@exit 1
endif

$B/%/vflow.ko: FORCE
	+@tools/scripts/kbuild.sh $*

.PHONY: tools
tools: ## vflowctl, vflowd and vflow-agent, in build/
	$(MAKE) -C tools

.PHONY: selftest-tools
selftest-tools: ## what the selftests are written with, in build/
	$(MAKE) -C selftests

.PHONY: clean
clean: ## remove everything that was built
	rm -rf $B

# --- installing -------------------------------------------------------------

.PHONY: install
install: tools ## the tools, below DESTDIR and PREFIX (default /usr)
	$(MAKE) -C tools install DESTDIR="$(abspath $(DESTDIR))" PREFIX="$(PREFIX)"

.PHONY: dkms-install
dkms-install: ## the module, through DKMS
	tools/packaging/dkms.sh install

.PHONY: uninstall
uninstall: ## undo install (same DESTDIR and PREFIX) and dkms-install
	$(MAKE) -C tools uninstall DESTDIR="$(abspath $(DESTDIR))" PREFIX="$(PREFIX)"
	$(if $(DESTDIR),,tools/packaging/dkms.sh remove)

.PHONY: deb
deb: ## Debian packages, in build/deb/
	tools/packaging/deb.sh

# --- preparing --------------------------------------------------------------

.PHONY: setup
setup: ## packages and kernels for building and testing (Debian 12 or 13, root)
	@tools/scripts/setup.sh

.PHONY: demo
demo: setup ## vflow at work, in a virtual machine; SHELL=1 leaves you in it
	+@$(MAKE) --no-print-directory modules KVER=$(KERNEL)
	+@$(MAKE) --no-print-directory tools selftest-tools
	@selftests/vng.sh --kernel $(KERNEL) $(if $(DEMO_SHELL),--shell) \
		--exec 'bash selftests/demo.sh'

# --- testing ----------------------------------------------------------------

.PHONY: check
check: ## build, unit tests, fuzzers, static checks, selftests on 6.12 and 6.1
	+@tools/scripts/check.sh all

.PHONY: check-ci
check-ci: ## check, with the debug kernel (uml) and its tests beside that
	+@tools/scripts/check.sh ci

.PHONY: check-long
check-long: ## what takes hours: all in full size, on 6.12 and debug kernels
	+@tools/scripts/check.sh long

.PHONY: debug-kernel
debug-kernel: setup ## build a debug kernel, once per machine (12 minutes); D=debug|kcsan|uml
	+@tools/scripts/debug-kernel.sh $(D:debug=kasan)

.PHONY: check-debug
check-debug: debug-kernel ## selftests on a debug kernel: KASAN, lockdep, kmemleak, ...; D=debug|kcsan|uml
	+@$(MAKE) --no-print-directory modules KVER=$(D)
	+@$(MAKE) --no-print-directory tools selftest-tools
	@VFLOW_EXPECT_ALL=1 selftests/vng.sh --quiet --kernel $(D) $(T)

.PHONY: check-harness
check-harness: setup ## plant bugs of all kinds, and see that check-debug finds them
	+@tools/scripts/debug-kernel.sh kasan
	+@tools/scripts/debug-kernel.sh kcsan
	+@tools/scripts/debug-kernel.sh uml
	+@$(MAKE) --no-print-directory tools selftest-tools
	@tools/scripts/check-harness.sh

.PHONY: soak
soak: setup ## random operations and traffic for MINUTES=N on KERNEL (also: debug, uml)
	+@$(MAKE) --no-print-directory modules KVER=$(KERNEL)
	+@$(MAKE) --no-print-directory tools selftest-tools
	@VFLOW_SIZE=$(MINUTES) selftests/vng.sh --kernel $(KERNEL) soak_all

.PHONY: coverage
coverage: ## lines and branches of the module that the last check-debug reached; D=debug|uml
	@tools/scripts/coverage.sh $(D)

.PHONY: check-unit
check-unit: ## unit tests of the tools, and of the module in user space
	+@tools/scripts/check.sh unit

.PHONY: check-static
check-static: ## all static checks
	+@tools/scripts/check.sh static

.PHONY: selftest
selftest: ## selftests in a virtual machine; T="NAME..." KERNEL=6.12|6.1|VERSION
	+@$(MAKE) --no-print-directory modules KVER=$(KERNEL)
	+@$(MAKE) --no-print-directory tools selftest-tools
	@selftests/vng.sh --kernel $(KERNEL) $(T)

# --- single checks ----------------------------------------------------------

.PHONY: ynl
ynl: ## regenerate C and the description for syzkaller from Documentation/netlink/specs/vflow.yaml
	@tools/scripts/ynl.sh

.PHONY: ynl-check
ynl-check: ## fail if what is generated differs from the spec
	@tools/scripts/ynl.sh --check

.PHONY: layers
layers: ## fail if a file uses what its layer must not
	@tools/scripts/layers.sh

.PHONY: hdrtest
hdrtest: ## fail if a header does not compile alone
	@tools/scripts/hdrtest.sh

.PHONY: sparse
sparse: ## sparse over the module
	+@tools/scripts/sparse.sh

.PHONY: kdoc
kdoc: ## kernel-doc over the module
	@tools/scripts/kdoc.sh

.PHONY: checkpatch
checkpatch: ## checkpatch over module and tools
	@tools/scripts/checkpatch.sh

.PHONY: shellcheck
shellcheck: ## shellcheck over all scripts
	@tools/scripts/shellcheck.sh

.PHONY: style
style: ## what clang-format would change (advice only)
	@tools/scripts/style.sh

.PHONY: FORCE
FORCE:
