"""What was learned of a model by asking it."""

from typing import Any

from ...sandbox.base import Frozen
from .base import Speech, Usage

SPOKEN: dict[str, Speech] = {"native": "native", "xml": "xml", "fenced": "fenced"}
"""The protocol to use with a model that writes calls in a form; JSON for any other."""


class Answers(Frozen):
    """What was learned of a model at its endpoint."""

    tools: bool = True
    """The endpoint takes tools."""
    form: str = ""
    """How it called the tool; empty: it called none."""
    system: bool = True
    """What the system's message says is known to it."""
    context: int = 0
    """Tokens of its context; 0: not known."""
    says: str = ""
    """Who says so."""
    counts: bool = True
    """Its server says how much it has read of the long message: else a cut would go unnoticed later."""
    recalls: bool = True
    """It found a word at the beginning of the long message."""
    usage: Usage = Usage()

    def told(self) -> dict[str, Any]:
        """The fields of a profile that these are."""
        return {"system": self.system} | ({"protocol": SPOKEN.get(self.form, "json")} if self.form else {})
