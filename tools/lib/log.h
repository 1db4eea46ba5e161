/* SPDX-License-Identifier: GPL-2.0 */
/* Messages to the service manager's journal, or to a terminal. */
#ifndef VF_LOG_H
#define VF_LOG_H

#include <stdbool.h>

/** enum log_level - severities, numbered as in syslog */
enum log_level {
	LOG_ERROR = 3,
	LOG_WARN = 4,
	LOG_NOTE = 5,
	LOG_INFO = 6,
	LOG_DEBUG = 7,
};

/**
 * log_init() - decide how messages look
 * @level: messages above it are not written
 *
 * With JOURNAL_STREAM in the environment each line begins with its severity
 * in angle brackets, which the journal understands.
 */
void log_init(enum log_level level);

/**
 * log_level_parse() - "error", "warning", "notice", "info", "debug"
 * @name: whole word
 * @level: result
 *
 * Return: false if it is none of them
 */
bool log_level_parse(const char *name, enum log_level *level);

/**
 * log_enabled() - would a message be written?
 * @level: its severity
 *
 * Return: true if so
 */
bool log_enabled(enum log_level level);

/**
 * log_write() - write one message to stderr
 * @level: severity
 * @fmt: without a line break
 */
void log_write(enum log_level level, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#define log_error(...)	log_write(LOG_ERROR, __VA_ARGS__)
#define log_warn(...)	log_write(LOG_WARN, __VA_ARGS__)
#define log_note(...)	log_write(LOG_NOTE, __VA_ARGS__)
#define log_info(...)	log_write(LOG_INFO, __VA_ARGS__)
#define log_debug(...)	do {							\
	if (log_enabled(LOG_DEBUG))						\
		log_write(LOG_DEBUG, __VA_ARGS__);				\
} while (0)

#endif /* VF_LOG_H */
