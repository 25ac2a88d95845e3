"""Whether an input is of a kind that is known: of types and signs, and empty, as known ones are. Pure.

What a program is for shows in the calls that tests and docstrings make of it. What right programs do beyond that, say
with a negative number where a count is meant, differs, as nobody said what it should be.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from .inputs import Call, Input, read

Place = int | str
"""Of an argument: its number, or its name."""


def usual(known: Sequence[Call]) -> Callable[[Input], bool]:
    """By calls of a function that are known. Where there are none, all are usual, as is what an object goes through."""
    kinds_at: dict[Place, set[str]] = {}
    for call in known:
        for place, value in arguments(call):
            kinds_at.setdefault(place, set()).update(kinds(value))

    def alike(call: Call) -> bool:
        return all(set(kinds(value)) <= kinds_at.get(place, set()) for place, value in arguments(call))

    def asked(one: Input) -> bool:
        if not known or one.made is not None or one.carried:
            return True
        return all(alike(read(text)) for _, text in one.calls)

    return asked


def arguments(call: Call) -> Iterator[tuple[Place, Any]]:
    yield from enumerate(call.args)
    yield from call.named.items()


def kinds(value: Any, at: str = "") -> Iterator[str]:
    """What there is to say of a value, and of each that it holds."""
    kind = f"{at}{type(value).__name__}"
    match value:
        case bool() | None:
            yield kind
        case int() | float():
            yield f"{kind} above 0" if value > 0 else f"{kind} below 0" if value < 0 else f"{kind} at 0"
        case str() | bytes():
            yield kind if value else f"{kind}, empty"
        case Mapping():
            yield kind if value else f"{kind}, empty"
            for key, held in value.items():
                yield from kinds(key, f"{kind} by ")
                yield from kinds(held, f"{kind} of ")
        case Sequence() | AbstractSet():
            yield kind if value else f"{kind}, empty"
            for held in value:
                yield from kinds(held, f"{kind} of ")
        case _:
            yield kind
