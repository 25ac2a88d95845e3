import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from patchwright.agent.models.base import (
    CAPABLE,
    SMALL,
    Message,
    ModelOverflow,
    ModelRefused,
    ModelUnreachable,
    Profile,
    Reply,
)
from patchwright.agent.models.endpoint import Endpoint
from patchwright.agent.models.patient import Patient
from patchwright.agent.models.wire import retry_after
from patchwright.tools.base import Call

TOOLS = [
    {
        "type": "function",
        "function": {"name": "read", "description": "", "parameters": {"properties": {"path": {}}}},
    }
]
ASK = [Message(role="user", text="hello")]

Answer = Callable[[BaseHTTPRequestHandler], None]


def sse(*chunks: dict[str, Any], done: bool = True) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.send_header("Connection", "close")
        handler.end_headers()
        for chunk in chunks:
            handler.wfile.write(b"data: " + json.dumps(chunk).encode() + b"\n\n")
        if done:
            handler.wfile.write(b"data: [DONE]\n\n")
        handler.close_connection = True

    return answer


def status(code: int, body: dict[str, Any] | None = None, **headers: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        data = json.dumps(body or {"error": {"message": f"it is {code}"}}).encode()
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)

    return answer


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True
    handler.connection.close()


def delta(finish: str | None = None, **content: Any) -> dict[str, Any]:
    return {"choices": [{"delta": content, "finish_reason": finish}]}


def part(index: int, name: str = "", arguments: str = "", id: str | None = None) -> dict[str, Any]:
    return {"index": index, "id": id, "function": {"name": name, "arguments": arguments}}


TEXT = sse(
    delta(content="all "),
    delta(content="well"),
    delta("stop"),
    {"choices": [], "usage": {"prompt_tokens": 7}},
)


class Server(ThreadingHTTPServer):
    """Plays its answers in order and keeps what it was sent."""

    def __init__(self, answers: Sequence[Answer]) -> None:
        self.answers, self.seen = list(answers), list[dict[str, Any]]()
        super().__init__(("127.0.0.1", 0), Handler)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server  # pyright: ignore[reportIncompatibleVariableOverride]

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.seen.append({"path": self.path, "key": self.headers.get("Authorization"), **body})
        self.server.answers.pop(0)(self)

    def log_message(self, format: str, *args: object) -> None: ...


@contextmanager
def serving(
    *answers: Answer, profile: Profile = CAPABLE, deadline: float = 60
) -> Iterator[tuple[Patient, Server]]:
    server = Server(answers)
    threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/v1"
    endpoint = Patient(Endpoint("openai/m", url, "sesame", profile), waits=(0.01,), deadline=deadline)
    try:
        yield endpoint, server
    finally:
        endpoint.close()
        server.shutdown()
        server.server_close()


def ask(endpoint: Patient, messages: Sequence[Message] = ASK) -> Reply:
    return endpoint.complete(messages, TOOLS, lambda _: None, threading.Event())


def test_text_is_streamed_and_usage_counted() -> None:
    usage = {"prompt_tokens": 9, "completion_tokens": 2, "prompt_tokens_details": {"cached_tokens": 5}}
    heard: list[str] = []
    with serving(
        sse(delta(content="all "), delta(content="well"), delta("stop"), {"choices": [], "usage": usage})
    ) as (e, s):
        reply = e.complete(ASK, TOOLS, heard.append, threading.Event())
    assert (reply.text, reply.stop, "".join(heard)) == ("all well", "stop", "all well")
    assert (reply.usage.prompt, reply.usage.cached, reply.usage.completion) == (9, 5, 2)
    assert s.seen[0]["path"] == "/v1/chat/completions"
    assert s.seen[0]["key"] == "Bearer sesame"
    assert (s.seen[0]["model"], s.seen[0]["stream"]) == ("m", True)


