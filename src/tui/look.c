/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looking for text in the rows of views that have them at hand, in slices; see app.h. */
#include "config.h"

#include <stdio.h>

#include "app.h"
#include "i18n.h"
#include "mono.h"

enum { LOOK_AT_CLOCK = 64, LOOK_NS = 8000000 };

bool
ni_app_looks(struct ni_app *a, uint64_t i)
{
	if (i % LOOK_AT_CLOCK || ni_mono_ns() < a->look.until_ns)
		return true;
	a->look.looked = i;
	a->look.more = true;
	return false;
}

void
ni_app_look_end(struct ni_app *a)
{
	a->look = (struct ni_look){.v = NULL};
}

bool
ni_app_look_work(struct ni_app *a)
{
	struct ni_look *l = &a->look;
	struct ni_view *v = l->v;
	uint64_t at = 0;
	uint64_t rows;
	if (!v || v != ni_app_active(a)) {
		ni_app_look_end(a);
		return false;
	}
	l->more = false;
	l->until_ns = ni_mono_ns() + LOOK_NS;
	bool found = v->ops->search(v, l->text, l->way);
	a->dirty = true;
	if (!found && l->more)
		return true;
	if (v->ops->position)
		v->ops->position(v, &at, &rows);
	if (!found)
		ni_app_say(a, NI_ROLE_WARN, _("%s: not found"), l->text);
	else if (l->way > 0 ? at < l->from : at > l->from)
		ni_app_went_on(a, l->way);
	ni_app_look_end(a);
	return false;
}

void
ni_app_look(struct ni_app *a, struct ni_view *v, const char *text, int way)
{
	if (!*text) {
		ni_app_say(a, NI_ROLE_WARN, "%s", _("nothing was searched for yet"));
		return;
	}
	a->look = (struct ni_look){.v = v, .way = way, .looked = 1};
	snprintf(a->look.text, sizeof(a->look.text), "%s", text);
	if (v->ops->position)
		v->ops->position(v, &a->look.from, &a->look.rows);
	ni_app_look_work(a);
}

void
ni_app_went_on(struct ni_app *a, int way)
{
	ni_app_say(a, NI_ROLE_NOTE, "%s",
		   way > 0 ? _("went on from the top") : _("went on from the end"));
}
