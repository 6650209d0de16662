/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The capture's own time: everything that times out or counts seconds goes by it, so replays agree.
 */
#ifndef NETINSPECT_CLOCK_H
#define NETINSPECT_CLOCK_H

#include <stdint.h>

struct ni_clock {
	int64_t first_ns;    /* of the first frame */
	int64_t previous_ns; /* of the frame before this one */
	int64_t shown_ns;    /* of the last frame that passed the display filter */
};

#endif
