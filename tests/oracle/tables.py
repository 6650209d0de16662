# SPDX-License-Identifier: GPL-2.0-or-later
"""Tables of values, a row a frame and a column a field: what netinspect prints with
-T fields, and what tshark does. tshark's are kept in a cache outside the tree, since its
answer to the same question about the same bytes never changes."""

import gzip
import hashlib
import json
import os
import subprocess
import tempfile

import libtest

SEPARATOR = '\t'
AGGREGATOR = '\x1f'                     # in no value: both programs escape it
TIME_LIMIT = 120
PROTOCOL = 'FT_PROTOCOL'                # no value but a headline: not compared


class Table:
    """Sparse columns: key -> {row number from 0: text}."""

    def __init__(self, rows, columns, message='', unsupported=''):
        self.rows, self.columns, self.message = rows, columns, message
        self.unsupported = unsupported  # why the program cannot read such a file at all


def parse(output, keys):
    """A table of the lines that a program printed."""
    lines = output.split('\n')
    if lines and not lines[-1]:
        lines.pop()
    columns = {key: {} for key in keys}
    wrong = ''
    for row, line in enumerate(lines):
        values = line.split(SEPARATOR)
        if len(values) != len(keys):
            wrong = wrong or f'row {row + 1} has {len(values)} values for {len(keys)} fields'
            continue
        for key, value in zip(keys, values):
            if value:
                columns[key][row] = value
    return Table(len(lines), columns, wrong)


def field_arguments(path, keys):
    """What both programs take."""
    arguments = ['-n', '-r', path, '-T', 'fields', '-E', 'occurrence=a', '-E',
                 f'aggregator={AGGREGATOR}']
    for key in keys:
        arguments += ['-e', key]
    return arguments


def netinspect_table(path, keys):
    """What netinspect says."""
    ran = libtest.run(*field_arguments(path, keys), time_limit=TIME_LIMIT)
    table = parse(ran.out.decode('utf-8', 'backslashreplace'), keys)
    broken = ran.broken()
    if broken:
        table.message = broken
    elif ran.status not in (0, 2):
        table.message = f'exit status {ran.status}: {ran.text()}'
    return table


# tshark

class Tshark:
    """tshark, with its cache."""

    def __init__(self):
        self.version = self._version()
        self.cache = cache_directory()
        # No preferences, profiles or host files of whoever runs the test.
        self.home = os.path.join(self.cache, 'home')
        os.makedirs(self.home, exist_ok=True)

    @staticmethod
    def _version():
        try:
            first = subprocess.run(['tshark', '--version'], stdout=subprocess.PIPE, text=True,
                                   stderr=subprocess.DEVNULL, check=False).stdout
        except OSError:
            return ''
        return first.split('\n', 1)[0]

    def _run(self, arguments):
        environment = libtest.environment(HOME=self.home, XDG_CONFIG_HOME=self.home)
        return subprocess.run(['tshark', *arguments], env=environment, timeout=TIME_LIMIT,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, check=False)

    def _cached(self, name, make):
        """The JSON value under `name` in the cache, made if it is not there."""
        path = os.path.join(self.cache, hashlib.sha256(
            (self.version + '\0' + name).encode()).hexdigest() + '.json.gz')
        try:
            with gzip.open(path, 'rt', encoding='utf-8') as file:
                return json.load(file)
        except (OSError, ValueError, EOFError):
            value = make()
            self._store(path, value)
            return value

    def _store(self, path, value):
        handle, temporary = tempfile.mkstemp(dir=self.cache)
        with os.fdopen(handle, 'wb') as raw, gzip.open(raw, 'wt', 5, encoding='utf-8') as file:
            json.dump(value, file)
        os.replace(temporary, path)

    def fields(self):
        """All fields and protocols that tshark knows: key -> type."""
        def make():
            known = {}
            for line in self._run(['-G', 'fields']).stdout.decode().splitlines():
                parts = line.split('\t')
                known[parts[2]] = parts[3] if parts[0] == 'F' else PROTOCOL
            return known
        return self._cached('fields and protocols', make)

    def table(self, path, keys):
        """What tshark says; asked only for what the cache does not have."""
        with open(path, 'rb') as file:
            digest = hashlib.sha256(file.read()).hexdigest()
        name = os.path.join(self.cache, hashlib.sha256(
            f'{self.version}\0table\0{digest}'.encode()).hexdigest() + '.json.gz')
        try:
            with gzip.open(name, 'rt', encoding='utf-8') as file:
                stored = json.load(file)
        except (OSError, ValueError, EOFError):
            stored = {'rows': None, 'columns': {}, 'message': ''}
        missing = [key for key in keys if key not in stored['columns']]
        if missing:
            self._ask(path, missing, stored)
            self._store(name, stored)
        columns = {key: {int(row): value for row, value in stored['columns'][key].items()}
                   for key in keys}
        return Table(stored['rows'], columns, stored['message'], stored.get('unsupported', ''))

    def _ask(self, path, keys, stored):
        try:
            ran = self._run(field_arguments(path, keys))
        except subprocess.TimeoutExpired:
            stored.update(rows=0, message='tshark did not end in time')
            stored['columns'].update({key: {} for key in keys})
            return
        table = parse(ran.stdout.decode('utf-8', 'backslashreplace'), keys)
        stored['rows'] = table.rows
        stored['columns'].update(table.columns)
        said = ran.stderr.decode('utf-8', 'replace')
        stored['unsupported'] = said.splitlines()[-1] if 'unsupported' in said else ''
        # A value with a tab or a newline in it, or a crash: the file cannot be compared.
        stored['message'] = table.message
        if ran.returncode not in (0, 1, 2):
            stored['message'] = f'tshark ended with {ran.returncode}'


def cache_directory():
    """A directory of our own that others cannot write to."""
    base = os.environ.get('XDG_CACHE_HOME')
    path = (os.path.join(base, 'netinspect-oracle') if base else
            os.path.join(tempfile.gettempdir(), f'netinspect-oracle-{os.getuid()}'))
    os.makedirs(path, mode=0o700, exist_ok=True)
    status = os.stat(path)
    if status.st_uid != os.getuid() or status.st_mode & 0o022:
        return tempfile.mkdtemp(prefix='netinspect-oracle-')
    return path
