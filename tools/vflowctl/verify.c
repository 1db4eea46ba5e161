// SPDX-License-Identifier: GPL-2.0
/* vflowctl verify: does the kernel have what vflowd wants it to have? */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "cmd.h"

#define CONTROL		"/run/vflow/vflowd.sock"
/* So often it is asked again while changes are under way. */
#define TRIES		50
#define TRY_MS		100

struct args {
	uint64_t has;
	char vrouter[VF_NAME_SIZE];
	struct sockaddr_un control;
};

static int take_vrouter(struct ctl *c, const struct ctl_key *key, void *obj)
{
	struct vf_vrouter vr = { 0 };
	struct ctl_key name = { key->word, VFLOW_A_VROUTER_NAME, 0, key->meta, NULL };
	int ret = ctl_value(c, &name, VF_SET_VROUTER, &vr);

	if (!ret)
		memcpy(((struct args *)obj)->vrouter, vr.name, sizeof(vr.name));
	return ret;
}

static int take_control(struct ctl *c, const struct ctl_key *key, void *obj)
{
	struct sockaddr_un *sun = &((struct args *)obj)->control;
	const char *path = ctl_need(c, key->word, key->meta);

	if (!path)
		return CTL_USAGE;
	if (strlen(path) >= sizeof(sun->sun_path))
		return ctl_usage(c, "\"%s\" is too long for a socket", path);
	strcpy(sun->sun_path, path);
	return CTL_DONE;
}

static json_t *ask(const struct args *a, struct vf_err *err)
{
	FILE *fp = NULL;
	json_t *reply = NULL;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd >= 0 && !connect(fd, (const struct sockaddr *)&a->control, sizeof(a->control)))
		fp = fdopen(fd, "r+");
	if (!fp) {
		vf_err_set(err, errno, "vflowd does not answer");
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	fprintf(fp, "{\"command\": \"verify\", \"vrouter\": \"%s\"}\n", a->vrouter);
	fflush(fp);
	reply = json_loadf(fp, JSON_DISABLE_EOF_CHECK, NULL);
	fclose(fp);
	if (!reply)
		vf_err_set(err, EPROTO, "vflowd does not answer");
	return reply;
}

static const char *error_of(const json_t *reply)
{
	return json_string_value(json_object_get(reply, "error"));
}

static long long number(const json_t *reply, const char *key)
{
	return json_integer_value(json_object_get(reply, key));
}

static void print_text(const struct args *a, const json_t *reply)
{
	const json_t *list = json_object_get(reply, "different");

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *one = json_array_get(list, i);

		printf("%s: %s\n", json_string_value(json_object_get(one, "object")),
		       json_string_value(json_object_get(one, "state")));
	}
	printf("%s: %lld routes, %lld nexthops, %lld neighbors, %lld addresses: ", a->vrouter,
	       number(reply, "route"), number(reply, "nexthop"), number(reply, "neighbor"),
	       number(reply, "address"));
	if (number(reply, "differences"))
		printf("%lld differed in the kernel and are put right\n",
		       number(reply, "differences"));
	else
		printf("equal\n");
}

static int run_verify(struct ctl *c)
{
	struct args a = { .control = { AF_UNIX, CONTROL } };
	json_t *reply = NULL;
	struct vf_err err;
	int ret = ctl_parse(c, VF_SET_NONE, &a);

	for (int i = 0; !ret && i < TRIES; i++) {
		json_decref(reply);
		reply = ask(&a, &err);
		if (!reply)
			return ctl_refused(c, &err);
		if (!error_of(reply) || strcmp(error_of(reply), "changes are under way") != 0)
			break;
		usleep(TRY_MS * 1000);
	}
	if (ret)
		return ret;
	if (error_of(reply)) {
		vf_err_set(&err, EAGAIN, "%s", error_of(reply));
		ret = ctl_refused(c, &err);
	} else {
		ret = number(reply, "differences") ? CTL_REFUSED : CTL_DONE;
		if (c->opts.out.json) {
			printf("[");
			json_dumpf(reply, stdout, c->opts.out.pretty ? JSON_INDENT(2) : 0);
			printf("]\n");
		} else {
			print_text(&a, reply);
		}
	}
	json_decref(reply);
	return ret;
}

static const struct ctl_key keys[] = {
	{ NULL, 0, KEY_REQ, "VR", take_vrouter },
	{ "control", 0, 0, "PATH", take_control },
	{ 0 }
};

static const struct ctl_verb verbs[] = {
	{ "", "VR [control PATH]", .run = run_verify, .keys = keys },
	{ 0 }
};

const struct ctl_object ctl_verify = {
	.name = "verify",
	.doc = "compare the kernel with what vflowd wants it to have",
	.verbs = verbs,
};
