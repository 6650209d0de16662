# SPDX-License-Identifier: GPL-2.0-or-later
"""What netinspect says of a capture, connection by connection."""

import subprocess

import libtest

MARKS = ('retransmission', 'fast_retransmission', 'spurious_retransmission', 'out_of_order',
         'lost_segment', 'duplicate_ack', 'window_full', 'zero_window', 'zero_window_probe',
         'zero_window_probe_ack', 'keep_alive', 'keep_alive_ack', 'window_update',
         'fast_open_data')
FIELDS = ('frame.number', 'frame.time_epoch', 'tcp.srcport', 'tcp.dstport', 'conn.id',
          'conn.sender', 'conn.open', 'conn.close', 'conn.closed_first', 'conn.reset_by',
          'conn.state', 'conn.history', 'tcp.len', 'tcp.flags.str', 'tcp.window_size', 'ip.ttl',
          'ip.dsfield', 'ip.src', 'tcp.options.mss_val', 'tcp.analysis.bytes_in_flight',
          'http.request.method', 'http.response.code', 'http.response.version',
          'http.chunk_size', 'http.content_length_header')


class Frame:
    """A segment, as netinspect describes it."""

    def __init__(self, values):
        self.v = values
        self.n = int(values['frame.number'])
        self.time = float(values['frame.time_epoch'])
        self.sender = values['conn.sender']
        self.len = int(values['tcp.len'] or 0)
        flags = values['tcp.flags.str']
        self.syn, self.fin, self.rst, self.psh, self.ack = (c in flags for c in 'SFRPA')
        self.win = int(values['tcp.window_size'] or 0)
        self.marks = {m for m in MARKS if values['tcp.analysis.' + m]}

    def get(self, field):
        return self.v[field]

    def text(self):
        return (f'{self.n:5} {self.time:.6f} {self.sender:7} {self.v["tcp.flags.str"]} '
                f'len={self.len} win={self.win} {" ".join(sorted(self.marks))}')


class Connection:
    """A connection and the segments of each side."""

    def __init__(self, frames):
        first = frames[0]
        self.frames = frames
        self.open, self.close, self.first, self.reset_by, self.state, self.history = (
            first.get('conn.' + name) for name in
            ('open', 'close', 'closed_first', 'reset_by', 'state', 'history'))

    def port(self, side):
        source = (self.frames[0].sender == 'client') == (side == 'client')
        return int(self.frames[0].get('tcp.srcport' if source else 'tcp.dstport'))

    def by(self, sender):
        return [f for f in self.frames if f.sender == sender]

    def data(self, sender):
        """Segments with content, the SYN aside."""
        return [f for f in self.by(sender) if f.len and not f.syn]

    def marks(self, sender=None):
        return set().union(*(f.marks for f in self.frames if sender in (None, f.sender)))

    def values(self, field, sender=None):
        return [v for f in self.frames if sender in (None, f.sender)
                for v in f.get(field).split(',') if v]

    def fin(self, sender):
        return next((f for f in self.by(sender) if f.fin), None)

    def text(self):
        head = (f'open {self.open}, close {self.close}, first {self.first}, reset by '
                f'{self.reset_by}, {self.state} {self.history}\n')
        return head + '\n'.join(f.text() for f in self.frames[:40])


def read(path):
    """{client's port: [Connection...]}."""
    fields = [*FIELDS, *('tcp.analysis.' + m for m in MARKS)]
    command = [libtest.NETINSPECT, '-r', path, '-T', 'fields', '-E', 'occurrence=a']
    for name in fields:
        command += ['-e', name]
    out = subprocess.run(command, capture_output=True, check=True).stdout.decode()
    frames = {}
    for line in out.splitlines():
        values = dict(zip(fields, line.split('\t')))
        if values.get('conn.id'):
            frames.setdefault(values['conn.id'], []).append(Frame(values))
    found = {}
    for some in frames.values():
        side = 'tcp.srcport' if some[0].sender == 'client' else 'tcp.dstport'
        found.setdefault(int(some[0].get(side)), []).append(Connection(some))
    return found
