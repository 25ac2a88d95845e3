"""Several attempts at one issue, and the choice among them."""

from collections.abc import Callable, Sequence

from .attempt import Candidate, attempt
from .control import Control
from .events import Event
from .models.select import Source
from .run import Run


def search(
    run: Run,
    source: Source,
    most: int,
    control: Control,
    read_event: Callable[[Event], None] = lambda _: None,
    listen: Callable[[str], None] = lambda _: None,
) -> Candidate:
    """Make attempts until one is verified or `most` are made; the best of them.

    On a run that was interrupted, what is in its logs counts and is not done again.
    """
    candidates: list[Candidate] = []
    for number in range(1, most + 1):
        model = source.make(number)
        try:
            candidates.append(attempt(run, number, model, control, read_event, listen))
        finally:
            model.close()
        if candidates[-1].verdict.verified:
            break
    return choose(candidates)


def choose(candidates: Sequence[Candidate]) -> Candidate:
    """The best candidate: verified, then breaks least, fixes most, and is smallest. Pure."""
    return min(candidates, key=rank)


def rank(candidate: Candidate) -> tuple[object, ...]:
    verdict, patch = candidate.verdict, candidate.patch
    return (
        not verdict.verified,
        not patch,
        not verdict.applies,
        len(verdict.broke),
        -len(verdict.fixed),
        patch.added + patch.removed,
        candidate.attempt,
    )
