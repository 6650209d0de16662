/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The outputs: each is one sink over one struct ni_out. */
#ifndef NI_SINK_H
#define NI_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "netinspect/session.h"
#include "out.h"

/* How moments are written in the time column (tshark's -t). */
enum ni_time_format {
	NI_TIME_RELATIVE,
	NI_TIME_ABSOLUTE,      /* 08:34:19.679601 */
	NI_TIME_ABSOLUTE_DATE, /* 2026-11-21 08:34:19.679601 */
	NI_TIME_DELTA,
	NI_TIME_DELTA_DISPLAYED,
	NI_TIME_EPOCH,
	NI_TIME_UTC,
	NI_TIME_UTC_DATE,
};

/* Bytes of a body in several segments that outputs with all fields, or with fields of bodies, keep
 * of it to show it. */
enum { NI_SHOWN_BODY = 64 * 1024 };

struct ni_text_opts {
	enum ni_time_format time;
	bool summary;            /* one line a packet */
	bool tree;               /* all layers in detail … */
	const char *const *only; /* … or of these protocols alone; NULL-terminated; NULL: all */
	bool hex;
	bool explain; /* what TCP segments and connections mean, in sentences */
};

/* -T text, -V, -O and -x. @out stays the caller's. NULL when memory is short. */
struct ni_sink *ni_text_sink(struct ni_out *out, const struct ni_text_opts *opts);

struct ni_fields_opts {
	const char *const *keys; /* -e, NULL-terminated; must live as long as the sink */
	char separator;          /* -E separator= */
	char quote;              /* -E quote=: 0, '\'' or '"' */
	char aggregator;         /* -E aggregator= */
	char occurrence;         /* -E occurrence=: 'f', 'l' or 'a' */
	bool header;             /* -E header=y */
	bool bom;                /* -E bom=y */
	enum ni_time_format time;
};

/* -T fields. NULL with @err filled (an unknown key names its nearest neighbours). */
struct ni_sink *ni_fields_sink(struct ni_out *out, const struct ni_fields_opts *opts,
			       const struct ni_registry *reg, struct ni_err *err);

/* -T json: one object a packet. */
struct ni_sink *ni_json_sink(struct ni_out *out, bool hex);

enum ni_record_kind {
	NI_RECORD_CONN,
	NI_RECORD_HTTP,
	NI_RECORD_DNS,
	NI_RECORD_ARP,
	NI_RECORD_DHCP,
	NI_RECORD_NTP,
	NI_RECORD_NOTE,
	NI_RECORD_NKINDS,
};

#define NI_RECORDS_ALL ((1U << NI_RECORD_NKINDS) - 1)

/** "conn", "http" …; NULL from NI_RECORD_NKINDS on. */
const char *ni_record_name(unsigned kind);

/* -T records: one object for whatever has ended. @kinds: a bit a kind, 0 for all; @live: show them
 * within a second. */
struct ni_sink *ni_records_sink(struct ni_out *out, unsigned kinds, bool live);

/* What only the caller knows about the capture; read when the report is written, at the end. */
struct ni_report_input {
	const char *name;   /* file or interfaces */
	const char *format; /* "pcapng", "live" … */
	const char *filter; /* capture filter or NULL */
	bool live;
	uint32_t snaplen; /* 0: unknown */
	bool have_stats;
	uint64_t received, dropped_kernel, dropped_interface;
	const char *problem; /* "cut at packet 17 …" or NULL */
};

struct rp_html;

struct ni_report_opts {
	bool full;      /* no list is cut */
	bool head_only; /* the capture as a whole and what did not end well, no more */
	const struct ni_report_input *input;
	const struct ni_session *session; /* for its drop counts */
	const struct rp_html *html;       /* write HTML, with these additions; NULL: text */
	const char *net;                  /* --net or NULL */
	void (*page)(bool on); /* HTML: begin and stop to speak the page's language; or NULL */
};

/* -T report. NULL when memory is short, or with @err filled when opts->net is no network. */
struct ni_sink *ni_report_sink(struct ni_out *out, const struct ni_report_opts *opts,
			       struct ni_err *err);

/*
 * --html: the report as one self-contained page, to @out, which stays the caller's. NULL when
 * memory is short.
 */
struct ni_sink *ni_html_sink(struct ni_out *out, const struct ni_report_opts *opts);

struct ni_ladder_opts {
	enum ni_time_format time;
	bool full;             /* nothing is folded */
	bool explain;          /* what segments and connections mean, in sentences */
	bool live;             /* draw a connection as soon as both its ends are through */
	size_t memory;         /* for connections under way; 0: the default */
	const uint32_t *conns; /* draw only these; must live as long as the sink */
	size_t nconns;         /* 0: all */
};

/* -T ladder. @out stays the caller's. NULL when memory is short. */
struct ni_sink *ni_ladder_sink(struct ni_out *out, const struct ni_ladder_opts *opts);

#endif
