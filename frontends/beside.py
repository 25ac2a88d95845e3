"""Two texts side by side: plain lines, for a terminal of any width."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import zip_longest

from .words import cut


def beside(left: Sequence[str], right: Sequence[str], width: int) -> Iterator[str]:
    """Each in half of a width; a bar where they are the same, else what is on one side only."""
    half = max((width - 3) // 2, 10)
    for kind, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        mark = {"equal": "│", "replace": "≠", "delete": "<", "insert": ">"}[kind]
        for one, other in zip_longest(left[a:b], right[c:d], fillvalue=""):
            yield f"{cut(one, half)} {mark} {cut(other, half).rstrip()}".rstrip()
