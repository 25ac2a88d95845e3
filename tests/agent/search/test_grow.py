"""Candidates without a loop: batches of answers, each applied and tested, in a real sandbox."""

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from fakes import RIGHT, WRONG, begun, unsteady
from patchwright.agent.control import Control, Stopped
from patchwright.agent.events import Alike, Ended, Event, Expected, Judged, Opened, Replied, Said
from patchwright.agent.log import load
from patchwright.agent.models.base import SMALL, Listener, Message, ModelRefused, Reply, Schema, Usage
from patchwright.agent.models.scripted import Scripted, call, say
from patchwright.agent.models.select import Source
from patchwright.agent.run import Run
from patchwright.agent.search.board import DECISION, Board, Watcher
from patchwright.agent.search.many import search

HEAD = (
    "def median(values):\n    s = sorted(values)\n    n = len(s)\n    if n % 2:\n        return s[n // 2]\n"
)
GOOD = f"{HEAD}{RIGHT}"
OTHER = f"{HEAD}    return sum(s[n // 2 - 1 : n // 2 + 1]) * 0.5\n"
BAD = f"{HEAD}    return s[n // 2]\n"
BROKEN = "def median(values):\n    return 2.5\n"


class Batched(Scripted):
    """Answers from one list, in the order in which it is asked."""

    def __init__(self, answers: list[str]) -> None:
        super().__init__(profile=SMALL)
        self.answers, self.asked = answers, list[tuple[int, int]]()
        """What was asked for: how many answers, after how many."""

    def complete(self, messages: Sequence[Message], *_: object, **__: object) -> Reply:
        return self.complete_many(messages, (), 1, lambda _: None, threading.Event())[0]

    def complete_many(
        self,
        messages: Sequence[Message],
        tools: Sequence[Schema],
        count: int,
        listen: Listener,
        stop: threading.Event,
        most: int = 0,
    ) -> list[Reply]:
        self.asked.append((count, sum(m.role == "assistant" for m in messages)))
        return [say(call("define", path="stats.py", code=self.answers.pop(0))) for _ in range(count)]


def logs(run: Run) -> dict[int, list[Event]]:
    return {int(path.stem): load(path) for path in run.logs()}


def grown(
    run: Run, answers: Sequence[str], most: int, watcher: Watcher | None = None
) -> tuple[Batched, Board]:
    model = Batched([*answers])
    search(run, Source(lambda number: model), most, Control(), watcher)
    return model, Board.model_validate_json((run.folder / DECISION).read_bytes())


def test_one_answer_then_batches_and_each_is_a_candidate_of_its_own(repo: Path) -> None:
    with begun(repo) as run:
        model, board = grown(run, [BAD, BAD, BROKEN, OTHER, GOOD, *[GOOD] * 9], 12)
        events = logs(run)
    assert model.asked[:2] == [(1, 0), (4, 0)]
    assert {row.attempt: row.state for row in board.rows}[2] == "as 1"
    assert board.decision and board.decision.best in (4, 5)
    prompts = {n: [e.text for e in log if isinstance(e, Said)] for n, log in events.items()}
    assert prompts[2] == prompts[3] == prompts[4] == prompts[5]
    assert all(isinstance(log[-1], Ended | Alike | Judged) for log in events.values())


STUB = """def median(values):
    \"\"\"The middle one.\"\"\"
    raise NotImplementedError
"""


@pytest.mark.parametrize(("documented", "traces"), [(True, False), (False, True)])
def test_what_is_yet_to_be_written_is_asked_for_without_a_mistake_to_be_named(
    repo: Path, documented: bool, traces: bool
) -> None:
    (repo / "stats.py").write_text(STUB if documented else STUB.replace('    """The middle one."""\n', ""))
    with begun(repo) as run:
        _, board = grown(run, [BAD, *[GOOD] * 8], 9)
        said = {e.about: e.text for e in logs(run)[1] if isinstance(e, Said)}
    assert "Wrong:" not in said["rules"]
    assert "`median` in stats.py is yet to be written" in said["task"] and "baseline" not in said
    assert "median" in run.task.issue and run.task.issue in said["task"]
    assert ("test_stats.py" in said["task"]) == traces
    assert board.decision and board.decision.best == 2


@pytest.mark.parametrize(("text", "batches"), [(None, 2), (STUB, 3)])
def test_what_is_written_anew_is_agreed_upon_by_more(repo: Path, text: str | None, batches: int) -> None:
    if text:
        (repo / "stats.py").write_text(text)
    with begun(repo) as run:
        model, board = grown(run, [GOOD, OTHER, BAD, BROKEN, BAD, *[GOOD] * 4], 20)
    assert len(model.asked) == batches
    assert board.decision and board.decision.best == 1


