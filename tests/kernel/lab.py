# SPDX-License-Identifier: GPL-2.0-or-later
"""Two real TCP implementations, a wire that can do anything, and the truth.

Two network namespaces, called A and B, each have one TUN device. This process
holds the other ends of both: every packet that one kernel sends comes here and
goes on to the other kernel only if we write it there. So we can lose, delay,
reorder, duplicate, rewrite and forge packets, and we write the capture. After
every packet both kernels are asked (NETLINK_SOCK_DIAG, what `ss` uses) which
state the connection is in: that is what a tracker has to find out by watching.

    lab = Lab()
    listener = lab.listen('B', 80)
    client = lab.connect('A', 40000, 80)
    lab.run()                           # until no packet moves any more
    server = lab.accept(listener)
    ...
    lab.save('directory', 'name')       # name.pcap and name.json

A process makes one Lab and exits: the namespaces go with it.

The log, which save() writes as JSON, has a row a captured packet:

    n, dir      frame number, and who sent it (or in whose name): A or B
    sport ...   ports, seq, ack, flags (letters of FSRPAUECN), len, win
    note        lost after capture, delayed, duplicate, reordered, forged ...
    sent        both states when it was captured
    after       both states when it had been delivered
    delivered   only if delayed: the number of the last packet captured then
    unseen      only if there are any: the packets that passed, or vanished,
                uncaptured since the row before
    held        only if reordered: how many rows there were when it came to the
                wire, which is when it was sent
"""

import ctypes
import enum
import fcntl
import json
import os
import select
import socket
import struct
import subprocess
import time
from dataclasses import asdict, dataclass

# Of Linux' headers, what Python's socket module lacks.
CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000
TUNSETIFF = 0x400454CA
IFF_TUN = 0x0001
IFF_NO_PI = 0x1000
NETLINK_SOCK_DIAG = 4
NLMSG_ERROR = 2
NLMSG_DONE = 3
SOCK_DIAG_BY_FAMILY = 20
NLM_F_REQUEST_DUMP = 0x301
TCP_REPAIR = 19
MSG_FASTOPEN = 0x20000000

# enum in include/net/tcp_states.h. Number 12 is a SYN_RECEIVED without a full
# socket; number 7, CLOSED, is never reported: then there is no socket.
STATE = {
    1: 'ESTABLISHED', 2: 'SYN-SENT', 3: 'SYN-RECEIVED', 4: 'FIN-WAIT-1',
    5: 'FIN-WAIT-2', 6: 'TIME-WAIT', 7: 'CLOSED', 8: 'CLOSE-WAIT',
    9: 'LAST-ACK', 10: 'LISTEN', 11: 'CLOSING', 12: 'SYN-RECEIVED',
}

FLAG_LETTERS = 'FSRPAUECN'

ADDRESS = {
    4: {'A': '10.9.0.1', 'B': '10.9.0.2'},
    6: {'A': 'fd00:9::1', 'B': 'fd00:9::2'},
}
# A TUN device has no link layer; the capture gets an Ethernet header all the same.
MAC = {
    'A': bytes.fromhex('02000000000a'),
    'B': bytes.fromhex('02000000000b'),
}

# What distributions set differently, or what would make a run needlessly long.
SYSCTL = {
    'net.ipv4.tcp_syn_retries': 3,
    'net.ipv4.tcp_tw_reuse': 1,
    'net.ipv4.tcp_ecn': 0,
    'net.ipv6.conf.all.accept_ra': 0,
    'net.ipv6.conf.tun0.router_solicitations': 0,
}

_libc = ctypes.CDLL('libc.so.6', use_errno=True)


class Fate(enum.Enum):
    """What the wire does with a packet."""
    DELIVER = ''                        # capture it and hand it on
    DUPLICATE = 'duplicate'             # both of it twice
    LOSE = 'lost after capture'
    DELAY = 'delayed'                   # capture now, hand on at release()
    REORDER = 'reordered'               # capture and hand on at release()
    VANISH = 'vanished'                 # neither capture nor hand on
    UNSEEN = 'unseen'                   # hand on, but do not capture


def peer(host):
    """The other host."""
    return 'B' if host == 'A' else 'A'


