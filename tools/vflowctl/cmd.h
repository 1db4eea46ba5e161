/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the commands of vflowctl share.
 *
 * An object (port, vrouter, ...) is one file with a table of verbs.  A verb
 * has a table of keys: the words it takes, each with the attribute it sets.
 * Most verbs need nothing else: ctl_run_new(), ctl_run_del() and
 * ctl_run_show() do the rest from the tables.
 */
#ifndef CTL_CMD_H
#define CTL_CMD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "codec.h"
#include "out.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

/** enum ctl_exit - exit codes, part of the contract */
enum ctl_exit {
	CTL_DONE = 0,
	CTL_REFUSED = 1,
	CTL_USAGE = 2,
};

struct ctl;
struct ctl_batch;

/* enum ctl_key_flags - what a key wants */
enum ctl_key_flags {
	KEY_REQ		= 1,	/* must be given */
	KEY_ADD		= 2,	/* must be given for "add" */
	KEY_PREFIX	= 4,	/* ADDRESS/LEN: sets this attribute and the next */
	KEY_NET		= 8,	/* with KEY_PREFIX: no bits behind the length */
	KEY_CONST	= 16,	/* a word without value: sets 1 */
	KEY_MANY	= 32,	/* may be repeated */
};

/**
 * struct ctl_key - a word that a verb takes
 * @word: the word, NULL for a value that stands alone (at the beginning)
 * @attr: attribute it sets, in the set of the object
 * @flags: enum ctl_key_flags
 * @meta: what has to follow, for messages: "MAC"
 * @take: reads the value instead, from the words that follow
 */
struct ctl_key {
	const char *word;
	uint8_t attr;
	uint8_t flags;
	const char *meta;
	int (*take)(struct ctl *c, const struct ctl_key *key, void *obj);
};

/**
 * struct ctl_verb - what can be done with an object
 * @name: the word
 * @bnf: what follows it
 * @run: does it, returns enum ctl_exit
 * @cmd: VFLOW_CMD_*
 * @flags: netlink flags
 * @check: looks at the object as a whole, may be NULL
 * @queues: may leave routes in the batch, to be sent with those that follow
 * @keys: words it takes, ends with an empty one
 */
struct ctl_verb {
	const char *name;
	const char *bnf;
	int (*run)(struct ctl *c);
	uint8_t cmd;
	uint16_t flags;
	int (*check)(struct ctl *c, const void *obj);
	bool queues;
	const struct ctl_key *keys;
};

/* enum ctl_col_how - when a column is printed in text, and how */
enum ctl_col_how {
	COL_DETAIL	= 1,	/* only with -d */
	COL_STATS	= 2,	/* only with -s */
	COL_NONZERO	= 4,	/* not if 0 or empty */
	COL_AGE		= 8,	/* milliseconds as an age */
	COL_PREFIX	= 16,	/* address; the next attribute is its length */
	COL_JSON	= 32,	/* never */
	COL_LIST	= 64,	/* JSON: an empty list if it is not there */
};

/**
 * struct ctl_col - a column of a listing
 * @attr: attribute
 * @how: enum ctl_col_how; JSON has every attribute in any case
 * @fmt: text, "%s" is the value
 * @text: prints the text instead
 */
struct ctl_col {
	uint8_t attr;
	uint8_t how;
	const char *fmt;
	void (*text)(const struct ctl *c, struct vf_out *o, const void *obj);
};

/**
 * struct ctl_object - an object of the command line
 * @name: the word
 * @doc: one line
 * @verbs: ends with an empty one
 * @set: its attribute set
 * @get: VFLOW_CMD_*_GET
 * @view: columns of its listing, ends with an empty one
 * @key: attributes that name exactly one object
 * @filter: attributes that the kernel filters by in a dump
 */
struct ctl_object {
	const char *name;
	const char *doc;
	const struct ctl_verb *verbs;
	enum vf_set set;
	uint8_t get;
	const struct ctl_col *view;
	uint64_t key;
	uint64_t filter;
};

