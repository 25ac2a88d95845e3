"""The way out of a sandbox: closed unless it is opened, and then exactly as far as it was."""

import os
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import SimpleQueue

import pytest
from fakes import opened
from patchwright.sandbox.allow import parse_allow
from patchwright.sandbox.base import Sandbox, SandboxUnavailable
from patchwright.sandbox.network import AT_ONCE, Connection, Proxy
from patchwright.sandbox.probe import opener
from patchwright.sandbox.wish import MOST_HEAD

HERE = "127.0.0.2"
"""The host's loopback by another of its addresses: NO_PROXY names the first one, which inside is the sandbox's own."""
FETCH = """
import sys, urllib.request
for url in sys.argv[1:]:
    try:
        print(urllib.request.urlopen(url, timeout=20).read().decode())
    except Exception as e:
        print(e)
"""
Resolver = Callable[[str], Sequence[str]]


def to_loopback(name: str) -> Sequence[str]:
    return ["127.0.0.1"]


class Site(BaseHTTPRequestHandler):
    """Answers with what it was asked."""

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        text = f"{self.command} {self.path} {self.headers['Host']} {body}".strip().encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_POST = do_GET

    def log_message(self, format: str, *args: object) -> None: ...


class Way:
    """A proxy with what it reports, and connections to it as they come from inside."""

    def __init__(self, folder: Path, allowed: str, resolve: Resolver = to_loopback) -> None:
        self._reports: SimpleQueue[Connection] = SimpleQueue()
        self.proxy = Proxy(parse_allow(allowed), folder / "network.sock", self._reports.put, resolve)

    def heard(self) -> Connection:
        return self._reports.get(timeout=60)

    def close(self) -> list[Connection]:
        """What was reported and not asked for yet."""
        self.proxy.close()
        return [self._reports.get() for _ in range(self._reports.qsize())]

    def dial(self) -> socket.socket:
        client = socket.socket(socket.AF_UNIX)
        client.settimeout(60)
        client.connect(str(self.proxy.path))
        return client

    def ask(self, *data: bytes) -> bytes:
        """Everything that comes back."""
        with self.dial() as client:
            for part in data:
                client.sendall(part)
            return b"".join(iter(lambda: client.recv(65_536), b""))


@pytest.fixture
def site() -> Iterator[int]:
    """A web server's port on the host."""
    with ThreadingHTTPServer((HERE, 0), Site) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.fixture
