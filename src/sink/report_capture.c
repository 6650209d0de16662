/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The capture as a whole: what, when, how much, and what is missing from it. */
#include <string.h>
#include <time.h>

#include "i18n.h"
#include "netinspect/clock.h"
#include "netinspect/proto.h"
#include "report.h"

enum { NS = 1000000000, LEFT = 14 };

/* ---- taking in ---- */

static void
find_iface(struct rp_capture *c, const struct ni_frame *f)
{
	for (c->current = 0; c->current < c->ifaces; c->current++) {
		const struct rp_iface *i = &c->iface[c->current];
		if (i->number == f->iface && i->linktype == f->linktype)
			return;
	}
	if (c->ifaces == RP_IFACES)
		return;
	struct rp_iface *i = &c->iface[c->ifaces++];
	i->number = f->iface;
	i->linktype = f->linktype;
	if (f->ifname) {
		strncpy(i->name, f->ifname, sizeof(i->name) - 1);
		i->name[sizeof(i->name) - 1] = '\0';
	}
}

static void
count_rcs(struct rp_capture *c, unsigned rcs)
{
	c->cut_header += rcs >> NI_TRUNCATED & 1;
	c->malformed += rcs >> NI_MALFORMED & 1;
	c->unsupported += rcs >> NI_UNSUPPORTED & 1;
	c->too_deep += rcs >> NI_TOO_DEEP & 1;
}

static void
first_frame(struct rp_capture *c, const struct ni_dis *d)
{
	const struct ni_frame *f = d->frame;
	c->first_ns = c->last_ns = c->zero_ns = f->ts_ns;
	c->previous_ns = f->ts_ns;
	c->shortest = f->len;
	if (d->clock)
		c->zero_ns = d->clock->first_ns;
	find_iface(c, f);
}

void
rp_capture_frame(struct rp_capture *c, const struct ni_dis *d, unsigned rcs)
{
	const struct ni_frame *f = d->frame;
	if (!c->packets++)
		first_frame(c, d);
	c->bytes += f->len;
	c->cap_bytes += f->cap;
	c->snapped += f->cap < f->len;
	if (f->ts_ns < c->previous_ns)
		c->backwards++;
	c->previous_ns = f->ts_ns;
	if (f->ts_ns > c->last_ns)
		c->last_ns = f->ts_ns;
	if (f->ts_ns < c->first_ns)
		c->first_ns = f->ts_ns;
	if (f->len > c->longest)
		c->longest = f->len;
	if (f->len < c->shortest)
		c->shortest = f->len;
	if (rcs & ~(1u << NI_OK))
		count_rcs(c, rcs);
	if (c->current >= c->ifaces || c->iface[c->current].number != f->iface ||
	    c->iface[c->current].linktype != f->linktype)
		find_iface(c, f);
	if (c->current < c->ifaces)
		c->iface[c->current].packets++;
	else
		c->other_ifaces++;
}

/* ---- writing ---- */

static void
put_moment(struct ni_buf *b, int64_t ns, bool date)
{
	int64_t s = ns / NS - (ns % NS < 0);
	time_t t = (time_t)s;
	struct tm tm;
	char text[40];
	if (!localtime_r(&t, &tm) ||
	    !strftime(text, sizeof(text), date ? "%Y-%m-%d %H:%M:%S" : "%H:%M:%S", &tm)) {
		ni_buf_sec(b, ns, 6);
		return;
	}
	ni_buf_str(b, text);
	ni_buf_fmt(b, ".%06u", (unsigned)((ns - s * NS) / 1000));
}

static bool
same_day(int64_t a, int64_t b)
{
	time_t s = (time_t)(a / NS);
	time_t t = (time_t)(b / NS);
	struct tm x;
	struct tm y;
	return localtime_r(&s, &x) && localtime_r(&t, &y) && x.tm_year == y.tm_year &&
	       x.tm_yday == y.tm_yday;
}

