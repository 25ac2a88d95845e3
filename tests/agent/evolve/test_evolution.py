"""A whole evolution, in a sandbox, with models that are functions of what they are shown."""

from pathlib import Path

import pytest
from hill import (
    COMMAND,
    OBJECTIVE,
    TESTS,
    Climber,
    climb,
    climbing,
    evolving,
    fixed,
    hill,
    returning,
    scores,
    told,
)
from patchwright.agent.control import Control, Stopped
from patchwright.agent.events import Ended, Event, Proposed
from patchwright.agent.evolve import evolution
from patchwright.agent.evolve.conclusion import evolved
from patchwright.agent.evolve.evolution import BATCH, LOST
from patchwright.agent.log import load
from patchwright.agent.models.base import SMALL, ModelError
from patchwright.agent.models.recorded import recorded
from patchwright.agent.models.select import Source
from patchwright.agent.task import Objective, TaskError


def test_a_number_rises_and_its_best_version_is_verified(tmp_path: Path, backend: tuple[str, str]) -> None:
    where = {"sandbox": backend[0], "image": backend[1]}
    with evolving(
        hill(tmp_path, test_hill__py=TESTS), 24, test="python3 -m pytest -q", settings=where
    ) as run:
        found = climb(run, climbing())
        kinds = [e.kind for e in load(run.log_path(1))]
        events = scores(run)
    assert found.verified
    assert found.base.score == -37
    assert found.again is not None
    assert found.again.score == found.best.score > -37
    assert found.ended.patch.files == ("hill.py",)
    assert (found.ended.patch.added, found.ended.patch.removed) == (1, 2)
    assert not found.unsteady
    best = [e.best for e in events if e.best is not None]
    assert best == sorted(best)
    assert len(best) == len(events) == 25
    assert kinds[-3:] == ["ended", "rescored", "judged"]
    assert found.usage.completion == 24 * 20


def test_one_question_is_asked_several_times_and_only_then_scored(tmp_path: Path) -> None:
    with evolving(hill(tmp_path), 2 * BATCH + 2) as run:
        climb(run, climbing())
        kinds = [e.kind for e in load(run.log_path(1))]
        questions = [(e.island, e.parents) for e in load(run.log_path(1)) if isinstance(e, Proposed)]
    asked, scored = ["proposed"] * BATCH, ["scored"] * BATCH
    assert kinds[2:-3] == [*asked, *scored, *asked, *scored, *asked[:2], *scored[:2]]
    assert len(set(questions[:BATCH])) == len(set(questions[BATCH : 2 * BATCH])) == 1


