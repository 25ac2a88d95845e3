"""A problem as a git repository, such as a user would have."""

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

CONFTEST = '''"""A test that hangs fails."""

import signal
from collections.abc import Iterator

import pytest

SECONDS = {seconds}
{more}

@pytest.fixture(autouse=True)
def limited() -> Iterator[None]:
    def late(*_: object) -> None:
        pytest.fail(f"it takes longer than {{SECONDS}} s")

    signal.signal(signal.SIGALRM, late)
    signal.alarm(SECONDS)
    yield
    signal.alarm(0)
'''
SECONDS = 5
"""That one test may take."""
TEST = "python3 -m pytest -q"
GIT = ("git", "-c", "user.name=nobody", "-c", "user.email=nobody@localhost", "-c", "init.defaultBranch=main")


def conftest(more: str = "") -> str:
    """pytest's settings, by which each test has a limit of time. Needs no plug-in."""
    return CONFTEST.format(seconds=SECONDS, more=more)


def make(folder: Path, files: Mapping[str, str]) -> None:
    """A repository with one commit; one that was there before is gone."""
    shutil.rmtree(folder, ignore_errors=True)
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "start"]):
        subprocess.run([*GIT, *words], cwd=folder, check=True, capture_output=True)