static void
put_time(const struct rp_capture *c, struct ni_buf *b)
{
	char zone[16] = "";
	struct tm tm;
	time_t t = (time_t)(c->first_ns / NS);
	if (localtime_r(&t, &tm))
		strftime(zone, sizeof(zone), " %Z", &tm);
	put_moment(b, c->first_ns, true);
	if (c->packets > 1) {
		ni_buf_str(b, " to ");
		put_moment(b, c->last_ns, !same_day(c->first_ns, c->last_ns));
	}
	ni_buf_str(b, zone);
	if (c->packets > 1) {
		ni_buf_str(b, " (");
		rp_dur(b, rp_diff(c->last_ns, c->first_ns));
		ni_buf_c(b, ')');
	}
}

static uint64_t
per_second(uint64_t n, int64_t ns)
{
	return (uint64_t)((double)n * NS / (double)ns + 0.5);
}

static void
put_bits(struct ni_buf *b, uint64_t bits)
{
	char mem[32];
	struct ni_buf m = ni_buf(mem, sizeof(mem));
	rp_size(&m, bits);
	if (m.len && mem[m.len - 1] == 'B')
		m.len--;
	ni_buf_mem(b, mem, m.len);
	ni_buf_str(b, "bit/s");
}

static void
put_amount(const struct rp_capture *c, struct ni_buf *b)
{
	int64_t span = rp_diff(c->last_ns, c->first_ns);
	rp_num(b, c->packets);
	if (c->packets > 1 && span > 0) {
		ni_buf_str(b, ", ");
		rp_num(b, per_second(c->packets, span));
		ni_buf_str(b, " a second");
	}
	ni_buf_str(b, "; ");
	rp_num(b, c->shortest);
	if (c->shortest != c->longest) {
		ni_buf_str(b, " to ");
		rp_num(b, c->longest);
	}
	ni_buf_str(b, c->packets == 1 ? " bytes" : " bytes each");
	if (c->shortest != c->longest) {
		ni_buf_str(b, ", on average ");
		rp_num(b, (c->bytes + c->packets / 2) / c->packets);
	}
}

static void
put_bytes(const struct rp_capture *c, struct ni_buf *b)
{
	int64_t span = rp_diff(c->last_ns, c->first_ns);
	rp_num(b, c->bytes);
	if (c->bytes >= 1000) {
		ni_buf_str(b, " (");
		rp_size(b, c->bytes);
		ni_buf_c(b, ')');
	}
	if (c->packets > 1 && span > 0) {
		ni_buf_str(b, ", ");
		put_bits(b, per_second(c->bytes * 8, span));
	}
	if (c->cap_bytes != c->bytes) {
		ni_buf_str(b, "; captured ");
		rp_num(b, c->cap_bytes);
	}
}

static void
put_linktype(struct ni_buf *b, const struct ni_registry *reg, uint32_t linktype)
{
	const struct ni_proto *p = NULL;
	if (reg && linktype <= UINT16_MAX)
		p = ni_lookup(reg, NI_BY_LINKTYPE, (uint16_t)linktype);
	if (p)
		ni_buf_str(b, p->title);
	else
		ni_buf_fmt(b, "number %u, which nothing here takes apart", linktype);
}

/* "Ethernet II on lan0 (14 packets), wan0 (9 packets); Linux cooked v1" */
static void
put_ifaces(const struct rp_capture *c, const struct ni_registry *reg, struct ni_buf *b)
{
	for (unsigned i = 0; i < c->ifaces; i++) {
		const struct rp_iface *f = &c->iface[i];
		bool same = i && f->linktype == f[-1].linktype;
		if (i)
			ni_buf_str(b, same ? ", " : "; ");
		if (!same)
			put_linktype(b, reg, f->linktype);
		if (!same && (f->name[0] || c->ifaces > 1))
			ni_buf_str(b, " on ");
		if (f->name[0])
			rp_wire(b, f->name);
		else if (c->ifaces > 1)
			ni_buf_fmt(b, "interface %u", f->number);
		if (c->ifaces == 1)
			continue;
		ni_buf_str(b, " (");
		rp_count(b, f->packets, "packet", "packets");
		ni_buf_c(b, ')');
	}
	if (c->other_ifaces) {
		ni_buf_str(b, "; on further interfaces ");
		rp_count(b, c->other_ifaces, "packet", "packets");
	}
}

static void
part(struct ni_buf *b, uint64_t n, const char *one, const char *many)
{
	if (!n)
		return;
	if (b->len)
		ni_buf_str(b, "; ");
	rp_count(b, n, one, many);
}

