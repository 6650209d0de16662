#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Removes from a little-endian pcapng file what capture programs write there
about the machine they ran on: processor, operating system, program.

    plain_pcapng.py FILE.pcapng
"""

import struct
import sys

SECTION, INTERFACE = 0x0A0D0D0A, 1
# Block type: (where its options begin, the codes of those to remove).
OPTIONS = {
    SECTION: (24, (2, 3, 4)),           # shb_hardware, shb_os, shb_userappl
    INTERFACE: (16, (12, 15)),          # if_os, if_hardware
}


def without_options(block, start, unwanted):
    """The block without the unwanted ones of its options."""
    kept, at = b'', start
    while at < len(block) - 4:
        code, size = struct.unpack_from('<HH', block, at)
        padded = 4 + (size + 3) // 4 * 4
        if code not in unwanted:
            kept += block[at:at + padded]
        at += padded
    length = struct.pack('<I', start + len(kept) + 4)
    return block[:4] + length + block[8:start] + kept + length


def main():
    """Rewrites the file."""
    with open(sys.argv[1], 'rb') as file:
        data = file.read()
    result, at = b'', 0
    while at < len(data):
        kind, length = struct.unpack_from('<II', data, at)
        block = data[at:at + length]
        if kind in OPTIONS:
            block = without_options(block, *OPTIONS[kind])
        result += block
        at += length
    with open(sys.argv[1], 'wb') as file:
        file.write(result)


main()
