/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The process that parses the bytes of one guest.
 *
 * It is vflowd itself, started anew for each connection, with three things:
 * the connection, a socket for records (record.h), and the log.  It gives up
 * all capabilities and, by seccomp, all system calls but read, write, poll and
 * exit before it reads the first byte.  When vflowd does not read records, it
 * does not read from the guest: that is the back-pressure.
 */
#ifndef VFLOWD_PARSER_H
#define VFLOWD_PARSER_H

/** PARSER_OPTION - how vflowd starts itself as a parser; the dialect follows */
#define PARSER_OPTION	"--parser"
/** PARSER_FPM - dialect: zebra */
#define PARSER_FPM	"fpm"
/** PARSER_AGENT - dialect: vflow-agent */
#define PARSER_AGENT	"agent"
/** PARSER_GUEST - file descriptor of the connection */
#define PARSER_GUEST	3
/** PARSER_RECORDS - file descriptor of the socket for records */
#define PARSER_RECORDS	4

/**
 * parser_main() - parse until the guest or vflowd closes
 * @dialect: PARSER_FPM or PARSER_AGENT
 *
 * Return: exit code
 */
int parser_main(const char *dialect);

#endif /* VFLOWD_PARSER_H */
