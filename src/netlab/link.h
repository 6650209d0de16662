/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An Ethernet interface, and whole frames through it. */
#ifndef NI_NETLAB_LINK_H
#define NI_NETLAB_LINK_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "netinspect/err.h"

enum { NL_FRAME_MAX = 65536 }; /* bytes of a frame that can be received */

struct nl_link {
	int fd;
	int index;
	char name[IF_NAMESIZE];
	uint8_t mac[6];
	bool has_ip;
	uint8_t ip[4], mask[4];
};

/**
 * Open the interface @name (NULL: the only one that is up and not loopback) for whole frames. What
 * this host sends is not received, what is for others is. Fails with NI_ERR_INPUT where there is no
 * such Ethernet interface, and with NI_ERR_RUN without CAP_NET_RAW.
 */
int nl_link_open(struct nl_link *l, const char *name, struct ni_err *err);
void nl_link_close(struct nl_link *l);

/** Open the interface @name; NULL: the one whose network @ip is in, else as nl_link_open() does. */
int nl_link_open_for(struct nl_link *l, const char *name, const uint8_t ip[static 4],
		     struct ni_err *err);

/** Whether @ip is in the network of the interface. */
bool nl_link_near(const struct nl_link *l, const uint8_t ip[static 4]);

int nl_link_send(const struct nl_link *l, const uint8_t *p, uint32_t n, struct ni_err *err);

/* A frame as it was received. */
struct nl_got {
	uint32_t n;      /* bytes; 0: none came */
	bool unfinished; /* its sender left the checksum to a network card that it never reached */
};

/** Take a frame that is there into @p of NL_FRAME_MAX bytes, with its VLAN tag. Never waits. */
int nl_link_take(const struct nl_link *l, uint8_t *p, struct nl_got *got, struct ni_err *err);

/** Wait for a frame until @until of nl_now(). Without one, or after a signal, @got->n is 0. */
int nl_link_receive(const struct nl_link *l, uint8_t *p, struct nl_got *got, int64_t until,
		    struct ni_err *err);

/** Frames that the kernel had no room for since the last call. */
uint32_t nl_link_missed(const struct nl_link *l);

#endif
