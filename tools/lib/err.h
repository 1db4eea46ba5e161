/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What went wrong: the kernel's own words (extack) with the name of the
 * attribute it complains of.
 */
#ifndef VF_ERR_H
#define VF_ERR_H

#include <stdbool.h>
#include <stddef.h>

struct nlmsghdr;

/**
 * struct vf_err - what went wrong
 * @code: positive errno, 0 if nothing did
 * @msg: a sentence without full stop: the kernel's (extack), or ours; may be
 *	empty
 * @attr: the attribute the kernel complains of, by its name in the spec;
 *	may be empty
 * @path: the same with the nests around it, "route/group/weight"
 * @entry: for a message of many routes: index of the offending one, else -1
 * @missing: the complaint is that @attr was not given
 * @complete: @msg says all, strerror() would add nothing
 */
struct vf_err {
	int code;
	char msg[512];
	char attr[64];
	char path[192];
	int entry;
	bool missing;
	bool complete;
};

/**
 * vf_err_set() - fill an error
 * @err: to fill; may be NULL
 * @code: positive errno
 * @fmt: sentence, or NULL
 *
 * Return: -@code
 */
int vf_err_set(struct vf_err *err, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/**
 * vf_err_say() - fill an error whose sentence says all
 * @err: to fill; may be NULL
 * @code: positive errno
 * @fmt: sentence
 *
 * Return: -@code
 */
int vf_err_say(struct vf_err *err, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/**
 * vf_err_decode() - understand an error message of the kernel
 * @err: result
 * @nlh: NLMSG_ERROR or NLMSG_DONE
 * @req: the request, to find the offending attribute in; may be NULL
 *
 * Return: negative errno, 0 if the message is a plain acknowledgement
 */
int vf_err_decode(struct vf_err *err, const struct nlmsghdr *nlh,
		  const struct nlmsghdr *req);

/**
 * vf_err_text() - one line: "SENTENCE (attribute NAME): STRERROR"
 * @err: error
 * @buf: result
 * @size: of @buf
 *
 * Return: @buf
 */
const char *vf_err_text(const struct vf_err *err, char *buf, size_t size);

#endif /* VF_ERR_H */
