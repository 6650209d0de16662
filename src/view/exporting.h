/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All bodies of a capture into files of a directory, in slices. */
#ifndef NI_EXPORTING_H
#define NI_EXPORTING_H

#include <stdbool.h>
#include <stdint.h>

#include "model.h"

struct ni_exporting;

/** Begin; makes the directory @path if it is missing. NULL with @err filled. */
struct ni_exporting *ni_exporting_new(struct ni_model *m, const char *path, struct ni_err *err);
void ni_exporting_free(struct ni_exporting **x);

/** Go on for about @budget_ns. Returns whether there is more to do. */
bool ni_exporting_work(struct ni_exporting *x, int64_t budget_ns);
unsigned ni_exporting_percent(const struct ni_exporting *x);

/** Say what came of it, once there is no more to do. 0, or NI_ERR_RUN with @err filled. */
int ni_exporting_sum_up(struct ni_exporting *x, struct ni_buf *said, struct ni_err *err);

#endif
