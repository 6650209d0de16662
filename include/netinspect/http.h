/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One HTTP request and the response it got. Made by the core, read by everybody. */
#ifndef NETINSPECT_HTTP_H
#define NETINSPECT_HTTP_H

#include <stdbool.h>
#include <stdint.h>

enum ni_http_flag {
	NI_HTTP_CHUNKED = 1 << 0, /* the response was */
	NI_HTTP_GAP = 1 << 1,     /* bytes of it were not captured */
	NI_HTTP_CUT = 1 << 2,     /* the response ended with the connection, before its length */
	NI_HTTP_UNTIL_CLOSE = 1 << 3, /* the response's end is the close, as it announced */
	NI_HTTP_KEEP_ALIVE = 1 << 4,  /* both sides agree to go on after it */
	NI_HTTP_PIPELINED = 1 << 5,   /* sent before the answer to the one before */
	NI_HTTP_UPGRADED = 1 << 6,    /* 101, or CONNECT with 2xx: what follows is no HTTP */
	NI_HTTP_NO_REQUEST = 1 << 7,  /* a response whose request was not captured */
};

/* Text is as sent, cut to the size of its array, NUL-terminated, not escaped. */
struct ni_http_exchange {
	uint32_t stream;                           /* tcp.stream */
	uint32_t number;                           /* 1, 2, 3 … on its connection */
	uint16_t status;                           /* 0: no response seen */
	uint16_t flags;                            /* enum ni_http_flag */
	uint8_t informational;                     /* 1xx responses before the final one */
	uint8_t request_version, response_version; /* 10, 11; 9 for HTTP/0.9; 0 unknown */
	char method[16];
	char uri[192];
	char host[64];
	char reason[32];
	char type[48];     /* Content-Type of the response */
	char encoding[16]; /* its Content-Encoding */
	char user_agent[96];
	char referrer[96];
	uint64_t request_body, response_body;   /* bytes, transfer coding removed */
	uint64_t request_frame, response_frame; /* where each ends (as in tshark); 0: never did */
	uint64_t request_first, response_first; /* where each begins */
	int64_t request_first_ns, request_last_ns;
	int64_t response_first_ns, response_last_ns;

	/* Not for keeping: valid as long as the exchange itself. */
	const char *full_uri; /* "http://host/path", or the URI alone where no host is named */
	uint32_t full_uri_len;
	uint32_t response_number; /* of the response last seen; 1xx count, too */
	uint64_t request_before;  /* frames in which the messages before these ended; 0: none */
	uint64_t response_before;
};

#endif
