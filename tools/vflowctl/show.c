// SPDX-License-Identifier: GPL-2.0
/* Printing objects: every attribute to JSON, columns to text. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "parse.h"

struct vf_out *ctl_out(const struct ctl *c)
{
	struct vf_out *o = vf_out_open(stdout, &c->opts.out);
	struct vf_err err;

	if (!o) {
		vf_err_set(&err, ENOMEM, NULL);
		ctl_refused(c, &err);
	}
	return o;
}

int ctl_out_end(const struct ctl *c, struct vf_out *o, int ret, const struct vf_err *err)
{
	struct vf_err lost;

	if (ret && ret != -EINTR && !vf_out_error(o)) {
		vf_out_discard(o);
		return ctl_refused(c, err);
	}
	if (ret == -EINTR)
		ctl_refused(c, err);
	ret = vf_out_close(o);
	if (!ret)
		return CTL_DONE;
	vf_err_set(&lost, -ret, "cannot write the output");
	return ctl_refused(c, &lost);
}

const char *ctl_enum_text(const struct vf_enum *e, uint32_t value, char *buf)
{
	const char *name = vf_enum_name(e, value);

	if (name)
		return name;
	snprintf(buf, 16, "%" PRIu32, value);
	return buf;
}

static uint32_t u32_at(const char *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static void show_flags(struct vf_out *o, const char *key, const char *fmt,
		       const struct vf_enum *e, uint32_t mask)
{
	char text[256] = "", number[16];
	size_t len = 0;

	vf_out_list(o, key);
	for (unsigned int bit = 0; bit < 32; bit++) {
		const char *name;

		if (!(mask & UINT32_C(1) << bit))
			continue;
		name = vf_enum_name(e, bit);
		if (!name) {
			snprintf(number, sizeof(number), "bit%u", bit);
			name = number;
		}
		vf_out_str(o, NULL, NULL, name);
		if (len < sizeof(text))
			len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s",
						len ? "," : "", name);
	}
	vf_out_end(o);
	if (fmt)
		vf_out_str(o, NULL, fmt, mask ? text : "ok");
}

static void show_number(struct vf_out *o, const char *key, const struct ctl_col *col,
			const struct vf_attr *a, const char *fmt, uint64_t v)
{
	char age[VF_AGE_STRLEN], number[16];

	if (col && col->how & COL_AGE) {
		vf_out_u64(o, key, NULL, v);
		vf_out_str(o, NULL, fmt, vf_age_text(v, age));
	} else if (a->names) {
		vf_out_u64(o, key, NULL, v);
		vf_out_str(o, NULL, fmt, ctl_enum_text(a->names, (uint32_t)v, number));
	} else {
		vf_out_u64(o, key, fmt, v);
	}
}

/* One value to JSON under @key, and to text if there is @fmt. */
static void show_value(struct vf_out *o, const char *key, const struct ctl_col *col,
		       const struct vf_attr *a, const char *fmt, const char *p)
{
	char text[VF_PREFIX_STRLEN], number[16];
	uint64_t v;

	switch (a->kind) {
	case VF_KIND_U32:
		show_number(o, key, col, a, fmt, u32_at(p));
		break;
	case VF_KIND_U64:
		memcpy(&v, p, sizeof(v));
		show_number(o, key, col, a, fmt, v);
		break;
	case VF_KIND_BOOL:
		vf_out_u64(o, key, NULL, u32_at(p));
		vf_out_str(o, NULL, fmt, u32_at(p) ? "on" : "off");
		break;
	case VF_KIND_ENUM:
		vf_out_str(o, key, fmt, ctl_enum_text(a->names, u32_at(p), number));
		break;
	case VF_KIND_FLAGS:
		show_flags(o, key, fmt, a->names, u32_at(p));
		break;
	case VF_KIND_STRING:
		vf_out_str(o, key, fmt, p);
		break;
	case VF_KIND_MAC:
		vf_out_str(o, key, fmt, vf_mac_text((const uint8_t *)p, text));
		break;
	case VF_KIND_ADDR:
		if (col && col->how & COL_PREFIX)
			vf_prefix_text((const void *)p, text);
		else
			vf_addr_text((const void *)p, text);
		vf_out_str(o, key, fmt, text);
		break;
	case VF_KIND_HEX:
		vf_out_hex(o, key, fmt, (const uint8_t *)p, a->size);
		break;
	case VF_KIND_FLAG:
		vf_out_bool(o, key, fmt, true);
		break;
	case VF_KIND_NEST:
		vf_out_nest(o, key);
		ctl_show_json(o, a->nest, p);
		vf_out_end(o);
		break;
	case VF_KIND_NONE:
		break;
	}
}