def echo() -> Iterator[int]:
    """The port of a server on the host that sends back what it is sent, whatever that is."""
    with socket.create_server((HERE, 0)) as server:
        threading.Thread(target=send_back, args=(server,), daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


def send_back(server: socket.socket) -> None:
    def serve(client: socket.socket) -> None:
        with client:
            while data := client.recv(65_536):
                client.sendall(data)

    while True:
        try:
            client = server.accept()[0]
        except OSError:
            return
        threading.Thread(target=serve, args=(client,), daemon=True).start()


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("way")


@contextmanager
def way(folder: Path, allowed: str, resolve: Resolver = to_loopback) -> Iterator[Way]:
    made = Way(folder, allowed, resolve)
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def out(folder: Path, site: int) -> Iterator[Way]:
    """A way to the site and, by name, to what leads to loopback."""
    with way(folder, f"{HERE}:{site},localhost,open.example") as made:
        yield made


@pytest.fixture
def sandbox(tmp_path: Path, backend: tuple[str, str], out: Way) -> Iterator[Sandbox]:
    with opened(tmp_path, backend, network=out.proxy.path) as sandbox:
        yield sandbox


def python(sandbox: Sandbox, script: str, *words: str) -> str:
    return sandbox.run(["python3", "-c", script, *words], seconds=60).output


# Inside


def test_what_is_open_is_reached_and_reported(sandbox: Sandbox, out: Way, site: int) -> None:
    assert python(sandbox, FETCH, f"http://{HERE}:{site}/page?q=1") == f"GET /page?q=1 {HERE}:{site}\n"
    heard = out.heard()
    assert (heard.host, heard.port, heard.allowed, heard.reason) == (HERE, site, True, "")
    assert heard.sent > 0
    assert heard.received > 0


def test_anything_else_is_refused_with_what_is_open(sandbox: Sandbox, out: Way, site: int) -> None:
    said = python(sandbox, FETCH, f"http://{HERE}:1/", "https://evil.example/")
    assert f"403: {HERE}:1 is not open in this sandbox; open: {HERE}:{site}, localhost, open.example" in said
    assert "403 evil.example:443 is not open in this sandbox" in said
    assert [(h.host, h.port, h.allowed) for h in (out.heard(), out.heard())] == [
        (HERE, 1, False),
        ("evil.example", 443, False),
    ]


def test_nothing_leads_round_the_proxy(sandbox: Sandbox, site: int, out: Way) -> None:
    probe = f"""
import socket
for kind, host, port in ((1, {HERE!r}, {site}), (1, "1.1.1.1", 53), (1, "169.254.169.254", 80)):
    try: socket.create_connection((host, port), 5); print("connected", host)
    except OSError as e: print(e.strerror)
try: socket.socket(2, 2).sendto(b"x", ("1.1.1.1", 53)); print("sent")
except OSError as e: print(e.strerror)
try: print(socket.getaddrinfo("open.example", 80))
except OSError: print("no name")
"""
    lines = python(sandbox, probe).splitlines()
    assert lines == ["Connection refused", *["Network is unreachable"] * 3, "no name"]
    assert out.close() == []


def test_the_metadata_address_is_refused_by_the_proxy_too(sandbox: Sandbox, out: Way) -> None:
    assert "403" in python(sandbox, FETCH, "http://169.254.169.254/latest/meta-data/")
    assert not out.heard().allowed


def test_programs_are_told_of_the_proxy_and_of_what_is_local(sandbox: Sandbox) -> None:
    told = dict(line.split("=", 1) for line in sandbox.run(["env"]).output.splitlines())
    names = [f"{name}_proxy" for name in ("http", "https", "all")]
    assert len({told[spelt] for name in names for spelt in (name, name.upper())}) == 1
    assert told["NO_PROXY"] == told["no_proxy"] == "localhost,127.0.0.1,::1"


def test_servers_inside_are_reached_without_the_proxy(sandbox: Sandbox, out: Way) -> None:
    script = (
        "import http.server, threading\ns = http.server.HTTPServer(('127.0.0.1', 0),"
        " http.server.SimpleHTTPRequestHandler)\nthreading.Thread(target=s.serve_forever, daemon=True).start()\n"
        "import urllib.request\nprint(urllib.request.urlopen(f'http://127.0.0.1:{s.server_port}/').status)\n"
    )
    assert "200" in python(sandbox, script)
    assert out.close() == []


def test_the_way_out_survives_the_end_of_commands(sandbox: Sandbox, site: int) -> None:
    url = f"http://{HERE}:{site}/"
    assert sandbox.run(["sleep", "777"], seconds=0.2).ended == "timed out"
    sandbox.run(["sh", "-c", "for p in /proc/[0-9]*; do kill -9 ${p#/proc/} 2>/dev/null; done"])
    assert python(sandbox, FETCH, url).startswith("GET /")
    assert python(sandbox, FETCH, url).startswith("GET /")


def test_a_command_s_end_ends_its_connections(sandbox: Sandbox, out: Way, site: int) -> None:
    script = f"""
import os, socket, time
s = socket.create_connection(("127.0.0.1", int(os.environ["http_proxy"].rpartition(":")[2])))
s.sendall(b"CONNECT {HERE}:{site} HTTP/1.1\\r\\n\\r\\n")
print(s.recv(99), flush=True)
os.fork() or time.sleep(777)
"""
    assert "HTTP/1.1 200" in python(sandbox, script)
    assert out.heard().allowed


def test_many_connections_at_once_are_kept_apart(sandbox: Sandbox, site: int) -> None:
    script = f"""
import urllib.request
from concurrent.futures import ThreadPoolExecutor
def get(n):
    body = (str(n) * 200_000).encode()
    got = urllib.request.urlopen(f"http://{HERE}:{site}/{{n}}", body, timeout=60).read()
    return got == f"POST /{{n}} {HERE}:{site} ".encode() + body
with ThreadPoolExecutor(20) as pool:
    print(sum(pool.map(get, range(60))))
"""
    assert python(sandbox, script) == "60\n"


def test_without_the_flag_nothing_is_there(tmp_path: Path, backend: tuple[str, str]) -> None:
    with opened(tmp_path, backend) as sandbox:
        assert "proxy" not in sandbox.run(["env"]).output.lower()
        assert not sandbox.run(["ls", "/.patchwright/network.sock"]).ok


def test_a_sandbox_that_cannot_filter_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SandboxUnavailable, match="--network cannot be kept to with --sandbox host"):
        opener("host", network=tmp_path / "network.sock")


