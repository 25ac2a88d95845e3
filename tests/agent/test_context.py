"""What is sent: requests extend each other until they must not, and what is left out then."""

from collections.abc import Sequence
from itertools import pairwise

from patchwright.agent.context import RECENT, Conversation, counted, messages
from patchwright.agent.events import Called, Changed, Event, Narrowed, Observed, Replied, Said
from patchwright.agent.models.base import Message, Reply, Usage
from patchwright.agent.progress import progress
from patchwright.tools.base import Call, Observation

RULES, TASK = "These are the rules.", "# Issue\n\nThe median is wrong.\nDo not touch the API."
START: list[Event] = [
    Said(role="system", text=RULES, about="rules"),
    Said(role="user", text=TASK, about="task"),
]


def step(number: int, *outputs: str, text: str = "", **args: str) -> list[Event]:
    calls = [
        Call(id=f"{number}.{i}", tool="run", args={"command": f"step {number}", **args})
        for i in range(len(outputs))
    ]
    events: list[Event] = [Replied(reply=Reply(text=text, calls=tuple(calls)))]
    for call, output in zip(calls, outputs, strict=True):
        events += [Called(call=call), Observed(observation=Observation(call=call.id, ok=True, text=output))]
    return events


def asked(events: Sequence[Event], window: int) -> list[list[Message]]:
    """Every request of a log, as it was sent."""
    conversation = Conversation(window)
    ends = [i for i, e in enumerate(events) if isinstance(e, Replied)]
    return [conversation.messages(events[:end]) for end in [*ends, len(events)]]


