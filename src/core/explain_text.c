/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of sentences, and how one is filled in and appended. */
#include <string.h>

#include "explain_priv.h"
#include "i18n.h"

static const char *const texts[] = {
#define MSG(name, text) text,
#include "explain.def"
#undef MSG
};

const char *
ni_msg_text(enum ni_msg m)
{
	return m < NI_MSG_COUNT ? texts[m] : "";
}

/* Sentences are set apart by a space, but for those that end in a full stop as wide as a space. */
static void
set_apart(struct ni_buf *b)
{
	if (b->len && (b->p[b->len - 1] & 0x80) == 0)
		ni_buf_c(b, ' ');
}

void
ni_say(struct ni_ex *x, enum ni_msg m)
{
	const char *text = ni_msg_text(m);
	if (!*text)
		return;
	if (strstr(text, "{now_sender}"))
		x->told[x->r->side] = true;
	if (strstr(text, "{now_peer}"))
		x->told[!x->r->side] = true;
	set_apart(x->b);
	for (const char *s = _(text); *s;) {
		size_t n = strcspn(s, "{");
		ni_buf_mem(x->b, s, n);
		s += n;
		const char *end = *s ? strchr(s, '}') : NULL;
		if (end && ni_fact(x, s + 1, (size_t)(end - s - 1)))
			s = end + 1;
		else if (*s)
			ni_buf_c(x->b, *s++);
	}
}