def test_a_long_state_folder_is_no_hindrance(tmp_path: Path, site: int) -> None:
    deep = tmp_path / ("deep" * 30) / ("deeper" * 20)
    with way(deep, f"{HERE}:{site}") as made, opened(tmp_path, network=made.proxy.path) as sandbox:
        assert python(sandbox, FETCH, f"http://{HERE}:{site}/").startswith("GET /")


# At the socket


def test_bytes_pass_a_tunnel_both_ways(folder: Path, echo: int) -> None:
    data = os.urandom(3_000_000)
    with way(folder, f"{HERE}:{echo}") as made, made.dial() as client:
        client.sendall(f"CONNECT {HERE}:{echo} HTTP/1.1\r\nHost: {HERE}:{echo}\r\n\r\n".encode() + data[:5])
        answer = b"HTTP/1.1 200 Connection established\r\n\r\n"
        threading.Thread(target=send_all, args=(client, data[5:])).start()
        assert b"".join(iter(lambda: client.recv(65_536), b"")) == answer + data
        heard = made.heard()
    assert (heard.allowed, heard.sent, heard.received) == (True, len(data), len(data))


def send_all(client: socket.socket, data: bytes) -> None:
    client.sendall(data)
    client.shutdown(socket.SHUT_WR)


def by_socks(host: bytes, port: int, kind: int = 3, command: int = 1) -> bytes:
    named = bytes([len(host)]) + host if kind == 3 else host
    return bytes([5, command, 0, kind]) + named + port.to_bytes(2, "big")


HELLO = b"\x05\x01\x00"


@pytest.mark.parametrize(
    ("host", "kind"),
    [(HERE.encode(), 3), (socket.inet_aton(HERE), 1), (b"\0" * 10 + b"\xff\xff\x7f\0\0\x02", 4)],
)
def test_socks_reaches_what_is_open(out: Way, site: int, host: bytes, kind: int) -> None:
    request = f"GET / HTTP/1.0\r\nHost: {HERE}\r\n\r\n".encode()
    answer = out.ask(HELLO, by_socks(host, site, kind) + request)
    assert answer.startswith(b"\x05\x00\x05\x00\x00\x01" + b"\0" * 6 + b"HTTP/1.0 200")
    assert out.heard().allowed


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (by_socks(b"evil.example", 443), 2),
        (by_socks(b"localhost\0.evil.example", 80), 1),
        (by_socks(b"localhost\0", 80), 1),
        (by_socks(b"local host", 80), 1),
        (by_socks(b"a@localhost", 80), 1),
        (by_socks("lócalhost".encode(), 80), 1),
        (by_socks(b"", 80), 1),
        (by_socks(b"0x7f.1", 80), 1),
        (by_socks(b"localhost", 80, command=3), 7),
        (by_socks(b"localhost", 80, kind=2), 1),
        (by_socks(socket.inet_aton("127.0.0.1"), 80, kind=1), 2),
    ],
)
def test_socks_is_taken_to_the_letter(out: Way, request_: bytes, code: int) -> None:
    assert out.ask(HELLO, request_)[:4] == bytes([5, 0, 5, code])
    assert not out.heard().allowed


