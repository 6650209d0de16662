/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Zeek's endpoint states, as they stand in ni_conn.zeek[]: the state and the one before it. */
#ifndef NI_TCP_ZEEK_H
#define NI_TCP_ZEEK_H

enum ni_zeek {
	NI_ZEEK_INACTIVE, /* nothing seen from it */
	NI_ZEEK_SYN_SENT,
	NI_ZEEK_SYN_ACK_SENT, /* the originator began with a SYN,ACK */
	NI_ZEEK_PARTIAL,      /* seen without its handshake */
	NI_ZEEK_ESTABLISHED,
	NI_ZEEK_CLOSED, /* it sent a FIN */
	NI_ZEEK_RESET,  /* it sent an RST */
};

enum {
	NI_ZEEK_STATE = 0x07, /* mask of the state */
	NI_ZEEK_BEFORE = 3,   /* shift of the state before */
};

#endif