def test_a_run_that_is_cut_anywhere_goes_on_to_the_same_end_and_asks_nothing_twice(tmp_path: Path) -> None:
    with evolving(hill(tmp_path), 9) as run:
        climb(run, climbing())
        whole = [told(e) for e in load(run.log_path(1))]
        lines = run.log_path(1).read_bytes().splitlines(keepends=True)
        assert len(lines) == 2 + 2 * 9 + 3
        for kept in (1, 2, 3, 5, 6, 8, 10, 12, 19, 20, 21, 22):
            run.log_path(1).write_bytes(b"".join(lines[:kept]) + lines[kept][: len(lines[kept]) // 2])
            asked: list[int] = []
            climb(run, climbing(asked))
            assert [told(e) for e in load(run.log_path(1))] == whole, f"cut after {kept}"
            before = sum(b'"kind":"proposed"' in line for line in lines[:kept])
            assert asked == list(range(before + 1, 10)), f"cut after {kept}"


def test_a_stop_between_two_answers_is_gone_on_with(tmp_path: Path) -> None:
    control = Control()

    def stop_after_three(event: Event) -> None:
        if isinstance(event, Proposed) and event.number == 3:
            control.stop.set()

    with evolving(hill(tmp_path), 8) as run:
        climb(run, climbing())
        whole = [told(e) for e in load(run.log_path(1))]
        run.log_path(1).unlink()
        with pytest.raises(Stopped):
            evolved(run, [climbing()], control, stop_after_three)
        assert [e.kind for e in load(run.log_path(1))] == ["opened", "scored", *["proposed"] * 3]
        climb(run, climbing())
        assert [told(e) for e in load(run.log_path(1))] == whole


def test_a_model_that_fails_leaves_the_best_patch_so_far(tmp_path: Path) -> None:
    class Failing(Climber):
        def complete(self, messages, tools, listen, stop, most=0):
            if self._number > 4:
                raise ModelError("the provider is gone")
            return super().complete(messages, tools, listen, stop, most)

    def make(number: int) -> Failing:
        return Failing(number, [])

    with evolving(hill(tmp_path), 12) as run:
        with pytest.raises(ModelError):
            climb(run, Source(make, single=make))
        assert "hill.py" in (run.folder / "partial.patch").read_text()
        assert run.answered()


def test_a_recorded_evolution_happens_again_without_its_model(tmp_path: Path) -> None:
    with evolving(hill(tmp_path), 6) as run:
        climb(run, climbing())
        events = load(run.log_path(1))
        run.log_path(1).unlink()
        model = recorded(events)
        climb(run, Source(lambda n: model, single=model.single))
        again = load(run.log_path(1))
    assert [told(e) for e in again if e.kind == "scored"] == [told(e) for e in events if e.kind == "scored"]


def test_a_model_that_can_is_asked_for_several_answers_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = list[tuple[int, int]]()

    class Batching(Climber):
        profile = SMALL

        def complete_many(self, messages, tools, count, listen, stop, most=0):
            counts.append((count, most))
            few = 3 if len(counts) == 2 else count  # as where a budget has no room for more
            return [Climber(self._number + n, []).complete(messages, tools, listen, stop) for n in range(few)]

    def make(number: int) -> Batching:
        return Batching(number, [])

    with evolving(hill(tmp_path), 10) as run:
        assert climb(run, Source(make, single=make)).tried == 10
        numbers = [e.number for e in load(run.log_path(1)) if isinstance(e, Proposed)]
    assert numbers == list(range(1, 11))
    assert [count for count, _ in counts] == [4, 4, 2]  # and one by itself
    assert all(200 < most < SMALL.answer for _, most in counts)
    monkeypatch.setattr(evolution, "seconds", lambda events: sum(isinstance(e, Proposed) for e in events))
    counts.clear()
    with evolving(hill(tmp_path / "again"), None, settings={"seconds": 1}) as run:
        found = climb(run, Source(make, single=make))
    assert (found.tried, found.ended.reason) == (4, "the limit of 1 seconds")  # what was paid for is kept


def test_several_models_take_turns_a_question_each(tmp_path: Path) -> None:
    def other(number: int) -> Climber:
        found = Climber(number, [])
        found.name = "other"
        return found

    with evolving(hill(tmp_path), 9) as run:
        evolved(run, [climbing(), Source(other, single=other)], Control())
        models = [e.model for e in load(run.log_path(1)) if isinstance(e, Proposed)]
    assert models == [*[""] * 4, *["other"] * 4, ""]


def test_a_copy_is_not_run_again(tmp_path: Path) -> None:
    words = '```python\ndef place():\n    """Here."""\n\n    return (5)  # five\n```'
    with evolving(hill(tmp_path), 4) as run:
        climb(run, fixed(returning(5), words, returning(3), returning(5)))
        events = scores(run)
    assert [(e.number, e.score, e.same) for e in events[1:]] == [
        (1, -35, None),
        (2, -35, 1),
        (3, -37, 0),
        (4, -35, 1),
    ]
    assert all(e.seconds == 0 for e in events[2:])


def test_where_none_is_better_there_is_no_patch_and_no_verdict(tmp_path: Path) -> None:
    with evolving(hill(tmp_path), 3) as run:
        found = climb(run, fixed(returning(1), returning(-9), "no"))
        kinds = [e.kind for e in load(run.log_path(1))]
    assert (found.verified, found.again, found.verdict, found.ended.patch.text) == (False, None, None, "")
    assert kinds[-1] == "ended"


def test_a_version_that_breaks_a_test_has_no_score(tmp_path: Path) -> None:
    with evolving(
        hill(tmp_path, top__py="TOP = 4_000\n", test_hill__py=TESTS), 2, test="python3 -m pytest -q"
    ) as run:
        found = climb(run, fixed(returning(2_000), returning(900)))
        events = scores(run)
    assert events[1].reason == "it breaks test_hill.py::test_place"
    assert (events[2].score, found.verified) == (-3_100, True)


def test_tests_that_the_project_has_are_found(tmp_path: Path) -> None:
    with evolving(hill(tmp_path, test_hill__py=TESTS), 1) as run:
        climb(run, fixed(returning(-1)))
        assert scores(run)[1].reason == "it breaks test_hill.py::test_place"


def test_tests_that_failed_before_are_no_matter(tmp_path: Path) -> None:
    red = "from hill import place\n\n\ndef test_ok():\n    assert place()\n\n\ndef test_red():\n    assert False\n"
    with evolving(hill(tmp_path, test_hill__py=red), 1, test="python3 -m pytest -q") as run:
        assert climb(run, fixed(returning(9))).verified


def test_named_numbers_make_clusters_and_the_last_is_maximised(tmp_path: Path) -> None:
    score = (
        "from hill import place\nprint('parity:', place() % 2)\nprint('height: %d' % -abs(place() - 40))\n"
    )
    with evolving(hill(tmp_path, score__py=score), 3) as run:
        found = climb(run, fixed(returning(10), returning(70), returning(11)))
        events = scores(run)
    assert [e.signature for e in events] == [(1, -37), (0, -30), (0, -30), (1, -29)]
    assert events[1].names == ("parity", "height")
    assert found.best.score == -29


def test_a_score_that_does_not_come_again_is_not_delivered(tmp_path: Path) -> None:
    lucky = (
        "from hill import place\nimport os\nprint(place() if os.path.exists('.git/lucky') else 3)\n"
        "open('.git/lucky', 'w').close()\n"
    )
    with evolving(hill(tmp_path, score__py=lucky), 1) as run:
        found = climb(run, fixed(returning(7)))
    assert (found.best.score, found.again and found.again.score, found.verdict) == (7, 3, None)
    assert found.unsteady


@pytest.mark.parametrize(
    ("limits", "reason"),
    [({"tokens": 2_500}, "2500 tokens a run"), ({"seconds": 0.000_1}, "0.0001 seconds")],
)
def test_a_limit_ends_it_with_the_best_so_far(tmp_path: Path, limits: dict[str, float], reason: str) -> None:
    with evolving(hill(tmp_path), None, settings=limits) as run:
        found = climb(run, climbing())
        events = load(run.log_path(1))
    assert (found.ended.outcome, reason in found.ended.reason) == ("limit", True)
    assert sum(e.kind == "proposed" for e in events) == sum(e.kind == "scored" for e in events) - 1
    assert found.usage.prompt + found.usage.completion <= 2_500


def test_a_model_that_writes_no_version_is_given_up(tmp_path: Path) -> None:
    with evolving(hill(tmp_path), 1_000) as run:
        found = climb(run, fixed(*["I would rather not."] * 1_000))
    assert (found.ended.outcome, found.tried) == ("stuck", LOST)


@pytest.mark.parametrize(
    ("objective", "words"),
    [
        ({"definition": "hill.py::nowhere"}, "hill.py::nowhere is not there"),
        ({"definition": "no.py::place"}, "no.py: No such file"),
        ({"definition": "hill.py"}, "PATH::NAME is wanted"),
        ({"definition": "../hill.py::place"}, "name the definition as PATH::NAME"),
        ({"definition": "test_hill.py::test_place"}, "tests stay as they are"),
        ({"definition": ""}, "no definition is marked"),
        ({"command": "true"}, "on the base it prints no number"),
        ({"command": "echo nan"}, "on the base it prints nan"),
        ({"command": "python3 -c 'raise SystemExit(\"gone wrong\")'"}, "ends with 1: gone wrong"),
        ({"command": "no-such-program"}, "ends with 127"),
        ({"command": "echo 1; echo ("}, "ends with"),
    ],
)
def test_what_cannot_be_evolved_is_said_in_a_sentence(
    tmp_path: Path, objective: dict[str, str], words: str
) -> None:
    whole = Objective.model_validate(OBJECTIVE.model_dump() | objective)
    with evolving(hill(tmp_path), 4, whole) as run, pytest.raises(TaskError) as error:
        climb(run, climbing())
    assert words in str(error.value)


def test_a_marked_definition_needs_no_name(tmp_path: Path) -> None:
    marked = "class Hill:\n    # patchwright: evolve\n    @staticmethod\n    def place():\n        return 3\n\n\nplace = Hill.place\n"
    objective = Objective(command=COMMAND)
    answer = "```python\n@staticmethod\ndef place():\n    return 30\n```"
    with evolving(hill(tmp_path, hill__py=marked + "LIMIT = 99\n"), 1, objective) as run:
        found = climb(run, fixed(answer))
        ended = next(e for e in load(run.log_path(1)) if isinstance(e, Ended))
    assert found.best.score == -10
    assert "+        return 30" in ended.patch.text
