"""The overhead benchmark measures what it says; how long anything takes is not asserted."""

import http.client
import json
import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.append(str(Path(__file__).parents[2]))

from benchmarks.overhead import clients, measure, table, tokens
from benchmarks.overhead.floor import BASH
from benchmarks.overhead.server import Server
from benchmarks.overhead.steps import STEPS, Script

FINISH = {
    "type": "function",
    "function": {"name": "finish", "parameters": {"properties": {"summary": {"type": "string"}}}},
}


def ask(server: Server, messages: list[Any], *tools: Any, stream: bool = False) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    body = {"model": "scripted-1", "messages": messages, "tools": tools, "stream": stream}
    connection.request("POST", "/v1/chat/completions", json.dumps(body).encode())
    return connection.getresponse().read()


def call(answer: bytes) -> tuple[str, Any]:
    function = json.loads(answer)["choices"][0]["message"]["tool_calls"][0]["function"]
    return function["name"], json.loads(function["arguments"])


def test_the_server_plays_its_script_and_then_finishes():
    with Server(Script(("ls", "pwd"), "done")) as server:
        answers = [call(ask(server, [{"n": n}], BASH, FINISH)) for n in range(4)]
    assert answers == [
        ("bash", {"command": "ls"}),
        ("bash", {"command": "pwd"}),
        ("finish", {"summary": "done"}),
        ("finish", {"summary": "done"}),
    ]
    times = [t for e in server.exchanges for t in (e.arrived, e.answered)]
    assert times == sorted(times)


def test_without_a_tool_for_the_end_it_is_said_or_a_command():
    with Server(Script((), "done")) as server:
        said = json.loads(ask(server, [], BASH))["choices"][0]
    assert (said["message"]["content"], said["finish_reason"]) == ("done", "stop")
    with Server(Script((), "done", last_command="exit")) as server:
        assert call(ask(server, [], BASH)) == ("bash", {"command": "exit"})


def test_a_stream_holds_the_call_and_ends():
    with Server(Script(("ls",))) as server:
        lines = ask(server, [], BASH, stream=True).decode().split("\n\n")
    chunks = [json.loads(line.removeprefix("data: ")) for line in lines[:-2]]
    deltas = [c["choices"][0]["delta"] for c in chunks if c["choices"]]
    assert [d["tool_calls"][0]["function"]["arguments"] for d in deltas if "tool_calls" in d] == [
        '{"command":"ls"}'
    ]
    assert lines[-2] == "data: [DONE]"


def test_a_retry_and_a_request_without_a_shell_take_the_script_no_further():
    with Server(Script(("ls", "pwd"))) as server:
        ask(server, [])
        first, again, second = (call(ask(server, [{"n": n}], BASH)) for n in (1, 1, 2))
    assert (first, again, second[1]) == (first, first, {"command": "pwd"})
    assert [e.step for e in server.exchanges] == [None, 0, 0, 1]


def test_required_parameters_that_are_no_command_get_something_harmless():
    shell = {
        "name": "shell",
        "parameters": {
            "properties": {"cmd": {"type": "string"}, "why": {"type": "string"}, "wait": {"type": "integer"}},
            "required": ["why", "cmd", "wait"],
        },
    }
    with Server(Script(("ls",))) as server:
        assert call(ask(server, [], {"function": shell}))[1] == {"why": "a step", "cmd": "ls", "wait": 60}


def test_a_run_of_the_floor_is_measured():
    done = measure.run(clients.floor(sys.executable), with_memory=True)
    assert (done.requests, len(done.steps), done.extending, done.code) == (len(STEPS) + 1, 19, 1.0, 0)
    assert done.solved
    assert min(done.first, done.tail, done.step) > 0
    assert done.wall > done.first + sum(done.steps)
    assert done.tokens.total == done.tokens.system + done.tokens.tools + done.tokens.messages > 0
    assert done.memory
    assert done.memory.tree > done.memory.client > 0
    row = table.Row(clients.floor(sys.executable), (done,), done.memory)
    assert "| floor |" in table.overhead([row])


def test_a_client_that_asks_nothing_is_reported_with_its_words():
    silent = clients.Client("silent", (sys.executable, "-c", "print('no model'); raise SystemExit(3)"))
    with pytest.raises(measure.MeasureError, match="exit code 3, 0 requests: no model"):
        measure.run(silent)


@pytest.mark.parametrize(
    ("later", "extends"),
    [
        ({"messages": ["a", "b"], "tools": 1}, True),
        ({"messages": ["a"], "tools": 1}, False),
        ({"messages": ["x", "b"], "tools": 1}, False),
        ({"messages": ["a", "b"], "tools": 2}, False),
    ],
)
def test_what_extends_a_request(later: dict[str, object], extends: bool):
    assert measure.extends(later, {"messages": ["a"], "tools": 1}) is extends


def test_peers_are_those_that_are_installed_and_can_be_played_to(tmp_path: Path):
    program = tmp_path / "bin" / "there"
    program.parent.mkdir()
    program.touch()
    entries = {
        "there": {"cmd": ["{root}/bin/there", "{task}"], "server": ["--final-sh", "exit"]},
        "absent": {"cmd": ["{root}/bin/absent"]},
        "by text": {"cmd": ["{root}/bin/there"], "server": ["--protocol", "text"]},
    }
    file = tmp_path / "peers.json"
    file.write_text(json.dumps(entries))
    (found,) = clients.peers(file, tmp_path, [])
    assert (found.name, found.command, found.last_command) == ("there", (str(program), "{task}"), "exit")


def test_a_request_is_counted_by_part():
    body = {"messages": [{"role": "system", "content": "one two"}, {"role": "user", "content": "three"}]}
    counted = tokens.measured(body)
    assert counted.system > counted.messages > counted.tools == 0
