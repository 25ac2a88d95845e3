"""Patterns that a short text can keep busy for years: a repeat in a repeat that can be split in many ways."""

import re
import warnings
from typing import Any

LONGEST = 2_000


def catastrophic(pattern: str, whole: bool = False) -> bool:
    """Whether a pattern backtracks exponentially: a group is repeated without end that is itself nothing but a repeat
    without end and what may be empty, and something after it can fail. `whole`: the text has to end there."""
    if len(pattern) > LONGEST or not re.search(r"[+*}]\)?[+*{?]|[+*}]", pattern):
        return False
    from re import _parser as parser  # type: ignore[attr-defined]

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            parsed = parser.parse(pattern)
    except (re.error, RecursionError, OverflowError, ValueError):
        return False
    return nested(list(parsed), whole)


def nested(items: list[tuple[Any, Any]], fails: bool) -> bool:
    """Whether a sequence has such a repeat; `fails`: what comes after it can fail."""
    for number, (operation, argument) in enumerate(items):
        after = fails or number + 1 < len(items)
        name = str(operation)
        if name in ("MAX_REPEAT", "MIN_REPEAT"):
            _, most, body = argument
            if endless(most) and after and splits(list(body)):
                return True
            if nested(list(body), after):
                return True
        inner = [argument[-1]] if name == "SUBPATTERN" else argument[1] if name == "BRANCH" else []
        if any(nested(list(part), after) for part in inner):
            return True
    return False


def endless(most: Any) -> bool:
    return str(most) == "MAXREPEAT"


def splits(body: list[tuple[Any, Any]]) -> bool:
    """Whether what is repeated can be read as one round or as several."""
    while len(body) == 1 and str(body[0][0]) == "SUBPATTERN":
        body = list(body[0][1][-1])
    if len(body) == 1 and str(body[0][0]) == "BRANCH":
        return any(splits(list(branch)) for branch in body[0][1][1])
    repeats = [a for o, a in body if str(o) in ("MAX_REPEAT", "MIN_REPEAT") and endless(a[1])]
    return (
        bool(repeats)
        and all(
            may_be_empty(o, a) or (str(o) in ("MAX_REPEAT", "MIN_REPEAT") and endless(a[1])) for o, a in body
        )
        and (sum(not may_be_empty(o, a) for o, a in body) <= 1)
    )


def may_be_empty(operation: Any, argument: Any) -> bool:
    name = str(operation)
    if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        return argument[0] == 0
    if name == "SUBPATTERN":
        return all(may_be_empty(o, a) for o, a in argument[-1])
    return name in ("AT", "ASSERT", "ASSERT_NOT")
