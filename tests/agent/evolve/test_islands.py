"""Islands: what is drawn from them, and how likely."""

from collections import Counter
from random import Random

from hypothesis import given
from hypothesis import strategies as st
from patchwright.agent.evolve.islands import PERIOD, Island, Program, shortish, steps

FINITE = st.floats(allow_nan=False, allow_infinity=False, width=32)


def program(number: int, score: float, length: int = 10) -> Program:
    return Program(number=number, code="x" * length, score=score, signature=(score,))


def island(*scores: float) -> Island:
    found = Island(program(0, scores[0]))
    for number, score in enumerate(scores[1:], 1):
        found.add(program(number, score))
    return found


def shares(found: Island, draws: int = 400) -> Counter[float]:
    return Counter(found.draw(1, Random(n))[0].score for n in range(draws))


@given(st.lists(FINITE, min_size=1, max_size=30), st.integers(0, 10_000))
def test_what_is_drawn_is_of_different_clusters_and_the_best_comes_last(
    scores: list[float], seed: int
) -> None:
    found = island(*scores)
    drawn = found.draw(2, Random(seed))
    assert len(drawn) == min(2, len(set(scores)))
    assert len({p.signature for p in drawn}) == len(drawn)
    assert drawn == sorted(drawn, key=lambda p: p.score)
    assert all(p in found.programs for p in drawn)
    assert found.best.score == max(scores)


@given(st.lists(FINITE, min_size=1, max_size=30))
def test_steps_are_the_same_whatever_the_unit_of_the_score(scores: list[float]) -> None:
    found = steps(scores)
    assert max(found) == 0
    assert sorted(range(len(scores)), key=lambda i: (scores[i], i)) == sorted(
        range(len(scores)), key=lambda i: (found[i], i)
    ) or len(set(found)) < len(set(scores))  # floats that are almost the same
    assert steps([1024 * score for score in scores]) == found


def test_a_better_cluster_is_likelier_and_a_worse_one_is_not_lost() -> None:
    found = shares(island(1, 2, 3, 4))
    assert found[4] > found[3] > found[1] > 0


def test_the_temperature_falls_and_begins_anew() -> None:
    young, old = island(1, 2, 3, 4), island(1, 2, 3, 4)
    while old.size < PERIOD:
        old.add(program(old.size, 1))
    assert shares(old)[4] > shares(young)[4]
    assert shares(old)[4] == 400
    old.add(program(PERIOD, 1))
    assert shares(old)[4] < 400


def test_a_scorer_of_wild_numbers_leaves_no_cluster_out_of_reach() -> None:
    found = shares(island(-1e300, -5, -4, -3.9))
    assert found[-3.9] > 100
    assert found[-4] > 20


def test_in_a_cluster_the_shorter_is_likelier() -> None:
    alike = [program(0, 1, 100), program(1, 1, 20), program(2, 1, 60)]
    found = Counter(shortish(alike, Random(n)).number for n in range(600))
    assert found[1] > found[2] > found[0] > 0


def test_programs_of_one_signature_are_one_cluster() -> None:
    found = island(1)
    found.add(Program(number=1, code="y", score=2, signature=(5, 2)))
    found.add(Program(number=2, code="zz", score=2, signature=(5, 2)))
    found.add(Program(number=3, code="z", score=2, signature=(6, 2)))
    assert {k: len(v) for k, v in found.clusters.items()} == {(1,): 1, (5, 2): 2, (6, 2): 1}
    assert found.best.number == 1  # as short as the last, and older