def estimated(sent: Sequence[Message]) -> int:
    """Tokens of many long requests, of lines that are all alike."""
    return sum(len(m.text) // 3 + 40 for m in sent)


def test_requests_extend_each_other_until_the_window_is_full() -> None:
    events = [*START, *(e for n in range(300) for e in step(n, f"out {n}\n" + "line\n" * 800))]
    sent = asked(events, 50_000)
    breaks = [i for i, (a, b) in enumerate(pairwise(sent)) if b[: len(a)] != a]
    sizes = [estimated(s) for s in sent]
    assert max(map(counted, sent[-30:])) <= 50_000
    assert len(breaks) < 20, "each masking is to last for many steps"
    whole = sum(estimated(s) for s in asked(events, 10**9))
    assert sum(sizes) < whole / 2


def test_what_is_masked_is_named_and_the_last_turns_are_whole() -> None:
    events = [*START, *(e for n in range(20) for e in step(n, f"out {n}\n" + "line\n" * 800))]
    sent = messages(events, 10_000)
    results = [m for m in sent if m.role == "tool"]
    assert results[0].text == "out 0\n[801 more lines were here and are left out by now]"
    assert all(len(m.text) > 4_000 for m in results[-RECENT:])
    assert len(results) == 20


def test_long_texts_of_old_calls_go_too() -> None:
    events = [*START, *(e for n in range(30) for e in step(n, "ok", text="", content="z" * 3_000))]
    first = next(m for m in messages(events, 10_000) if m.calls)
    assert first.calls[0].args == {"command": "step 0", "content": "[3000 characters left out]"}


def test_where_masking_is_not_enough_old_turns_go_whole() -> None:
    events = [*START, *(e for n in range(60) for e in step(n, "ok", text=f"thought {n} " + "t" * 3_000))]
    sent = messages(events, 10_000)
    assert counted(sent) <= 10_000
    assert not any(m.text.startswith("thought 0 ") for m in sent)
    assert any(m.text.startswith("thought 59 ") for m in sent)


def test_the_state_of_the_work_stands_where_the_masked_part_ends() -> None:
    edit = Call(id="e", tool="edit", args={"path": "stats.py", "old": "a", "new": "b"})
    run = Call(id="t", tool="test", args={})
    lost = Call(id="l", tool="edit", args={"path": "other.py", "old": "q", "new": "b"})
    report = {"outcomes": {"t.py::a": "passed", "t.py::b": "failed"}, "code": 1, "problem": ""}
    work: list[Event] = [
        Replied(reply=Reply(calls=(edit,))),
        Called(call=edit),
        Changed(tree="t1"),
        Observed(observation=Observation(call="e", ok=True, text="edited")),
        Replied(reply=Reply(calls=(run,))),
        Called(call=run),
        Observed(observation=Observation(call="t", ok=True, text="1 failed", data={"report": report})),
        Replied(reply=Reply(calls=(lost,))),
        Called(call=lost),
        Observed(observation=Observation(call="l", ok=False, text="old is not in other.py.\nmore")),
    ]
    events = [*START, *work, *(e for n in range(20) for e in step(n, f"out {n}\n" + "line\n" * 800))]
    sent = messages(events, 10_000)
    state = next(m.text for m in sent if m.role == "user" and "What the log says" in m.text)
    assert state.splitlines() == [
        "[Older results are left out. What the log says of the work so far:]",
        "Files you changed: stats.py",
        "The tests, last run in step 2: 1 of 2 fail: t.py::b",
        "What you changed, with what you said to it, and what the tests said then:",
        "- step 1 edit stats.py: 1 of 2 fail: t.py::b",
        "What was refused:",
        "- step 3 edit other.py: old is not in other.py.",
    ]
    assert state == progress(events)


def test_a_narrowed_conversation_is_shorter_from_then_on() -> None:
    events = [*START, *(e for n in range(9) for e in step(n, f"out {n}\n" + "line\n" * 800))]
    assert counted(messages(events, 50_000)) > 10_000
    assert counted(messages([*events, Narrowed(window=8_000)], 50_000)) < 8_000


def did(
    number: int, tool: str, text: str = "", tree: str = "", ok: bool = True, **data: object
) -> list[Event]:
    """A step of one call, with what the model said to it and the files after it."""
    call = Call(id=f"{number}.1", tool=tool, args={"path": "stats.py"} if tool == "edit" else {})
    seen = Observation(call=call.id, ok=ok, text="no" if not ok else "done", data=data)
    changed: list[Event] = [Changed(tree=tree)] if tree else []
    return [
        Replied(reply=Reply(text=text, calls=(call,))),
        Called(call=call),
        *changed,
        Observed(observation=seen),
    ]


def test_the_state_says_what_was_decided_undone_and_refused() -> None:
    red = {"outcomes": {"t.py::a": "failed", "t.py::b": "passed"}, "code": 1, "problem": ""}
    events = [
        *did(1, "edit", "The mean of the two is wanted.\nSo I change it.", tree="one"),
        *did(2, "test", report=red),
        *did(3, "edit", "Another way: sort first.", tree="two"),
        *did(4, "edit", tree="one"),
        *did(5, "finish", ok=False),
        *did(6, "read", ok=False, repeated=4),
        *did(7, "edit", '{"tool": "edit"}', tree="three"),
    ]
    assert progress(events).splitlines()[1:] == [
        "Files you changed: stats.py",
        "The tests, last run in step 2, before the last changes: 1 of 2 fail: t.py::a",
        "What you changed, with what you said to it, and what the tests said then:",
        "- step 1 edit stats.py, “The mean of the two is wanted.”: 1 of 2 fail: t.py::a",
        "- step 3 edit stats.py, “Another way: sort first.”; step 4 edit stats.py (the files are as after step 1 again); "
        "step 7 edit stats.py: not tested yet",
        "What was refused:",
        "- step 5 finish: no",
        "- step 6 read: no",
    ]


def test_a_provider_that_counts_more_than_we_do_is_believed_and_one_that_counts_less_is_not() -> None:
    def most(times: float) -> int:
        conversation, events, most = Conversation(10_000), list(START), 0
        for n in range(40):
            sent = conversation.messages(events)
            most = max(most, counted(sent))
            reply = Reply(
                calls=(Call(id=f"{n}.1", tool="run", args={}),),
                usage=Usage(prompt=int(counted(sent) * times)),
            )
            seen = Observation(call=f"{n}.1", ok=True, text="word " * 700)
            events += [Replied(reply=reply), Called(call=reply.calls[0]), Observed(observation=seen)]
        return most

    assert 8_000 < most(1.0) <= 10_000
    assert most(0.1) == most(1.0)
    assert most(1.25) <= 8_000
