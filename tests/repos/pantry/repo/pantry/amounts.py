"""Amounts are fractions: exact, and written as a cook writes them."""

from fractions import Fraction


def read_amount(text: str) -> Fraction | None:
    """The number in a text such as `2`, `1/2` or `0.75`; None if it is no number."""
    try:
        return Fraction(text)
    except ValueError:
        return None


def times(amount: Fraction | None, factor: Fraction) -> Fraction | None:
    """An amount for more or fewer people."""
    return Fraction(amount) * factor


def show_amount(amount: Fraction) -> str:
    """`1 1/2` for three halves, `2` for two."""
    whole, rest = divmod(amount, 1)
    if not rest:
        return str(whole)
    return f"{whole} {rest}" if whole else str(rest)
