# SPDX-License-Identifier: GPL-2.0-or-later
"""Random applications on a random network: one connection, or two on the same
ports, in a way that nobody thought of.

Everything is drawn from the seed: the world (IP version, options, buffers), how
the connection is opened, what the applications do, and what becomes of each
packet. What the kernels draw (initial sequence numbers) and how long they take
differs from run to run, so the same seed gives similar captures, not equal ones.
"""

import random
import socket

from lab import Fate, Lab, Segment, SequenceShift, abort, forget, receive

SERVER_PORT = 80

TCP = socket.IPPROTO_TCP
SOCKET = socket.SOL_SOCKET

# What applications do, and how often. A run uses one of these.
STYLES = {
    'chat':   {'send': 50, 'read': 30, 'pause': 5, 'shutdown': 4, 'close': 5, 'abort': 1,
               'send_and_close': 2, 'close_both': 2, 'urgent': 1},
    'brief':  {'send': 15, 'read': 15, 'pause': 2, 'shutdown': 15, 'close': 25, 'abort': 10,
               'send_and_close': 10, 'close_both': 10},
    'bulk':   {'send_much': 35, 'send': 10, 'read': 35, 'pause': 5, 'shutdown': 3, 'close': 4,
               'send_and_close': 4, 'close_both': 1},
    'lazy':   {'send_much': 40, 'send': 20, 'read': 6, 'pause': 15, 'shutdown': 4, 'close': 5,
               'abort': 3},
    'closing': {'send': 20, 'read': 10, 'shutdown': 30, 'close': 15, 'close_both': 25},
}

# Segments that a third party could put on the wire, by name:
# (flags, how far ahead of what the victim has received, whether the ack is right)
FORGERIES = {
    'RST, exact': ('R', 0, False),
    'RST, in window': ('R', 7, False),
    'RST, out of window': ('R', 1 << 30, False),
    'RST, old': ('R', -100000, False),
    'RST+ACK, exact': ('RA', 0, True),
    'RST+ACK, out of window': ('RA', 1 << 29, True),
    'RST+ACK, in window': ('RA', 30, True),
    'SYN, exact': ('S', 0, False),
    'SYN, in window': ('S', 50, False),
    'SYN, out of window': ('S', 1 << 28, False),
    'SYN+ACK': ('SA', 1 << 27, True),
    'FIN, exact': ('FA', 0, True),
    'FIN, ahead': ('FA', 300, True),
    'FIN, old': ('FA', -1000, True),
    'FIN, out of window': ('FA', 1 << 30, True),
    'ACK of nothing sent': ('A', 0, False),
    'ACK, old': ('A', -500, True),
    'URG, ahead': ('UA', 10, True),
    'NULL': ('', 0, False),
    'XMAS': ('FPU', 0, False),
}


class Network:
    """Decides what becomes of each packet. The decision on the n-th packet of a
    host depends on the seed and on n alone, so that a packet more or less from
    the other host does not change everything that follows."""

    def __init__(self, seed, rng):
        self._seed = seed
        self._count = {'A': 0, 'B': 0}
        self._odds = {
            Fate.LOSE: rng.choice((0, 0, .03, .08)),
            Fate.DUPLICATE: rng.choice((0, 0, .05)),
            Fate.REORDER: rng.choice((0, 0, .06)),
            Fate.DELAY: rng.choice((0, 0, 0, .04)),
            Fate.VANISH: rng.choice((0, 0, 0, .04)),
            Fate.UNSEEN: rng.choice((0, 0, 0, 0, .04)),
        }
        # SYN, FIN and RST matter most and are few.
        self._factor = rng.choice((1, 1, 3))

    def fate(self, segment, sender):
        """For Lab.fate."""
        self._count[sender] += 1
        rng = random.Random(f'{self._seed}/{sender}/{self._count[sender]}')
        chance = rng.random()
        if set(segment.flags) & set('SFR'):
            chance /= self._factor
        for fate, odds in self._odds.items():
            if chance < odds:
                return fate
            chance -= odds
        return None

    def __str__(self):
        return ', '.join(f'{fate.name.lower()} {odds:.0%}'
                         for fate, odds in self._odds.items() if odds) or 'no losses'


