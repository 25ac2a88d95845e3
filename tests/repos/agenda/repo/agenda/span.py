"""A span of time within one day."""

from dataclasses import dataclass

from agenda.clock import minutes, show


@dataclass(frozen=True, order=True)
class Span:
    start: int
    end: int

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError("a span must end after its start")

    @property
    def length(self) -> int:
        return self.end - self.start

    def overlaps(self, other: "Span") -> bool:
        return self.start < other.end and other.start < self.end

    def __str__(self) -> str:
        return f"{show(self.start)}-{show(self.end)}"


def parse(text: str) -> Span:
    """`9:00-10:30` as a span."""
    start, _, end = text.partition("-")
    return Span(minutes(start), minutes(end))


def parse_all(text: str) -> list[Span]:
    """Spans separated by commas."""
    return [parse(part) for part in text.split(",") if part.strip()]
