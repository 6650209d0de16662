# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures with TCP connections whose bytes are made up."""

import struct

FIN, SYN, PSH, ACK = 1, 2, 8, 16
MSS = 1400


def frame(source, ports, seq, ack, flags, data=b''):
    """A frame of Ethernet, IPv4 and TCP from host `source` (1 or 2) to the other."""
    tcp = struct.pack('>HHIIBBHHH', *ports, seq & 0xffffffff, ack & 0xffffffff, 5 << 4, flags,
                      65535, 0, 0) + data
    ip = struct.pack('>BBHHHBBH4s4s', 0x45, 0, 20 + len(tcp), 0, 0, 64, 6, 0,
                     bytes([10, 0, 0, source]), bytes([10, 0, 0, 3 - source]))
    mac = [bytes([2, 0, 0, 0, 0, n]) for n in (3 - source, source)]
    return mac[0] + mac[1] + b'\x08\x00' + ip + tcp


class Pcap:
    """A capture that is written bit by bit."""

    def __init__(self, path):
        self.file = open(path, 'wb')
        self.file.write(struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 262144, 1))
        self.stamp = 1700000000 * 1000000

    def put(self, data):
        self.stamp += 100
        self.file.write(struct.pack('<IIII', self.stamp // 1000000, self.stamp % 1000000,
                                    len(data), len(data)) + data)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()


class Talk:
    """A connection from 10.0.0.1 to port 80 of 10.0.0.2."""

    def __init__(self, pcap, port=50000, isn=1000):
        self.pcap = pcap
        self.ports = {1: (port, 80), 2: (80, port)}
        self.next = {1: isn, 2: isn + 1000}
        self.segment(1, SYN)
        self.segment(2, SYN | ACK)
        self.segment(1, ACK)

    def segment(self, source, flags, data=b''):
        self.pcap.put(frame(source, self.ports[source], self.next[source],
                            self.next[3 - source] if flags & ACK else 0, flags, data))
        self.next[source] += len(data) + bool(flags & (SYN | FIN))

    def say(self, source, data):
        for at in range(0, len(data), MSS):
            self.segment(source, PSH | ACK, data[at:at + MSS])
        self.segment(3 - source, ACK)

    def lose(self, source, n):
        """`n` bytes that are not captured."""
        self.next[source] += n

    def close(self):
        self.segment(1, FIN | ACK)
        self.segment(2, FIN | ACK)
        self.segment(1, ACK)

    def ask(self, uri, body=b'', head=b''):
        """GET `uri` (bytes); answered with `body`."""
        self.say(1, b'GET ' + uri + b' HTTP/1.1\r\nHost: h\r\n\r\n')
        self.say(2, b'HTTP/1.1 200 OK\r\nContent-Length: %d\r\n' % len(body) + head + b'\r\n' +
                 body)
