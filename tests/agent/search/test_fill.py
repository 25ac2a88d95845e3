"""Places that are filled in anew are candidates like any other, where something else comes to stand there."""

import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from fakes import FILES, RIGHT, WRONG, begun
from patchwright.agent.control import Control, Stopped
from patchwright.agent.events import Event, Filled, Opened, Replied, Said
from patchwright.agent.log import load
from patchwright.agent.models.base import (
    SMALL,
    Listener,
    Message,
    ModelRefused,
    Reply,
    Schema,
    Usage,
)
from patchwright.agent.models.fallback import with_fallbacks
from patchwright.agent.models.scripted import Scripted, call, say
from patchwright.agent.models.select import Source
from patchwright.agent.run import Run
from patchwright.agent.search.fill import TRIES
from patchwright.agent.search.many import search
from patchwright.agent.search.starts import kind
from patchwright.agent.search.worth import LEAD
from patchwright.frontends.plain import lines

SPENT = Usage(prompt=10, completion=2)
BAD = "def median(values):\n    return 2\n"


class Filling(Scripted):
    """Says the same again and again; fills in one line only otherwise than it was."""

    def __init__(self, line: str) -> None:
        super().__init__(profile=SMALL.model_copy(update={"fills": True}))
        self.line, self.asked = line, list[Message]()

    def complete_many(
        self,
        messages: Sequence[Message],
        tools: Sequence[Schema],
        count: int,
        listen: Listener,
        stop: threading.Event,
        most: int = 0,
    ) -> list[Reply]:
        return [self.complete(messages, tools, listen, stop, most) for _ in range(count)]

    def complete(
        self,
        messages: Sequence[Message],
        tools: Sequence[Schema],
        listen: Listener,
        stop: threading.Event,
        most: int = 0,
    ) -> Reply:
        return self.filled(messages[-1]) if messages[-1].hole else self.said()

    def said(self) -> Reply:
        return say(call("define", path="stats.py", code=BAD))

    def filled(self, asked: Message) -> Reply:
        self.asked.append(asked)
        whole = FILES["stats.py"]
        before = asked.text[asked.text.index(whole[:10]) :]
        there = whole[len(before) : len(whole) - len(asked.hole.after if asked.hole else "")]
        return Reply(text=self.line if there in WRONG else there, usage=SPENT)


def logs(run: Run) -> dict[int, list[Event]]:
    return {int(path.stem): load(path) for path in run.logs()}


PLACES = 5
"""Of `median`, which the failing test calls; each is looked at twice: what is likeliest, then what else is likely."""


def test_a_line_that_comes_to_be_another_is_a_candidate(repo: Path) -> None:
    with begun(repo) as run:
        model = Filling(RIGHT.strip())
        best = search(run, Source(lambda number: model), 2, Control())
        events = logs(run)
    assert best.verdict.verified and best.attempt == 1
    assert len(model.asked) == PLACES * (1 + TRIES) and all(one.text.startswith("# ") for one in model.asked)
    opened, *_ = (e for e in events[1] if isinstance(e, Opened))
    assert (opened.start.turn, opened.start.hole) == (0, PLACES)
    assert f", place {PLACES} filled in anew: " in next(lines(opened))
    [replied] = [e for e in events[1] if isinstance(e, Replied)]
    assert replied.reply.text == f"Wrong: `{WRONG.strip()}`\nFix: `{RIGHT.strip()}`\n"
    assert (
        replied.reply.usage == Usage()
    )  # a prompt of another kind says nothing of this conversation's length
    first, then = (e for e in events[1] if isinstance(e, Filled))
    assert (first.looked, first.usage.prompt, first.usage.completion) == (PLACES, 50, 10)
    assert (then.looked, then.usage.prompt, then.usage.completion) == (2 * PLACES, 200, 40)  # came to nothing
    assert (best.usage.prompt, best.usage.completion) == (250, 50)
    assert f"── {PLACES} places filled in by now; " in next(lines(first))
    told = [[e.text for e in log if isinstance(e, Said)] for log in (events[1], events[2])]
    assert told[0] == told[1]  # so that the conversation can go on from there


class Wild(Filling):
    """Fills in something else everywhere."""

    def filled(self, asked: Message) -> Reply:
        self.asked.append(asked)
        return Reply(text=f"return {len(self.asked)}", usage=SPENT)


def test_each_filling_is_tried_before_the_next_is_asked_for(repo: Path) -> None:
    with begun(repo) as run:
        search(run, Source(lambda number: Wild("")), 3, Control(), every=True)
        one, two, three = (logs(run)[number] for number in (1, 2, 3))
    assert one[-1].at <= two[0].at and two[-1].at <= three[0].at
    assert [e.start.turn for log in (one, two, three) for e in log if isinstance(e, Opened)] == [0, 0, 0]
    told = [[e.text for e in log if isinstance(e, Said)] for log in (one, two, three)]
    assert told[0] == told[1] == told[2]  # of the base, not of what another filling left


