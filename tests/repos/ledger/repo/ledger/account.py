"""An account is the list of its entries."""

from decimal import Decimal

from ledger.entries import Entry, LedgerError, positive

SIGNS = {"deposit": 1, "spend": -1, "refund": 1}


class Account:
    def __init__(self) -> None:
        self.history: list[Entry] = []

    @property
    def balance(self) -> Decimal:
        return sum((SIGNS[entry.kind] * entry.amount for entry in self.history), Decimal(0))

    def deposit(self, amount: Decimal) -> None:
        self.history.append(Entry("deposit", positive(amount)))

    def spend(self, category: str, amount: Decimal) -> None:
        if positive(amount) > self.balance:
            raise LedgerError(f"only {self.balance} is left")
        self.history.append(Entry("spend", amount, category))

    def spent(self, category: str) -> Decimal:
        """What was spent in a category, without what came back."""
        entries = [entry for entry in self.history if entry.category == category]
        return sum((-SIGNS[entry.kind] * entry.amount for entry in entries), Decimal(0))

    def categories(self) -> list[str]:
        return sorted({entry.category for entry in self.history if entry.category})