static void show_attr(struct vf_out *o, const struct ctl_col *col, const struct vf_attr *a,
		      const char *fmt, const char *obj)
{
	const char *p = obj + a->offset;
	uint32_t n;

	if (!a->multi) {
		show_value(o, a->name, col, a, fmt, p);
		return;
	}
	if (!a->count)
		memcpy(&p, obj + a->offset, sizeof(p));
	vf_out_list(o, a->name);
	for (n = u32_at(obj + a->count_offset); n; n--, p += a->size)
		show_value(o, NULL, col, a, fmt, p);
	vf_out_end(o);
}

void ctl_show_json(struct vf_out *o, enum vf_set set, const void *obj)
{
	const struct vf_set_desc *desc = vf_set_desc(set);
	uint64_t has;

	memcpy(&has, obj, sizeof(has));
	for (unsigned int type = 1; type < desc->n; type++)
		if (has & UINT64_C(1) << type)
			show_attr(o, NULL, &desc->attr[type], NULL, obj);
}

static bool empty(const struct vf_attr *a, const char *obj)
{
	static const char zero[sizeof(struct vf_stats)];

	return !memcmp(obj + a->offset, zero, a->kind == VF_KIND_STRING ? 1 : a->size);
}

static bool in_text(const struct ctl *c, const struct ctl_col *col, const struct vf_attr *a,
		    const void *obj)
{
	if (col->how & COL_JSON || (col->how & COL_DETAIL && !c->opts.details) ||
	    (col->how & COL_STATS && !c->opts.stats))
		return false;
	return !(col->how & COL_NONZERO) || c->opts.details || !empty(a, obj);
}

void ctl_show(const struct ctl *c, struct vf_out *o, enum vf_set set,
	      const struct ctl_col *view, const void *obj)
{
	bool json = vf_out_is_json(o);
	uint64_t has;

	memcpy(&has, obj, sizeof(has));
	for (const struct ctl_col *col = view; col->attr; col++) {
		const struct vf_attr *a = vf_attr_by_type(set, col->attr);
		bool is_there = has & UINT64_C(1) << col->attr;

		if (!is_there && !(json && col->how & COL_LIST))
			continue;
		if (!json && !in_text(c, col, a, obj))
			continue;
		if (!json && col->text)
			col->text(c, o, obj);
		else
			show_attr(o, col, a, col->fmt, obj);
	}
}

/* --- counters as text ------------------------------------------------------ */

void ctl_show_stats(struct vf_out *o, const struct vf_stats *s)
{
	uint64_t looked = s->flow_hits + s->flow_misses;

	if (VF_HAS(s, STATS, RX_PACKETS) || VF_HAS(s, STATS, TX_PACKETS)) {
		vf_out_break(o);
		vf_out_text(o, "rx %" PRIu64 " packets %" PRIu64 " bytes, tx %" PRIu64
			    " packets %" PRIu64 " bytes", s->rx_packets, s->rx_bytes,
			    s->tx_packets, s->tx_bytes);
	}
	if (VF_HAS(s, STATS, FORWARD_PACKETS)) {
		vf_out_break(o);
		vf_out_text(o, "forwarded %" PRIu64 " packets %" PRIu64 " bytes",
			    s->forward_packets, s->forward_bytes);
	}
	if (VF_HAS(s, STATS, PUNT_PACKETS))
		vf_out_text(o, ", punted %" PRIu64 " packets %" PRIu64 " bytes",
			    s->punt_packets, s->punt_bytes);
	if (VF_HAS(s, STATS, DROP_PACKETS))
		vf_out_text(o, ", dropped %" PRIu64 " packets %" PRIu64 " bytes",
			    s->drop_packets, s->drop_bytes);
	if (VF_HAS(s, STATS, FLOW_HITS) && looked) {
		vf_out_break(o);
		vf_out_text(o, "flow table: %" PRIu64 " hits (%.1f %%), %" PRIu64
			    " misses, %" PRIu64 " uncached", s->flow_hits,
			    100.0 * (double)s->flow_hits / (double)looked, s->flow_misses,
			    s->flow_uncached);
	}
}

