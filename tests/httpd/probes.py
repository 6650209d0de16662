#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Black-box suite of netinspect-httpd: 54 probes and more against every model.

Usage: probes.py SERVER [MODEL...]

Every probe goes whole and byte by byte to every model, and all models must answer with the same
bytes (the date aside). After a probe that should leave the connection open a plain GET follows on
the same connection, which shows that it is open and in step. Loopback only.
"""
import gzip
import os
import re
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

ALL = ['fixed', 'file', 'fork', 'prefork', 'thread', 'pool', 'nonblock', 'select', 'poll',
       'epoll-lt', 'epoll-et', 'coroutine']
SERIAL = ('fixed', 'file')
NEXT = b'GET /file.txt HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'
H = b'Host: a\r\n'
CROWD_S = 20  # a sanitizer on a busy machine takes some seconds to make a thousand threads
failures = []


def req(target, fields=b'', method=b'GET', version=b'HTTP/1.1', body=b''):
    return method + b' ' + target + b' ' + version + b'\r\n' + H + fields + b'\r\n' + body


def has(*parts):
    return lambda raw: all(p in raw for p in parts)


def lacks(*parts):
    return lambda raw: not any(p in raw for p in parts)


def both(*checks):
    return lambda raw: all(c(raw) for c in checks)


FUTURE = b'If-Modified-Since: Fri, 01 Jan 2038 00:00:00 GMT\r\n'
PROBES = [  # name, bytes, statuses, whether the server closes, check of the raw answer
    ('keep-alive', req(b'/'), [200], False, has(b'<h1>root</h1>')),
    ('HTTP/1.0', req(b'/', version=b'HTTP/1.0'), [200], True, has(b'Connection: close')),
    ('HTTP/1.0 keep-alive', req(b'/', b'Connection: keep-alive\r\n', version=b'HTTP/1.0'), [200],
     False, has(b'Connection: keep-alive')),
    ('Connection: close', req(b'/', b'Connection: close\r\n'), [200], True, None),
    ('pipelining', req(b'/') + req(b'/file.txt') + req(b'/nothing'), [200, 200, 404], False, None),
    ('HTTP/0.9', b'GET /\r\n', [400], True, None),
    ('no Host', b'GET / HTTP/1.1\r\n\r\n', [400], True, None),
    ('two Host', req(b'/', H), [400], True, None),
    ('HEAD', req(b'/', method=b'HEAD'), [200], False, lacks(b'<h1>')),
    ('HEAD 404', req(b'/nothing', method=b'HEAD'), [404], False, lacks(b'<h1>')),
    ('POST to a file', req(b'/file.txt', b'Content-Length: 3\r\n', b'POST', body=b'abc'), [405],
     False, has(b'\r\nAllow: GET, HEAD, OPTIONS\r\n')),
    ('POST /echo', req(b'/echo', b'Content-Length: 5\r\n', b'POST', body=b'hello'), [200], False,
     has(b'\r\n\r\nhello')),
    ('POST /', req(b'/', b'Content-Length: 5\r\n', b'POST', body=b'hello'), [200], False,
     has(b'\r\n\r\nhello')),
    ('POST without length', req(b'/echo', method=b'POST'), [411], True, None),
    ('POST of nothing', req(b'/echo', b'Content-Length: 0\r\n', b'POST'), [200], False, None),
    ('PUT chunked', req(b'/echo', b'Transfer-Encoding: chunked\r\n', b'PUT',
                        body=b'5\r\nhello\r\n6;a=b\r\n world\r\n0\r\nT: x\r\n\r\n'), [200], False,
     has(b'\r\n\r\nhello world')),
    ('OPTIONS', req(b'/file.txt', method=b'OPTIONS'), [204], False, has(b'\r\nAllow: ')),
    ('OPTIONS *', req(b'*', method=b'OPTIONS'), [204], False, has(b'\r\nAllow: ')),
    ('unknown method', req(b'/', method=b'BREW'), [501], True, None),
    ('DELETE', req(b'/file.txt', method=b'DELETE'), [405], False, has(b'\r\nAllow: ')),
    ('HTTP/3.0', req(b'/', version=b'HTTP/3.0'), [505], True, None),
    ('bad version', req(b'/', version=b'HTTP/1.1x'), [400], True, None),
    ('URI 20 kB', req(b'/' + b'a' * 20000), [414], True, None),
    ('header 40 kB', req(b'/', b'X: ' + b'a' * 40000 + b'\r\n'), [431], True, None),
    ('500 headers', req(b'/', b'X: a\r\n' * 500), [431], True, None),
    ('Content-Length 10 GB', req(b'/echo', b'Content-Length: 10000000000\r\n', b'POST'), [413],
     True, None),
    ('CL and TE', req(b'/echo', b'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n', b'POST',
                      body=b'0\r\n\r\n'), [400], True, None),
    ('two different CL', req(b'/echo', b'Content-Length: 5\r\nContent-Length: 6\r\n', b'POST',
                             body=b'hello!'), [400], True, None),
    ('bad TE', req(b'/echo', b'Transfer-Encoding: identity\r\n', b'POST'), [400], True, None),
    ('space before colon', req(b'/', b'Content-Length : 0\r\n'), [400], True, None),
    ('NUL in header', req(b'/', b'X: a\0b\r\n'), [400], True, None),
    ('bare LF', b'GET / HTTP/1.1\nHost: a\n\n', [400], True, None),
    ('folded line', req(b'/', b'X: a\r\n b\r\n'), [400], True, None),
    ('GET with body', req(b'/', b'Content-Length: 5\r\n', body=b'hello') + req(b'/'), [200, 200],
     False, None),
    ('absolute-form', req(b'http://a/file.txt'), [200], False, None),
    ('range', req(b'/file.txt', b'Range: bytes=10-19\r\n'), [206], False,
     has(b'\r\nContent-Range: bytes 10-19/1000\r\n', b'\r\n\r\n0123456789HTTP')),
    ('range suffix', req(b'/big.bin', b'Range: bytes=-5\r\n'), [206], False,
     has(b'bytes 299995-299999/300000', b'\r\n\r\n56789HTTP')),
    ('ranges', req(b'/file.txt', b'Range: bytes=0-1,-2\r\n'), [206], False,
     has(b'multipart/byteranges', b'bytes 0-1/1000\r\n\r\n01\r\n--',
         b'bytes 998-999/1000\r\n\r\n89\r\n--')),
    ('ranges of a big file', req(b'/big.bin', b'Range: bytes=1-2,100000-100001,9-9\r\n'), [206],
     False, has(b'bytes 9-9/300000\r\n\r\n9\r\n--')),
    ('bad range', req(b'/file.txt', b'Range: bytes=5000-\r\n'), [416], False,
     has(b'\r\nContent-Range: bytes */1000\r\n')),
    ('ETag and Last-Modified', req(b'/file.txt'), [200], False,
     has(b'\r\nETag: "', b'\r\nLast-Modified: Thu, 01 Jan 2026 00:00:00 GMT\r\n')),
    ('IMS in the future', req(b'/file.txt', FUTURE), [304], False, None),
    ('INM *', req(b'/file.txt', b'If-None-Match: *\r\n'), [304], False, None),
    ('If-Match of another', req(b'/file.txt', b'If-Match: "no"\r\n'), [412], False, None),
    ('directory', req(b'/sub/'), [403], False, None),
    ('directory without slash', req(b'/sub'), [301], False, has(b'\r\nLocation: /sub/\r\n')),
    ('index.html below', req(b'/with/'), [200], False, has(b'<h1>with</h1>')),
    ('../', req(b'/../etc/passwd'), [400], True, None),
    ('%2e%2e', req(b'/sub/%2e%2e/%2e%2e/etc/passwd'), [400], True, None),
    ('%00', req(b'/file.txt%00.png'), [400], True, None),
    ('bad %', req(b'/%zz'), [400], True, None),
    ('link out of root', req(b'/out'), [403], False, lacks(b'root:')),
    ('link inside root', req(b'/in'), [200], False, None),
    ('dot file', req(b'/.secret'), [404], False, lacks(b'hidden')),
    ('FIFO', req(b'/fifo'), [403], False, None),
    ('below nothing', req(b'/nothing/x'), [404], False, None),
    ('gzip sibling', req(b'/a.css', b'Accept-Encoding: br, gzip\r\n'), [200], False,
     has(b'Content-Encoding: gzip', b'Vary: Accept-Encoding', b'Content-Type: text/css')),
    ('gzip refused', req(b'/a.css', b'Accept-Encoding: gzip;q=0\r\n'), [200], False,
     lacks(b'Content-Encoding')),
    ('big file', req(b'/big.bin'), [200], False, has(b'0123456789' * 30000)),
    ('stream', req(b'/stream?bytes=250&chunks=1,10,100'), [200], False,
     has(b'\r\n\r\n1\r\n0\r\na\r\n', b'\r\n64\r\n', b'\r\n27\r\n')),
    ('bad chunk', req(b'/echo', b'Transfer-Encoding: chunked\r\n', b'POST', body=b'xyz\r\n'),
     [400], True, None),
    ('knob bad-length', req(b'/file.txt?bad-length=-10'), [200], True,
     has(b'\r\nContent-Length: 990\r\n')),
    ('knob no-length', req(b'/file.txt?no-length'), [200], True, lacks(b'Content-Length')),
    ('knob http10', req(b'/file.txt?http10'), [200], True, has(b'HTTP/1.0 200')),
    ('knob bad-chunk', req(b'/file.txt?bad-chunk'), [200], True, has(b'\r\n\r\nxyz\r\n')),
    ('empty lines before', b'\r\n\r\n' + req(b'/'), [200], False, None),
    ('too many empty lines', b'\r\n' * 20 + req(b'/'), [400], True, None),
    ('417', req(b'/echo', b'Expect: tea\r\nContent-Length: 1\r\n', b'POST'), [417], True, None),
]
# Of these the answer depends on the path; the model with one page gives that page.
FIXED_SKIPS = re.compile('404|HEAD|nothing|POST to|range|ETag|IMS|INM|If-Match|directory|index|link|dot'
                         '|FIFO|below|gzip|big|stream|knob|DELETE|OPTIONS|absolute|pipel')


def make_root(top):
    def write(name, data, mtime=1767225600):
        path = os.path.join(top, name)
        with open(path, 'wb') as f:
            f.write(data)
        os.utime(path, (mtime, mtime))
    os.mkdir(os.path.join(top, 'sub'))
    os.mkdir(os.path.join(top, 'with'))
    write('index.html', b'<h1>root</h1>\n')
    write('with/index.html', b'<h1>with</h1>\n')
    write('file.txt', b'0123456789' * 100)
    write('big.bin', b'0123456789' * 30000)
    write('a.css', b'body { color: red }\n' * 20)
    write('a.css.gz', gzip.compress(b'body { color: red }\n' * 20, mtime=0))
    write('.secret', b'hidden')
    os.symlink('/etc/passwd', os.path.join(top, 'out'))
    os.symlink('file.txt', os.path.join(top, 'in'))
    os.mkfifo(os.path.join(top, 'fifo'))


class Server:
    def __init__(self, binary, model, *options):
        self.model = model
        self.p = subprocess.Popen([binary, '--model', model, '--port', '0', *options],
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        line = self.p.stdout.readline()
        self.port = int(re.search(r':(\d+)/', line).group(1))

    def connect(self, timeout=8):
        s = socket.create_connection(('127.0.0.1', self.port), timeout=timeout)
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return s

    def stop(self):
        self.p.send_signal(signal.SIGTERM)
        try:
            _, err = self.p.communicate(timeout=15)
            # ASan remarks on every use of swapcontext() that it may be wrong from there on.
            err = re.sub(r"==\d+==WARNING: ASan doesn't fully support makecontext.*\n", '',
                         err).strip()
        except subprocess.TimeoutExpired:
            self.p.kill()
            _, err = self.p.communicate()
            check(self.model, 'SIGTERM drains', False, 'did not end')
        check(self.model, 'exit status', self.p.returncode == 0 and not err,
              f'{self.p.returncode} {err[:3000]}')


def check(model, name, good, why=''):
    if not good:
        failures.append((model, name, why))
        print(f'FAIL {model}: {name}: {why}', flush=True)


def read_all(s):
    raw = b''
    try:
        while True:
            part = s.recv(65536)
            if not part:
                return raw, 'fin'
            raw += part
    except socket.timeout:
        return raw, 'timeout'
    except ConnectionResetError:
        return raw, 'reset'


def send(s, data, bytewise):
    try:
        if bytewise:
            for i in range(len(data)):
                s.send(data[i:i + 1])
        else:
            s.sendall(data)
    except (BrokenPipeError, ConnectionResetError):
        pass  # the server has refused already; its answer is there to be read


def statuses(raw):
    return [int(c) for c in re.findall(rb'(?:^|[^ ])HTTP/1\.[01] (\d\d\d) ', raw)]


def one(server, probe, bytewise=False, half_close=False, patience=8):
    name, data, want, closes, extra = probe
    s = server.connect(patience)
    send(s, data if closes else data + NEXT, bytewise)
    if half_close:
        s.shutdown(socket.SHUT_WR)
    raw, end = read_all(s)
    s.close()
    expected = want if closes else want + [200]
    how = ' byte by byte' if bytewise else ' half-closed' if half_close else ''
    check(server.model, name + how, statuses(raw) == expected and end == 'fin',
          f'{statuses(raw)} {end}, want {expected}')
    if extra:
        check(server.model, name + how, extra(raw[:-1] if closes else raw), raw[:400])
    return re.sub(rb'\r\nDate: [^\r]*', b'', raw)


def expect_continue(server):
    s = server.connect()
    s.sendall(req(b'/echo', b'Expect: 100-continue\r\nContent-Length: 3\r\n', b'POST'))
    first = s.recv(1000)
    s.sendall(b'abc')
    s.shutdown(socket.SHUT_WR)
    raw, end = read_all(s)
    s.close()
    check(server.model, '100-continue', first == b'HTTP/1.1 100 Continue\r\n\r\n' and
          raw.endswith(b'\r\n\r\nabc') and end == 'fin', first + raw)


def aborts(server):
    """Clients that vanish at every bad moment; the server serves on."""
    for data in (b'', b'GET', req(b'/big.bin'), req(b'/big.bin') * 20,
                 req(b'/echo', b'Content-Length: 500\r\n', b'POST', body=b'abc')):
        s = server.connect()
        s.sendall(data)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b'\1\0\0\0\0\0\0\0')
        s.close()
    one(server, PROBES[0])


def deadlines(server):
    """--header-timeout 1 --keepalive 1: idle, partial, dripping and idle again after a request."""
    def timed(name, feed, status):
        start = time.monotonic()
        s = server.connect()
        feed(s)
        raw, end = read_all(s)
        took = time.monotonic() - start
        s.close()
        check(server.model, name, statuses(raw) == status and end == 'fin' and
              0.9 < took < 2.4, f'{statuses(raw)} {end} after {took:.2f} s')

    def drip(s):
        """Four seconds of it, if a byte now and then moved the deadline."""
        for c in b'GET / HTTP/1.1\r\nX: ' + b'a' * 60:
            try:
                s.send(bytes([c]))
            except OSError:
                break
            if select.select([s], [], [], 0.05)[0]:
                break  # the answer
    jobs = [('idle', lambda s: None, [408]), ('partial header', lambda s: s.sendall(b'GET /'), [408]),
            ('drip', drip, [408]), ('idle keep-alive', lambda s: s.sendall(req(b'/')), [200])]
    if server.model in SERIAL:
        for j in jobs:
            timed(*j)
        return
    threads = [threading.Thread(target=timed, args=j) for j in jobs]
    for t in threads:
        t.start()
    for t in threads:
        t.join()


def crowd(server, n):
    """n idle connections and one that is served."""
    idle = [server.connect() for _ in range(n)]
    for s in idle[::10]:
        s.sendall(b'GET /file.txt HTTP/1.1\r\n')
    start = time.monotonic()
    one(server, PROBES[0], patience=CROWD_S)
    took = time.monotonic() - start
    # Who had to wait for an idle one to be cut off would wait for the whole header timeout.
    check(server.model, f'{n} idle', took < CROWD_S, f'{took:.2f} s')
    for s in idle:
        s.close()


def knobs_on_the_wire(server):
    start = time.monotonic()
    s = server.connect()
    s.sendall(req(b'/file.txt?delay-first=150&drip=250/50', b'Connection: close\r\n'))
    raw, _ = read_all(s)
    took = time.monotonic() - start
    check(server.model, 'delay-first, drip', 0.33 < took < 1.5 and len(raw) > 1100, f'{took:.2f}')
    s = server.connect()
    s.sendall(req(b'/file.txt?abort=linger0'))
    check(server.model, 'abort=linger0', read_all(s)[1] == 'reset')
    s = server.connect()
    s.sendall(req(b'/big.bin?abort=after=1000'))
    raw, end = read_all(s)
    check(server.model, 'abort=after', end == 'reset' and len(raw) <= 1000, f'{end} {len(raw)}')
    s = server.connect()
    s.sendall(req(b'/file.txt?close-first=client&close-delay=80&late-data=7',
                  b'Connection: close\r\n'))
    time.sleep(0.1)
    start = time.monotonic()
    s.shutdown(socket.SHUT_WR)
    raw, end = read_all(s)
    took = time.monotonic() - start
    check(server.model, 'close-first=client', raw.endswith(b'9lllllll') and end == 'fin' and
          0.07 < took < 0.6, f'{end} {took:.3f} {raw[-10:]}')


def run_model(binary, model, root, answers):
    server = Server(binary, model, '--root', root, '--url-knobs')
    for p in PROBES:
        if model == 'fixed' and FIXED_SKIPS.search(p[0]):
            continue
        raw = one(server, p)
        if model != 'fixed':
            same = answers.setdefault(p[0], raw)
            check(model, p[0] + ': same bytes as others', raw == same, f'{raw[:300]} {same[:300]}')
        if len(p[1]) < 1000:
            raw = one(server, p, bytewise=True)
            check(model, p[0] + ': same bytes byte by byte',
                  model == 'fixed' or raw == answers[p[0]], raw[:300])
            one(server, p, half_close=True)
    expect_continue(server)
    if model != 'fixed':
        aborts(server)
        knobs_on_the_wire(server)
    server.stop()
    server = Server(binary, model, '--root', root, '--header-timeout', '1', '--keepalive', '1')
    deadlines(server)
    server.stop()
    if model not in SERIAL + ('prefork', 'pool'):
        server = Server(binary, model, '--root', root, '--header-timeout', str(2 * CROWD_S))
        crowd(server, 900 if model == 'select' else 200 if model == 'fork' else 1000)
        server.stop()


def main():
    binary, models = sys.argv[1], sys.argv[2:] or ALL
    answers = {}
    with tempfile.TemporaryDirectory() as root:
        make_root(root)
        for m in models:
            start, before = time.monotonic(), len(failures)
            run_model(binary, m, root, answers)
            print(f'{m}: {"ok" if len(failures) == before else "FAILED"}, '
                  f'{time.monotonic() - start:.1f} s', flush=True)
    print(f'{len(PROBES)} probes, {len(models)} models, {len(failures)} failures')
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main())
