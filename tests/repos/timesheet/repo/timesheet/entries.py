"""What people wrote down: a name and a span of time."""

from dataclasses import dataclass


class BadEntry(ValueError):
    """A line that is no entry."""


@dataclass(frozen=True)
class Entry:
    name: str
    start: int
    end: int

    @property
    def minutes(self) -> int:
        return self.end - self.start


def minute_of_day(clock: str) -> int:
    """Minutes since midnight for a time such as 9:30."""
    hours, colon, minutes = clock.partition(":")
    if not colon or not hours.isdigit() or not minutes.isdigit():
        raise BadEntry(f"no time of day: {clock!r}")
    return int(hours) * 60 + int(minutes)


def parse(line: str) -> Entry:
    """An entry from a line such as `Ana 9:00-12:30`."""
    name, _, span = line.strip().rpartition(" ")
    start, dash, end = span.partition("-")
    if not name or not dash:
        raise BadEntry(f"no entry: {line!r}")
    entry = Entry(name, minute_of_day(start), minute_of_day(end))
    if entry.minutes < 0:
        raise BadEntry(f"ends before it starts: {line!r}")
    return entry


def totals(entries: list[Entry]) -> list[tuple[str, int]]:
    """Minutes of each person, in the order of their first entry."""
    sums: dict[str, int] = {}
    for entry in entries:
        sums[entry.name] = sums.get(entry.name, 0) + entry.minutes
    return list(sums.items())