const char *ctl_drop_reason(uint32_t reason)
{
	static const char *const texts[] = {
		[VFLOW_DROP_REASON_MALFORMED] = "IP header malformed, or length wrong",
		[VFLOW_DROP_REASON_CHECKSUM] = "IPv4 header checksum wrong",
		[VFLOW_DROP_REASON_MARTIAN] = "source or destination must not be forwarded",
		[VFLOW_DROP_REASON_SPOOFED] = "the guest sent from a MAC that is not its vif's",
		[VFLOW_DROP_REASON_UNKNOWN_VLAN] = "no vif of the guest port has this VLAN, or a tag hides another",
		[VFLOW_DROP_REASON_L2_CONTROL] =
			"link-local control frame, and the vif has l2-control off",
		[VFLOW_DROP_REASON_BLACKHOLE] = "a blackhole route",
		[VFLOW_DROP_REASON_HOP_LIMIT] = "more than four vrouters in a row on this host",
		[VFLOW_DROP_REASON_METER_CONTROL] = "over the punt-rate of class control",
		[VFLOW_DROP_REASON_METER_LOCAL] = "over the punt-rate of class local",
		[VFLOW_DROP_REASON_METER_EXCEPTION] = "over the punt-rate of class exception",
		[VFLOW_DROP_REASON_METER_SLOWPATH] = "over the punt-rate of class slowpath",
		[VFLOW_DROP_REASON_NO_GUEST] = "meant for the guest, but its port is missing or down",
		[VFLOW_DROP_REASON_NO_UPLINK] = "the uplink is missing or down",
		[VFLOW_DROP_REASON_NO_MEMORY] = "the host is out of memory",
		[VFLOW_DROP_REASON_XMIT] = "the device or its queue refused the packet, or it is too long for it",
	};

	return reason < ARRAY_SIZE(texts) && texts[reason] ? texts[reason] :
		"a reason that this program does not know";
}

void ctl_show_drops(struct vf_out *o, const struct vf_drop *drop, unsigned int n)
{
	char age[VF_AGE_STRLEN], number[16];

	for (unsigned int i = 0; i < n; i++) {
		const struct vf_drop *d = &drop[i];

		if (!d->packets)
			continue;
		vf_out_break(o);
		vf_out_text(o, "dropped packets %" PRIu64 " bytes %" PRIu64 ": %s (%s)",
			    d->packets, d->bytes,
			    ctl_enum_text(&vf_drop_reasons, d->reason, number),
			    ctl_drop_reason(d->reason));
		if (VF_HAS(d, DROP, LAST))
			vf_out_text(o, ", last %s ago", vf_age_text(d->last, age));
	}
}

void ctl_show_meters(struct vf_out *o, const struct vf_meter *meter, unsigned int n)
{
	char number[16];

	for (unsigned int i = 0; i < n; i++) {
		const struct vf_meter *m = &meter[i];

		vf_out_break(o);
		vf_out_text(o, "punt-rate %s ", ctl_enum_text(&vf_punt_classes, m->class, number));
		if (m->rate)
			vf_out_text(o, "%" PRIu32 " burst %" PRIu32, m->rate, m->burst);
		else
			vf_out_text(o, "unlimited");
		vf_out_text(o, ": passed %" PRIu64 " packets, dropped %" PRIu64, m->packets,
			    m->drops);
	}
}
