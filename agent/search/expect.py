"""What a model says that calls have to come to, in assertions that it writes without seeing a candidate. They tell apart
what passes all tests; by them nothing is verified (Chen et al., CodeT, 2022)."""

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from ... import prompts
from ...verify.examples import assertions_in
from ...verify.inputs import Input, as_input, readable
from ...verify.inside.form import form
from ...verify.subjects import label
from ..events import Expected
from ..models.base import Listener, Message, Model, Usage, several

ANSWERS, LONGEST = 4, 320
"""Times that it is asked, and tokens of an answer."""
MOST = 60
"""Expectations of one function."""


class Expectation(NamedTuple):
    """A call, and what it has to come to."""

    input: Input
    answer: str
    """As it is said of what comes of it, see Behaviours."""

    @property
    def asked(self) -> str:
        return readable(label(self.input.path, self.input.name), self.input)


def ask(
    model: Model, path: str, name: str, sources: str, listen: Listener, stop: threading.Event
) -> Expected:
    """Have a model say it of a function in a file, by what it is shown of the project. Raises ModelError."""
    text = prompts.render("expect", sources=sources, function=name)
    started = time.monotonic()
    asked = Message(role="user", text=text, lines=f"assert {name}(")
    replies = several(model, [asked], (), ANSWERS, listen, stop, LONGEST)
    usage = sum((reply.usage for reply in replies), Usage())
    texts = tuple(reply.text for reply in replies)
    return Expected(path=path, name=name, texts=texts, usage=usage, seconds=time.monotonic() - started)


def expectations(said: Iterable[Expected]) -> list[Expectation]:
    """What was said most often of each call."""
    found = list[Expectation]()
    for one in said:
        answers = defaultdict[Input, Counter[str]](Counter)
        for text in one.texts:
            for call, value in assertions_in(text, one.name):
                answers[as_input(one.path, one.name, call)][form(value)] += 1
        known = [Expectation(asked, counts.most_common(1)[0][0]) for asked, counts in answers.items()]
        found += known[:MOST]
    return found


def met(
    expected: Sequence[Expectation], inputs: Sequence[str], answers: Mapping[str, Sequence[str]]
) -> dict[str, int]:
    """How many expectations each tree meets, of those that not all of them do. Pure."""
    places = {asked: number for number, asked in enumerate(inputs)}
    asked = [(places[one.asked], one.answer) for one in expected if one.asked in places]
    rows = {tree: [same(said[n], answer) for n, answer in asked] for tree, said in answers.items()}
    telling = [n for n in range(len(asked)) if len({row[n] for row in rows.values()}) > 1]
    return {tree: sum(row[n] for n in telling) for tree, row in rows.items()}


def same(said: str, answer: str) -> bool:
    """Whether that is what was answered, whatever else it did."""
    return said == answer or said.startswith((f"{answer} leaving ", f"{answer}; prints "))
