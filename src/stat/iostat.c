/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * io,stat,INTERVAL[,COLUMN]…: a row an interval. A column is empty (all frames), a display filter,
 * or FUNCTION(FIELD)FILTER with COUNT, SUM, MIN, MAX or AVG over the values of the field in the
 * frames that the filter lets through.
 */
#include <stdlib.h>
#include <string.h>

#include "i18n.h"
#include "look.h"
#include "netinspect/proto.h"
#include "report_mem.h"

enum { COLUMNS = 16, MAX_ROWS = 100000, NS = 1000000000 };

enum func { FRAMES, COUNT, SUM, MIN, MAX, AVG, NFUNCS };

static const char *const func_names[NFUNCS] = {
    [FRAMES] = "frames", [COUNT] = "COUNT", [SUM] = "SUM",
    [MIN] = "MIN",       [MAX] = "MAX",     [AVG] = "AVG"};

struct column {
	char text[256]; /* as typed */
	char field[64];
	enum func func;
	bool time;                /* the field is a span of time, in nanoseconds */
	struct ni_filter *filter; /* NULL: all frames */
	struct stat_want want;
	struct cell *at; /* where values of the frame at hand go */
};

struct cell {
	uint64_t n;     /* frames, or values */
	uint64_t bytes; /* of frames */
	int64_t sum, least, most;
};

struct iostat {
	struct stat_base base;
	struct rp_list rows; /* of ncolumns cells each */
	int64_t interval_ns; /* 0: the whole capture is one */
	unsigned ncolumns;
	uint64_t late; /* frames behind the last row that is kept */
	struct column column[COLUMNS];
};

static void
take_value(void *ctx, const struct ni_field *f, const struct ni_value *v)
{
	struct cell *c = ((struct column *)ctx)->at;
	int64_t i = f->type == NI_DOUBLE ? (int64_t)v->d : v->i;
	if (!c->n || i < c->least)
		c->least = i;
	if (!c->n || i > c->most)
		c->most = i;
	c->n++;
	c->sum += i;
}

/* The row that a frame belongs to, with those before it; NULL when there are too many. */
static struct cell *
row_of(struct iostat *s, int64_t ts_ns)
{
	int64_t since = ts_ns - s->base.first_ns;
	uint64_t i = s->interval_ns && since > 0 ? (uint64_t)(since / s->interval_ns) : 0;
	while (i < MAX_ROWS && s->rows.n <= i)
		if (!rp_list_add(&s->rows))
			break;
	if (i < s->rows.n)
		return rp_list_at(&s->rows, (size_t)i);
	s->late++;
	return NULL;
}

static void
frame(struct ni_sink *sink, const struct ni_dis *d)
{
	struct iostat *s = (struct iostat *)sink;
	stat_takes(&s->base, d);
	struct cell *row = row_of(s, d->frame->ts_ns);
	for (unsigned i = 0; row && i < s->ncolumns; i++) {
		struct column *c = &s->column[i];
		if (c->filter && !ni_filter_match(c->filter, d))
			continue;
		c->at = &row[i];
		if (c->func == FRAMES) {
			row[i].n++;
			row[i].bytes += d->frame->len;
			continue;
		}
		for (unsigned k = 0; k < d->nlayers; k++)
			for (unsigned r = 0; r < c->want.rows; r++) {
				if (c->want.row[r].proto != d->layers[k].proto)
					continue;
				stat_look(&c->want, 1, d, &d->layers[k]);
				break;
			}
	}
}

/* ---- writing ---- */

static void
put_number(struct ni_buf *b, const struct column *c, int64_t v)
{
	if (c->time)
		ni_buf_sec(b, v, 9);
	else
		ni_buf_i64(b, v);
}

/* A cell as a number; nothing when there is none. */
static void
put_cell(struct ni_buf *b, const struct column *c, const struct cell *x)
{
	bool none = !x->n && c->func >= MIN;
	if (none)
		return;
	switch (c->func) {
	case FRAMES:
	case COUNT:
		ni_buf_u64(b, x->n);
		break;
	case SUM:
		put_number(b, c, x->sum);
		break;
	case MIN:
		put_number(b, c, x->least);
		break;
	case MAX:
		put_number(b, c, x->most);
		break;
	case AVG:
		if (c->time)
			ni_buf_sec(b, x->sum / (int64_t)x->n, 9);
		else
			ni_buf_fmt(b, "%.6g", (double)x->sum / (double)x->n);
		break;
	case NFUNCS:
		break;
	}
}

static void
put_bound(struct ni_buf *b, int64_t ns)
{
	ni_buf_sec(b, ns, 6);
}

