// SPDX-License-Identifier: GPL-2.0
/*
 * A guest that tells its state through a stream of bytes: zebra through FRR's
 * FPM, or vflow-agent.  The guest connects; one connection counts, the newest,
 * because a guest that was reset leaves the one before half open.
 *
 * zebra tells everything when it has connected, and not when that is
 * complete: a round ends when it was silent for a while, or has taken too
 * long.  The agent says both.
 *
 * A guest with several VRFs is several vrouters, and tells all of them through
 * one connection: each hears everything, and takes what is of its table.
 */
#include "source.h"

#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <linux/neighbour.h>
#include <linux/rtnetlink.h>

#include "channel.h"
#include "listener.h"
#include "log.h"
#include "parser.h"
#include "xalloc.h"

#define TICK_MS		200
/* zebra has told all it has when it was silent for so long... */
#define QUIET_S		5
/* ...or even if it never is. */
#define ROUND_S		CONFIG_QUIET_MAX
/* An agent has so long for the first sync, if it is busy with it all the time. */
#define TELL_S		1200
/* How often to try to listen. */
#define LISTEN_MS	1000
/* So many connections may come at once, and then one in so many milliseconds. */
#define DIALS		8
#define DIAL_MS		2000
/* An agent whose sync did not arrive complete is asked for another. */
#define RESYNC_MS	1000

/* A rate limit lets so many seconds' worth of changes pass at once. */
#define BURST_S		10
/* What one change costs: a rate of one change per second earns 1 each ms. */
#define PRICE		1000

#define FPM_SCOPES	(SCOPE_NEXTHOP | SCOPE_ROUTES)

/**
 * struct stream_user - a vrouter that stands for a guest, or for a VRF of it
 * @s: the source
 * @st: the guest
 * @next: of the same guest
 * @late: it joined a guest that had told something already
 */
struct stream_user {
	struct source s;
	struct stream *st;
	struct stream_user *next;
	bool late;
};

/**
 * struct stream - a guest
 * @next: in the list of all
 * @users: vrouters that stand for it
 * @loop: event loop
 * @spec: where it is; a copy
 * @listen: waits for its connection
 * @tick: for all that depends on time
 * @listen_at: when to try to listen again
 * @complained: why listening failed
 * @dialed: up to when the connections that came are enough
 * @ch: the connection, or NULL
 * @up: the sinks were told that the guest is there
 * @hello: what the agent said of itself
 * @known: @hello is of an agent that was there before
 * @round: scopes of the round under way
 * @told: scopes of which it has told all since it connected
 * @since: when that was
 * @listened: ms of the connection in which the guest was listened to
 * @ticked: up to when that is known
 * @heard: when it was last heard
 * @beat: when it was last sent a heartbeat
 * @tokens: changes that may still be taken now, times PRICE, if there is a limit
 * @refilled: when there were last more
 * @paused: there are none, nothing is read
 * @pauses: how often that was so
 * @resync: scopes to ask the agent for
 * @resync_at: when to ask
 * @retell: have zebra tell all again
 * @zebra: the agent relays zebra's routes
 * @rounds: completed rounds
 * @torn: rounds that did not arrive complete
 * @boots: how often another boot of the guest appeared
 * @full: answers wait until all that was put together is sent
 * @answers: sent
 * @unanswered: how often answers had to wait until it had read others
 * @counters: of the connection
 * @before: of those before it
 * @cut_off: connections that vflowd ended, for what came or did not come in time
 * @refused: connections that came too soon after others
 * @last: why the last connection ended
 */
struct stream {
	struct stream *next;
	struct stream_user *users;
	uv_loop_t *loop;
	struct source_spec spec;
	struct listener_user listen;
	uv_timer_t tick;
	uint64_t listen_at;
	int complained;
	uint64_t dialed;
	struct channel *ch;
	bool up;
	struct record_hello hello;
	bool known;
	unsigned int round;
	unsigned int told;
	uint64_t since;
	uint64_t listened;
	uint64_t ticked;
	uint64_t heard;
	uint64_t beat;
	int64_t tokens;
	uint64_t refilled;
	bool paused;
	uint64_t pauses;
	unsigned int resync;
	uint64_t resync_at;
	bool retell;
	bool zebra;
	uint64_t rounds;
	uint64_t torn;
	uint64_t boots;
	bool full;
	uint64_t answers;
	uint64_t unanswered;
	struct record_counters counters;
	struct record_counters before;
	uint64_t cut_off;
	uint64_t refused;
	char last[128];
};

