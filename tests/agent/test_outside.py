"""Connections of a run: in the log of the attempt that makes them, else in the run's folder."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from fakes import TEST, begun, good_model, write_files
from patchwright.agent.attempt import attempt
from patchwright.agent.context import messages
from patchwright.agent.control import Control
from patchwright.agent.events import Connected, Event, Opened, Said
from patchwright.agent.limits import used
from patchwright.agent.log import load
from patchwright.agent.loop import is_done, next_call
from patchwright.agent.models.scripted import Scripted, call, say
from patchwright.agent.outside import RECORD
from patchwright.agent.run import logs
from patchwright.frontends.plain import lines

HERE = "127.0.0.2"


class Site(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"served")

    def log_message(self, format: str, *args: object) -> None: ...


@pytest.fixture
def site() -> Iterator[str]:
    """A web server on the host."""
    with ThreadingHTTPServer((HERE, 0), Site) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"{HERE}:{server.server_port}"
        server.shutdown()


def fetch(*urls: str) -> str:
    script = "import sys, urllib.request as r, contextlib\nfor u in sys.argv[1:]:\n    with contextlib.suppress(OSError): print(r.urlopen(u).read())"
    return f"python3 -c '{script}' {' '.join(urls)}"


def test_connections_are_in_the_attempt_s_log_and_change_nothing_else(
    repo: Path, backend: tuple[str, str], site: str
) -> None:
    first, *rest = good_model()
    asks = say(call("run", command=fetch(f"http://{site}/", "https://evil.example/")))
    seen: list[Event] = []
    with begun(repo, backend, network=site) as run:
        candidate = attempt(run, 1, Scripted(first, asks, *rest), Control(), seen.append)
        assert candidate.verdict.verified
        events = load(run.log_path(1))
        assert not (run.folder / RECORD).exists()
    assert [(e.seq, e.kind) for e in events] == [(e.seq, e.kind) for e in seen]
    assert [e.seq for e in events] == list(range(len(events)))
    made = [e for e in events if isinstance(e, Connected)]
    assert sorted((e.host, e.allowed) for e in made) == [(HERE, True), ("evil.example", False)]
    others = [e for e in events if not isinstance(e, Connected)]
    assert messages(events) == messages(others)
    assert "served" in str(messages(events))
    assert (used(events), next_call(events), is_done(events)) == (used(others), None, True)
    shown = [row for e in made for row in lines(e)]
    assert any(row.startswith(f"    (connected to {site}: ") for row in shown)
    assert any(row.startswith("  ! refused connection to evil.example:443: ") for row in shown)


def test_what_is_open_is_recorded_and_said_to_the_model(repo: Path) -> None:
    for network, says in (("", "in a sandbox without network."), ("pypi.org", "a proxy, named in the usual")):
        with begun(repo, network=network) as run:
            attempt(run, 1, Scripted(*good_model()), Control())
            opened, rules = load(run.log_path(1))[:2]
        assert isinstance(opened, Opened)
        assert opened.network == network
        assert isinstance(rules, Said)
        assert says in rules.text


def test_connections_outside_of_an_attempt_are_kept_apart(repo: Path, site: str) -> None:
    with begun(repo, network=site, test_command=fetch(f"http://{site}/")) as run:
        run.baseline()
        run.outside.close()
        kept = load(run.folder / RECORD)
        assert [(e.host, e.allowed) for e in kept if isinstance(e, Connected)] == [(HERE, True)]
        assert logs(run.folder) == run.logs() == []


def test_without_a_network_there_is_no_proxy(repo: Path) -> None:
    with begun(repo) as run:
        assert run.outside.socket is None
        assert not list(run.folder.glob("*.sock"))


def test_the_proxy_ends_with_its_run(repo: Path) -> None:
    with begun(repo, network="pypi.org") as run:
        assert run.outside.socket
        assert run.outside.socket.exists()
    assert not run.outside.socket.exists()
    assert not [t for t in threading.enumerate() if t.name == "proxy"]


def test_verify_shows_its_connections(repo: Path, site: str) -> None:
    write_files(repo, {"p.diff": ""})
    main = "from patchwright.frontends.cli import main; raise SystemExit(main())"
    words = ("verify", "p.diff", "--network", site, "--test", f"{TEST}; {fetch(f'http://{site}/')}", "--json")
    done = subprocess.run([sys.executable, "-c", main, *words], cwd=repo, capture_output=True, text=True)
    assert f"(connected to {site}: " in done.stderr
    assert json.loads(done.stdout)["verified"] is False
