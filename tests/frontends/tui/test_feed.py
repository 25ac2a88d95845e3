"""What rows events make, and how an attempt stands after them."""

from pathlib import Path

import pytest
from patchwright.agent.task import TaskError
from patchwright.frontends.tui.aside import aside
from patchwright.frontends.tui.feed import Feed
from patchwright.frontends.tui.journal import Journal
from scenes import AFTER, BEFORE, ending, opened, ran, step, whole, written


def test_each_event_makes_its_row() -> None:
    feed = Feed()
    kinds = [feed.take(event) for event in whole()]
    assert kinds == [
        *("section", None, None),
        *("thought", "call", "result"),
        *(None, "call", "failure"),
        *(None, "call", "result", "note"),
        *(None, "call", "result"),
        *("section", "verified"),
    ]


def test_the_state_is_as_the_log_tells() -> None:
    feed = Feed()
    for event in whole()[:-2]:
        feed.take(event)
    state = feed.state
    assert (state.steps, state.usage.prompt, state.context, state.files) == (4, 400, 100, ("a.py",))
    assert state.tests == AFTER
    assert state.doing == "the model answers"
    for event in ending(verified=False):
        feed.take(event)
    assert (state.doing, state.ended, state.verdict and state.verdict.verified) == ("", "finished", False)


@pytest.mark.parametrize("width", [20, 36, 80])
def test_what_stands_beside_names_what_became_of_the_tests(width: int) -> None:
    feed = Feed()
    for event in [opened(), *ran(1, AFTER)]:
        feed.take(event)
    rows = [*aside(feed.state, BEFORE, width, feed.state.latest)]
    assert all(len(text) <= width for _, text in rows)
    assert {("added", "  + t::a"), ("removed", "  - t::b"), ("failure", "  ! t::c")} <= {*rows}
    assert ("failure", "1 passed, 2 failing") in rows
    assert ("plain", "shop at c0ffeec0ff + uncommitted"[:width]) in rows or width < 36


def test_a_log_is_read_while_it_grows_and_a_half_line_waits(tmp_path: Path) -> None:
    path = written(tmp_path / "1.jsonl", whole())
    data = path.read_bytes()
    path.write_bytes(data[:-20])
    journal = Journal(path)
    first = journal.news(4)
    rest = journal.news(100)
    assert [e.event.seq for e in (*first, *rest)] == [*range(len(whole()) - 1)]
    assert journal.news(100) == []
    path.write_bytes(data)
    assert [e.event.kind for e in journal.news(100)] == ["judged"]
    assert journal.event(rest[0].place) == rest[0].event
    journal.close()


def test_what_is_no_log_is_said_so(tmp_path: Path) -> None:
    path = written(tmp_path / "1.jsonl", [opened(), *step(1, "read", "x")])
    with path.open("a") as f:
        f.write('{"kind":"dreamt"}\n')
    journal = Journal(path)
    with pytest.raises(TaskError, match=r"line 5: an event \(dreamt\)"):
        journal.news(100)
    journal.close()
