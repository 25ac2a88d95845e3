"""What the checks have to say about a patch, as data."""

from collections.abc import Iterable, Mapping
from typing import Literal

from ..sandbox.base import Frozen

Severity = Literal["error", "warning", "note"]


class Finding(Frozen):
    """One thing that a reviewer should know."""

    check: str
    """Who found it: tamper, static, api, speed, mutants, or an external tool's name."""
    rule: str
    severity: Severity
    """An error blocks under the default policy, a warning under the strict one, a note never."""
    message: str
    path: str = ""
    line: int = 0
    """In the patched file; in the base's where it is gone. 0: the whole file."""


class Checked(Frozen):
    """What one check came to: what it found, and what it did not look at."""

    check: str
    findings: tuple[Finding, ...] = ()
    left: tuple[str, ...] = ()
    """What was not looked at, and why, a sentence each."""
    tools: Mapping[str, str] = {}
    """Versions of the programs that looked, by name."""
    figures: Mapping[str, float] = {}
    """What was measured, by name with its unit."""
    seconds: float = 0.0


def some(names: Iterable[str], most: int = 3) -> str:
    """The first few of many names."""
    every = list(names)
    more = f" and {len(every) - most} more" if len(every) > most else ""
    return ", ".join(every[:most]) + more
