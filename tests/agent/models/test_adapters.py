"""What every adapter has to do, against a provider that plays a script: no network, no key."""

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from inspect import isclass

import pytest
from patchwright.agent.models.base import (
    Message,
    Model,
    ModelError,
    ModelOverflow,
    ModelRefused,
    ModelUnreachable,
    Reply,
    Transient,
)
from patchwright.agent.models.endpoint import Endpoint
from patchwright.agent.models.faults import FAULTS, OVERFLOWS
from patchwright.agent.models.litellm import ERRORS, LiteLLM
from patchwright.agent.models.patient import Patient
from patchwright.agent.models.scripted import Turn, call
from patchwright.agent.models.stage import Stage, length, whole_answer
from patchwright.agent.models.wire import LONG_TOKEN

READ = {"type": "object", "properties": {"path": {"type": "string"}}}
TOOLS = [
    {"type": "function", "function": {"name": "read", "description": "Show a file.", "parameters": READ}}
]
ASK = [Message(role="system", text="Be good. " * 40), Message(role="user", text="hello " * 20)]
LOOK = Turn(
    text="I look at both of them first.", calls=(call("read", path="stats.py"), call("read", path="b"))
)
CLAUDE = "anthropic/claude-sonnet-4-5"
ADAPTERS: dict[str, Callable[..., Model]] = {
    "endpoint": lambda url, **more: Endpoint("openai/m", f"{url}/v1", "sesame", **more),
    "litellm openai": lambda url, **more: LiteLLM("openai/m", url=f"{url}/v1", key="sesame", **more),
    "litellm anthropic": lambda url, **more: LiteLLM(CLAUDE, url=url, key="sesame", **more),
}


@pytest.fixture(params=ADAPTERS)
def adapter(request: pytest.FixtureRequest) -> Callable[..., Model]:
    return ADAPTERS[request.param]


@pytest.fixture(scope="module", autouse=True)
def warm() -> None:
    """What litellm imports at its first calls takes longer than the silences that are waited for here."""
    for name in ("litellm openai", "litellm anthropic"):
        with Stage([LOOK]) as stage:
            ask(ADAPTERS[name](stage.url))


def ask(
    model: Model, messages: Sequence[Message] = ASK, heard: list[str] | None = None, most: int = 0
) -> Reply:
    listen = (lambda _: None) if heard is None else heard.append
    try:
        return model.complete(messages, TOOLS, listen, threading.Event(), most)
    finally:
        model.close()


def calls(reply: Reply) -> list[tuple[str, dict[str, object]]]:
    return [(c.tool, c.args) for c in reply.calls]


BOTH = [("read", {"path": "stats.py"}), ("read", {"path": "b"})]


def test_text_is_streamed_and_several_calls_come_at_once(adapter: Callable[..., Model]) -> None:
    heard: list[str] = []
    with Stage([LOOK]) as stage:
        reply = ask(adapter(stage.url), heard=heard)
        (exchange,) = stage.exchanges
    assert (reply.text, "".join(heard), reply.stop) == (LOOK.text, LOOK.text, "tool_calls")
    assert len([piece for piece in heard if piece]) > 1
    assert calls(reply) == BOTH
    assert "sesame" in exchange.headers.get("authorization", exchange.headers.get("x-api-key", ""))
    assert reply.usage == exchange.usage
    assert reply.usage.prompt > 100
    assert reply.usage.completion == length(whole_answer(LOOK, 0, False, 0))


def test_what_the_cache_has_is_counted(adapter: Callable[..., Model]) -> None:
    made = ask_along(adapter, [LOOK, LOOK, Turn(text="done")])
    assert [reply.usage for reply, _ in made] == [usage for _, usage in made]
    first, second, third = (usage for _, usage in made)
    assert first.cached == 0
    assert second.cached == first.prompt
    assert third.cached == second.prompt