static void
write_text(const struct iostat *s)
{
	struct ni_buf *b = &s->base.env.out->b;
	char v[64];
	stat_head(&s->base, _("Packets over time"));
	for (unsigned i = 0; i < s->ncolumns; i++)
		ni_buf_fmt(b, "  %u: %s\n", i + 1,
			   s->column[i].text[0] ? s->column[i].text : _("all frames"));
	stat_cell(b, _("seconds"), 25);
	for (unsigned i = 0; i < s->ncolumns; i++) {
		snprintf(v, sizeof(v), "%u:%s", i + 1, func_names[s->column[i].func]);
		stat_cell(b, v, 14);
		if (s->column[i].func == FRAMES)
			stat_cell(b, _("bytes"), 14);
	}
	ni_buf_c(b, '\n');
	for (uint32_t r = 0; r < s->rows.n; r++) {
		const struct cell *row = rp_list_at(&s->rows, r);
		int64_t from = (int64_t)r * s->interval_ns;
		int64_t to =
		    s->interval_ns ? from + s->interval_ns : s->base.last_ns - s->base.first_ns;
		struct ni_buf t = ni_buf(v, sizeof(v));
		put_bound(&t, from);
		ni_buf_str(&t, " - ");
		put_bound(&t, to);
		stat_cell(b, ni_buf_z(&t), 25);
		for (unsigned i = 0; i < s->ncolumns; i++) {
			t.len = 0;
			put_cell(&t, &s->column[i], &row[i]);
			stat_cell(b, ni_buf_z(&t), 14);
			if (s->column[i].func != FRAMES)
				continue;
			t.len = 0;
			ni_buf_u64(&t, row[i].bytes);
			stat_cell(b, ni_buf_z(&t), 14);
		}
		ni_buf_c(b, '\n');
		ni_out_line(s->base.env.out);
	}
	if (s->late)
		ni_buf_fmt(b, _("%llu frames are later: only %d intervals are kept\n"),
			   (unsigned long long)s->late, MAX_ROWS);
}

static void
write_json(const struct iostat *s)
{
	struct ni_buf *b = &s->base.env.out->b;
	stat_json_begin(&s->base);
	ni_buf_str(b, "\"columns\":[");
	for (unsigned i = 0; i < s->ncolumns; i++) {
		ni_buf_str(b, i ? ",\"" : "\"");
		ni_buf_json(b, (const uint8_t *)s->column[i].text, strlen(s->column[i].text));
		ni_buf_c(b, '"');
	}
	ni_buf_fmt(b, "],\"lost\":%llu,\"rows\":[", (unsigned long long)s->late);
	for (uint32_t r = 0; r < s->rows.n; r++) {
		const struct cell *row = rp_list_at(&s->rows, r);
		ni_buf_str(b, r ? ",{\"start\":" : "{\"start\":");
		put_bound(b, (int64_t)r * s->interval_ns);
		ni_buf_str(b, ",\"values\":[");
		for (unsigned i = 0; i < s->ncolumns; i++) {
			size_t before = b->len;
			ni_buf_str(b, i ? "," : "");
			size_t at = b->len;
			if (s->column[i].func == FRAMES)
				ni_buf_fmt(b, "{\"frames\":%llu,\"bytes\":%llu}",
					   (unsigned long long)row[i].n,
					   (unsigned long long)row[i].bytes);
			else
				put_cell(b, &s->column[i], &row[i]);
			if (b->len == at && at >= before)
				ni_buf_str(b, "null");
		}
		ni_buf_str(b, "]}");
		ni_out_line(s->base.env.out);
	}
	ni_buf_c(b, ']');
	stat_json_end(&s->base);
}

static int
finish(struct ni_sink *sink, struct ni_err *err)
{
	const struct iostat *s = (struct iostat *)sink;
	if (s->base.env.json)
		write_json(s);
	else
		write_text(s);
	return ni_out_flush(s->base.env.out, err);
}

static void
destroy(struct ni_sink *sink)
{
	struct iostat *s = (struct iostat *)sink;
	for (unsigned i = 0; i < s->ncolumns; i++)
		ni_filter_free(&s->column[i].filter);
	rp_list_free(&s->rows);
	stat_base_free(&s->base);
	free(s);
}

static const struct ni_sink_ops ops = {
    .name = "io,stat", .frame = frame, .finish = finish, .free = destroy};

/* ---- arguments ---- */

/* Length of the next column: up to a comma outside of quotes, braces and parentheses. */
static size_t
column_length(const char *p)
{
	unsigned depth = 0;
	char quote = 0;
	size_t n = 0;
	for (; p[n] && (p[n] != ',' || depth || quote); n++) {
		if (quote && p[n] == '\\' && p[n + 1])
			n++;
		else if (quote)
			quote = (char)(p[n] == quote ? 0 : quote);
		else if (p[n] == '"' || p[n] == '\'')
			quote = p[n];
		else if (strchr("({[", p[n]))
			depth++;
		else if (strchr(")}]", p[n]) && depth)
			depth--;
	}
	return n;
}

