"""The commands that a user types."""

from decimal import Decimal, InvalidOperation

from ledger.account import Account
from ledger.entries import LedgerError

HELP = "commands: deposit AMOUNT, spend CATEGORY AMOUNT, refund CATEGORY AMOUNT, balance, report"


def amount(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise LedgerError(f"{text!r} is not an amount") from None


def report(account: Account) -> str:
    """One line for each category, then the balance."""
    lines = [f"{category}: {account.spent(category)}" for category in account.categories()]
    return "\n".join([*lines, f"balance: {account.balance}"])


def run(account: Account, line: str) -> str:
    """Do what the line says and answer with a text."""
    match line.split():
        case ["deposit", value]:
            account.deposit(amount(value))
            return "ok"
        case ["spend", category, value]:
            account.spend(category, amount(value))
            return "ok"
        case ["refund", category, value]:
            account.refund(category, amount(value))
            return "ok"
        case ["balance"]:
            return str(account.balance)
        case ["report"]:
            return report(account)
        case _:
            return HELP