def ask_along(adapter: Callable[..., Model], turns: Sequence[Turn], **more: object):
    """A conversation to its end: the replies, each with what the provider charged."""
    said, made = [*ASK], []
    with Stage(turns) as stage:
        model = adapter(stage.url, **more)
        for n in range(len(turns)):
            reply = ask(model, said)
            made.append((reply, stage.exchanges[-1].usage))
            ids = [c.model_copy(update={"id": f"{n}.{i}"}) for i, c in enumerate(reply.calls)]
            said.append(Message(role="assistant", text=reply.text, calls=tuple(ids), thinking=reply.thinking))
            said += [Message(role="tool", text="its content " * 9, call=c.id) for c in ids]
        assert [e.status for e in stage.exchanges] == [200] * len(turns)
    return made


def test_an_answer_is_no_longer_than_it_may_be(adapter: Callable[..., Model]) -> None:
    with Stage([Turn(text="word " * 100, calls=LOOK.calls)]) as stage:
        reply = ask(adapter(stage.url), most=20)
    assert (reply.stop, reply.calls, reply.usage.completion) == ("length", (), 20)


def test_a_stop_ends_an_answer_at_its_next_word(adapter: Callable[..., Model]) -> None:
    stop, heard = threading.Event(), list[str]()

    def listen(text: str) -> None:
        heard.append(text)
        stop.set()

    with Stage([Turn(text="word " * 500)]) as stage:
        model = adapter(stage.url)
        reply = model.complete(ASK, TOOLS, listen, stop)
        model.close()
    assert (reply.stop, reply.calls) == ("stopped", ())
    assert len("".join(heard)) < 200


@pytest.mark.parametrize("asked", [True, False])
def test_close_breaks_off_what_is_waited_for(adapter: Callable[..., Model], asked: bool) -> None:
    stop, ended = threading.Event(), list[object]()
    with Stage([LOOK.model_copy(update={"faults": ("stall",)})]) as stage:
        model = adapter(stage.url)

        def wait() -> None:
            try:
                ended.append(model.complete(ASK, TOOLS, lambda _: None, stop).stop)
            except Transient as e:
                ended.append(e)

        waiting = threading.Thread(target=wait)
        waiting.start()
        while not stage.exchanges:
            time.sleep(0.01)
        time.sleep(0.2)
        if asked:
            stop.set()
        model.close()
        waiting.join(30)
        model.close()
    assert ended == ["stopped"] if asked else isinstance(ended[0], Transient)


AGAIN = {
    "408": "", "429": "429|limits the rate", "429 after 0.01": "", "500": "", "502": "", "503": "", "529": "",
    "reset before": "", "reset middle": "", "stall": "",
}  # fmt: skip
"""After these the same request is made again, and what is said meanwhile."""
REFUSED = {
    "400": "refuses the request",
    "401": "refuses the key",
    "403": "refuses the key",
    "404": "does not know",
}
TOO_LONG = {"413": 0, "overflow openai": 8192, "overflow anthropic": 199999, "overflow gemini": 1048576} | {
    "overflow llama.cpp": 4096,
    "overflow mistral": 32768,
    "overflow groq": 0,
}
"""These shorten the conversation, to what is said that the model takes."""
SERVED = {
    "reset after": BOTH,
    "one id": BOTH,
    "no usage": BOTH,
    "unknown tool": [("no_such_tool", args) for _, args in BOTH],
    "wrong arguments": [("read", {"path": ["stats.py"]}), ("read", {"path": ["b"]})],
    "truncated arguments": [("read", {}), ("read", {})],
    "empty": [],
    "prose": [],
    "length": [],
    "content_filter": [],
    "endless": [],
}
"""These are answers: what the model asked for in them."""


def test_each_fault_has_its_row() -> None:
    rows = {*AGAIN, *REFUSED, *TOO_LONG, *SERVED}
    assert {*FAULTS} <= {*rows, "unpaid"}
    assert len(OVERFLOWS) >= 5


@pytest.mark.parametrize("name", AGAIN)
def test_what_may_pass_is_tried_again(adapter: Callable[..., Model], name: str) -> None:
    heard: list[str] = []
    with Stage([LOOK.model_copy(update={"faults": (name, name)})]) as stage:
        reply = ask(Patient(adapter(stage.url, silence=1.5), waits=(0.01,)), heard=heard)
        bodies = [e.body for e in stage.exchanges]
    assert calls(reply) == BOTH
    assert bodies == [bodies[0]] * 3
    assert "".join(heard).count("Next try in") == 2
    assert not AGAIN[name] or any(word in "".join(heard) for word in AGAIN[name].split("|"))


