/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DNS messages (RFC 1035 4.1); see query.h. */
#include "query.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

#include "dns.h"
#include "i18n.h"

enum {
	LABEL_MAX = 63,
	NAME_MAX_TEXT = 253, /* without the last dot */
	TYPE_PTR = 12,
	CLASS_IN = 1,
	RD = 0x0100,
	LINE = 2048,
	DATA = 4096, /* of a record's data, as text */
};

uint16_t
nl_query_type(const char *name)
{
	char known[16];
	for (unsigned t = 1; t <= UINT16_MAX; t++) {
		ni_dns_type_name(known, (uint16_t)t);
		if (!strcasecmp(known, name))
			return (uint16_t)t;
	}
	return 0;
}

static int
put_name(struct nl_packet *k, const char *name, struct ni_err *err)
{
	size_t n = strlen(name);
	if (n && name[n - 1] == '.')
		n--;
	for (size_t at = 0, label; at < n; at += label + 1) {
		label = strcspn(name + at, ".");
		if (!label || label > LABEL_MAX || n > NAME_MAX_TEXT) {
			ni_fail(err, NI_ERR_INPUT, _("%s: not a domain name"), name);
			ni_hint(err,
				_("words of 1 to 63 bytes with dots between them, 253 in all"));
			return NI_ERR_INPUT;
		}
		nl_put8(k, (uint8_t)label);
		nl_put(k, name + at, (uint32_t)label);
	}
	nl_put8(k, 0);
	return NI_SUCCESS;
}

int
nl_query_make(struct nl_packet *k, const struct nl_query *q, struct ni_err *err)
{
	char reverse[32];
	const char *name = q->name;
	uint8_t ip[4];
	if (q->type == TYPE_PTR && inet_pton(AF_INET, name, ip) == 1) {
		snprintf(reverse, sizeof(reverse), "%u.%u.%u.%u.in-addr.arpa", ip[3], ip[2], ip[1],
			 ip[0]);
		name = reverse;
	}
	k->n = 0;
	nl_put16(k, q->id);
	nl_put16(k, q->recursion ? RD : 0);
	nl_put16(k, 1);
	nl_put32(k, 0);
	nl_put16(k, q->edns != 0);
	int rc = put_name(k, name, err);
	nl_put16(k, q->type);
	nl_put16(k, CLASS_IN);
	if (q->edns) { /* RFC 6891 6.1.2 */
		nl_put8(k, 0);
		nl_put16(k, DNS_OPT);
		nl_put16(k, q->edns);
		nl_put32(k, 0);
		nl_put16(k, 0);
	}
	return rc;
}

static const struct ni_layer *
message(struct nl_look *look, const uint8_t *p, uint32_t n, const struct ni_dis **d)
{
	*d = nl_look_at(look, NL_FROM_DNS, p, n);
	return ni_layer_find(*d, NULL, &ni_proto_dns);
}

bool
nl_query_answered(struct nl_look *look, const struct nl_packet *k, const uint8_t *p, uint32_t n,
		  const char **why)
{
	const struct ni_dis *d;
	struct ni_dns_brief asked;
	struct ni_dns_brief b;
	const struct ni_layer *l = message(look, k->p, k->n, &d);
	*why = _("no question was asked");
	if (!l || !ni_dns_brief(d, l, &asked))
		return false;
	l = message(look, p, n, &d);
	*why = NULL;
	if (!l || !ni_dns_brief(d, l, &b))
		*why = _("too short");
	else if (!b.response)
		*why = _("no response");
	else if (b.id != asked.id)
		*why = _("another id");
	/* A server that could not read the question need not repeat it. */
	else if (b.question && (b.qtype != asked.qtype || b.name_len != asked.name_len ||
				strncasecmp((char *)b.name, (char *)asked.name, b.name_len) != 0))
		*why = _("another question");
	return !*why;
}

static void
show_record(FILE *f, struct dns_msg *m, const struct dns_rr *rr, unsigned section)
{
	static const char *const sections[] = {"question", "answer", "authority", "additional"};
	char line[4 * DATA + LINE]; /* escaped */
	char data[DATA];
	char type[16];
	struct ni_buf b = ni_buf(line, sizeof(line));
	struct ni_buf text = ni_buf(data, sizeof(data));
	if (rr->type == DNS_OPT) {
		fprintf(f, "%-10s EDNS: %u\n", sections[section], rr->class);
		return;
	}
	ni_dns_type_name(type, rr->type);
	dns_rr_text(m, rr, &text);
	ni_buf_fmt(&b, "%-10s ", sections[section]);
	dns_name_print(&b, &rr->name);
	ni_buf_fmt(&b, " %lu %s ", (unsigned long)rr->ttl, type);
	ni_buf_escape(&b, (const uint8_t *)data, text.len);
	fprintf(f, "%s%s\n", ni_buf_z(&b), text.cut ? " …" : "");
}

static void
show_header(FILE *f, uint32_t n, const struct ni_dns_brief *b)
{
	static const struct {
		uint16_t bit;
		const char *word;
	} flags[] = {{0x8000, "qr"}, {0x0400, "aa"}, {0x0200, "tc"}, {0x0100, "rd"},
		     {0x0080, "ra"}, {0x0020, "ad"}, {0x0010, "cd"}};
	const char *rcode = ni_dns_rcode_name(b->rcode);
	fprintf(f, "%-10s id 0x%04x, flags", b->response ? "response" : "query", b->id);
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (b->flags & flags[i].bit)
			fprintf(f, " %s", flags[i].word);
	if (b->response)
		fprintf(f, ", %s (%u)", rcode ? rcode : "?", b->rcode);
	fprintf(f, ", %u bytes\n", n);
}

int
nl_query_show(struct nl_look *look, FILE *f, const uint8_t *p, uint32_t n)
{
	const struct ni_dis *d;
	const struct ni_layer *l = message(look, p, n, &d);
	struct dns_msg m;
	struct dns_reader r;
	struct dns_question q;
	struct dns_rr rr;
	struct ni_dns_brief b;
	char line[LINE];
	char type[16];
	if (!l || !ni_dns_brief(d, l, &b))
		return -1;
	show_header(f, n, &b);
	m = dns_message(d, l);
	dns_reader(&r, &m);
	while (dns_question(&r, &q)) {
		struct ni_buf t = ni_buf(line, sizeof(line));
		ni_dns_type_name(type, q.type);
		dns_name_print(&t, &q.name);
		fprintf(f, "%-10s %s %s\n", "question", ni_buf_z(&t), type);
	}
	while (dns_record(&r, &rr))
		show_record(f, &m, &rr, r.section);
	if (r.c.rc != NI_OK || r.left[0] || r.left[1] || r.left[2] || r.left[3])
		fputs(_("the message ends before its last record\n"), f);
	return b.rcode;
}
