"""What holds of every request, whatever the log and the window: nothing pinned is lost, providers take it."""

import os
from collections.abc import Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from patchwright.agent.brief import MARK
from patchwright.agent.context import Conversation, counted, messages
from patchwright.agent.events import Called, Changed, Event, Narrowed, Observed, Replied, Said, Summarised
from patchwright.agent.models.base import CAPABLE, Message, Reply, Usage
from patchwright.agent.models.wire import body
from patchwright.agent.progress import progress
from patchwright.tools.base import Call, Observation

RULES, TASK = "These are the rules.", "# Issue\n\nThe median is wrong.\nDo not touch the API."
FAILING = {"outcomes": {"t.py::a": "passed", "t.py::b": "failed"}, "code": 1, "problem": ""}
STATE = "[Older results are left out."


class Plan:
    """A step of a random log."""

    def __init__(
        self, number: int, results: list[int], thought: int, word: int, narrower: int, how: str
    ) -> None:
        self.number, self.results, self.thought, self.how = number, results, thought, how
        self.word = f"The user says {number}: {'w' * word}" if word else ""
        self.narrower = narrower

    def before(self) -> list[Event]:
        more: list[Event] = [Said(role="user", text=self.word)] if self.word else []
        return [*more, Narrowed(window=self.narrower)] if self.narrower else more

    def after(self, usage: Usage) -> list[Event]:
        tool = {"change": "edit", "test": "test"}.get(self.how, "run")
        args = {"path": f"f{self.number}.py", "new": "y" * 500} if tool == "edit" else {}
        calls = tuple(
            Call(id=f"{self.number}.{i}", tool=tool, args=args) for i in range(1, len(self.results) + 1)
        )
        text = f"I think {'t ' * self.thought}" if self.thought else ""
        events: list[Event] = [Replied(reply=Reply(text=text, calls=calls, usage=usage))]
        for call, size in zip(calls, self.results, strict=True):
            text = f"result {self.number}\n" + "some line of it\n" * size
            data = {"report": FAILING} if tool == "test" else {}
            seen = Observation(call=call.id, ok=self.how != "refused", text=text, data=data)
            changed: list[Event] = [Changed(tree=call.id)] if tool == "edit" else []
            events += [Called(call=call), *changed, Observed(observation=seen)]
        return events if calls else [*events, Said(role="user", text="You called no tool.", about="reminder")]


def plans(rows: list[tuple[list[int], int, int, int, str]]) -> list[Plan]:
    return [Plan(number, *row) for number, row in enumerate(rows, 1)]


row = st.tuples(
    st.lists(st.integers(0, 500), max_size=3),
    st.integers(0, 300),
    st.one_of(st.just(0), st.integers(1, 200)),
    st.one_of(st.just(0), st.just(0), st.just(0), st.integers(400, 4_000)),
    st.sampled_from(["run", "change", "test", "refused"]),
)
many = settings(max_examples=120 if os.environ.get("PATCHWRIGHT_CI") else 60)


@many
@given(
    st.lists(row, min_size=1, max_size=30).map(plans),
    st.integers(300, 8_000),
    st.sampled_from([0.0, 1.0, 1.4]),
    st.sampled_from(["", "What I learned."]),
)
def test_every_request_of_a_run(steps: list[Plan], whole: int, counts: float, summary: str) -> None:
    events: list[Event] = [
        Said(role="system", text=RULES, about="rules"),
        Said(role="user", text=TASK, about="task"),
    ]
    live, last, all_last, states, window = Conversation(whole), list[Message](), list[Message](), {""}, whole
    for plan in steps:
        events += plan.before()
        window = min(window, plan.narrower or window)
        going = live.going(events)
        states.add(progress(events))
        if going:
            events.append(Summarised(text=summary))
        sent = live.messages(events)
        assert sent == messages(events, whole), "what is sent is a function of the log"
        check_order(sent)
        check_pinned(sent, [p.word for p in steps[: plan.number] if p.word], states)
        check_window(sent, window)
        everything = messages([e for e in events if not isinstance(e, Narrowed | Summarised)], 10**9)
        if sent[: len(last)] != last:
            extended = [*last, *everything[len(all_last) :]]
            assert counted(extended) * max(counts, 1.0) * 1.01 > window, "a cache was lost for nothing"
        last, all_last = sent, everything
        events += plan.after(Usage(prompt=int(counted(sent) * counts)))


def check_order(sent: Sequence[Message]) -> None:
    """What OpenAI's and Anthropic's APIs demand: the user begins, a result for each call directly after it and none
    without, and no message but a result without a text."""
    assert [m.role for m in sent[:2]] == ["system", "user"]
    waiting: list[str] = []
    for m in sent[1:]:
        assert m.role != "system"
        assert m.text or m.calls or m.role == "tool"
        if m.role == "tool":
            assert m.call == waiting.pop(0)
            continue
        assert waiting == []
        waiting = [c.id for c in m.calls]
    assert waiting == []
    assert all("tool_call_id" in m for m in body(sent, [], CAPABLE)["messages"] if m["role"] == "tool")


def check_pinned(sent: Sequence[Message], words: list[str], states: set[str]) -> None:
    """Rules, task and the user's words are there verbatim and in order; the state is there where anything is not."""
    said = [m.text for m in sent if m.role in ("system", "user")]
    assert said[:2] == [RULES, TASK]
    assert [text for text in said if text.startswith("The user says")] == words
    found = [text for text in said if text.startswith(STATE)]
    shortened = any("are left out by now]" in m.text or "characters left out]" in str(m.calls) for m in sent)
    assert len(found) == 1 if shortened else len(found) <= 1
    assert set(found) <= states


def check_window(sent: Sequence[Message], window: int) -> None:
    """A request is as short as it has to be, or there is nothing left that may be shortened."""
    if counted(sent) <= window:
        return
    assert sum(m.role == "assistant" for m in sent) <= 1
    assert all(len(m.text) <= 400 + MARK for m in sent if m.role == "tool")


def test_anthropic_takes_it_too() -> None:
    from litellm.litellm_core_utils.prompt_templates.factory import anthropic_messages_pt

    steps = plans([([300, 40], 100, 20 * (n % 7 == 0), 0, "run" if n % 5 else "change") for n in range(60)])
    steps += plans([([], 0, 0, 0, "run"), ([10], 0, 0, 0, "run")])
    events: list[Event] = [Said(role="system", text=RULES, about="rules"), Said(role="user", text=TASK)]
    live = Conversation(6_000)
    for plan in steps:
        events += plan.before()
        if live.going(events):
            events.append(Summarised(text="What I learned."))
        events += plan.after(Usage())
    assert any(isinstance(e, Summarised) for e in events)
    sent = live.messages(events)
    assert any(m.text == "What I learned." for m in sent)
    turns: list[Any] = anthropic_messages_pt(
        body(sent[1:], [], CAPABLE)["messages"], "claude-sonnet-4-5", "anthropic"
    )
    assert [t["role"] for t in turns] == ["user", "assistant"] * (len(turns) // 2) + ["user"]
    for asked, answered in zip(turns[1::2], turns[2::2], strict=True):
        calls = [part["id"] for part in asked["content"] if part["type"] == "tool_use"]
        results = [part["tool_use_id"] for part in answered["content"] if part["type"] == "tool_result"]
        assert results == calls
        assert [part["type"] for part in answered["content"]][: len(calls)] == ["tool_result"] * len(calls)
