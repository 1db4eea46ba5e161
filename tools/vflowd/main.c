// SPDX-License-Identifier: GPL-2.0
/* vflowd: keeps the kernel module's routes equal to the guests'. */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "config.h"
#include "control.h"
#include "daemon.h"
#include "log.h"
#include "notify.h"
#include "parser.h"

#ifndef VFLOW_VERSION
#define VFLOW_VERSION	"unknown"
#endif

enum exit_code {
	EXIT_OK = 0,
	EXIT_TROUBLE = 1,
	EXIT_USAGE = 2,
};

static struct daemon vflowd;
static uv_signal_t sighup, sigterm, sigint;
static uv_timer_t watchdog;

static const char usage[] =
	"Usage: vflowd [-c FILE] [-n] [--log-level LEVEL]\n"
	"       vflowd [-c FILE] --check\n"
	"       vflowd [-c FILE] --status\n"
	"  -c, --config FILE      configuration, default " CONFIG_PATH "\n"
	"  -n, --foreground       stay in the foreground; vflowd always does\n"
	"      --check            check the configuration and exit\n"
	"      --status           print the status of the running vflowd as JSON\n"
	"      --log-level LEVEL  error, warning, notice (default), info, debug\n"
	"  -h, --help\n"
	"  -V, --version\n";

enum {
	OPT_CHECK = 256,
	OPT_STATUS,
	OPT_LOG_LEVEL,
};

static const struct option options[] = {
	{ "config", required_argument, NULL, 'c' },
	{ "foreground", no_argument, NULL, 'n' },
	{ "check", no_argument, NULL, OPT_CHECK },
	{ "status", no_argument, NULL, OPT_STATUS },
	{ "log-level", required_argument, NULL, OPT_LOG_LEVEL },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

struct args {
	const char *config;
	bool check;
	bool status;
};

/* Return an exit code, or -1 to go on. */
static int parse_args(int argc, char **argv, struct args *args)
{
	enum log_level level = LOG_NOTE;
	int c;

	while ((c = getopt_long(argc, argv, "c:nhV", options, NULL)) != -1) {
		switch (c) {
		case 'c':
			args->config = optarg;
			break;
		case 'n':
			break;
		case OPT_CHECK:
			args->check = true;
			break;
		case OPT_STATUS:
			args->status = true;
			break;
		case OPT_LOG_LEVEL:
			if (log_level_parse(optarg, &level))
				break;
			fprintf(stderr, "vflowd: --log-level: \"%s\" is not valid; allowed: error, warning, notice, info, debug\n",
				optarg);
			return EXIT_USAGE;
		case 'h':
			fputs(usage, stdout);
			return EXIT_OK;
		case 'V':
			printf("vflowd %s\n", VFLOW_VERSION);
			return EXIT_OK;
		default:
			fputs(usage, stderr);
			return EXIT_USAGE;
		}
	}
	if (optind < argc) {
		fprintf(stderr, "vflowd: \"%s\" is not an option\n%s", argv[optind], usage);
		return EXIT_USAGE;
	}
	log_init(level);
	return -1;
}

static void print_error(const char *msg, void *arg)
{
	(void)arg;
	log_error("%s", msg);
}

static int print_status(const char *config)
{
	char *control = config_control(config);
	int ret = control_ask(control, "status");

	free(control);
	return ret;
}

static void on_sighup(uv_signal_t *s, int signum)
{
	(void)s;
	(void)signum;
	daemon_reload(&vflowd);
}

static void on_stop(uv_signal_t *s, int signum)
{
	(void)signum;
	uv_stop(s->loop);
}

static void on_watchdog(uv_timer_t *t)
{
	(void)t;
	notify_send("WATCHDOG=1");
}

static void catch_signals(uv_loop_t *loop)
{
	uint64_t ms = notify_watchdog_ms();

	signal(SIGPIPE, SIG_IGN);
	uv_signal_init(loop, &sighup);
	uv_signal_start(&sighup, on_sighup, SIGHUP);
	uv_signal_init(loop, &sigterm);
	uv_signal_start(&sigterm, on_stop, SIGTERM);
	uv_signal_init(loop, &sigint);
	uv_signal_start(&sigint, on_stop, SIGINT);
	uv_timer_init(loop, &watchdog);
	if (ms)
		uv_timer_start(&watchdog, on_watchdog, ms, ms);
}

static int run(struct config *config, const char *path)
{
	uv_loop_t *loop = uv_default_loop();
	int ret;

	vflowd.loop = loop;
	vflowd.config = config;
	vflowd.config_path = path;
	catch_signals(loop);
	ret = daemon_init(&vflowd);
	if (ret)
		return EXIT_TROUBLE;
	uv_run(loop, UV_RUN_DEFAULT);

	log_note("stopping, the kernel keeps what it has");
	notify_send("STOPPING=1");
	daemon_exit(&vflowd);
	uv_close((uv_handle_t *)&sighup, NULL);
	uv_close((uv_handle_t *)&sigterm, NULL);
	uv_close((uv_handle_t *)&sigint, NULL);
	uv_close((uv_handle_t *)&watchdog, NULL);
	uv_run(loop, UV_RUN_DEFAULT);
	uv_loop_close(loop);
	return EXIT_OK;
}

int main(int argc, char **argv)
{
	struct args args = { .config = CONFIG_PATH };
	struct config *config;
	int ret;

	if (argc == 3 && strcmp(argv[1], PARSER_OPTION) == 0)
		return parser_main(argv[2]);
	ret = parse_args(argc, argv, &args);
	if (ret >= 0)
		return ret;
	if (args.status)
		return print_status(args.config);
	config = config_read(args.config, print_error, NULL);
	if (!config)
		return EXIT_USAGE;
	if (args.check) {
		printf("%s: no errors\n", args.config);
		config_free(config);
		return EXIT_OK;
	}
	return run(config, args.config);
}
