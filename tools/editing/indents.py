"""The one rule by which the indents of a quoted text become those of the file, where there is one."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

UNITS = ("\t", " " * 4, " " * 2, " " * 8, " " * 3)
Convert = Callable[[str], str | None]
"""The file's indent for a quoted one; None where there is none."""
Pairs = list[tuple[str, str]]
"""Quoted indents, each with the file's."""


class Levels(NamedTuple):
    """From one unit of indentation to another, so many levels deeper."""

    quoted: str
    used: str
    deeper: int

    def __call__(self, indent: str) -> str | None:
        found = measured(indent, self.quoted)
        if not found or (level := found[0] + self.deeper) < 0:
            return None
        return self.used * level + " " * found[1]


def measured(indent: str, unit: str) -> tuple[int, int] | None:
    """How many levels an indent has, and how many blanks beyond; None where it is not made of this unit."""
    if unit == "\t":
        rest = indent.lstrip("\t")
        return None if "\t" in rest else (len(indent) - len(rest), len(rest))
    return None if "\t" in indent else divmod(len(indent), len(unit))


def same(indent: str) -> str:
    return indent


def rule(pairs: Pairs, new: set[str]) -> Convert | None:
    """What turns every quoted indent into the file's, and can turn the new text's too; None where nothing does."""
    pairs = list(dict.fromkeys(pairs))
    return next(
        (
            convert
            for convert in candidates(*pairs[0], new)
            if all(convert(quoted) == used for quoted, used in pairs)
            and all(convert(indent) is not None for indent in new)
        ),
        None,
    )


def candidates(quoted: str, used: str, new: set[str]) -> Iterator[Convert]:
    """All rules that suit one pair, the plainest first."""
    if quoted == used:
        yield same
    elif used.endswith(quoted):
        more = used[: len(used) - len(quoted)]
        yield lambda indent: more + indent
    elif quoted.endswith(used):
        less = quoted[: len(quoted) - len(used)]
        yield lambda indent: indent[len(less) :] if indent.startswith(less) else None
    yield from sorted(scaled(quoted, used), key=lambda levels: uneven(levels, {quoted, *new}))


def scaled(quoted: str, used: str) -> Iterator[Levels]:
    for one in UNITS:
        for other in UNITS:
            a, b = measured(quoted, one), measured(used, other)
            if one != other and a and b and a[1] == b[1]:
                yield Levels(one, other, b[0] - a[0])


def uneven(levels: Levels, indents: set[str]) -> tuple[bool, bool]:
    """Rules that leave no blanks over come first, then those that keep the level."""
    found = [measured(indent, levels.quoted) for indent in indents]
    return any(rest for _, rest in filter(None, found)), levels.deeper != 0
