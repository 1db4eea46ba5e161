// SPDX-License-Identifier: GPL-2.0
#include "source.h"

struct source *source_open(uv_loop_t *loop, const struct source_spec *spec,
			   const struct sink *sink)
{
	switch (spec->type) {
	case SOURCE_NETNS:
		return source_netns_open(loop, spec, sink);
	case SOURCE_FPM:
	case SOURCE_AGENT:
		return source_stream_open(loop, spec, sink);
	case SOURCE_NONE:
		break;
	}
	return NULL;
}
