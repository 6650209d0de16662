/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Capture filters as display filters; see twins.h. A primitive is [protocol] [src | dst] [host |
 * net | port | portrange] VALUE; what it leaves out is taken from the one before ("port 80 or 81").
 */
#include "twins.h"

#include <ctype.h>
#include <string.h>

#include "netinspect/buf.h"

enum kind { NO_KIND, HOST, NET, PORT, PORTRANGE };

struct primitive {
	char proto[8]; /* "": any */
	char dir[4];   /* "src", "dst" or "" */
	enum kind kind;
};

static const char *const protocols[] = {"ether", "ip",   "ip6",   "arp",  "tcp",
					"udp",   "icmp", "icmp6", "igmp", "vlan"};
static const char *const joints[] = {"and", "or", "not", "&&", "||", "!", "(", ")"};
static const char *const others[] = {"src", "dst", "host", "net", "port", "portrange"};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static bool
among(const char *w, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(w, list[i]))
			return true;
	return false;
}

/* The next word, "(", ")" or "!" into @w; NULL at the end, and where it is too long. */
static const char *
next_word(const char *p, char w[64])
{
	size_t n = 0;
	while (isspace((unsigned char)*p))
		p++;
	if (*p && strchr("()!", *p))
		w[n++] = *p++;
	else
		while (*p && !isspace((unsigned char)*p) && !strchr("()!", *p) && n < 63)
			w[n++] = *p++;
	w[n] = '\0';
	return n && n < 63 ? p : NULL;
}

static bool
is_value(const char *w)
{
	return w[strspn(w, "0123456789abcdefABCDEF.:/-")] == '\0' &&
	       (isdigit((unsigned char)w[0]) || strchr(w, ':'));
}

bool
ni_twin_is_plain(const char *text)
{
	char w[64];
	const char *p = text;
	bool any = false;
	while ((p = next_word(p, w))) {
		if (!among(w, protocols, COUNT(protocols)) && !among(w, joints, COUNT(joints)) &&
		    !among(w, others, COUNT(others)) && !is_value(w))
			return false;
		any = true;
	}
	return any;
}

static const char *
display_name(const char *proto)
{
	return !strcmp(proto, "ether")   ? "eth"
	       : !strcmp(proto, "ip6")   ? "ipv6"
	       : !strcmp(proto, "icmp6") ? "icmpv6"
					 : proto;
}

static void
put_ports(struct ni_buf *b, const struct primitive *p, const char *value)
{
	static const char *const both[] = {"tcp", "udp"};
	const char *const one[] = {p->proto};
	bool given = !strcmp(p->proto, "tcp") || !strcmp(p->proto, "udp");
	const char *dash = p->kind == PORTRANGE ? strchr(value, '-') : NULL;
	if (!given)
		ni_buf_c(b, '(');
	for (size_t i = 0; i < (given ? 1U : 2U); i++) {
		ni_buf_fmt(b, "%s%s.%sport ", i ? " or " : "", given ? one[i] : both[i], p->dir);
		if (dash)
			ni_buf_fmt(b, "in {%.*s..%s}", (int)(dash - value), value, dash + 1);
		else
			ni_buf_fmt(b, "== %s", value);
	}
	if (!given)
		ni_buf_c(b, ')');
}

static void
put_host(struct ni_buf *b, const struct primitive *p, const char *value)
{
	const char *family = strchr(value, ':') ? "ipv6" : "ip";
	if (!strcmp(p->proto, "ether"))
		family = "eth";
	if (!strcmp(p->proto, "tcp") || !strcmp(p->proto, "udp"))
		ni_buf_fmt(b, "%s and ", p->proto);
	ni_buf_fmt(b, "%s.%s == %s", family, *p->dir ? p->dir : "addr", value);
}

/* One primitive, of which @w is the first word; behind it, or NULL. */
static const char *
primitive(struct ni_buf *b, const char *p, char w[64], struct primitive *last)
{
	static const char *const kinds[] = {"", "host", "net", "port", "portrange"};
	struct primitive now = {.kind = NO_KIND};
	bool said = false;
	for (;; said = true) {
		if (among(w, protocols, COUNT(protocols)))
			memcpy(now.proto, w, strlen(w) + 1);
		else if (!strcmp(w, "src") || !strcmp(w, "dst"))
			memcpy(now.dir, w, sizeof(now.dir));
		else if (is_value(w))
			break;
		else
			for (enum kind k = HOST; k <= PORTRANGE; k++)
				now.kind = strcmp(w, kinds[k]) ? now.kind : k;
		char ahead[64];
		const char *rest = next_word(p, ahead);
		if (!rest || among(ahead, joints, COUNT(joints))) {
			if (now.kind || *now.dir || !*now.proto)
				return NULL;
			ni_buf_str(b, display_name(now.proto));
			return p;
		}
		memcpy(w, ahead, sizeof(ahead));
		p = rest;
	}
	if (!said)
		now = *last;
	if (now.kind == NO_KIND)
		now.kind = HOST;
	*last = now;
	if (now.kind == PORT || now.kind == PORTRANGE)
		put_ports(b, &now, w);
	else
		put_host(b, &now, w);
	return p;
}

bool
ni_twin(const char *text, char *out, size_t size)
{
	struct ni_buf b = ni_buf(out, size);
	struct primitive last = {.kind = NO_KIND};
	char w[64];
	const char *p = text;
	while (p && (p = next_word(p, w))) {
		if (b.len && out[b.len - 1] != '(' && out[b.len - 1] != '!' && *w != ')')
			ni_buf_c(&b, ' ');
		if (among(w, joints, COUNT(joints)))
			ni_buf_str(&b, w);
		else if (!(p = primitive(&b, p, w, &last)))
			return false;
	}
	ni_buf_z(&b);
	return b.len && !b.cut;
}