extern const struct ctl_object ctl_port;
extern const struct ctl_object ctl_vrouter;
extern const struct ctl_object ctl_vif;
extern const struct ctl_object ctl_address;
extern const struct ctl_object ctl_neighbor;
extern const struct ctl_object ctl_nexthop;
extern const struct ctl_object ctl_route;
extern const struct ctl_object ctl_flow;
extern const struct ctl_object ctl_stats;
extern const struct ctl_object ctl_sync;
extern const struct ctl_object ctl_monitor;	/* its verb is the empty word */
extern const struct ctl_object ctl_verify;	/* likewise */

/** ctl_objects - all of them, ends with NULL */
extern const struct ctl_object *const ctl_objects[];

/**
 * struct ctl_opts - options of the command line
 * @out: how to print
 * @stats: -s
 * @details: -d
 * @force: -f
 * @stamp: -t
 * @family: -4, -6; 0 for any
 * @netns: -n
 * @batch: -b
 */
struct ctl_opts {
	struct vf_out_opts out;
	bool stats;
	bool details;
	bool force;
	bool stamp;
	int family;
	const char *netns;
	const char *batch;
};

/**
 * struct ctl - a run of the program
 * @opts: options
 * @nl: handle, opened when first needed
 * @object: of the command being run
 * @verb: of the command being run
 * @word: next word of the command
 * @words: how many are left
 * @last: word before @word
 * @file: batch file, or NULL
 * @line: line in it
 * @batch: routes that wait to be sent together; NULL outside of a batch file
 */
struct ctl {
	struct ctl_opts opts;
	struct vf_nl *nl;
	const struct ctl_object *object;
	const struct ctl_verb *verb;
	char **word;
	int words;
	const char *last;
	const char *file;
	unsigned int line;
	struct ctl_batch *batch;
};

/* --- main.c ---------------------------------------------------------------- */

/**
 * ctl_command() - run one command
 * @c: run, with @c->word and @c->words set
 *
 * Return: enum ctl_exit
 */
int ctl_command(struct ctl *c);

/**
 * ctl_open() - open the handle if it is not
 * @c: run
 *
 * Return: CTL_DONE or, after printing why, CTL_REFUSED
 */
int ctl_open(struct ctl *c);

/**
 * ctl_help_object() - print the grammar of an object
 * @object: object
 */
void ctl_help_object(const struct ctl_object *object);

/* --- args.c ---------------------------------------------------------------- */

/**
 * ctl_next() - take the next word
 * @c: run
 *
 * Return: the word, NULL if there is none
 */
const char *ctl_next(struct ctl *c);

/**
 * ctl_peek() - is the next word this one?
 * @c: run
 * @word: the word
 *
 * Return: true if it is
 */
bool ctl_peek(const struct ctl *c, const char *word);

/**
 * ctl_usage() - complain of the command line
 * @c: run
 * @fmt: sentence
 *
 * Return: CTL_USAGE
 */
