/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The steps of netlab tcp and netlab udp; see talk.h. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "i18n.h"
#include "netinspect/buf.h"
#include "talk.h"

enum {
	STEPS_MAX = 200,
	FILL_MAX = 1 << 30,
	WAIT_MAX_MS = 600000,
	SHOWN = 64, /* bytes of what came that are printed */
};

/* ---- what happened ---- */

void
nl_talk_tell(const struct nl_talk *t, const char *what, const char *more)
{
	char text[32];
	struct ni_buf b = ni_buf(text, sizeof(text));
	if (t->quiet)
		return;
	ni_buf_sec(&b, (nl_now() - t->start) * 1000, 6);
	printf("%s %s%s%s\n", ni_buf_z(&b), what, *more ? " " : "", more);
}

static void
tell_count(const struct nl_talk *t, const char *what, uint64_t n)
{
	char text[32];
	struct ni_buf b = ni_buf(text, sizeof(text));
	ni_buf_u64(&b, n);
	nl_talk_tell(t, what, ni_buf_z(&b));
}

static void
tell_bytes(const struct nl_talk *t, const char *what, const uint8_t *p, size_t n)
{
	char text[5 * SHOWN + 64];
	struct ni_buf b = ni_buf(text, sizeof(text));
	ni_buf_fmt(&b, "%zu: ", n);
	ni_buf_escape(&b, p, n < SHOWN ? n : SHOWN);
	nl_talk_tell(t, what, ni_buf_z(&b));
}

int
nl_talk_over(const struct nl_talk *t, const char *step, int error)
{
	if (error == ECONNREFUSED)
		nl_talk_tell(t, "refused", "");
	else if (error == ECONNRESET || error == EPIPE)
		nl_talk_tell(t, "reset", "");
	else
		fprintf(stderr, "%s: %s: %s\n", t->program, step, strerror(error));
	return NL_TALK_OVER;
}

/* Wait until the socket is ready for @events. 0, or an errno. */
static int
wait_for(const struct nl_talk *t, short events)
{
	struct pollfd f = {.fd = t->fd, .events = events};
	int64_t until = nl_now() + (int64_t)t->wait_s * NL_SECOND;
	if (t->fd < 0)
		return ENOTCONN;
	while (!nl_stopped() && nl_now() < until)
		if (nl_wait(&f, 1, until) > 0)
			return 0;
	return nl_stopped() ? EINTR : ETIMEDOUT;
}

int
nl_talk_ready(const struct nl_talk *t, const char *step, short events)
{
	int error = wait_for(t, events);
	return error ? nl_talk_over(t, step, error) : NI_SUCCESS;
}

/* ---- steps ---- */

/* Take up to @n bytes to buf; *@got is how many came, 0 at the end. */
static int
take(struct nl_talk *t, const char *step, size_t n, size_t *got)
{
	ssize_t r = -1;
	errno = EAGAIN;
	while (r < 0 && errno == EAGAIN) {
		int rc = nl_talk_ready(t, step, POLLIN);
		if (rc)
			return rc;
		r = recv(t->fd, t->buf, n < NL_TALK_BUFFER ? n : NL_TALK_BUFFER, 0);
	}
	*got = r < 0 ? 0 : (size_t)r;
	return r < 0 ? nl_talk_over(t, step, errno) : NI_SUCCESS;
}

static int
give(struct nl_talk *t, const char *step, const uint8_t *p, size_t n)
{
	bool first = true; /* a datagram may be empty */
	for (size_t done = 0; done < n || (first && t->udp); first = false) {
		int rc = nl_talk_ready(t, step, POLLOUT);
		if (rc)
			return rc;
		ssize_t r = send(t->fd, p + done, n - done, MSG_NOSIGNAL);
		if (r < 0 && errno != EAGAIN)
			return nl_talk_over(t, step, errno);
		done += r > 0 ? (size_t)r : 0;
	}
	return NI_SUCCESS;
}

