#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Black-box tests of what a hostile network does to netinspect-httpd: slow, greedy, prying and
vanishing clients, limits that are reached, and signals while all of it goes on.

Usage: hostile.py SERVER
Loopback and this host's own address only; every wait has an end.
"""
import glob
import json
import os
import pwd
import resource
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

from probes import H, Server, check, failures, make_root, read_all, req, statuses

BINARY = sys.argv[1]
NETLAB = os.environ.get('NETLAB') or os.path.join(os.path.dirname(BINARY) or '.', 'netlab')
CLOSE = b'Connection: close\r\n'


def ask(server, target=b'/file.txt', fields=b'', method=b'GET', body=b'', host=b'localhost'):
    s = server.connect()
    try:
        s.sendall(req(target, CLOSE + fields, method, body=body).replace(H, b'Host: ' + host + b'\r\n'))
    except OSError:
        pass  # refused already: the answer is there to be read
    raw, end = read_all(s)
    s.close()
    return raw, end


def resident_kb(server):
    with open(f'/proc/{server.p.pid}/status') as f:
        return next(int(line.split()[1]) for line in f if line.startswith('VmRSS'))


def limited(what, n, *options, model='epoll-et'):
    """A server with a lower limit of the system."""
    code = 'import os,resource,sys; r=int(sys.argv[1]); n=int(sys.argv[2]); ' \
        'resource.setrlimit(r,(n,n)); os.execv(sys.argv[3],sys.argv[3:])'
    s = Server.__new__(Server)
    s.model = model
    s.p = subprocess.Popen([sys.executable, '-c', code, str(what), str(n), BINARY, '--model', model,
                            '--port', '0', *options], stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE, text=True)
    s.port = int(s.p.stdout.readline().rpartition(':')[2].rstrip('/\n'))
    return s


def slowloris(root):
    """Sixty clients that send a byte now and then are all cut off; a good one is served meanwhile."""
    for model in 'epoll-et', 'poll', 'coroutine', 'thread', 'fork':
        s = Server(BINARY, model, '--root', root, '--header-timeout', '1',
                   '--linger', '300')
        slow = [s.connect() for _ in range(60)]
        end = time.monotonic() + 3
        open_ones = list(slow)
        served = 0
        for c in slow:
            c.sendall(b'GET / HTTP/1.1\r\nX: ')
        while open_ones and time.monotonic() < end:
            for c in list(open_ones):
                try:
                    c.send(b'a')
                except OSError:
                    open_ones.remove(c)
            served += statuses(ask(s)[0]) == [200]
            time.sleep(0.1)
        check(model, 'slowloris: all cut', not open_ones, len(open_ones))
        check(model, 'slowloris: others served', served > 3, served)
        for c in slow:
            c.close()
        s.stop()


def too_slow(root):
    """Bodies that trickle in and answers that are not taken are cut off by their rate; who is merely
    slow is served, though it takes longer than the timeout."""
    def post(s, size, pause, n):
        """Sends n pieces; how it ended, and when."""
        began = time.monotonic()
        c = s.connect()
        c.sendall(req(b'/echo', CLOSE + b'Content-Length: %d\r\n' % (size * n), b'POST'))
        try:
            for _ in range(n):
                c.sendall(b'x' * size)
                if select.select([c], [], [], pause)[0]:
                    break
        except OSError:
            pass
        raw, _ = read_all(c)
        return statuses(raw[:200]), time.monotonic() - began

    def get(s, piece, pause):
        """Bytes of the answer, taken so fast; and when it ended."""
        began = time.monotonic()
        c = socket.socket()
        c.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        c.settimeout(8)
        c.connect(('127.0.0.1', s.port))
        c.sendall(req(b'/big.bin', CLOSE))
        got = b''
        try:
            while part := c.recv(piece):
                got += part
                time.sleep(pause)
        except OSError:
            pass
        return len(got.partition(b'\r\n\r\n')[2]), time.monotonic() - began

    def run(model):
        s = Server(BINARY, model, '--root', root, '--body-timeout', '1', '--write-timeout', '1',
                   '--min-rate', '5000', '--sndbuf', '8192', '--linger', '300')
        status, took = post(s, 50, 0.1, 100)
        check(model, 'a body too slow', status == [408] and took < 5, (status, took))
        status, took = post(s, 1500, 0.1, 20)
        check(model, 'a slow body', status == [200] and took > 1.5, (status, took))
        # What had arrived before the reset is read in any case.
        n, took = get(s, 100, 0.1)
        check(model, 'an answer too slow', n < 40000, (n, took))
        n, took = get(s, 8000, 0.05)
        check(model, 'a slow answer', n == 300000 and took > 1.5, (n, took))
        s.stop()
    threads = [threading.Thread(target=run, args=(m,)) for m in ('epoll-et', 'poll', 'thread', 'fork')]
    for t in threads:
        t.start()
    for t in threads:
        t.join()


def vanishing(root):
    """Clients that go without a word, as a machine that lost power."""
    s = Server(BINARY, 'epoll-et', '--root', root, '--header-timeout', '1')
    p = subprocess.run([NETLAB, 'client', '-q', '-c', '40', '-C', '40', '--partial', '20', '--vanish',
                        '--hold', '50', f'127.0.0.1:{s.port}'], capture_output=True, text=True,
                       check=False, timeout=20)
    if p.returncode == 2 or 'CAP_NET_ADMIN' in p.stdout + p.stderr:
        print('vanishing clients: left out, needs CAP_NET_ADMIN')
    else:
        n = 99
        end = time.monotonic() + 5
        while n > 1 and time.monotonic() < end:
            n = len(json.loads(ask(s, b'/status')[0].partition(b'\r\n\r\n')[2])['connections'])
            time.sleep(0.1)
        check('epoll-et', 'half-open connections end', n == 1, n)
    s.stop()


def greedy(root):
    """Headers, bodies and chunk extensions without end: refused, and nothing is kept of them."""
    s = Server(BINARY, 'epoll-et', '--root', root, '--linger', '300')
    ask(s)
    before = resident_kb(s)
    for name, start, more, status in (
            ('a header line', b'GET / HTTP/1.1\r\n' + H + b'X: ', b'a' * 65536, 431),
            ('header lines', b'GET / HTTP/1.1\r\n' + H, b'X: y\r\n' * 10000, 431),
            ('a name', b'GET /', b'a' * 65536, 414),
            ('empty lines', b'', b'\r\n' * 30000, 400),
            ('chunks', b'POST /echo HTTP/1.1\r\n' + H + b'Transfer-Encoding: chunked\r\n\r\n',
             b'ffff\r\n' + b'a' * 65535 + b'\r\n', 413),
            ('a chunk extension', b'POST /echo HTTP/1.1\r\n' + H +
             b'Transfer-Encoding: chunked\r\n\r\n5;', b'a' * 65536, 400),
            ('trailers', b'POST /echo HTTP/1.1\r\n' + H +
             b'Transfer-Encoding: chunked\r\n\r\n0\r\n', b'X: y\r\n' * 10000, 431)):
        c = s.connect()
        began = time.monotonic()
        try:
            c.sendall(start)
            while time.monotonic() - began < 6:
                c.sendall(more)
        except OSError:
            pass
        raw, _ = read_all(c)
        c.close()
        # Who goes on sending may lose the answer to a reset; it must not be another one.
        check('greedy', name, statuses(raw) in ([status], []), raw[:60])
        took = time.monotonic() - began
        check('greedy', name + ': cut off', took < 4, took)
    grown = resident_kb(s) - before
    check('greedy', 'memory', grown < 8000, f'{grown} kB')
    s.stop()


def prying(root):
    """Ways out of the root."""
    for link, to in (('up', '..'), ('etc', '/etc'), ('magic', '/proc/self/root'), ('loop', 'loop'),
                     ('sub/far', '../../../../etc/passwd')):
        os.symlink(to, os.path.join(root, link))
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(os.path.join(root, 'door'))
    s = Server(BINARY, 'epoll-et', '--root', root, '--list')
    for path in (b'/up/etc/passwd', b'/etc/passwd', b'/magic/etc/passwd', b'/loop', b'/sub/far', b'/door',
                 b'/..%2fetc/passwd', b'/%2e%2e%2fetc%2fpasswd', b'/..%5c..%5cetc/passwd',
                 b'//etc/passwd', b'/./../etc/passwd', b'/sub/..;/etc/passwd', b'/%c0%ae%c0%ae/etc/passwd',
                 b'/sub/../../etc/passwd', b'http://a/../etc/passwd', b'/proc/self/environ',
                 b'/%252e%252e/etc/passwd', b'/.secret', b'/sub/../.secret', b'/fifo/x'):
        raw, end = ask(s, path)
        check('prying', path.decode(), statuses(raw)[:1] in ([400], [403], [404]) and b'root:' not in raw
              and b'hidden' not in raw, raw[:100])
    check('prying', 'list', b'.secret' not in ask(s, b'/sub/../')[0])
    # A file that turns into a link and back while it is asked for.
    stop = threading.Event()
    path = os.path.join(root, 'turn')

    def turn():
        while not stop.is_set():
            for make in lambda p: os.symlink('/etc/passwd', p), lambda p: open(p, 'w').close():
                make(path + '.new')
                os.rename(path + '.new', path)
    thread = threading.Thread(target=turn)
    s2 = Server(BINARY, 'epoll-et', '--root', root, '--cache', '0')
    thread.start()
    leaks = sum(b'root:' in ask(s2, b'/turn')[0] for _ in range(300))
    stop.set()
    thread.join()
    check('prying', 'a race of links', leaks == 0, leaks)
    listener.close()
    s2.stop()
    s.stop()


def rebinding(root):
    """/status by names that are not this host's own, as a page from elsewhere would ask for it."""
    s = Server(BINARY, 'epoll-et', '--root', root)
    for host, status in ((b'localhost', 200), (b'localhost:80', 200), (b'[::1]:7788', 200),
                         (b'127.0.0.1', 200), (b'127.9.8.7:1', 200), (b'evil.example', 403),
                         (b'localhost.evil.example', 403), (b'localhost5', 403), (b'127.0.0.1.evil', 403),
                         (b'127.evil', 403), (b'128.0.0.1', 403), (b'', 403)):
        raw, _ = ask(s, b'/status', host=host)
        check('status', host.decode(), statuses(raw) == [status], raw[:80])
    s.stop()


