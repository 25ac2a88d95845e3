import threading
from pathlib import Path
from typing import Any

import pytest
from patchwright.agent.config import load
from patchwright.agent.models.acquaint import Acquaintance, acquaintance
from patchwright.agent.models.base import Message, Model, ModelError, ModelRefused, Profile, TooSmall, Usage
from patchwright.agent.models.hosts import Context, advice, context
from patchwright.agent.models.profiles import known, listed, stranger
from patchwright.agent.models.whole import cut
from patchwright.agent.task import TaskError
from speaking import Speaker, action, hermes, mistral, qwen_coder, speaking

NEVER = threading.Event()


def as_it_is(model: Model) -> Model:
    return model


def met(server: Speaker, name: str = "openai/m", **wanted: Any) -> Acquaintance:
    found = acquaintance(name, server.url, {}, wanted)
    found.introduce(as_it_is, NEVER)
    return found


def test_the_list_of_models_tells_windows_of_families_that_differ() -> None:
    name = "codestral/codestral-2405"
    assert 0 < listed(name) < 50_000
    profile, sources = known(name)
    assert profile.window == int(listed(name) * 0.7)
    assert sources["window"] == "the list of models"
    assert known("openai/gpt-5").profile.window == Profile().window
    assert known("ollama/llama3").profile.window == Profile().window  # its server decides


@pytest.mark.parametrize(
    ("name", "placed", "asked"),
    [
        ("openai/gpt-5", True, False),
        ("anthropic/claude-sonnet-4-5", False, False),
        ("openai/scripted-1", True, False),
        ("deepseek/deepseek-chat", False, False),
        ("hosted_vllm/deepseek-chat", True, True),
        ("ollama/qwen3", True, True),
        ("groq/never-heard-of", False, True),
    ],
)
def test_strangers_are_asked_and_nobody_else(name: str, placed: bool, asked: bool) -> None:
    assert stranger(name, placed) == asked


@pytest.mark.parametrize(
    ("write", "how", "protocol"),
    [
        (hermes, {}, "json"),
        (qwen_coder, {"tools": True}, "xml"),
        (mistral, {"tools": True}, "json"),
        (action, {"tools": True}, "fenced"),
        (hermes, {"tools": True, "native": True}, "native"),
    ],
)
def test_what_was_asked_once_is_kept(write, how: dict[str, bool], protocol: str) -> None:
    with speaking([], write, **how) as server:
        first = met(server)
        count = len(server.seen)
        assert first.known.profile.protocol == protocol
        assert met(server).known == first.known
        assert len(server.seen) == count
        assert met(server, "openai/other").known.profile.protocol == protocol
        assert len(server.seen) == 2 * count
        assert met(server, protocol="native").known.profile.protocol == "native"
        assert met(server, protocol="native").known.sources["protocol"] == "your settings"


def test_the_system_s_message_stands_in_the_user_s_where_it_is_not_heeded() -> None:
    class Deaf(Speaker):
        def fitting(self, messages):
            return [m for m in super().fitting(messages) if m["role"] != "system"]

    with speaking([], hermes) as server:
        server.__class__ = Deaf
        found = met(server)
        assert (found.known.profile.system, found.known.sources["system"]) == (False, "asked")


def test_a_failure_is_no_error_and_nothing_is_kept() -> None:
    found = acquaintance("ollama/qwen3-coder", "http://127.0.0.1:9/v1", {})
    found.introduce(as_it_is, NEVER)
    assert not found.path.exists()
    assert found.known.profile == known("ollama/qwen3-coder").profile
    with pytest.raises(ModelError):
        found.ask(as_it_is, NEVER)


def test_a_stop_keeps_nothing() -> None:
    stopped = threading.Event()
    stopped.set()
    with speaking([]) as server:
        found = acquaintance("openai/m", server.url, {})
        found.introduce(as_it_is, stopped)
        assert not found.path.exists()


