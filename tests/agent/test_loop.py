import subprocess
import threading
from itertools import pairwise
from pathlib import Path

import pytest
from fakes import EVEN, FILES, RIGHT, WRONG, begun, good_model
from patchwright.agent.attempt import Candidate, attempt
from patchwright.agent.config import Config
from patchwright.agent.context import messages
from patchwright.agent.control import Control, Stopped
from patchwright.agent.events import (
    Called,
    Changed,
    Ended,
    Event,
    Judged,
    Observed,
    Opened,
    Replied,
    Said,
    Summarised,
)
from patchwright.agent.log import Log, load
from patchwright.agent.models.base import CAPABLE, SMALL, Message, ModelError, ModelOverflow, Reply, Usage
from patchwright.agent.models.recorded import recorded
from patchwright.agent.models.scripted import Scripted, call, say
from patchwright.agent.models.select import Source
from patchwright.agent.run import Run
from patchwright.agent.search.many import search
from patchwright.agent.session import last_tree
from patchwright.agent.task import Limits, TaskError


def make(
    run: Run, *replies: Reply, number: int = 1, control: Control | None = None, **profile: object
) -> Candidate:
    return attempt(run, number, Scripted(*replies), control or Control())


def with_limits(run: Run, **limits: float) -> Run:
    run.config = Config.model_validate(run.config.model_dump() | limits)
    return run


def test_a_red_test_is_read_fixed_and_verified(repo: Path, backend: tuple[str, str]) -> None:
    with begun(repo, backend) as run:
        candidate = make(run, *good_model())
        assert candidate.ended.outcome == "finished"
        assert (candidate.verdict.verified, candidate.verdict.fixed) == (True, (EVEN,))
        assert candidate.patch.files == ("stats.py",)
        assert [e.kind for e in load(run.log_path(1))] == [
            *("opened", "said", "said", "replied", "called", "observed", "called", "observed"),
            *("said", "replied", "called", "changed", "observed", "replied", "called", "observed"),
            *("replied", "called", "observed", "ended", "judged"),
        ]


def test_what_is_on_disk_is_what_happened(repo: Path) -> None:
    seen: list[Event] = []
    with begun(repo) as run:
        attempt(run, 1, Scripted(*good_model()), Control(), seen.append)
        assert load(run.log_path(1)) == seen
        assert [e.seq for e in seen] == list(range(len(seen)))


def test_a_recorded_run_happens_again(repo: Path) -> None:
    with begun(repo) as run:
        first = make(run, *good_model())
        again = attempt(run, 2, recorded(load(run.log_path(1))), Control())
        assert again.patch == first.patch
        kinds = [[e.kind for e in load(run.log_path(n))] for n in (1, 2)]
        assert kinds[0] == kinds[1]


