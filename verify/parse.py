"""Python's own parser, for one thread at a time."""

import ast
from threading import Lock

_ONE = Lock()
"""Up to Python 3.12 two threads that build syntax trees count one another's depth, and either may end with
`SystemError: AST constructor recursion depth mismatch` (CPython issue 106905)."""


def parse(text: str | bytes) -> ast.Module:
    """Raises what `ast.parse` does: SyntaxError and ValueError, RecursionError and MemoryError for what is too deep."""
    with _ONE:
        return ast.parse(text)


def parsed(text: str) -> ast.Module | None:
    """None for what does not parse."""
    try:
        return parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def expression(text: str) -> ast.expr:
    """The one expression that a text is. Raises as `parse`."""
    with _ONE:
        return ast.parse(text, mode="eval").body
