/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which bytes may go to a terminal; see raw.h. */
#include "raw.h"

#include <stdio.h>
#include <string.h>

enum { ESC = 0x1b, BEL = 7 };

static void
complain(struct raw *r, const char *what)
{
	char shown[60];
	size_t k = 0;
	if (r->why[0])
		return;
	for (size_t i = 0; i < r->n && k + 5 < sizeof(shown); i++) {
		unsigned char c = (unsigned char)r->seq[i];
		k += (size_t)snprintf(shown + k, sizeof(shown) - k,
				      c < 0x20 || c >= 0x7f ? "\\x%02x" : "%c", c);
	}
	shown[k] = '\0';
	snprintf(r->why, sizeof(r->why), "%s went to the terminal: %s", what, shown);
}

/* The value of @c in base64, -1 for none. */
static int
digit(char c)
{
	static const char all[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c ? strchr(all, c) : NULL;
	return at ? (int)(at - all) : -1;
}

/* ESC ] 52 ; c ; BASE64 BEL */
static void
take_copy(struct raw *r)
{
	static const char head[] = "\033]52;c;";
	size_t from = sizeof(head) - 1;
	unsigned bits = 0;
	unsigned value = 0;
	if (r->n == 6 && !memcmp(r->seq, "\033]104\a", 6))
		return; /* terminfo's "oc": colours as they were */
	if (r->n < from || memcmp(r->seq, head, from) != 0) {
		complain(r, "a command of the operating system");
		return;
	}
	r->copied_n = 0;
	for (size_t i = from; i + 1 < r->n; i++) {
		int d = digit(r->seq[i]);
		if (d < 0 && r->seq[i] != '=')
			complain(r, "a copy that is no base64");
		if (d < 0)
			continue;
		value = value << 6 | (unsigned)d;
		bits += 6;
		if (bits < 8)
			continue;
		bits -= 8;
		r->copied[r->copied_n++] = (char)(value >> bits & 0xff);
	}
}

/* Modes that may be set and reset: cursor keys, wrap, blink, cursor, mouse, alternate screen. */
static bool
known_mode(const char *s, size_t n)
{
	static const int modes[] = {1,    3,    4,    5,    7,    12,   25,  47,
				    1000, 1002, 1003, 1006, 1047, 1048, 1049};
	for (size_t i = 0; i < n;) {
		int v = 0;
		while (i < n && s[i] >= '0' && s[i] <= '9' && v < 100000)
			v = v * 10 + s[i++] - '0';
		bool known = false;
		for (size_t k = 0; k < sizeof(modes) / sizeof(modes[0]); k++)
			known |= modes[k] == v;
		if (!known || (i < n && s[i++] != ';'))
			return false;
	}
	return true;
}

/* ESC [ … final */
static void
take_csi(struct raw *r)
{
	char final = r->seq[r->n - 1];
	const char *args = r->seq + 2;
	size_t n = r->n - 3;
	bool fine;
	if (n && args[0] == '?') {
		fine = ((final == 'h' || final == 'l') && known_mode(args + 1, n - 1)) ||
		       (r->linux_console && final == 'c');
		if (fine && memmem(args, n, "1000", 4))
			r->mouse = final == 'h';
		if (fine && memmem(args, n, "25", 2))
			r->hidden = final == 'l';
	} else {
		fine = strchr("ABCDEFGHJKLMPSTXZ@bdfgmr", final) != NULL;
		fine |= (final == 'h' || final == 'l') && (n == 1 && args[0] == '4');
		fine |= (final == 'h' || final == 'l') && n == 2 && !memcmp(args, "34", 2);
		fine |= final == 't' && n == 6 && !memcmp(args, "22;0;0", 6);
		fine |= final == 't' && n == 6 && !memcmp(args, "23;0;0", 6);
		for (size_t i = 0; i < n && final != 't'; i++)
			fine &= (args[i] >= '0' && args[i] <= '9') || args[i] == ';';
	}
	if (!fine)
		complain(r, "a control sequence that curses has no use for");
}

/* Whether the sequence begun is complete; what is no sequence is complained of. */
static bool
sequence_done(struct raw *r)
{
	char c = r->seq[r->n - 1];
	if (r->n < 2)
		return false;
	switch (r->seq[1]) {
	case '[':
		if (r->n == 2 || (unsigned char)c < 0x40)
			return false;
		take_csi(r);
		return true;
	case ']':
		if (r->linux_console && r->n == 3 && c == 'R')
			return true;
		if (c != BEL)
			return false;
		take_copy(r);
		return true;
	case '(':
	case ')':
		if (r->n < 3)
			return false;
		if (!strchr("AB0U", c))
			complain(r, "a strange character set");
		return true;
	default:
		if (!strchr("78=>M", c))
			complain(r, "an escape sequence");
		return true;
	}
}

static void
take_text(struct raw *r, unsigned char c)
{
	r->seq[0] = (char)c;
	r->n = 1;
	if (r->follow) {
		if ((c & 0xc0) != 0x80 || (r->first == 0xc2 && c < 0xa0))
			complain(r, "a byte that is no UTF-8 or a control character");
		r->follow--;
		r->first = 0;
	} else if (c >= 0x80) {
		r->follow = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : 1;
		r->first = c;
		if (!r->utf8 || c < 0xc2 || c > 0xf4)
			complain(r, "a byte that is no character here");
	} else if (c == 0x7f || (c < 0x20 && !strchr("\r\n\b\t\016\017\a", (char)c)) || !c) {
		complain(r, "a control character");
	}
	r->n = 0;
}

void
raw_take(struct raw *r, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		bool in_sequence = r->n > 0;
		if (!in_sequence && s[i] != ESC) {
			take_text(r, (unsigned char)s[i]);
			continue;
		}
		r->seq[r->n++] = s[i];
		if (r->n == sizeof(r->seq))
			complain(r, "a sequence without end");
		if (r->n == sizeof(r->seq) || sequence_done(r))
			r->n = 0;
	}
}
