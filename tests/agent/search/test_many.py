"""Several attempts at once, in real sandboxes, with models that play a script."""

import json
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from fakes import RIGHT, WRONG, begun, good_model
from patchwright.agent.control import Control, Stopped
from patchwright.agent.events import Alike, Ended, Event, Judged, Opened, Replied
from patchwright.agent.limits import used
from patchwright.agent.log import load
from patchwright.agent.models.base import Model, ModelRefused, Reply, Usage
from patchwright.agent.models.scripted import Scripted, call, say
from patchwright.agent.models.select import Source
from patchwright.agent.run import Run
from patchwright.agent.search.board import DECISION, Board, Watcher
from patchwright.agent.search.field import Compared, Field, Rival
from patchwright.agent.search.many import search
from patchwright.agent.task import TaskError

SAME = RIGHT.replace(") / 2", ")  /  2  # the mean")
CHEAP = "    return sum(s[n // 2 - 1 : n // 2 + 1]) * 0.5\n"
SLICED = "    return 2.5\n"
"""Passes the tests, and does something else than the others."""
NOTHING = [say(call("write", path="x.txt", text="x")), *[say(text="…") for _ in range(9)]]


def edits(new: str) -> list[Reply]:
    return [say(call("edit", path="stats.py", old=WRONG, new=new)), say(call("finish", summary="done"))]


class Seen(Watcher):
    """What a watcher was told."""

    def __init__(self) -> None:
        self.events: list[tuple[int, Event]] = []
        self.boards: list[Board] = []

    def show(self, attempt: int, event: Event) -> None:
        self.events.append((attempt, event))

    def board(self, board: Board) -> None:
        self.boards.append(board)


def source(*scripts: Sequence[Reply]) -> Source:
    return Source(lambda number: Scripted(*scripts[(number - 1) % len(scripts)]))


def logs(run: Run) -> dict[int, list[Event]]:
    return {int(path.stem): load(path) for path in run.logs()}


def test_verified_candidates_that_agree_are_enough(repo: Path) -> None:
    seen = Seen()
    with begun(repo) as run:
        best = search(run, source(edits(RIGHT), edits(CHEAP)), 9, Control(), seen)
        assert best.verdict.verified
        assert len(run.logs()) < 9
        assert {e.outcome for events in logs(run).values() for e in events if isinstance(e, Ended)} <= {
            "finished",
            "left",
        }
        kept = Board.model_validate_json((run.folder / DECISION).read_bytes())
        assert kept == seen.boards[-1]
    assert kept.over
    assert "candidates agree" in kept.ended
    assert kept.decision and kept.decision.best == best.attempt


def test_the_same_patch_is_run_once_and_counts_twice(repo: Path) -> None:
    with begun(repo) as run:
        best = search(run, source(edits(RIGHT), edits(SAME), edits(SAME), NOTHING), 4, Control())
        events = logs(run)
    alike = {n: e.attempt for n, log in events.items() for e in log if isinstance(e, Alike)}
    judged = {n for n, log in events.items() if any(isinstance(e, Judged) for e in log)}
    assert len(alike) >= 1
    assert set(alike.values()) == {best.attempt}
    assert not alike.keys() & judged


def test_the_majority_by_behaviour_wins_over_the_smallest(repo: Path) -> None:
    seen = Seen()
    with begun(repo) as run:
        scripts = (edits(SLICED), edits(RIGHT), edits(CHEAP), NOTHING)
        best = search(run, source(*scripts), 4, Control(), seen)
    assert best.attempt in (2, 3)
    decision = seen.boards[-1].decision
    assert decision
    why = {one.attempt: one.on for one in decision.lost}
    assert why[1] == "votes for its behaviour"
    assert [c.members for c in decision.clusters][1:] == [(1,)]
    assert seen.boards[-1].differing


