# SPDX-License-Identifier: GPL-2.0-or-later
"""From a lab's log: which states an observer of the capture is measured against,
and which of them no observer could have known.

The measure compares, for every packet, both ends' states once it was delivered.
For a packet that was lost or delayed after it was captured it compares the
sender's alone: that it did not arrive cannot be seen. LISTEN counts as CLOSED.

Some of those states cannot be known from the capture: a segment that was forged
looks like its alleged sender's, and a program may have called close() while the
FIN still waits behind other data. Such states are measured too, but a miss on
them is explained. The explanations are:

    forged      somebody spoke in this end's name, and it has said nothing since
    deceived    a forged segment was believed: the ends no longer agree
    syn?        a SYN in an existing connection: forgotten there, or forged?
    first?      nothing but this end knows yet what it makes of a first segment:
                not a SYN, or a SYN that it does not take
    lost        what was captured did not arrive, and has not been repaired yet
    delayed     what was captured has not arrived yet
    unseen      a packet that was not captured told the ends about it
    waited      what was captured had waited before it came to the observer: its
                sender has moved since it sent it
    close?      data for an end that has sent its FIN: it is gone if the FIN came
                from close(), and not if from shutdown(); its answer will tell
    silent      this end has moved, and no captured segment of its has shown it
    crossed     its FIN waited, so the order of the two FINs was not visible
"""

from dataclasses import dataclass, field

from lab import Fate, peer

FORGED = ('forged', 'crafted', 'injected')
FIN_SENT = ('FIN-WAIT-1', 'FIN-WAIT-2')
CLOSING_FIRST = ('FIN-WAIT-1', 'CLOSING', 'LAST-ACK')    # where a FIN has to follow
FIN_RECEIVED = ('CLOSE-WAIT', 'LAST-ACK', 'CLOSING', 'TIME-WAIT')
SYNCHRONIZED = ('ESTABLISHED', 'FIN-WAIT-1', 'FIN-WAIT-2', 'CLOSE-WAIT', 'CLOSING', 'LAST-ACK')
GONE = ('CLOSED', 'LISTEN')
# How far ahead of what has been received a segment may be taken in.
ANY_WINDOW = 1 << 22


@dataclass
class State:
    """One end's true state after one packet."""
    n: int
    host: str
    state: str
    reason: str                         # why it cannot be known, or ''


def reaches(number, other):
    """Whether a sequence number is equal to or behind another (modulo 2^32)."""
    return (number - other) & 0xffffffff < 1 << 31


def end_of(row):
    """The sequence number after the segment."""
    return (row['seq'] + row['len'] + ('S' in row['flags']) + ('F' in row['flags'])) & 0xffffffff


def is_forged(row):
    """Whether the alleged sender knows nothing of it."""
    return row['note'].startswith(FORGED)


def ports(row):
    """(A's port, B's port)."""
    pair = row['sport'], row['dport']
    return pair if row['dir'] == 'A' else pair[::-1]


class Missing:
    """A segment that one side of the observer, or of the wire, knows of and the
    other does not. Repaired when its data and its ack have come otherwise."""

    def __init__(self, row):
        self.row = row
        self.data = end_of(row) != row['seq']
        self.ack = 'A' in row['flags']
        self.forever = 'R' in row['flags'] and 'held' not in row
        self.reason = {Fate.LOSE.value: 'lost', Fate.REORDER.value: 'waited'}.get(row['note'],
                                                                              'unseen')

    def repaired(self, later):
        """Takes a later, delivered row into account."""
        if later['dir'] == self.row['dir']:
            if reaches(self.row['seq'], later['seq']) and \
               reaches(end_of(later), end_of(self.row)):
                self.data = False
            # What lies before what its receiver expects is dropped, its ack unread.
            if 'A' in later['flags'] and reaches(later['ack'], self.row['ack']) and \
               reaches(end_of(later), self.row['seq']):
                self.ack = False
        elif 'A' in later['flags'] and reaches(later['ack'], end_of(self.row)):
            self.data = False
        return not (self.data or self.ack or self.forever)


def per_host(value):
    """A field with one such value for A and one for B."""
    return field(default_factory=lambda: {'A': value(), 'B': value()})


