"""litellm for real, against a server of our own: no network, no key."""

import os
import subprocess
import sys
import threading

import pytest
from patchwright.agent.models.base import ModelOverflow, ModelRefused
from patchwright.agent.models.litellm import LiteLLM
from patchwright.agent.models.patient import Patient
from test_endpoint import ASK, TOOLS, delta, part, serving, sse, status


def ask(server, **more):
    url = f"http://127.0.0.1:{server.server_port}/v1"
    model = Patient(LiteLLM("openai/m", url=url, key="sesame"), waits=(0.01,))
    return model.complete(ASK, TOOLS, lambda _: None, threading.Event(), **more)


def test_a_call_is_completed_and_streamed() -> None:
    usage = {"prompt_tokens": 9, "completion_tokens": 2, "total_tokens": 11}
    chunks = [
        delta(content="look"),
        delta(tool_calls=[part(0, "read", '{"path": ', id="a")]),
        delta(tool_calls=[part(0, arguments='"x"}')]),
        delta("tool_calls"),
        {"choices": [], "usage": usage},
    ]
    with serving(
        sse(*[{"id": "1", "object": "chat.completion.chunk", "model": "m", **c} for c in chunks])
    ) as (_, server):
        reply = ask(server)
    assert (reply.text, [(c.tool, c.args) for c in reply.calls]) == ("look", [("read", {"path": "x"})])
    assert (reply.usage.prompt, reply.usage.completion) == (9, 2)
    assert server.seen[0]["key"] == "Bearer sesame"
    assert server.seen[0]["tools"] == TOOLS


@pytest.mark.parametrize(
    ("code", "says"),
    [(401, "refuses the key"), (404, "does not know this model"), (400, "refuses the request")],
)
def test_a_refusal_is_a_sentence(code: int, says: str) -> None:
    with serving(*[status(code)] * 3) as (_, server), pytest.raises(ModelRefused, match=says):
        ask(server)


def test_a_conversation_that_is_too_long_is_an_error_of_its_own() -> None:
    text = (
        "This model's maximum context length is 8192 tokens. However, your messages resulted in 9001 tokens."
    )
    answer = status(400, {"error": {"message": text, "code": "context_length_exceeded"}})
    with serving(answer) as (_, server), pytest.raises(ModelOverflow) as e:
        ask(server)
    assert e.value.limit == 8192


def test_a_busy_provider_is_asked_again() -> None:
    whole = {
        "choices": [{"delta": {"content": "well"}, "finish_reason": "stop", "index": 0}],
        "id": "1",
        "model": "m",
    }
    with serving(status(429, Retry_After="0.01"), status(503), sse(whole)) as (_, server):
        assert ask(server).text == "well"
    assert len(server.seen) == 3


def test_importing_it_needs_no_network() -> None:
    """In a network namespace that has nothing in it, where one can be made."""
    code = "from patchwright.agent.models.litellm import _import; _import(); print('imported')"
    lonely = ["unshare", "--net"] if os.geteuid() == 0 else []
    done = subprocess.run([*lonely, sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.stdout == "imported\n", done.stderr
    assert "cost map" not in done.stderr.lower()
