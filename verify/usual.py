"""Whether an input is of a kind that is known: of types and signs, and empty, as known ones are. Pure.

What a program is for shows in the calls that tests and docstrings make of it. What right programs do beyond that, say
with a negative number where a count is meant, differs, as nobody said what it should be.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from enum import IntEnum
from typing import Any

from .inputs import Call, Input, read

Place = int | str
"""Of an argument: its number, or its name."""
Said = tuple[str, str]
"""A type, with those of what holds it, and a sign or whether it is empty."""
ABOVE, BELOW, ZERO, FULL, EMPTY = "above 0", "below 0", "at 0", "not empty", "empty"
ENDS = {ABOVE: ZERO, BELOW: ZERO, FULL: EMPTY}
"""Where what is said so ends."""


class Kind(IntEnum):
    """What an input is beside the known ones: the larger, the likelier it is that somebody meant it."""

    STRANGE = 0
    EDGE = 1
    """As a usual one, but for a 0, or for something empty."""
    USUAL = 2


def kind(known: Sequence[Call]) -> Callable[[Input], Kind]:
    """By calls of a function that are known. Where there are none, all are usual, as is what an object goes through."""
    at: dict[Place, set[Said]] = {}
    for call in known:
        for place, value in arguments(call):
            at.setdefault(place, set()).update(said(value))

    def of(place: Place, value: Any) -> Kind:
        found, usual = set(said(value)), at.get(place, set())
        edges = {(what, ENDS.get(how, how)) for what, how in usual}
        return Kind.USUAL if found <= usual else Kind.EDGE if found <= usual | edges else Kind.STRANGE

    def asked(one: Input) -> Kind:
        if not known or one.made is not None or one.carried:
            return Kind.USUAL
        every = [of(*argument) for _, text in one.calls for argument in arguments(read(text))]
        return min(every, default=Kind.USUAL)

    return asked


def arguments(call: Call) -> Iterator[tuple[Place, Any]]:
    yield from enumerate(call.args)
    yield from call.named.items()


def said(value: Any, at: str = "") -> Iterator[Said]:
    """What there is to say of a value, and of each that it holds."""
    what = f"{at}{type(value).__name__}"
    match value:
        case bool() | None:
            yield what, ""
        case int() | float():
            yield what, ABOVE if value > 0 else BELOW if value < 0 else ZERO
        case str() | bytes():
            yield what, FULL if value else EMPTY
        case Mapping():
            yield what, FULL if value else EMPTY
            for key, held in value.items():
                yield from said(key, f"{what} by ")
                yield from said(held, f"{what} of ")
        case Sequence() | AbstractSet():
            yield what, FULL if value else EMPTY
            for held in value:
                yield from said(held, f"{what} of ")
        case _:
            yield what, ""
