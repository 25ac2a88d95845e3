"""The measurement of what lies between the log and the model, with few steps."""

from pathlib import Path

import pytest
from patchwright.agent.events import Event
from patchwright.agent.models.base import Message

from benchmarks.overhead import models


def test_it_says_what_was_met(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    words = [
        "--steps",
        "12",
        "--size",
        "400",
        "--calls",
        "3",
        "--marks",
        "2",
        "12",
        "--json",
        str(tmp_path / "f.json"),
    ]
    assert models.main(words) == 0
    shown = capsys.readouterr().out
    assert "| 12 steps of 400 characters |" in shown
    assert "| requests that could extend the one before and do not | 0 | 0 | met |" in shown
    assert "call, beyond the bare one | 5 ms" in shown
    assert shown.count("| 12 |") == 1
    assert (tmp_path / "f.json").exists()


def test_a_masked_run_costs_less_and_breaks_the_cache_now_and_then() -> None:
    events = list(models.run(40, 4_000))
    masked, whole = models.requests(events, 8_000, 600), models.requests(events, models.UNMASKED, 600)
    assert (whole.maskings, whole.steps) == (0, 40)
    assert 0 < masked.maskings < 20
    assert masked.needless == 0
    assert masked.longest <= 8_600 < whole.longest
    assert masked.cached < masked.total < whole.total
    assert masked.price < whole.price


def test_a_cache_that_is_lost_for_nothing_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    def turning(self: object, events: list[Event]) -> list[Message]:
        return [Message(role="user", text=f"it is {len(events)} now")]

    monkeypatch.setattr(models.Conversation, "messages", turning)
    assert models.requests(list(models.run(5, 100)), 50_000, 0).needless == 4
