"""How well a model keeps to its form, counted from the logs of its runs: nothing else is kept for it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from ..sandbox.base import Frozen
from ..tools.base import Call, Observation
from .events import Event, Observed, Opened, Replied
from .log import load
from .models.base import EDITS
from .task import TaskError

CHANGING = (*EDITS, "define")


class Tally(Frozen):
    """What a model's answers were like, over its runs."""

    attempts: int = 0
    answers: int = 0
    prose: int = 0
    """Answers that call nothing."""
    calls: dict[str, int] = {}
    """By the form that they came in: native, or one of those in text."""
    wrong: dict[str, int] = {}
    """Calls that could not be done as they were: unreadable, of an unknown tool, with wrong arguments."""
    landed: dict[str, int] = {}
    """Edits, by how what they quote was matched; `whole`: files that were written whole."""
    refused: dict[str, int] = {}
    """Edits that were not made, by the reason's kind."""

    def __add__(self, other: "Tally") -> "Tally":
        def both(a: dict[str, int], b: dict[str, int]) -> dict[str, int]:
            return dict(Counter(a) + Counter(b))

        return Tally(
            attempts=self.attempts + other.attempts,
            answers=self.answers + other.answers,
            prose=self.prose + other.prose,
            calls=both(self.calls, other.calls),
            wrong=both(self.wrong, other.wrong),
            landed=both(self.landed, other.landed),
            refused=both(self.refused, other.refused),
        )


REASONS = (
    ("is not in", "not found"),
    (" times in ", "in several places"),
    ("already", "applied already"),
    ("nothing to change", "changes nothing"),
    ("nothing would change", "changes nothing"),
    ("no file", "no such file"),
    ("patch", "no patch"),
    ("SyntaxError", "no valid code"),
)
"""Words of a refusal, and the kind that it is of."""


def tally(events: Sequence[Event]) -> Tally:
    """What an attempt's log tells of its model's answers."""
    replies = [e.reply for e in events if isinstance(e, Replied)]
    asked = {c.id: c for reply in replies for c in reply.calls}
    answered = [
        (asked[o.call], o) for e in events if isinstance(e, Observed) and (o := e.observation).call in asked
    ]
    edits = [(c, o) for c, o in answered if c.tool in CHANGING and not o.data.get("repeated")]
    return Tally(
        attempts=1,
        answers=len(replies),
        prose=sum(not reply.calls for reply in replies),
        calls=dict(Counter(reply.form or "native" for reply in replies for _ in reply.calls)),
        wrong=dict(Counter(kind for c, o in answered if (kind := wrongness(c, o)))),
        landed=dict(Counter(how for _, o in edits if o.ok for how in rungs(o))),
        refused=dict(Counter(reason(o.text) for c, o in edits if not o.ok and not wrongness(c, o))),
    )


def wrongness(call: Call, observation: Observation) -> str:
    return "unreadable" if call.problem else str(observation.data.get("wrong", ""))


def rungs(observation: Observation) -> Iterator[str]:
    """How each hunk of an edit matched; `whole` for a file that was written whole."""
    files = observation.data.get("files", [])
    for file in files:
        yield from file.get("rungs") or ["whole"]
    if not files:
        yield "whole"


def reason(text: str) -> str:
    return next((kind for words, kind in REASONS if words in text), "other")


def tallied(logs: Iterable[Path], model: str) -> Tally:
    """All attempts of a model, from their logs; one that cannot be read is left out."""
    total = Tally()
    for path in logs:
        if f'"model":"{model}"'.encode() not in head(path):
            continue
        try:
            events = load(path)
        except TaskError:
            continue
        if any(isinstance(e, Opened) and e.model == model and not e.task.objective for e in events[:1]):
            total += tally(events)
    return total


def head(path: Path) -> bytes:
    """A log's first line, which names the model."""
    try:
        with path.open("rb") as f:
            return f.readline()
    except OSError:
        return b""
