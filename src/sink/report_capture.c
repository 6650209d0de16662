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
	char from[48];
	char to[48];
	struct ni_buf first = ni_buf(from, sizeof(from));
	struct ni_buf last = ni_buf(to, sizeof(to));
	put_moment(&first, c->first_ns, true);
	put_moment(&last, c->last_ns, !same_day(c->first_ns, c->last_ns));
	if (c->packets > 1)
		ni_buf_fmt(b, _("%s to %s"), ni_buf_z(&first), ni_buf_z(&last));
	else
		ni_buf_str(b, ni_buf_z(&first));
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
	uint64_t mean = (c->bytes + c->packets / 2) / c->packets;
	if (c->packets > 1 && span > 0)
		ni_buf_fmt(b, _("%s, %s a second"), rp_word_num(c->packets).z,
			   rp_word_num(per_second(c->packets, span)).z);
	else
		rp_num(b, c->packets);
	if (c->packets == 1)
		rp_count(b, c->shortest, NI_PLURAL("; %s byte", "; %s bytes", c->shortest));
	else if (c->shortest == c->longest)
		rp_count(b, c->shortest,
			 NI_PLURAL("; %s byte each", "; %s bytes each", c->shortest));
	else
		ni_buf_fmt(b, _("; %s to %s bytes each, on average %s"), rp_word_num(c->shortest).z,
			   rp_word_num(c->longest).z, rp_word_num(mean).z);
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
		ni_buf_str(b, _(", "));
		put_bits(b, per_second(c->bytes * 8, span));
	}
	if (c->cap_bytes != c->bytes)
		rp_count(b, c->cap_bytes, _("; captured %s"));
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
		ni_buf_fmt(b, _("number %u, which nothing here takes apart"), linktype);
}

static void
put_iface(const struct rp_capture *c, const struct rp_iface *f, struct ni_buf *b)
{
	if (f->name[0])
		rp_wire(b, f->name);
	else if (c->ifaces > 1)
		ni_buf_fmt(b, _("interface %u"), f->number);
	if (c->ifaces == 1)
		return;
	ni_buf_str(b, " (");
	rp_count(b, f->packets, NI_PLURAL("%s packet", "%s packets", f->packets));
	ni_buf_c(b, ')');
}

/* "Ethernet II on lan0 (14 packets), wan0 (9 packets); Linux cooked v1" */
static void
put_ifaces(const struct rp_capture *c, const struct ni_registry *reg, struct ni_buf *b)
{
	char link[128];
	char on[RP_CELL];
	for (unsigned i = 0; i < c->ifaces;) {
		struct ni_buf l = ni_buf(link, sizeof(link));
		struct ni_buf o = ni_buf(on, sizeof(on));
		unsigned first = i;
		put_linktype(&l, reg, c->iface[i].linktype);
		do {
			ni_buf_str(&o, i > first ? _(", ") : "");
			put_iface(c, &c->iface[i], &o);
		} while (++i < c->ifaces && c->iface[i].linktype == c->iface[first].linktype);
		ni_buf_str(b, first ? _("; ") : "");
		if (o.len)
			/* TRANSLATORS: a kind of network and interfaces. */
			ni_buf_fmt(b, _("%s on %s"), ni_buf_z(&l), ni_buf_z(&o));
		else
			ni_buf_str(b, ni_buf_z(&l));
	}
	uint64_t n = c->other_ifaces;
	if (n)
		rp_count(b, n,
			 NI_PLURAL("; on further interfaces %s packet",
				   "; on further interfaces %s packets", n));
}

static void
part(struct ni_buf *b, uint64_t n, const char *words)
{
	if (!n)
		return;
	if (b->len)
		ni_buf_str(b, _("; "));
	rp_count(b, n, words);
}

/* Four different things that can be amiss with a packet, never mixed up. */
static void
put_amiss(const struct rp_capture *c, uint32_t snaplen, struct ni_buf *b)
{
	part(b, c->snapped,
	     NI_PLURAL("%s packet shortened by the snap length",
		       "%s packets shortened by the snap length", c->snapped));
	if (c->snapped && snaplen)
		ni_buf_fmt(b, " (%u)", snaplen);
	if (c->cut_header) {
		ni_buf_str(b, b->len ? _(", ") : "");
		rp_count(b, c->cut_header, _("%s of them within a header"));
	}
	part(b, c->malformed,
	     NI_PLURAL("%s malformed packet", "%s malformed packets", c->malformed));
	part(b, c->unsupported,
	     NI_PLURAL("%s packet of a kind that nothing here takes apart",
		       "%s packets of kinds that nothing here takes apart", c->unsupported));
	part(b, c->too_deep,
	     NI_PLURAL("%s packet nested too deep", "%s packets nested too deep", c->too_deep));
	part(b, c->backwards,
	     NI_PLURAL("%s packet older than the one before it",
		       "%s packets older than the one before them", c->backwards));
}

static void
put_drops(const struct ni_report_input *in, struct ni_buf *b)
{
	if (!in->have_stats)
		return;
	if (!in->dropped_kernel && !in->dropped_interface)
		ni_buf_str(b, _("nothing"));
	part(b, in->dropped_kernel,
	     NI_PLURAL("%s packet by the kernel, whose buffer was full",
		       "%s packets by the kernel, whose buffer was full", in->dropped_kernel));
	part(b, in->dropped_interface,
	     NI_PLURAL("%s packet by the interface", "%s packets by the interface",
		       in->dropped_interface));
	if (in->received)
		rp_count(b, in->received, _(", of %s received"));
}

/* What the session had no room for. */
static void
put_bounds(const struct ni_session *s, struct ni_buf *b)
{
	struct ni_session_drops d = ni_session_drops(s);
	part(b, d.flows_evicted,
	     NI_PLURAL("%s conversation ended early to make room",
		       "%s conversations ended early to make room", d.flows_evicted));
	part(b, d.fragments_dropped,
	     NI_PLURAL("%s fragment dropped", "%s fragments dropped", d.fragments_dropped));
	part(b, d.stream_bytes_dropped,
	     NI_PLURAL("%s byte of a stream not put in order",
		       "%s bytes of streams not put in order", d.stream_bytes_dropped));
	part(b, d.messages_dropped,
	     NI_PLURAL("%s message not kept", "%s messages not kept", d.messages_dropped));
	part(b, d.lookups_evicted,
	     NI_PLURAL("%s lookup forgotten", "%s lookups forgotten", d.lookups_evicted));
	part(b, d.exchanges_evicted,
	     NI_PLURAL("%s DHCP or NTP exchange forgotten", "%s DHCP or NTP exchanges forgotten",
		       d.exchanges_evicted));
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
	if (in->format && in->format[0]) {
		ni_buf_str(b, _(", "));
		ni_buf_str(b, _(in->format));
	}
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
		ni_buf_str(&b, _("none"));
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
