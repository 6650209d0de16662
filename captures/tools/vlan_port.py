#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The access ports of a switch with a trunk, for kernels without VLAN devices.

    vlan_port.py TRUNK ACCESS=VID[:PRIORITY]...

Frames that come in at an ACCESS interface leave at the TRUNK with an IEEE 802.1Q
tag; frames that come in at the trunk with that tag leave at ACCESS without it.
"""

import select
import socket
import struct
import sys

ETH_P_ALL = 3
SOL_PACKET = 263
PACKET_OUTGOING = 4
PACKET_AUXDATA = 8                      # also the type of its control message
TP_STATUS_VLAN_VALID = 0x10


def open_interface(name):
    """A packet socket that also tells the tag, which the kernel has removed from
    the frame by the time a packet socket gets it."""
    end = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    end.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
    end.bind((name, ETH_P_ALL))
    return end


def receive(end):
    """(frame, VID or None) of a frame that came in; None for one that went out."""
    frame, control, _, address = end.recvmsg(65536, 256)
    if address[2] == PACKET_OUTGOING:
        return None
    for _, kind, data in control:
        # struct tpacket_auxdata
        status, _, _, _, _, tci, _ = struct.unpack('IIIHHHH', data[:20])
        if kind == PACKET_AUXDATA and status & TP_STATUS_VLAN_VALID:
            return frame, tci & 0xfff
    return frame, None


def main():
    """Moves frames until it is killed."""
    trunk = open_interface(sys.argv[1])
    tags, access = {}, {}
    for word in sys.argv[2:]:
        name, _, tag = word.partition('=')
        vid, _, priority = tag.partition(':')
        port = open_interface(name)
        tags[port] = struct.pack('!HH', 0x8100, int(priority or 0) << 13 | int(vid))
        access[int(vid)] = port
    while True:
        for end in select.select([trunk, *tags], (), ())[0]:
            received = receive(end)
            if received is None:
                continue
            frame, vid = received
            if end is not trunk:
                trunk.send(frame[:12] + tags[end] + frame[12:])
            elif vid in access:
                access[vid].send(frame)


main()
