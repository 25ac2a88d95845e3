"""The embedded model's own settings."""

import os
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from patchwright.agent.models import weights
from patchwright.agent.models.base import Gap, Message, Model, several
from patchwright.agent.models.local import Server, drawn
from patchwright.tools.base import Toolbox
from patchwright.tools.define import define


def test_only_the_first_attempt_is_likely_and_no_seed_makes_the_answers_of_a_batch_alike() -> None:
    first, *later = map(drawn, (1, 2, 3))
    assert first["temperature"] < min(one["temperature"] for one in later)
    assert not any("seed" in one for one in (first, *later))


GCD = "def gcd(a, b):\n    if b == 0:\n        return a\n    else:\n        return "


@pytest.fixture
def embedded() -> Iterator[Model]:
    if not (weights.folder() / weights.QWEN.name).exists() and not os.environ.get("PATCHWRIGHT_CI"):
        pytest.skip("the embedded model's weights are not here: patchwright model pull")
    server = Server(None, lambda _: None)
    try:
        yield server.model(1)
    finally:
        server.close()


@pytest.mark.timeout(1800)
def test_the_embedded_model_fills_in_a_line(embedded: Model) -> None:
    asked = [Message(role="user", text=GCD, hole=Gap(after="\n", line=True, likeliest=True))]
    reply = embedded.complete(asked, (), lambda _: None, threading.Event(), 32)
    assert reply.text.strip() == "gcd(b, a % b)" and reply.usage.completion


@pytest.mark.timeout(1800)
def test_the_embedded_model_goes_on_from_an_answer_that_was_begun(embedded: Model) -> None:
    begun = f"ACTION define\npath: math.py\n```python\n{GCD.rpartition('    if')[0]}"
    tools = Toolbox([define], ()).schemas(["math.py"])
    asked = [Message(role="user", text="Write gcd."), Message(role="assistant", text=begun)]
    for reply in several(embedded, asked, tools, 2, lambda _: None, threading.Event(), 200):
        (call,) = reply.calls
        known: dict[str, Any] = {}
        exec(call.args["code"], known)
        assert call.args["code"].count("def gcd(a, b):\n") == 1
        assert known["gcd"](12, 18) == 6
