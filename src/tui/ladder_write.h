/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A ladder on its way into a file, in slices. */
#ifndef NI_LADDER_WRITE_H
#define NI_LADDER_WRITE_H

#include "app.h"

struct ni_ladder_writing;

/** Begin to write the ladder of @conn to the new file @path. NULL with @err filled. */
struct ni_ladder_writing *ni_ladder_writing_new(struct ni_app *a, uint32_t conn, bool explain,
						const char *path, struct ni_err *err);
/** Stop; a file that is not complete is removed. */
void ni_ladder_writing_free(struct ni_ladder_writing **w);

/** Go on for about @ns; when it is done say so, and free it. Returns whether there is more. */
bool ni_ladder_writing_work(struct ni_app *a, struct ni_ladder_writing **w, int64_t ns);

/** What is written, and how far that is. */
void ni_ladder_writing_busy(const struct ni_ladder_writing *w, struct ni_buf *b);
const char *ni_ladder_writing_path(const struct ni_ladder_writing *w);

#endif