def test_one_that_fails_has_nobody_compared_once_more(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compared = list[list[int]]()
    compare = Field.compare

    def counting(field: Field, rivals: Sequence[Rival]) -> dict[int, Compared]:
        compared.append([one.attempt for one in rivals])
        return compare(field, rivals)

    monkeypatch.setattr(Field, "compare", counting)
    with begun(repo) as run:
        run.config = run.config.model_copy(update={"at_once": 1})
        scripts = (edits(RIGHT), edits(CHEAP), NOTHING, NOTHING, NOTHING)
        search(run, source(*scripts), 5, Control(), every=True)
    assert compared == [[1, 2], [1, 2]]  # when there were two, and at the end


def test_each_candidate_s_tests_are_run_on_the_others(repo: Path) -> None:
    """Two that the suite does not tell apart, and whose inputs no probe would guess: a test of one does."""

    def with_test(new: str, expected: str) -> list[Reply]:
        text = f"from stats import median\n\n\ndef test_more():\n    assert median([1, 2, 3, 4, 5, 8]) == {expected}\n"
        return [
            say(call("edit", path="stats.py", old=WRONG, new=new)),
            say(call("write", path="test_more.py", text=text)),
            say(call("finish", summary="done")),
        ]

    scripts = (edits("    return {6: 9}.get(n, 2.5)\n"), with_test(RIGHT, "3.5"), edits(CHEAP), NOTHING)
    with begun(repo) as run:
        best = search(run, source(*scripts), 4, Control())
        kept = Board.model_validate_json((run.folder / DECISION).read_bytes())
    assert best.attempt in (2, 3)
    assert {row.attempt: row.cluster for row in kept.rows if row.cluster} == {1: "B", 2: "A", 3: "A"}


@pytest.mark.parametrize("most", [0, -1, 10_001, 1_000_000])
def test_a_number_of_candidates_that_makes_no_sense_is_the_user_s_to_mend(repo: Path, most: int) -> None:
    with begun(repo) as run, pytest.raises(TaskError, match=f"^{most} candidates: from 1 to 10000"):
        search(run, source(good_model()), most, Control())


def test_models_take_turns(repo: Path) -> None:
    def named(name: str) -> Source:
        return Source(lambda number: Scripted(*NOTHING, name=name))

    with begun(repo) as run:
        search(run, named("one"), 3, Control(), others=[named("two")])
        models = {n: e.model for n, events in logs(run).items() for e in events if isinstance(e, Opened)}
    assert models == {1: "one", 2: "two", 3: "one"}


class Refusing(Scripted):
    def complete(self, *_: object, **__: object) -> Reply:
        raise ModelRefused(f"{self.name} wants to be paid")


def test_one_model_that_fails_does_not_end_the_others(repo: Path) -> None:
    refusing = Source(lambda number: Refusing(name="poor"))
    with begun(repo) as run:
        best = search(run, refusing, 3, Control(), others=[source(good_model())])
        assert best.verdict.verified


def test_where_all_models_fail_the_run_can_be_resumed(repo: Path) -> None:
    refusing = [Source(lambda number: Refusing(name="poor")) for _ in range(2)]
    with begun(repo) as run:
        with pytest.raises(ModelRefused, match="poor wants to be paid"):
            search(run, refusing[0], 3, Control(), others=refusing[1:])
        assert search(run, source(good_model()), 1, Control()).verdict.verified


def test_none_that_applies_or_changes_anything_is_said_so(repo: Path) -> None:
    seen = Seen()
    with begun(repo) as run:
        best = search(run, source([say(text="…") for _ in range(9)]), 2, Control(), seen)
    assert (best.verdict.state, best.patch.text) == ("unverified: empty patch", "")
    assert [row.state for row in seen.boards[-1].rows] == ["unverified: empty patch"] * 2


class Spending(Scripted):
    """Answers that cost tokens."""

    def complete(self, *args: object, **more: object) -> Reply:
        reply = super().complete(*args, **more)  # type: ignore[arg-type]
        return reply.model_copy(update={"usage": Usage(prompt=900, completion=100)})


def test_what_is_left_of_a_budget_has_to_be_worth_an_attempt(repo: Path) -> None:
    with begun(repo) as run:
        run.config = run.config.model_copy(update={"tokens": 12_000, "at_once": 1})
        best = search(run, Source(lambda n: Spending(*NOTHING)), 50, Control())
        spent = sum((used(events) for events in logs(run).values()), Usage())
    assert "is too little for another attempt" in best.limit or "limit of 12000 tokens" in best.ended.reason
    assert spent.prompt + spent.completion <= 12_000


def test_the_seconds_are_those_of_all_attempts(repo: Path) -> None:
    with begun(repo) as run:
        run.config = run.config.model_copy(update={"seconds": 0.5, "at_once": 1})
        best = search(run, source(NOTHING), 50, Control())
        opened = [e for events in logs(run).values() for e in events if isinstance(e, Opened)]
    assert len(opened) < 50
    assert "limit of 0.5 seconds" in best.limit or "limit of" in best.ended.reason
    assert all(0 < e.limits.seconds <= 0.5 for e in opened)


def half(text: str) -> Callable[[int], Model]:
    """A model whose first attempt mends one of two failing tests and gives up."""

    def make(number: int) -> Model:
        return Scripted(
            say(call("write", path="two.py", text="A, B = 1, 0\n")),
            say(call("test")),
            *(
                [say(call("write", path="two.py", text=text)), say(call("finish", summary="x"))]
                * (number > 1)
            ),
            *[say(text="…") for _ in range(9)],
        )

    return make


def test_a_later_attempt_goes_on_from_where_an_earlier_one_came_to(repo: Path) -> None:
    tests = "import two\n\n\ndef test_a():\n    assert two.A\n\n\ndef test_b():\n    assert two.B\n"
    (repo / "two.py").write_text("A, B = 0, 0\n")
    (repo / "test_two.py").write_text(tests)
    (repo / "test_stats.py").unlink()
    with begun(repo) as run:
        run.config = run.config.model_copy(update={"at_once": 1})
        scripts = {1: half(""), 2: lambda n: Scripted(*NOTHING), 3: half("A, B = 1, 1\n")}
        best = search(run, Source(lambda n: scripts[n](n)), 3, Control())
        assert (best.attempt, best.verdict.verified) == (3, True)
        first, third = (load(run.log_path(n)) for n in (1, 3))
    opened = third[0]
    assert isinstance(opened, Opened) and opened.start.fork
    assert opened.start.fork.attempt == 1
    copied = opened.start.fork.seq
    assert third[1 : copied + 1] == first[1 : copied + 1]
    assert sum(isinstance(e, Replied) for e in third[copied + 1 :]) == 2


def test_a_stop_ends_all_attempts_and_leaves_them_to_be_resumed(repo: Path) -> None:
    control, slow = Control(), [say(call("run", command="sleep 600"))]

    class Stopping(Seen):
        def show(self, attempt: int, event: Event) -> None:
            super().show(attempt, event)
            if sum(e.kind == "called" for _, e in self.events) == 2:
                threading.Thread(target=control.request_stop).start()

    with begun(repo) as run:
        run.config = run.config.model_copy(update={"at_once": 2})
        with pytest.raises(Stopped):
            search(run, source(slow), 2, control, Stopping())
        assert not any(isinstance(e, Ended) for events in logs(run).values() for e in events)
        again = search(run, source([*slow, *good_model()]), 2, Control(), Quick())
        assert again.verdict.verified


class Quick(Watcher):
    pass


def test_what_is_in_the_logs_is_not_done_again(repo: Path) -> None:
    with begun(repo) as run:
        first = search(run, source(edits(SLICED), NOTHING), 2, Control())
        texts = {path.name: path.read_text() for path in run.logs()}
        again = search(run, Source(lambda number: Refusing(name="never asked")), 2, Control())
        assert again.attempt == first.attempt
        assert {path.name: path.read_text() for path in run.logs()} == texts
        assert json.loads((run.folder / DECISION).read_text())["over"]
