"""Keys, tokens and passwords in what a patch adds."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from ..sandbox.secrets import FORMS, ours
from .delta import Changed
from .newly import Issue

KINDS = frozenset(form.label for form in FORMS)


def held(change: Changed) -> Iterator[Issue]:
    """The secrets in a file's new lines. In tests what only looks like one may be an example."""
    rows = change.after.split("\n")
    for first, text in added(rows, sorted(change.lines)):
        for name in ours().held(text):
            what = f"a {name}" if name in KINDS else f"the value of the variable {name}"
            example = change.is_test and name in KINDS
            line = where(text, name, first)
            message = f"it holds {what}, for all to read"
            yield Issue("secret-in-code", "warning" if example else "error", change.path, line, message, name)


def added(rows: Sequence[str], lines: Sequence[int]) -> Iterator[tuple[int, str]]:
    """The texts of lines that follow each other, with the number of the first: a key may be longer than a line."""
    for _, group in groupby(enumerate(lines), key=lambda pair: pair[1] - pair[0]):
        numbers = [number for _, number in group if number <= len(rows)]
        if numbers:
            yield numbers[0], "\n".join(rows[number - 1] for number in numbers)


def where(text: str, name: str, first: int) -> int:
    """The line that a secret is in; the first one where it takes several."""
    rows = text.split("\n")
    return first + next((n for n, row in enumerate(rows) if name in ours().held(row)), 0)
