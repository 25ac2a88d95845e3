"""The table that is printed."""

from timesheet import text


def lines(totals: list[tuple[str, int]]) -> list[str]:
    """A line for each person: the name and the time."""
    names = text.column([name for name, _ in totals])
    times = [text.clock(minutes) for _, minutes in totals]
    return [f"{name}  {time}" for name, time in zip(names, times)]


def summary(totals: list[tuple[str, int]]) -> str:
    """One line about all of it."""
    whole = sum(minutes for _, minutes in totals)
    people = "1 person" if len(totals) == 1 else f"{len(totals)} people"
    return f"{people}, {text.clock(whole)}"