int ctl_usage(const struct ctl *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/**
 * ctl_need() - take the value of a key
 * @c: run
 * @word: the key
 * @meta: what has to follow it
 *
 * Return: the value; NULL, after complaining, if there is none
 */
const char *ctl_need(struct ctl *c, const char *word, const char *meta);

/**
 * ctl_value() - read a value into a member
 * @c: run
 * @key: its key
 * @set: attribute set
 * @obj: struct of the set
 *
 * Return: CTL_DONE or CTL_USAGE
 */
int ctl_value(struct ctl *c, const struct ctl_key *key, enum vf_set set, void *obj);

/**
 * ctl_parse() - read all words that are left
 * @c: run; the keys are those of @c->verb
 * @set: attribute set
 * @obj: struct of the set
 *
 * Return: CTL_DONE or CTL_USAGE
 */
int ctl_parse(struct ctl *c, enum vf_set set, void *obj);

/**
 * ctl_refused() - print why the kernel refused
 * @c: run
 * @err: why
 *
 * Return: CTL_REFUSED
 */
int ctl_refused(const struct ctl *c, const struct vf_err *err);

/**
 * ctl_refused_at() - the same for a line of the batch file
 * @c: run
 * @line: line
 * @verb: verb of that line
 * @err: why
 *
 * Return: CTL_REFUSED
 */
int ctl_refused_at(const struct ctl *c, unsigned int line, const char *verb,
		   const struct vf_err *err);

/* --- object.c: verbs that the tables describe completely -------------------- */

int ctl_run_new(struct ctl *c);
int ctl_run_del(struct ctl *c);
int ctl_run_show(struct ctl *c);
int ctl_run_flush(struct ctl *c);

/**
 * ctl_matches() - is an object what a filter asks for?
 * @set: attribute set
 * @filter: struct of the set
 * @obj: struct of the set
 *
 * Return: true if all attributes of @filter are equal
 */
bool ctl_matches(enum vf_set set, const void *filter, const void *obj);

/* --- show.c ---------------------------------------------------------------- */

/**
 * ctl_out() - begin output on stdout
 * @c: run
 *
 * Return: handle; NULL, after complaining, if memory is short
 */
struct vf_out *ctl_out(const struct ctl *c);

/**
 * ctl_out_end() - end output
 * @c: run
 * @o: handle
 * @ret: result of the calls that filled it, negative errno
 * @err: why, if @ret is not 0
 *
 * A listing that was overtaken by changes (-EINTR) is printed with a warning.
 *
 * Return: CTL_DONE or, after printing why, CTL_REFUSED
 */
int ctl_out_end(const struct ctl *c, struct vf_out *o, int ret, const struct vf_err *err);

/**
 * ctl_show() - print the columns of an object into the open row
 * @c: run
 * @o: handle
 * @set: attribute set
 * @view: columns
 * @obj: struct of the set
 */
void ctl_show(const struct ctl *c, struct vf_out *o, enum vf_set set,
	      const struct ctl_col *view, const void *obj);

/**
 * ctl_show_json() - print every attribute of an object to JSON only
 * @o: handle
 * @set: attribute set
 * @obj: struct of the set
 */
void ctl_show_json(struct vf_out *o, enum vf_set set, const void *obj);

/**
 * ctl_show_stats() - print counters as text
 * @o: handle
 * @s: counters
 */
void ctl_show_stats(struct vf_out *o, const struct vf_stats *s);

/**
 * ctl_show_drops() - print as text who dropped what, why and when last
 * @o: handle
 * @drop: drops
 * @n: how many
 */
void ctl_show_drops(struct vf_out *o, const struct vf_drop *drop, unsigned int n);

/**
 * ctl_show_meters() - print punt meters as text
 * @o: handle
 * @meter: meters
 * @n: how many
 */
void ctl_show_meters(struct vf_out *o, const struct vf_meter *meter, unsigned int n);

/**
 * ctl_drop_reason() - a drop reason in plain words
 * @reason: enum vflow_drop_reason
 *
 * Return: text
 */
const char *ctl_drop_reason(uint32_t reason);

/**
 * ctl_enum_text() - name of a value, or the value
 * @e: enum
 * @value: value
 * @buf: 16 bytes
 *
 * Return: @buf or the name
 */
const char *ctl_enum_text(const struct vf_enum *e, uint32_t value, char *buf);

/* --- route.c --------------------------------------------------------------- */

/**
 * ctl_show_route() - print a route into the open row
 * @c: run
 * @o: handle
 * @head: what holds for all routes of the message
 * @rt: route
 */
void ctl_show_route(const struct ctl *c, struct vf_out *o,
		    const struct vf_route_msg *head, const struct vf_route *rt);

/* --- batch.c --------------------------------------------------------------- */

/**
 * ctl_batch_file() - run the commands of a file
 * @c: run
 *
 * Return: enum ctl_exit of the first command that failed
 */
int ctl_batch_file(struct ctl *c);

/**
 * ctl_batch_route() - send a route, or let it wait for others like it
 * @c: run
 * @head: what holds for all routes of a message
 * @rt: route
 *
 * Return: enum ctl_exit
 */
int ctl_batch_route(struct ctl *c, const struct vf_route_msg *head,
		    const struct vf_route *rt);

/**
 * ctl_batch_flush() - send what waits
 * @c: run
 *
 * Return: enum ctl_exit
 */
int ctl_batch_flush(struct ctl *c);

/* --- status.c -------------------------------------------------------------- */

/**
 * ctl_status() - print the status page
 * @c: run
 *
 * Return: enum ctl_exit
 */
int ctl_status(struct ctl *c);

#endif /* CTL_CMD_H */
