"""Tables that stand in texts: words side by side, JSON, and what is encoded."""

import ast
import base64
import binascii
import re
from collections.abc import Iterator
from contextlib import suppress

from .delta import Changed

SHORTEST = 8
LONGEST = 20_000
FILES = re.compile(r"\.(txt|json|csv|tsv|ya?ml|toml|dat|ini|cfg|lst)$")
"""Data beside the code. Prose may show what tests show, too."""


def texts(change: Changed, tree: ast.Module | None) -> Iterator[tuple[int, list[str]]]:
    """The words of each text that a patch brings, by line: of constants in code, and of a new file of data."""
    if tree is None:
        if FILES.search(change.path) and not change.before:
            yield 1, words(change.after)
        return
    prose = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or id(node) in prose or node.lineno not in change.lines:
            continue
        if isinstance(node.value, str | bytes) and SHORTEST <= len(node.value) <= LONGEST:
            text = node.value if isinstance(node.value, str) else node.value.decode("latin-1")
            for found in (text, *decoded(text)):
                yield node.lineno, words(found)


def words(text: str) -> list[str]:
    return re.findall(r"[^\s=:;,|\"'{}\[\]()]+", text[:LONGEST])


def decoded(text: str) -> Iterator[str]:
    """What a text says that is encoded."""
    for decode in (base64.b64decode, base64.b32decode, base64.b85decode, bytes.fromhex):
        with suppress(ValueError, binascii.Error, UnicodeDecodeError):
            found = decode(text).decode("ascii")
            if found.isprintable() or "\n" in found:
                yield found
    yield text[::-1]