static struct stream *streams;

static struct stream *to_stream(const struct source *s)
{
	return ((const struct stream_user *)s)->st;
}

/* Tell all vrouters of a guest; no sink closes its source. */
#define TELL(st, what, ...) do {						\
	for (const struct stream_user *user = (st)->users; user; user = user->next) \
		user->s.sink->what(user->s.sink->arg, ##__VA_ARGS__);		\
} while (0)

static bool is_fpm(const struct stream *st)
{
	return st->spec.type == SOURCE_FPM;
}

/* --- connections ------------------------------------------------------------ */

/* The connection is gone, or about to be. */
static void lose(struct stream *st, const char *why)
{
	st->ch = NULL;
	st->paused = false;
	st->round = 0;
	st->resync = 0;
	st->retell = false;
	st->zebra = false;
	snprintf(st->last, sizeof(st->last), "%s", why);
	if (!st->up) {
		log_info("%s: %s", st->spec.text, why);
		return;
	}
	st->up = false;
	TELL(st, lost, why);
}

/* End the connection, and tell an agent why. */
static void drop(struct stream *st, const char *why)
{
	if (!is_fpm(st)) {
		frame_put(channel_out(st->ch), VFLOW_FRAME_GOODBYE, why, strlen(why));
		channel_flush(st->ch);
	}
	channel_close(st->ch);
	lose(st, why);
}

/* End it for what the guest did. */
static void cut_off(struct stream *st, const char *why)
{
	st->cut_off++;
	drop(st, why);
}

static void begin(struct stream *st, unsigned int scopes)
{
	st->round |= scopes;
	TELL(st, begin, scopes);
}

static void end(struct stream *st, unsigned int scopes)
{
	st->round = 0;
	st->told |= scopes;
	st->rounds++;
	TELL(st, end, scopes);
}

static void go_up(struct stream *st)
{
	st->up = true;
	TELL(st, up);
}

/* --- what the guest says ---------------------------------------------------- */

static void on_hello(struct stream *st, const struct record_hello *h)
{
	if (st->spec.has_machine_id && memcmp(st->spec.machine_id, h->machine_id,
					      sizeof(h->machine_id)) != 0) {
		cut_off(st, "it is another machine than the configuration says");
		return;
	}
	if (st->known && memcmp(st->hello.boot_id, h->boot_id, sizeof(h->boot_id)) != 0) {
		st->boots++;
		log_note("%s: the guest was booted anew", st->spec.text);
	}
	st->hello = *h;
	st->known = true;
	go_up(st);
}

static void on_end(struct stream *st, const struct record_round *r)
{
	if (r->scopes & ~st->round) {
		cut_off(st, "it ended a sync of which it had not told all");
		return;
	}
	if (r->complete) {
		end(st, r->scopes);
		return;
	}
	st->torn++;
	st->round = 0;
	st->resync |= r->scopes;
	st->resync_at = uv_now(st->loop) + RESYNC_MS;
}

static void on_conditions(struct stream *st, const struct record_conditions *r)
{
	const struct conditions c = {
		.filters = { r->flags & VFLOW_AGENT_FILTERS4, r->flags & VFLOW_AGENT_FILTERS6 },
		.forwards = { r->flags & VFLOW_AGENT_FORWARDS4,
			      r->flags & VFLOW_AGENT_FORWARDS6 },
		.why = r->why,
		.closed = r->closed,
	};

	st->zebra = r->flags & VFLOW_AGENT_ZEBRA;
	TELL(st, conditions, &c);
}

static int64_t most_tokens(const struct stream *st)
{
	return (int64_t)st->spec.rate * BURST_S * PRICE;
}

static void pause_if_spent(struct stream *st)
{
	if (!st->spec.rate || st->tokens > 0 || st->paused || !st->ch)
		return;
	st->paused = true;
	st->pauses++;
	channel_pause(st->ch, true);
}