def unread(root):
    """Answers that nobody reads: what is kept of them is bounded, like bodies that come in."""
    for path in b'/stream?bytes=900000', b'/echo':
        s = Server(BINARY, 'epoll-et', '--max-bodies', '4000000', '--sndbuf', '4096')
        held, refused = [], 0
        for _ in range(12):
            c = socket.socket()
            c.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            c.settimeout(5)
            c.connect(('127.0.0.1', s.port))
            body = b'x' * 900000
            if path == b'/echo':
                c.sendall(req(path, b'Content-Length: 900000\r\n', b'POST', body=body))
            else:
                c.sendall(req(path))
            refused += statuses(c.recv(60, socket.MSG_PEEK)) == [503]
            held.append(c)
        check('unread', path.decode(), 8 <= refused <= 10, refused)
        for c in held:
            c.close()
        time.sleep(0.2)
        raw, _ = ask(s, b'/stream?bytes=900000')
        check('unread', path.decode() + ': given back', statuses(raw) == [200], raw[:60])
        s.stop()


def few_descriptors(root):
    """ulimit -n 64: clients above what is possible get 503 or wait; open files take no places."""
    for i in range(60):
        with open(os.path.join(root, f'big{i}'), 'wb') as f:
            f.write(b'x' * 100000)
    for model in 'epoll-et', 'poll', 'thread':
        s = limited(resource.RLIMIT_NOFILE, 64, '--root', root, '--cache', '60', model=model)
        good = sum(statuses(ask(s, f'/big{i}'.encode())[0]) == [200] for i in range(60))
        check(model, '64 descriptors: many files', good == 60, good)
        held = [s.connect() for _ in range(100)]
        time.sleep(0.3)
        first = held[0]
        first.sendall(req(b'/big0', CLOSE))
        check(model, '64 descriptors: the first is served', statuses(read_all(first)[0]) == [200])
        raw, _ = read_all(held[-1])
        check(model, '64 descriptors: the last is told', statuses(raw) == [503], raw[:100])
        for c in held:
            c.close()
        time.sleep(0.2)
        check(model, '64 descriptors: serves on', statuses(ask(s)[0]) == [200])
        s.stop()


