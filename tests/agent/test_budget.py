"""Caps that are never passed: by one attempt, by many at once, over runs and days."""

import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fakes import begun, good_model
from patchwright.agent.budget import Budget, Daily, Spent
from patchwright.agent.config import Config
from patchwright.agent.control import Control
from patchwright.agent.models.base import CAPABLE, Message, Reply, Transient, Usage
from patchwright.agent.models.metered import Metered, Rate
from patchwright.agent.models.prices import FREE, price
from patchwright.agent.models.scripted import Scripted
from patchwright.agent.models.select import Source
from patchwright.agent.search.many import search
from patchwright.agent.task import TaskError

STOP = threading.Event()
GPT = "openai/gpt-4o-mini"


class Provider:
    """Counts a token for four bytes, writes as much as it may, and keeps the books."""

    profile = CAPABLE

    def __init__(self, name: str = GPT, writes: int = 900, breaks: int = 0) -> None:
        self.name, self.writes, self.breaks = name, writes, breaks
        self.lock, self.calls, self.tokens, self.dollars = threading.Lock(), list[tuple[float, int]](), 0, 0.0

    def complete(self, messages: Sequence[Message], tools, listen, stop, most: int = 0) -> Reply:
        prompt = sum(len(m.text) for m in messages) // 4
        completion = min(self.writes, most) if most else self.writes
        usage = Usage(prompt=prompt, completion=completion)
        with self.lock:
            self.calls.append((time.monotonic(), prompt + completion))
            self.tokens += prompt + completion
            known = price(self.name)
            self.dollars += known.of(usage) if known else 0
            self.breaks -= 1
            if self.breaks >= 0:
                raise Transient("it broke off.", usage=Usage(prompt=prompt * 2, completion=completion * 2))
        time.sleep(0.001)
        return Reply(text="w" * completion, usage=usage)

    def close(self) -> None: ...


def talk(model: Metered, most_turns: int = 10_000) -> str:
    """Ask until a cap is reached; which one."""
    messages = [Message(role="system", text="rules " * 50), Message(role="user", text="task " * 100)]
    for turn in range(most_turns):
        try:
            reply = model.complete(messages, [], lambda _: None, STOP)
        except Spent as e:
            return str(e)
        except Transient:
            continue
        messages += [
            Message(role="assistant", text=reply.text),
            Message(role="user", text=f"turn {turn} " * 40),
        ]
    return "never"


@pytest.mark.parametrize("breaks", [0, 3])
def test_a_cap_on_tokens_is_reached_and_not_passed(breaks: int) -> None:
    provider = Provider(breaks=breaks)
    assert talk(Metered(provider, [Budget("a run", tokens=40_000)])) == "the limit of 40000 tokens a run"
    assert 30_000 < provider.tokens <= 40_000


def test_a_cap_on_dollars_is_reached_and_not_passed() -> None:
    provider = Provider()
    assert talk(Metered(provider, [Budget("a run", dollars=0.02)])) == "the limit of $0.02 a run"
    assert 0.015 < provider.dollars <= 0.02


def test_sixteen_attempts_at_once_pass_no_cap_together() -> None:
    provider = Provider(breaks=20)
    for budget in (Budget("a run", tokens=200_000), Budget("a run", dollars=0.05)):
        before = provider.tokens, provider.dollars
        with ThreadPoolExecutor(16) as pool:
            ends = set(pool.map(talk, [Metered(provider, [budget]) for _ in range(16)]))
        assert ends == {str(budget)}
        if budget.tokens:
            assert 150_000 < provider.tokens - before[0] <= 200_000
        else:
            assert 0.04 < provider.dollars - before[1] <= 0.05


def test_a_rate_is_kept_in_every_window() -> None:
    provider, minute = Provider(writes=100), 0.3
    rate = Rate(requests=8, tokens=12_000, minute=minute)
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda _: talk(Metered(provider, [], rate), 2), range(16)))
    assert len(provider.calls) == 32
    times = sorted(provider.calls)
    for at, _ in times:
        window = [tokens for t, tokens in times if at <= t < at + minute * 0.95]
        assert len(window) <= 8
        assert sum(window) <= 12_000


def test_the_day_counts_over_runs_and_what_a_killed_one_held(tmp_path: Path) -> None:
    provider = Provider()
    assert talk(Metered(provider, [Daily(tmp_path, 0.01)])) == "the limit of $0.01 a day"
    assert provider.dollars <= 0.01
    assert talk(Metered(provider, [Daily(tmp_path, 0.01)])) == "the limit of $0.01 a day"
    assert 0.008 < provider.dollars <= 0.01
    other = tmp_path / "other"
    day = Daily(other, 0.01)
    with day.open():
        day.hold(Usage(dollars=0.0099999))  # and then it is killed
    with pytest.raises(Spent):
        Metered(provider, [Daily(other, 0.01)]).complete([Message(role="user", text="x")], [], print, STOP)


def test_what_was_held_before_midnight_is_given_back_to_its_own_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    day, worst = Daily(tmp_path, 1), Usage(dollars=0.5)
    with day.open():
        day.hold(worst)
    later = time.gmtime(time.time() + 86_400)
    monkeypatch.setattr(time, "gmtime", lambda: later)
    with day.open():
        day.settle(worst, Usage(dollars=0.1))
    assert [float(path.read_text()) for path in tmp_path.iterdir()] == [0.1]
    tomorrow = Daily(tmp_path, 1)
    with tomorrow.open():
        tomorrow.hold(worst)
    assert sorted(float(path.read_text()) for path in tmp_path.iterdir()) == [0.1, 0.5]


def test_dollars_of_an_unknown_price_cannot_be_limited() -> None:
    model = Metered(Provider("openai/nobody-knows"), [Budget("a run", dollars=1)])
    with pytest.raises(TaskError, match="price of openai/nobody-knows is not known: limit its tokens"):
        talk(model)
    both = Metered(Provider("openai/nobody-knows"), [Budget("a run", tokens=10_000, dollars=1)])
    assert talk(both) == "the limit of 10000 tokens and $1 a run"


def test_a_model_of_ones_own_costs_nothing() -> None:
    assert price("ollama/qwen3") == FREE
    provider = Provider("ollama/qwen3")
    assert talk(Metered(provider, [Budget("a run", dollars=0.01)]), 50) == "never"


def test_prices_are_those_of_the_list_and_the_worst_is_the_worst() -> None:
    known = price("anthropic/claude-sonnet-4-5")
    assert known
    assert known.of(Usage(prompt=1_000_000, completion=0)) == pytest.approx(3.0)
    assert known.of(Usage(prompt=1_000_000, cached=1_000_000)) == pytest.approx(0.3)
    assert known.at_most(1_000_000, 0) >= 3.75
    assert price("nobody/knows") is None


def test_a_run_ends_at_its_cap_with_its_patch(repo: Path) -> None:
    model = Scripted(
        *(r.model_copy(update={"usage": Usage(prompt=2_000, completion=100)}) for r in good_model())
    )
    with begun(repo) as run:
        run.config = Config.model_validate(run.config.model_dump() | {"tokens": 7_000})
        best = search(run, Source(lambda attempt: model), 1, Control())
    assert (best.ended.outcome, best.ended.reason) == ("limit", "the limit of 7000 tokens a run")
    assert best.verdict.verified
    assert best.usage.prompt + best.usage.completion <= 7_000