class Agreeing(Filling):
    """Fills in the same line in words that differ."""

    def filled(self, asked: Message) -> Reply:
        reply = super().filled(asked)
        wherever = f"{self.line} + {len(self.asked)} * 0"
        return Reply(text=wherever, usage=SPENT) if reply.text == self.line else reply


def test_fillings_that_agree_end_the_search_within_a_batch(repo: Path) -> None:
    with begun(repo) as run:
        best = search(run, Source(lambda number: Agreeing(RIGHT.strip())), 9, Control())
        made = len(logs(run))
    assert best.verdict.verified and made == LEAD < SMALL.batch


class Refusing(Filling):
    """Fills in nothing: its server does not know how."""

    def filled(self, asked: Message) -> Reply:
        raise ModelRefused("no such thing")


def test_a_model_that_stands_in_and_cannot_fill_in_is_asked_in_words(repo: Path) -> None:
    other = Wild("")
    other.profile = SMALL
    with begun(repo) as run:
        source = with_fallbacks(Source(lambda number: Refusing("")), [lambda: Source(lambda number: other)])
        search(run, source, 2, Control())
        events = logs(run)
    assert sum(bool(one.hole) for one in other.asked) == 1  # the one at which the first gave up
    assert not any(e.start.hole for log in events.values() for e in log if isinstance(e, Opened))


def test_a_second_round_asks_for_what_else_is_likely_several_times(repo: Path) -> None:
    with begun(repo) as run:
        model = Filling(WRONG.strip())
        search(run, Source(lambda number: model), 2, Control())
        [opened] = [e for e in logs(run)[1] if isinstance(e, Opened)]
    gaps = [one.hole for one in model.asked if one.hole]
    assert [gap.likeliest for gap in gaps] == [True] * PLACES + [False] * PLACES * TRIES
    assert gaps[0].after == gaps[PLACES].after
    assert opened.start.hole == 0  # nothing came to be another: it is asked in words


class Halting(Filling):
    """Does not come to the second round."""

    def filled(self, asked: Message) -> Reply:
        if asked.hole and not asked.hole.likeliest:
            raise Stopped
        return super().filled(asked)


def test_a_run_that_was_interrupted_looks_at_no_place_twice(repo: Path) -> None:
    first, second, third = Halting(RIGHT.strip()), Filling(WRONG.strip()), Filling(WRONG.strip())
    with begun(repo) as run:
        with pytest.raises(Stopped):
            search(run, Source(lambda number: first), 3, Control(), every=True)
        search(run, Source(lambda number: second), 9, Control(), every=True)
        search(run, Source(lambda number: third), 20, Control(), every=True)
    assert [one.hole.likeliest for one in first.asked if one.hole] == [True] * PLACES
    assert [one.hole.likeliest for one in second.asked if one.hole] == [False] * PLACES * TRIES
    assert not third.asked


def test_what_an_interrupted_run_filled_in_is_no_candidate_again(repo: Path) -> None:
    with begun(repo) as run:
        for most in (2, 5):
            search(run, Source(lambda number: Filling(RIGHT.strip())), most, Control(), every=True)
        opened = [e for log in logs(run).values() for e in log if isinstance(e, Opened)]
    assert [bool(e.start.hole) for e in opened] == [True, False, False, False, False]


def test_a_place_at_which_the_model_failed_is_asked_for_once_more(repo: Path) -> None:
    class Failing(Filling):
        def filled(self, asked: Message) -> Reply:
            if len(self.asked) == 2:
                self.asked.append(asked)
                raise ModelRefused("not now")
            return super().filled(asked)

    first, other = Failing(WRONG.strip()), Filling(WRONG.strip())
    with begun(repo) as run:
        search(run, Source(lambda number: first), 2, Control(), others=[Source(lambda number: other)])
    assert [one.hole for one in first.asked[2:]] == [other.asked[0].hole]


def test_without_tests_no_place_is_suspected_and_the_model_is_asked_in_words(repo: Path) -> None:
    (repo / "test_stats.py").unlink()
    with begun(repo, test_command="") as run:
        model = Filling(RIGHT.strip())
        search(run, Source(lambda number: model), 6, Control(), every=True)
        events = logs(run)
    assert not model.asked and len(events) == 6


def test_the_ways_take_turns() -> None:
    begun = ["anew", "begun", "anew", "begun", "begun", "anew", "fork"]
    assert ways(9, False, fills=True, goes_on=True) == [*begun, "fill", "begun"]
    assert ways(9, False, fills=True) == [*["anew"] * 6, "fork", "fill", "anew"]
    assert ways(9, False) == [*["anew"] * 6, "fork", "fork", "anew"]
    assert ways(4, True, goes_on=True) == ["anew", "anew", "fork", "anew"]


def test_code_that_is_written_is_filled_in_first() -> None:
    assert ways(6, True, fills=True) == ["fill", "anew", "fill", "fork", "fill", "anew"]


def ways(count: int, written: bool, **can: bool) -> list[str]:
    return [kind(turn, SMALL.model_copy(update=can), written) for turn in range(count)]