def sanitized():
    """Whether the memory of the program says nothing about the program."""
    with open(BINARY, 'rb') as f:
        program = f.read()
    return b'__asan_init' in program or b'__tsan_init' in program


def little_memory(root):
    """A hundred bodies of a megabyte in little memory: each is answered, with 200 or 503."""
    if sanitized():
        print('little memory: left out, a sanitizer needs much')
        return
    s = limited(resource.RLIMIT_DATA, 40 << 20, '--root', root, '--max-bodies', str(1 << 30))
    clients = [s.connect() for _ in range(100)]
    head = req(b'/echo', CLOSE + b'Content-Length: 1000000\r\n', b'POST')
    seen = []

    def post(c):
        try:
            c.sendall(head + b'x' * 900000)
            time.sleep(0.5)
            c.sendall(b'x' * 100000)
        except OSError:
            pass
        seen.append(statuses(read_all(c)[0][:200]))
    threads = [threading.Thread(target=post, args=(c,)) for c in clients]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    odd = [x for x in seen if x not in ([200], [503], [])]
    check('memory', 'answers', [200] in seen and not odd, seen)
    check('memory', 'serves on', statuses(ask(s)[0]) == [200])
    s.stop()


class Load:
    """Clients that ask for a file again and again; `broken` counts answers that were cut."""

    def __init__(self, server, n=6):
        self.server, self.good, self.broken, self.refused = server, 0, [], 0
        self.over = False
        self.threads = [threading.Thread(target=self.run, daemon=True) for _ in range(n)]
        for t in self.threads:
            t.start()

    def run(self):
        while not self.over:
            try:
                s = self.server.connect()
            except OSError:
                self.refused += 1
                time.sleep(0.02)
                continue
            self.talk(s)
            s.close()

    def talk(self, s):
        for _ in range(50):
            if self.over:
                return
            raw = b''
            try:
                s.sendall(req(b'/big.bin'))
                while not (head := raw.partition(b'\r\n\r\n'))[1] or len(head[2]) < 300000:
                    part = s.recv(400000)
                    if not part:
                        break
                    raw += part
            except OSError as why:
                if raw:
                    self.broken.append(str(why))
                return
            if not raw:
                return  # closed between two answers
            if statuses(raw[:20]) != [200] or len(raw.partition(b'\r\n\r\n')[2]) != 300000:
                self.broken.append((len(raw), raw[:60]))
                return
            self.good += 1

    def end(self):
        self.over = True
        for t in self.threads:
            t.join()