def test_socks_with_a_password_only_is_refused(out: Way) -> None:
    assert out.ask(b"\x05\x01\x02")[:2] == b"\x05\xff"
    assert not out.heard().allowed


@pytest.mark.parametrize("address", ["127.0.0.1", "169.254.169.254", "10.0.0.1", "::1", "::ffff:127.0.0.1"])
def test_a_name_that_leads_to_a_private_address_is_refused(folder: Path, address: str) -> None:
    with way(folder, "open.example", lambda _: ["1.1.1.1", address]) as made:
        answer = made.ask(b"CONNECT open.example:443 HTTP/1.1\r\n\r\n")
        assert answer.startswith(f"HTTP/1.1 403 open.example leads to {address}, ".encode())
        heard = made.heard()
        assert (heard.host, heard.allowed) == ("open.example", False)


def test_a_name_is_resolved_once_and_only_where_it_is_open(folder: Path) -> None:
    asked: list[str] = []
    with way(folder, "open.example", resolve=lambda name: asked.append(name) or []) as made:
        assert b"403" in made.ask(b"CONNECT evil.example:443 HTTP/1.1\r\n\r\n")
        assert b"502" in made.ask(b"CONNECT OPEN.example.:443 HTTP/1.1\r\n\r\n")
    assert asked == ["open.example"]


def test_what_does_not_answer_is_said(folder: Path) -> None:
    with socket.create_server((HERE, 0)) as taken:
        port = taken.getsockname()[1]
    with way(folder, f"{HERE}:{port}") as made:
        assert b"502" in made.ask(f"CONNECT {HERE}:{port} HTTP/1.1\r\n\r\n".encode())
        heard = made.heard()
        assert heard.allowed
        assert "Connection refused" in heard.reason


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        ("GET http://HERE/ HTTP/1.1\r\nHost: evil.example\r\n\r\n", 400),
        ("GET http://HERE/ HTTP/1.1\r\nHost: 127.0.0.2\r\n\r\n", 400),
        ("GET http://HERE/ HTTP/1.1\r\nHost: HERE\r\nHost: evil.example\r\n\r\n", 400),
        ("GET http://HERE/ HTTP/1.1\r\n\r\n", 400),
        ("GET http://evil.example/ HTTP/1.1\r\nHost: HERE\r\n\r\n", 400),
        ("GET http://HERE@evil.example/ HTTP/1.1\r\nHost: HERE\r\n\r\n", 400),
        ("GET http://evil.example\0.HERE/ HTTP/1.1\r\nHost: HERE\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: HERE\r\n\r\n", 400),
        ("GET https://HERE/ HTTP/1.1\r\nHost: HERE\r\n\r\n", 400),
        ("GET http://HERE/ HTTP/1.1\r\nHost: HERE\r\nX: a\nY: b\r\n\r\n", 400),
        ("GET http://HERE/ HTTP/1.1\r\nHost: HERE\r\nX : a\r\n\r\n", 400),
        ("GET http://HERE/ HTTP/1.1\r\nHost: HERE\r\n folded\r\n\r\n", 400),
        ("GET http://HERE/ HTTP/2\r\nHost: HERE\r\n\r\n", 400),
        ("POST http://HERE/ HTTP/1.1\r\nHost: HERE\r\nTransfer-Encoding: chunked\r\n\r\n", 411),
        ("POST http://HERE/ HTTP/1.1\r\nHost: HERE\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
        ("POST http://HERE/ HTTP/1.1\r\nHost: HERE\r\nContent-Length: -1\r\n\r\n", 400),
        ("CONNECT HERE\0.evil.example:443 HTTP/1.1\r\n\r\n", 400),
        ("CONNECT a@HERE HTTP/1.1\r\n\r\n", 400),
        ("CONNECT localhost HTTP/1.1\r\n\r\n", 400),
        ("CONNECT localhost:99999 HTTP/1.1\r\n\r\n", 400),
        ("SSH-2.0-OpenSSH_9.2\r\n\r\n", 400),
        (f"GET http://HERE/ HTTP/1.1\r\nHost: HERE\r\nX: {'x' * MOST_HEAD}\r\n\r\n", 431),
        ("GET / " + "x" * 1_000_000, 431),
    ],
)
def test_http_is_taken_to_the_letter(out: Way, site: int, request_: str, status: int) -> None:
    answer = out.ask(request_.replace("HERE", f"{HERE}:{site}").encode())
    assert answer.startswith(f"HTTP/1.1 {status} ".encode())
    heard = out.heard()
    assert not heard.allowed
    assert heard.reason.encode() in answer


