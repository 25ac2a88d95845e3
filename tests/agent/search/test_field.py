"""What makes a group of candidates. What they came to is given; only the last test opens a sandbox."""

from pathlib import Path

import pytest
from fakes import begun
from patchwright.agent.search import field
from patchwright.agent.search.field import Compared, Field, Rival, Taken, compared
from patchwright.sandbox.base import SandboxDied
from patchwright.verify.behaviours import Behaviours
from patchwright.verify.usual import Kind

ROWS = {
    "right": ("1", "2", "3", "raises IndexError"),
    "nearly": ("1", "2", "3", "0"),
    "wrong": ("1", "9", "9", "0"),
}


def rival(attempt: int, tree: str, votes: int = 1, **outcomes: str) -> Rival:
    return Rival(attempt, Taken("", tree, (), tree), outcomes, (), votes)


def groups(found: dict[int, Compared]) -> dict[int, str]:
    return {attempt: one.behaviour for attempt, one in found.items()}


def answers(times: int = 10) -> dict[str, tuple[str, ...]]:
    return {tree: (*row[:3] * times, row[3]) for tree, row in ROWS.items()}


def test_an_edge_at_which_two_differ_does_not_part_them() -> None:
    rivals = [rival(1, "wrong"), rival(2, "nearly"), rival(3, "right")]
    found = compared(rivals, {1: (), 2: (), 3: ()}, answers())
    assert groups(found) == {1: "as 1", 2: "as 2", 3: "as 2"}
    assert found[2].agreement > found[3].agreement > found[1].agreement


def test_what_most_of_them_refuse_tells_nothing_of_the_others() -> None:
    rows = {tree: ("1", "2", *["raises ValueError"] * 9) for tree in ("a", "b")}
    odd = ("1", "2", *["0"] * 9)
    one, other, third = rival(1, "a"), rival(2, "b"), rival(3, "c")
    crossed: dict[int, tuple[str, ...]] = {1: (), 2: (), 3: ()}
    assert set(groups(compared([one, other, third], crossed, {**rows, "c": odd})).values()) == {"as 1"}
    part = ("1", "3", *["raises ValueError"] * 9)
    assert len(set(groups(compared([one, other, third], crossed, {**rows, "c": part})).values())) == 2


def test_what_is_unusual_parts_only_what_answers_usual_inputs_alike() -> None:
    rows = {"a": ("1", "2", "7", "7"), "b": ("1", "2", "8", "8"), "c": ("1", "9", "7", "7")}
    rivals = [rival(n, tree) for n, tree in enumerate(rows, 1)]
    crossed: dict[int, tuple[str, ...]] = {1: (), 2: (), 3: ()}
    found = compared(rivals, crossed, rows, [Kind.USUAL, Kind.USUAL, Kind.EDGE, Kind.STRANGE])
    assert found[1].behaviour == found[2].behaviour != found[3].behaviour
    assert found[1].finer[0] != found[2].finer[0]
    nothing_usual = compared(rivals, crossed, rows, [Kind.EDGE] * 4)
    assert nothing_usual == compared(rivals, crossed, rows)
    assert len(set(groups(nothing_usual).values())) == 3


def test_what_becomes_of_arguments_parts_only_what_answers_the_same() -> None:
    rows = {
        "sorts": ("1 leaving [1, 2]", "3 leaving [3, 4]; prints 'x'"),
        "copies": ("1", "3; prints 'x'"),
        "silent": ("1", "3"),
    }
    rivals = [rival(1, "sorts"), rival(2, "copies", votes=2), rival(3, "silent")]
    found = compared(rivals, {1: (), 2: (), 3: ()}, rows)
    assert found[1].behaviour == found[2].behaviour != found[3].behaviour
    assert len({one.finer[1] for one in found.values()}) == 3


def test_candidates_count_by_their_votes() -> None:
    rivals = [rival(1, "wrong", votes=5), rival(2, "nearly"), rival(3, "right")]
    found = compared(rivals, {1: (), 2: (), 3: ()}, answers())
    assert found[1].agreement > found[2].agreement


def test_a_test_that_one_candidate_brought_weighs_as_much_as_all_probes() -> None:
    rivals = [rival(1, "right"), rival(2, "nearly")]
    found = compared(rivals, {1: ("passed",), 2: ("failed",)}, answers())
    assert len(set(groups(found).values())) == 2


def test_what_the_suite_tells_apart_is_never_the_same() -> None:
    rivals = [rival(1, "right", a="passed"), rival(2, "right", a="failed")]
    found = compared(rivals, {1: (), 2: ()}, answers())
    assert len(set(groups(found).values())) == 2


def test_where_nothing_was_asked_all_are_the_same() -> None:
    rivals = [rival(1, "a"), rival(2, "b")]
    assert compared(rivals, {1: (), 2: ()}, {}) == dict.fromkeys(
        (1, 2), Compared("as 1", 1.0, 0, ("as 1", "as 1"))
    )


def test_one_that_takes_the_sandbox_down_leaves_nothing_compared_and_the_next_is_a_new_one(
    repo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deaths = [SandboxDied("gone")]

    def behave(workspace: object, suite: object, trees: list[str], **_: object) -> Behaviours:
        if deaths:
            raise deaths.pop()
        return Behaviours(inputs=("f()",), answers={tree: (tree,) for tree in trees})

    monkeypatch.setattr(field, "behave", behave)
    rivals = [rival(1, "a"), rival(2, "b")]
    with begun(repo) as run:
        one = Field(run)
        assert one.compare(rivals) == {}
        assert set(groups(one.compare(rivals)).values()) == {"as 1", "as 2"}
        one.close()
