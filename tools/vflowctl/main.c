// SPDX-License-Identifier: GPL-2.0
/* vflowctl: the options, the objects, and finding the verb. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cmd.h"

#ifndef VFLOW_VERSION
#define VFLOW_VERSION "unknown"
#endif

const struct ctl_object *const ctl_objects[] = {
	&ctl_port, &ctl_vrouter, &ctl_vif, &ctl_address, &ctl_neighbor, &ctl_nexthop,
	&ctl_route, &ctl_flow, &ctl_stats, &ctl_sync, &ctl_monitor,
	&ctl_verify, NULL
};

static void help(FILE *fp)
{
	fprintf(fp,
		"Usage: vflowctl [OPTIONS] OBJECT [VERB] ...   without OBJECT: the status page\n"
		"       vflowctl [OPTIONS] -b FILE\n"
		"  OBJECT := ");
	for (unsigned int i = 0; ctl_objects[i]; i++)
		fprintf(fp, "%s%s", i ? " | " : "", ctl_objects[i]->name);
	fprintf(fp, " | help\n"
		"  VERB := add | replace | set | del | show | flush | help   (default: show)\n"
		"  OPTIONS := -j, --json        an array of objects\n"
		"             -p, --pretty      -j: with line breaks\n"
		"             -s, --stats       with counters\n"
		"             -d, --details     with ids, sync numbers and digests\n"
		"             -o, --oneline     one line per object\n"
		"             -4, -6            IPv4 or IPv6 only\n"
		"             -t, --timestamp   monitor: when it happened\n"
		"             -n, --netns NS    in network namespace NS\n"
		"             -b, --batch FILE  commands from FILE, - is stdin\n"
		"             -f, --force       -b: go on after an error\n"
		"             -V, --version     print the version\n"
		"             -h, --help        print this\n\n");
	for (unsigned int i = 0; ctl_objects[i]; i++)
		fprintf(fp, "  %-9s %s\n", ctl_objects[i]->name, ctl_objects[i]->doc);
	fprintf(fp, "\n\"vflowctl OBJECT help\" prints the grammar of an object.\n");
}

/* A verb with those that follow it and take the same words. */
static const struct ctl_verb *help_verbs(const struct ctl_object *object,
					 const struct ctl_verb *verb, const char *lead)
{
	const struct ctl_verb *last = verb;

	while (last[1].name && !strcmp(last[1].bnf, verb->bnf))
		last++;
	printf("%s vflowctl %s%s", lead, object->name, last > verb ? " { " :
	       *verb->name ? " " : "");
	for (const struct ctl_verb *v = verb; v <= last; v++)
		printf("%s%s", v > verb ? " | " : "", v->name);
	printf("%s%s%s\n", last > verb ? " }" : "", *verb->bnf ? " " : "", verb->bnf);
	return last;
}

void ctl_help_object(const struct ctl_object *object)
{
	for (const struct ctl_verb *verb = object->verbs; verb->name; verb++)
		verb = help_verbs(object, verb, verb == object->verbs ? "Usage:" : "      ");
}

static void help_verb(const struct ctl_object *object, const struct ctl_verb *verb)
{
	printf("Usage: vflowctl %s %s%s%s\n", object->name, verb->name, *verb->bnf ? " " : "",
	       verb->bnf);
}

int ctl_open(struct ctl *c)
{
	struct vf_err err;

	if (!c->nl && vf_nl_open(&c->nl, c->opts.netns, VF_NL_HERE, &err)) {
		ctl_refused(c, &err);
		return CTL_REFUSED;
	}
	return CTL_DONE;
}

/* Complain of a word that is not in a list of names. */
static int unknown(const struct ctl *c, const char *what, const char *word)
{
	fprintf(stderr, "vflowctl: ");
	if (c->file)
		fprintf(stderr, "%s:%u: ", c->file, c->line);
	fprintf(stderr, "%s \"%s\" is unknown, ", what, word);
	if (c->object)
		fprintf(stderr, "try \"vflowctl %s help\"\n", c->object->name);
	else
		fprintf(stderr, "try \"vflowctl help\"\n");
	return CTL_USAGE;
}

