#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Black-box tests of what stands around the core: signals, workers, limits, log, status, knobs.

Usage: features.py SERVER
Loopback only; every wait has an end.
"""
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time

from probes import H, Server, check, failures, make_root, read_all, req, statuses

BINARY = sys.argv[1]


def start(*options, model='epoll-et'):
    return Server(BINARY, model, *options)


def fetch(server, target):
    c = http.client.HTTPConnection('127.0.0.1', server.port, timeout=5)
    c.request('GET', target)
    r = c.getresponse()
    body = r.read()
    c.close()
    return r, body


def builtin_site():
    s = start()
    r, page = fetch(s, '/')
    check('site', 'page', r.status == 200 and b'style.css' in page)
    for name in set(re.findall(rb'(?:href|src)="/([a-z.-]+)"', page)) - {b'nothing-here'}:
        r, body = fetch(s, '/' + name.decode())
        check('site', name.decode(), r.status == 200 and body, r.status)
    _, body = fetch(s, '/status')
    status = json.loads(body)
    check('status', 'json', status['model'] == 'epoll-et' and
          status['connections'][0]['state'] == 'ESTABLISHED' and
          status['connections'][0]['rtt_us'] > 0, body)
    r, body = fetch(s, '/status.html')
    check('status', 'page', b'<td>ESTABLISHED</td>' in body, body)
    s.stop()


def addresses():
    """IPv4 and IPv6 without being asked; several addresses; one port for all of them."""
    s = start()
    with socket.create_connection(('::1', s.port), timeout=5) as c:
        c.sendall(req(b'/style.css', b'Connection: close\r\n'))
        check('listen', '::1', statuses(read_all(c)[0]) == [200])
    s.stop()
    p = subprocess.Popen([BINARY, '--port', '0', '--listen', '127.0.0.1', '--listen', '[::1]', '--listen',
                          '127.0.0.2'], stdout=subprocess.PIPE, text=True)
    lines = [p.stdout.readline() for _ in range(3)]
    ports = {line.rstrip('/\n').rpartition(':')[2] for line in lines}
    check('listen', 'one port', len(ports) == 1 and '0' not in ports, lines)
    for host in '127.0.0.1', '::1', '127.0.0.2':
        with socket.create_connection((host, int(min(ports))), timeout=5) as c:
            c.sendall(req(b'/style.css', b'Connection: close\r\n'))
            check('listen', host, statuses(read_all(c)[0]) == [200])
    p.terminate()
    p.communicate(timeout=5)


def drain(root):
    """SIGTERM: what was begun is finished, idle connections get a FIN, nobody new comes in."""
    for model in ('epoll-et', 'epoll-lt', 'poll', 'select', 'nonblock', 'coroutine', 'thread',
                  'pool', 'fork', 'prefork'):
        s = start('--root', root, '--url-knobs', model=model)
        busy, idle = s.connect(), s.connect()
        idle.sendall(req(b'/file.txt'))
        time.sleep(0.1)
        idle.recv(65536)
        busy.sendall(req(b'/file.txt?delay-first=500'))
        time.sleep(0.1)
        s.p.send_signal(signal.SIGTERM)
        began = time.monotonic()
        check(model, 'drain: idle', idle.recv(10) == b'' and time.monotonic() - began < 0.4)
        raw, end = read_all(busy)
        check(model, 'drain: busy', statuses(raw) == [200] and end == 'fin', raw[:100])
        try:
            s.connect().close()
            check(model, 'drain: new client', False)
        except OSError:
            pass
        s.p.wait(timeout=5)
        check(model, 'drain: exit', s.p.returncode == 0, s.p.returncode)
    s = start('--root', root)
    c = s.connect()
    c.sendall(b'GET / HTTP/1.1\r\n')
    time.sleep(0.1)
    s.p.send_signal(signal.SIGTERM)
    time.sleep(0.1)
    s.p.send_signal(signal.SIGTERM)
    check('signals', 'second SIGTERM', s.p.wait(timeout=2) == 1)


def reload(root):
    old, new = os.path.join(root, 'old'), os.path.join(root, 'new')
    for name in (old, new):
        os.mkdir(name)
        with open(os.path.join(name, 'x.txt'), 'w') as f:
            f.write(os.path.basename(name))
    s = start('--root', old)
    check('reload', 'before', fetch(s, '/x.txt')[1] == b'old')
    os.rename(old, old + '.gone')
    os.rename(new, old)
    s.p.send_signal(signal.SIGHUP)
    time.sleep(0.1)
    check('reload', 'after', fetch(s, '/x.txt')[1] == b'new')
    s.stop()


def changed_file(root):
    path = os.path.join(root, 'c.txt')
    s = start('--root', root, '--cache', '1')
    for text in ('one', 'three'):
        with open(path, 'w') as f:
            f.write(text)
        time.sleep(1.1)
        check('cache', text, fetch(s, '/c.txt')[1] == text.encode())
    os.unlink(path)
    time.sleep(1.1)
    check('cache', 'removed', fetch(s, '/c.txt')[0].status == 404)
    s.stop()


def compressed(root):
    """The .gz sibling, without a cache: nothing of the file itself may be used after it is closed."""
    s = start('--root', root, '--cache', '0')
    for fields, status in (b'', 200), (b'If-None-Match: *\r\n', 304):
        c = s.connect()
        c.sendall(req(b'/a.css', b'Connection: close\r\nAccept-Encoding: gzip\r\n' + fields))
        raw, _ = read_all(c)
        check('gzip', f'{status} varies', statuses(raw) == [status] and b'\r\nVary: Accept-Encoding\r\n'
              in raw, raw)
        check('gzip', f'{status} type', (b'\r\nContent-Type: text/css' in raw) == (status == 200), raw)
    s.stop()


def workers(root):
    s = start('--root', root, '--workers', '3')
    pids = set()
    for _ in range(60):
        pids.add(json.loads(fetch(s, '/status')[1])['pid'])
    check('workers', 'several answer', len(pids) > 1, pids)
    os.kill(min(pids), signal.SIGKILL)
    time.sleep(0.2)
    for _ in range(20):
        check('workers', 'after a crash', fetch(s, '/file.txt')[0].status == 200)
    s.stop()


def limits():
    s = start('--max-connections', '2')
    held = [s.connect() for _ in range(2)]
    time.sleep(0.1)
    raw, end = read_all(s.connect())
    check('limits', '503 above max', statuses(raw) == [503] and end == 'fin', raw)
    for c in held:
        c.close()
    s.stop()
    s = start('--max-bodies', '300000')
    held = []
    for _ in range(2):
        c = s.connect()
        c.sendall(req(b'/echo', b'Content-Length: 200000\r\n', b'POST', body=b'x' * 190000))
        held.append(c)
        time.sleep(0.2)
    check('limits', '503 when bodies fill the memory', statuses(read_all(held[1])[0]) == [503])
    held[0].sendall(b'x' * 10000)
    held[0].shutdown(socket.SHUT_WR)
    check('limits', 'the first is served', statuses(read_all(held[0])[0]) == [200])
    c = s.connect()
    c.sendall(req(b'/echo', b'Content-Length: 200000\r\n', b'POST', body=b'x' * 200000))
    c.shutdown(socket.SHUT_WR)
    check('limits', 'and the next, memory given back', statuses(read_all(c)[0]) == [200])
    s.stop()
    s = start('--max-requests', '2')
    c = s.connect()
    c.sendall(req(b'/style.css') * 3)
    raw, end = read_all(c)
    check('limits', 'max-requests', statuses(raw) == [200, 200] and
          raw.count(b'Connection: close') == 1 and end == 'fin', (statuses(raw), end))
    s.stop()


def select_cap():
    s = start(model='select')
    held = []
    for _ in range(1100):
        held.append(s.connect())
    raw, end = read_all(held[-1])
    check('select', 'FD_SETSIZE', statuses(raw) == [503] and b'FD_SETSIZE' in raw, raw)
    held[0].sendall(req(b'/style.css', b'Connection: close\r\n'))
    raw, _ = read_all(held[0])
    check('select', 'serves on', statuses(raw) == [200], raw[:100])
    for c in held:
        c.close()
    s.stop()


def access_log(root):
    path = os.path.join(root, 'log')
    for model in ('epoll-et', 'thread', 'fork', 'prefork', 'file'):
        for form in ('combined', 'json'):
            s = start('--access-log', path, '--log-format', form, '--linger', '300', model=model)
            fetch(s, '/style.css')
            c = s.connect()
            c.sendall(b'GET /\x1b[31m" HTTP/1.1\r\n' + H + b'\r\n')
            read_all(c)
            s.stop()
            with open(path) as f:
                lines = f.read().splitlines()
            os.unlink(path)
            ends = [line for line in lines if 'closed_by' in line]
            lines = [line for line in lines if line not in ends]
            check(model, 'log ' + form, len(lines) == 2 and '\x1b' not in lines[1] and
                  len(ends) == (2 if form == 'json' else 0), lines)
            if form == 'json':
                a, b = (json.loads(line) for line in lines)
                check(model, 'log json', a['status'] == 200 and a['resp_p'] == s.port and
                      a['model'] == model and a['close'] == 'kept' and a['bytes'] > 300 and
                      b['status'] == 400 and b['close'] == 'refused', lines)
            else:
                check(model, 'log combined', re.match(
                    r'127\.0\.0\.1 - - \[.* [+-]\d{4}\] "GET /style.css HTTP/1.1" 200 \d+ "-" "-"$',
                    lines[0]), lines[0])


def who_closed(root):
    """The line at the end of a connection, for each way in which one can end."""
    path = os.path.join(root, 'log')

    def client(c):
        c.sendall(req(b'/style.css'))
        c.recv(65536)
        c.close()

    def client_reset(c):
        c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b'\1\0\0\0\0\0\0\0')
        client(c)

    def server(target, fields=b'Connection: close\r\n', method=b'GET', body=b''):
        def ask(c):
            c.sendall(req(target, fields, method, body=body))
            read_all(c)
            c.close()
        return ask
    ways = [(client, 'client', False), (client_reset, 'client_reset', False),
            (server(b'/style.css'), 'server', False), (server(b'/?half-close'), 'server', False),
            (server(b'/?abort=linger0'), 'server_reset', False),
            (server(b'/?abort=after=100'), 'server_reset', False),
            (server(b'/echo?abort=unread', b'Content-Length: 9000\r\n', b'POST', b'x' * 5000),
             'server_reset', False),
            (server(b'/style.css', b''), 'server', True)]
    for model in 'epoll-et', 'thread', 'fork', 'coroutine':
        s = start('--access-log', path, '--log-format', 'json', '--keepalive', '1', model=model)
        ports = {}
        for way, want, timeout in ways:
            c = s.connect()
            port = c.getsockname()[1]
            way(c)
            ports[port] = want, timeout
        s.stop()
        with open(path) as f:
            ends = [json.loads(line) for line in f if 'closed_by' in line]
        os.unlink(path)
        seen = {e['orig_p']: (e['closed_by'], e['timeout']) for e in ends}
        check(model, 'who closed', seen == ports, (seen, ports))
        check(model, 'who closed: traffic', all(e['requests'] == 1 and e['conn_bytes_in'] > 20 and
                                                e['model'] == model for e in ends), ends)


def media_types(root):
    own, page = os.path.join(root, 'types'), os.path.join(root, 'x.Odd')
    for name, text in (own, '# mine\n\ntext/odd\todd  strange # and so on\nimage/x-new css\n'), \
            (page, 'odd'):
        with open(name, 'w') as f:
            f.write(text)
    s = start('--root', root, '--mime-types', own)
    for path, want in ('x.Odd', 'text/odd; charset=utf-8'), ('a.css', 'image/x-new'), \
            ('index.html', 'text/html; charset=utf-8'), ('big.bin', 'application/octet-stream'):
        got = fetch(s, '/' + path)[0].getheader('Content-Type')
        check('mime-types', path, got == want, got)
    with open(own, 'w') as f:
        f.write('image/later css\n')
    s.p.send_signal(signal.SIGHUP)
    time.sleep(0.1)
    check('mime-types', 'reload', fetch(s, '/a.css')[0].getheader('Content-Type') == 'image/later')
    s.stop()
    with open(own, 'w') as f:
        f.write('text/plain txt\ntext;plain txt\n')
    p = subprocess.run([BINARY, '--mime-types', own], capture_output=True, text=True, timeout=5)
    check('mime-types', 'bad line', p.returncode == 2 and 'line 2' in p.stderr, p.stderr)


def listing(root):
    s = start('--root', root, '--list')
    os.makedirs(os.path.join(root, 'sub', 'deeper'), exist_ok=True)
    with open(os.path.join(root, 'sub', 'a<b&c d.txt'), 'w') as f:
        f.write('x')
    r, body = fetch(s, '/sub/')
    check('list', 'page', r.status == 200 and b'href="./a%3Cb%26c%20d.txt">a&lt;b&amp;c d.txt' in body
          and b'deeper/' in body, body)
    check('list', 'link works', fetch(s, '/sub/a%3Cb%26c%20d.txt')[1] == b'x')
    s.stop()


def activation():
    """systemd's protocol: the listening socket is descriptor 3."""
    listener = socket.create_server(('127.0.0.1', 0))
    code = ('import os,sys; os.environ["LISTEN_PID"]=str(os.getpid()); '
            'os.environ["LISTEN_FDS"]="1"; os.dup2(int(sys.argv[2]),3); os.set_inheritable(3,True); '
            'os.execv(sys.argv[1],[sys.argv[1]])')
    p = subprocess.Popen([sys.executable, '-c', code, BINARY, str(listener.fileno())],
                         pass_fds=[listener.fileno()], stdout=subprocess.PIPE, text=True)
    port = listener.getsockname()[1]
    check('activation', 'address', f':{port}/' in p.stdout.readline())
    c = http.client.HTTPConnection('127.0.0.1', port, timeout=5)
    c.request('GET', '/style.css')
    check('activation', 'answer', c.getresponse().status == 200)
    c.close()
    p.terminate()
    check('activation', 'exit', p.wait(timeout=5) == 0)