@dataclass
class Connection:
    """What has been visible of one connection so far."""
    state: dict                                     # what the kernels said last
    reason: dict = per_host(str)                    # until the host's next own segment
    deceived: bool = False
    unseen: bool = False
    silent: dict = per_host(bool)
    crossed: dict = per_host(bool)
    own: dict = per_host(bool)                      # has sent something itself
    ack: dict = per_host(int)                       # what it acknowledged last
    closed: dict = per_host(bool)                   # its window was 0 then
    fin: dict = per_host(bool)                      # a FIN of it was captured
    fin_end: dict = per_host(lambda: None)          # and the number behind it
    missing: dict = per_host(list)                  # not received by that host
    delayed: dict = per_host(list)                  # rows on the way to that host
    old: dict = field(default_factory=dict)         # still in the connection before: its
                                                    # state there, and why it is not known

    def why(self, host):
        """Why the host's state cannot be known, or ''."""
        old_state, old_reason = self.old.get(host, (None, ''))
        if old_reason and self.state[host] in (old_state, *GONE):
            return old_reason
        missing = next((missing.reason for missing in self.missing[host]), '')
        for reason, holds in (('deceived', self.deceived), ('unseen', self.unseen),
                              ('delayed', self.delayed[host]), (missing, missing),
                              ('crossed', self.crossed[host]), ('silent', self.silent[host])):
            if holds:
                return reason
        if self.state[host] in CLOSING_FIRST and not self.fin[host]:
            return 'silent'
        return self.reason[host]


def states(rows):
    """All the State that the measure compares, in order."""
    connections = {}
    result = []
    held = {}                           # by the row before which they came to the wire
    for row in rows:
        if row.get('held', row['n'] - 1) < row['n'] - 1:
            held.setdefault(row['held'] + 1, []).append(row)
    for row in rows:
        key = ports(row)
        known = connections.get(key)
        if known is None or begins_anew(known, row):
            known = connections[key] = successor(known, row)
        note_unseen(connections, row)
        note_held(connections, held.get(row['n'], ()))
        note_arrivals(known, row['n'])
        waited = has_waited(known, row, rows)
        result += judge(known, row, waited)
    return result


def begins_anew(known, row):
    """Whether the row is the first SYN of another connection on the same ports."""
    host = row['dir']
    return row['flags'].strip('ECN') == 'S' and not is_forged(row) and known.own[host] and \
        row['sent'][host] == 'SYN-SENT' and known.state[host] != 'SYN-SENT'


def successor(known, row):
    """The Connection that begins with the row, after `known` or nothing. What the other
    end did not get, or was made to believe, has not ended with the old one."""
    if known is None:
        return Connection(dict(row['sent']))
    other = peer(row['dir'])
    new = Connection(dict(known.state))
    new.old[other] = known.state[other], known.why(other)
    new.reason[other] = known.why(other)
    return new


def has_waited(known, row, rows):
    """Whether the sender has moved since it sent the row: it was held on the wire, or it
    says what its sender would not say any more."""
    host, flags, state = row['dir'], set(row['flags']), row['sent'][row['dir']]
    if is_forged(row):
        return False
    if 'held' in row and ('R' in flags or moved_since(row, rows)):
        return True
    if 'R' in flags and 'A' not in flags and not answers_last(row, rows):
        return True
    if 'R' not in flags and state in GONE or 'S' in flags and state in SYNCHRONIZED:
        return True
    fin = known.fin_end[peer(host)]
    return 'A' in flags and (state in FIN_RECEIVED and fin is not None and
                             not reaches(row['ack'], fin) or is_stale(row, rows))


def moved_since(row, rows):
    """Whether the sender's state changed while the row was held on the wire."""
    before = rows[row['held'] - 1] if row['held'] else row
    return ports(before) == ports(row) and before['after'][row['dir']] != row['sent'][row['dir']]


def answers_last(row, rows):
    """Whether an RST without ACK has the number that the last segment it can be the answer
    to asked for; else that segment had waited on its way to the RST's sender."""
    for before in reversed(rows[:row['n'] - 1]):
        if ports(before) == ports(row) and before['dir'] != row['dir']:
            return 'R' not in before['flags'] and before['ack'] == row['seq']
    return True


def is_stale(row, rows):
    """Whether the sender had received more than the row acknowledges: its next segment
    acknowledges more, and nothing has come in between that it could have meant."""
    ack, between = row['ack'], []
    for later in rows[row['n']:]:
        if ports(later) != ports(row):
            continue
        between += [hidden for hidden in later.get('unseen', ()) if hidden['dir'] != row['dir']]
        if later['dir'] != row['dir']:
            between.append(later)
        elif not is_forged(later):
            return 'A' in later['flags'] and not reaches(ack, later['ack']) and \
                not reaches(covered(ack, between), later['ack'])
    return False


