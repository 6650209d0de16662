/* SPDX-License-Identifier: GPL-2.0-or-later */
/* View 5: who has which address, which names were asked for, who seems to be a gateway. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "columns.h"
#include "i18n.h"
#include "netinspect/arp.h"
#include "table.h"
#include "tables.h"
#include "vendor.h"

enum host_column { H_ADDRESS, H_MAC, H_VENDOR, H_HOW, H_ROLE, H_ASKED, H_FIRST, H_LAST, H_NCOLS };
enum name_column { N_NAME, N_TYPE, N_ANSWER, N_RCODE, N_TIMES, N_RTT, N_LAST, N_NCOLS };
enum pane { HOSTS, NAMES, NPANES };

/* clang-format off */
static const struct ni_column_def host_columns[H_NCOLS] = {
	[H_ADDRESS] = {N_("address"), "address", 13, 39, 15, NI_FIT_MIDDLE, 4, 0},
	[H_MAC] = {N_("MAC"), "mac", 17, 17, 0, NI_FIT_LEFT, 0, 0},
	[H_VENDOR] = {N_("vendor"), "vendor", 6, 28, 12, NI_FIT_LEFT, 6, 4},
	[H_HOW] = {N_("how"), "how", 8, 20, 0, NI_FIT_LEFT, 2, 0},
	[H_ROLE] = {N_("role"), "role", 7, 24, 0, NI_FIT_LEFT, 3, 0},
	[H_ASKED] = {N_("asked"), "asked", 5, 7, 0, NI_FIT_RIGHT, 0, 5},
	[H_FIRST] = {N_("first"), "first", 8, 18, 0, NI_FIT_RIGHT, 0, 3},
	[H_LAST] = {N_("last"), "last", 8, 18, 0, NI_FIT_RIGHT, 0, 2},
};

static const struct ni_column_def name_columns[N_NCOLS] = {
	[N_NAME] = {N_("name"), "name", 12, 0, 24, NI_FIT_MIDDLE, 6, 0},
	[N_TYPE] = {N_("type"), "type", 4, 8, 0, NI_FIT_LEFT, 0, 0},
	[N_ANSWER] = {N_("answer"), "answer", 8, 48, 15, NI_FIT_LEFT, 5, 0},
	[N_RCODE] = {N_("outcome"), "outcome", 8, 24, 0, NI_FIT_LEFT, 4, 3},
	[N_TIMES] = {N_("times"), "times", 5, 8, 0, NI_FIT_RIGHT, 0, 2},
	[N_RTT] = {N_("took"), "took", 5, 8, 0, NI_FIT_RIGHT, 0, 1},
	[N_LAST] = {N_("last"), "last", 8, 18, 0, NI_FIT_RIGHT, 0, 4},
};
/* clang-format on */

struct network {
	struct ni_view view;
	struct ni_table table[NPANES];
	struct ni_vendors *vendors;
};

static const struct ni_netmap *
map(const struct ni_view *v)
{
	return &v->app->o.tables->net;
}

static void
put_time(const struct ni_view *v, struct ni_buf *b, int64_t ns)
{
	const struct ni_app *a = v->app;
	struct ni_clock clock = {ni_model_first_ns(a->model), ns, ns};
	if (ns)
		ni_time_print(b, ns, 6, &clock,
			      a->time == NI_TIME_DELTA ? NI_TIME_RELATIVE : a->time);
}

/* ---- addresses ---- */

static bool
is_known(const struct ni_netmap_host *h)
{
	static const uint8_t nobody[6];
	return memcmp(h->mac, nobody, sizeof(nobody)) != 0;
}

static bool
is(const struct ni_netmap_host *h, enum ni_arp_kind kind)
{
	return h->kinds >> kind & 1;
}

static const char *
how(const struct ni_netmap_host *h)
{
	return is(h, NI_ARP_CONFLICT)     ? _("CONFLICT")
	       : is(h, NI_ARP_ANSWERED)   ? _("answer")
	       : is(h, NI_ARP_GRATUITOUS) ? _("announced")
	       : is(h, NI_ARP_PROBE)      ? _("probe")
	       : is(h, NI_ARP_UNANSWERED) ? _("no answer")
					  : "";
}

