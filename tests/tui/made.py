# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures that the tests of the view want and that are made faster than kept."""

import os
import struct

A, B = bytes([10, 9, 0, 1]), bytes([10, 9, 0, 2])
FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
# What would harm a terminal that got it: move, title, clipboard, colours, answers, C1.
HOSTILE = (b'\x1b[2J\x1b[31m\x1b]0;owned\x07\x1b]52;c;b3duZWQ=\x07\x1bP1$r\x1b\\\x1b[6n\x1b[c'
           b'\x9b31m\xc2\x9b31m\x7f\x08\x08\x0e\x00\xff\xfe\xe2\x80\xae\xed\xa0\x80')


class Capture:
    """A pcap file, Ethernet, microseconds."""

    def __init__(self, path):
        self.file = open(path, 'wb')
        self.file.write(struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
        self.us = 1_700_000_000_000_000

    def packet(self, source, destination, protocol, body, gap=100):
        """An IPv4 packet."""
        self.us += gap
        head = struct.pack('>BBHHHBBH4s4s', 0x45, 0, 20 + len(body), 0, 0x4000, 64, protocol, 0,
                           source, destination)
        total = sum(struct.unpack('>10H', head))
        total = (total & 0xffff) + (total >> 16)
        head = head[:10] + struct.pack('>H', ~(total + (total >> 16)) & 0xffff) + head[12:]
        frame = b'\2\0\0\0\0' + destination[3:] + b'\2\0\0\0\0' + source[3:] + b'\x08\0' + head + body
        self.file.write(struct.pack('<IIII', self.us // 1000000, self.us % 1000000, len(frame),
                                    len(frame)) + frame)

    def udp(self, source, destination, ports, payload):
        self.packet(source, destination, 17,
                    struct.pack('>HHHH', *ports, 8 + len(payload), 0) + payload)

    def close(self):
        self.file.close()


class Talk:
    """A TCP connection."""

    def __init__(self, capture, port, server_port=7788):
        self.capture, self.ports = capture, (port, server_port)
        self.seq = [1000 * port % 2**32, 7000 * port % 2**32]

    def say(self, side, flags, payload=b''):
        ports = self.ports if side == 0 else self.ports[::-1]
        ack = self.seq[1 - side] if flags & ACK else 0
        options = b'\2\4\5\xb4' if flags & SYN else b''      # MSS 1460, as kernels have it
        head = struct.pack('>HHIIBBHHH', *ports, self.seq[side], ack, 0x50 + 4 * len(options),
                           flags, 64240, 0, 0) + options
        self.capture.packet((A, B)[side], (A, B)[1 - side], 6, head + payload)
        self.seq[side] = (self.seq[side] + len(payload) + bool(flags & (SYN | FIN))) % 2**32

    def open(self):
        self.say(0, SYN)
        self.say(1, SYN | ACK)
        self.say(0, ACK)

    def get(self, uri=b'/index.html', more=b'', body=b'hello'):
        self.say(0, PSH | ACK, b'GET ' + uri + b' HTTP/1.1\r\nHost: lab.test\r\n' + more + b'\r\n')
        self.say(1, PSH | ACK, b'HTTP/1.1 200 OK\r\nContent-Length: %d\r\n%s\r\n%s'
                 % (len(body), more, body))
        self.say(0, ACK)

    def close(self):
        self.say(0, FIN | ACK)
        self.say(1, FIN | ACK)
        self.say(0, ACK)


def make_list(path, count):
    """So many packets."""
    capture = Capture(path)
    for i in range(count):
        capture.udp(A, B, (40000, 9), b'packet %d' % (i + 1))
    capture.close()


def make_hostile(path):
    """Everything that is shown of a packet tries to get at the terminal."""
    capture = Capture(path)
    talk = Talk(capture, 40000)
    talk.open()
    uri = b'/' + HOSTILE.replace(b'\0', b'')
    talk.get(uri, b'X-Header: ' + HOSTILE + b'\r\nContent-Type: text/' + HOSTILE[:40] + b'\r\n',
             HOSTILE)
    talk.say(0, PSH | ACK, b'\x1b[2J' + b' ' + uri + b' HTTP/1.1\r\n\r\n')
    talk.say(1, PSH | ACK, b'HTTP/1.1 200 ' + HOSTILE + b'\r\n\r\n')
    talk.close()
    name = HOSTILE[:60]
    query = struct.pack('>HHHHHH', 7, 0x100, 1, 0, 0, 0) + bytes([len(name)]) + name + \
        b'\x04test\0\0\1\0\1'
    capture.udp(A, B, (40001, 53), query)
    capture.udp(B, A, (53, 40001), query[:2] + b'\x81\x83' + query[4:])
    capture.udp(A, B, (40002, 9), HOSTILE)
    capture.close()


def make_reset(path):
    """One reset among two hundred good connections: the 138th, port 40137, by the server, after
    the request."""
    capture = Capture(path)
    for i in range(201):
        talk = Talk(capture, 40000 + i)
        talk.open()
        if i == 137:
            talk.say(0, PSH | ACK, b'GET /report.pdf HTTP/1.1\r\nHost: lab.test\r\n\r\n')
            talk.say(1, RST | ACK)
        else:
            talk.get()
            talk.close()
    capture.close()


def make_big(path, times):
    """So many times the same thousand packets: it takes a while to load."""
    make_list(path, 1000)
    with open(path, 'rb') as file:
        head, packets = file.read(24), file.read()
    with open(path, 'wb') as file:
        file.write(head)
        for _ in range(times):
            file.write(packets)


def make_all(directory):
    make_big(os.path.join(directory, 'big.pcap'), 1500)
    for count in (0, 1, 2, 8, 9, 10, 3000):
        make_list(os.path.join(directory, f'list-{count}.pcap'), count)
    make_hostile(os.path.join(directory, 'hostile.pcap'))
    make_reset(os.path.join(directory, 'one-reset.pcap'))
