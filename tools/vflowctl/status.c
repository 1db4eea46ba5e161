// SPDX-License-Identifier: GPL-2.0
/* vflowctl without arguments: what is there, what it does, what is wrong. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "parse.h"

/* Lines of text before a listing is cut short: all fits into 24. */
#define PORTS_SHOWN	5
#define VROUTERS_SHOWN	10
#define PROBLEMS_SHOWN	5
/* Drops older than this are history, not a problem. */
#define RECENT_MS	(5 * 60 * 1000)

struct objects {
	char *obj;
	size_t n;
	size_t size;
};

struct status {
	struct ctl *c;
	struct vf_out *o;
	struct objects ports;
	struct objects vrouters;
	struct objects vifs;
	struct objects counters;
	unsigned int problems;
};

static int collect(const void *obj, void *arg)
{
	struct objects *l = arg;
	char *more;

	/* grow by doubling: at every power of two */
	if (!(l->n & (l->n - 1))) {
		more = realloc(l->obj, (l->n ? 2 * l->n : 1) * l->size);
		if (!more)
			return -ENOMEM;
		l->obj = more;
	}
	memcpy(l->obj + l->n++ * l->size, obj, l->size);
	return 0;
}

static bool collect_again(void *arg)
{
	((struct objects *)arg)->n = 0;
	return true;
}

static int read_all(struct status *s, uint8_t cmd, struct objects *l, struct vf_err *err)
{
	struct vf_dump dump = { collect, collect_again, l };

	l->size = vf_set_desc(vf_cmd_set(cmd))->size;
	return vf_dump(s->c->nl, cmd, NULL, &dump, err);
}

static const void *at(const struct objects *l, size_t i)
{
	return l->obj + i * l->size;
}

/* --- problems -------------------------------------------------------------- */

static void __attribute__((format(printf, 4, 5)))
problem(struct status *s, const char *object, const char *name, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	s->problems++;
	if (vf_out_is_json(s->o)) {
		vf_out_nest(s->o, NULL);
		vf_out_str(s->o, "object", NULL, object);
		vf_out_str(s->o, "name", NULL, name);
		vf_out_str(s->o, "problem", NULL, text);
		vf_out_end(s->o);
	} else if (s->problems <= PROBLEMS_SHOWN) {
		vf_out_text(s->o, "\nproblem: %s %s: ", object, name);
		vf_out_str(s->o, NULL, "%s", text);
	}
}

static void vif_problems(struct status *s, const struct vf_vif *vif)
{
	if (vif->state & VFLOW_VIF_STATE_NO_UPLINK)
		problem(s, "vif", vif->name,
			"uplink %s is not attached: vflowctl port add %s type uplink",
			vif->uplink, vif->uplink);
	else if (vif->state & VFLOW_VIF_STATE_UPLINK_DOWN)
		problem(s, "vif", vif->name, "uplink %s is down or has no carrier", vif->uplink);
	if (vif->state & VFLOW_VIF_STATE_SHADOWED)
		problem(s, "vif", vif->name,
			"a VLAN device of the host on %s takes VLAN %u: remove it", vif->uplink,
			vif->vlan);
	if (!vif->guest[0] && vif->state & VFLOW_VIF_STATE_NO_GUEST_PORT)
		problem(s, "vif", vif->name,
			"it has no guest port, so nothing can be punted: vflowctl vif set %s guest DEV",
			vif->name);
	else if (vif->state & VFLOW_VIF_STATE_NO_GUEST_PORT)
		problem(s, "vif", vif->name,
			"guest port %s is not attached: vflowctl port add %s type guest",
			vif->guest, vif->guest);
	else if (vif->state & VFLOW_VIF_STATE_GUEST_DOWN)
		problem(s, "vif", vif->name, "guest port %s is down or has no carrier",
			vif->guest);
}

static void vrouter_problems(struct status *s, const struct vf_vrouter *vr)
{
	if (vr->punt)
		problem(s, "vrouter", vr->name, "punt is on: all packets go through the guest");
	if (vr->max_routes && vr->routes >= vr->max_routes)
		problem(s, "vrouter", vr->name, "its quota of %u routes is used up",
			vr->max_routes);
	if (vr->max_flows && vr->flows >= vr->max_flows)
		problem(s, "vrouter", vr->name, "its quota of %u flows is used up",
			vr->max_flows);
}

static void drop_problems(struct status *s, const struct vf_counters *n)
{
	const char *object = VF_HAS(n, COUNTERS, VIF) ? "vif" :
		VF_HAS(n, COUNTERS, VROUTER) ? "vrouter" : "port";
	const char *name = VF_HAS(n, COUNTERS, VIF) ? n->vif :
		VF_HAS(n, COUNTERS, VROUTER) ? n->vrouter : n->port;
	char age[VF_AGE_STRLEN];

	for (uint32_t i = 0; i < n->n_drop; i++) {
		const struct vf_drop *d = &n->drop[i];

		if (d->packets && VF_HAS(d, DROP, LAST) && d->last < RECENT_MS)
			problem(s, object, name,
				"dropped packets %" PRIu64 ", the last %s ago: %s", d->packets,
				vf_age_text(d->last, age), ctl_drop_reason(d->reason));
	}
}