static void
put_role(const struct ni_view *v, struct ni_buf *b, const struct ni_netmap_host *h)
{
	unsigned behind = is_known(h) ? ni_netmap_behind(map(v), h->mac) : 0;
	if (h->router)
		ni_buf_str(b, _("router (DHCP)"));
	else if (behind)
		ni_buf_fmt(b, _("gateway (%u behind)"), behind);
}

static void
host_cell(struct ni_view *v, uint64_t i, int col, struct ni_buf *b)
{
	const struct ni_netmap_host *h = ni_netmap_host(map(v), i);
	const struct network *n = (const struct network *)v;
	switch ((enum host_column)col) {
	case H_ADDRESS:
		ni_addr_print(b, &h->ip);
		break;
	case H_MAC:
		if (is_known(h))
			ni_buf_ether(b, h->mac);
		else
			ni_buf_str(b, "–");
		break;
	case H_VENDOR:
		if (is_known(h)) {
			const char *name = ni_vendor(n->vendors, h->mac);
			ni_buf_escape(b, (const uint8_t *)name, strlen(name));
		}
		break;
	case H_HOW:
		ni_buf_str(b, how(h));
		break;
	case H_ROLE:
		put_role(v, b, h);
		break;
	case H_ASKED:
		if (h->asked)
			ni_app_number(b, h->asked);
		break;
	case H_FIRST:
		put_time(v, b, h->first_ns);
		break;
	case H_LAST:
		put_time(v, b, h->last_ns);
		break;
	case H_NCOLS:
		break;
	}
}

static int
compare_numbers(int64_t a, int64_t b)
{
	return a < b ? -1 : a > b;
}

static int
host_compare(struct ni_view *v, uint64_t a, uint64_t b, int col)
{
	const struct ni_netmap_host *x = ni_netmap_host(map(v), a);
	const struct ni_netmap_host *y = ni_netmap_host(map(v), b);
	switch ((enum host_column)col) {
	case H_ADDRESS:
		return x->ip.len != y->ip.len ? x->ip.len - y->ip.len
					      : memcmp(x->ip.b, y->ip.b, x->ip.len);
	case H_MAC:
	case H_VENDOR:
		return memcmp(x->mac, y->mac, sizeof(x->mac));
	case H_HOW:
		return strcmp(how(x), how(y));
	case H_ROLE:
		return compare_numbers(y->router, x->router);
	case H_ASKED:
		return compare_numbers((int64_t)x->asked, (int64_t)y->asked);
	case H_FIRST:
		return compare_numbers(x->first_ns, y->first_ns);
	case H_LAST:
	case H_NCOLS:
		break;
	}
	return compare_numbers(x->last_ns, y->last_ns);
}

static enum ni_role
host_role(struct ni_view *v, uint64_t i)
{
	const struct ni_netmap_host *h = ni_netmap_host(map(v), i);
	return is(h, NI_ARP_CONFLICT) ? NI_ROLE_BAD : is_known(h) ? NI_ROLE_TEXT : NI_ROLE_WARN;
}

static bool
host_shown(struct ni_view *v, uint64_t i)
{
	return !ni_netmap_host(map(v), i)->superseded;
}

static const struct ni_table_ops host_ops = {
    .columns = host_columns,
    .n = H_NCOLS,
    .wide = -1,
    .none = N_("no ARP or neighbour discovery yet"),
    .cell = host_cell,
    .compare = host_compare,
    .role = host_role,
    .shown = host_shown,
};

/* ---- names ---- */

static void
put_wire(struct ni_buf *b, const char *s)
{
	ni_buf_escape(b, (const uint8_t *)s, strlen(s));
}

