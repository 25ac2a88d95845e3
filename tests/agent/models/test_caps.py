"""Caps against a provider that counts for itself: sixteen attempts at once, and several processes."""

import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from patchwright.agent.budget import Budget, Spent
from patchwright.agent.models.base import Message, Model, Usage
from patchwright.agent.models.endpoint import Endpoint
from patchwright.agent.models.metered import Metered, Rate
from patchwright.agent.models.patient import Patient
from patchwright.agent.models.prices import price
from patchwright.agent.models.scripted import Turn
from patchwright.agent.models.stage import Stage

GPT = "openai/gpt-4o-mini"
TURNS = [
    Turn(
        text=f"turn {n} " * (40 + n % 7), faults=("reset middle", "500", "429 after 0.01")[n % 3 : n % 3 + 1]
    )
    for n in range(400)
]


def talk(model: Model, most: int = 400) -> str:
    """Ask until a cap is reached; which one."""
    said = [Message(role="system", text="rules " * 50), Message(role="user", text="task " * 100)]
    for turn in range(most):
        try:
            reply = model.complete(said, [], lambda _: None, threading.Event())
        except Spent as e:
            return str(e)
        said += [
            Message(role="assistant", text=reply.text),
            Message(role="user", text=f"result {turn} " * 40),
        ]
    return "never"


def sixteen(stage: Stage, budgets: list[Budget], rate: Rate | None = None, most: int = 400) -> set[str]:
    def make() -> Model:
        return Patient(Metered(Endpoint(GPT, f"{stage.url}/v1"), budgets, rate), waits=(0.01,))

    with ThreadPoolExecutor(16) as pool:
        return set(pool.map(lambda _: talk(make(), most), range(16)))


def charged(stage: Stage) -> Usage:
    return sum((e.usage for e in stage.exchanges), Usage())


def dollars(stage: Stage) -> float:
    known = price(GPT)
    assert known
    return known.of(charged(stage))


@pytest.mark.parametrize(
    ("budget", "used"),
    [
        (Budget("a run", tokens=150_000), lambda stage: charged(stage).prompt + charged(stage).completion),
        (Budget("a run", dollars=0.03), dollars),
    ],
)
def test_sixteen_attempts_pass_no_cap_by_the_provider_s_own_count(
    budget: Budget, used: Callable[[Stage], float]
) -> None:
    with Stage(TURNS) as stage:
        assert sixteen(stage, [budget]) == {str(budget)}
    cap = budget.tokens or budget.dollars
    assert cap * 0.5 < used(stage) <= cap
    assert {e.status for e in stage.exchanges} == {200, 500, 429}


def test_sixteen_attempts_keep_one_rate_by_the_provider_s_own_clock() -> None:
    minute, tokens, requests = 1.0, 60_000, 12
    with Stage([t.model_copy(update={"faults": ()}) for t in TURNS]) as stage:
        assert sixteen(stage, [], Rate(requests, tokens, minute=minute), most=3) == {"never"}
    calls = [(e.at, e.usage.prompt + e.usage.completion) for e in stage.exchanges]
    assert len(calls) == 48
    for start, _ in calls:
        window = [used for at, used in calls if start <= at < start + minute]
        assert len(window) <= requests
        assert sum(window) <= tokens


def test_a_request_that_no_minute_holds_is_not_made() -> None:
    with Stage(TURNS) as stage:
        assert sixteen(stage, [], Rate(tokens=500)) == {"the limit of 500 tokens a minute"}
    assert stage.exchanges == []


def test_the_day_s_cap_holds_over_processes(tmp_path: Path) -> None:
    code = f"""
import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})
from pathlib import Path
from patchwright.agent.budget import Daily
from test_caps import GPT, Endpoint, Metered, Patient, talk
endpoint = Endpoint(GPT, sys.argv[1] + "/v1")
print(talk(Patient(Metered(endpoint, [Daily(Path(sys.argv[2]), 0.01)]), waits=(0.01,))))
"""
    with Stage(TURNS) as stage:
        command = [sys.executable, "-c", code, stage.url, str(tmp_path)]
        made = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
        said = [process.communicate(timeout=120)[0] for process in made]
    assert said == ["the limit of $0.01 a day\n"] * 4
    assert 0.004 < dollars(stage) <= 0.01
