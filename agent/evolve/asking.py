"""Asking a model for the next version: it is shown the issue and a few versions with their scores, and no tools."""

import time
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from ... import prompts
from ..control import Control
from ..models.base import Message, Model, Reply, several
from ..models.fallback import Place
from ..models.metered import Rate
from ..models.select import Source
from ..run import Run
from ..search.many import budgets_of, paid
from .islands import Program

WORDS, CHARACTERS = 250, 3
"""Tokens for what stands around a version, and the characters of code that a token has at least."""


class Answer(NamedTuple):
    number: int
    reply: Reply
    model: str
    seconds: float


class Asker:
    """The models of a run. Several take turns, a question each."""

    def __init__(
        self, run: Run, sources: Sequence[Source], control: Control, listen: Callable[[str], None]
    ) -> None:
        self._budgets = budgets_of(run)
        self._rate = Rate(run.config.requests_a_minute, run.config.tokens_a_minute)
        self._sources, self._places = sources, [Place() for _ in sources]
        self._control, self._listen = control, listen

    @cached_property
    def name(self) -> str:
        """The first version's model."""
        model = self._model(1, 0)
        model.close()
        return model.name

    def answers(
        self, messages: Sequence[Message], numbers: Sequence[int], turn: int, room: int
    ) -> Iterator[list[Answer]]:
        """An answer to the same question for each of the numbers, as they come: several at once where the model can.

        `room`: tokens that an answer needs at most; a small model that goes on after them has lost its way.

        Raises ModelError, Spent, Stopped.
        """
        left = list(numbers)
        while left:
            begun, model = time.monotonic(), self._model(left[0], turn)
            self._control.on_stop(model.close)
            count, most = min(len(left), model.profile.batch), room if model.profile.guided else 0
            try:
                replies = several(model, messages, (), count, self._listen, self._control.stop, most)
            finally:
                model.close()
            self._control.check()
            seconds = (time.monotonic() - begun) / len(replies)
            yield [Answer(left.pop(0), reply, model.name, seconds) for reply in replies]

    def _model(self, number: int, turn: int) -> Model:
        """One of its own for each version that is not asked for with others: no two answers are alike by their seed."""
        at = turn % len(self._sources)
        return paid(
            self._sources[at],
            lambda one: one.single(number),
            self._budgets,
            self._rate,
            self._places[at],
        )


def room(parents: Sequence[Program]) -> int:
    """Tokens that a version and some words need at most, where it is up to twice as long as what is shown."""
    return WORDS + int(2 * max(len(p.code) for p in parents) / CHARACTERS)


def question(issue: str, name: str, parents: Sequence[Program]) -> list[Message]:
    """What a model is asked. Pure."""
    shown = [f"Version {i}, score {p.score:.6g}:\n\n```python\n{p.code}\n```" for i, p in enumerate(parents)]
    text = prompts.render("evolve", issue=issue.strip(), definition=name, versions="\n\n".join(shown))
    return [Message(role="user", text=text)]
