"""What only litellm's adapter does; what every adapter does is in test_adapters.py."""

import os
import subprocess
import sys
import threading

from patchwright.agent.models.base import Message
from patchwright.agent.models.litellm import LiteLLM, mark, marks, signs
from patchwright.agent.models.scripted import Turn
from patchwright.agent.models.stage import Stage


def test_importing_it_needs_no_network() -> None:
    """In a network namespace that has nothing in it, where one can be made."""
    code = "from patchwright.agent.models.litellm import _import; _import(); print('imported')"
    lonely = ["unshare", "--net"] if os.geteuid() == 0 else []
    done = subprocess.run([*lonely, sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.stdout == "imported\n", done.stderr
    assert "cost map" not in done.stderr.lower()


def test_only_anthropic_s_models_are_marked_and_get_their_thinking_back() -> None:
    names = {
        "anthropic/claude-sonnet-4-5": (True, True),
        "bedrock/us.anthropic.claude-sonnet-4-5-v1:0": (True, True),
        "vertex_ai/claude-sonnet-4-5": (True, True),
        "openrouter/anthropic/claude-sonnet-4.5": (True, False),
        "vertex_ai/gemini-2.5-pro": (False, False),
        "openrouter/qwen/qwen3-coder": (False, False),
        "openai/gpt-5": (False, False),
    }
    assert {name: (marks(name), signs(name)) for name in names} == names


def test_the_rules_and_the_ends_of_two_requests_are_marked() -> None:
    roles = ["system", "user", "assistant", "tool", "assistant", "tool", "tool"]
    messages = [{"role": role, "content": "text"} for role in roles]
    mark(messages)
    assert [i for i, m in enumerate(messages) if "cache_control" in str(m)] == [0, 3, 6]


def test_a_model_is_not_told_to_think_where_it_may_not_write_enough() -> None:
    for most, thinks in ((1_000, False), (16_000, True)):
        with Stage([Turn(text="well")]) as stage:
            model = LiteLLM("anthropic/claude-sonnet-4-5", url=stage.url, key="k", effort="high")
            said = model.complete(
                [Message(role="user", text="x")], [], lambda _: None, threading.Event(), most
            )
        assert said.text == "well"
        assert ("thinking" in stage.exchanges[0].body) == thinks