static int
do_recv(struct nl_talk *t, const char *step, const char *text, uint64_t n)
{
	size_t got = 1;
	(void)text;
	for (uint64_t left = n ? n : NL_TALK_BUFFER; left && got; left -= n ? got : left) {
		int rc = take(t, step, left, &got);
		if (rc)
			return rc;
		if (got || t->udp)
			tell_bytes(t, "recv", t->buf, got);
		else
			nl_talk_tell(t, "end", "");
	}
	return NI_SUCCESS;
}

static int
do_recv_all(struct nl_talk *t, const char *step, const char *text, uint64_t n)
{
	size_t got = 1;
	size_t all = 0;
	(void)text;
	(void)n;
	for (; got; all += got) {
		int rc = take(t, step, NL_TALK_BUFFER, &got);
		if (rc)
			return rc;
	}
	tell_count(t, "recv", all);
	nl_talk_tell(t, "end", "");
	return NI_SUCCESS;
}

static int
do_send(struct nl_talk *t, const char *step, const char *text, uint64_t n)
{
	size_t len = 0;
	(void)n;
	for (const char *p = text; *p && len < NL_TALK_BUFFER; p++) {
		uint8_t c = (uint8_t)*p;
		if (c == '\\' && p[1] && strchr("rn\\", p[1]))
			c = *++p == 'r' ? '\r' : *p == 'n' ? '\n' : '\\';
		t->buf[len++] = c;
	}
	int rc = give(t, step, t->buf, len);
	if (!rc)
		tell_bytes(t, "send", t->buf, len);
	return rc;
}

static int
do_fill(struct nl_talk *t, const char *step, const char *text, uint64_t n)
{
	static const char line[] = "All work and no play makes a dull capture.\n";
	int rc = NI_SUCCESS;
	(void)text;
	for (size_t i = 0; i < NL_TALK_BUFFER; i++)
		t->buf[i] = (uint8_t)line[i % (sizeof(line) - 1)];
	/* Whole lines, so that the text goes on where it stopped. */
	size_t piece = NL_TALK_BUFFER - NL_TALK_BUFFER % (sizeof(line) - 1);
	if (t->udp && n > piece)
		return nl_talk_over(t, step, EMSGSIZE);
	for (uint64_t left = n; left && !rc; left -= left < piece ? left : piece)
		rc = give(t, step, t->buf, left < piece ? left : piece);
	if (!rc)
		tell_count(t, "send", n);
	return rc;
}

static int
do_echo(struct nl_talk *t, const char *step, const char *text, uint64_t n)
{
	size_t got = 1;
	size_t all = 0;
	int rc = NI_SUCCESS;
	(void)text;
	(void)n;
	/* Over UDP nobody says that he has said all. */
	while (!rc && (got || t->udp)) {
		if (t->udp && wait_for(t, POLLIN))
			break;
		rc = take(t, step, NL_TALK_BUFFER, &got);
		if (!rc)
			rc = give(t, step, t->buf, got);
		all += rc ? 0 : got;
	}
	tell_count(t, "echo", all);
	return rc;
}

static int
do_wait(struct nl_talk *t, const char *step, const char *text, uint64_t n)
{
	int64_t until = nl_now() + (int64_t)n * NL_MS;
	(void)text;
	while (!nl_stopped() && nl_now() < until)
		nl_wait(NULL, 0, until);
	return nl_stopped() ? nl_talk_over(t, step, EINTR) : NI_SUCCESS;
}

static int
do_fin(struct nl_talk *t, const char *step, const char *text, uint64_t n)
{
	(void)text;
	(void)n;
	if (shutdown(t->fd, SHUT_WR))
		return nl_talk_over(t, step, errno);
	nl_talk_tell(t, "fin", "");
	return NI_SUCCESS;
}

