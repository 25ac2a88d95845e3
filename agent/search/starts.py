"""Where the next attempt begins: anew, with another look at the task, or from the best point of an earlier one."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ... import prompts
from ...verify.report import TestReport
from ...verify.verdict import broken
from ..events import Event, Fork, Observed, Start
from ..models.base import Profile


class Point(NamedTuple):
    """A place in an attempt's log at which the tests were run."""

    attempt: int
    seq: int
    """The last event before the model is asked again."""
    depth: int
    """Answers of the model so far."""
    fixed: int
    broke: int
    left: int = 1
    """Tests that fail still; 0: from here there is nowhere to go."""

    @property
    def progress(self) -> tuple[int, int]:
        return -self.broke, self.fixed

    @property
    def good(self) -> bool:
        """Whether it is a better start than the base, and not the end."""
        return self.fixed > 0 and not self.broke and self.left > 0


def points(attempt: int, events: Sequence[Event], before: TestReport) -> Iterator[Point]:
    """The places of a log from which another attempt can go on, first to last."""
    depth, wanted = 0, [test for test in before.failing if test not in before.flaky]
    for event in events:
        depth += event.kind == "replied"
        if isinstance(event, Observed) and (report := reported(event)):
            fixed = sum(report.passes(test) for test in wanted)
            left = len(wanted) - fixed
            yield Point(attempt, event.seq, depth, fixed, len(broken(before, report)), left)


def reported(event: Observed) -> TestReport | None:
    """The run of the tests that an observation tells of; None where it tells of none, or of one that says nothing."""
    data = event.observation.data.get("report")
    report = TestReport.model_validate(data) if data else None
    return None if report and report.problem else report


def best(found: Sequence[Point], used: Sequence[Fork | None], deepest: int = 0) -> Point | None:
    """The point with the most progress that nobody went on from yet; `deepest`: answers that leave none for more."""
    taken = {(fork.attempt, fork.seq) for fork in used if fork}
    free = [p for p in found if p.left or p.broke]
    free = [p for p in free if (p.attempt, p.seq) not in taken and (not deepest or p.depth < deepest)]
    return max(free, key=lambda p: (p.progress, -p.attempt, p.seq), default=None)


def following(number: int, found: Sequence[Point], used: Sequence[Fork | None], deepest: int = 0) -> Start:
    """How the attempt of this number begins. Every other one goes on from the best point, where there is a good one."""
    good = [p for p in found if p.good]
    if number % 2 and number > 1 and (point := best(good, used, deepest)):
        return Start(fork=Fork(attempt=point.attempt, seq=point.seq))
    return Start(focus=focus(number), angle=angle(number))


def kind(turn: int, profile: Profile, written: bool) -> str:
    """What a batch of answers is asked for: to begin anew, to go on from an answer that was begun for it, to fill in
    what stands there, or to go on from the best one.

    The turns take turns: what finds nothing in one way may in another. Where the code is written already, most mistakes
    take one line, and to fill it in is what most often comes out right. Where it is not, to begin anew; there a small
    model that goes on from an answer says it again more often than not.
    """
    if profile.fills and written:
        return ("fill", "anew", "fill", "fork")[turn % 4]
    if written:
        return ("fork", "anew")[turn % 2] if turn else "anew"
    begun, fill = "begun" if profile.goes_on else "anew", "fill" if profile.fills else "fork"
    kinds = (begun, "anew", begun, begun, "anew", "fork", fill)
    return kinds[(turn - 1) % len(kinds)] if turn else "anew"


def hint(turn: int) -> str:
    """What a batch is told besides that writes anew what is yet to be written: nothing at first, then other things."""
    hints = ["", *prompts.render("writing").splitlines()]
    return hints[(turn - 1) % len(hints)] if turn else ""


def focus(number: int) -> int:
    """Which of the suspected places comes first. Every other attempt looks at the likeliest, 0: there a right answer
    is most often one of the next samples."""
    return number // 2 if number > 1 and number % 2 else 0


def angle(number: int) -> str:
    """What the task says besides: nothing for the first attempt, then something else each time."""
    angles = prompts.render("angles").strip().splitlines()
    return angles[(number - 2) % len(angles)] if number > 1 else ""