class Saying(Batched):
    """Says what has to come of calls as well, where it is asked that."""

    def __init__(self, answers: list[str], right: str = GOOD) -> None:
        super().__init__(answers)
        self.right, self.lines, self.after = right, list[tuple[str, ...]](), list[int]()
        """Which lines were asked of, and after how many batches."""

    def complete_many(
        self, messages: Sequence[Message], tools: Sequence[Schema], count: int, *_: Any, **__: Any
    ) -> list[Reply]:
        if not (lines := messages[-1].lines):
            return super().complete_many(messages, tools, count, *_)
        self.lines.append(lines)
        self.after.append(len(self.asked))
        known: dict[str, Any] = {}
        exec(self.right, known)
        calls = [line.removeprefix("assert ").removesuffix(" == ") for line in lines]
        text = "\n".join(f"assert {call} == {eval(call, known)!r}" for call in calls)
        return [Reply(text=text, usage=Usage(completion=7)) for _ in range(count)]


EVEN = f"{HEAD}    return s[n // 2 - 1] + 0.5\n"
"""Right where the two in the middle lie one apart, as in the tests."""


def test_what_the_model_expects_decides_between_those_that_pass_and_is_not_asked_again(repo: Path) -> None:
    (repo / "stats.py").write_text(STUB)
    with begun(repo) as run:
        model = Saying([EVEN, EVEN + "    # the same\n", GOOD, EVEN.replace("s[n", "sorted(s)[n"), BAD])
        search(run, Source(lambda number: model), 5, Control())
        board = Board.model_validate_json((run.folder / DECISION).read_bytes())
        found = {n: [e for e in log if isinstance(e, Expected)] for n, log in logs(run).items()}
        again = Saying([GOOD] * 4)
        best = search(run, Source(lambda number: again), 9, Control(), every=True)
    assert len(model.lines) == 1 and not again.lines
    assert all(line.startswith("assert median(") for line in model.lines[0])
    assert not any(edge in line for line in model.lines[0] for edge in ("[]", "[0", " 0"))
    assert board.decision and board.decision.best == best.attempt == 3
    ((said,),) = filter(None, found.values())
    assert (said.path, said.name, said.usage.completion) == ("stats.py", "median", 28)
    assert sum(row.usage.completion for row in board.rows) == 28


PARTLY = [f"{HEAD}    return s[{place}]\n" for place in ("n // 2", "n // 2 - 1", "0", "-1", "n // 3")]
"""Right of an odd number of values."""
LIKE_EVEN = [EVEN.replace("s[n", f"{form}[n") for form in ("sorted(s)", "list(s)", "tuple(s)", "[*s]")]


@pytest.mark.parametrize(
    ("answers", "after"),
    [
        ([*PARTLY, EVEN, GOOD, *[BROKEN] * 6], 3),
        ([EVEN, GOOD, LIKE_EVEN[0], *[f"{HEAD}    return sum(s) / n\n"] * 2, *[BROKEN] * 8], 2),
        ([EVEN, *LIKE_EVEN, GOOD], 3),
    ],
    ids=["they are fewer than came nearly as far", "some were not compared yet", "they came last"],
)
def test_the_model_says_what_comes_of_calls_as_soon_as_they_are_answered_differently(
    repo: Path, answers: list[str], after: int
) -> None:
    (repo / "stats.py").write_text(STUB)
    with begun(repo) as run:
        model = Saying([*answers])
        best = search(run, Source(lambda number: model), len(answers), Control(), every=True)
    assert model.after[0] == after
    assert best.attempt == answers.index(GOOD) + 1


class Failing(Saying):
    """Gives no answer where it is asked what has to come of calls."""

    def complete_many(
        self, messages: Sequence[Message], tools: Sequence[Schema], count: int, *_: Any, **__: Any
    ) -> list[Reply]:
        found = super().complete_many(messages, tools, count, *_)
        if messages[-1].lines:
            raise ModelRefused("not that")
        return found


def test_a_model_that_does_not_say_it_is_not_asked_on_and_on_at_the_end(repo: Path) -> None:
    (repo / "stats.py").write_text(STUB)
    with begun(repo) as run:
        model = Failing([EVEN, *LIKE_EVEN, GOOD])
        best = search(run, Source(lambda number: model), 6, Control(), every=True)
    assert len(model.lines) == 1
    assert best.attempt == 1


def at_the_edge(said: str, rest: str = RIGHT) -> str:
    return HEAD.replace("    s =", f"    if 0 in values:\n        return {said}\n    s =") + rest