def test_several_calls_in_one_answer_are_put_together() -> None:
    chunks = [
        delta(tool_calls=[part(0, "read", '{"pa', id="a")]),
        delta(tool_calls=[part(0, arguments='th": "x"}')]),
        delta(tool_calls=[part(1, "read", '{"path": "y"}', id="a")]),
        delta("tool_calls"),
    ]
    with serving(sse(*chunks)) as (endpoint, _):
        calls = ask(endpoint).calls
    assert [(c.tool, c.args) for c in calls] == [("read", {"path": "x"}), ("read", {"path": "y"})]


def test_broken_arguments_are_told_to_the_model_and_not_done() -> None:
    with serving(sse(delta(tool_calls=[part(0, "read", '{"path": ')]), delta("tool_calls"))) as (endpoint, _):
        (call,) = ask(endpoint).calls
    assert call.problem.startswith("read: the arguments are not valid JSON")


@pytest.mark.parametrize("finish", ["length", "content_filter"])
def test_a_call_that_was_cut_off_is_not_done(finish: str) -> None:
    with serving(sse(delta(tool_calls=[part(0, "read", '{"path": "x"}')]), delta(finish))) as (endpoint, _):
        reply = ask(endpoint)
    assert (reply.calls, reply.stop) == ((), finish)


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
    with serving(sse(delta(content=text), delta("stop"))) as (endpoint, _):
        assert [(c.tool, c.args) for c in ask(endpoint).calls] == [("read", {"path": "x"})]


def test_prose_is_no_call() -> None:
    with serving(sse(delta(content='I set {"path": "x"} and {broken'), delta("stop"))) as (endpoint, _):
        assert ask(endpoint).calls == ()


@pytest.mark.parametrize(
    "fault",
    [status(429, Retry_After="0.01"), status(500), status(503), status(529), hang_up, sse(done=False)],
)
def test_what_may_pass_is_tried_again(fault: Answer) -> None:
    with serving(fault, fault, TEXT) as (endpoint, server):
        assert ask(endpoint).text == "all well"
    assert len(server.seen) == 3
    assert server.seen[0] == server.seen[2]


def test_what_does_not_pass_ends_with_a_sentence() -> None:
    with (
        serving(*[status(503)] * 99, deadline=0.2) as (endpoint, server),
        pytest.raises(ModelUnreachable, match=r"answers 503: it is 503\. \d+ tries were made"),
    ):
        ask(endpoint)
    assert len(server.seen) > 2


def test_a_stream_that_stalls_is_broken_off_and_its_call_not_done() -> None:
    released = threading.Event()

    def stall(handler: BaseHTTPRequestHandler) -> None:
        sse(delta(tool_calls=[part(0, "read", '{"path": "x"}')]), done=False)(handler)
        handler.wfile.flush()
        released.wait(30)

    with serving(stall, TEXT) as (_, server):
        url = f"http://127.0.0.1:{server.server_port}/v1"
        endpoint = Patient(Endpoint("openai/m", url, silence=0.3), waits=(0.01,))
        reply = ask(endpoint)
        released.set()
        endpoint.close()
    assert (reply.text, reply.calls, len(server.seen)) == ("all well", (), 2)


def test_a_wait_that_is_longer_than_the_deadline_is_not_begun() -> None:
    with (
        serving(status(429, Retry_After="3600"), TEXT) as (endpoint, server),
        pytest.raises(ModelUnreachable, match="It asks to wait 3600 s"),
    ):
        ask(endpoint)
    assert len(server.seen) == 1


def test_a_wait_is_counted_down_where_it_can_be_seen() -> None:
    heard: list[str] = []
    with serving(status(429, Retry_After="0.02"), TEXT) as (endpoint, _):
        endpoint.complete(ASK, TOOLS, heard.append, threading.Event())
    assert "answers 429: it is 429. Next try in 0 s" in "".join(heard)