/* What one read has brought is taken; then the guest has to wait. */
static void spend(struct stream *st, const struct record *r)
{
	if (r->kind == RECORD_COMMIT || r->kind == RECORD_HEARTBEAT)
		return;
	st->tokens -= PRICE;
	pause_if_spent(st);
}

static void refill(struct stream *st, uint64_t now)
{
	int64_t most = most_tokens(st);

	st->tokens += (int64_t)(now - st->refilled) * st->spec.rate;
	if (st->tokens > most)
		st->tokens = most;
	st->refilled = now;
	if (!st->paused || st->tokens <= 0)
		return;
	st->paused = false;
	channel_pause(st->ch, false);
}

static void on_record(void *arg, const struct record *r)
{
	struct stream *st = arg;

	st->heard = uv_now(st->loop);
	switch ((enum record_kind)r->kind) {
	case RECORD_HELLO:
		on_hello(st, &r->hello);
		break;
	case RECORD_BEGIN:
		begin(st, r->round.scopes);
		break;
	case RECORD_END:
		on_end(st, &r->round);
		break;
	case RECORD_CONDITIONS:
		on_conditions(st, &r->conditions);
		break;
	case RECORD_DIGEST:
		TELL(st, digest, &r->digest);
		break;
	case RECORD_GOODBYE:
		channel_close(st->ch);
		lose(st, r->text.text[0] ? r->text.text : "it said goodbye");
		break;
	case RECORD_HEARTBEAT:
		break;
	case RECORD_COMMIT:
		st->counters = r->counters;
		/* fall through */
	default:
		for (const struct stream_user *user = st->users; user; user = user->next)
			record_tell(r, user->s.sink);
	}
	spend(st, r);
}

/*
 * Each connection costs a process.  A few at once are those of a guest that has
 * trouble; more are not.
 */
static bool may_dial(struct stream *st, uint64_t now)
{
	if (st->dialed < now)
		st->dialed = now;
	if (st->dialed - now > (DIALS - 1) * DIAL_MS)
		return false;
	st->dialed += DIAL_MS;
	return true;
}

static void on_closed(void *arg, const char *why, bool garbage)
{
	struct stream *st = arg;

	st->cut_off += garbage;
	lose(st, why);
}

static void on_drained(void *arg)
{
	struct stream *st = arg;

	if (!st->full)
		return;
	st->full = false;
	if (st->up)
		TELL(st, unanswered);
}

static struct record_counters all_counters(const struct stream *st)
{
	return (struct record_counters){
		.frames = st->before.frames + st->counters.frames,
		.messages = st->before.messages + st->counters.messages,
		.ignored = st->before.ignored + st->counters.ignored,
		.bad = st->before.bad + st->counters.bad,
	};
}

static void on_connected(void *arg, int fd)
{
	static const struct channel_ops ops = {
		.record = on_record,
		.closed = on_closed,
		.drained = on_drained,
	};
	struct stream *st = arg;
	uint64_t now = uv_now(st->loop);

	if (!may_dial(st, now)) {
		st->refused++;
		close(fd);
		return;
	}
	if (st->ch)
		drop(st, "it connected anew");
	st->ch = channel_open(st->loop, fd, is_fpm(st) ? PARSER_FPM : PARSER_AGENT, &ops, st);
	if (!st->ch)
		return;
	st->before = all_counters(st);
	memset(&st->counters, 0, sizeof(st->counters));
	st->full = false;
	st->listened = 0;
	st->told = 0;
	st->since = now;
	st->ticked = now;
	st->heard = now;
	st->beat = now;
	/* Who connects anew has no more tokens than before. */
	pause_if_spent(st);
	if (is_fpm(st)) {
		go_up(st);
		begin(st, FPM_SCOPES);
	}
}

/* --- time ------------------------------------------------------------------- */

static void try_listen(struct stream *st, uint64_t now)
{
	int ret;

	if (st->ch || now < st->listen_at)
		return;
	st->listen_at = now + LISTEN_MS;
	if (listener_lost(&st->listen))
		listener_remove(&st->listen);
	if (st->listen.listener)
		return;
	ret = listener_add(st->loop, &st->listen);
	if (ret == -EAGAIN)
		ret = 0;
	if (ret && ret != st->complained)
		log_error("%s: %s", st->spec.text, strerror(-ret));
	st->complained = ret;
}

