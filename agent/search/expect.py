"""What a model says that calls have to come to, without seeing a candidate: it tells apart what passes all tests; by it
nothing is verified (Chen et al., CodeT, 2022). Asked are the calls that the candidates answer differently (Li et al.,
S*: Test Time Scaling for Code Generation, 2025)."""

import ast
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from ... import prompts
from ...verify.behaviours import Behaviours, refused, result, split
from ...verify.examples import assertions_in
from ...verify.inputs import Input, as_input, readable
from ...verify.inside.form import form
from ...verify.parse import parsed
from ...verify.subjects import label
from ...verify.usual import Kind
from ..events import Expected
from ..models.base import Listener, Message, Model, Usage, several

ANSWERS, LONGEST = 4, 500
"""Times that it is asked, and tokens of an answer."""
CALLS, ALIKE = 6, 2
"""That are asked of at once, and those of them that part all candidates in the same way."""
LONG = 100
"""Characters of a call, and of what may come of it: a model gets lost in longer ones."""


class Expectation(NamedTuple):
    """A call, and what it has to come to."""

    input: Input
    answer: str
    """As it is said of what comes of it, see Behaviours."""

    @property
    def asked(self) -> str:
        return readable(label(self.input.path, self.input.name), self.input)


def telling(
    path: str,
    name: str,
    probes: Behaviours,
    known: Sequence[Expectation],
    one: str,
    other: str,
    kind: Kind,
) -> list[str]:
    """Calls of a function, all of one kind, of which something else comes in two trees, as one would write them: those
    that part all trees most evenly. None where what of them is known tells the two apart. Pure."""
    if not probes.answers.keys() >= {one, other}:
        return []  # one of them came after the last comparison
    begins, before = f"{label(path, name)}(", {expectation.asked for expectation in known}
    chosen, ways = list[str](), Counter[frozenset[tuple[str, ...]]]()
    for asked, answers, _ in (one for one in split(probes) if one.kind == kind):
        groups = defaultdict[str, list[str]](list)
        for answer, trees in answers.items():
            groups[result(answer)] += trees
        mine, theirs = (
            next(said for said, trees in groups.items() if tree in trees) for tree in (one, other)
        )
        if mine == theirs:
            continue
        if asked in before:
            return []
        call = f"{name}({asked.removeprefix(begins)}"
        if asked.startswith(begins) and sayable(call, mine, theirs):
            way = frozenset(tuple(sorted(trees)) for trees in groups.values())
            ways[way] += 1
            chosen += [call] * (ways[way] <= ALIKE)
    return chosen[:CALLS]


def sayable(call: str, *answers: str) -> bool:
    """Whether a model can say what comes of a call that is answered so."""
    if any(map(refused, answers)) or max(map(len, (call, *answers))) > LONG:
        return False
    match parsed(call):
        case ast.Module(body=[ast.Expr(ast.Call())]):
            return True
        case _:
            return False


def ask(
    model: Model,
    path: str,
    name: str,
    calls: Sequence[str],
    sources: str,
    listen: Listener,
    stop: threading.Event,
) -> Expected:
    """Have a model say what calls of a function in a file come to, by what it is shown of the project. Raises
    ModelError."""
    begun = tuple(f"assert {call} == " for call in calls)
    text = prompts.render("expect", sources=sources, function=name, lines="\n".join(begun))
    started = time.monotonic()
    asked = Message(role="user", text=text, lines=begun)
    replies = several(model, [asked], (), ANSWERS, listen, stop, LONGEST)
    usage = sum((reply.usage for reply in replies), Usage())
    texts = tuple(reply.text for reply in replies)
    return Expected(path=path, name=name, texts=texts, usage=usage, seconds=time.monotonic() - started)


def expectations(said: Iterable[Expected]) -> list[Expectation]:
    """What was said most often of each call; nothing where two things were said as often."""
    answers = defaultdict[Input, Counter[str]](Counter)
    for one in said:
        for text in one.texts:
            for call, value in assertions_in(text, one.name):
                answers[as_input(one.path, one.name, call)][form(value)] += 1
    found = list[Expectation]()
    for asked, counts in answers.items():
        (first, votes), *others = counts.most_common(2)
        if not others or votes > others[0][1]:
            found.append(Expectation(asked, first))
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
