/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Models "fixed" and "file": one client at a time. While one is served, all others wait in the
 * listen queue; a client that keeps its connection open and says nothing stops everybody until its
 * deadline.
 */
#include "server.h"

int
ni_hd_run_serial(struct ni_hd_server *s)
{
	for (;;) {
		struct ni_hd_peer peer;
		/* accept(): wait for a client, get a socket of its own */
		int fd = ni_hd_accept_wait(s, &peer);
		if (fd == NI_HD_STOPPING)
			break;
		/* recv() requests and send() responses until it is over, then close() */
		if (fd >= 0)
			ni_hd_serve_blocking(s, fd, &peer);
	}
	ni_hd_listen_close(s);
	return 0;
}

int
ni_hd_run_fixed(struct ni_hd_server *s)
{
	s->core.fixed = true; /* whatever is asked for, the first page is the answer */
	return ni_hd_run_serial(s);
}
