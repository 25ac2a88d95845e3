"""Where attempts begin."""

from patchwright.agent.events import Changed, Fork, Observed, Replied
from patchwright.agent.models.base import Reply
from patchwright.agent.search.starts import Point, angle, best, focus, following, hint, points
from patchwright.tools.base import Observation
from patchwright.verify.report import TestReport

BEFORE = TestReport(command="t", code=1, outcomes={"a": "failed", "b": "failed", "c": "passed"})


def point(attempt: int, seq: int = 5, fixed: int = 1, broke: int = 0, depth: int = 1) -> Point:
    return Point(attempt=attempt, seq=seq, depth=depth, fixed=fixed, broke=broke)


def observed(seq: int, **outcomes: str) -> Observed:
    report = TestReport(command="t", code=1, outcomes=outcomes).model_dump(mode="json")
    return Observed(seq=seq, observation=Observation(call="1.1", ok=True, text="", data={"report": report}))


def test_points_are_where_tests_ran_with_what_they_came_to() -> None:
    events = [
        Replied(seq=1, reply=Reply()),
        observed(2, a="failed", b="failed", c="passed"),
        Replied(seq=3, reply=Reply()),
        Changed(seq=4, tree="x"),
        Observed(seq=5, observation=Observation(call="2.1", ok=True, text="no tests")),
        observed(6, a="passed", b="failed", c="failed"),
    ]
    assert [(p.seq, p.depth, p.fixed, p.broke, p.left) for p in points(3, events, BEFORE)] == [
        (2, 1, 0, 0, 2),
        (6, 2, 1, 1, 1),
    ]


def test_a_run_that_says_nothing_is_no_point() -> None:
    report = TestReport(command="t", code=1, problem="timed out").model_dump(mode="json")
    event = Observed(seq=1, observation=Observation(call="1.1", ok=True, text="", data={"report": report}))
    assert not list(points(1, [event], BEFORE))


def test_the_best_point_broke_least_then_fixed_most_and_was_not_gone_on_from() -> None:
    found = [point(1, fixed=2, broke=1), point(2), point(3, fixed=2), point(3, seq=9, fixed=2, depth=3)]
    assert best(found, []) == found[3]
    assert best(found, [Fork(attempt=3, seq=9)]) == found[2]
    assert best(found, [], deepest=3) == found[2]
    assert best([point(1)._replace(left=0)], []) is None
    assert best([], []) is None


def test_every_other_attempt_goes_on_from_a_good_point() -> None:
    bad, good = point(1, broke=1), point(2, seq=7)
    forks = [following(n, [bad, good], []).fork for n in range(1, 6)]
    assert forks == [None, None, Fork(attempt=2, seq=7), None, Fork(attempt=2, seq=7)]
    assert following(3, [bad, good], [Fork(attempt=2, seq=7)]).fork is None
    assert following(3, [bad], []).focus == focus(3) == 1


def test_batches_that_write_anew_are_told_different_things_but_the_first_ones_nothing() -> None:
    assert [bool(hint(turn)) for turn in range(6)] == [False, False, True, True, True, False]
    assert len({hint(turn) for turn in range(2, 6)}) == 4


def test_attempts_are_told_different_things_but_the_first_is_told_nothing() -> None:
    told = [angle(n) for n in range(1, 7)]
    assert not told[0]
    assert all(told[1:])
    assert len(set(told)) == 6
    assert angle(2) == angle(7)
