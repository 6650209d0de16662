/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What PPP shares with its control protocols and with PPPoE. */
#ifndef NI_PPP_H
#define NI_PPP_H

#include "netinspect/proto.h"

extern const struct ni_proto ni_proto_ppp;
extern const struct ni_label ni_ppp_protocols[];

#endif