static int
do_close(struct nl_talk *t, const char *step, const char *text, uint64_t n)
{
	(void)step;
	(void)text;
	(void)n;
	if (t->fd >= 0) {
		close(t->fd);
		nl_talk_tell(t, "close", "");
	}
	t->fd = -1;
	return NI_SUCCESS;
}

static int
do_abort(struct nl_talk *t, const char *step, const char *text, uint64_t n)
{
	const struct linger hard = {.l_onoff = 1};
	(void)text;
	(void)n;
	if (setsockopt(t->fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard)))
		return nl_talk_over(t, step, errno);
	close(t->fd);
	t->fd = -1;
	nl_talk_tell(t, "abort", "");
	return NI_SUCCESS;
}

enum value { NONE, NUMBER, MAYBE_NUMBER, TEXT };

/* clang-format off */
static const struct step {
	struct nl_word word;
	enum value value;
	uint64_t max;
	int (*run)(struct nl_talk *t, const char *step, const char *text, uint64_t n);
} steps[] = {
	{{"recv", NULL, N_("wait for some bytes, and take them")}, MAYBE_NUMBER, FILL_MAX, do_recv},
	{{"recv", "=N", N_("take N bytes")}, MAYBE_NUMBER, FILL_MAX, do_recv},
	{{"send", "=TEXT", N_("send; \\r, \\n and \\\\ in the text are what they are in C")}, TEXT, 0, do_send},
	{{"fill", "=N", N_("send N bytes of text")}, NUMBER, FILL_MAX, do_fill},
	{{"echo", NULL, N_("send back all that comes, until the end")}, NONE, 0, do_echo},
	{{"wait", "=MS", N_("do nothing")}, NUMBER, WAIT_MAX_MS, do_wait},
	{{"close", NULL, N_("close")}, NONE, 0, do_close},
	{{"recv-all", NULL, N_("take all until the peer has closed its side")}, NONE, 0, do_recv_all},
	{{"fin", NULL, N_("close our side only")}, NONE, 0, do_fin},
	{{"abort", NULL, N_("close with RST")}, NONE, 0, do_abort},
};

#define SOCK(member) offsetof(struct nl_talk, sock.member)
static const struct setting {
	struct nl_word word;
	size_t at; /* in struct nl_talk */
	uint64_t max;
} settings[] = {
	{{"port", "=N", N_("ours, to connect from")}, offsetof(struct nl_talk, port), 65535},
	{{"rcvbuf", "=N", N_("receive buffer, and so the window")}, SOCK(rcvbuf), FILL_MAX},
	{{"sndbuf", "=N", N_("send buffer")}, SOCK(sndbuf), FILL_MAX},
	{{"ttl", "=N", N_("time to live of what we send")}, SOCK(ttl), 255},
	{{"tos", "=N", N_("type of service byte")}, SOCK(tos), 255},
	{{"mss", "=N", N_("maximum segment size")}, SOCK(mss), 65535},
	{{"window-clamp", "=N", N_("announce windows of about so much at most")}, SOCK(window_clamp), FILL_MAX},
	{{"nodelay", "=0|1", N_("0 turns Nagle's algorithm on (default 1)")}, SOCK(nodelay), 1},
	{{"quickack", "=0|1", N_("acknowledge late or at once, at first")}, SOCK(quickack), 1},
};
/* clang-format on */

enum {
	NSTEPS = sizeof(steps) / sizeof(steps[0]),
	NSETTINGS = sizeof(settings) / sizeof(settings[0]),
	/* The first so many UDP has, too. */
	UDP_STEPS = 7,
	UDP_SETTINGS = 5,
};

const struct nl_words nl_tcp_steps = {N_("Steps"), &steps[0].word, NSTEPS, sizeof(steps[0])};
const struct nl_words nl_udp_steps = {N_("Steps"), &steps[0].word, UDP_STEPS, sizeof(steps[0])};
const struct nl_words nl_tcp_settings = {N_("Before all steps"), &settings[0].word, NSETTINGS,
					 sizeof(settings[0])};
