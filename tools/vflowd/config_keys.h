/* SPDX-License-Identifier: GPL-2.0 */
/* The keys of vflow.conf and their values: private to config*.c. */
#ifndef VFLOWD_CONFIG_KEYS_H
#define VFLOWD_CONFIG_KEYS_H

#include <stdio.h>

#include "config.h"

#define CONFIG_NAME_ALLOWED \
	"a name of at most 31 letters, digits and signs without blank or slash"
#define CONFIG_DEVICE_ALLOWED	"the name of a network device"
#define CONFIG_MAC_ALLOWED	"a unicast MAC address such as 52:54:00:aa:00:01"

struct config_section;

/**
 * struct config_reader - state of reading one file
 * @c: what was read
 * @path: file
 * @fp: the file, open
 * @line: current line
 * @errors: how many there were
 * @error: called for each
 * @arg: for @error
 * @kind: of the section that the next key belongs to; NULL skips keys
 * @section: its struct
 * @seen: bit per key that was given in it
 * @daemon_seen: the same of section [vflowd]
 * @seen_line: where they were given
 */
struct config_reader {
	struct config *c;
	const char *path;
	FILE *fp;
	unsigned int line;
	unsigned int errors;
	config_error_fn error;
	void *arg;
	const struct config_section *kind;
	void *section;
	uint32_t *seen;
	uint32_t daemon_seen;
	unsigned int seen_line[32];
};

/**
 * struct config_field - a key of a section
 * @name: as written
 * @allowed: what may stand there; NULL for numbers, which say it themselves
 * @parse: stores the value; returns 0, or negative if it is not allowed, or
 *	positive if it has complained itself
 * @offset: of the member in the section's struct
 * @min: least number
 * @max: greatest number
 * @list: may be given several times, and over several lines
 */
struct config_field {
	const char *name;
	const char *allowed;
	int (*parse)(struct config_reader *rd, const struct config_field *k,
		     char *value, void *p);
	size_t offset;
	uint64_t min;
	uint64_t max;
	bool list;
};

/**
 * struct config_section - a kind of section
 * @name: as written
 * @keys: what may stand in it
 * @n_keys: how many
 */
struct config_section {
	const char *name;
	const struct config_field *keys;
	size_t n_keys;
};

extern const struct config_section config_vrouter_section;
extern const struct config_section config_vif_section;
extern const struct config_section config_daemon_section;

/**
 * config_fail() - report an error
 * @rd: reader
 * @line: where; 0 if the file as a whole is meant
 * @fmt: what
 */
void config_fail(struct config_reader *rd, unsigned int line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/**
 * config_bad_value() - report a value that is not allowed
 * @rd: reader
 * @k: key
 * @value: its value
 */
void config_bad_value(struct config_reader *rd, const struct config_field *k,
		      const char *value);

/**
 * config_word() - split off the next word
 * @rest: what follows; NULL at the end
 *
 * Return: the word or NULL
 */
char *config_word(char **rest);

/**
 * config_parse_source() - parse the key "source"
 * @rd: reader
 * @k: key
 * @value: its value
 * @p: struct source_spec
 *
 * Return: 0, or positive if it has complained
 */
int config_parse_source(struct config_reader *rd, const struct config_field *k,
			char *value, void *p);

/**
 * config_source_same() - could two sources not be told apart?
 * @a: source
 * @b: source
 *
 * Return: true if a guest's connection would be that of both
 */
bool config_source_same(const struct source_spec *a, const struct source_spec *b);

#endif /* VFLOWD_CONFIG_KEYS_H */
