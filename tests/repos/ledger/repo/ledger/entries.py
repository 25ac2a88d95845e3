"""What stands in the history of an account."""

from dataclasses import dataclass
from decimal import Decimal


class LedgerError(Exception):
    """The user asked for something that is not possible."""


@dataclass(frozen=True)
class Entry:
    kind: str
    amount: Decimal
    category: str = ""


def positive(amount: Decimal) -> Decimal:
    """The amount itself, or an error if it is zero or less."""
    if amount <= 0:
        raise LedgerError("the amount must be positive")
    return amount
