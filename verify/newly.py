"""What a patch newly brings, of all that a tool finds before and after it."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from .delta import Changed
from .finding import Finding, Severity

DOWN: Mapping[Severity, Severity] = {"error": "warning", "warning": "note", "note": "note"}


class Issue(NamedTuple):
    """Something that a tool finds in a file, whether or not it is new."""

    rule: str
    severity: Severity
    path: str
    line: int
    message: str
    code: str
    """What tells it from others of its rule, wherever it stands: see `plain`."""
    where: str = ""
    """The function that it is in, where the tool knows."""


def newly(before: Iterable[Issue], after: Iterable[Issue], changes: Sequence[Changed]) -> list[Issue]:
    """The issues that were nowhere in the changed files before. Pure.

    Code that was only moved is not new. Where the same code is there more often than before, the occurrences on
    changed lines are the new ones. An issue that takes the place of another of its rule, in the same function, was
    there in other words: it is told one grade lower.
    """
    lines = {change.path: change.lines for change in changes}
    known = Counter((issue.rule, issue.code) for issue in before)
    new: list[Issue] = []
    for issue in sorted(after, key=lambda i: i.line in lines.get(i.path, ())):
        if known[key := (issue.rule, issue.code)]:
            known[key] -= 1
        else:
            new.append(issue)
    gone: Counter[tuple[str, str, str]] = Counter()
    for issue in before:
        if known[key := (issue.rule, issue.code)]:
            known[key] -= 1
            gone[issue.path, issue.rule, issue.where] += 1
    return sorted(lowered(new, gone), key=lambda i: (i.path, i.line, i.rule))


def lowered(new: Iterable[Issue], gone: Counter[tuple[str, str, str]]) -> Iterable[Issue]:
    for issue in new:
        if gone[key := (issue.path, issue.rule, issue.where)]:
            gone[key] -= 1
            yield issue._replace(severity=DOWN[issue.severity])
        else:
            yield issue


def plain(code: str) -> str:
    """Code without what a formatter may change: blanks, the kind of quotes, a comma before a bracket."""
    return re.sub(r",(?=[)\]}])", "", re.sub(r"\s+", "", code).replace('"', "'"))


def told(check: str, issues: Iterable[Issue]) -> tuple[Finding, ...]:
    return tuple(
        Finding(check=check, rule=i.rule, severity=i.severity, path=i.path, line=i.line, message=i.message)
        for i in issues
    )


def words(text: str) -> frozenset[str]:
    """The words of a text: how long tables of names are written."""
    return frozenset(text.split())
