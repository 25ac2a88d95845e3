"""Where one model gives no answer, the next one goes on."""

import threading
from pathlib import Path

import pytest
from fakes import begun, good_model
from patchwright.agent.control import Control
from patchwright.agent.events import Opened, Replied
from patchwright.agent.log import load
from patchwright.agent.models.base import ModelOverflow, ModelRefused
from patchwright.agent.models.endpoint import Endpoint
from patchwright.agent.models.fallback import Fallback, Place, with_fallbacks
from patchwright.agent.models.scripted import Scripted, Turn
from patchwright.agent.models.select import Source
from patchwright.agent.models.stage import Stage
from patchwright.agent.search.many import search
from test_endpoint import ASK

STOP = threading.Event()


def at(stage: Stage, name: str) -> Endpoint:
    return Endpoint(f"openai/{name}", f"{stage.url}/v1")


def test_the_next_one_answers_and_it_stays_there() -> None:
    heard: list[str] = []
    with Stage([Turn(text="one", faults=("401",))]) as first, Stage([Turn(text="two")]) as second:
        place = Place()
        both = [lambda: at(first, "a"), lambda: at(second, "b")]
        model, later = Fallback(both, place), Fallback(both, place)
        assert model.name == "openai/a"
        assert model.complete(ASK, [], heard.append, STOP).text == "two"
        assert model.name == "openai/b"
        assert later.complete(ASK, [], heard.append, STOP).text == "two"
        model.close()
        later.close()
    assert "refuses the key" in "".join(heard)
    assert "The run goes on with openai/b." in "".join(heard)
    assert (len(first.exchanges), len(second.exchanges)) == (1, 2)


def test_the_last_one_s_error_is_the_error_and_a_long_conversation_is_no_reason() -> None:
    with Stage([Turn(faults=("overflow openai", "401"))]) as first, Stage([Turn(faults=("404",))]) as second:
        model = Fallback([lambda: at(first, "a"), lambda: at(second, "b")], Place())
        with pytest.raises(ModelOverflow):
            model.complete(ASK, [], lambda _: None, STOP)
        with pytest.raises(ModelRefused, match="does not know 'b'"):
            model.complete(ASK, [], lambda _: None, STOP)
        model.close()


def test_the_log_tells_who_answered(repo: Path) -> None:
    with Stage([Turn(faults=("403",))]) as stage, begun(repo) as run:
        source = with_fallbacks(
            Source(lambda attempt: at(stage, "a")),
            [lambda: Source(lambda attempt: Scripted(*good_model(), name="b"))],
        )
        best = search(run, source, 1, Control())
        events = load(Path(best.log))
    assert best.verdict.verified
    assert next(e.model for e in events if isinstance(e, Opened)) == "openai/a"
    assert {e.model for e in events if isinstance(e, Replied)} == {"b"}