TELLS = [
    ("/api/ps", {"models": [{"name": "m:latest", "context_length": 16_384}]}, "Ollama, of the loaded model"),
    (
        "/api/show",
        {"parameters": "stop x\nnum_ctx                        16384"},
        "Ollama, by the model's num_ctx",
    ),
    ("/props", {"default_generation_settings": {"n_ctx": 16_384}}, "llama.cpp"),
    ("/api/v0/models", {"data": [{"id": "m", "loaded_context_length": 16_384}]}, "LM Studio"),
    ("/v1/models", {"data": [{"id": "m", "max_model_len": 16_384}]}, "vLLM"),
]


@pytest.mark.parametrize(("path", "answer", "who"), TELLS)
def test_a_server_s_own_word_on_its_context_counts(path: str, answer: dict[str, Any], who: str) -> None:
    with speaking([]) as server:
        server.tells[path] = answer
        assert context(server.url, "m") == Context(16_384, who)
        assert met(server).known.profile.window == int(16_384 * 0.7)
        assert not any("no meaning" in str(r) for r in server.seen)  # nothing long was sent
        server.tells[path] = {
            "models": "?",
            "data": [None],
            "parameters": 1,
            "default_generation_settings": 2,
        }
        assert context(server.url, "m") == Context()


def test_a_small_context_is_refused_each_time_unless_the_user_sets_the_window() -> None:
    with speaking([]) as server:
        server.tells["/props"] = {"default_generation_settings": {"n_ctx": 4096}}
        for _ in range(2):
            with pytest.raises(TooSmall, match="gives openai/m a context of 4096 tokens"):
                met(server)
        assert met(server, window=3_000).known.profile.window == 3_000


def test_advice_fits_the_server() -> None:
    assert advice("ollama/m", "http://box:1/v1").startswith("start it with OLLAMA_CONTEXT_LENGTH=32768")
    assert advice("openai/m", "http://127.0.0.1:11434/v1") == advice("ollama/m", "")
    assert "Context Length of 32768" in advice("lm_studio/m", "")
    assert "--max-model-len 32768" in advice("hosted_vllm/m", "")
    assert "llama.cpp: -c 32768" in advice("openai/m", "http://127.0.0.1:8080/v1")


def test_what_is_missing_is_said_before_anything_is_asked() -> None:
    with pytest.raises(ModelRefused, match="OPENAI_API_KEY is not set"):
        acquaintance("openai/new-thing", env={})
    with pytest.raises(ModelRefused, match="a URL such as"):
        acquaintance("openai/m", "localhost", {})


TALK = [Message(role="system", text="rules " * 1_000), Message(role="user", text="find the fault " * 1_000)]
MORE = [Message(role="assistant", text="I look"), Message(role="tool", text="def f(a, b): return 1\n" * 50)]


@pytest.mark.parametrize(
    ("sent", "before", "usage", "least"),
    [
        (TALK, [], Usage(prompt=5_000), 0),
        (TALK, [], Usage(), 0),
        (TALK, [], Usage(prompt=2_000), 4_000),
        (TALK, [], Usage(prompt=200, cached=4_800), 0),  # counted apart, as Anthropic does
        ([*TALK, *MORE], TALK, Usage(prompt=600), 0),  # only what is new is counted
        ([*TALK, *MORE], TALK, Usage(prompt=2_000), 4_101),
        ([Message(role="user", text="=" * 9_000)], [], Usage(prompt=200), 0),
    ],
)
def test_a_cut_is_told_from_what_only_looks_like_one(sent, before, usage: Usage, least: int) -> None:
    assert cut(sent, before, usage) == least


def test_a_repository_does_not_choose_how_a_model_is_spoken_to(repo: Path) -> None:
    assert load(repo, {"PATCHWRIGHT_PROTOCOL": "xml", "PATCHWRIGHT_WINDOW": "9000"}).profile == {
        "protocol": "xml",
        "window": 9000,
    }
    (repo / "patchwright.toml").write_text('protocol = "xml"\nanswer = 9\n')
    with pytest.raises(TaskError, match="answer, protocol cannot be set by a repository"):
        load(repo, {})