static int find_verb(struct ctl *c)
{
	const char *word = c->words ? *c->word : "show";
	const struct ctl_verb *verb = c->object->verbs;

	if (!*verb->name) {		/* the object is its own verb */
		c->verb = verb;
		return CTL_DONE;
	}
	for (; verb->name; verb++)
		if (!strcmp(verb->name, word)) {
			if (c->words)
				ctl_next(c);
			c->verb = verb;
			return CTL_DONE;
		}
	if (c->words)
		return unknown(c, "verb", word);
	return ctl_usage(c, "a verb is missing, try \"vflowctl %s help\"", c->object->name);
}

int ctl_command(struct ctl *c)
{
	const char *name = ctl_next(c);
	int ret, flushed;

	if (!strcmp(name, "help")) {
		help(stdout);
		return CTL_DONE;
	}
	for (unsigned int i = 0; ctl_objects[i]; i++)
		if (!strcmp(ctl_objects[i]->name, name))
			c->object = ctl_objects[i];
	if (!c->object)
		return unknown(c, "object", name);
	if (ctl_peek(c, "help")) {
		ctl_help_object(c->object);
		return CTL_DONE;
	}
	ret = find_verb(c);
	if (ret)
		return ret;
	if (c->words == 1 && ctl_peek(c, "help")) {
		help_verb(c->object, c->verb);
		return CTL_DONE;
	}
	if (c->verb->queues)
		return c->verb->run(c);
	/* what waits was asked for earlier */
	flushed = ctl_batch_flush(c);
	if (flushed && !c->opts.force)
		return flushed;
	ret = c->verb->run(c);
	return flushed ? flushed : ret;
}

static int bad_option(const char *what, const char *word)
{
	if (optopt)
		fprintf(stderr, "vflowctl: option \"-%c\" %s, try \"vflowctl help\"\n", optopt,
			what);
	else
		fprintf(stderr, "vflowctl: option \"%s\" %s, try \"vflowctl help\"\n", word, what);
	return CTL_USAGE;
}

/* Return -1 to go on, or an exit code. */
static int options(struct ctl_opts *opts, int argc, char **argv)
{
	static const struct option table[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "pretty", no_argument, NULL, 'p' },
		{ "stats", no_argument, NULL, 's' },
		{ "details", no_argument, NULL, 'd' },
		{ "oneline", no_argument, NULL, 'o' },
		{ "timestamp", no_argument, NULL, 't' },
		{ "netns", required_argument, NULL, 'n' },
		{ "batch", required_argument, NULL, 'b' },
		{ "force", no_argument, NULL, 'f' },
		{ "version", no_argument, NULL, 'V' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	int opt;

	optind = 0;	/* glibc: begin anew */
	opterr = 0;
	while ((opt = getopt_long(argc, argv, "+:jpsdo46tn:b:fVh", table, NULL)) != -1) {
		switch (opt) {
		case 'j': opts->out.json = true; break;
		case 'p': opts->out.pretty = true; break;
		case 's': opts->stats = true; break;
		case 'd': opts->details = true; break;
		case 'o': opts->out.oneline = true; break;
		case '4': opts->family = AF_INET; break;
		case '6': opts->family = AF_INET6; break;
		case 't': opts->stamp = true; break;
		case 'n': opts->netns = optarg; break;
		case 'b': opts->batch = optarg; break;
		case 'f': opts->force = true; break;
		case 'V':
			printf("vflowctl %s\n", VFLOW_VERSION);
			return CTL_DONE;
		case 'h':
			help(stdout);
			return CTL_DONE;
		default:
			return bad_option(opt == ':' ? "needs an argument" : "is unknown",
					  argv[optind - 1]);
		}
	}
	return -1;
}

int main(int argc, char **argv)
{
	struct ctl c = { .object = NULL };
	int ret = options(&c.opts, argc, argv);

	if (ret >= 0)
		return ret;
	c.word = argv + optind;
	c.words = argc - optind;
	if (c.opts.batch && c.words) {
		fprintf(stderr, "vflowctl: \"%s\" is too much: with -b all commands come from the file\n",
			*c.word);
		return CTL_USAGE;
	}
	if (c.opts.batch)
		ret = ctl_batch_file(&c);
	else if (c.words)
		ret = ctl_command(&c);
	else
		ret = ctl_status(&c);
	vf_nl_close(c.nl);
	if (fflush(stdout) && !ret)
		ret = CTL_REFUSED;
	return ret;
}
