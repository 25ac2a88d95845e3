"""What is missing of all that was asked about: what the type checker says, against what is found at run time. Pure."""

import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from .finding import Finding, Severity
from .lookalike import normal
from .popular import DISTRIBUTIONS, PYPI
from .suspects import Question, Suspect

Answer = Mapping[str, Any]
Whence = Callable[[str], str]


class Known(NamedTuple):
    """What judges a suspicion."""

    answers: Mapping[str, Answer]
    """By question."""
    read: bool
    """Whether the type checker has looked."""
    tree: frozenset[str]
    """Modules that the repository's files may be imported as."""
    lacking: Callable[[str], bool]
    """Whether a top-level module belongs to a dependency that the project has and the environment has not."""


ELSEWHERE = frozenset(
    [
        "pywintypes",
        "pythoncom",
        "win32api",
        "win32con",
        "win32event",
        "win32file",
        "win32gui",
        "win32pipe",
        "win32process",
        "win32security",
        "win32service",
        "win32com",
        "winerror",
        "_winreg",
        "js",
        "pyodide",
        "micropip",
        "AppKit",
        "Foundation",
        "objc",
        "java",
    ]
)
"""Modules that other platforms have of themselves."""
SIDE = re.compile(
    r"(^|/)(docs?|examples?|bench\w*|scripts|fuzz\w*)(/|_)|(^|/)(noxfile|conf|tasks|fabfile)\.py$"
)
"""Files that run in environments of their own."""
CALLS = frozenset({"no-such-argument", "too-many-arguments", "missing-argument", "no-such-call"})


def question(asked: Question) -> str:
    return json.dumps(asked, sort_keys=True, default=list)


def judged(suspects: Iterable[Suspect], known: Known) -> tuple[list[Finding], list[str]]:
    """Findings, one for each place and text, and the dependencies that are not installed."""
    every = [*suspects]
    read = {(s.path, s.line, s.text) for s in every if s.read}
    lines = {(s.path, s.line) for s in every if s.read}
    found: dict[tuple[str, int, str], Finding] = {}
    lacking: dict[str, None] = {}
    gone: set[str] = set()
    for suspect in sorted(every, key=lambda s: not s.read):
        agreed = (suspect.path, suspect.line, suspect.text) in read or (suspect.path, suspect.line) in lines
        if suspect.rule == "no-such-module" and known.read and not agreed:
            continue  # on another platform, or in another version, it is there
        if suspect.rule == "no-such-module":
            one = of_module(suspect, known, lacking, gone)
        elif suspect.read:
            one = of_reader(suspect, known)
        else:
            one = of_runtime(suspect, known, agreed)
        if one:
            found.setdefault((one.path, one.line, subject(one)), one)
    return [*found.values()], [*lacking]


def subject(finding: Finding) -> str:
    """What a finding is about: one place is told of once."""
    return "" if finding.rule in CALLS else finding.rule


def of_module(suspect: Suspect, known: Known, lacking: dict[str, None], gone: set[str]) -> Finding | None:
    """A module that cannot be imported; of all that are below one that is not there, the first."""
    name = suspect.text if not suspect.questions else suspect.questions[0][1]["name"]
    answer = answered(suspect, known)
    if not answer or answer.get("state") != "missing":
        return None
    top = name.partition(".")[0]
    if any(
        module == name or module.endswith(f".{name}") or module.startswith(f"{name}.")
        for module in known.tree
    ):
        return None
    if answer.get("where") == "":
        if top in sys.stdlib_module_names or top in ELSEWHERE or top in known.tree:
            return None  # of another platform, or found by a way of its own
        if known.lacking(top):
            lacking[top] = None
            return None
        if top in gone:
            return None
        gone.add(top)
        what = f"nothing provides the module {top}: it is not in the environment, the repository or the dependencies"
        real = top in DISTRIBUTIONS or normal(top) in PYPI or SIDE.search(suspect.path)
        return told(suspect, "no-such-module", "warning" if real else "error", what)
    return told(suspect, "no-such-module", "error", f"there is no module {name}")


