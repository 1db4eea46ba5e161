// SPDX-License-Identifier: GPL-2.0
#include "rtround.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include <linux/rtnetlink.h>

#include "rtsock.h"

#define DUMP_TRIES	10

void rtround_init(struct rtround *r, int fd, const struct rtround_ops *ops, void *arg)
{
	*r = (struct rtround){
		.ops = ops, .arg = arg, .fd = fd, .portid = rtsock_portid(fd), .dump = -1,
	};
}

bool rtround_idle(const struct rtround *r)
{
	return !r->scopes && !r->full;
}

/* No round any more, of these scopes; of none if it was a digest's. */
static void over(struct rtround *r, unsigned int scopes)
{
	if (!r->spoilt)
		r->ops->end(r->arg, scopes);
	else if (scopes)
		r->ops->torn(r->arg);
	else
		r->ops->lost(r->arg);
}

/* The last dump is there, or none is worth anything any more. */
static void end(struct rtround *r)
{
	unsigned int scopes = r->digesting ? 0 : r->scopes;

	r->dump = -1;
	if (r->digesting && !r->spoilt)
		return;	/* rtround_settle() comes when all was read */
	r->scopes = 0;
	r->digesting = false;
	over(r, scopes);
}

static int next_dump(struct rtround *r)
{
	if (!r->left || r->spoilt) {
		end(r);
		return 0;
	}
	r->dump = __builtin_ctz(r->left);
	r->interrupted = false;
	r->seq++;
	return rtsock_dump_scope(r->fd, r->dump, r->seq);
}

static int begin(struct rtround *r, unsigned int scopes)
{
	r->scopes = scopes;
	r->left = scopes;
	r->tries = 0;
	r->spoilt = false;
	r->moved = false;
	return next_dump(r);
}

int rtround_begin(struct rtround *r, unsigned int scopes)
{
	r->ops->begin(r->arg, scopes, false);
	return begin(r, scopes);
}

int rtround_begin_digest(struct rtround *r)
{
	r->digesting = true;
	memset(r->digest.part, 0, sizeof(r->digest.part));
	return begin(r, RTROUND_DIGEST);
}

/* The kernel has answered a dump completely, or refused it. */
static int dump_done(struct rtround *r, int error)
{
	unsigned int scope = 1u << r->dump;

	if (error && error != -EOPNOTSUPP && error != -EINVAL && error != -EAFNOSUPPORT)
		r->interrupted = true;
	if (r->interrupted && r->digesting) {
		r->moved = true;
	} else if (r->interrupted && !r->spoilt) {
		if (++r->tries < DUMP_TRIES) {
			r->ops->begin(r->arg, scope, true);
			return next_dump(r);
		}
		/* Never still long enough; sweep nothing, try again later. */
		r->spoilt = true;
	}
	r->tries = 0;
	r->left &= ~scope;
	return next_dump(r);
}

static void answer(struct rtround *r, bool good)
{
	r->asked = false;
	r->digest_tries = 0;
	r->digest.scopes = good ? RTROUND_DIGEST : 0;
	r->ops->digest(r->arg, &r->digest);
}

void rtround_ask_digest(struct rtround *r, uint32_t number, uint32_t table)
{
	r->asked = true;
	r->moved = true;
	r->digest_tries = 0;
	r->digest.number = number;
	r->digest.table = table;
}

void rtround_no_digest(struct rtround *r)
{
	answer(r, false);
}

bool rtround_is_route(const struct nlmsghdr *nlh)
{
	switch (nlh->nlmsg_type) {
	case RTM_NEWROUTE:
	case RTM_DELROUTE:
	case RTM_NEWNEXTHOP:
	case RTM_DELNEXTHOP:
		return true;
	}
	return false;
}

int rtround_message(struct rtround *r, const struct nlmsghdr *nlh)
{
	bool mine = nlh->nlmsg_pid == r->portid && nlh->nlmsg_seq == r->seq && r->dump >= 0;
	int error = 0;

	if (mine && (nlh->nlmsg_flags & NLM_F_DUMP_INTR))
		r->interrupted = true;
	if (nlh->nlmsg_type < RTM_BASE) {
		/* Else the answer to a refreshed neighbor that is gone. */
		if (!mine || (nlh->nlmsg_type != NLMSG_DONE && nlh->nlmsg_type != NLMSG_ERROR))
			return RTROUND_NONE;
		if (nlh->nlmsg_len >= NLMSG_LENGTH(sizeof(error)))
			memcpy(&error, NLMSG_DATA(nlh), sizeof(error));
		return dump_done(r, error);
	}
	mine = mine && (nlh->nlmsg_flags & NLM_F_MULTI);
	if (!r->digesting)
		return mine ? RTROUND_DUMPED : RTROUND_CHANGED;
	if (mine) {
		guest_digest_message(&r->digest, nlh);
		return RTROUND_NONE;
	}
	if (rtround_is_route(nlh))
		r->moved = true;
	return RTROUND_CHANGED;
}

void rtround_overrun(struct rtround *r)
{
	r->spoilt = true;
	r->moved = true;
	r->full = true;
}

/* Do the dumps of a digest and what was told say the same? */
static void end_digest(struct rtround *r)
{
	r->scopes = 0;
	r->digesting = false;
	if (!r->moved)
		answer(r, true);
	else if (++r->digest_tries == DUMP_TRIES)
		answer(r, false);
	over(r, 0);
}

static bool all_read(const struct rtround *r)
{
	struct pollfd p = { .fd = r->fd, .events = POLLIN };
	int n;

	do {
		n = poll(&p, 1, 0);
	} while (n < 0 && errno == EINTR);
	return !n;
}

void rtround_settle(struct rtround *r)
{
	bool digested = r->digesting && r->dump < 0;

	/* A change that the dumps had may still wait to be told; what is dumped before
	 * all that waits is read need not be what is there afterwards.
	 */
	if ((!digested && !r->full) || !all_read(r))
		return;
	r->full = false;
	if (digested)
		end_digest(r);
	else if (!r->scopes)
		r->ops->lost(r->arg);
}