/* "AVG(tcp.len)": sets func and field. Returns what follows, or @p itself if it is no function. */
static const char *
read_function(struct column *c, const char *p)
{
	for (unsigned f = COUNT; f < NFUNCS; f++) {
		size_t n = strlen(func_names[f]);
		const char *end = p + n + strcspn(p + (strlen(p) > n ? n : strlen(p)), ")");
		if (strncmp(p, func_names[f], n) != 0 || p[n] != '(' || *end != ')')
			continue;
		size_t len = (size_t)(end - p) - n - 1;
		len = len < sizeof(c->field) ? len : sizeof(c->field) - 1;
		memcpy(c->field, p + n + 1, len);
		c->field[len] = '\0';
		c->func = (enum func)f;
		return end + 1;
	}
	return p;
}

static int
bad_field(const struct iostat *s, const struct column *c, struct ni_err *err)
{
	char near[256];
	struct ni_buf b = ni_buf(near, sizeof(near));
	const struct ni_registry *reg = ni_session_registry(s->base.env.session);
	if (c->want.rows) {
		ni_fail(err, NI_ERR_INPUT, _("-z io,stat: %s is no number: %s"), c->field,
			_(ni_type_name(c->want.row[0].field->type)));
		ni_hint(err, _("COUNT works with every field"));
		return NI_ERR_INPUT;
	}
	ni_field_suggest(reg, c->field, &b);
	ni_fail(err, NI_ERR_INPUT, _("-z io,stat: no field '%s'"), c->field);
	if (b.len)
		ni_hint(err, _("did you mean %s?"), ni_buf_z(&b));
	return NI_ERR_INPUT;
}

static int
add_column(struct iostat *s, const char *p, size_t n, struct ni_err *err)
{
	struct ni_filter_error wrong;
	const struct ni_registry *reg = ni_session_registry(s->base.env.session);
	if (s->ncolumns == COLUMNS || n >= sizeof(s->column[0].text))
		return ni_stat_bad(s->base.stat, p, _("too many columns, or one is too long"), err);
	struct column *c = &s->column[s->ncolumns++];
	snprintf(c->text, sizeof(c->text), "%.*s", (int)n, p);
	const char *filter = read_function(c, c->text);
	if (c->func != FRAMES) {
		c->want.key = c->field;
		c->want.each = take_value;
		c->want.ctx = c;
		stat_wants_init(&c->want, 1, reg);
		unsigned type = c->want.rows ? c->want.row[0].field->type : NI_NONE;
		bool number = (type >= NI_BOOL && type <= NI_DOUBLE) || type == NI_RELTIME;
		if (!c->want.rows || (!number && c->func != COUNT))
			return bad_field(s, c, err);
		c->time = type == NI_RELTIME;
	}
	if (!filter[0])
		return NI_SUCCESS;
	c->filter = ni_filter_compile(reg, filter, &wrong);
	if (c->filter)
		return NI_SUCCESS;
	ni_fail(err, NI_ERR_INPUT, "-z io,stat: %s: %s", filter, wrong.what);
	ni_hint(err, "%s", wrong.hint);
	return NI_ERR_INPUT;
}

static int
read_args(struct iostat *s, const char *args, struct ni_err *err)
{
	char *end = NULL;
	double seconds = strtod(args, &end);
	if (end == args || (*end && *end != ',') || !(seconds >= 0) || seconds > 1e9)
		return ni_stat_bad(s->base.stat, args, _("the interval is no number of seconds"),
				   err);
	s->interval_ns = (int64_t)(seconds * NS);
	if (seconds > 0 && s->interval_ns < 1000)
		return ni_stat_bad(s->base.stat, args, _("the interval is below a microsecond"),
				   err);
	int rc = NI_SUCCESS;
	const char *p = end;
	while (*p == ',' && !rc) {
		size_t n = column_length(++p);
		rc = add_column(s, p, n, err);
		p += n;
	}
	return rc || s->ncolumns ? rc : add_column(s, "", 0, err);
}

struct ni_sink *
ni_stat_iostat(const struct ni_stat_env *env, const struct ni_stat *stat, const char *args,
	       struct ni_err *err)
{
	struct iostat *s = calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	s->base.sink.ops = &ops;
	if (stat_base_init(&s->base, env, stat, "", err) || read_args(s, args, err)) {
		destroy(&s->base.sink);
		return NULL;
	}
	s->rows = (struct rp_list){.item = s->ncolumns * sizeof(struct cell), .max = MAX_ROWS};
	return &s->base.sink;
}
