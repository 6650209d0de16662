#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""An NTP exchange (RFC 5905 section 7.3) by hand: no clock is set.

    ntp.py serve            answers on port 123, as a stratum 2 server
    ntp.py ask SERVER N     asks N times, a second apart
"""

import socket
import struct
import sys
import time

TO_1900 = 2208988800                    # seconds from NTP's epoch to Unix'
PACKET = '!BBbbII4sQQQQ'


def now():
    """The time in NTP's 64 bits."""
    return int((time.time() + TO_1900) * (1 << 32))


def serve():
    """Answers every client's packet."""
    end = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    end.bind(('', 123))
    while True:
        request, client = end.recvfrom(512)
        arrived = now()
        first, _, poll, *_, sent = struct.unpack(PACKET, request)
        version = first & 0x38
        # No leap second, mode 4 (server), synchronized to 203.0.113.7 17 s ago.
        end.sendto(struct.pack(PACKET, version | 4, 2, poll, -20, 0x0123, 0x0456,
                               bytes((203, 0, 113, 7)), arrived - (17 << 32), sent,
                               arrived, now()), client)


def ask(server, times):
    """Sends client packets from port 123, as a daemon does."""
    end = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    end.bind(('', 123))
    end.settimeout(3)
    end.connect((server, 123))
    for _ in range(times):
        # Leap indicator unknown, version 4, mode 3 (client), not synchronized.
        end.send(struct.pack(PACKET, 0xe3, 0, 6, -20, 0, 0, b'INIT', 0, 0, 0, now()))
        end.recv(512)
        time.sleep(1)


if sys.argv[1] == 'serve':
    serve()
else:
    ask(sys.argv[2], int(sys.argv[3]))