def bugs_on_purpose():
    s = start('--et-bug', '--drain', '1')  # it will not see its client go
    c = s.connect(timeout=1)
    c.sendall(req(b'/style.css', b'X: ' + b'a' * 200 + b'\r\n'))
    check('et-bug', 'hangs', read_all(c)[1] == 'timeout')
    c.close()
    s.stop()
    s = start('--lt-busy', model='epoll-lt')
    c = s.connect()
    def ticks():
        with open(f'/proc/{s.p.pid}/stat') as f:
            return sum(map(int, f.read().split()[13:15]))
    before, end = ticks(), time.monotonic() + 10
    while ticks() - before < 5 and time.monotonic() < end:
        time.sleep(0.1)  # one that rests takes none at all
    check('lt-busy', 'burns', ticks() - before >= 5, ticks() - before)
    c.close()
    s.stop()


def tcp_knobs():
    s = start('--rcvbuf', '4096', '--sndbuf', '8192', '--tcp-keepalive', '5,1,2', '--ttl', '9',
              '--cc', 'reno', '--nodelay', '0', '--cork', '--quickack', '0', '--fastopen', '8',
              '--defer-accept', '1', '--mss', '600', '--backlog', '3', '--window-clamp', '2000')
    check('tcp knobs', 'serves', fetch(s, '/style.css')[0].status == 200)
    s.stop()
    s = start('--no-read', '300')
    c = s.connect()
    began = time.monotonic()
    c.sendall(req(b'/style.css', b'Connection: close\r\n'))
    raw, _ = read_all(c)
    check('knobs', 'no-read', statuses(raw) == [200] and time.monotonic() - began > 0.28)
    s.stop()
    s = start('--abort', 'unread')
    c = s.connect()
    c.sendall(req(b'/echo', b'Content-Length: 200000\r\n', b'POST', body=b'x' * 100000))
    check('knobs', 'abort=unread', read_all(c)[1] == 'reset')
    s.stop()
    s = start('--half-close')
    c = s.connect()
    c.sendall(req(b'/style.css'))
    raw, end = read_all(c)
    check('knobs', 'half-close', statuses(raw) == [200] and end == 'fin')
    time.sleep(0.1)  # the client may acknowledge the FIN late
    state = json.loads(fetch(s, '/status')[1])['connections']
    check('knobs', 'half-close state', any(x['state'] == 'FIN_WAIT2' for x in state), state)
    c.close()
    s.stop()