static void show_problems(struct status *s)
{
	vf_out_list(s->o, "problems");
	for (size_t i = 0; i < s->vifs.n; i++)
		vif_problems(s, at(&s->vifs, i));
	for (size_t i = 0; i < s->vrouters.n; i++)
		vrouter_problems(s, at(&s->vrouters, i));
	for (size_t i = 0; i < s->counters.n; i++)
		drop_problems(s, at(&s->counters, i));
	vf_out_end(s->o);
	if (s->problems > PROBLEMS_SHOWN)
		vf_out_text(s->o, "\n... and %u more problems: vflowctl vif show; vflowctl stats show",
			    s->problems - PROBLEMS_SHOWN);
	else if (!s->problems)
		vf_out_text(s->o, "\nno problems");
}

/* --- what there is --------------------------------------------------------- */

static void module_version(char *buf, size_t size)
{
	FILE *fp = fopen("/sys/module/vflow/version", "re");

	if (!fp || !fgets(buf, (int)size, fp))
		buf[0] = '\0';
	if (fp)
		fclose(fp);
	buf[strcspn(buf, "\n")] = '\0';
}

static void text_ports(struct status *s)
{
	for (size_t i = 0; i < s->ports.n; i++) {
		const struct vf_port *p = at(&s->ports, i);
		char number[16];

		if (i == PORTS_SHOWN && s->ports.n > PORTS_SHOWN + 1) {
			vf_out_text(s->o, "\n... and %zu more ports: vflowctl port show",
				    s->ports.n - i);
			return;
		}
		vf_out_text(s->o, "\nport    ");
		vf_out_str(s->o, NULL, " %s", p->name);
		vf_out_text(s->o, ": %s, %s, vifs %u, rx %" PRIu64 ", tx %" PRIu64,
			    ctl_enum_text(&vf_port_types, p->type, number),
			    p->up ? "up" : "down", p->vifs, p->stats.rx_packets,
			    p->stats.tx_packets);
		if (p->stats.drop_packets)
			vf_out_text(s->o, ", dropped %" PRIu64, p->stats.drop_packets);
	}
}

static void text_vrouters(struct status *s)
{
	for (size_t i = 0; i < s->vrouters.n; i++) {
		const struct vf_vrouter *vr = at(&s->vrouters, i);
		uint64_t looked = vr->stats.flow_hits + vr->stats.flow_misses;

		if (i == VROUTERS_SHOWN && s->vrouters.n > VROUTERS_SHOWN + 1) {
			vf_out_text(s->o, "\n... and %zu more vrouters: vflowctl vrouter show",
				    s->vrouters.n - i);
			return;
		}
		vf_out_text(s->o, "\nvrouter ");
		vf_out_str(s->o, NULL, " %s", vr->name);
		vf_out_text(s->o, ": vifs %u, routes %u, flows %u, forwarded %" PRIu64,
			    vr->vifs, vr->routes, vr->flows, vr->stats.forward_packets);
		if (looked)
			vf_out_text(s->o, " (%.1f %% by flows)",
				    100.0 * (double)vr->stats.flow_hits / (double)looked);
		vf_out_text(s->o, ", punted %" PRIu64 ", dropped %" PRIu64,
			    vr->stats.punt_packets, vr->stats.drop_packets);
	}
}

static void text_page(struct status *s)
{
	char version[64];

	module_version(version, sizeof(version));
	vf_out_text(s->o, "module   vflow%s%s is loaded: ports %zu, vrouters %zu, vifs %zu",
		    *version ? " " : "", version, s->ports.n, s->vrouters.n, s->vifs.n);
	text_ports(s);
	text_vrouters(s);
}

static void json_list(struct status *s, const char *key, enum vf_set set,
		      const struct objects *l)
{
	vf_out_list(s->o, key);
	for (size_t i = 0; i < l->n; i++) {
		vf_out_nest(s->o, NULL);
		ctl_show_json(s->o, set, at(l, i));
		vf_out_end(s->o);
	}
	vf_out_end(s->o);
}

static void show(struct status *s)
{
	vf_out_row(s->o);
	if (vf_out_is_json(s->o)) {
		json_list(s, "ports", VF_SET_PORT, &s->ports);
		json_list(s, "vrouters", VF_SET_VROUTER, &s->vrouters);
		json_list(s, "vifs", VF_SET_VIF, &s->vifs);
	} else {
		text_page(s);
	}
	show_problems(s);
	vf_out_row_end(s->o);
}

int ctl_status(struct ctl *c)
{
	struct status s = { .c = c };
	struct vf_err err;
	int ret = ctl_open(c);

	if (ret)
		return ret;
	if (read_all(&s, VFLOW_CMD_PORT_GET, &s.ports, &err) ||
	    read_all(&s, VFLOW_CMD_VROUTER_GET, &s.vrouters, &err) ||
	    read_all(&s, VFLOW_CMD_VIF_GET, &s.vifs, &err) ||
	    read_all(&s, VFLOW_CMD_STATS_GET, &s.counters, &err)) {
		ret = ctl_refused(c, &err);
	} else {
		s.o = ctl_out(c);
		if (s.o)
			show(&s);
		ret = s.o ? ctl_out_end(c, s.o, 0, NULL) : CTL_REFUSED;
	}
	free(s.ports.obj);
	free(s.vrouters.obj);
	free(s.vifs.obj);
	free(s.counters.obj);
	return ret;
}
