// SPDX-License-Identifier: GPL-2.0
/* vflowctl verify: does the kernel have what the guest has? */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "cmd.h"

#define CONTROL		"/run/vflow/vflowd.sock"

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

static const json_t *at(const json_t *obj, const char *key, const char *key2)
{
	return json_object_get(json_object_get(obj, key), key2);
}

static long long count(const json_t *obj, const char *key, const char *key2)
{
	return json_integer_value(json_object_get(at(obj, key, key2), "count"));
}

static const char *state(const json_t *reply, const char *link)
{
	return json_string_value(at(reply, link, "state"));
}

/* Of a guest that tells no digest nothing is known, and nothing differs. */
static bool is_equal(const json_t *reply)
{
	static const char *const links[] = { "guest", "policy", "kernel" };

	for (size_t i = 0; i < sizeof(links) / sizeof(*links); i++)
		if (!state(reply, links[i]) || (strcmp(state(reply, links[i]), "equal") != 0 &&
						strcmp(state(reply, links[i]), "unknown") != 0))
			return false;
	return true;
}

static void print_guest(const json_t *guest, const char *how)
{
	const char *why = json_string_value(json_object_get(guest, "why"));

	printf("guest: %s", how);
	if (json_object_get(guest, "nexthops"))
		printf(", %lld routes, %lld nexthops; held %lld routes, %lld nexthops",
		       count(guest, "routes4", "guest") + count(guest, "routes6", "guest"),
		       count(guest, "nexthops", "guest"),
		       count(guest, "routes4", "held") + count(guest, "routes6", "held"),
		       count(guest, "nexthops", "held"));
	if (why)
		printf(": %s", why);
	printf("\n");
}

static void print_text(const struct args *a, const json_t *reply)
{
	const json_t *list = json_object_get(reply, "different");
	const json_t *policy = json_object_get(reply, "policy");
	const json_t *kernel = json_object_get(reply, "kernel");

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *one = json_array_get(list, i);

		printf("%s: %s, %s link\n", json_string_value(json_object_get(one, "object")),
		       json_string_value(json_object_get(one, "state")),
		       json_string_value(json_object_get(one, "link")));
	}
	print_guest(json_object_get(reply, "guest"), state(reply, "guest"));
	printf("policy: %s, %lld routes used, %lld spare; refused %lld not allowed, %lld martian, %lld over limit, %lld with foreign nexthops\n",
	       state(reply, "policy"), json_integer_value(at(policy, "used", "count")),
	       json_integer_value(at(policy, "spare", "count")),
	       count(policy, "refused", "not-allowed"), count(policy, "refused", "martian"),
	       count(policy, "refused", "over-limit"),
	       count(policy, "refused", "foreign-nexthop"));
	printf("kernel: %s, %lld routes, %lld nexthops; of others %lld routes, %lld nexthops\n",
	       state(reply, "kernel"), count(kernel, "routes", "wanted"),
	       count(kernel, "nexthops", "wanted"), count(kernel, "routes", "others"),
	       count(kernel, "nexthops", "others"));
	printf("%s: %s\n", a->vrouter, is_equal(reply) ? "equal" : "different");
}

static int run_verify(struct ctl *c)
{
	struct args a = { .control = { AF_UNIX, CONTROL } };
	int ret = ctl_parse(c, VF_SET_NONE, &a);
	struct vf_err err;
	json_t *reply;

	if (ret)
		return ret;
	reply = ask(&a, &err);
	if (!reply)
		return ctl_refused(c, &err);
	if (error_of(reply)) {
		vf_err_set(&err, EAGAIN, "%s", error_of(reply));
		ret = ctl_refused(c, &err);
	} else {
		ret = is_equal(reply) ? CTL_DONE : CTL_REFUSED;
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
	.doc = "compare what the guest, vflowd and the kernel have",
	.verbs = verbs,
};