def test_only_the_request_that_was_checked_goes_through(out: Way, site: int) -> None:
    here = f"{HERE}:{site}"
    first = f"POST http://{here} HTTP/1.1\r\nHost: {here}\r\nContent-Length: 4\r\n\r\nbody"
    second = "GET /hidden HTTP/1.1\r\nHost: evil.example\r\n\r\n"
    answer = out.ask((first + second).encode())
    assert answer.endswith(f"POST / {here} body".encode())
    assert answer.count(b"HTTP/1.") == 1
    assert b"hidden" not in answer


def test_a_connection_that_asks_for_nothing_is_none(folder: Path) -> None:
    made = Way(folder, "open.example")
    made.dial().close()
    assert b"403" in made.ask(b"CONNECT evil.example:443 HTTP/1.1\r\n\r\n")
    assert [h.host for h in made.close()] == ["evil.example"]


def test_the_number_of_connections_is_bounded(folder: Path, echo: int) -> None:
    made = Way(folder, f"{HERE}:{echo}")
    request = f"CONNECT {HERE}:{echo} HTTP/1.1\r\n\r\n".encode()
    held = [made.dial() for _ in range(AT_ONCE)]
    for client in held:
        client.sendall(request)
        assert client.recv(99).startswith(b"HTTP/1.1 200")
    with made.dial() as one_more:
        assert one_more.recv(99).startswith(b"HTTP/1.1 503")
    assert "the most" in made.heard().reason
    held.pop().close()
    assert made.heard().allowed
    assert sum(h.allowed for h in made.close()) == len(held)
    for client in held:
        client.close()


def test_a_flood_of_connections_has_an_end(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("patchwright.sandbox.network.IN_ALL", 2)
    made = Way(folder, "open.example")
    request = b"CONNECT evil.example:443 HTTP/1.1\r\n\r\n"
    assert [made.ask(request)[9:12] for _ in range(2)] == [b"403"] * 2
    with made.dial() as third:
        assert third.recv(99).startswith(b"HTTP/1.1 503")
    assert [h.reason[:8] for h in made.close()][-1] == "this run"
    assert not made.proxy.path.exists()


def test_closing_ends_everything_and_reports_it(folder: Path, echo: int) -> None:
    made = Way(folder, f"{HERE}:{echo}")
    with made.dial() as client, made.dial() as silent:
        client.sendall(f"CONNECT {HERE}:{echo} HTTP/1.1\r\n\r\n".encode())
        assert client.recv(99).startswith(b"HTTP/1.1 200")
        assert [h.allowed for h in made.close()] == [True]
        assert (client.recv(99), silent.recv(99)) == (b"", b"")
    assert not [t.name for t in threading.enumerate() if t.name.startswith("prox")]
    assert not made.proxy.path.exists()
    made.proxy.close()


def test_the_socket_is_for_the_commands_user_alone(folder: Path) -> None:
    with way(folder, "open.example") as made:
        assert made.proxy.path.stat().st_mode & 0o777 == 0o600


def test_a_socket_that_a_dead_process_left_is_replaced(folder: Path) -> None:
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(folder / "network.sock"))
    with way(folder, "open.example") as made:
        assert b"403" in made.ask(b"CONNECT evil.example:443 HTTP/1.1\r\n\r\n")
