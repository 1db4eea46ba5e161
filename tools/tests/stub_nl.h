/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A transport without a kernel: takes the place of lib/nl.c in unit tests.
 * It writes down what it was asked and answers as the test says.
 */
#ifndef STUB_NL_H
#define STUB_NL_H

#include <stdbool.h>
#include <stdio.h>

#include "nl.h"
#include "spec.h"

/** STUB_MESSAGES_MAX - most messages that a test can prepare */
#define STUB_MESSAGES_MAX	64

/**
 * struct stub_refusal - what a refusing kernel says
 * @code: positive errno, 0 for none
 * @msg: extack sentence, or NULL
 * @attr: offending attribute in the request, or NULL
 * @miss_type: number of the missing attribute, 0 for none
 * @miss_nest: nest in which it is missing, NULL for the top
 * @max: upper limit for the policy part, 0 for none
 */
struct stub_refusal {
	int code;
	const char *msg;
	const struct nlattr *attr;
	unsigned int miss_type;
	const struct nlattr *miss_nest;
	unsigned long long max;
};

/**
 * struct stub - the state of the transport; clear with stub_reset()
 * @log: requests as text, one per line
 * @log_size: bytes of @log
 * @log_fp: stream that writes @log
 * @requests: how many
 * @refuse: looks at a request; NULL for a kernel that agrees to everything
 * @reply: answers to requests and dumps of the same command, or notifications
 * @n_reply: how many
 * @interrupts: how many dumps are interrupted
 * @gap_before: index of the notification before which some are lost, or -1
 * @open_error: vf_nl_open() fails with this
 * @netns: what vf_nl_open() was given
 * @bytes: length of the longest request
 */
struct stub {
	char *log;
	size_t log_size;
	FILE *log_fp;
	unsigned int requests;
	struct stub_refusal (*refuse)(const struct nlmsghdr *req);
	struct nl_msg *reply[STUB_MESSAGES_MAX];
	unsigned int n_reply;
	unsigned int interrupts;
	int gap_before;
	int open_error;
	char netns[64];
	size_t bytes;
};

extern struct stub stub;

/** stub_reset() - forget everything */
void stub_reset(void);

/** stub_log() - the requests so far, as text */
const char *stub_log(void);

/**
 * stub_message() - prepare an answer or a notification
 * @cmd: VFLOW_CMD_*
 * @set: attribute set
 * @obj: struct of the set, NULL for an empty message
 *
 * Return: the message, to which attributes may be added
 */
struct nl_msg *stub_message(uint8_t cmd, enum vf_set set, const void *obj);

/**
 * stub_attrs_text() - attributes of a message as text
 * @fp: where to
 * @head: first attribute
 * @len: bytes
 * @set: their set
 */
void stub_attrs_text(FILE *fp, struct nlattr *head, int len, enum vf_set set);

/**
 * stub_find() - the first attribute of a kind in a request, nests included
 * @req: request
 * @path: names with slashes: "route/dst"
 *
 * Return: the attribute or NULL
 */
struct nlattr *stub_find(const struct nlmsghdr *req, const char *path);

#endif /* STUB_NL_H */
