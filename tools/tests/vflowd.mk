# SPDX-License-Identifier: GPL-2.0
# What the tests of vflowd need beside the library.

VFLOWD_OBJS	:= $(filter-out $O/vflowd/main.o,$(call objs,vflowd))

OBJS_config_test	:= $(addprefix $O/vflowd/,config.o config_keys.o config_source.o)
OBJS_rib_test		:= $(addprefix $O/vflowd/,rib.o object.o value.o htab.o)
OBJS_reconcile_test	:= $(addprefix $O/vflowd/,reconcile.o object.o value.o htab.o)

OBJS_decode_test	:= $(addprefix $O/vflowd/,decode.o record.o rtnl.o) $O/tests/nlbuild.o

OBJS_parser_test	:= $(addprefix $O/vflowd/,parser.o decode.o record.o rtnl.o)
LIBS_parser_test	:= $(shell $(PKG_CONFIG) --libs libcap-ng libseccomp)

# The whole daemon on a kernel module made of memory.
OBJS_netns_test	:= $(filter-out %/kernel.o %/kernel_apply.o,$(VFLOWD_OBJS)) \
		   $O/tests/fake_kernel.o
LIBS_netns_test	:= $(shell $(PKG_CONFIG) --libs libuv inih libcap-ng libseccomp)
LIBS_config_test := $(shell $(PKG_CONFIG) --libs inih)

OBJS_digest_test := $(OBJS_netns_test)
LIBS_digest_test := $(LIBS_netns_test)

# The same, with a guest made of memory.
OBJS_fpm_test	:= $(OBJS_netns_test) $O/tests/stream.o $O/tests/nlbuild.o
LIBS_fpm_test	:= $(LIBS_netns_test)
OBJS_agent_source_test := $(OBJS_fpm_test)
LIBS_agent_source_test := $(LIBS_netns_test)
OBJS_verify_test := $(OBJS_fpm_test)
LIBS_verify_test := $(LIBS_netns_test)

$(foreach t,config rib reconcile netns decode parser digest fpm agent_source verify,$O/tests/$t_test.o) \
$O/tests/fake_kernel.o $O/tests/stream.o: \
	CPPFLAGS += -Ivflowd

OBJS_agent_test	:= $(addprefix $O/vflow-agent/,transport.o session.o zebra.o conditions.o xtables.o) \
		   $O/tests/nlbuild.o
$O/tests/agent_test.o: CPPFLAGS += -Ivflow-agent
