# SPDX-License-Identifier: GPL-2.0-or-later
"""Two hosts joined by a cable, out of network namespaces, for the live tests.

The whole test runs in private namespaces (network, mount, process): nothing of it can meet the
machine's own network, and when the test ends, however it ends, the kernel kills what it started.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import time

import libtest

WORK = '/run/work'
PORT = 7788
A, B = '10.8.0.1', '10.8.0.2'           # the hosts `client` and `server`
NEEDED = ('ip', 'unshare', 'ethtool', 'ss', 'mount', 'sysctl')
MARK = 'NI_PRIVATE_WORLD'

NGINX_CONF = '''
daemon off; master_process off; pid {work}/nginx.pid; error_log stderr;
events {{ }}
http {{
    access_log off; server_tokens off; gzip on;
    types {{ text/html html; application/octet-stream bin; }}
    server {{ listen {port}; root {work}/site; }}
}}
'''


def enter():
    """Re-executes the program in private namespaces; skips it where that cannot be."""
    if os.environ.get(MARK) == 'yes' and os.getpid() == 1:
        subprocess.run(['mount', '-t', 'tmpfs', 'tmpfs', '/run'], check=True)
        os.makedirs('/run/netns')
        os.makedirs(WORK, mode=0o755)
        # A process number 1 ignores the signals that it has no handler for.
        signal.signal(signal.SIGINT, lambda *_: sys.exit(130))
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        return
    if os.getuid() != 0:
        libtest.skip_all('live captures need root')
    missing = [name for name in NEEDED if not shutil.which(name)]
    if missing:
        libtest.skip_all(f'not installed: {" ".join(missing)}')
    probe = subprocess.run(['unshare', '--net', '--mount', 'true'], stderr=subprocess.PIPE,
                           check=False)
    if probe.returncode:
        libtest.skip_all(f'no namespaces: {probe.stderr.decode().strip()}')
    os.environ[MARK] = 'yes'
    os.execvp('unshare', ['unshare', '--net', '--mount', '--pid', '--fork', '--kill-child',
                          '--mount-proc', sys.executable, *sys.argv])


def wait_until(what, condition, limit=10):
    """Waits for a condition, at most `limit` seconds; its value."""
    end = time.monotonic() + limit
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    raise TimeoutError(f'waited {limit} s in vain for {what}')


class Host:
    """A network namespace with a name."""

    def __init__(self, name):
        self.name = name
        subprocess.run(['ip', 'netns', 'add', name], check=True)
        for setting in ('net.ipv6.conf.all.disable_ipv6=1', 'net.ipv6.conf.default.disable_ipv6=1',
                        'net.ipv4.tcp_ecn=0'):
            self.run('sysctl', '-qw', setting)
        self.run('ip', 'link', 'set', 'lo', 'up')

    def _command(self, args):
        return ['ip', 'netns', 'exec', self.name, *args]

    def run(self, *args, check=True, **more):
        """Runs a command to its end; its output."""
        ran = subprocess.run(self._command(args), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                             stdin=subprocess.DEVNULL, check=False, **more)
        if check and ran.returncode:
            raise RuntimeError(f'{" ".join(args)}: {ran.stderr.decode(errors="replace")}')
        return ran.stdout.decode(errors='replace')

    def start(self, *args, **more):
        """Starts a command."""
        more.setdefault('stdin', subprocess.DEVNULL)
        more.setdefault('stdout', subprocess.DEVNULL)
        more.setdefault('stderr', subprocess.DEVNULL)
        return subprocess.Popen(self._command(args), **more)

    def python(self, code, *args, **more):
        """Starts a Python program."""
        return self.start(sys.executable, '-c', code, *args, **more)

    def listens(self, port):
        return self.run('ss', '-Htln', f'sport = :{port}') != ''


class Capture:
    """A running netinspect; its output goes to files, so that it never has to wait for us."""

    count = 0

    def __init__(self, host, *args, wait=True, program=None, before=(), env=None, stdin=None):
        Capture.count += 1
        self.out_path = f'{WORK}/{Capture.count}.out'
        self.err_path = f'{WORK}/{Capture.count}.err'
        with open(self.out_path, 'wb') as out, open(self.err_path, 'wb') as err:
            self.process = host.start(*before, program or libtest.NETINSPECT, *args, stdout=out,
                                      stderr=err, stdin=stdin or subprocess.DEVNULL,
                                      env=libtest.environment(**(env or {})))
        if wait:
            wait_until('netinspect to listen',
                       lambda: 'Capturing on' in self.err() or self.process.poll() is not None)

    def out(self):
        with open(self.out_path, encoding='utf-8', errors='replace') as file:
            return file.read()

    def err(self):
        with open(self.err_path, encoding='utf-8', errors='replace') as file:
            return file.read()

    def lines(self):
        return self.out().splitlines()

    def signal(self, number):
        # `ip netns exec` has become netinspect: it is the same process.
        self.process.send_signal(number)

    def wait(self, limit=10):
        """The exit status; raises when it does not end."""
        try:
            return self.process.wait(limit)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise TimeoutError('netinspect did not end') from None

    def stop(self, pause=0.3):
        """Ends it as a person would; the exit status."""
        time.sleep(pause)
        self.signal(signal.SIGINT)
        return self.wait()

    def counts(self):
        """The numbers it printed at the end."""
        return {what: int(n) for n, what in re.findall(
            r'(\d+) packets (captured|received by filter|dropped by kernel|'
            r'dropped by interface)', self.err())}


class World:
    """The two hosts, and nginx on one."""

    def __init__(self):
        self.client, self.server = Host('client'), Host('server')
        subprocess.run(['ip', 'link', 'add', 'eth0', 'netns', 'client', 'address',
                        '02:00:00:00:00:01', 'type', 'veth', 'peer', 'name', 'eth0', 'netns',
                        'server', 'address', '02:00:00:00:00:02'], check=True)
        for host, address in ((self.client, A), (self.server, B)):
            # With offloads a capture has segments that never were on a wire.
            host.run('ethtool', '-K', 'eth0', 'tso', 'off', 'gso', 'off', 'gro', 'off',
                     'tx', 'off', 'rx', 'off')
            host.run('ip', 'address', 'add', f'{address}/24', 'dev', 'eth0')
            host.run('ip', 'link', 'set', 'eth0', 'up')
        self.nginx = None

    def start_nginx(self, host):
        """A small site on port 7788; False where there is no nginx."""
        if not shutil.which('nginx'):
            return False
        os.makedirs(f'{WORK}/site', exist_ok=True)
        with open(f'{WORK}/site/index.html', 'w', encoding='utf-8') as file:
            file.write('<!DOCTYPE html><title>x</title>' + '<p>text' * 500)
        with open(f'{WORK}/site/large.bin', 'wb') as file:
            file.write(os.urandom(300000))
        with open(f'{WORK}/nginx.conf', 'w', encoding='utf-8') as file:
            file.write(NGINX_CONF.format(work=WORK, port=PORT))
        host.start('nginx', '-c', f'{WORK}/nginx.conf')
        wait_until('nginx', lambda: host.listens(PORT))
        return True
