"""Whether what a patch newly names exists is looked up where the tests run, and what cannot be told is said."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from fakes import begun
from patchwright.sandbox.workspace import Workspace
from patchwright.verify.api import api
from patchwright.verify.delta import changes
from patchwright.verify.finding import Checked
from patchwright.verify.interpreter import interpreter, spoken

INVENTED = "import json\n\n\nclass Box:\n    pass\n\n\ndef f(x: str):\n    json.parse(x)\n    Box().fill()\n    return x.reverse()\n"
GUARDED = """
import os
import sys
from typing import TYPE_CHECKING

try:
    import nowhere_fast as fast
except ImportError:
    fast = None

if TYPE_CHECKING:
    import nowhere_types

if sys.platform == "win32":
    import winreg

    winreg.OpenKeyish()


def f(x: str):
    if hasattr(x, "removeall"):
        x.removeall()
    try:
        x.also_gone
    except AttributeError:
        pass
    x.hidden()  # type: ignore
    if hasattr(os, "startfile"):
        os.startfile("x")
    return fast


def g():
    import msvcrt

    return msvcrt.getch()
"""


@contextmanager
def patched(repo: Path, backend: tuple[str, str], files: Mapping[str, str]) -> Iterator[Workspace]:
    with begun(repo, backend) as run, run.workspace("1") as workspace:
        for name, text in files.items():
            workspace.write(name, text.encode())
        yield workspace


def looked(
    repo: Path, backend: tuple[str, str], files: Mapping[str, str], seconds: float = 60, online: bool = False
) -> Checked:
    with patched(repo, backend, files) as workspace:
        tree = workspace.snapshot()
        found = api(workspace, changes(workspace, tree), "python3 -m pytest", seconds, online)
        assert workspace.snapshot() == tree
        left = workspace.execute(["sh", "-c", "ls -A"], 20).output.split()
        assert not [name for name in left if "patchwright" in name]
        return found


def test_both_sandboxes_tell_what_does_not_exist(repo: Path, backend: tuple[str, str]) -> None:
    found = looked(repo, backend, {"new.py": INVENTED})
    assert [(f.severity, f.line) for f in found.findings] == [("error", 9), ("error", 10), ("error", 11)]
    assert found.left == () and {*found.tools} == {"python", "ty"}


def test_what_the_code_reckons_with_is_no_finding(repo: Path, backend: tuple[str, str]) -> None:
    assert looked(repo, backend, {"new.py": GUARDED}).findings == ()


def test_what_was_used_before_is_not_new(repo: Path) -> None:
    moved = (
        "def median(values):\n    return values.nope\n\n\ndef other(text: str):\n    return text.nope(1)\n"
    )
    with patched(repo, ("bubblewrap", ""), {"stats.py": moved}) as workspace:
        base, workspace.base = workspace.base, workspace.snapshot()
        workspace.write("moved.py", b"X = 1\n\n\ndef other(text: str):\n    return text.nope(1)\n")
        workspace.write(
            "stats.py", b"from moved import other\n\n\ndef median(values):\n    return other(values)\n"
        )
        found = api(workspace, changes(workspace, workspace.snapshot()), "python3 -m pytest")
        workspace.base = base
    assert found.findings == ()


def test_a_dependency_that_is_not_installed_is_said_once(repo: Path) -> None:
    code = "import quux_client as q\nfrom quux_client.deep import a, b\n\n\ndef f():\n    return q.x(1) + a + b\n"
    declared = looked(repo, ("bubblewrap", ""), {"new.py": code, "requirements.txt": "quux-client>=1\n"})
    assert [f.severity for f in declared.findings] == []
    assert [text for text in declared.left if "quux_client" in text]
    invented = looked(repo, ("bubblewrap", ""), {"new.py": code})
    assert [(f.rule, f.line) for f in invented.findings] == [("no-such-module", 1)]


def test_candidates_that_hang_or_end_when_imported_take_nothing_from_what_is_read(repo: Path) -> None:
    for body in ("import time; time.sleep(999)\n", "import os; os._exit(0)\n"):
        files = {"slow.py": body, "new.py": INVENTED + "\n\nfrom slow import gone\n\nprint(gone)\n"}
        found = looked(repo, ("bubblewrap", ""), files, seconds=12)
        assert {f.line for f in found.findings} & {9, 11}
        assert any("no answer" in text for text in found.left)
        assert found.seconds < 60


def test_the_code_of_others_has_no_errors(repo: Path) -> None:
    import pluggy

    folder = Path(pluggy.__file__).parent
    files = {f"pluggy/{path.name}": path.read_text() for path in folder.glob("*.py")}
    found = looked(repo, ("bubblewrap", ""), files)
    assert len(files) > 5 and found.findings == () and found.left == ()


def test_no_python_is_said(repo: Path, bare_image: str) -> None:
    found = looked(repo, ("docker", bare_image), {"new.py": INVENTED})
    assert found.findings == () and "no Python" in found.left[0]


def test_code_that_does_not_parse_is_said(repo: Path) -> None:
    found = looked(repo, ("bubblewrap", ""), {"new.py": "def f(:\n"})
    assert found.findings == () and "new.py" in found.left[0]


def test_a_patch_does_not_set_the_rules(repo: Path) -> None:
    files = {
        "new.py": INVENTED,
        "pyproject.toml": '[tool.ty.rules]\nall = "ignore"\n',
        "ty.toml": '[rules]\nall = "ignore"\n',
    }
    assert len(looked(repo, ("bubblewrap", ""), files).findings) == 3


class Index(BaseHTTPRequestHandler):
    def do_HEAD(self) -> None:
        self.send_response(200 if self.path == "/simple/quux-there/" else 404)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


def test_the_registry_is_asked_where_that_is_allowed(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {"requirements.txt": "quux_there==1\nquux-gone==1\n"}
    server = HTTPServer(("127.0.0.1", 0), Index)
    monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{server.server_port}/simple")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        found = looked(repo, ("bubblewrap", ""), files, online=True)
    finally:
        server.shutdown()
        server.server_close()
    assert [(f.rule, f.line) for f in found.findings] == [("not-on-registry", 2)]
    silent = looked(repo, ("bubblewrap", ""), files, online=True)
    assert silent.findings == () and "does not answer" in silent.left[0]
    assert "not to be used" in looked(repo, ("bubblewrap", ""), files).left[0]


@pytest.mark.parametrize(
    ("command", "folder", "paths", "first"),
    [
        ("python -m pytest", ".", (), "python"),
        ("cd web && PYTHONPATH=src:lib pytest -q", "web", ("web/src", "web/lib"), "pytest"),
        ("uv run pytest", ".", (), "uv"),
        ("make test; echo 'x", ".", (), ""),
    ],
)
def test_a_command_tells_where_it_goes(command: str, folder: str, paths: tuple[str, ...], first: str) -> None:
    where, own, words = spoken(command)
    assert (where, own, words[0] if words else "") == (folder, paths, first)


def test_the_python_of_the_tests_is_found(repo: Path, backend: tuple[str, str]) -> None:
    script = """mkdir -p bin sub && python3 -m venv --without-pip .venv && python3 -m venv --without-pip sub/own
    printf '#!%s/sub/own/bin/python\\n' "$PWD" > bin/check && chmod +x bin/check"""
    with patched(repo, backend, {}) as workspace:
        done = workspace.shell(script, 60)
        assert done.ok, done.output
        by_command = {
            "make test": "/.venv/",
            "bin/check -q": "/sub/own/",
            ".venv/bin/python -m pytest": "/.venv/",
            "cd sub && own/bin/python -m unittest": "/sub/own/",
        }
        for command, part in by_command.items():
            found = interpreter(workspace, command)
            assert found and part in found.executable, command
        plain = interpreter(workspace, "python3 -m pytest")
        assert plain and f"{workspace.root}/.venv" not in plain.executable and plain.version.startswith("3.")
