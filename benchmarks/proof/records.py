"""What was found out so far, on disk: a run that is killed goes on where it was."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Generic, TypeVar

from patchwright.agent.log import cut_torn_line
from patchwright.agent.task import TaskError
from patchwright.sandbox.base import Frozen

About = Mapping[str, str | int]


class Row(Frozen):
    """What is known of one problem."""

    name: str


R = TypeVar("R", bound=Row)


class Records(Generic[R]):
    """A file of rows, a JSON line each, appended as they come. Its first line says how they were made.

    Raises TaskError where the file was made in another way, or holds something else.
    """

    def __init__(self, path: Path, kind: type[R], about: About) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            cut_torn_line(path)
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
        if lines:
            compare(path, lines[0], about)
        else:
            self._append(json.dumps(about))
        rows = (read(path, number, line, kind) for number, line in enumerate(lines[1:], 2))
        self.rows: dict[str, R] = {row.name: row for row in rows}

    def add(self, row: R) -> None:
        self._append(row.model_dump_json())
        self.rows[row.name] = row

    def _append(self, line: str) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")


def compare(path: Path, first: str, about: About) -> None:
    """See that a file was made as this one would be. Raises TaskError."""
    try:
        there: dict[str, str | int] = dict(json.loads(first))
    except (ValueError, TypeError) as e:
        raise TaskError(f"{path} is no file of this benchmark's: choose another folder with --work.") from e
    different = [key for key in {**about, **there} if there.get(key) != about.get(key)]
    if different:
        told = ", ".join(f"{key} {there.get(key)!r}, not {about.get(key)!r}" for key in different)
        raise TaskError(f"{path} was made with {told}: choose another folder with --work.")


def read(path: Path, number: int, line: str, kind: type[R]) -> R:
    try:
        return kind.model_validate_json(line)
    except ValueError as e:
        raise TaskError(f"{path}, line {number}: not a row of this benchmark.") from e