/* Four different things that can be amiss with a packet, never mixed up. */
static void
put_amiss(const struct rp_capture *c, uint32_t snaplen, struct ni_buf *b)
{
	part(b, c->snapped, "packet shortened by the snap length",
	     "packets shortened by the snap length");
	if (c->snapped && snaplen)
		ni_buf_fmt(b, " (%u)", snaplen);
	if (c->cut_header) {
		ni_buf_str(b, b->len ? ", " : "");
		rp_num(b, c->cut_header);
		ni_buf_str(b, " of them within a header");
	}
	part(b, c->malformed, "malformed packet", "malformed packets");
	part(b, c->unsupported, "packet of a kind that nothing here takes apart",
	     "packets of kinds that nothing here takes apart");
	part(b, c->too_deep, "packet nested too deep", "packets nested too deep");
	part(b, c->backwards, "packet older than the one before it",
	     "packets older than the one before them");
}

static void
put_drops(const struct ni_report_input *in, struct ni_buf *b)
{
	if (!in->have_stats)
		return;
	if (!in->dropped_kernel && !in->dropped_interface)
		ni_buf_str(b, "nothing");
	part(b, in->dropped_kernel, "packet by the kernel, whose buffer was full",
	     "packets by the kernel, whose buffer was full");
	part(b, in->dropped_interface, "packet by the interface", "packets by the interface");
	if (in->received) {
		ni_buf_str(b, ", of ");
		rp_num(b, in->received);
		ni_buf_str(b, " received");
	}
}

/* What the session had no room for. */
static void
put_bounds(const struct ni_session *s, struct ni_buf *b)
{
	struct ni_session_drops d = ni_session_drops(s);
	part(b, d.flows_evicted, "conversation ended early to make room",
	     "conversations ended early to make room");
	part(b, d.fragments_dropped, "fragment dropped", "fragments dropped");
	part(b, d.stream_bytes_dropped, "byte of a stream not put in order",
	     "bytes of streams not put in order");
	part(b, d.messages_dropped, "message not kept", "messages not kept");
	part(b, d.lookups_evicted, "lookup forgotten", "lookups forgotten");
	part(b, d.exchanges_evicted, "DHCP or NTP exchange forgotten",
	     "DHCP or NTP exchanges forgotten");
}

static void
item(const struct rp_ctx *ctx, const char *label, struct ni_buf *b)
{
	if (b->len)
		rp_para(ctx->page, LEFT, label, ni_buf_z(b));
	b->len = 0;
}

static void
write_source(const struct rp_ctx *ctx, const struct ni_report_input *in, struct ni_buf *b)
{
	if (in->name)
		rp_wire(b, in->name);
	if (in->format && in->format[0])
		ni_buf_fmt(b, ", %s", in->format);
	item(ctx, in->live ? _("interface") : _("file"), b);
	if (in->filter && in->filter[0])
		rp_wire(b, in->filter);
	item(ctx, _("filter"), b);
}

void
rp_capture_write(const struct rp_capture *c, const struct rp_ctx *ctx,
		 const struct ni_report_opts *opts, const struct ni_registry *reg)
{
	static const struct ni_report_input nothing;
	const struct ni_report_input *in = opts->input ? opts->input : &nothing;
	char mem[RP_PARAGRAPH];
	struct ni_buf b = ni_buf(mem, sizeof(mem));

	rp_heading(ctx->page, _("Capture"), NULL);
	write_source(ctx, in, &b);
	if (!c->packets) {
		ni_buf_str(&b, "none");
		item(ctx, _("packets"), &b);
	} else {
		put_time(c, &b);
		item(ctx, _("time"), &b);
		put_amount(c, &b);
		item(ctx, _("packets"), &b);
		put_bytes(c, &b);
		item(ctx, _("bytes"), &b);
		put_ifaces(c, reg, &b);
		item(ctx, _("link type"), &b);
	}
	put_amiss(c, in->snaplen, &b);
	item(ctx, _("amiss"), &b);
	put_drops(in, &b);
	item(ctx, _("dropped"), &b);
	if (opts->session)
		put_bounds(opts->session, &b);
	item(ctx, _("limits"), &b);
	if (in->problem)
		rp_wire(&b, in->problem);
	item(ctx, _("problem"), &b);
}