const struct nl_words nl_udp_settings = {N_("Before all steps"), &settings[0].word, UDP_SETTINGS,
					 sizeof(settings[0])};

static int
no_step(const struct nl_talk *t, const char *text, struct ni_err *err)
{
	ni_fail(err, NI_ERR_INPUT, _("%s: no such step"), text);
	ni_hint(err, _("'%s --help' lists them"), t->program);
	return NI_ERR_INPUT;
}

/* The word in front of '=' names it; what stands behind goes to *@value, or NULL. */
static bool
names(const char *text, const char *name, const char **value)
{
	size_t n = strlen(name);
	if (strncmp(text, name, n) != 0 || (text[n] && text[n] != '='))
		return false;
	*value = text[n] ? text + n + 1 : NULL;
	return true;
}

static int
number(const char *text, const char *value, uint64_t max, uint64_t *n, struct ni_err *err)
{
	static const struct ni_opt none = {.name = ""};
	if (!ni_opts_number(&none, value, max, n, NULL))
		return NI_SUCCESS;
	return ni_fail(err, NI_ERR_INPUT, _("%s: not a number from 0 to %llu"), text,
		       (unsigned long long)max);
}

/* Find the step @text and its number; @s NULL stays NULL if it is a setting, which is made. */
static int
parse_step(struct nl_talk *t, const char *text, const struct step **s, uint64_t *n,
	   struct ni_err *err)
{
	const char *value = NULL;
	*s = NULL;
	*n = 0;
	for (size_t i = 0; i < (t->udp ? UDP_SETTINGS : NSETTINGS); i++) {
		const struct setting *g = &settings[i];
		if (!names(text, g->word.name, &value) || !value)
			continue;
		int rc = number(text, value, g->max, n, err);
		*(uint32_t *)(void *)((char *)t + g->at) = (uint32_t)*n;
		return rc;
	}
	for (size_t i = 0; i < (t->udp ? UDP_STEPS : NSTEPS) && !*s; i++)
		if (names(text, steps[i].word.name, &value))
			*s = &steps[i];
	if (!*s || (value && (*s)->value == NONE) ||
	    (!value && ((*s)->value == NUMBER || (*s)->value == TEXT)))
		return no_step(t, text, err);
	if (value && (*s)->value != TEXT)
		return number(text, value, (*s)->max, n, err);
	if (value && strlen(value) > NL_TALK_BUFFER)
		return ni_fail(err, NI_ERR_INPUT, _("send: more than %d bytes"), NL_TALK_BUFFER);
	return NI_SUCCESS;
}

int
nl_talk_check(struct nl_talk *t, char **v, int n, struct ni_err *err)
{
	const struct step *s;
	uint64_t number;
	bool begun = false;
	if (n > STEPS_MAX)
		return ni_fail(err, NI_ERR_INPUT, _("more than %d steps"), STEPS_MAX);
	for (int i = 0; i < n; i++) {
		int rc = parse_step(t, v[i], &s, &number, err);
		if (rc)
			return rc;
		if (!s && begun)
			return ni_fail(err, NI_ERR_INPUT, _("%s: must stand before all steps"),
				       v[i]);
		begun |= s != NULL;
	}
	return NI_SUCCESS;
}

int
nl_talk_steps(struct nl_talk *t, char **v, int n)
{
	struct ni_err ignored;
	int rc = NI_SUCCESS;
	for (int i = 0; i < n && !rc; i++) {
		const struct step *s = NULL;
		uint64_t number = 0;
		rc = parse_step(t, v[i], &s, &number, &ignored);
		const char *text = strchr(v[i], '=');
		if (!rc && s)
			rc = s->run(t, v[i], text ? text + 1 : "", number);
	}
	if (!rc)
		do_close(t, "close", "", 0);
	return rc;
}
