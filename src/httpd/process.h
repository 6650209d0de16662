/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What main, fork and prefork need of server.c beside server.h. */
#ifndef NI_HTTPD_PROCESS_H
#define NI_HTTPD_PROCESS_H

#include <stdbool.h>

/** Install the handlers and make the pipe behind ni_hd_stop_fd(). */
int ni_hd_signals(void);

/** Remember that ni_hd_stop_fd() was readable. */
void ni_hd_stop_seen(void);

/** Take the wish for a reload away, to hand it on to children. */
bool ni_hd_reload_pending(void);

/** In a child: die with the parent. */
void ni_hd_child_begin(void);

#endif