def usage():
    for options, word in (['--model', 'x'], 'one of: fixed'), (['--port', '70000'], 'at most'), \
            (['x'], '--root x'), (['--drip', '5'], 'BYTES/MS'), \
            (['--lt-busy'], '--model epoll-lt'), (['--delay-accept', '5'], 'fork'), \
            (['--mime-types', '/nowhere'], 'No such'), (['--modle', 'x'], '--model?'), \
            (['--root', '/nowhere'], 'No such'):
        p = subprocess.run([BINARY, *options], capture_output=True, text=True, timeout=5)
        check('usage', str(options), p.returncode == 2 and word in p.stderr, p.stderr)
    for option in '--help', '--models', '--version', '--man-options':
        p = subprocess.run([BINARY, option], capture_output=True, text=True, timeout=5)
        check('usage', option, p.returncode == 0 and p.stdout and not p.stderr)
    s = start()
    p = subprocess.run([BINARY, '--port', str(s.port)], capture_output=True, text=True, timeout=5)
    check('usage', 'port in use', p.returncode == 1 and 'in use' in p.stderr, p.stderr)
    s.stop()


def main():
    with tempfile.TemporaryDirectory() as root:
        make_root(root)
        for test in (builtin_site, addresses, lambda: drain(root), lambda: reload(root),
                     lambda: changed_file(root), lambda: compressed(root), lambda: workers(root), limits, select_cap,
                     lambda: access_log(root),
                     lambda: who_closed(root), lambda: media_types(root),
                     lambda: listing(root), activation, bugs_on_purpose,
                     tcp_knobs, usage):
            test()
    print(f'{len(failures)} failures')
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main())
