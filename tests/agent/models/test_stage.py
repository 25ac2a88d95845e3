"""The provider that plays a script, asked as any client would."""

import http.client
import json
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest
from fakes import MAIN, patchwright
from patchwright.agent.models.base import ModelError
from patchwright.agent.models.scripted import Turn, call, load, read
from patchwright.agent.models.stage import Stage

SCRIPT = [
    {"text": "look", "thinking": "hm", "calls": [{"tool": "read", "args": {"path": "x"}}], "fault": "429"},
    {"text": "done", "fault": ["500", "reset before"]},
]
CHAT, MESSAGES = "/v1/chat/completions", "/v1/messages"


def post(url: str, path: str, body: dict[str, Any]) -> tuple[int, dict[str, str], Any]:
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=20)
    connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
    response = connection.getresponse()
    headers = {k.lower(): v for k, v in response.getheaders()}
    return response.status, headers, json.loads(response.read())


def test_a_script_is_read_with_its_faults(tmp_path: Path) -> None:
    (tmp_path / "s.json").write_text(json.dumps(SCRIPT))
    first, second = read(tmp_path / "s.json")
    assert first == Turn(text="look", thinking="hm", calls=(call("read", path="x"),), faults=("429",))
    assert second.faults == ("500", "reset before")
    with pytest.raises(ModelError, match="has faults in it, which `patchwright model serve"):
        load(tmp_path / "s.json")
    with pytest.raises(ModelError, match=r"no fault 'weather'; there are reset before, .* any HTTP status"):
        Stage([Turn(faults=("weather",))])


def test_each_fault_is_made_once_and_the_place_is_read_from_the_conversation() -> None:
    asked = [{"role": "user", "content": "go"}]
    answer = {"role": "assistant", "tool_calls": [{"id": "a"}]}
    answered = [*asked, answer, {"role": "tool", "tool_call_id": "a", "content": ""}]
    turns = [Turn(text="look", faults=("429 after 7",)), Turn(text="done", faults=("500",))]
    with Stage(turns) as stage:
        told = [post(stage.url, CHAT, {"messages": m}) for m in (asked, asked, asked, answered, answered)]
        over = post(stage.url, CHAT, {"messages": [{"role": "assistant", "content": "x"}] * 2})
    assert [status for status, _, _ in told] == [429, 200, 200, 500, 200]
    assert told[0][1]["retry-after"] == "7"
    texts = [body["choices"][0]["message"]["content"] for status, _, body in told if status == 200]
    assert texts == ["look", "look", "done"]
    assert over[0] == 400
    assert "the script has 2 answers and was asked for one more" in over[2]["error"]["message"]
    assert [e.fault for e in stage.exchanges] == ["429 after 7", "", "", "500", "", ""]
    assert stage.exchanges[0].usage.prompt == 0


@pytest.mark.parametrize(
    ("path", "message", "says"),
    [
        (CHAT, {"role": "assistant", "tool_calls": [{"id": "a"}]}, "without a message of role"),
        (CHAT, {"role": "tool", "tool_call_id": "a", "content": ""}, "has to follow"),
        (
            MESSAGES,
            {"role": "assistant", "content": [{"type": "tool_use", "id": "a"}]},
            "have no tool_result",
        ),
        (
            MESSAGES,
            {"role": "assistant", "content": [{"type": "thinking", "thinking": "a", "signature": "b"}]},
            "Invalid `signature`",
        ),
        (
            MESSAGES,
            {"role": "user", "content": [{"type": "text", "text": "", "cache_control": {}}] * 5},
            "maximum of 4 blocks",
        ),
    ],
)
def test_what_a_provider_refuses_is_refused(path: str, message: dict[str, Any], says: str) -> None:
    with Stage([Turn(text="x")] * 2) as stage:
        status, _, body = post(stage.url, path, {"messages": [message]})
    assert (status, says in body["error"]["message"]) == (400, True), body


def test_it_is_served_by_command_until_ctrl_c(tmp_path: Path) -> None:
    (tmp_path / "s.json").write_text(json.dumps([{"text": "well"}]))
    command = [*MAIN, "model", "serve", str(tmp_path / "s.json")]
    served = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert served.stdout
    url = served.stdout.readline().strip()
    status, _, body = post(url, MESSAGES, {"messages": [], "system": "x"})
    busy = patchwright(tmp_path, "model", "serve", "s.json", "--port", url.rpartition(":")[2])
    served.send_signal(signal.SIGINT)
    _, talk = served.communicate(timeout=60)
    assert (status, body["content"]) == (200, [{"type": "text", "text": "well"}])
    assert served.returncode == 130
    assert f"--base-url {url}/v1" in talk
    assert (busy.returncode, "cannot be listened at" in busy.stderr) == (2, True)
