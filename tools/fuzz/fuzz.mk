# SPDX-License-Identifier: GPL-2.0
# Fuzzers of what comes from guests, and of the configuration: "make fuzz" runs
# each for FUZZ_SECONDS, "make fuzz-NAME FUZZ_SECONDS=86400" one for long, and
# with FUZZ_SECONDS=0 FUZZ_RUNS=N it has so many executions.

FUZZ_CC		?= clang
FUZZ_SECONDS	?= 60
FUZZ_RUNS	?= -1
# 0 is another one each time.
FUZZ_SEED	?= 0
FUZZERS		:= $(patsubst fuzz/fuzz_%.c,%,$(wildcard fuzz/fuzz_*.c))
FUZZ_FLAGS	:= -std=gnu11 -O1 -g -fsanitize=fuzzer,address,undefined \
		   -fno-sanitize-recover=all -Ilib -Ivflowd -I../uapi

FUZZ_SRCS_fpm	:= $(addprefix vflowd/,decode.c record.c rtnl.c) \
		   $(addprefix lib/,frame.c siphash.c parse.c)
FUZZ_SRCS_agent	:= $(FUZZ_SRCS_fpm)
FUZZ_SRCS_config := $(addprefix vflowd/config,.c _keys.c _source.c) lib/parse.c

define fuzzer
$O/fuzz/$1: fuzz/fuzz_$1.c fuzz/fuzz_decode.h $$(FUZZ_SRCS_$1)
	$$(call say,FUZZ)
	$$(Q)mkdir -p $$(@D)/new-$1
	$$(Q)$$(FUZZ_CC) $$(FUZZ_FLAGS) $$(PKG_CFLAGS) -o $$@ $$(filter %.c,$$^) \
		$$(shell $$(PKG_CONFIG) --libs libnl-3.0 inih)

.PHONY: fuzz-$1
fuzz-$1: $O/fuzz/$1
	$O/fuzz/$1 -max_total_time=$(FUZZ_SECONDS) -runs=$(FUZZ_RUNS) \
		-seed=$(FUZZ_SEED) -max_len=8192 -timeout=10 \
		-artifact_prefix=$O/fuzz/$1- -print_final_stats=1 \
		$O/fuzz/new-$1 fuzz/corpus/$1
endef
$(foreach f,$(FUZZERS),$(eval $(call fuzzer,$f)))

.PHONY: fuzz
fuzz: $(FUZZERS:%=fuzz-%)