def test_of_what_does_the_same_on_usual_inputs_the_model_says_what_comes_of_an_edge(repo: Path) -> None:
    (repo / "stats.py").write_text(STUB)
    halved, right = "    return (s[n // 2 - 1] + s[n // 2]) * 0.5\n", at_the_edge("None")
    answers = [at_the_edge("0"), at_the_edge("0", halved), right, at_the_edge("0", f"{RIGHT}    # so\n"), BAD]
    with begun(repo) as run:
        model = Saying(answers, right)
        best = search(run, Source(lambda number: model), 5, Control(), every=True)
        board = Board.model_validate_json((run.folder / DECISION).read_bytes())
    ((*lines,),) = model.lines
    assert lines and all("[0" in line or " 0" in line for line in lines)
    assert best.attempt == 3
    assert board.decision and len(board.decision.clusters) == 1


def test_a_batch_that_begins_anew_is_shown_the_base_and_no_answer(repo: Path) -> None:
    with begun(repo) as run:
        grown(run, [BROKEN, *[GOOD] * 4], 5)
        prompts = {n: [e.text for e in log if isinstance(e, Said)] for n, log in logs(run).items()}
    assert prompts[1] == prompts[2]


def test_agreement_ends_it_and_only_the_chosen_is_judged(repo: Path) -> None:
    with begun(repo) as run:
        model, board = grown(run, [GOOD, GOOD, GOOD, GOOD, GOOD], 20)
        judged = [n for n, log in logs(run).items() if any(isinstance(e, Judged) for e in log)]
    assert sum(count for count, _ in model.asked) == 5
    assert judged == [1]
    assert board.ended == "5 candidates agree"


def test_one_that_the_verdict_refuses_is_not_chosen_though_all_else_speaks_for_it(repo: Path) -> None:
    long = f"{HEAD}    left = s[n // 2 - 1]\n    right = s[n // 2]\n    both = left + right\n    return both / 2\n"
    deep = "    import inspect\n\n    if len(inspect.stack()) > 20:\n    "  # as it is below a test runner
    with begun(repo) as run:
        _, board = grown(run, [long, f"{HEAD}{deep}{RIGHT}{WRONG}"], 2)
    assert board.decision and board.decision.best == 1
    assert {row.attempt: row.state for row in board.rows} == {1: "verified", 2: "green with findings"}


def test_a_later_batch_goes_on_from_what_came_furthest_and_is_told_what_the_tests_said(repo: Path) -> None:
    with begun(repo) as run:
        model, _ = grown(run, [BAD, *[BROKEN] * 4, *[BAD] * 4, *[GOOD] * 4], 13)
        forks = {n: e.start.fork for n, log in logs(run).items() for e in log if isinstance(e, Opened)}
    assert [depth for _, depth in model.asked] == [0, 0, 1, 0][: len(model.asked)]
    assert len(model.asked) >= 3
    fork = forks[6]
    assert fork and fork.attempt == 1  # BAD fails as before, BROKEN breaks what passed


@pytest.mark.parametrize(("first", "depths"), [(BAD, {0, 1}), (None, {0})])
def test_what_is_yet_to_be_written_is_gone_on_with_only_where_a_test_more_passes(
    repo: Path, first: str | None, depths: set[int]
) -> None:
    (repo / "stats.py").write_text(STUB)
    wrong = [f"def median(values):\n    return -{number}\n" for number in range(1, 26)]
    with begun(repo) as run:
        model, _ = grown(run, [first or wrong.pop(), *wrong], 25)
    assert {depth for _, depth in model.asked} == depths
    assert len(model.asked) == 7


class GoingOn(Batched):
    """Goes on from what was begun for it, and keeps it."""

    def __init__(self, answers: list[str]) -> None:
        super().__init__(answers)
        self.profile, self.begun = SMALL.model_copy(update={"goes_on": True}), list[str]()

    def complete_many(
        self, messages: Sequence[Message], tools: Sequence[Schema], count: int, *_: Any, **__: Any
    ) -> list[Reply]:
        self.begun.append(messages[-1].text if messages[-1].role == "assistant" else "")
        return super().complete_many(messages, tools, count, *_)