def checksum(data):
    """The Internet checksum (RFC 1071)."""
    if len(data) % 2:
        data += b'\0'
    total = sum(struct.unpack('!%dH' % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


@dataclass
class Segment:
    """The TCP header of a packet."""
    sport: int
    dport: int
    seq: int
    ack: int
    flags: str
    len: int
    win: int


def ip_version(packet):
    """4 or 6."""
    return packet[0] >> 4


def tcp_offset(packet):
    """Where the TCP header begins, or None if the packet is not TCP. The
    kernels send no IPv6 extension headers here."""
    if ip_version(packet) == 6:
        return 40 if packet[6] == socket.IPPROTO_TCP else None
    return (packet[0] & 15) * 4 if packet[9] == socket.IPPROTO_TCP else None


def parse(packet):
    """The Segment of a TCP packet."""
    start = tcp_offset(packet)
    sport, dport, seq, ack, bits, win = struct.unpack_from('!HHIIHH', packet, start)
    flags = ''.join(c for i, c in enumerate(FLAG_LETTERS) if bits >> i & 1)
    length = len(packet) - start - (bits >> 12) * 4
    return Segment(sport, dport, seq, ack, flags, length, win)


def fix_tcp_checksum(packet):
    """The bytearray's TCP checksum, computed anew."""
    start = tcp_offset(packet)
    addresses = packet[12:20] if ip_version(packet) == 4 else packet[8:40]
    struct.pack_into('!H', packet, start + 16, 0)
    pseudo = bytes(addresses) + struct.pack('!II', len(packet) - start, socket.IPPROTO_TCP)
    struct.pack_into('!H', packet, start + 16, checksum(pseudo + bytes(packet[start:])))


def build(version, sender, segment, data=b'', options=b''):
    """A packet with this TCP header, as if from that host."""
    bits = sum(1 << FLAG_LETTERS.index(c) for c in segment.flags)
    tcp = struct.pack('!HHIIHHHH', segment.sport, segment.dport,
                      segment.seq & 0xffffffff, segment.ack & 0xffffffff,
                      (5 + len(options) // 4) << 12 | bits, segment.win, 0, 0)
    payload = tcp + options + data
    kind = socket.AF_INET if version == 4 else socket.AF_INET6
    source, target = (socket.inet_pton(kind, ADDRESS[version][host])
                      for host in (sender, peer(sender)))
    if version == 4:
        head = struct.pack('!BBHHHBBH', 0x45, 0, 20 + len(payload), 0x1234, 0x4000,
                           64, socket.IPPROTO_TCP, 0)
        head = head[:10] + struct.pack('!H', checksum(head + source + target))
    else:
        head = struct.pack('!IHBB', 6 << 28, len(payload), socket.IPPROTO_TCP, 64)
    packet = bytearray(head + source + target + payload)
    fix_tcp_checksum(packet)
    return bytes(packet)


class SequenceShift:
    """Moves one host's sequence numbers, so that on the wire its first one is
    `isn`. Its kernel notices nothing: what its peer acknowledges is moved back
    before it gets to see it."""

    def __init__(self, host, isn):
        self.host = host
        self.isn = isn
        self.offset = None              # known from the first packet on

    def leaving(self, packet):
        """A packet of the host, as the wire is to carry it."""
        packet = bytearray(packet)
        where = tcp_offset(packet) + 4
        seq, = struct.unpack_from('!I', packet, where)
        if self.offset is None:
            self.offset = self.isn - seq
        struct.pack_into('!I', packet, where, (seq + self.offset) & 0xffffffff)
        fix_tcp_checksum(packet)
        return bytes(packet)

    def arriving(self, packet):
        """A packet for the host, as the wire carried it."""
        if self.offset is None or 'A' not in parse(packet).flags:
            return packet
        packet = bytearray(packet)
        start = tcp_offset(packet)
        self._move_back(packet, start + 8)
        for edge in self._sack_edges(packet, start):
            self._move_back(packet, edge)
        fix_tcp_checksum(packet)
        return bytes(packet)

    def _move_back(self, packet, where):
        number, = struct.unpack_from('!I', packet, where)
        struct.pack_into('!I', packet, where, (number - self.offset) & 0xffffffff)

    @staticmethod
    def _sack_edges(packet, start):
        """Where in the packet the numbers of a SACK option are (RFC 2018)."""
        end = start + (packet[start + 12] >> 4) * 4
        at = start + 20
        while at < end and packet[at] != 0:
            if packet[at] == 1:         # no-operation, the only one without a length
                at += 1
                continue
            if packet[at] == 5:
                yield from range(at + 2, at + packet[at + 1], 4)
            at += packet[at + 1]


class Lab:
    """The two hosts and the wire between them."""

    def __init__(self, version=4, sysctl=None):
        """version: of IP. sysctl: {name: value}, for both hosts, or with the
        host before the name ('A:net.ipv4.tcp_sack') for one of them."""
        self.version = version
        self.fate = None                # function (Segment, sender) -> Fate or None
        self.shift = None               # a SequenceShift
        self.log = []
        self._packets = []              # (time in ns, sender, bytes), as captured
        self._held = []                 # (sender, bytes, row or None, rows before), for release()
        self._unseen = []               # of the next row
        self._sockets = []              # all of them: one that is forgotten closes
        self._namespace = {}
        self._tun = {}
        self._diag = {}
        if os.geteuid() != 0:
            _become_root_of_user_namespace()
        for host in 'AB':
            self._make_host(host, {**SYSCTL, **(sysctl or {})})

    def _make_host(self, host, sysctl):
        _unshare(CLONE_NEWNET)
        self._namespace[host] = os.open('/proc/thread-self/ns/net', os.O_RDONLY)
        tun = os.open('/dev/net/tun', os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(tun, TUNSETIFF, struct.pack('16sH22x', b'tun0', IFF_TUN | IFF_NO_PI))
        self._tun[host] = tun
        commands = ('link set lo up\n'
                    'link set tun0 up mtu 1500\n'
                    f'address add {ADDRESS[4][host]}/24 dev tun0\n'
                    f'address add {ADDRESS[6][host]}/64 dev tun0 nodad\n')
        subprocess.run(('ip', '-batch', '-'), input=commands, text=True, check=True)
        for name, value in sysctl.items():
            only, _, name = name.rpartition(':')
            if only in ('', host):
                with open('/proc/sys/' + name.replace('.', '/'), 'w') as file:
                    file.write(str(value))
        self._diag[host] = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_SOCK_DIAG)

    # Sockets on the hosts.

    def address(self, host):
        """The host's address, as text."""
        return ADDRESS[self.version][host]

    def socket(self, host, port, options=()):
        """A non-blocking TCP socket on a host, bound to the port. options:
        (level, name, value)..."""
        if _libc.setns(self._namespace[host], CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), 'setns')
        family = socket.AF_INET if self.version == 4 else socket.AF_INET6
        new = socket.socket(family, socket.SOCK_STREAM)
        new.setblocking(False)
        new.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        for level, name, value in options:
            new.setsockopt(level, name, value)
        new.bind((self.address(host), port))
        self._sockets.append(new)
        return new

    def listen(self, host, port, options=()):
        """A listening socket."""
        listener = self.socket(host, port, options)
        listener.listen(8)
        return listener

    def connect(self, host, port, to_port, options=(), data=None):
        """A socket whose SYN is on its way; with data, by TCP Fast Open."""
        client = self.socket(host, port, options)
        target = (self.address(peer(host)), to_port)
        try:
            if data is None:
                client.connect(target)
            else:
                client.sendto(data, MSG_FASTOPEN, target)
        except BlockingIOError:
            pass
        return client

    def accept(self, listener):
        """The next connection, or None."""
        try:
            connection, _ = listener.accept()
        except BlockingIOError:
            return None
        connection.setblocking(False)
        self._sockets.append(connection)
        return connection

    # The wire.

    def run(self, idle=0.07, limit=8, packets=None):
        """Moves packets until none has come for `idle` seconds; no longer than
        `limit` seconds, and no more than so many packets."""
        end = time.monotonic() + limit
        last = time.monotonic()
        while time.monotonic() < end and packets != 0:
            ready, _, _ = select.select(self._tun.values(), (), (), 0.005)
            # Only an empty look ends it: on a busy machine this process may
            # have slept for longer than `idle` with packets waiting.
            if not ready and time.monotonic() - last >= idle:
                break
            for host in 'AB':
                if self._tun[host] not in ready:
                    continue
                try:
                    packet = os.read(self._tun[host], 65536)
                except BlockingIOError:
                    continue
                if tcp_offset(packet) is None:
                    continue
                self._take(host, packet)
                last = time.monotonic()
                if packets is not None:
                    packets -= 1

    def release(self):
        """Hands on what was delayed or held back to be reordered."""
        held, self._held = self._held, []
        for sender, packet, row, before in held:
            if row is None:
                row = self._capture(sender, packet, Fate.REORDER.value)
                row['held'] = before
            else:
                row['delivered'] = len(self.log)
            self._deliver(sender, packet, row)

    def forge(self, sender, segment, note, data=b'', options=b''):
        """Puts a packet on the wire that the sender's kernel knows nothing of."""
        packet = build(self.version, sender, segment, data, options)
        row = self._capture(sender, packet, note)
        self._deliver(sender, packet, row)

    def _take(self, sender, packet):
        """Does with a packet, fresh from a kernel, what it is fated to."""
        if self.shift and self.shift.host == sender:
            packet = self.shift.leaving(packet)
        fate = self.fate and self.fate(parse(packet), sender) or Fate.DELIVER
        if fate == Fate.VANISH:
            self._note_unseen(sender, packet, fate)
        elif fate == Fate.UNSEEN:
            self._note_unseen(sender, packet, fate)
            self._deliver(sender, packet, None)
        elif fate == Fate.REORDER:
            self._held.append((sender, packet, None, len(self.log)))
        elif fate in (Fate.LOSE, Fate.DELAY):
            row = self._capture(sender, packet, fate.value)
            row['after'] = row['sent']
            if fate == Fate.DELAY:
                self._held.append((sender, packet, row, len(self.log)))
        else:
            self._deliver(sender, packet, self._capture(sender, packet))
            if fate == Fate.DUPLICATE:
                self._deliver(sender, packet, self._capture(sender, packet, fate.value))

    def _capture(self, sender, packet, note=''):
        """A new row of the log."""
        self._packets.append((time.time_ns(), sender, packet))
        segment = parse(packet)
        row = {'n': len(self._packets), 'dir': sender, **asdict(segment), 'note': note,
               'sent': self._states(sender, segment), 'after': None}
        if self._unseen:
            row['unseen'], self._unseen = self._unseen, []
        self.log.append(row)
        return row

    def _note_unseen(self, sender, packet, fate):
        self._unseen.append({'dir': sender, **asdict(parse(packet)), 'note': fate.value})

    def _deliver(self, sender, packet, row):
        if self.shift and self.shift.host != sender:
            packet = self.shift.arriving(packet)
        os.write(self._tun[peer(sender)], packet)
        # The kernel has answered by now; the pause makes a round trip of 8 ms.
        time.sleep(0.004)
        if row:
            row['after'] = self._states(sender, parse(packet))

    # The truth.

    def _states(self, sender, segment):
        """{host: state} of the connection that the segment belongs to."""
        ports = {sender: (segment.sport, segment.dport),
                 peer(sender): (segment.dport, segment.sport)}
        return {host: self._state(host, *ports[host]) for host in 'AB'}

    def _state(self, host, port, to_port):
        family = socket.AF_INET if self.version == 4 else socket.AF_INET6
        diag = self._diag[host]
        # struct nlmsghdr and inet_diag_req_v2: TCP sockets in all states.
        diag.send(struct.pack('IHHIIBBBBI48x', 72, SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST_DUMP,
                              1, 0, family, socket.IPPROTO_TCP, 0, 0, 0xffffffff))
        state = 'CLOSED'
        while True:
            answer = diag.recv(65536)
            while answer:
                length, kind = struct.unpack_from('IH', answer)
                if kind in (NLMSG_ERROR, NLMSG_DONE):
                    return state
                # struct inet_diag_msg, behind the 16 bytes of the nlmsghdr
                found = STATE[answer[17]]
                its_port, its_to_port = struct.unpack_from('!HH', answer, 20)
                if (its_port, its_to_port) == (port, to_port):
                    state = found
                elif found == 'LISTEN' and its_port == port and state == 'CLOSED':
                    state = found
                answer = answer[(length + 3) & ~3:]

    # The result.

    def save(self, directory, name):
        """Writes name.pcap and name.json."""
        base = os.path.join(directory, name)
        with open(base + '.pcap', 'wb') as file:
            file.write(struct.pack('<IHHiIII', 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
            for when, sender, packet in self._packets:
                ethertype = b'\x08\x00' if ip_version(packet) == 4 else b'\x86\xdd'
                frame = MAC[peer(sender)] + MAC[sender] + ethertype + packet
                file.write(struct.pack('<IIII', when // 10**9, when % 10**9 // 1000,
                                       len(frame), len(frame)) + frame)
        save_log(base + '.json', self.log)


def save_log(path, rows):
    """Writes rows as JSON, one a line, so that a difference can be read."""
    lines = (json.dumps(row, separators=(',', ':')) for row in rows)
    with open(path, 'w') as file:
        file.write('[\n' + ',\n'.join(lines) + '\n]\n')


def _unshare(what):
    if _libc.unshare(what):
        raise OSError(ctypes.get_errno(), 'cannot make namespaces')


def _become_root_of_user_namespace():
    """So that an ordinary user can make network namespaces too."""
    user, group = os.geteuid(), os.getegid()
    _unshare(CLONE_NEWUSER)
    for name, text in (('setgroups', 'deny'), ('uid_map', f'0 {user} 1'),
                       ('gid_map', f'0 {group} 1')):
        with open('/proc/self/' + name, 'w') as file:
            file.write(text)


# What applications do with their sockets.

def receive(connection):
    """All that has come; b'' at the end of the stream, None if there is nothing."""
    try:
        return connection.recv(1 << 20)
    except OSError:
        return None


def abort(connection):
    """Closes with RST instead of FIN."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    connection.close()


def forget(connection):
    """Closes without a word, as if the machine had been switched off."""
    connection.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR, 1)
    connection.close()
