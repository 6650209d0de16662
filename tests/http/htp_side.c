/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A connection of libhtp; see htp_side.h. */
#include "htp_side.h"

#include <htp/htp.h>
#include <stdlib.h>
#include <string.h>

/* Bytes, or a gap, that a direction could not take yet. */
struct waiting {
	struct waiting *next;
	size_t n;
	uint8_t *p; /* NULL: missing */
};

struct htp_side {
	htp_cfg_t *cfg;
	htp_connp_t *connp;
	struct waiting *first[2], *last[2];
	bool lost;    /* it has given up on a direction … */
	size_t whole; /* … and by then so many exchanges, the first ones, were complete */
};

struct htp_side *
htp_side_new(void)
{
	struct htp_side *s = calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	s->cfg = htp_config_create();
	s->connp = s->cfg ? htp_connp_create(s->cfg) : NULL;
	if (!s->connp) {
		htp_side_free(&s);
		return NULL;
	}
	/* The lengths that are compared are those before a content coding is undone. */
	htp_config_set_response_decompression(s->cfg, 0);
	htp_connp_open(s->connp, "10.0.0.1", 40000, "10.0.0.2", 80, NULL);
	return s;
}

static void
drop(struct htp_side *s, unsigned dir)
{
	struct waiting *w = s->first[dir];
	s->first[dir] = w->next;
	if (!s->first[dir])
		s->last[dir] = NULL;
	free(w->p);
	free(w);
}

void
htp_side_free(struct htp_side **s)
{
	struct htp_side *p = *s;
	if (!p)
		return;
	for (unsigned dir = 0; dir < 2; dir++)
		while (p->first[dir])
			drop(p, dir);
	if (p->connp)
		htp_connp_destroy_all(p->connp);
	if (p->cfg)
		htp_config_destroy(p->cfg);
	free(p);
	*s = NULL;
}

static bool
is_whole(const htp_tx_t *tx)
{
	return tx && tx->request_progress == HTP_REQUEST_COMPLETE &&
	       tx->response_progress == HTP_RESPONSE_COMPLETE;
}

static void
give_up(struct htp_side *s)
{
	const htp_list_t *all = htp_connp_get_connection(s->connp)->transactions;
	while (!s->lost && is_whole(htp_list_get(all, s->whole)))
		s->whole++;
	s->lost = true;
}

/* Give @dir what waits for it. Returns whether it took something. */
static bool
give(struct htp_side *s, unsigned dir)
{
	struct waiting *w = s->first[dir];
	if (!w)
		return false;
	if (s->lost) {
		drop(s, dir);
		return true;
	}
	int rc = dir ? htp_connp_res_data(s->connp, NULL, w->p, w->n)
		     : htp_connp_req_data(s->connp, NULL, w->p, w->n);
	if (rc == HTP_STREAM_DATA_OTHER) {
		size_t used = dir ? htp_connp_res_data_consumed(s->connp)
				  : htp_connp_req_data_consumed(s->connp);
		if (used >= w->n) {
			drop(s, dir);
			return true;
		}
		w->n -= used;
		if (w->p)
			memmove(w->p, w->p + used, w->n);
		return used > 0;
	}
	/* A gap where it does not allow one closes the stream for it. */
	if (rc == HTP_STREAM_ERROR || rc == HTP_STREAM_STOP || (!w->p && rc == HTP_STREAM_CLOSED))
		give_up(s);
	drop(s, dir);
	return true;
}

static void
give_all(struct htp_side *s)
{
	bool more = true;
	while (more) {
		more = give(s, 0);
		more |= give(s, 1);
	}
}

void
htp_side_data(struct htp_side *s, unsigned dir, const uint8_t *p, size_t n)
{
	struct waiting *w = calloc(1, sizeof(*w));
	if (!w || !n) {
		free(w);
		return;
	}
	w->n = n;
	if (p) {
		w->p = malloc(n);
		if (!w->p)
			abort();
		memcpy(w->p, p, n);
	}
	if (s->last[dir])
		s->last[dir]->next = w;
	else
		s->first[dir] = w;
	s->last[dir] = w;
	give_all(s);
}

void
htp_side_close(struct htp_side *s)
{
	/* What one direction waits for will not come any more. */
	if (s->first[0] || s->first[1])
		give_up(s);
	htp_connp_close(s->connp, NULL);
}

size_t
htp_side_count(const struct htp_side *s)
{
	return s->lost ? s->whole : htp_list_size(htp_connp_get_connection(s->connp)->transactions);
}

bool
htp_side_lost(const struct htp_side *s)
{
	return s->lost;
}

static void
copy(char *to, size_t size, const bstr *from)
{
	size_t n = from ? bstr_len(from) : 0;
	if (n > size - 1)
		n = size - 1;
	if (n)
		memcpy(to, bstr_ptr(from), n);
	to[n] = '\0';
}

static void
copy_header(char *to, size_t size, const htp_table_t *headers, const char *name)
{
	const htp_header_t *h = htp_table_get_c(headers, name);
	copy(to, size, h ? h->value : NULL);
}

static uint8_t
version(int protocol)
{
	switch (protocol) {
	case HTP_PROTOCOL_0_9:
		return 9;
	case HTP_PROTOCOL_1_0:
		return 10;
	case HTP_PROTOCOL_1_1:
		return 11;
	default:
		return 0;
	}
}

static uint64_t
length(int64_t n)
{
	return n > 0 ? (uint64_t)n : 0;
}

void
htp_side_get(const struct htp_side *s, size_t i, struct htp_seen *out)
{
	const htp_tx_t *tx = htp_list_get(htp_connp_get_connection(s->connp)->transactions, i);
	memset(out, 0, sizeof(*out));
	if (!tx)
		return;
	out->has_request = tx->request_method != NULL;
	out->request_whole = tx->request_progress == HTP_REQUEST_COMPLETE;
	out->response_whole = tx->response_progress == HTP_RESPONSE_COMPLETE;
	out->chunked = tx->response_transfer_coding == HTP_CODING_CHUNKED;
	out->status = tx->response_status_number > 0 ? (uint16_t)tx->response_status_number : 0;
	out->request_version = tx->is_protocol_0_9 ? 9 : version(tx->request_protocol_number);
	out->response_version = version(tx->response_protocol_number);
	out->request_body = length(tx->request_entity_len);
	out->response_body = length(tx->response_entity_len);
	copy(out->method, sizeof(out->method), tx->request_method);
	copy(out->uri, sizeof(out->uri), tx->request_uri);
	copy(out->reason, sizeof(out->reason), tx->response_message);
	copy_header(out->host, sizeof(out->host), tx->request_headers, "host");
	copy_header(out->user_agent, sizeof(out->user_agent), tx->request_headers, "user-agent");
	copy_header(out->referrer, sizeof(out->referrer), tx->request_headers, "referer");
	copy_header(out->type, sizeof(out->type), tx->response_headers, "content-type");
	copy_header(out->encoding, sizeof(out->encoding), tx->response_headers, "content-encoding");
}
