import pytest

from ledger.account import Account
from ledger.commands import HELP, run
from ledger.entries import LedgerError


@pytest.fixture
def account():
    account = Account()
    run(account, "deposit 100")
    run(account, "spend books 40")
    return account


def test_balance(account):
    assert run(account, "balance") == "60"


def test_report(account):
    run(account, "spend food 12.50")
    assert run(account, "report") == "books: 40\nfood: 12.50\nbalance: 47.50"


def test_a_refund_shows_in_the_report(account):
    assert run(account, "refund books 15") == "ok"
    assert run(account, "report") == "books: 25\nbalance: 75"


def test_what_is_not_a_number_is_refused(account):
    with pytest.raises(LedgerError, match="'ten' is not an amount"):
        run(account, "spend books ten")


def test_help(account):
    assert run(account, "dance") == HELP
