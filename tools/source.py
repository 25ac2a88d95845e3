"""What is known of a source file: by its name, and what a parser tells of it."""

import posixpath
from typing import NamedTuple

SUFFIXES = {
    "python": "py pyi pyw",
    "javascript": "js jsx mjs cjs",
    "typescript": "ts mts cts",
    "tsx": "tsx",
    "go": "go",
    "rust": "rs",
    "java": "java",
    "c": "c",
    "cpp": "cc cpp cxx c++ h hh hpp hxx ipp cu",
    "c_sharp": "cs",
    "ruby": "rb rake gemspec",
    "php": "php",
    "bash": "sh bash",
    "html": "html htm",
    "css": "css",
    "yaml": "yaml yml",
}
BY_SUFFIX = {suffix: language for language, text in SUFFIXES.items() for suffix in text.split()}
WITHOUT = frozenset({"html", "css", "yaml"})
"""Languages whose files define nothing that others speak of."""


class Definition(NamedTuple):
    line: int
    end: int
    """Its last line."""
    depth: int
    """In how many other definitions it lies."""
    name: str
    signature: str
    kind: str = ""
    """`scope`: it only holds others; `local`: it lies in a function."""


def language_of(path: str) -> str:
    """The language that a file's name tells; empty where there is no grammar for it."""
    return BY_SUFFIX.get(posixpath.splitext(path)[1][1:], "")


def defines(path: str) -> bool:
    """Whether a file of this name has an outline."""
    language = language_of(path)
    return bool(language) and language not in WITHOUT