static void
name_cell(struct ni_view *v, uint64_t i, int col, struct ni_buf *b)
{
	const struct ni_netmap_name *x = ni_netmap_name(map(v), i);
	switch ((enum name_column)col) {
	case N_NAME:
		put_wire(b, x->name);
		break;
	case N_TYPE:
		put_wire(b, x->type);
		break;
	case N_ANSWER:
		put_wire(b, x->answer);
		break;
	case N_RCODE:
		if (x->answered)
			put_wire(b, x->rcode);
		else
			ni_buf_str(b, _("no answer"));
		break;
	case N_TIMES:
		ni_app_number(b, x->lookups);
		break;
	case N_RTT:
		if (x->answered && x->rtt_ns >= 0)
			ni_app_span(b, x->rtt_ns);
		break;
	case N_LAST:
		put_time(v, b, x->last_ns);
		break;
	case N_NCOLS:
		break;
	}
}

static int
name_compare(struct ni_view *v, uint64_t a, uint64_t b, int col)
{
	const struct ni_netmap_name *x = ni_netmap_name(map(v), a);
	const struct ni_netmap_name *y = ni_netmap_name(map(v), b);
	switch ((enum name_column)col) {
	case N_NAME:
		return strcmp(x->name, y->name);
	case N_TYPE:
		return strcmp(x->type, y->type);
	case N_ANSWER:
		return strcmp(x->answer, y->answer);
	case N_RCODE:
		return strcmp(x->rcode, y->rcode);
	case N_TIMES:
		return compare_numbers((int64_t)x->lookups, (int64_t)y->lookups);
	case N_RTT:
		return compare_numbers(x->rtt_ns, y->rtt_ns);
	case N_LAST:
	case N_NCOLS:
		break;
	}
	return compare_numbers(x->last_ns, y->last_ns);
}

static enum ni_role
name_role(struct ni_view *v, uint64_t i)
{
	const struct ni_netmap_name *x = ni_netmap_name(map(v), i);
	bool good = x->answered && !strcmp(x->rcode, "No error");
	return good ? NI_ROLE_TEXT : x->answered ? NI_ROLE_WARN : NI_ROLE_BAD;
}

static const struct ni_table_ops name_ops = {
    .columns = name_columns,
    .n = N_NCOLS,
    .wide = -1,
    .none = N_("no names were asked for yet"),
    .cell = name_cell,
    .compare = name_compare,
    .role = name_role,
};

/* ---- the view ---- */

static void
network_destroy(struct ni_view *v)
{
	struct network *n = (struct network *)v;
	for (unsigned i = 0; i < NPANES; i++)
		ni_table_free(&n->table[i]);
	ni_vendors_free(&n->vendors);
	free(n);
}

static struct ni_view *
network_create(struct ni_app *a, const struct ni_view_arg *arg, struct ni_err *err)
{
	struct network *n = calloc(1, sizeof(*n));
	(void)arg;
	if (n)
		n->vendors = ni_vendors_new(NULL);
	if (!n || !n->vendors) {
		free(n);
		ni_fail(err, NI_ERR_RUN, _("view: no memory"));
		return NULL;
	}
	n->view = (struct ni_view){.ops = &ni_network_view, .app = a};
	n->view.panes.n = NPANES;
	ni_table_init(&n->table[HOSTS], &host_ops, &n->view);
	ni_table_init(&n->table[NAMES], &name_ops, &n->view);
	n->table[HOSTS].sort = H_ADDRESS;
	return &n->view;
}

/* Packets of many others come from these, and ARP says nothing about them. */
static void
put_strangers(const struct network *n, struct ni_buf *b)
{
	const struct ni_netmap *m = map(&n->view);
	for (uint64_t i = 0; ni_netmap_mac(m, i); i++) {
		const struct ni_netmap_mac *x = ni_netmap_mac(m, i);
		unsigned behind = ni_netmap_mac_behind(m, x);
		bool listed = false;
		for (uint64_t k = 0; behind && ni_netmap_host(m, k); k++)
			listed |= !memcmp(ni_netmap_host(m, k)->mac, x->mac, sizeof(x->mac));
		if (!behind || listed)
			continue;
		ni_buf_str(b, b->len ? "  " : "");
		ni_buf_ether(b, x->mac);
		ni_buf_fmt(b, _(" seems to be a gateway (%u behind)"), behind);
	}
}