def covered(number, rows):
    """How far one gets from this sequence number with what the rows carry."""
    far = number
    while True:
        ends = [end_of(row) for row in rows
                if reaches(far, row['seq']) and not reaches(far, end_of(row))]
        if not ends:
            return far
        far = ends[0]


def note_unseen(connections, row):
    """What went by uncaptured before this row."""
    for hidden in row.get('unseen', ()):
        known = connections.get(ports(hidden))
        if known is None:
            continue
        if hidden['note'] == Fate.VANISH.value or not set(hidden['flags']) & set('SFR'):
            # Its receiver does not have it, or both ends know more than the observer;
            # and the numbers of its sender's next segment cannot be checked.
            for host in 'AB':
                known.missing[host].append(Missing(hidden))
        else:
            known.unseen = True


def note_held(connections, rows):
    """What has been sent, but comes to the observer later than what was sent after it."""
    for row in rows:
        known = connections.get(ports(row))
        for host in 'AB' if known else ():
            known.missing[host].append(Missing(row))


def note_arrivals(known, n):
    """Delayed packets that have arrived before packet n was captured."""
    for host in 'AB':
        for row in [row for row in known.delayed[host] if row.get('delivered', n) < n]:
            known.delayed[host].remove(row)
            known.state.update(row['after'])


def judge(known, row, waited):
    """The State of one row's ends, and what it teaches about the connection."""
    sender, receiver = row['dir'], peer(row['dir'])
    arrived = row['note'] not in (Fate.LOSE.value, Fate.DELAY.value)
    for host in 'AB':
        if row['sent'][host] != known.state[host]:
            known.silent[host] = True
    known.state.update(row['after'] if arrived else row['sent'])
    if is_forged(row):
        note_forgery(known, row)
    else:
        note_own(known, row)
        if waited:
            known.reason[sender] = 'waited'
    if arrived:
        # What comes to a closed window is dropped whole.
        if not is_forged(row) and not (row['len'] and known.closed[receiver]):
            for host in 'AB':
                known.missing[host] = [m for m in known.missing[host] if not m.repaired(row)]
        note_question(known, row)
    elif row['note'] == Fate.LOSE.value:
        known.missing[receiver].append(Missing(row))
    else:
        known.delayed[receiver].append(row)
    hosts = 'AB' if arrived else sender
    return [State(row['n'], host, known.state[host], known.why(host)) for host in hosts]


def note_own(known, row):
    """A segment that its sender's kernel did send."""
    host = row['dir']
    known.own[host] = True
    if not (known.reason[host] == 'first?' and row['flags'].strip('ECN') == 'S'):
        known.reason[host] = ''
    if 'A' in row['flags']:
        known.ack[host] = row['ack']
        known.closed[host] = row['win'] == 0
    if set(row['flags']) & set('SFR'):
        known.silent[host] = False
    if 'F' in row['flags']:
        if known.fin[peer(host)] and not known.fin[host] and row['sent'][host] == 'CLOSING':
            known.crossed[host] = True
        known.fin[host] = True
        known.fin_end[host] = end_of(row)


def note_forgery(known, row):
    """A segment in the name of a host that knows nothing of it."""
    sender, receiver = row['dir'], peer(row['dir'])
    known.reason[sender] = 'forged'
    if not known.own[sender]:
        return                          # there was no connection to deceive anybody about
    if row['after'][receiver] != row['sent'][receiver]:
        known.deceived = True
    # A FIN that lies ahead is kept until what lies between has come; one without
    # ACK is not even looked at (RFC 9293 section 3.10.7.4).
    ahead = (end_of(row) - known.ack[receiver]) & 0xffffffff
    if {'F', 'A'} <= set(row['flags']) and 0 < ahead < ANY_WINDOW:
        known.deceived = True


def note_question(known, row):
    """Segments of which only what follows tells what they do."""
    sender, receiver = row['dir'], peer(row['dir'])
    before, after = row['sent'][receiver], row['after'][receiver]
    flags = row['flags'].strip('ECN')
    if flags == 'S' and after in SYNCHRONIZED:
        known.reason[sender] = 'syn?'
    if flags == 'S' and after in (*GONE, 'SYN-SENT') or flags != 'S' and not known.own[receiver]:
        known.reason[receiver] = 'first?'
    if row['len'] and after in FIN_SENT and 'R' not in flags:
        known.reason[receiver] = 'close?'
    if after in GONE and before not in (*GONE, 'LAST-ACK') and 'R' not in flags:
        # Nobody was there any more to take the data: its RST will say so.
        known.silent[receiver] = True
