/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The panes that a view is divided into: where they are, which one has the keys, and the views that
 * stand in some of them. Below each other on an ordinary screen, side by side on a wide one.
 */
#ifndef NI_PANES_H
#define NI_PANES_H

#include <stdbool.h>
#include <stdint.h>

#include "keys.h"
#include "screen.h"

enum { NI_PANES_MAX = 3 };

struct ni_app;
struct ni_view;
struct ni_view_arg;
struct ni_view_ops;

enum ni_layout {
	NI_LAYOUT_AUTO, /* as wide as the screen is */
	NI_LAYOUT_BESIDE,
	NI_LAYOUT_BELOW,
	NI_NLAYOUTS,
};

/* The first pane, and one or two in the rest of the room. */
struct ni_panes {
	unsigned n; /* 0, 1: the view is not divided */
	unsigned active;
	bool zoom;    /* the active one alone */
	int moved[2]; /* how far the user has moved the borders, in percent of the room */
	struct ni_rect at[NI_PANES_MAX]; /* h 0: not seen */
	bool beside;
};

/** What the configuration calls a layout; NULL behind the last. */
const char *ni_layout_name(unsigned layout);

/** Draw the panes of @v in @r, and the borders between them. */
void ni_panes_draw(struct ni_view *v, struct ni_rect r);
/** Whether pane @pane of @v was seen in the last picture. */
bool ni_panes_seen(const struct ni_view *v, unsigned pane);
/** The role of the row that is selected in pane @pane. */
enum ni_role ni_panes_cursor(const struct ni_view *v, unsigned pane);

/** Do what @act means for panes. False: nothing. */
bool ni_panes_act(struct ni_view *v, enum ni_act act);
/** Give the mouse to the pane it is in. */
void ni_panes_mouse(struct ni_view *v, const struct ni_mouse *m);
/** The view in the active pane, if one stands there; else @v. */
struct ni_view *ni_panes_view(struct ni_view *v);

/* A view in a pane, which shows what is selected in the first one. */
struct ni_inner {
	struct ni_view *view;          /* NULL: it could not be made */
	const struct ni_view_ops *ops; /* what it was made by … */
	uint32_t conn, number;         /* … of which struct ni_view_arg */
	uint64_t packet;
};

void ni_inner_free(struct ni_inner *i);
/** The view, if it is the one that @ops would make of @arg; NULL: it is not, or not yet. */
struct ni_view *ni_inner_view(const struct ni_inner *i, const struct ni_view_ops *ops,
			      const struct ni_view_arg *arg);
/**
 * Make the view that @ops makes of @arg (@ops NULL: none), and let it work for about @ns. To be
 * called when nothing else is to be done, so that nobody who moves on waits for it. Returns whether
 * there is more to do.
 */
bool ni_inner_work(struct ni_inner *i, struct ni_app *a, const struct ni_view_ops *ops,
		   const struct ni_view_arg *arg, int64_t ns);

#endif