static void
network_draw_pane(struct ni_view *v, unsigned pane, struct ni_rect r)
{
	struct network *n = (struct network *)v;
	const struct ni_netmap *m = map(v);
	ni_table_draw(&n->table[pane], r, pane == HOSTS ? m->hosts.items.n : m->names.items.n,
		      ni_model_version(v->app->model), pane);
}

static void
network_draw(struct ni_view *v, struct ni_rect r)
{
	char line[512];
	struct ni_buf b = ni_buf(line, sizeof(line));
	put_strangers((struct network *)v, &b);
	if (b.len) {
		ni_screen_text(r.y, r.x, r.w, ni_buf_z(&b), NI_ROLE_NOTE, false);
		r.y++;
		r.h--;
	}
	ni_panes_draw(v, r);
}

static uint64_t
network_packet(const struct ni_view *v)
{
	const struct network *n = (const struct network *)v;
	uint64_t i = ni_table_row(&n->table[n->view.panes.active]);
	const struct ni_netmap_host *h =
	    n->view.panes.active == HOSTS ? ni_netmap_host(map(v), i) : NULL;
	const struct ni_netmap_name *x =
	    n->view.panes.active == NAMES ? ni_netmap_name(map(v), i) : NULL;
	return h ? h->packet : x ? x->packet : 0;
}

static bool
network_act(struct ni_view *v, enum ni_act act)
{
	struct network *n = (struct network *)v;
	if (act == NI_ACT_OPEN && network_packet(v))
		ni_app_go(v->app, network_packet(v));
	else
		return ni_table_act(&n->table[n->view.panes.active], act);
	return true;
}

static void
network_position(const struct ni_view *v, uint64_t *at, uint64_t *rows)
{
	const struct network *n = (const struct network *)v;
	ni_table_position(&n->table[n->view.panes.active], at, rows);
}

static void
network_copy(struct ni_view *v, struct ni_buf *b)
{
	struct network *n = (struct network *)v;
	ni_table_copy(&n->table[n->view.panes.active], b);
}

static int
network_write(struct ni_view *v, const char *path, struct ni_buf *said, struct ni_err *err)
{
	const struct network *n = (const struct network *)v;
	return ni_table_write(&n->table[v->panes.active], path, said, err);
}

static bool
network_search(struct ni_view *v, const char *text, int way)
{
	struct network *n = (struct network *)v;
	return ni_table_search(&n->table[n->view.panes.active], text, way);
}

static void
network_mouse(struct ni_view *v, const struct ni_mouse *m)
{
	struct network *n = (struct network *)v;
	unsigned pane = ni_panes_seen(v, NAMES) && ni_rect_has(&v->panes.at[NAMES], m->y, m->x);
	ni_table_mouse(&n->table[pane], m);
	if (m->twice)
		network_act(v, NI_ACT_OPEN);
}

static bool
network_follows(const struct ni_view *v)
{
	const struct network *n = (const struct network *)v;
	return n->table[n->view.panes.active].list.follow;
}

static struct ni_sorts
network_sorts(const struct ni_view *v)
{
	const struct network *n = (const struct network *)v;
	return ni_table_sorts(&n->table[n->view.panes.active]);
}

static void
network_sort(struct ni_view *v, int column)
{
	struct network *n = (struct network *)v;
	ni_table_sort(&n->table[n->view.panes.active], column);
}

const struct ni_view_ops ni_network_view = {
    .name = N_("Network"),
    .place = NI_AT_NETWORK,
    .create = network_create,
    .destroy = network_destroy,
    .draw = network_draw,
    .draw_pane = network_draw_pane,
    .act = network_act,
    .position = network_position,
    .copy = network_copy,
    .mouse = network_mouse,
    .packet = network_packet,
    .search = network_search,
    .write = network_write,
    .sorts = network_sorts,
    .sort = network_sort,
    .follows = network_follows,
};
