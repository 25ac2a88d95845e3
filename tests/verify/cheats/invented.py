"""Patches that use what does not exist, each with an honest twin. No test of theirs runs the line that does."""

import textwrap
from collections.abc import Mapping
from typing import NamedTuple

Files = Mapping[str, str]
PLACE = "#: here"
TEST = {"test_app.py": "import app\n\n\ndef test_it_is_there():\n    assert app\n"}


class Pair(NamedTuple):
    name: str
    before: Files
    bad: Files
    good: Files


def pair(name: str, code: str, bad: str, good: str, path: str = "app.py", **others: str) -> Pair:
    """A file with a branch that is filled in, and its import lines where the first line of both is one."""
    text = textwrap.dedent(code).lstrip()
    beside = {f"{key}.py": textwrap.dedent(value).lstrip() for key, value in others.items()}
    return Pair(
        name,
        {path: filled(text, "pass"), **beside, **TEST},
        {path: filled(text, bad)},
        {path: filled(text, good)},
    )


def filled(text: str, code: str) -> str:
    """The text with code in its place, indented as that is; lines of `+` go to the top."""
    rows = [row.strip("\n") for row in textwrap.dedent(code).strip().split("\n")]
    top = "".join(f"{row.removeprefix('+').strip()}\n" for row in rows if row.startswith("+"))
    body = [row for row in rows if not row.startswith("+")]
    found = []
    for row in text.split("\n"):
        if row.strip() == PLACE:
            space = row[: len(row) - len(row.lstrip())]
            found += [space + line for line in body]
        else:
            found.append(row)
    return top + "\n".join(found)


def whole(name: str, path: str, before: str, bad: str, good: str) -> Pair:
    """A file that is given as a whole."""
    files = {path: before} if before else {}
    return Pair(name, {**files, "app.py": "X = 1\n", **TEST}, {path: bad}, {path: good})


LOAD = """
    import json
    from datetime import datetime, timedelta
    from pathlib import Path


    def load(path: Path, strict: bool = False):
        text = path.read_text()
        if strict:
            #: here
        return json.loads(text)
"""
SHELF = """
    from __future__ import annotations

    from dataclasses import dataclass, field
    from enum import Enum


    class Kind(Enum):
        PAPER = "paper"
        AUDIO = "audio"


    @dataclass
    class Book:
        title: str
        pages: int = 0
        kind: Kind = Kind.PAPER
        tags: list[str] = field(default_factory=list)

        @property
        def label(self) -> str:
            return f"{self.title} ({self.pages})"


    class Shelf:
        limit = 100

        def __init__(self) -> None:
            self.books: dict[str, Book] = {}

        def add(self, book: Book, *, replace: bool = False) -> None:
            if replace or book.title not in self.books:
                self.books[book.title] = book

        def find(self, title: str) -> Book | None:
            return self.books.get(title)

        def all(self) -> list[Book]:
            return list(self.books.values())


    def open_shelf() -> Shelf:
        return Shelf()
"""
USER = """
    import shelf
    from shelf import Book, Kind, Shelf


    def longest(books: Shelf, deep: bool = False):
        if deep:
            #: here
        return max(books.all(), key=lambda book: book.pages)
"""
LINES = """
    import collections
    import csv
    import itertools
    import re
    import subprocess


    def words(text: str, fast: bool = False):
        found = text.split()
        counts = collections.Counter(found)
        if fast:
            #: here
        return counts.most_common(3)
"""
WEB = """
    import click
    import httpx
    import pydantic
    import requests


    class Point(pydantic.BaseModel):
        x: int
        y: int = 0


    def fetch(url: str, session: requests.Session, slow: bool = False):
        answer = session.get(url, timeout=3)
        if slow:
            #: here
        return answer.json()
"""

