"""What several trees answer to the same inputs, as data; and which of it tells them apart. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from ..sandbox.base import Frozen
from .finding import some
from .usual import Kind

SLOW, DIES, VARIES = "too slow", "dies", "by chance"
"""Answers that are none: it took too long, it ended its process, or it was another one the second time."""
LEAVING = re.compile(r" leaving .*?(?=; |$)")
Answers = Mapping[str, Sequence[str | None]]
"""By tree, in the order of the inputs; None where the time was up before it was asked."""


class Behaviours(Frozen):
    """What several trees answer to the same inputs."""

    inputs: tuple[str, ...] = ()
    """Calls as one would write them: `stats.median([1, 2])`."""
    answers: dict[str, tuple[str, ...]] = {}
    """By tree, in the order of the inputs."""
    kinds: tuple[Kind, ...] = ()
    """Of each input; empty: all are usual."""
    left: tuple[str, ...] = ()
    """What was not asked, and why, a sentence each."""


class Split(NamedTuple):
    """An input on which trees differ, and who gives which answer."""

    input: str
    answers: Mapping[str, tuple[str, ...]]
    """Trees by their answer."""
    kind: Kind = Kind.USUAL


def split(behaviours: Behaviours) -> list[Split]:
    """The inputs on which trees differ: usual ones first, and those that divide them most evenly first."""
    found = list[Split]()
    for number, one in enumerate(behaviours.inputs):
        groups = dict[str, list[str]]()
        for tree, said in behaviours.answers.items():
            groups.setdefault(said[number], []).append(tree)
        if len(groups) > 1:
            kind = behaviours.kinds[number] if behaviours.kinds else Kind.USUAL
            found.append(Split(one, {said: tuple(several) for said, several in groups.items()}, kind))
    return sorted(found, key=lambda one: (-one.kind, max(map(len, one.answers.values()))))


def result(answer: str) -> str:
    """What is answered, without what becomes of arguments."""
    return LEAVING.sub("", answer)


def refused(answer: str) -> bool:
    return answer.startswith("raises ") or answer in (SLOW, DIES)


def compared(
    about: Sequence[str],
    inputs: Sequence[str],
    answers: Answers,
    left: Sequence[str] = (),
    kinds: Sequence[Kind] = (),
) -> Behaviours:
    """Without the inputs that are answered by chance, or that there was no time for. `about`: what each input asks.

    Where most trees are steady about a function, or had time for most inputs, the others spoil no input for them: it is
    their answer that they are not.
    """
    known = {tree: list(said) for tree, said in answers.items()}
    for asked in dict.fromkeys(about):
        own = [n for n, one in enumerate(about) if one == asked]
        shaky = [tree for tree, said in known.items() if any(said[n] == VARIES for n in own)]
        for tree in shaky if 2 * len(shaky) >= len(known) else ():
            known[tree] = [
                None if n in own and said == VARIES else said for n, said in enumerate(known[tree])
            ]
    late = [tree for tree, said in answers.items() if 2 * said.count(None) > len(inputs)]
    for tree in late if 2 * len(late) < len(known) else ():
        known[tree] = [SLOW if answers[tree][n] is None else said for n, said in enumerate(known[tree])]
    kept = [n for n in range(len(inputs)) if all(said[n] is not None for said in known.values())]
    return Behaviours(
        inputs=tuple(inputs[n] for n in kept),
        answers={tree: tuple(str(said[n]) for n in kept) for tree, said in known.items()},
        kinds=tuple(kinds[n] for n in kept if kinds),
        left=(*left, *spoilt(answers), *dropped(len(inputs), len(kept))),
    )


def spoilt(answers: Answers) -> Iterator[str]:
    """Which trees gave no answer that counts."""
    for sign, how in ((VARIES, "answered by chance"), (None, "not asked in time")):
        many = {tree[:12]: said.count(sign) for tree, said in answers.items() if sign in said}
        if many:
            yield f"{some(many)}: up to {max(many.values())} inputs were {how}"


def dropped(count: int, kept: int) -> Iterator[str]:
    if kept < count:
        yield f"{count - kept} of {count} inputs tell nothing and count for no tree"
