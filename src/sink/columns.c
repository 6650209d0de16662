/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The columns of a packet list; see columns.h. */
#include "columns.h"

#include <strings.h>
#include <time.h>

#include "netinspect/clock.h"
#include "netinspect/proto.h"
#include "protos.h"

enum { NS = 1000000000 };

static void
print_clock(struct ni_buf *b, int64_t ts_ns, unsigned digits, bool date, bool utc)
{
	int64_t sec = ts_ns / NS - (ts_ns % NS < 0);
	time_t t = (time_t)sec;
	struct tm tm;
	if (!(utc ? gmtime_r(&t, &tm) : localtime_r(&t, &tm)))
		return;
	if (date)
		ni_buf_fmt(b, "%04d-%02d-%02d ", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
	ni_buf_fmt(b, "%02d:%02d:", tm.tm_hour, tm.tm_min);
	if (tm.tm_sec < 10)
		ni_buf_c(b, '0');
	ni_buf_sec(b, ts_ns - sec * NS + (int64_t)tm.tm_sec * NS, digits);
}

void
ni_time_print(struct ni_buf *b, int64_t ts_ns, unsigned digits, const struct ni_clock *c,
	      enum ni_time_format time)
{
	switch (time) {
	case NI_TIME_RELATIVE:
		ni_buf_sec(b, ts_ns - c->first_ns, digits);
		break;
	case NI_TIME_DELTA:
		ni_buf_sec(b, ts_ns - c->previous_ns, digits);
		break;
	case NI_TIME_DELTA_DISPLAYED:
		ni_buf_sec(b, ts_ns - c->shown_ns, digits);
		break;
	case NI_TIME_EPOCH:
		ni_buf_sec(b, ts_ns, digits);
		break;
	case NI_TIME_ABSOLUTE:
	case NI_TIME_ABSOLUTE_DATE:
		print_clock(b, ts_ns, digits, time == NI_TIME_ABSOLUTE_DATE, false);
		break;
	case NI_TIME_UTC:
	case NI_TIME_UTC_DATE:
		print_clock(b, ts_ns, digits, time == NI_TIME_UTC_DATE, true);
		break;
	}
}

void
ni_ladder_time(struct ni_buf *b, const struct ni_ladder_look *k, int64_t ts_ns, int64_t previous_ns)
{
	struct ni_clock c = {k->zero_ns, previous_ns, previous_ns};
	ni_time_print(b, ts_ns, k->digits ? k->digits : 6, &c, (enum ni_time_format)k->time_format);
}

static void
print_time(struct ni_buf *b, const struct ni_dis *d, enum ni_time_format time)
{
	static const struct ni_clock zero;
	unsigned digits = d->frame->ts_digits ? d->frame->ts_digits : 6;
	ni_time_print(b, d->frame->ts_ns, digits, d->clock ? d->clock : &zero, time);
}

/* Whether an Ethernet frame that carries no IP stands inside a tunnel: its addresses count then. */
static bool
inner_link(const struct ni_dis *d)
{
	const struct ni_layer *eth = ni_layer_find(d, NULL, &ni_proto_eth);
	return eth && eth - d->layers > d->net_layer;
}

static void
print_address(struct ni_buf *b, const struct ni_dis *d, bool source)
{
	const struct ni_addr_pair *a = d->net.kind && !inner_link(d) ? &d->net : &d->link;
	const uint8_t *p = source ? a->src : a->dst;
	switch ((enum ni_addr_kind)a->kind) {
	case NI_ADDR_NONE:
		break;
	case NI_ADDR_ETHER:
		if (p)
			ni_buf_ether(b, p);
		break;
	case NI_ADDR_IP4:
		ni_buf_ip4(b, p);
		break;
	case NI_ADDR_IP6:
		ni_buf_ip6(b, p);
		break;
	}
}

/* The layer that speaks for the frame: the topmost that has something to say and is not quoted. */
static const struct ni_layer *
speaker(const struct ni_dis *d)
{
	for (unsigned i = d->nlayers; i-- > 1;)
		if (!(d->layers[i].flags & NI_L_QUOTED) &&
		    ni_layer_proto(d, &d->layers[i])->summary)
			return &d->layers[i];
	return &d->layers[d->nlayers > 1 ? 1 : 0];
}

static void
print_protocol(struct ni_buf *b, const struct ni_dis *d)
{
	const struct ni_layer *l = speaker(d);
	const struct ni_proto *p = ni_layer_proto(d, l);
	const char *name = p->column ? p->column(d, l) : NULL;
	ni_buf_str(b, name ? name : p->name);
}

static void
print_info(struct ni_buf *b, const struct ni_dis *d)
{
	const struct ni_layer *l = speaker(d);
	const struct ni_proto *p = ni_layer_proto(d, l);
	if (p->summary)
		p->summary(d, l, b);
	for (unsigned i = 1; i < d->nlayers; i++) {
		const struct ni_layer *bad = &d->layers[i];
		const char *what = bad->rc == NI_MALFORMED  ? "[Malformed Packet]"
				   : bad->rc == NI_TOO_DEEP ? "[Too many nested headers]"
				   : bad->rc == NI_TRUNCATED && i + 1 == d->nlayers
				       ? "[Packet size limited during capture]"
				       : NULL;
		if (!what || bad->flags & NI_L_QUOTED)
			continue;
		ni_buf_str(b, what);
		break;
	}
}

void
ni_column_print(struct ni_buf *b, const struct ni_dis *d, enum ni_column c,
		enum ni_time_format time)
{
	switch (c) {
	case NI_COL_NUMBER:
		ni_buf_u64(b, d->frame->number);
		break;
	case NI_COL_TIME:
		print_time(b, d, time);
		break;
	case NI_COL_SOURCE:
	case NI_COL_DESTINATION:
		print_address(b, d, c == NI_COL_SOURCE);
		break;
	case NI_COL_PROTOCOL:
		print_protocol(b, d);
		break;
	case NI_COL_LENGTH:
		ni_buf_u64(b, d->frame->len);
		break;
	case NI_COL_INFO:
		print_info(b, d);
		break;
	case NI_NCOLUMNS:
		break;
	}
}

int
ni_column_find(const char *name)
{
	static const char *const names[NI_NCOLUMNS][2] = {
	    [NI_COL_NUMBER] = {"No.", "number"},
	    [NI_COL_TIME] = {"Time", "time"},
	    [NI_COL_SOURCE] = {"Source", "def_src"},
	    [NI_COL_DESTINATION] = {"Destination", "def_dst"},
	    [NI_COL_PROTOCOL] = {"Protocol", "protocol"},
	    [NI_COL_LENGTH] = {"Length", "packet_length"},
	    [NI_COL_INFO] = {"Info", "info"},
	};
	for (int i = 0; i < NI_NCOLUMNS; i++)
		if (!strcasecmp(name, names[i][0]) || !strcasecmp(name, names[i][1]))
			return i;
	return -1;
}
