"""Values that lie near a value: what a test that asks for the one might as well have asked for. Pure."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from random import Random
from typing import Any

from .inside.literal import written

ELEMENTS, EACH = 3, 2
"""Elements of a collection that are changed one by one, and the ways in which each is."""
EXACT = 2**53
"""Integers below it are floats of the same value."""
MARKS = " ,-.!_"
LETTERS = "aZ0é"
SEPARATORS = "\n ,;/."


def near(value: Any, chance: Random, lengths: Sequence[int] = ()) -> list[Any]:
    """Neighbours that differ from the value and from each other. `lengths`: of what is given beside a number."""
    return distinct([value], several(value, chance, lengths))


def distinct(known: Sequence[Any], values: Iterator[Any]) -> list[Any]:
    """Those that can be written down and are not known: 1 and True are two."""
    seen = {written(value) for value in known} | {None}
    found = list[Any]()
    for value in values:
        if (text := written(value)) not in seen:
            seen.add(text)
            found.append(value)
    return found


def several(value: Any, chance: Random, lengths: Sequence[int]) -> Iterator[Any]:
    match value:
        case bool():
            yield not value
        case int():
            yield from (value + 1, value - 1, 0, -value, *lengths, *(n - 1 for n in lengths), value * 10 + 3)
        case float():
            yield from (value + 1, value - 1, 0.0, -value, value / 2, value * 10, value + 0.25)
        case str():
            yield from of_text(value, chance)
        case bytes():
            yield from (
                text.encode("latin-1", "replace") for text in of_text(value.decode("latin-1"), chance)
            )
        case list():
            yield from of_row(value, chance)
        case tuple():
            yield from (tuple(row) for row in of_row([*value], chance))
        case set():
            yield from (set(row) for row in of_row(in_order(value), chance))
        case dict():
            yield from of_dict(value, chance)
        case _:
            return


def of_text(text: str, chance: Random) -> Iterator[str]:
    if re.fullmatch(r"-?[0-9]{1,18}", text):
        yield from (str(int(text) + 1), str(-int(text)), "0")
    place = chance.randrange(len(text) + 1)
    yield from (shaped(name, text) for name in SHAPES)
    yield text[:place] + chance.choice(MARKS) + text[place:]
    yield from ("".join(chance.sample(text, len(text))), f" {text} ", text.swapcase(), text.title())
    yield text + chance.choice(LETTERS)
    if mark := separator(text):
        yield from (mark.join(row) for row in of_row(text.split(mark), chance))


def separator(text: str) -> str:
    """What stands between the words or parts of a text; empty where it is one."""
    return next((mark for mark in SEPARATORS if mark in text.strip(mark)), "")


def crossed(one: Any, other: Any, chance: Random) -> Any:
    """The head of one value and the tail of another of its kind; the first itself where they cannot be joined."""
    if isinstance(one, str) and isinstance(other, str) and (mark := separator(one)):
        return mark.join(crossed(one.split(mark), other.split(mark), chance))
    if type(one) is not type(other) or not isinstance(one, str | bytes | list | tuple):
        return one
    head: Any = one[: chance.randint(0, len(one))]
    return head + other[chance.randint(0, len(other)) :]


def retyped(value: Any, others: Sequence[Any]) -> Any:
    """The value with its numbers as floats where they were integers, and the other way about, where one of the others is
    or holds such a number; itself where none does."""
    kinds = {type(one) for other in others for one in (other if isinstance(other, list | tuple) else [other])}
    match value:
        case list() | tuple():
            return type(value)(retyped(one, others) for one in value)
        case float() if int in kinds and value.is_integer():
            return int(value)
        case int() if float in kinds and not isinstance(value, bool) and abs(value) < EXACT:
            return float(value)
        case _:
            return value


def of_row(row: list[Any], chance: Random) -> Iterator[list[Any]]:
    """Other lengths and orders, then other elements."""
    yield from (shaped(name, row) for name in SHAPES)
    if row:
        yield [*row, *near(row[-1], chance)[:1]]
        yield [row[0], *row]
    for place in sorted(chance.sample(range(len(row)), min(ELEMENTS, len(row)))):
        others = near(row[place], chance)
        for other in chance.sample(others, min(EACH, len(others))):
            yield [*row[:place], other, *row[place + 1 :]]


def of_dict(value: dict[Any, Any], chance: Random) -> Iterator[dict[Any, Any]]:
    """The same of its pairs; a key that is there twice counts once."""
    pairs = list(value.items())
    yield from (dict(shaped(name, pairs)) for name in SHAPES)
    for place in sorted(chance.sample(range(len(pairs)), min(ELEMENTS, len(pairs)))):
        name, held = pairs[place]
        others = near(held, chance)
        for other in chance.sample(others, min(EACH, len(others))):
            yield {**value, name: other}
        for other in near(name, chance)[:1]:
            yield {**value, other: held}


def in_order(values: set[Any]) -> list[Any]:
    """A set's order is not the same in every process."""
    return sorted(values, key=repr)


SHAPES: Mapping[str, Callable[[Any], Any]] = {
    "empty": lambda row: row[:0],
    "first": lambda row: row[:1],
    "reversed": lambda row: row[::-1],
    "twice": lambda row: row + row,
    "sorted": lambda row: in_rank(row),
    "shorter": lambda row: row[:-1],
}
"""Other lengths and orders, which can be given to several arguments at once: what was as long as each other still is."""


def shaped(name: str, value: Any) -> Any:
    """A value in another shape; itself where it has none."""
    change = SHAPES[name]
    match value:
        case str() | bytes() | list() | tuple():
            return change(value)
        case set():
            return set(change(in_order(value)))
        case dict():
            return dict(change(list(value.items())))
        case _:
            return value


def in_rank(row: Any) -> Any:
    try:
        ranked = sorted(row)
    except TypeError:  # of several kinds
        ranked = sorted(row, key=repr)
    return "".join(ranked) if isinstance(row, str) else type(row)(ranked)
