"""A small objective, and models that climb it."""

import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from types import MappingProxyType

from fakes import begun, commit, write_files
from patchwright.agent.config import Config
from patchwright.agent.control import Control
from patchwright.agent.events import Event, Judged, Scored
from patchwright.agent.evolve.conclusion import Evolved, evolved
from patchwright.agent.log import load
from patchwright.agent.models.base import CAPABLE, Listener, Message, Profile, Reply, Schema, Usage
from patchwright.agent.models.select import Source
from patchwright.agent.run import Run
from patchwright.agent.task import Objective

FILES = {
    "hill.py": '"""A hill."""\n\nLIMIT = 1_000\n\n\ndef place():\n    """Where to stand."""\n    return 3\n',
    "score.py": "from hill import place\nfrom top import TOP\n\nx = place()\nprint('at', x)\nprint(-abs(x - TOP))\n",
    "top.py": "TOP = 40\n",
}
TESTS = "from hill import LIMIT, place\n\n\ndef test_place():\n    assert 0 <= place() <= LIMIT\n"
COMMAND = "python3 score.py"
OBJECTIVE = Objective(command=COMMAND, definition="hill.py::place", islands=2)


def returning(value: object) -> str:
    return f"```python\ndef place():\n    return {value}\n```\n"


class Climber:
    """Changes the number in the best version that it is shown, by a step that its own number decides."""

    profile: Profile = CAPABLE

    def __init__(self, number: int, asked: list[int]) -> None:
        self.name, self._number, self._asked = "climber", number, asked

    def complete(
        self,
        messages: Sequence[Message],
        tools: Sequence[Schema],
        listen: Listener,
        stop: threading.Event,
        most: int = 0,
    ) -> Reply:
        self._asked.append(self._number)
        best = int(re.findall(r"return (-?\d+)", messages[-1].text)[-1])
        step = Random(self._number).choice([-9, -4, -1, 0, 2, 5, 11])
        return Reply(text=returning(best + step), usage=Usage(prompt=200, completion=20))

    def close(self) -> None:
        """Nothing is held."""


class Fixed(Climber):
    """Answers its part of a list."""

    def __init__(self, number: int, answers: Sequence[str]) -> None:
        super().__init__(number, [])
        self.name, self._answers = "fixed", answers

    def complete(
        self,
        messages: Sequence[Message],
        tools: Sequence[Schema],
        listen: Listener,
        stop: threading.Event,
        most: int = 0,
    ) -> Reply:
        return Reply(text=self._answers[self._number - 1])


def climbing(asked: list[int] | None = None) -> Source:
    kept = [] if asked is None else asked
    return Source(lambda n: Climber(n, kept), single=lambda n: Climber(n, kept))


def fixed(*answers: str) -> Source:
    return Source(lambda n: Fixed(n, answers), single=lambda n: Fixed(n, answers))


def hill(tmp_path: Path, **files: str) -> Path:
    """A repository with the hill; `files` by their names, with two underscores for a dot."""
    repo = tmp_path / "repo"
    write_files(repo, FILES | {name.replace("__", "."): text for name, text in files.items()})
    commit(repo, "start", first=True)
    return repo


@contextmanager
def evolving(
    repo: Path,
    most: int | None,
    objective: Objective = OBJECTIVE,
    test: str = "",
    settings: Mapping[str, object] = MappingProxyType({}),
) -> Iterator[Run]:
    """A run that asks for so many versions."""
    with begun(repo, issue="stand at the top", test_command=test, objective=objective) as run:
        run.config = Config.model_validate(run.config.model_dump() | {"candidates": most, **settings})
        yield run


def climb(run: Run, source: Source, control: Control | None = None) -> Evolved:
    return evolved(run, [source], control or Control())


def scores(run: Run) -> list[Scored]:
    """What was scored, the base first."""
    return [e for e in load(run.log_path(1)) if isinstance(e, Scored)]


def told(event: Event) -> object:
    """An event but for what another run of the same has otherwise: times, and outputs that hold some."""
    if isinstance(event, Judged):
        return event.verdict.state, event.verdict.tree, event.verdict.fixed
    return event.model_dump(exclude={"at", "seconds"})
