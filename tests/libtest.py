# SPDX-License-Identifier: GPL-2.0-or-later
"""What the test programs written in Python have in common.

A test program prints a line for what failed (with -v, for what passed too) and ends
with the line `N passed, N failed, N skipped`. It exits with 0, with 1 if something
failed, or with 77 if it could do nothing at all (Automake's word for skipped).

The environment says what is tested:
    NETINSPECT     the program; ./netinspect otherwise
    NI_SRCDIR      the top of the source tree; found from this file otherwise
    NI_SHARED      where further captures lie; ../shared beside the source tree otherwise
"""

import fcntl
import os
import signal
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.abspath(os.environ.get('NI_SRCDIR') or os.path.dirname(HERE))
NETINSPECT = os.path.abspath(os.environ.get('NETINSPECT') or 'netinspect')
NETLAB = os.path.join(os.path.dirname(NETINSPECT), 'netlab')
SHARED = os.environ.get('NI_SHARED') or os.path.join(os.path.dirname(TOP), 'shared')
CAPTURES = os.path.join(TOP, 'captures')

SKIPPED = 77

# What a sanitizer or the kernel says when a program breaks down.
BREAKDOWNS = ('ERROR: AddressSanitizer', 'ERROR: LeakSanitizer', 'runtime error:',
              'WARNING: ThreadSanitizer', 'Assertion `')


class Results:
    """Counts what passed, and says what did not."""

    def __init__(self, verbose=False):
        self.verbose = verbose
        self.passed = self.failed = self.skipped = 0

    def ok(self, name):
        self.passed += 1
        if self.verbose:
            print(f'ok      {name}', flush=True)

    def bad(self, name, why=''):
        self.failed += 1
        print(f'FAILED  {name}', flush=True)
        for line in str(why).splitlines():
            print(f'        {line}', flush=True)

    def skip(self, name, why):
        self.skipped += 1
        print(f'skipped {name}: {why}', flush=True)

    def check(self, name, condition, why=''):
        """ok or bad, as `condition` says. `why` may be a function."""
        if condition:
            self.ok(name)
        else:
            self.bad(name, why() if callable(why) else why)
        return bool(condition)

    def finish(self):
        """Prints the last line and ends the program."""
        print(f'{self.passed} passed, {self.failed} failed, {self.skipped} skipped', flush=True)
        if self.failed:
            sys.exit(1)
        sys.exit(SKIPPED if not self.passed else 0)


def skip_all(why):
    """Ends the program: nothing of it can be done here."""
    print(f'skipped: {why}')
    print('0 passed, 0 failed, 1 skipped')
    sys.exit(SKIPPED)


def need_program():
    """Ends the program if there is no netinspect to test."""
    if not os.access(NETINSPECT, os.X_OK):
        print(f'{NETINSPECT}: not there; set NETINSPECT', file=sys.stderr)
        sys.exit(99)


def alone():
    """Waits until no other suite that keeps all processors busy, or looks at the clock, runs in
    this directory: `make -j check` starts them together."""
    global _lock
    _lock = open('.suite-lock', 'w', encoding='utf-8')  # closed, and unlocked, when we end
    fcntl.flock(_lock, fcntl.LOCK_EX)


_lock = None


def environment(**more):
    """An environment in which output does not depend on whose machine it is."""
    env = {k: v for k, v in os.environ.items()
           if not k.startswith('LC_') and k not in ('NO_COLOR', 'COLUMNS')}
    env.update(TZ='UTC', LANG='C.UTF-8', LC_ALL='C.UTF-8')
    env.update(more)
    return env


class Ran:
    """How a run of a program ended."""

    def __init__(self, status, out, err, timeout=False):
        self.status, self.out, self.err, self.timeout = status, out, err, timeout

    def broken(self):
        """Why this is no orderly end, or None."""
        if self.timeout:
            return 'did not end in time'
        if self.status < 0:
            return f'killed by {signal.Signals(-self.status).name}\n{self.text()[-1500:]}'
        text = self.text()
        for mark in BREAKDOWNS:
            at = text.find(mark)
            if at >= 0:
                return text[at:at + 3000]
        return None

    def text(self):
        return self.err.decode('utf-8', 'replace')


def run(*args, time_limit=60, stdin=subprocess.DEVNULL, cwd=None, program=None, **env):
    """Runs netinspect (or `program`) with `args` to its end."""
    process = subprocess.Popen([program or NETINSPECT, *args], stdin=stdin, cwd=cwd,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               env=environment(**env))
    try:
        out, err = process.communicate(timeout=time_limit)
        return Ran(process.returncode, out, err)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
        return Ran(process.returncode, out, err, timeout=True)


def is_capture(name):
    """Whether a file name is that of a capture."""
    return name.endswith(('.pcap', '.pcapng', '.cap', '.pcap.gz', '.pcapng.gz', '.pcap.zst',
                          '.pcapng.zst', '.pcap.lz4'))


def captures_in(*directories):
    """Paths of all captures under the directories, those that exist, in order."""
    found = []
    for directory in directories:
        for where, below, names in os.walk(directory):
            below.sort()
            found += [os.path.join(where, name) for name in sorted(names) if is_capture(name)]
    return found


def shared_captures():
    """Captures that may lie beside the source tree: other people's, for trying things on."""
    return captures_in(os.path.join(SHARED, 'captures'), os.path.join(SHARED, 'scenarios'))


def short_name(path):
    """A path as messages show it and as lists in the tree name it."""
    for root in (TOP, SHARED):
        if path.startswith(root + os.sep):
            return path[len(root) + 1:]
    return path
