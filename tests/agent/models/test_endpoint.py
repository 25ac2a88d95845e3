"""What only the plain client does; what every adapter does is in test_adapters.py."""

import threading
import time
from collections.abc import Sequence
from email.utils import formatdate

import pytest
from patchwright.agent.models.base import CAPABLE, SMALL, Message, ModelUnreachable, Profile, Reply
from patchwright.agent.models.endpoint import Endpoint
from patchwright.agent.models.patient import Patient
from patchwright.agent.models.scripted import Turn
from patchwright.agent.models.stage import Stage
from patchwright.agent.models.wire import Gathered, retry_after
from patchwright.tools.base import Call

TOOLS = [
    {
        "type": "function",
        "function": {"name": "read", "description": "", "parameters": {"properties": {"path": {}}}},
    }
]
ASK = [Message(role="user", text="hello")]


def ask(
    stage: Stage, messages: Sequence[Message] = ASK, profile: Profile = CAPABLE, deadline: float = 60, **more
) -> Reply:
    endpoint = Endpoint("openai/m", f"{stage.url}/v1", profile=profile, **more)
    patient = Patient(endpoint, waits=(0.01,), deadline=deadline)
    try:
        return patient.complete(messages, TOOLS, lambda _: None, threading.Event())
    finally:
        patient.close()


@pytest.mark.parametrize(
    "text",
    [
        '{"name": "read", "arguments": {"path": "x"}}',
        'Let me look.\n```json\n{"name": "read", "arguments": {"path": "x"}}\n```\nThen…',
        '<tool_call>\n{"name": "read", "arguments": {"path": "x"}}\n</tool_call>',
        '{"tool": "read", "args": {"path": "x"}}',
        '{"function": {"name": "read", "arguments": "{\\"path\\": \\"x\\"}"}}',
        '{"tool": "read", "path": "x"}',
        'Like {"name": "other"} but {"name": "read", "parameters": {"path": "x"}} {"name": "read", "arguments": {}}',
    ],
)
def test_a_call_that_comes_as_text_is_recovered(text: str) -> None:
    with Stage([Turn(text=text)]) as stage:
        assert [(c.tool, c.args) for c in ask(stage).calls] == [("read", {"path": "x"})]


def test_prose_is_no_call() -> None:
    with Stage([Turn(text='I set {"path": "x"} and {broken')]) as stage:
        assert ask(stage).calls == ()


def test_calls_that_are_all_counted_as_the_first_are_kept_apart() -> None:
    gathered = Gathered()
    for path in ("x", "y"):
        function = {"name": "read", "arguments": f'{{"path": "{path}"}}'}
        gathered.add(
            {"choices": [{"delta": {"tool_calls": [{"index": 0, "id": "a", "function": function}]}}]}
        )
    gathered.stop = "tool_calls"
    assert [c.args for c in gathered.reply(TOOLS, CAPABLE).calls] == [{"path": "x"}, {"path": "y"}]


def test_what_does_not_pass_ends_with_a_sentence() -> None:
    with (
        Stage([Turn(text="well", faults=("503",) * 99)]) as stage,
        pytest.raises(ModelUnreachable, match=r"answers 503: it is 503\. \d+ tries were made"),
    ):
        ask(stage, deadline=0.2)
    assert len(stage.exchanges) > 2


def test_an_endpoint_that_is_not_there_is_given_up_soon() -> None:
    endpoint = Patient(Endpoint("openai/m", "http://127.0.0.1:1/v1"), waits=(0.01,))
    with pytest.raises(ModelUnreachable, match=r"gives no answer: .*refused.* 2 tries were made"):
        endpoint.complete(ASK, TOOLS, lambda _: None, threading.Event())


def test_retry_after_is_a_number_or_a_date() -> None:
    later = formatdate(time.time() + 90, usegmt=True)
    assert (retry_after("7"), retry_after("-1"), retry_after("soon"), retry_after("")) == (7, 0, 0, 0)
    assert 80 < retry_after(later) <= 90


def test_an_answer_that_is_not_streamed_is_read_too() -> None:
    with Stage([Turn(text="whole")]) as stage:
        reply = ask(stage, add=lambda messages, tools: {"stream": False})
    assert (reply.text, reply.usage) == ("whole", stage.exchanges[0].usage)


def test_the_conversation_is_sent_in_the_protocol_of_the_profile() -> None:
    call = Call(id="1.1", tool="read", args={"path": "x"})
    talk = [
        *ASK,
        Message(role="assistant", text="look", calls=(call,)),
        Message(role="tool", text="seen", call="1.1"),
    ]
    with Stage([Turn(), Turn(text="all well")]) as stage:
        ask(stage, talk)
        ask(stage, talk, SMALL)
    native, plain = (exchange.body for exchange in stage.exchanges)
    assert (native["model"], native["stream"], native["tools"]) == ("m", True, TOOLS)
    sent = native["messages"][1]["tool_calls"][0]["function"]
    assert sent == {"name": "read", "arguments": '{"path": "x"}'}
    assert native["messages"][2] == {"role": "tool", "tool_call_id": "1.1", "content": "seen"}
    assert "tools" not in plain
    assert [m["role"] for m in plain["messages"]] == ["user", "assistant", "user"]


@pytest.mark.parametrize("goes_on", [True, False])
def test_an_answer_that_was_begun_is_for_those_that_go_on_from_it(goes_on: bool) -> None:
    begun = Message(role="assistant", text='{"name": "read", "arguments": ')
    rest = '{"path": "x"}}'
    with Stage([Turn(text=rest if goes_on else begun.text + rest)] * 2) as stage:
        reply = ask(stage, [*ASK, begun], SMALL.model_copy(update={"goes_on": goes_on}))
    sent = stage.exchanges[0].body["messages"][1:]
    assert sent == [{"role": "assistant", "content": begun.text}] * goes_on
    assert [(c.tool, c.args) for c in reply.calls] == [("read", {"path": "x"})]


def test_what_was_begun_is_not_paid_for_where_an_answer_breaks_off() -> None:
    gathered = Gathered(head="x" * 400)
    gathered.add({"choices": [{"delta": {"content": "four"}}]})
    assert gathered.text.endswith("four") and gathered.lost().completion == 2
