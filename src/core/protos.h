/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The few protocols that the core itself has to know; all others it meets through the registry. */
#ifndef NI_PROTOS_H
#define NI_PROTOS_H

#include "netinspect/proto.h"

extern const struct ni_proto ni_proto_frame;
extern const struct ni_proto ni_proto_data;
extern const struct ni_proto ni_proto_eth;
extern const struct ni_proto ni_proto_ipv4;
extern const struct ni_proto ni_proto_ipv6;
extern const struct ni_proto ni_proto_http;
extern const struct ni_proto ni_proto_tcp;
extern const struct ni_proto ni_proto_udp;

#endif