def of_runtime(suspect: Suspect, known: Known, agreed: bool) -> Finding | None:
    """What is not there at run time, whatever the type checker says of it."""
    answer = answered(suspect, known)
    if not answer:
        return None
    where, name = answer.get("where"), suspect.text
    if answer.get("state") == "missing" and not elsewhere(answer):
        if where != "installed" and (known.read or where == "repository"):
            return None  # the type checker knows these, those of other platforms too
        return told(suspect, "no-such-name", "error", f"{answer['at']} has no {missing(name, answer)}")
    if answer.get("fit") == "missing" and (
        where == "installed" or not known.read or agreed or where == "stdlib"
    ):
        return told(
            suspect, "no-such-argument", "error", f"{name} cannot be called like this: {spoken(answer)}"
        )
    return None


def missing(name: str, answer: Answer) -> str:
    word = name.removeprefix(f"{answer['at']}.").partition(".")[0]
    near = answer.get("near") or []
    return f"{word}; there is {near[0]}" if near else word


def spoken(answer: Answer) -> str:
    why = str(answer.get("why", ""))
    return f"it takes no {why}" if why.startswith("argument ") else why


def of_reader(suspect: Suspect, known: Known) -> Finding | None:
    """What the type checker says, where nothing at run time speaks against it."""
    if not suspect.questions:
        if suspect.rule == "no-such-call":
            return None
        return told(suspect, suspect.rule, "error", suspect.message)
    answers = [
        (kind, about, known.answers.get(question((kind, about)), {})) for kind, about in suspect.questions
    ]
    if suspect.rule == "undefined-name":
        severity = None if answers[0][2].get("state") == "found" else "error"
    elif suspect.rule in ("no-such-name", "no-such-attribute"):
        severity = of_answers(answers)
    else:
        severity = of_fit(suspect, answers[0][2])
    near = next((n for _, _, a in answers for n in a.get("near") or []), "")
    said = f"{suspect.message}; there is `{near}`" if near else suspect.message
    return told(suspect, suspect.rule, severity, said) if severity else None


def of_answers(answers: Sequence[tuple[str, Mapping[str, Any], Answer]]) -> Severity | None:
    """How sure it is that an attribute is missing."""
    sides: dict[str, list[tuple[str, Answer]]] = {}
    for kind, about, answer in answers:
        sides.setdefault(str(about.get("type", "")), []).append((kind, answer))
    return "error" if all(map(lacks, sides.values())) else None


def lacks(answers: Sequence[tuple[str, Answer]]) -> bool:
    """Whether one class, or one dotted name, surely has no such attribute."""
    ours = any(kind == "own" and a.get("state") == "missing" for kind, a in answers)
    for kind, a in answers:
        state = a.get("state")
        if state in ("found", "doubt") and (not ours or a.get("where") == "repository"):
            return False
        if state == "unknown" and kind == "own" and a.get("why"):
            return False
        if kind == "name":
            return state == "unknown" or not elsewhere(a)  # whoever cannot import it does not know better
    return any(a.get("state") == "missing" for _, a in answers)


def elsewhere(answer: Answer) -> bool:
    """Whether not even the module is here that a name is of."""
    return "at" in answer and "." not in str(answer["at"]) and not answer.get("kind")


def of_fit(suspect: Suspect, answer: Answer) -> Severity | None:
    """How sure it is that a call does not fit."""
    fit, where = answer.get("fit"), answer.get("where")
    if suspect.sure and fit != "missing":
        return None
    if fit == "missing":
        return "error"
    if fit == "fits" or suspect.rule == "no-such-call":
        return None
    if fit == "open":
        return "error" if where == "stdlib" else None
    return "error"


def answered(suspect: Suspect, known: Known) -> Answer:
    return known.answers.get(question(suspect.questions[0]), {}) if suspect.questions else {}


def told(suspect: Suspect, rule: str, severity: Severity, what: str) -> Finding:
    return Finding(
        check="api", rule=rule, severity=severity, path=suspect.path, line=suspect.line, message=what[:400]
    )
