"""Names of packages that are close to a well-known one: typing errors that others wait for, and inventions. Pure."""

import re
from collections.abc import Iterable

SWAPS = str.maketrans({"0": "o", "1": "l", "3": "e", "5": "s", "i": "l"})
"""Letters and digits that look alike."""
NEAR = 6
"""Letters from which on a name may differ by one and be taken for another; twice as many for two."""


def normal(name: str) -> str:
    """As PyPI compares names: https://packaging.python.org/en/latest/specifications/name-normalization/"""
    return re.sub(r"[-_.]+", "-", name).lower()


def resembles(name: str, popular: Iterable[str]) -> str:
    """The well-known package that a name is nearly the same as; empty where it is one itself, or like none."""
    own = normal(name)
    known = [normal(one) for one in popular]
    if own in known:
        return ""
    return next((one for one in known if alike(own, one)), "")


def alike(a: str, b: str) -> bool:
    if min(len(a), len(b)) < 4:
        return False
    if squeezed(a) == squeezed(b) or (sorted(a.split("-")) == sorted(b.split("-")) and "-" in a):
        return True
    if abs(len(a) - len(b)) > 1 or a[0] != b[0] or re.sub(r"\d+$", "", a) == re.sub(r"\d+$", "", b):
        return False
    least = min(len(a), len(b))
    if least == NEAR - 1:  # another letter makes another word of a short one
        return distance(a, b) == 1 and (len(a) != len(b) or sorted(a) == sorted(b))
    return distance(a, b) <= (2 if least >= 2 * NEAR else 1 if least >= NEAR else 0)


def squeezed(name: str) -> str:
    return name.replace("-", "").translate(SWAPS)


def distance(a: str, b: str) -> int:
    """Letters to put in, take out, change, or swap with their neighbours: the optimal string alignment distance."""
    before: list[int] = []
    row = [*range(len(b) + 1)]
    for i, x in enumerate(a, 1):
        last, row, older = row, [i], before
        for j, y in enumerate(b, 1):
            least = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                least = min(least, older[j - 2] + 1)
            row.append(least)
        before = last
    return row[-1]
