#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes a PNG image of coloured noise to standard output, about 5 kB."""

import os
import struct
import sys
import zlib

SIDE = 40                               # pixels


def chunk(kind, data):
    """A chunk of a PNG file (RFC 2083 section 3.2)."""
    return struct.pack('!I', len(data)) + kind + data + \
        struct.pack('!I', zlib.crc32(kind + data))


# Each line: filter type 0, then red, green, blue.
pixels = b''.join(b'\0' + os.urandom(3 * SIDE) for _ in range(SIDE))
sys.stdout.buffer.write(
    b'\x89PNG\r\n\x1a\n' +
    chunk(b'IHDR', struct.pack('!IIBBBBB', SIDE, SIDE, 8, 2, 0, 0, 0)) +
    chunk(b'IDAT', zlib.compress(pixels)) + chunk(b'IEND', b''))