static void ask_retell(struct stream *st)
{
	st->retell = false;
	if (is_fpm(st)) {
		drop(st, "it has to tell all it has again");
		return;
	}
	st->resync |= FPM_SCOPES;
	st->resync_at = 0;
}

static void ask_resync(struct stream *st)
{
	struct vflow_agent_sync s = { .scopes = htole32(st->resync) };

	/* An agent that does not read what it is told is asked again. */
	if (!frame_put(channel_out(st->ch), VFLOW_FRAME_RESYNC, &s, sizeof(s)))
		st->resync = 0;
	channel_flush(st->ch);
}

static void agent_tick(struct stream *st, uint64_t now)
{
	/* Before that nothing else is taken from it. */
	if (!st->up && now - st->heard > VFLOW_AGENT_HELLO_S * 1000) {
		cut_off(st, "it did not say hello in time");
		return;
	}
	if (now - st->heard > VFLOW_AGENT_SILENCE_S * 1000) {
		cut_off(st, "it was silent for too long");
		return;
	}
	/* Until it has told all, what it had is kept. */
	if ((SCOPE_ALL & ~st->told) &&
	    (st->listened >= ROUND_S * 1000 || now - st->since >= TELL_S * 1000)) {
		cut_off(st, "it did not tell all it has in time");
		return;
	}
	if (now - st->beat >= VFLOW_AGENT_BEAT_S * 1000) {
		st->beat = now;
		frame_put(channel_out(st->ch), VFLOW_FRAME_HEARTBEAT, NULL, 0);
		channel_flush(st->ch);
	}
	if (st->resync && now >= st->resync_at)
		ask_resync(st);
}

/* Did a vrouter join since the guest connected? */
static bool joined(struct stream *st)
{
	bool any = false;

	for (struct stream_user *user = st->users; user; user = user->next) {
		any |= user->late;
		user->late = false;
	}
	return any;
}

static uint64_t quiet_ms(const struct stream *st)
{
	return (st->spec.quiet ?: QUIET_S) * 1000;
}

static void on_tick(uv_timer_t *t)
{
	struct stream *st = t->data;
	uint64_t now = uv_now(st->loop);

	try_listen(st, now);
	if (!st->ch) {
		refill(st, now);
		return;
	}
	if (joined(st)) {
		drop(st, "it has to tell a further vrouter all it has");
		return;
	}
	if (st->retell) {
		ask_retell(st);
		if (!st->ch)
			return;
	}
	/* A guest that is not listened to is not silent, and its round takes no longer. */
	if (st->paused || !channel_idle(st->ch))
		st->heard = now;
	else
		st->listened += now - st->ticked;
	st->ticked = now;
	refill(st, now);
	if (!is_fpm(st))
		agent_tick(st, now);
	else if (st->round && (now - st->heard >= quiet_ms(st) ||
			       st->listened >= ROUND_S * 1000))
		end(st, st->round);
}

/* --- what the daemon wants -------------------------------------------------- */

static void on_tick_closed(uv_handle_t *h)
{
	struct stream *st = h->data;

	free(st->spec.text);
	free(st->spec.where);
	free(st);
}

static void stream_close(struct source *s)
{
	struct stream *st = to_stream(s), **lp = &streams;
	struct stream_user **at = &st->users;

	while (&(*at)->s != s)
		at = &(*at)->next;
	*at = (*at)->next;
	free((struct stream_user *)s);
	if (st->users)
		return;
	while (*lp != st)
		lp = &(*lp)->next;
	*lp = st->next;
	if (st->ch)
		channel_close(st->ch);
	listener_remove(&st->listen);
	uv_close((uv_handle_t *)&st->tick, on_tick_closed);
}

/*
 * zebra tells nothing again unless it connects anew, and what it tells is
 * complete without that: it deletes what it does not have any more.
 */
static void stream_resync(struct source *s, unsigned int scopes)
{
	struct stream *st = to_stream(s);

	if (!st->up || is_fpm(st))
		return;
	if (st->zebra)
		scopes &= ~(unsigned int)FPM_SCOPES;
	if (!scopes)
		return;
	if (!st->resync)
		st->resync_at = uv_now(st->loop) + TICK_MS;
	st->resync |= scopes;
}