def wait_for(path):
    end = time.monotonic() + 10
    while not os.path.exists(path) and time.monotonic() < end:
        time.sleep(0.01)
    return os.path.exists(path)


def signals_under_load(root):
    for model in 'epoll-et', 'epoll-lt', 'thread', 'fork', 'coroutine':
        log = os.path.join(root, 'log')
        s = Server(BINARY, model, '--root', root, '--access-log', log)
        work = Load(s)
        for _ in range(8):
            time.sleep(0.04)
            wait_for(log)  # a busy machine may not have looked at the last SIGHUP yet
            os.rename(log, log + '.1')
            s.p.send_signal(signal.SIGHUP)
        time.sleep(0.1)
        check(model, 'SIGHUP under load', work.good > 10 and not work.broken and not work.refused,
              (work.good, work.refused, work.broken[:3]))
        check(model, 'SIGHUP: a new log', wait_for(log))
        before = work.good
        s.stop()
        work.end()
        check(model, 'SIGTERM under load', before and not work.broken, work.broken[:3])
        os.unlink(log + '.1')


def full_house(root):
    """All places held by clients that say nothing, or little: who asks is served all the same. But
    those who are being served are left alone, and then it is 503."""
    def crowd(model):
        s = Server(BINARY, model, '--root', root, '--max-connections', '40', '--url-knobs',
                   '--header-timeout', '60', '--linger', '300')
        held = [s.connect() for _ in range(40)]
        for c in held[::2]:
            c.sendall(b'GET / HTTP/1.1\r\nX: ')
        time.sleep(1.2)
        served = sum(statuses(ask(s)[0]) == [200] for _ in range(60))
        check(model, 'full house: served', served == 60, served)
        for c in held:
            c.close()
        time.sleep(0.2)
        busy = [s.connect() for _ in range(40)]
        for c in busy:
            c.sendall(req(b'/file.txt?delay-first=2500', CLOSE))
        time.sleep(1.2)
        check(model, 'full house: all busy', statuses(ask(s)[0]) == [503])
        good = sum(statuses(read_all(c)[0]) == [200] for c in busy)
        check(model, 'full house: the busy ones', good == 40, good)
        s.stop()
    threads = [threading.Thread(target=crowd, args=(model,))
               for model in ('epoll-et', 'epoll-lt', 'poll', 'select', 'nonblock', 'coroutine')]
    for t in threads:
        t.start()
    for t in threads:
        t.join()


