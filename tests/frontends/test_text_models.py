"""The same task to a verified patch through models that only write text; the server's limits are found out."""

import json
import re
import subprocess
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from fakes import EVEN, RIGHT, TEST, WRONG, patchwright
from patchwright.agent.models.base import Reply
from patchwright.agent.models.scripted import call, say
from speaking import Speaker, Writer, action, gemma, hermes, mistral, qwen_coder, speaking

SCRIPT = [
    say(call("test"), text="I look first.\n\n"),
    say(call("read", path="stats.py", start=1), text="The median of an even count is wrong.\n\n"),
    say(call("edit", path="stats.py", old=WRONG, new=RIGHT)),
    say(call("test")),
    say(call("finish", summary="The median of an even count is the mean of the two middle values.")),
]


def solve(repo: Path, server: Speaker, model: str, *words: str) -> subprocess.CompletedProcess[str]:
    named = ("--model", f"openai/{model}", "--base-url", server.url)
    return patchwright(repo, "solve", "the median is wrong", *named, "--test", TEST, *words)


def work(server: Speaker) -> list[dict[str, Any]]:
    """The requests that are the task's."""
    return [r for r in server.seen if any("# Issue" in str(m["content"]) for m in r["messages"])]


@pytest.mark.parametrize(
    ("model", "write"),
    [("nobody-knows", hermes), ("qwen3-coder:30b", qwen_coder), ("qwen2.5-coder:1.5b", action)],
)
def test_a_text_only_model_comes_to_a_verified_patch(repo: Path, model: str, write: Writer) -> None:
    with speaking(SCRIPT, write) as server:
        done = solve(repo, server, model)
        assert done.returncode == 0, done.stderr
        assert f"fixed: {EVEN}" in done.stderr
        assert done.stderr.count(f"patchwright: asking openai/{model} what it can do, once") == 1
        asked, sent = server.seen[: -len(SCRIPT)], work(server)
        assert [("tools" in m) for m in asked] == [True, False, False]
        assert len(sent) == len(SCRIPT)
        assert not any("tools" in m for m in sent)
        assert all(b["messages"][: len(a["messages"])] == a["messages"] for a, b in pairwise(sent))

        again = solve(repo, server, model)
        assert (again.returncode, again.stdout) == (0, done.stdout)
        assert "what it can do" not in again.stderr


@pytest.mark.parametrize("write", [gemma, mistral, hermes, qwen_coder])
def test_a_server_that_hands_calls_on_as_text_is_learned(repo: Path, write: Writer) -> None:
    with speaking(SCRIPT, write, tools=True) as server:
        done = solve(repo, server, "nobody-knows")
        assert done.returncode == 0, done.stderr
        assert not any("tools" in m for m in work(server))
        example = "<parameter=" if write is qwen_coder else "<tool_call>"
        assert example in work(server)[0]["messages"][0]["content"]


def test_a_server_that_takes_tools_is_spoken_to_natively(repo: Path) -> None:
    with speaking(SCRIPT, tools=True, native=True) as server:
        done = solve(repo, server, "qwen3-coder:30b")
        assert done.returncode == 0, done.stderr
        assert all("tools" in m for m in work(server))


def test_the_user_s_word_on_the_protocol_counts(repo: Path) -> None:
    with speaking(SCRIPT, qwen_coder, tools=True) as server:
        done = solve(repo, server, "claude-9", "--protocol", "xml")
        assert done.returncode == 0, done.stderr
        assert "what it can do" not in done.stderr
        assert "<parameter=" in server.seen[0]["messages"][0]["content"]
        assert not any("tools" in m for m in server.seen)


def test_a_server_that_cuts_what_is_too_long_is_refused(repo: Path) -> None:
    with speaking(SCRIPT, context=4096) as server:
        done = solve(repo, server, "nobody-knows")
        assert (done.returncode, done.stdout) == (3, "")
        assert f"patchwright: {server.url} has read " in done.stderr
        assert re.search(
            r"conversation that has 50\d\d at least: it cuts what is too long: give it", done.stderr
        )
        assert "OLLAMA_CONTEXT_LENGTH=32768" in done.stderr
        assert work(server) == []
        server.context = 10**6  # as it was told to
        assert solve(repo, server, "nobody-knows").returncode == 0


def test_what_a_server_tells_of_its_context_is_believed(repo: Path) -> None:
    with speaking(SCRIPT) as server:
        server.tells["/api/ps"] = {"models": [{"name": "m:latest", "context_length": 4096}]}
        done = solve(repo, server, "m")
        assert done.returncode == 3
        assert f"{server.url} gives openai/m a context of 4096 tokens, and 8000 are the least" in done.stderr
        assert not any("no meaning" in str(m) for m in server.seen)


def test_a_conversation_that_is_cut_on_the_way_is_refused_and_can_be_resumed(repo: Path) -> None:
    (repo / "long.txt").write_text("some words of no use at all\n" * 1500)
    loud: list[Reply] = [say(call("read", path="long.txt", start=n)) for n in range(1, 1200, 100)]
    with speaking([*loud, *SCRIPT], context=9_000) as server:
        done = solve(repo, server, "nobody-knows")
        assert done.returncode == 3, done.stderr
        assert f"{server.url} has read " in done.stderr
        assert " at least: it cuts what is too long: give it 32768 tokens" in done.stderr
        assert "go on with: patchwright resume" in done.stderr
        server.context = 10**6
        resumed = patchwright(repo, "resume")
        assert resumed.returncode == 0, resumed.stderr


def test_a_model_is_checked_by_command(repo: Path) -> None:
    with speaking(SCRIPT, qwen_coder, tools=True) as server:
        assert solve(repo, server, "m").returncode == 0
        done = patchwright(repo, "model", "check", "openai/m", "--base-url", server.url, "--json")
        assert done.returncode == 0, done.stderr
        told = json.loads(done.stdout)
        assert (told["profile"]["protocol"], told["sources"]["protocol"]) == ("xml", "asked")
        assert (told["answers"]["tools"], told["answers"]["form"]) == (True, "xml")
        assert told["runs"]["calls"] == {"xml": len(SCRIPT)}
        assert sum(told["runs"]["landed"].values()) == 1
        words = ("model", "check", "openai/m", "--base-url", server.url, "--protocol", "json")
        shown = patchwright(repo, *words).stdout
        assert "  protocol     json       your settings" in shown
        assert "it called the tool: xml" in shown
        assert "  calls          5 xml" in shown
        server.context = 4096
        assert patchwright(repo, *words).returncode == 3


def test_a_model_that_cannot_be_reached_is_checked_by_what_is_known(repo: Path) -> None:
    done = patchwright(repo, "model", "check", "openai/qwen3-coder", "--base-url", "http://127.0.0.1:9/v1")
    assert done.returncode == 3
    assert "gives no answer" in done.stderr
    assert "family qwen-coder" in done.stdout
    assert patchwright(repo, "model", "check", "local").returncode == 2
