// SPDX-License-Identifier: GPL-2.0
#include "agent.h"

#include <endian.h>

static void sync_frame(struct session *s, uint8_t type, unsigned int scopes)
{
	const struct vflow_agent_sync sync = {
		.generation = htole32(s->generation),
		.scopes = htole32(scopes),
		.digest = htole64(s->digest),
		.count = htole32(s->count),
	};

	if (frame_put(&s->out, type, &sync, sizeof(sync)))
		s->lost = true;
}

void session_begin(struct session *s, unsigned int scopes, bool again)
{
	if (!again) {
		s->generation++;
		s->count = 0;
		s->digest = 0;
	}
	s->round |= scopes;
	sync_frame(s, VFLOW_FRAME_SYNC_BEGIN, scopes);
}

void session_end(struct session *s)
{
	sync_frame(s, VFLOW_FRAME_SYNC_END, s->round);
	s->round = 0;
}

void session_message(struct session *s, struct nlmsghdr *nlh, bool of_sync)
{
	nlh->nlmsg_flags &= ~NLM_F_MULTI;
	if (of_sync) {
		nlh->nlmsg_flags |= NLM_F_MULTI;
		s->count++;
		s->digest += frame_message_hash(nlh);
	}
	if (frame_put_message(&s->out, nlh))
		s->lost = true;
}