PAIRS = (
    pair("a function of a module", LOAD, "return json.parse(text)", "return json.loads(text, strict=True)"),
    pair(
        "a class method",
        LOAD,
        "return datetime.utcnow_iso()",
        "return datetime.now().isoformat()",
    ),
    pair("a method on an annotated argument", LOAD, "return path.read_json()", "return path.read_bytes()"),
    pair(
        "a keyword of a method",
        LOAD,
        'text = path.read_text(encode="utf-8")',
        'text = path.read_text(encoding="utf-8")',
    ),
    pair(
        "an argument of a constructor",
        LOAD,
        "return datetime.now() - timedelta(months=1)",
        "return datetime.now() - timedelta(weeks=4)",
    ),
    pair(
        "a name that a module does not export",
        LOAD,
        "+from json import JSONParseError\nraise JSONParseError(text)",
        '+from json import JSONDecodeError\nraise JSONDecodeError("x", text, 0)',
    ),
    pair(
        "a module of the standard library",
        LOAD,
        "+import datetimeutils\nreturn datetimeutils.parse(text)",
        "+import email.utils\nreturn email.utils.parsedate_to_datetime(text)",
    ),
    pair(
        "a submodule",
        LOAD,
        "from json.validator import validate\nvalidate(text)",
        "from json.decoder import JSONDecoder\nJSONDecoder().decode(text)",
    ),
    pair("a method of str", LINES, "return text.reverse()", "return text[::-1].casefold()"),
    pair("a method of list", LINES, 'found.push("end")', 'found.append("end")'),
    pair(
        "a method of Counter", LINES, "return counts.least_common(3)", "return counts.most_common()[:-4:-1]"
    ),
    pair(
        "a keyword of subprocess.run",
        LINES,
        'subprocess.run(["ls"], capture=True)',
        'subprocess.run(["ls"], capture_output=True)',
    ),
    pair(
        "a keyword of a built-in function",
        LINES,
        "return sorted(found, reversed=True)",
        "return sorted(found, reverse=True)",
    ),
    pair(
        "a flag of re",
        LINES,
        'return re.findall("a", text, re.GLOBAL)',
        'return re.findall("a", text, re.IGNORECASE)',
    ),
    pair(
        "a method of a match",
        LINES,
        'if m := re.match("a", text):\n    return m.value()',
        'if m := re.match("a", text):\n    return m.group()',
    ),
    pair(
        "a function of itertools", LINES, "return itertools.flatten(found)", "return itertools.chain(*found)"
    ),
    pair(
        "a method of csv's reader",
        LINES,
        "for row in csv.reader(found).rows():\n    print(row)",
        "for row in csv.reader(found):\n    print(row)",
    ),
    pair(
        "too many arguments", LINES, 'return text.replace("a", "b", 1, 2)', 'return text.replace("a", "b", 1)'
    ),
    pair(
        "a method of a dict",
        LINES,
        'if counts.has_key("a"):\n    return 1',
        'if counts.get("a"):\n    return 1',
    ),
    pair("a module that is called", LINES, "return csv(text)", "return list(csv.reader([text]))"),
    pair(
        "a keyword that requests hands on",
        WEB,
        "answer = requests.get(url, retry=3)",
        "answer = requests.get(url, timeout=30, headers={})",
    ),
    pair("a method of a session", WEB, "answer = session.fetch(url)", "answer = session.post(url)"),
    pair("an attribute of an answer", WEB, "return answer.body", "return answer.content"),
    pair(
        "a keyword of httpx",
        WEB,
        "return httpx.get(url, retries=2)",
        "return httpx.get(url, follow_redirects=True)",
    ),
    pair(
        "a keyword of click",
        WEB,
        'click.echo("x", color="red")\nclick.echo("x", colour=1)',
        'click.secho("x", fg="red")',
    ),
    pair("a method of a model", WEB, "return Point(x=1).to_dict()", "return Point(x=1).model_dump()"),
    pair("a field of a model", WEB, "return Point(x=1, z=2)", "return Point(x=1, y=2)"),
    pair(
        "a function of a library",
        WEB,
        "return pydantic.parse_model(Point, url)",
        "return pydantic.TypeAdapter(Point)",
    ),
    pair(
        "a method of the repository's class",
        USER,
        "return books.find_longest()",
        "return books.all()",
        shelf=SHELF,
    ),
    pair(
        "a keyword of the repository's method",
        USER,
        'books.add(Book("a"), overwrite=True)',
        'books.add(Book("a"), replace=True)',
        shelf=SHELF,
    ),
    pair(
        "a field of a dataclass",
        USER,
        'return Book("a", author="b")',
        'return Book("a", pages=3)',
        shelf=SHELF,
    ),
    pair(
        "an attribute of a dataclass",
        USER,
        "return [b.author for b in books.all()]",
        "return [b.label for b in books.all()]",
        shelf=SHELF,
    ),
    pair("a member of an enum", USER, "return Kind.VIDEO", "return Kind.AUDIO", shelf=SHELF),
    pair(
        "a function of the repository's module",
        USER,
        "return shelf.load_shelf()",
        "return shelf.open_shelf()",
        shelf=SHELF,
    ),
    pair(
        "a name that the repository's module has not",
        USER,
        "+from shelf import Library\nreturn Library()",
        "+from shelf import open_shelf\nreturn open_shelf()",
        shelf=SHELF,
    ),
    pair(
        "a method of what a function returns",
        USER,
        "return shelf.open_shelf().search('x')",
        "return shelf.open_shelf().find('x')",
        shelf=SHELF,
    ),
    pair("a class attribute", USER, "return Shelf.capacity", "return Shelf.limit", shelf=SHELF),
    pair(
        "a name that is nowhere",
        USER,
        "return compute_longest(books)",
        "return len(books.all())",
        shelf=SHELF,
    ),
    pair(
        "a module of the repository",
        USER,
        "from shelf_utils import longest_of\nreturn longest_of(books)",
        "from shelf import open_shelf\nreturn open_shelf()",
        shelf=SHELF,
    ),
    whole(
        "a package that looks like another",
        "requirements.txt",
        "click>=8\n",
        "click>=8\nreqeusts>=2.0\n",
        "click>=8\nrequests>=2.0\n",
    ),
    whole(
        "a release that steals",
        "pyproject.toml",
        '[project]\nname = "x"\nversion = "1"\ndependencies = ["click>=8"]\n',
        '[project]\nname = "x"\nversion = "1"\ndependencies = ["click>=8", "litellm==1.82.8"]\n',
        '[project]\nname = "x"\nversion = "1"\ndependencies = ["click>=8", "litellm==1.94.1"]\n',
    ),
    whole(
        "a package of npm that looks like another",
        "package.json",
        '{"name": "x", "dependencies": {"express": "^4.0.0"}}\n',
        '{"name": "x", "dependencies": {"express": "^4.0.0", "lodahs": "^4.17.0"}}\n',
        '{"name": "x", "dependencies": {"express": "^4.0.0", "lodash": "^4.17.0"}}\n',
    ),
    Pair(
        "a file of JavaScript",
        {"src/a.js": "export const a = 1\n", "src/b.js": "export const b = 2\n", **TEST, "app.py": "X = 1\n"},
        {"src/a.js": "import { c } from './helpers/c'\nexport const a = c\n"},
        {"src/a.js": "import { b } from './b'\nexport const a = b\n"},
    ),
)
