"""What an edit newly broke: syntax, and in Python names that nothing defines.

Only what was right before is told, so that a file which never parsed, or a dialect that a grammar does not know,
is no noise. These functions run whatever parser they need in the process that calls them; on files that may be
hostile they are called through `apart`.
"""

import ast
import json
import posixpath
import re
import tomllib
import warnings
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from ..verify.parse import parse
from .near import NAME, told
from .source import language_of

PYTHON = (".py", ".pyi", ".pyw")
UNDEFINED = "undefined "
LARGEST = 2_000_000
"""Bytes of a file that is still looked at."""
NAMED = 250_000
"""Bytes of a Python file up to which its names are looked at: for ten thousand lines that takes a second."""


class Problem(NamedTuple):
    line: int
    what: str
    about: str = ""
    """What makes it the same problem in another version of the file: not its line's number."""


def broken(path: str, before: bytes, after: bytes) -> str:
    """The problems that `after` has and `before` had not, a line each; empty where there are none.

    `before` is empty for a new file. A file over 2 MB, or in a language without a grammar, has none.
    """
    if before == after or max(len(before), len(after)) > LARGEST:
        return ""
    found = problems(path, after)
    if not found:
        return ""
    had = problems(path, before) if before else []
    if any(not p.about.startswith(UNDEFINED) for p in had):
        found = [p for p in found if not p.about.startswith(UNDEFINED)]  # nobody knows whether they are new
    old = Counter(p.about for p in had)
    new: list[Problem] = []
    for problem in found:
        old[problem.about] -= 1
        if old[problem.about] < 0:
            new.append(problem)
    return told(path, [(p.line, p.what) for p in new])


def problems(path: str, data: bytes) -> list[Problem]:
    """All that is wrong with a file, by the parser that says it best."""
    suffix = posixpath.splitext(path)[1].lower()
    if suffix in PYTHON:
        return python(path, data)
    if suffix == ".json":
        return of_json(data)
    if suffix == ".toml":
        return of_toml(data)
    language = language_of(path)
    if not language:
        return []
    from .languages import flaws

    rows = data.rstrip().splitlines()
    return [about(flaw.line, flaw.what, rows) for flaw in flaws(data, language)]


def about(line: int, what: str, rows: list[bytes]) -> Problem:
    """A problem with the line that it is on; what is missing at the end is so on the last one."""
    line = max(1, min(line, len(rows)))
    row = rows[line - 1].strip().decode("utf-8", "replace")[:100] if rows else ""
    return Problem(line, f"{what}: {row}" if row else what, f"{what} {row}")


def python(path: str, data: bytes) -> list[Problem]:
    """The error that stops Python from compiling it, else the names that nothing defines."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree = parse(data)
            compile(tree, path, "exec", dont_inherit=True)
        except SyntaxError as e:
            return [about(e.lineno or 1, f"{type(e).__name__}: {e.msg}", data.rstrip().splitlines())]
        except ValueError as e:
            return [Problem(1, str(e), str(e))]
        except (RecursionError, MemoryError):  # it may be too much for this process alone
            return []
    return list(undefined(path, tree)) if len(data) <= NAMED else []


def undefined(path: str, tree: ast.Module) -> Iterator[Problem]:
    """Names that are used and defined nowhere, each where it is used first."""
    from pyflakes import checker, messages

    kinds = (messages.UndefinedName, messages.UndefinedLocal, messages.UndefinedExport)
    try:
        heard = checker.Checker(tree, filename=path).messages
    except (RecursionError, MemoryError):
        return
    seen: set[str] = set()
    for message in sorted((m for m in heard if isinstance(m, kinds)), key=lambda m: m.lineno):
        name = str(message.message_args[0])
        if name not in seen:
            seen.add(name)
            yield Problem(message.lineno, NAME.format(name), f"{UNDEFINED}{name}")


def of_json(data: bytes) -> list[Problem]:
    try:
        json.loads(data)
    except json.JSONDecodeError as e:
        return [about(e.lineno, f"JSON: {e.msg}", data.rstrip().splitlines())]
    except (ValueError, RecursionError) as e:
        return [Problem(1, f"JSON: {e}", "JSON")]
    return []


def of_toml(data: bytes) -> list[Problem]:
    try:
        tomllib.loads(data.decode())
    except (ValueError, RecursionError) as e:
        what, _, place = str(e).partition(" (at ")
        line = int(found[1]) if (found := re.match(r"line (\d+)", place)) else 1 + data.count(b"\n")
        return [about(line, f"TOML: {what}", data.rstrip().splitlines())]
    return []
