# SPDX-License-Identifier: GPL-2.0-or-later
"""Which differences between two tables of values matter."""

import collections
import decimal
import fnmatch
import glob
import os
import re

from tables import AGGREGATOR

# Columns of the packet list, and for which protocols they are compared.
COLUMNS = ('_ws.col.Source', '_ws.col.Destination', '_ws.col.Protocol', '_ws.col.Info')
COLUMN_PROTOCOLS = {'TCP', 'ARP', 'ICMP', 'DNS', 'HTTP'}

NUMBERS_WITH_POINT = {'FT_DOUBLE', 'FT_FLOAT', 'FT_RELATIVE_TIME'}

# Names in frame.protocols that are no layer of their own.
PSEUDO_PROTOCOLS = {'ethertype', 'data', 'frame'}

OUTCOMES = ('equal', 'explained', 'beyond', 'different')


class Deviation:
    """A line of a deviations file: KEY FILE[:FRAMES] reason."""

    def __init__(self, text, where):
        parts = text.split(None, 2)
        if len(parts) < 3:
            raise ValueError(f'{where}: expected KEY FILE-GLOB reason')
        self.key, place, self.reason = parts
        self.text, self.where, self.used = text, where, 0
        self.file, self.frames = place, None
        match = re.fullmatch(r'(.*):([0-9,-]+)', place)
        if match:
            self.file = match[1]
            self.frames = frame_set(match[2])
        self._key = re.compile(fnmatch.translate(self.key))
        self._file = re.compile(fnmatch.translate(self.file))

    def covers_key(self, key):
        return self._key.match(key)

    def covers_file(self, name):
        return self._file.match(name if '/' in self.file else os.path.basename(name))

    def covers(self, frame):
        return self.frames is None or frame in self.frames


def frame_set(text):
    """The numbers that "3,5-7" names."""
    numbers = set()
    for part in text.split(','):
        first, _, last = part.partition('-')
        numbers.update(range(int(first), int(last or first) + 1))
    return numbers


def read_deviations(directory):
    """All lines of all deviations files."""
    found = []
    for path in sorted(glob.glob(os.path.join(directory, 'deviations*'))):
        with open(path, encoding='utf-8') as file:
            for number, line in enumerate(file, 1):
                line = line.strip()
                if line and not line.startswith('#'):
                    found.append(Deviation(line, f'{os.path.basename(path)}:{number}'))
    return found


def same(kind, ours, theirs):
    """Whether two cells say the same; only what is a matter of writing may differ."""
    if ours == theirs:
        return True
    if not ours or not theirs:
        return False
    if kind in NUMBERS_WITH_POINT:
        return as_numbers(ours) == as_numbers(theirs)
    if kind.startswith('FT_STRING') or kind == 'FT_UINT_STRING' or kind.startswith('FT_COLUMN'):
        return plain_text(ours) == plain_text(theirs)
    return False


def as_numbers(cell):
    try:
        return [decimal.Decimal(value) for value in cell.split(AGGREGATOR)]
    except decimal.InvalidOperation:
        return cell


def plain_text(cell):
    """Text without the ways of writing what cannot be shown."""
    return cell.replace('\\\\', '\\').replace('\\"', '"')


def without_data(path):
    """A path of protocols without the plain data at its end."""
    return path.removesuffix(':data')


def is_beginning(ours, theirs):
    """Whether `ours` are the first of `theirs`, or nothing."""
    if not ours:
        return True
    mine, yours = ours.split(AGGREGATOR), theirs.split(AGGREGATOR)
    return len(mine) < len(yours) and yours[:len(mine)] == mine


class Comparison:
    """Compares one capture."""

    def __init__(self, name, protocols, deviations):
        self.name = name
        self.protocols = protocols      # key of a field -> key of its protocol
        self.known = set(protocols.values()) | PSEUDO_PROTOCOLS
        self.counts = collections.defaultdict(collections.Counter)
        self.unsupported = ''
        self.differences = []           # (key, frame, ours, theirs, outcome, why)
        self.deviations = [d for d in deviations if d.covers_file(name)]

    def run(self, ours, theirs, kinds):
        """Compares all columns of two tables. kinds: key -> tshark's type."""
        paths = theirs.columns.get('frame.protocols', {})
        if theirs.unsupported:
            self.unsupported = theirs.unsupported
            return
        if ours.message or theirs.message:
            self._differ('(run)', 0, ours.message, theirs.message, False)
            return
        if ours.rows != theirs.rows:
            self._differ('(frames)', min(ours.rows, theirs.rows) + 1, str(ours.rows),
                         str(theirs.rows), False)
        rows = min(ours.rows, theirs.rows)
        for key, kind in kinds.items():
            mine, yours = ours.columns[key], theirs.columns[key]
            for row in sorted(mine.keys() | yours.keys()):
                if row < rows:
                    self._cell(key, kind, row, mine.get(row, ''), yours.get(row, ''), paths)
        self._columns(ours, theirs, rows)

    def _columns(self, ours, theirs, rows):
        protocols = theirs.columns['_ws.col.Protocol']
        for key in COLUMNS:
            for row, protocol in protocols.items():
                if protocol in COLUMN_PROTOCOLS and row < rows:
                    mine = ours.columns[key].get(row, '')
                    yours = theirs.columns[key].get(row, '')
                    if mine.strip() == yours.strip():
                        self.counts[key]['equal'] += 1
                    else:
                        self._differ(key, row + 1, mine, yours, False)

    def _cell(self, key, kind, row, ours, theirs, paths):
        if key == 'frame.protocols':    # payload that nobody takes apart is no protocol
            ours, theirs = without_data(ours), without_data(theirs)
        if same(kind, ours, theirs):
            self.counts[key]['equal'] += 1
        else:
            path = paths.get(row, '').split(AGGREGATOR)[0].split(':')
            self._differ(key, row + 1, ours, theirs, self._is_beyond(key, ours, theirs, path))

    def _is_beyond(self, key, ours, theirs, path):
        """Whether tshark is ahead because it takes a protocol apart that netinspect does not:
        what lies inside that cannot have been seen, and is plain data to us."""
        unknown = next((i for i, layer in enumerate(path) if layer not in self.known), None)
        if unknown is None:
            return False
        protocol = self.protocols.get(key)
        if protocol == 'data':
            return True
        if key == 'frame.protocols':
            seen = ours.split(':')
            return seen == path[:unknown] or seen == path[:unknown] + ['data']
        return protocol in path[unknown:] and is_beginning(ours, theirs)

    def _differ(self, key, frame, ours, theirs, beyond):
        outcome, why = ('beyond', '') if beyond else ('different', '')
        if not beyond:
            for deviation in self.deviations:
                if deviation.covers(frame) and deviation.covers_key(key):
                    deviation.used += 1
                    outcome, why = 'explained', deviation.reason
                    break
        self.counts[key][outcome] += 1
        self.differences.append((key, frame, ours, theirs, outcome, why))
