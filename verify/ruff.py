"""The only file that knows ruff: what it finds in texts. It reads them, it never runs them."""

import ast
import json
import os
import re
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from .finding import Severity
from .newly import Issue, plain, words
from .parse import parsed

SECONDS = 30
COMPLEX = 15
"""Branches of a function, by McCabe's count, beyond which it is hard to follow."""
VERY = 25
ERRORS = words(
    # undefined names, and what cannot be formatted, imported or assigned: it raises when it is reached
    "F404 F407 F502 F503 F504 F505 F506 F507 F508 F509 F521 F522 F523 F524 F525 F621 F622 F701 F702 F704 F706 F707"
    " F821 F823 B016 PLE0100 PLE0101 PLE0116 PLE0117 PLE0118 PLE0302 PLE0604 PLE1142 PLE1206"
    # always true
    " F631 F634"
    # a debugger is left in; the text is not what one reads
    " T100 PLE2502"
    # protocols and ciphers that are broken
    " S502 S503 S505 S508 S509"
)
WARNINGS = words(
    "F402 F601 F822 F632 F811 B002 B003 B005 B006 B012 B015 B018 B020 B021 B022 B025 B026 B029 B031 B032 B035"
    " B039 PLE0605 PLE0704 PLE1310 PLE1205 PLE1307 PLE1519 PLE2510 PLE2512 PLE2513 PLE2514 PLE2515 ASYNC251"
    " S104 S108 S504 S312 S321 S612 S702"
)
NOTES = words("F401 F841 C901 S113 B023 RUF006")
HARMLESS = frozenset({"F504", "F522", "F523", "F525"})
"""Formats with values too many, mostly: the text is wrong, but nothing raises."""
INJECTED = re.compile(
    r"`(_|__|ngettext|gettext|reveal_type|WindowsError|unicode|get_ipython|exit|copyright)`"
)
"""Names that another file puts among the builtins."""


@cache
def version() -> str:
    done = subprocess.run([binary(), "--version"], capture_output=True, text=True, timeout=SECONDS)
    return done.stdout.split()[-1]


def binary() -> str:
    """The program of our own environment, never one that PATH names."""
    from ruff import find_ruff_bin

    return os.fsdecode(find_ruff_bin())


def issues(texts: Sequence[tuple[str, str]]) -> list[list[Issue]]:
    """What ruff finds in each of these files, given as path and text. Raises RuntimeError where it fails.

    Comments that would silence it, and the settings of whatever folder, count for nothing.
    """
    found: list[list[Issue]] = [[] for _ in texts]
    if not texts:
        return found
    with tempfile.TemporaryDirectory(prefix="patchwright-") as folder:
        for number, (path, text) in enumerate(texts):
            place = Path(folder, str(number), named(path))
            place.parent.mkdir()
            place.write_bytes(text.encode("utf-8", "surrogateescape"))
        for said in run(folder):
            number = int(Path(said["filename"]).parent.name)
            path, text = texts[number]
            found[number] += read(said, path, text.split("\n"))
    return found


def named(path: str) -> str:
    """A name that means to ruff what the file's own does, and nothing more."""
    last = path.rpartition("/")[2]
    return (
        last
        if last in ("__init__.py", "__main__.py")
        else "module.pyi"
        if last.endswith("i")
        else "module.py"
    )


def run(folder: str) -> list[dict[str, Any]]:
    rules = ",".join(sorted(ERRORS | WARNINGS | NOTES))
    settings = ["--isolated", "--no-cache", "--ignore-noqa", "--preview", "--target-version", "py314"]
    limit = [
        "--config",
        f"lint.mccabe.max-complexity={COMPLEX}",
        "--config",
        "lint.explicit-preview-rules=true",
    ]
    command = [binary(), "check", *settings, *limit, "--output-format", "json", "--select", rules, "."]
    env = {"PATH": os.defpath, "HOME": folder, "RAYON_NUM_THREADS": "2"}
    try:
        done = subprocess.run(command, cwd=folder, env=env, capture_output=True, timeout=SECONDS)
    except subprocess.TimeoutExpired as e:
        raise RuntimeError(f"ruff did not end in {SECONDS} s") from e
    if done.returncode not in (0, 1):
        raise RuntimeError(
            f"ruff ended with {done.returncode}: {done.stderr.decode('utf-8', 'replace')[-200:]}"
        )
    return json.loads(done.stdout)


def read(said: Mapping[str, Any], path: str, rows: Sequence[str]) -> Iterator[Issue]:
    """One thing that ruff says, in our words where its own do not do."""
    rule = said["code"] or "invalid-syntax"
    first, last = said["location"]["row"], (said.get("end_location") or said["location"])["row"]
    message = said["message"]
    if rule == "F821" and INJECTED.search(message):
        return
    where = message if rule == "C901" else ""
    code = re.sub(r"\(\d+ > \d+\)", "", message) if rule in ("C901", "F821", "F401") else ""
    code = code or plain(" ".join(rows[first - 1 : min(last, first + 5)]))
    grade = severity(rule, message)
    if rule == "F821" and not evaluated("\n".join(rows), message.split("`")[1], first):
        grade = "warning"
    yield Issue(rule, grade, path, first, message, code, where)


def severity(rule: str, message: str) -> Severity:
    if rule == "C901" and (size := re.search(r"\((\d+) >", message)):
        return "warning" if int(size[1]) > VERY else "note"
    if rule in HARMLESS or rule in WARNINGS or (rule == "T100" and message.startswith("Import")):
        return "warning"
    return "note" if rule in NOTES else "error"


def evaluated(text: str, name: str, line: int) -> bool:
    """Whether a name is looked up when the program runs: in most annotations it is not."""
    if not (tree := parsed(text)):
        return True
    late = "from __future__ import annotations" in text
    hints = (
        [getattr(n, field, None) for n in ast.walk(tree) for field in ("annotation", "returns")]
        if late
        else []
    )
    left = {id(inner) for hint in hints if hint for inner in ast.walk(hint)}
    return any(
        isinstance(n, ast.Name) and n.id == name and n.lineno == line and id(n) not in left
        for n in ast.walk(tree)
    )
