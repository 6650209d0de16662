/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What libhtp makes of the two byte streams of one TCP connection. */
#ifndef NI_TEST_HTP_SIDE_H
#define NI_TEST_HTP_SIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Texts as in struct ni_http_exchange, cut to the same sizes; those of libhtp's transaction. */
struct htp_seen {
	uint16_t status;
	uint8_t request_version, response_version;
	bool has_request, request_whole, response_whole, chunked;
	char method[16];
	char uri[192];
	char host[64];
	char reason[32];
	char type[48];
	char encoding[16];
	char user_agent[96];
	char referrer[96];
	uint64_t request_body, response_body;
};

struct htp_side;

/** Begin a connection. NULL when memory is short. */
struct htp_side *htp_side_new(void);
void htp_side_free(struct htp_side **s);

/** Side @dir (0: the client) sends @n bytes at @p; or @n bytes that are missing, with @p NULL. */
void htp_side_data(struct htp_side *s, unsigned dir, const uint8_t *p, size_t n);

/** Side @dir, or with the last of both the connection, has ended. */
void htp_side_close(struct htp_side *s);

/** How many exchanges there are; of a connection it lost, complete ones before. */
size_t htp_side_count(const struct htp_side *s);
/** The exchange @i. */
void htp_side_get(const struct htp_side *s, size_t i, struct htp_seen *out);
/** Whether libhtp gave up on it, at a gap or for bytes it can make nothing of. */
bool htp_side_lost(const struct htp_side *s);

#endif