class Run:
    """One random run."""

    def __init__(self, seed):
        self.rng = rng = random.Random(seed)
        self.version = rng.choice((4, 4, 6))
        self.style = rng.choice(tuple(STYLES))
        self.opening = rng.choices(
            ('usual', 'fast open', 'simultaneous', 'refused', 'unanswered'),
            (80, 6, 8, 3, 3))[0]
        self.port = rng.randrange(20000, 60000)
        self.sysctl = self._draw_sysctl()
        self.options = {host: self._draw_options() for host in 'AB'}
        self.shift = rng.random() < .25 and rng.randrange(0xffffe000, 1 << 32)
        self.forging = rng.choice((0, 0, 0, .08))
        self.again = rng.choice((None, None, None, 'after the end', 'forgotten'))
        self.steps = rng.randrange(5, 31)
        self.network = Network(seed, rng)
        self.lab = None
        self.ends = {'A': None, 'B': None}

    def __str__(self):
        parts = [f'IPv{self.version}', self.opening, self.style, str(self.network)]
        if self.shift:
            parts.append('sequence numbers wrap')
        if self.forging:
            parts.append('forgeries')
        if self.again:
            parts.append(f'same ports again, {self.again}')
        return '; '.join(parts)

    def _draw_sysctl(self):
        rng = self.rng
        sysctl = {}
        for host in 'AB':
            for name, values in (('timestamps', (1, 1, 0)), ('sack', (1, 1, 0)),
                                 ('window_scaling', (1, 1, 0)),
                                 ('ecn', (0, 2, 1))):
                sysctl[f'{host}:net.ipv4.tcp_{name}'] = rng.choice(values)
        if self.opening == 'fast open':
            # As client and server, without the need for a cookie.
            sysctl['net.ipv4.tcp_fastopen'] = 0x607
        return sysctl

    def _draw_options(self):
        rng = self.rng
        options = []
        if rng.random() < .3:
            options.append((TCP, socket.TCP_NODELAY, 1))
        if rng.random() < (.8 if self.style == 'lazy' else .2):
            options.append((SOCKET, socket.SO_RCVBUF, rng.choice((1, 4096, 8192))))
        if rng.random() < .2:
            options.append((TCP, socket.TCP_MAXSEG, rng.choice((100, 536))))
        if rng.random() < .1:
            options += [(SOCKET, socket.SO_KEEPALIVE, 1), (TCP, socket.TCP_KEEPIDLE, 1),
                        (TCP, socket.TCP_KEEPINTVL, 1)]
        return options

    # The course of events.

    def play(self):
        """Returns the Lab in which it happened."""
        lab = self.lab = Lab(self.version, self.sysctl)
        lab.fate = self.network.fate
        if self.opening == 'unanswered':
            lab.fate = lambda _, sender: Fate.LOSE if sender == 'A' else None
        if self.shift:
            lab.shift = SequenceShift('A', self.shift)
        listener = None
        if self.opening in ('usual', 'fast open', 'unanswered'):
            listener = lab.listen('B', SERVER_PORT, self.options['B'])
        self._connect(listener)
        if self.again and listener:
            self._connect_again(listener)
        return lab

    def _connect(self, listener):
        try:
            self._open(listener)
        except OSError:
            return                      # the ports are still in TIME_WAIT
        for _ in range(self.steps):
            if not any(self.ends.values()):
                break
            self._step()
            self.lab.run(idle=0.02, limit=0.4)
            self.lab.release()
            if listener and not self.ends['B']:
                self.ends['B'] = self.lab.accept(listener)
        if self.again != 'forgotten':
            self._finish()

    def _open(self, listener):
        data = b'early' * 20 if self.opening == 'fast open' else None
        self.ends['A'] = self.lab.connect('A', self.port, SERVER_PORT, self.options['A'], data)
        if self.opening == 'simultaneous':
            self.ends['B'] = self.lab.connect('B', SERVER_PORT, self.port, self.options['B'])
        for _ in range(8):
            self._settle(1)
            if listener is None or self.opening == 'unanswered':
                break
            self.ends['B'] = self.lab.accept(listener)
            if self.ends['B']:
                break

    def _connect_again(self, listener):
        if self.again == 'forgotten' and self.ends['A']:
            try:
                forget(self.ends['A'])
            except OSError:
                self.ends['A'].close()  # it had not got as far as ESTABLISHED
            # The server forgets nothing; its socket is left as it is.
            self.ends = {'A': None, 'B': None}
        self.again = None
        self.lab.run(idle=1.1, limit=2)     # net.ipv4.tcp_tw_reuse_delay
        self._connect(listener)

    def _finish(self):
        for host, end in self.ends.items():
            if end:
                end.close()
                self.ends[host] = None
        self._settle(6)

    def _settle(self, rounds):
        """Time for what is lost to be sent again."""
        for _ in range(rounds):
            self.lab.run(idle=0.15, limit=0.6)
            self.lab.release()

    # What the applications, and third parties, do.

    def _step(self):
        if self.rng.random() < self.forging:
            self._forge()
            return
        weights = STYLES[self.style]
        action = self.rng.choices(tuple(weights), tuple(weights.values()))[0]
        host = self.rng.choice('AB')
        if self.ends[host] is None:
            return
        try:
            getattr(self, '_do_' + action)(host, self.ends[host])
        except OSError:
            pass                        # the connection is no longer that far

    def _do_send(self, _, end):
        end.send(b's' * self.rng.choice((1, 20, 300, 1448, 5000)))

    def _do_send_much(self, _, end):
        end.send(b'm' * self.rng.choice((3000, 10000, 20000)))

    def _do_urgent(self, _, end):
        end.send(b'!', socket.MSG_OOB)

    def _do_read(self, _, end):
        receive(end)

    def _do_pause(self, *_):
        self.lab.run(idle=0.25, limit=0.5)

    def _do_shutdown(self, _, end):
        end.shutdown(socket.SHUT_WR)

    def _do_close(self, host, end):
        end.close()
        self.ends[host] = None

    def _do_abort(self, host, end):
        abort(end)
        self.ends[host] = None

    def _do_send_and_close(self, host, end):
        try:
            self._do_send(host, end)
        finally:
            self._do_close(host, end)

    def _do_close_both(self, *_):
        for host, end in self.ends.items():
            if end:
                self._do_close(host, end)

    def _forge(self):
        sender = self.rng.choice('AB')
        name = self.rng.choice(tuple(FORGERIES))
        flags, ahead, right_ack = FORGERIES[name]
        rows = {host: [row for row in self.lab.log if row['dir'] == host and not row['note']]
                for host in 'AB'}
        own, other = rows[sender], rows['B' if sender == 'A' else 'A']
        if not own or not other:
            return
        # What the victim has received is what it last acknowledged.
        received = other[-1]['ack']
        ack = 0
        if 'A' in flags:
            ack = own[-1]['ack'] if right_ack else other[-1]['seq'] + (1 << 24)
        self.lab.forge(sender, Segment(own[-1]['sport'], own[-1]['dport'], received + ahead, ack,
                                       flags, 0, 8192), 'forged: ' + name)
