"""The database: a pure fold of what was scored."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from patchwright.agent.events import Scored
from patchwright.agent.evolve.database import GENERATION, Database, database
from patchwright.agent.log import Log, load
from patchwright.agent.task import Objective

SCORES = st.floats(allow_nan=False, allow_infinity=False, width=16)


def code(number: int) -> str:
    return f"def f():\n    return {number}\n"


BASE = Scored(number=0, code=code(0), score=0.0, signature=(0.0,), best=0.0)


@st.composite
def histories(draw: st.DrawFn, most: int = 60) -> tuple[int, list[Scored]]:
    """Islands, and what was scored on them: some without a score, some the same as one before."""
    islands = draw(st.integers(1, 5))
    events = [BASE]
    for number in range(1, draw(st.integers(0, most)) + 1):
        at = draw(st.integers(0, islands - 1))
        kind = draw(st.sampled_from(["new", "new", "new", "same", "bad", "none"]))
        if kind == "none":
            events.append(Scored(number=number, island=at, reason="the answer does not define f"))
        elif kind == "bad":
            events.append(Scored(number=number, island=at, code=code(number), reason="it ends with 1"))
        elif kind == "same":
            old = draw(st.sampled_from([e for e in events if e.code]))
            like = {"number": number, "island": at, "same": old.number if old.same is None else old.same}
            events.append(old.model_copy(update=like))
        else:
            score = draw(SCORES)
            events.append(
                Scored(number=number, island=at, code=code(number), score=score, signature=(score,))
            )
    return islands, events


def state(found: Database) -> object:
    islands = [[p.number for p in island.programs] for island in found.islands]
    return found.tried, [p.number for p in found.programs], islands, sorted(found.known), found.draw()


@given(histories(), st.integers(0, 60))
def test_a_log_cut_anywhere_and_gone_on_with_gives_the_same_state(
    history: tuple[int, list[Scored]], cut: int
) -> None:
    islands, events = history
    objective = Objective(command="x", islands=islands)
    whole = database(events, objective)
    kept = max(1, min(cut, len(events)))
    again = database([Scored.model_validate_json(e.model_dump_json()) for e in events[:kept]], objective)
    for event in events[kept:]:
        again.draw()  # looking changes nothing
        again.add(event)
    assert state(again) == state(whole)


@given(histories(most=120))
def test_the_best_never_falls_and_no_island_is_ever_empty(history: tuple[int, list[Scored]]) -> None:
    islands, events = history
    found, best = Database(events[0], islands), 0.0
    for event in events[1:]:
        found.add(event)
        assert found.best.score >= best
        best = found.best.score
        assert best == max(p.score for p in found.programs)
        assert all(island.programs for island in found.islands)
        island, parents = found.draw()
        assert parents
        assert all(p in found.islands[island].programs for p in parents)
        if found.tried % (GENERATION * islands) == 0 and islands > 1:
            assert max(i.best.score for i in found.islands) == max(
                p.score for i in found.islands for p in i.programs
            )


@given(histories())
def test_every_program_with_a_score_is_counted_once(history: tuple[int, list[Scored]]) -> None:
    islands, events = history
    found = database(events, Objective(command="x", islands=islands))
    wanted = [e.number for e in events if e.score is not None and e.same is None]
    assert [p.number for p in found.programs] == wanted
    assert found.tried == len(events) - 1
    assert [p.rank for p in found.top(5)] == sorted(p.rank for p in found.programs)[:5]


def scored(number: int, island: int, score: float) -> Scored:
    return Scored(number=number, island=island, code=code(number), score=score, signature=(score,))


def grown(islands: int, samples: int) -> Database:
    """Each version is a little better than the one before of its island, and island 0 is far ahead."""
    found = Database(BASE, islands)
    for number in range(1, samples + 1):
        at = number % islands
        found.add(scored(number, at, number + (10_000 if at == 0 else 1_000 * at)))
    return found


def test_islands_evolve_apart() -> None:
    found = grown(4, 4 * GENERATION - 1)
    held = [{p.number for p in island.programs} - {0} for island in found.islands]
    assert all(len(numbers) >= GENERATION - 1 for numbers in held)
    assert sum(map(len, held)) == len(set().union(*held))


def test_the_worse_half_of_the_islands_begins_anew_from_the_others() -> None:
    found = grown(4, 4 * GENERATION)
    assert [len(island.programs) > 1 for island in found.islands] == [True, False, False, True]
    founders = {found.islands[i].best.number for i in (1, 2)}
    assert founders <= {found.islands[i].best.number for i in (0, 3)}
    assert found.best in found.islands[0].programs


def test_an_island_alone_is_never_given_up() -> None:
    assert len(grown(1, 3 * GENERATION).islands[0].programs) == 3 * GENERATION + 1


def test_a_copy_counts_on_an_island_that_has_not_got_it_and_is_no_new_program() -> None:
    found = Database(BASE, 2)
    found.add(scored(1, 0, 5.0))
    copy = scored(1, 1, 5.0).model_copy(update={"number": 2, "same": 1})
    found.add(copy)
    found.add(copy.model_copy(update={"number": 3}))
    assert [len(island.programs) for island in found.islands] == [2, 2]
    assert [p.number for p in found.programs] == [0, 1]


def test_another_seed_draws_otherwise() -> None:
    draws = [
        [
            database(
                [BASE, *(scored(n, 0, n) for n in range(1, k))], Objective(command="x", seed=seed)
            ).draw()
            for k in range(1, 9)
        ]
        for seed in (0, 0, 1)
    ]
    assert draws[0] == draws[1]
    assert draws[0] != draws[2]


def test_the_log_keeps_scores_to_the_last_bit_and_drops_a_torn_line(tmp_path) -> None:
    log = Log(tmp_path / "1.jsonl")
    exact = 0.1 + 0.2
    log.append(BASE)
    log.append(scored(1, 0, exact))
    log.close()
    whole = log.path.read_bytes()
    log.path.write_bytes(whole + whole[:37])
    again = Log(log.path)
    again.append(scored(2, 0, 1.0))
    again.close()
    assert [e.score for e in load(log.path) if isinstance(e, Scored)] == [0.0, exact, 1.0]


@pytest.mark.parametrize("islands", [0, -1, 101])
def test_a_number_of_islands_that_makes_no_sense_is_refused(islands: int) -> None:
    with pytest.raises(ValueError):
        Objective(command="x", islands=islands)
