/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writing JSON; see jsonw.h. */
#include "jsonw.h"

#include <string.h>

void
ni_json_next(struct ni_jsonw *w)
{
	if (w->more)
		ni_buf_c(w->b, ',');
	w->more = true;
}

void
ni_json_open(struct ni_jsonw *w, char bracket)
{
	ni_json_next(w);
	ni_buf_c(w->b, bracket);
	w->more = false;
}

void
ni_json_close(struct ni_jsonw *w, char bracket)
{
	ni_buf_c(w->b, bracket);
	w->more = true;
}

void
ni_json_key(struct ni_jsonw *w, const char *key)
{
	ni_json_next(w);
	ni_buf_c(w->b, '"');
	ni_buf_str(w->b, key);
	ni_buf_str(w->b, "\":");
	w->more = false;
}

void
ni_json_text(struct ni_jsonw *w, const void *p, size_t n)
{
	ni_json_next(w);
	ni_buf_c(w->b, '"');
	ni_buf_json(w->b, p, n);
	ni_buf_c(w->b, '"');
}

void
ni_json_word(struct ni_jsonw *w, const char *s)
{
	ni_json_text(w, s, strlen(s));
}

void
ni_json_u64(struct ni_jsonw *w, uint64_t v)
{
	ni_json_next(w);
	ni_buf_u64(w->b, v);
}

void
ni_json_bool(struct ni_jsonw *w, bool v)
{
	ni_json_next(w);
	ni_buf_str(w->b, v ? "true" : "false");
}

void
ni_json_sec(struct ni_jsonw *w, int64_t ns)
{
	ni_json_next(w);
	ni_buf_sec(w->b, ns, 9);
}
