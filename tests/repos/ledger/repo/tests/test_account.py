from decimal import Decimal

import pytest

from ledger.account import Account
from ledger.entries import Entry, LedgerError


@pytest.fixture
def account():
    account = Account()
    account.deposit(Decimal(100))
    account.spend("books", Decimal(25))
    return account


def test_spending_lowers_the_balance(account):
    assert account.balance == 75
    assert account.spent("books") == 25


def test_one_cannot_spend_more_than_is_left(account):
    with pytest.raises(LedgerError, match="only 75 is left"):
        account.spend("food", Decimal(80))


def test_an_amount_must_be_positive(account):
    with pytest.raises(LedgerError, match="must be positive"):
        account.deposit(Decimal(0))


def test_a_refund_goes_back_to_the_balance(account):
    account.refund("books", Decimal(15))
    assert account.balance == 90
    assert account.spent("books") == 10
    assert account.history[-1] == Entry("refund", Decimal(15), "books")


def test_a_refund_must_be_positive(account):
    with pytest.raises(LedgerError, match="must be positive"):
        account.refund("books", Decimal(-1))


@pytest.mark.parametrize(
    ("category", "amount", "message"),
    [("books", 30, "only 25 was spent on books"), ("food", 6, "only 5 was spent on food")],
)
def test_one_cannot_get_back_more_than_was_spent(account, category, amount, message):
    account.spend("food", Decimal(5))
    with pytest.raises(LedgerError, match=message):
        account.refund(category, Decimal(amount))
    assert account.balance == 70


def test_all_that_was_spent_can_be_refunded(account):
    account.spend("food", Decimal(70))
    account.refund("food", Decimal(70))
    assert account.balance == 75
    assert account.spent("food") == 0