/* zebra tells all when it connects, and only then. */
static void stream_retell(struct source *s)
{
	struct stream *st = to_stream(s);

	if (!st->zebra && !is_fpm(st)) {
		stream_resync(s, SCOPE_ROUTES);
		return;
	}
	if (st->up)
		st->retell = true;
}

static const char *stream_ask_digest(struct source *s, uint32_t number, uint32_t table)
{
	struct vflow_agent_digest d = { .number = htole32(number), .table = htole32(table) };
	struct stream *st = to_stream(s);

	if (!st->up)
		return "the guest is not there";
	if (is_fpm(st))
		return "FPM tells no digest";
	if (st->zebra)
		return "its routes are those of zebra, which tells no digest";
	if (!(st->hello.features & VFLOW_AGENT_DIGESTS))
		return "its agent tells no digest";
	if (frame_put(channel_out(st->ch), VFLOW_FRAME_DIGEST, &d, sizeof(d)))
		return "it does not read what it is told";
	channel_flush(st->ch);
	return NULL;
}

struct message {
	struct nlmsghdr nlh;
	uint8_t room[128];
};

static void *put_header(struct message *m, uint16_t type, size_t size)
{
	memset(m, 0, sizeof(*m));
	m->nlh.nlmsg_type = type;
	m->nlh.nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE;
	m->nlh.nlmsg_len = NLMSG_LENGTH(size);
	return NLMSG_DATA(&m->nlh);
}

static void put_attr(struct message *m, uint16_t type, const void *data, size_t len)
{
	struct rtattr *rta = (void *)((char *)m + NLMSG_ALIGN(m->nlh.nlmsg_len));

	rta->rta_type = type;
	rta->rta_len = RTA_LENGTH(len);
	memcpy(RTA_DATA(rta), data, len);
	m->nlh.nlmsg_len = NLMSG_ALIGN(m->nlh.nlmsg_len) + RTA_SPACE(len);
}

static void stream_refresh(struct source *s, int32_t ifindex, const struct vf_addr *addr)
{
	struct stream *st = to_stream(s);
	struct message m;
	struct ndmsg *ndm;

	if (!st->up || is_fpm(st))
		return;
	ndm = put_header(&m, RTM_NEWNEIGH, sizeof(*ndm));
	ndm->ndm_family = addr->family;
	ndm->ndm_ifindex = ifindex;
	ndm->ndm_flags = NTF_USE;
	put_attr(&m, NDA_DST, addr->bytes, addr->len);
	frame_put_message(channel_out(st->ch), &m.nlh);
	channel_flush(st->ch);
}

static bool stream_of_zebra(const struct source *s)
{
	const struct stream *st = to_stream(s);

	return st->up && (is_fpm(st) || st->zebra);
}

static bool stream_answer(struct source *s, const struct answer *a)
{
	static const unsigned int flags[] = {
		[VERDICT_OFFLOADED] = RTM_F_OFFLOAD,
		[VERDICT_PUNTED] = RTM_F_TRAP,
		[VERDICT_FAILED] = RTM_F_OFFLOAD_FAILED,
	};
	struct stream *st = to_stream(s);
	struct message m;
	struct rtmsg *rtm;

	if (!stream_of_zebra(s))
		return true;
	if (st->full)
		return false;
	rtm = put_header(&m, RTM_NEWROUTE, sizeof(*rtm));
	rtm->rtm_family = a->dst.addr.family;
	rtm->rtm_dst_len = a->dst.len;
	rtm->rtm_table = a->table < 256 ? a->table : RT_TABLE_UNSPEC;
	rtm->rtm_protocol = a->protocol;
	rtm->rtm_scope = RT_SCOPE_UNIVERSE;
	rtm->rtm_type = RTN_UNICAST;
	rtm->rtm_flags = flags[a->verdict];
	put_attr(&m, RTA_DST, a->dst.addr.bytes, a->dst.addr.len);
	put_attr(&m, RTA_PRIORITY, &a->metric, sizeof(a->metric));
	if (a->table >= 256)
		put_attr(&m, RTA_TABLE, &a->table, sizeof(a->table));
	if (frame_put_message(channel_out(st->ch), &m.nlh)) {
		/* If all can be sent at once, nobody will say so. */
		st->full = !channel_flush(st->ch);
		if (st->full || frame_put_message(channel_out(st->ch), &m.nlh)) {
			st->unanswered++;
			return false;
		}
	}
	st->answers++;
	/* zebra looks at one message of a frame. */
	frame_end(channel_out(st->ch));
	return true;
}