def resets(root):
    """Hundreds of clients that reset at every moment, while one is served."""
    for model in 'epoll-et', 'thread':
        s = Server(BINARY, model, '--root', root)
        ask(s)
        before = resident_kb(s)
        storms = [subprocess.Popen([NETLAB, 'client', '-q', '-c', '1000', '-C', '50', '--abort', how,
                                    '--seconds', '5', *more, f'127.0.0.1:{s.port}/big.bin'],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                  for how, *more in (('linger0', '--no-request'), ('linger0', '--partial', '9', '--hold', '10'),
                                     ('unread',), ('after=100',))]
        served = 0
        while any(p.poll() is None for p in storms):
            served += statuses(ask(s)[0]) == [200]
        check(model, 'resets: others served', served > 3, served)
        n = 99
        end = time.monotonic() + 5
        while n > 1 and time.monotonic() < end:
            n = len(json.loads(ask(s, b'/status')[0].partition(b'\r\n\r\n')[2])['connections'])
        check(model, 'resets: none is left', n == 1, n)
        grown = resident_kb(s) - before
        check(model, 'resets: memory', grown < 20000 or sanitized(), f'{grown} kB')
        s.stop()


def privileges(root):
    """--user: no process and no thread keeps a right, and files are read as that user."""
    if os.getuid():
        print('privileges: left out, only root can give them up')
        return
    os.chmod(root, 0o755)
    path = os.path.join(root, 'private.txt')
    with open(path, 'w', encoding='ascii') as f:
        f.write('x')
    os.chmod(path, 0o600)
    nobody = pwd.getpwnam('nobody')
    for model, workers in ('epoll-et', '1'), ('epoll-et', '2'), ('thread', '1'), ('fork', '1'), \
            ('prefork', '2'):
        s = Server(BINARY, model, '--root', root, '--user', 'nobody', '--workers', workers)
        c = s.connect()
        c.sendall(req(b'/file.txt'))
        check(model, 'user: serves', statuses(c.recv(65536)) == [200])
        with open(f'/proc/{s.p.pid}/task/{s.p.pid}/children') as f:
            pids = [s.p.pid, *map(int, f.read().split())]
        for task in (t for p in pids for t in glob.glob(f'/proc/{p}/task/*/status')):
            with open(task) as f:
                found = dict(line.rstrip('\n').split(':\t', 1) for line in f if ':\t' in line)
            check(model, 'user: ids', set(found['Uid'].split()) == {str(nobody.pw_uid)} and
                  set(found['Gid'].split()) == {str(nobody.pw_gid)} and
                  not found['Groups'].strip(), found)
            check(model, 'user: rights', found['NoNewPrivs'] == '1' and
                  not any(int(found[k], 16) for k in ('CapEff', 'CapPrm', 'CapAmb')), found)
        c.close()
        raw, _ = ask(s, b'/private.txt')
        check(model, 'user: files', statuses(raw) == [403], raw[:60])
        s.stop()
    if not shutil.which('setpriv'):
        return
    # What systemd gives a service that is to listen on port 80 is gone once it does.
    p = subprocess.Popen(['setpriv', '--reuid', 'nobody', '--clear-groups', '--inh-caps',
                          '+net_bind_service', '--ambient-caps', '+net_bind_service', BINARY,
                          '--port', '0'], stdout=subprocess.PIPE, text=True)
    if p.stdout.readline():
        with open(f'/proc/{p.pid}/status') as f:
            rights = [line.split()[1] for line in f if line.startswith(('CapEff', 'CapPrm', 'CapAmb'))]
        check('privileges', 'ambient ones', not any(int(r, 16) for r in rights), rights)
    p.terminate()
    p.wait()


def one_address(root):
    """--max-per-address, from this host's own address, since loopback has no limit."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(('192.0.2.1', 9))
            own = probe.getsockname()[0]
        except OSError:
            own = '127.0.0.1'
    if own.startswith('127.'):
        print('limit of an address: left out, this host has but loopback')
        return
    def hold(n):
        held = []
        for _ in range(n):
            held.append(socket.create_connection((own, s.port), timeout=5))
            held[-1].sendall(req(b'/file.txt'))
            held[-1].recv(65536)
        return held

    # Over all processes together: of three workers no single one sees them all.
    for model, workers in ('epoll-et', '1'), ('thread', '1'), ('fork', '1'), ('pool', '9'), \
            ('epoll-et', '3'), ('poll', '3'), ('fork', '2'), ('prefork', '9'):
        name = f'{model} with {workers} workers'
        s = Server(BINARY, model, '--root', root, '--listen', own, '--max-per-address', '5', '--workers',
                   workers)
        held = hold(5)
        for _ in range(6):
            raw, _ = read_all(socket.create_connection((own, s.port), timeout=5))
            check(name, 'sixth client of an address', statuses(raw) == [503] and b'your address' in raw,
                  raw)
        held.pop().close()
        time.sleep(0.2)
        c = socket.create_connection((own, s.port), timeout=5)
        c.sendall(req(b'/file.txt', CLOSE))
        check(name, 'after one has gone', statuses(read_all(c)[0]) == [200])
        if workers != '1' and model != 'pool':
            with open(f'/proc/{s.p.pid}/task/{s.p.pid}/children') as f:
                for pid in f.read().split():
                    os.kill(int(pid), signal.SIGKILL)
            time.sleep(0.5)
            check(name, 'after all were killed', len(hold(5)) == 5)
        for c in held:
            c.close()
        s.stop()


def main():
    for test in (slowloris, too_slow, vanishing, greedy, prying, rebinding, unread, few_descriptors, little_memory,
                 signals_under_load, full_house, resets, privileges, one_address):
        root = tempfile.mkdtemp()
        try:
            make_root(root)
            test(root)
        finally:
            shutil.rmtree(root)
    print(f'{len(failures)} failures')
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main())