def test_a_run_stopped_after_any_event_goes_on_to_the_same_end(repo: Path) -> None:
    with begun(repo) as run:
        whole = make(run, *good_model())
        lines = run.log_path(1).read_bytes().splitlines(keepends=True)
        for number, kept in enumerate(range(1, len(lines), 2), 2):
            run.log_path(number).write_bytes(b"".join(lines[:kept]) + lines[kept][: len(lines[kept]) // 2])
            if number > 1:
                work = run.folder / "work"
                subprocess.run(["cp", "-a", str(work / "1"), str(work / str(number))], check=True)
            resumed = attempt(run, number, Scripted(*good_model()), Control())
            assert (resumed.patch, resumed.verdict.tree) == (whole.patch, whole.verdict.tree), (
                f"cut after {kept}"
            )


def test_the_requests_only_ever_grow(repo: Path) -> None:
    sent: list[list[object]] = []

    class Watched(Scripted):
        def complete(self, messages, tools, listen, stop, most=0):
            sent.append([*messages])
            return super().complete(messages, tools, listen, stop)

    with begun(repo) as run:
        attempt(run, 1, Watched(*good_model()), Control())
    assert len(sent) == 4
    assert all(after[: len(before)] == before for before, after in pairwise(sent))


class Narrow(Scripted):
    """Takes only so many characters, and says so in the words of a provider."""

    def __init__(self, most: int, *replies: Reply) -> None:
        super().__init__(*replies)
        self.most, self.sent = most, list[int]()

    def complete(self, messages, tools, listen, stop, most=0) -> Reply:
        self.sent.append(sum(len(m.text) for m in messages))
        if self.sent[-1] > self.most:
            raise ModelOverflow("it is too long")
        turn = sum(n <= self.most for n in self.sent) - 1
        return self._replies[turn]


def test_a_conversation_that_is_too_long_is_narrowed_and_sent_again(repo: Path) -> None:
    loud = [say(call("run", command=f"echo {n}; yes line | head -c 8000")) for n in range(6)]
    with begun(repo) as run:
        model = Narrow(30_000, *loud, *good_model())
        candidate = attempt(run, 1, model, Control())
        events = load(run.log_path(1))
    assert candidate.verdict.verified
    assert [e.kind for e in events].count("narrowed") == 1
    assert sum(n > 30_000 for n in model.sent) == 1


def test_a_task_that_is_too_long_for_the_model_is_an_error(repo: Path) -> None:
    with begun(repo) as run, pytest.raises(ModelOverflow):
        attempt(run, 1, Narrow(100, *good_model()), Control())


def test_every_call_has_its_result_before_the_next_answer(repo: Path) -> None:
    with begun(repo) as run:
        make(run, *good_model())
        open_calls: list[str] = []
        for message in messages(load(run.log_path(1))):
            if message.role == "tool":
                assert open_calls.pop(0) == message.call
                continue
            assert not open_calls, "an answer or a remark came before the results"
            open_calls = [c.id for c in message.calls]


def test_a_small_model_is_told_what_fails_before_its_first_turn(repo: Path) -> None:
    with begun(repo) as run:
        code = FILES["stats.py"].replace(WRONG, RIGHT)[FILES["stats.py"].index("def median") :]
        reply = say(call("define", path="stats.py", code=code))
        assert attempt(run, 1, Scripted(reply, profile=SMALL), Control()).verdict.verified
        kinds = [e.about if isinstance(e, Said) else e.kind for e in load(run.log_path(1))][:5]
        assert kinds == ["opened", "rules", "task", "baseline", "replied"]


@pytest.mark.parametrize(
    ("limits", "replies", "reason"),
    [
        ({"steps": 2}, [say(call("test")) for _ in range(9)], "the limit of 2 steps"),
        ({"seconds": 0.001}, [say(call("test"))], "the limit of 0.001 seconds"),
    ],
)
def test_a_limit_ends_the_run_with_its_patch(repo: Path, limits, replies, reason: str) -> None:
    with begun(repo) as run:
        candidate = make(with_limits(run, **limits), *replies)
        assert (candidate.ended.outcome, candidate.ended.reason) == ("limit", reason)
        assert candidate.verdict.refusal == "the patch is empty"


def test_work_that_ends_at_a_limit_is_judged_all_the_same(repo: Path) -> None:
    with begun(repo) as run:
        candidate = make(with_limits(run, steps=1), say(call("edit", path="stats.py", old=WRONG, new=RIGHT)))
        assert candidate.ended.outcome == "limit"
        assert candidate.verdict.verified


def test_a_model_that_never_calls_a_tool_is_given_up(repo: Path) -> None:
    with begun(repo) as run:
        candidate = make(run, *[say(text="I would do it so…") for _ in range(9)])
        assert (candidate.ended.outcome, candidate.ended.reason) == (
            "stuck",
            "the model called no tool in 4 answers",
        )


def test_a_model_that_calls_only_what_does_not_exist_is_given_up(repo: Path) -> None:
    with begun(repo) as run:
        candidate = make(run, *[say(call("browse", url=str(n))) for n in range(9)])
        assert candidate.ended.reason == "the model called only tools that do not exist in 4 answers: browse"
        observed = [e.observation for e in load(run.log_path(1)) if isinstance(e, Observed)]
        assert all("there is no tool 'browse'" in o.text for o in observed)


def test_a_stop_keeps_the_work_and_the_run_can_go_on(repo: Path) -> None:
    control = Control()

    def stop_at_edit(event: Event) -> None:
        if isinstance(event, Changed):
            threading.Thread(target=control.request_stop, daemon=True).start()
            assert control.stop.wait(10)

    with begun(repo) as run:
        with pytest.raises(Stopped):
            attempt(run, 1, Scripted(*good_model()), control, stop_at_edit)
        assert "+    return (s[n // 2 - 1]" in (run.folder / "partial.patch").read_text()
        assert not any(isinstance(e, Ended) for e in load(run.log_path(1)))
        assert attempt(run, 1, Scripted(*good_model()), Control()).verdict.verified


def test_a_model_s_failure_loses_nothing(repo: Path) -> None:
    with begun(repo) as run:
        with pytest.raises(ModelError, match="asked for one more"):
            make(run, *good_model()[:2])
        assert make(run, *good_model()).verdict.verified


def test_a_bug_in_a_tool_is_no_observation(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with begun(repo) as run:
        monkeypatch.setattr("patchwright.tools.read.listing", lambda *a: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            make(run, say(call("read", path=".")))
        assert isinstance(load(run.log_path(1))[-1], Called)


def test_a_test_command_that_does_not_exist_is_the_user_s_to_mend(repo: Path) -> None:
    with begun(repo, test_command="no-such-runner") as run, pytest.raises(TaskError, match="no-such-runner"):
        make(run, *good_model())


def test_search_takes_the_one_that_is_verified(repo: Path) -> None:
    bad = [say(call("write", path="x.txt", text="x")), *[say(text="…") for _ in range(9)]]

    def model(number: int) -> Scripted:
        return Scripted(*(good_model() if number == 2 else bad))

    with begun(repo) as run:
        best = search(run, Source(model), 2, Control())
        assert (best.attempt, best.verdict.verified) == (2, True)
        assert [p.name for p in run.logs()] == ["1.jsonl", "2.jsonl"]


def test_the_tree_of_an_unanswered_call_does_not_count(tmp_path: Path, repo: Path) -> None:
    with begun(repo) as run:
        make(run, *good_model())
        log = Log(run.log_path(1))
        log.events = log.events[: next(i for i, e in enumerate(log.events) if isinstance(e, Changed)) + 1]
        assert last_tree(log) == run.base.tree
        log.close()


def test_opened_tells_what_the_run_was_made_of(repo: Path) -> None:
    with begun(repo) as run:
        make(with_limits(run, steps=7), *good_model())
        first = load(run.log_path(1))[0]
        assert isinstance(first, Opened)
        assert first.limits == Limits(steps=7)
        assert first.base == run.base
        assert len(first.prompts) == 16
        assert isinstance(load(run.log_path(1))[-1], Judged)
        assert sum(isinstance(e, Replied) for e in load(run.log_path(1))) == 4


class Summing(Scripted):
    """Writes a summary where it is asked for one, or fails at it."""

    def __init__(self, summary: Reply | None, *replies: Reply) -> None:
        super().__init__(*replies, profile=CAPABLE.model_copy(update={"window": 3_000}))
        self.summary, self.asked, self.sent = summary, list[str](), list[Message]()

    def complete(self, messages, tools, listen, stop, most=0) -> Reply:
        if tools:
            self.sent = list(messages)
            return super().complete(messages, tools, listen, stop)
        self.asked.append(messages[-1].text)
        if not self.summary:
            raise ModelError("no answer")
        return self.summary


@pytest.mark.parametrize(
    ("summary", "kept"),
    [
        (Reply(text="The median is in stats.py.", usage=Usage(prompt=900, completion=10)), True),
        (Reply(text="x" * 5_000), False),
        (Reply(text="It is cut", stop="length"), False),
        (None, False),
    ],
)
def test_turns_are_summed_up_once_before_they_go(repo: Path, summary: Reply | None, kept: bool) -> None:
    thoughts = [
        say(call("read", path="stats.py", start=n), text=f"thought {n} " + "t " * 300) for n in range(1, 16)
    ]
    with begun(repo) as run:
        model = Summing(summary, *thoughts, *good_model())
        candidate = attempt(run, 1, model, Control())
        events = load(run.log_path(1))
    assert candidate.verdict.verified
    found = [e for e in events if isinstance(e, Summarised)]
    assert len(found) == len(model.asked) >= 1
    assert "thought 1 " in model.asked[0]
    assert "the median is wrong" not in model.asked[0]
    assert all(("The median is in" in e.text) == kept for e in found)
    assert any("The median is in" in m.text for m in model.sent) == kept
    assert not any("thought 1 " in m.text for m in model.sent)
    assert candidate.usage.prompt == (900 * len(found) if kept else 0)
    assert (
        messages(events[: max(n for n, e in enumerate(events) if e.kind == "replied")], 3_000) == model.sent
    )
