# SPDX-License-Identifier: GPL-2.0-or-later
"""Reading capture files without any of the programs that are compared."""

import struct


def packets(path):
    """[(seconds, nanoseconds, length on the wire, bytes)] of a pcap or pcapng file."""
    with open(path, 'rb') as file:
        data = file.read()
    return list(ng(data) if data[:4] == b'\x0a\x0d\x0d\x0a' else classic(data))


def classic(data):
    """The packets of a pcap file in this machine's byte order."""
    magic = struct.unpack_from('<I', data)[0]
    assert magic in (0xa1b2c3d4, 0xa1b23c4d), f'magic {magic:#x}'
    scale = 1000 if magic == 0xa1b2c3d4 else 1
    at = 24
    while at < len(data):
        seconds, fraction, cap, length = struct.unpack_from('<IIII', data, at)
        body = data[at + 16:at + 16 + cap]
        assert len(body) == cap, 'the file ends inside a packet'
        yield seconds, fraction * scale, length, body
        at += 16 + cap


def ng(data):
    """The packets of a pcapng file with one section."""
    at, units = 0, []
    while at < len(data):
        kind, total = struct.unpack_from('<II', data, at)
        assert total >= 12 and at + total <= len(data), 'the file ends inside a block'
        body = data[at + 8:at + total - 4]
        if kind == 1:
            units.append(resolution(body[8:]))
        elif kind == 6:
            iface, high, low, cap, length = struct.unpack_from('<IIIII', body)
            ns = (high << 32 | low) * 10**9 // units[iface]
            yield ns // 10**9, ns % 10**9, length, body[20:20 + cap]
        at += total


def resolution(options):
    """Units a second, from an interface's options."""
    at = 0
    while at + 4 <= len(options):
        code, length = struct.unpack_from('<HH', options, at)
        if code == 9:
            value = options[at + 4]
            return 2**(value & 127) if value & 128 else 10**value
        if code == 0:
            break
        at += 4 + (length + 3) // 4 * 4
    return 10**6