static void stream_flush(struct source *s)
{
	struct stream *st = to_stream(s);

	if (st->ch)
		channel_flush(st->ch);
}

static void set_id(json_t *obj, const char *key, const uint8_t *id)
{
	char text[33];

	for (int i = 0; i < 16; i++)
		snprintf(text + 2 * i, 3, "%02x", id[i]);
	json_object_set_new(obj, key, json_string(text));
}

static void stream_status(const struct source *s, json_t *obj)
{
	const struct stream *st = to_stream(s);
	const struct record_counters all = all_counters(st);

	json_object_set_new(obj, "connected", json_boolean(st->ch != NULL));
	json_object_set_new(obj, "cut-off", json_integer(st->cut_off));
	json_object_set_new(obj, "refused-connections", json_integer(st->refused));
	json_object_set_new(obj, "frames", json_integer(all.frames));
	json_object_set_new(obj, "messages", json_integer(all.messages));
	json_object_set_new(obj, "ignored-messages", json_integer(all.ignored));
	json_object_set_new(obj, "bad-messages", json_integer(all.bad));
	json_object_set_new(obj, "pauses", json_integer(st->pauses));
	json_object_set_new(obj, "rounds", json_integer(st->rounds));
	json_object_set_new(obj, "answers", json_integer(st->answers));
	json_object_set_new(obj, "unanswered", json_integer(st->unanswered));
	if (st->last[0])
		json_object_set_new(obj, "last-end", json_string(st->last));
	if (!st->known)
		return;
	json_object_set_new(obj, "torn-rounds", json_integer(st->torn));
	json_object_set_new(obj, "boots", json_integer(st->boots));
	json_object_set_new(obj, "zebra", json_boolean(st->zebra));
	set_id(obj, "machine-id", st->hello.machine_id);
	set_id(obj, "boot-id", st->hello.boot_id);
}

static const struct source_ops fpm_ops = {
	.scopes = FPM_SCOPES,
	.early = true,
	.close = stream_close,
	.resync = stream_resync,
	.retell = stream_retell,
	.ask_digest = stream_ask_digest,
	.refresh = stream_refresh,
	.of_zebra = stream_of_zebra,
	.answer = stream_answer,
	.flush = stream_flush,
	.status = stream_status,
};

static const struct source_ops agent_ops = {
	.scopes = SCOPE_ALL,
	.close = stream_close,
	.resync = stream_resync,
	.retell = stream_retell,
	.ask_digest = stream_ask_digest,
	.refresh = stream_refresh,
	.of_zebra = stream_of_zebra,
	.answer = stream_answer,
	.flush = stream_flush,
	.status = stream_status,
};

static struct stream *stream_open(uv_loop_t *loop, const struct source_spec *spec)
{
	struct stream *st = xzalloc(sizeof(*st));

	st->next = streams;
	streams = st;
	st->loop = loop;
	st->spec = *spec;
	st->spec.text = xstrdup(spec->text);
	if (spec->where)
		st->spec.where = xstrdup(spec->where);
	st->listen.spec = &st->spec;
	st->listen.connected = on_connected;
	st->listen.arg = st;
	st->tokens = most_tokens(st);
	st->refilled = uv_now(loop);
	uv_timer_init(loop, &st->tick);
	st->tick.data = st;
	uv_timer_start(&st->tick, on_tick, 0, TICK_MS);
	return st;
}

struct source *source_stream_open(uv_loop_t *loop, const struct source_spec *spec,
				  const struct sink *sink)
{
	struct stream_user *user = xzalloc(sizeof(*user));
	struct stream *st;

	for (st = streams; st && !config_source_shared(&st->spec, spec); st = st->next)
		;
	if (!st)
		st = stream_open(loop, spec);
	user->s.ops = spec->type == SOURCE_FPM ? &fpm_ops : &agent_ops;
	user->s.sink = sink;
	user->st = st;
	user->late = st->ch != NULL;
	user->next = st->users;
	st->users = user;
	return &user->s;
}
