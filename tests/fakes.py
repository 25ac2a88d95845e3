"""What the tests share: a small repository, scripted models, a home for a sandbox."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from patchwright.agent import run
from patchwright.agent.config import Config
from patchwright.agent.models.base import Reply
from patchwright.agent.models.scripted import call, say
from patchwright.agent.run import Run
from patchwright.agent.task import Task
from patchwright.sandbox.base import Sandbox
from patchwright.sandbox.checkout import Repository
from patchwright.sandbox.folders import Folders
from patchwright.sandbox.probe import opener
from patchwright.sandbox.quota import Quota

IMAGE = "patchwright-test:1"
IDENTITY = ("-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "init.defaultBranch=main")
WRONG = "    return s[n // 2 - 1]\n"
RIGHT = "    return (s[n // 2 - 1] + s[n // 2]) / 2\n"
FILES = {
    "stats.py": '"""Small statistics."""\n\n\ndef median(values):\n    s = sorted(values)\n    n = len(s)\n'
    f"    if n % 2:\n        return s[n // 2]\n{WRONG}",
    "test_stats.py": "from stats import median\n\n\ndef test_odd():\n    assert median([3, 1, 2]) == 2\n\n\n"
    "def test_even():\n    assert median([4, 1, 3, 2]) == 2.5\n",
    "README.md": "# stats\n",
}
MAIN = (sys.executable, "-c", "from patchwright.frontends.cli import main; raise SystemExit(main())")
TEST = "python3 -m pytest"
ODD, EVEN = "test_stats.py::test_odd", "test_stats.py::test_even"


def unsteady(*fails: int) -> str:
    """A test module whose one test fails in these of the runs that a sandbox has of it, counted from 0."""
    return (
        "from pathlib import Path\n\nRUNS = Path('/tmp/runs-of-it')\n\n\ndef test_it():\n"
        "    run = len(RUNS.read_text()) if RUNS.exists() else 0\n    RUNS.write_text('x' * (run + 1))\n"
        f"    assert run not in {{*{fails}}}\n"
    )


def patchwright(
    where: Path, *words: str, env: Mapping[str, str] | None = None, stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    """Our command line as a user meets it. A traceback is a failure."""
    whole = {**os.environ, **(env or {})}
    done = subprocess.run(
        [*MAIN, *words], cwd=where, env=whole, input=stdin, capture_output=True, text=True, timeout=200
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done


def write_files(folder: Path, files: Mapping[str, str] = FILES) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def commit(folder: Path, message: str, first: bool = False) -> None:
    commands = [["init", "-q"]] if first else []
    for words in [*commands, ["add", "-A"], ["commit", "-q", "--allow-empty", "-m", message]]:
        subprocess.run(["git", *IDENTITY, *words], cwd=folder, check=True, capture_output=True)


def good_model() -> list[Reply]:
    """What a good model would answer on the small repository."""
    return [
        say(call("test"), call("read", path="stats.py"), text="I look first."),
        say(call("edit", path="stats.py", old=WRONG, new=RIGHT)),
        say(call("test")),
        say(call("finish", summary="The median of an even count is the mean of the two middle values.")),
    ]


@contextmanager
def opened(
    tmp_path: Path,
    backend: tuple[str, str] = ("bubblewrap", ""),
    quota: Quota | None = None,
    network: Path | None = None,
) -> Iterator[Sandbox]:
    """A sandbox on empty folders."""
    folders = Folders(base=tmp_path / "base", work=tmp_path / "work", root=str(tmp_path / "repo"))
    folders.base.mkdir(exist_ok=True)
    with opener(*backend, quota, network)(folders) as sandbox:
        yield sandbox


@contextmanager
def begun(
    repo: Path, backend: tuple[str, str] = ("bubblewrap", ""), history: int = 0, **task: object
) -> Iterator[Run]:
    """A run on a repository."""
    values = {"id": "", "repo": str(repo), "issue": "the median is wrong", "test_command": TEST, **task}
    network = str(values.pop("network", ""))
    config = Config(sandbox=backend[0], image=backend[1], model="scripted", history=history, network=network)  # type: ignore[arg-type]
    created = run.create(Task.model_validate(values), config, Repository(repo))
    try:
        yield created
    finally:
        created.close(keep=False)