def test_an_endpoint_that_is_not_there_is_given_up_soon() -> None:
    endpoint = Patient(Endpoint("openai/m", "http://127.0.0.1:1/v1"), waits=(0.01,))
    with pytest.raises(ModelUnreachable, match=r"gives no answer: .*refused.* 2 tries were made"):
        ask(endpoint)


def test_retry_after_is_a_number_or_a_date() -> None:
    later = formatdate(time.time() + 90, usegmt=True)
    assert (retry_after("7"), retry_after("-1"), retry_after("soon"), retry_after("")) == (7, 0, 0, 0)
    assert 80 < retry_after(later) <= 90


@pytest.mark.parametrize(
    ("code", "says"),
    [
        (401, "refuses the key"),
        (403, "refuses the key"),
        (404, "does not know 'm'"),
        (400, "refuses the request"),
    ],
)
def test_a_refusal_is_not_tried_again(code: int, says: str) -> None:
    with serving(status(code)) as (endpoint, server), pytest.raises(ModelRefused, match=says):
        ask(endpoint)
    assert len(server.seen) == 1


@pytest.mark.parametrize(
    ("code", "text", "limit"),
    [
        (
            400,
            "This model's maximum context length is 8192 tokens. However, your messages resulted in 9001 tokens.",
            8192,
        ),
        (400, "prompt is too long: 200251 tokens > 199999 maximum", 199999),
        (
            400,
            "The input token count (1,200,000) exceeds the maximum number of tokens allowed (1048576).",
            1048576,
        ),
        (400, "the request exceeds the available context size (4096 tokens), try increasing it", 4096),
        (
            400,
            "Prompt contains 40000 tokens and is too large for model with 32768 maximum context length",
            32768,
        ),
        (413, "Request too large: please reduce the length of the messages or completion.", 0),
        (422, "`inputs` tokens + `max_new_tokens` must be <= 4097. Given: 5000", 4097),
    ],
)
def test_a_conversation_that_is_too_long_is_an_error_of_its_own(code: int, text: str, limit: int) -> None:
    answer = status(code, {"error": {"message": text}})
    with (
        serving(answer) as (endpoint, _),
        pytest.raises(ModelOverflow, match="cannot take a conversation") as e,
    ):
        ask(endpoint)
    assert e.value.limit == limit


def test_a_stop_breaks_an_answer_that_is_waited_for() -> None:
    released, stop = threading.Event(), threading.Event()

    def never(handler: BaseHTTPRequestHandler) -> None:
        released.wait(30)

    with serving(never) as (endpoint, _):
        threading.Timer(0.2, lambda: (stop.set(), endpoint.close())).start()
        assert endpoint.complete(ASK, TOOLS, lambda _: None, stop).stop == "stopped"
        released.set()


def test_an_answer_that_is_not_streamed_is_read_too() -> None:
    body = {
        "choices": [{"message": {"content": "whole"}, "finish_reason": "stop"}],
        "usage": {"completion_tokens": 3},
    }
    with serving(status(200, body)) as (endpoint, _):
        assert ask(endpoint).text == "whole"


def test_the_conversation_is_sent_in_the_protocol_of_the_profile() -> None:
    call = Call(id="1.1", tool="read", args={"path": "x"})
    talk = [
        *ASK,
        Message(role="assistant", text="look", calls=(call,)),
        Message(role="tool", text="seen", call="1.1"),
    ]
    with serving(TEXT) as (endpoint, server):
        ask(endpoint, talk)
    assert server.seen[0]["tools"] == TOOLS
    assert server.seen[0]["messages"][1]["tool_calls"][0]["function"] == {
        "name": "read",
        "arguments": '{"path": "x"}',
    }
    assert server.seen[0]["messages"][2] == {"role": "tool", "tool_call_id": "1.1", "content": "seen"}
    with serving(TEXT, profile=SMALL) as (endpoint, server):
        ask(endpoint, talk)
    assert "tools" not in server.seen[0]
    assert [m["role"] for m in server.seen[0]["messages"]] == ["user", "assistant", "user"]