@pytest.mark.parametrize("name", REFUSED)
def test_a_refusal_is_a_sentence_and_not_tried_again(adapter: Callable[..., Model], name: str) -> None:
    with (
        Stage([LOOK.model_copy(update={"faults": (name,)})]) as stage,
        pytest.raises(ModelRefused, match=f"{REFUSED[name]}.*it is {name}"),
    ):
        ask(Patient(adapter(stage.url), waits=(0.01,)))
    assert len(stage.exchanges) == 1


@pytest.mark.parametrize("name", TOO_LONG)
def test_a_conversation_that_is_too_long_is_an_error_of_its_own(
    adapter: Callable[..., Model], name: str
) -> None:
    with Stage([LOOK.model_copy(update={"faults": (name,)})]) as stage, pytest.raises(ModelOverflow) as e:
        ask(Patient(adapter(stage.url), waits=(0.01,)))
    assert (e.value.limit, len(stage.exchanges)) == (TOO_LONG[name], 1)


@pytest.mark.parametrize("name", SERVED)
def test_an_answer_that_is_spoilt_is_taken_as_far_as_it_goes(
    adapter: Callable[..., Model], name: str
) -> None:
    with Stage([LOOK.model_copy(update={"faults": (name,)})]) as stage:
        reply = ask(Patient(adapter(stage.url), waits=(0.01,)), most=1_000)
    assert (calls(reply), len(stage.exchanges)) == (SERVED[name], 1)
    assert all(c.problem for c in reply.calls) == (name == "truncated arguments" or not reply.calls)
    if name in ("length", "content_filter", "endless"):
        assert reply.stop == name.replace("endless", "length")
    assert len(reply.text) <= 1_000 * LONG_TOKEN + 100


def test_a_wait_that_is_longer_than_the_deadline_is_left_to_a_resume(adapter: Callable[..., Model]) -> None:
    with (
        Stage([LOOK.model_copy(update={"faults": ("429 after 3600",)})]) as stage,
        pytest.raises(ModelUnreachable, match="It asks to wait 3600 s"),
    ):
        ask(Patient(adapter(stage.url)))
    assert len(stage.exchanges) == 1


def test_no_credit_is_not_waited_for(adapter: Callable[..., Model]) -> None:
    with (
        Stage([LOOK.model_copy(update={"faults": ("unpaid",)})]) as stage,
        pytest.raises(ModelRefused, match="wants to be paid"),
    ):
        ask(Patient(adapter(stage.url), waits=(0.01,)))
    assert len(stage.exchanges) == 1


def test_effort_is_sent_where_it_is_set(adapter: Callable[..., Model]) -> None:
    bodies = []
    for more in ({}, {"effort": "low"}):
        with Stage([LOOK]) as stage, suppress(ModelError):
            model = adapter(stage.url, **more)
            ask(model)
        bodies.append(stage.exchanges[0].body)
    words = [str(body.get("reasoning_effort", "")) + str("thinking" in body) for body in bodies]
    assert words in (["False", "lowFalse"], ["False", "True"])


def test_thinking_is_sent_back_unchanged_where_it_is_signed_and_else_dropped(
    adapter: Callable[..., Model],
) -> None:
    turns = [t.model_copy(update={"thinking": "It could be the sort. " * 9}) for t in (LOOK, LOOK, LOOK)]
    made = ask_along(adapter, turns, effort="low")
    signs = adapter is ADAPTERS["litellm anthropic"]
    assert all(reply.reasoning == turns[0].thinking for reply, _ in made)
    assert [len(reply.thinking) for reply, _ in made] == [int(signs)] * 3


def test_each_exception_of_litellm_has_its_row() -> None:
    from litellm import exceptions

    kinds = {
        name
        for name, kind in vars(exceptions).items()
        if isclass(kind) and issubclass(kind, Exception) and kind.__module__ == exceptions.__name__
    }
    assert len(kinds) > 25
    assert kinds - {*ERRORS} == set()