@pytest.mark.parametrize(
    ("text", "begun_"),
    [
        (f"# middle\n\n\n{STUB}", "ACTION define\npath: stats.py\n```python\n" + STUB.rpartition("    ")[0]),
        (STUB.replace("one.", "one:\n```\n```\n"), ""),
        (STUB.replace('    """The middle one."""\n', ""), ""),
        (BAD, ""),
    ],
    ids=["documented", "with a fence", "without a word", "written"],
)
def test_an_answer_is_begun_up_to_the_body_that_is_missing(repo: Path, text: str, begun_: str) -> None:
    heard = list[str]()

    class Hearing(Watcher):
        def listen(self, attempt: int, text: str) -> None:
            heard.append(text)

    (repo / "stats.py").write_text(text)
    with begun(repo) as run:
        model = GoingOn([BROKEN, OTHER, *[BROKEN] * 8])
        search(run, Source(lambda number: model), 9, Control(), Hearing(), every=True)
        prompts = [[e.text for e in log if isinstance(e, Said)] for log in logs(run).values()]
    assert model.begun == ["", begun_, ""]
    assert (begun_ in heard) == bool(begun_)
    assert not any("ACTION define\npath: stats.py" in said for texts in prompts for said in texts)


def test_what_comes_to_the_same_is_tested_once(repo: Path) -> None:
    layout = GOOD.replace("n % 2", "(n % 2)")
    with begun(repo) as run:
        grown(run, [BAD, BAD.replace("n % 2", "(n % 2)"), BAD, GOOD, layout], 5)
        seconds = [
            e.observation.data["report"]["seconds"]
            for log in logs(run).values()
            for e in log
            if e.kind == "observed"
        ]
    assert len(seconds) == 5
    assert len(set(seconds)) == 2  # a report that is remembered has the seconds of its only run


@pytest.mark.parametrize("fails", [(), (0, 1), (1, 2), (1, 3, 5), (2, 4, 5, 8)])
def test_a_flaky_test_does_not_sway_the_choice(repo: Path, fails: tuple[int, ...]) -> None:
    (repo / "test_unsteady.py").write_text(unsteady(*fails))
    with begun(repo) as run:
        _, board = grown(run, [BAD, GOOD, OTHER, BROKEN, BAD, *[GOOD] * 4], 9)
    assert board.decision and board.decision.best == 2
    states = {row.attempt: row.state for row in board.rows}
    assert (states[2], states[3]) == ("verified", "tests green, not judged")


def test_a_stop_leaves_answers_that_a_resume_tries_without_asking_again(repo: Path) -> None:
    control = Control()

    class Stopping(Watcher):
        def show(self, attempt: int, event: Event) -> None:
            if attempt == 2 and isinstance(event, Replied):
                threading.Thread(target=control.request_stop).start()
                control.stop.wait(60)

    with begun(repo) as run:
        model = Batched([BAD, GOOD, GOOD, GOOD, OTHER])
        with pytest.raises(Stopped):
            search(run, Source(lambda number: model), 5, control, Stopping())
        left = [*model.answers]
        answered = sum(isinstance(e, Replied) for log in logs(run).values() for e in log)
        again = Batched([GOOD] * 5)
        best = search(run, Source(lambda number: again), 5, Control())
        assert best.verdict.verified
        assert not left
        assert sum(count for count, _ in again.asked) == 5 - answered


def test_a_candidate_that_takes_its_sandbox_down_is_one_that_fails(repo: Path) -> None:
    deadly = "import os, signal\n\n\ndef median(values):\n    os.kill(-1, signal.SIGKILL)\n"
    with begun(repo) as run:
        _, board = grown(run, [deadly, GOOD, GOOD, GOOD, OTHER], 5)
    assert board.decision and board.decision.best in (2, 5)


def test_without_tests_the_majority_is_chosen_and_nothing_is_called_verified(repo: Path) -> None:
    (repo / "test_stats.py").unlink()
    with begun(repo, test_command="") as run:
        model = Batched([BROKEN, GOOD, GOOD, OTHER, OTHER])
        best = search(run, Source(lambda number: model), 5, Control())
    assert best.verdict.state == "unverified: no tests ran"
    assert best.attempt in (2, 4)


class Silent(Batched):
    def complete_many(self, *_: object, **__: object) -> list[Reply]:
        raise ModelRefused("it wants to be paid")


@pytest.mark.parametrize("first", [True, False])
def test_models_take_turns_by_batches_and_one_that_fails_is_left_out(repo: Path, first: bool) -> None:
    silent, model = Silent([]), Batched([BAD, *[BROKEN] * 4, *[GOOD] * 4])
    sources = [Source(lambda number: silent), Source(lambda number: model)]
    with begun(repo) as run:
        best = search(run, sources[not first], 9, Control(), others=[sources[first]])
    assert best.verdict.verified
    assert sum(count for count, _ in model.asked) == 9


def test_where_no_model_answers_the_error_is_told(repo: Path) -> None:
    with begun(repo) as run, pytest.raises(ModelRefused, match="wants to be paid"):
        search(run, Source(lambda number: Silent([])), 5, Control())
