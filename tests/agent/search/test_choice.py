"""Who is chosen, and on what. No sandbox: the choice is a function of what is known."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from patchwright.agent.search.choice import Standing, choose
from patchwright.agent.search.worth import agreed, enough, exhausted


def standing(
    attempt: int, verified: bool = True, judged: bool = True, size: int = 4, **about: Any
) -> Standing:
    return Standing(attempt, verified=verified, judged=judged, size=size, **about)


BAD = {"verified": False}


def lost(*standings: Standing) -> dict[int, tuple[int, str, str, str]]:
    return {one.attempt: (one.to, one.on, one.mine, one.theirs) for one in choose(standings).lost}


def test_each_criterion_decides_where_those_before_it_are_equal() -> None:
    decision = lost(
        standing(1, behaviour="a", agreement=0.9),
        standing(2, behaviour="a", agreement=0.9, findings=2),
        standing(3, behaviour="a", agreement=0.9, size=9),
        standing(4, behaviour="b", agreement=0.9),
        standing(5, behaviour="a", agreement=0.8),
        standing(6, **BAD, behaviour="a", broke=1),
        standing(7, **BAD, size=0),
        standing(8, behaviour="a", agreement=0.9),
    )
    assert decision == {
        2: (1, "findings", "2", "0"),
        3: (1, "lines", "9", "4"),
        4: (1, "votes for its behaviour", "1", "6"),
        5: (1, "agreement", "80.0%", "90.0%"),
        6: (1, "verified", "not verified", "verified"),
        7: (1, "verified", "not verified", "verified"),
        8: (1, "", "", ""),
    }


def test_a_smaller_group_wins_that_meets_what_is_expected() -> None:
    decision = choose(
        [
            standing(1, behaviour="a", met=1),
            standing(2, behaviour="a", met=1),
            standing(3, behaviour="a", met=1),
            standing(4, behaviour="b", met=5),
            standing(5, behaviour="c"),
        ]
    )
    assert decision.best == 4
    assert [cluster.members for cluster in decision.clusters] == [(4,), (1, 2, 3), (5,)]
    told = {one.attempt: (one.mine, one.theirs) for one in decision.lost}
    assert told[1] == ("3 and 1 expected answers", "1 and 5 expected answers")


@pytest.mark.parametrize(
    ("rare", "usual", "on"),
    [
        (("x", "r"), ("y", "r"), "votes for what it does on unusual inputs"),
        (("r", "x"), ("r", "y"), "votes for what it does to arguments"),
    ],
)
def test_of_a_group_those_win_that_most_do_the_same_as_in_all(
    rare: tuple[str, str], usual: tuple[str, str], on: str
) -> None:
    decision = choose(
        [
            standing(1, behaviour="a", finer=rare, size=1),
            standing(2, behaviour="a", finer=usual, agreement=0.1),
            standing(3, behaviour="a", finer=usual, agreement=0.1),
            standing(4, behaviour="b", finer=usual, agreement=0.1),
            standing(5, behaviour="b", finer=usual, agreement=0.1),
        ]
    )
    assert decision.best == 2
    assert {one.attempt: one.on for one in decision.lost}[1] == on


def test_votes_alone_decide_where_expectations_are_met_alike() -> None:
    met = [standing(n, behaviour=b, met=2) for n, b in ((1, "a"), (2, "b"), (3, "b"))]
    assert choose(met).best == 2


def test_nothing_is_agreed_upon_where_the_most_do_something_else_than_the_best() -> None:
    many = [standing(n, behaviour="a") for n in range(1, 6)]
    assert agreed(many)
    assert not agreed([*many, standing(6, behaviour="b", met=9)])


def test_of_those_that_are_not_verified_the_one_that_breaks_least_and_fixes_most_is_best() -> None:
    decision = choose(
        [
            standing(1, **BAD, size=0),
            standing(2, **BAD, broke=1, fixed=3),
            standing(3, **BAD, fixed=1),
            standing(4, **BAD, fixed=2, applies=False),
            standing(5, **BAD, fixed=2, size=50),
        ]
    )
    assert decision.order == (5, 3, 2, 4, 1)


def test_the_same_patch_from_several_attempts_is_as_many_votes() -> None:
    decision = choose([standing(1, behaviour="a", size=1), standing(2, behaviour="b", alike=(3, 4), size=30)])
    assert decision.best == 2
    assert [(c.members, c.votes) for c in decision.clusters] == [((2,), 3), ((1,), 1)]


def test_what_was_not_compared_makes_no_group_with_others() -> None:
    decision = choose([standing(1), standing(2), standing(3, behaviour="a"), standing(4, behaviour="a")])
    assert [c.members for c in decision.clusters] == [(3, 4), (1,), (2,)]


def test_only_those_that_could_win_are_grouped() -> None:
    decision = choose([standing(1, behaviour="a"), standing(2, **BAD, behaviour="b", alike=(3, 4, 5))])
    assert (decision.best, [c.members for c in decision.clusters]) == (1, [(1,)])


standings = st.lists(
    st.builds(
        Standing,
        attempt=st.just(0),
        alike=st.lists(st.integers(100, 110), max_size=3).map(tuple),
        verified=st.booleans(),
        judged=st.booleans(),
        broke=st.integers(0, 2),
        fixed=st.integers(0, 2),
        findings=st.integers(0, 2),
        size=st.integers(0, 3),
        behaviour=st.sampled_from(["", "a", "b"]),
        agreement=st.sampled_from([0.0, 0.5, 1.0]),
    ),
    min_size=1,
    max_size=8,
).map(lambda found: [replace(one, attempt=n) for n, one in enumerate(found, 1)])


@given(standings, st.randoms(use_true_random=False))
def test_the_order_in_which_candidates_came_makes_no_difference(found: list[Standing], random) -> None:
    mixed = random.sample(found, len(found))
    assert choose(mixed) == choose(found)
    assert choose(found).best == choose(found).order[0]
    assert {one.attempt for one in choose(found).lost} == {s.attempt for s in found} - {choose(found).best}


@given(standings)
def test_nobody_wins_over_a_verified_one_without_being_verified(found: list[Standing]) -> None:
    best = next(s for s in found if s.attempt == choose(found).best)
    assert best.verified or not any(s.verified for s in found)


def test_agreement_needs_a_lead_and_a_verdict() -> None:
    pair = [standing(1, behaviour="a"), standing(2, behaviour="a")]
    assert agreed(pair) == "2 candidates agree"
    assert not agreed(pair[:1])
    assert not agreed([*pair, standing(3, behaviour="b")])
    assert agreed([*pair, standing(3, behaviour="b"), standing(4, behaviour="a")]) == (
        "3 candidates agree, 1 the next most frequent thing"
    )
    assert not agreed([replace(s, judged=False) for s in pair])
    assert agreed([standing(1, alike=(2,))]) == "2 candidates agree"
    assert not agreed([standing(1, alike=(2,))], lead=3)


def test_patches_that_repeat_are_no_reason_for_more() -> None:
    seen = [standing(n, **BAD, alike=(n + 10, n + 20)) for n in (1, 2)]
    assert exhausted(seen) == "the 6 attempts came to 2 patches, again and again: a new one is unlikely"
    assert not exhausted(seen[:1])
    assert not exhausted([*seen, standing(3, **BAD)])
    assert enough(seen) == exhausted(seen)
