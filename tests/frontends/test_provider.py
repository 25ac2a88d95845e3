"""From the command line to a verified patch through a provider: by each protocol, and whatever goes wrong there."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from fakes import RIGHT, TEST, good_model, patchwright
from patchwright.agent.models.scripted import Turn, call
from patchwright.agent.models.stage import Stage

GOOD = [Turn(text=r.text, thinking="It is the even case. " * 3, calls=r.calls) for r in good_model()]
ROUTES = {
    "endpoint": ("openai/scripted", {}),
    "litellm openai": ("deepseek/deepseek-chat", {"DEEPSEEK_API_BASE": "/v1", "DEEPSEEK_API_KEY": ""}),
    "litellm anthropic": ("anthropic/claude-sonnet-4-5", {"ANTHROPIC_API_BASE": "", "ANTHROPIC_API_KEY": ""}),
}


def solve(repo: Path, stage: Stage, *words: str, route: str = "endpoint", code: int = 0):
    name, variables = ROUTES[route]
    env = {k: "sesame" if k.endswith("KEY") else stage.url + v for k, v in variables.items()}
    place = [] if variables else ["--base-url", f"{stage.url}/v1"]
    words = ("the median is wrong", "--model", name, *place, "--test", TEST, *words)
    done = patchwright(repo, "solve", *words, env=env)
    assert done.returncode == code, done.stderr
    assert code or RIGHT.strip() in done.stdout
    return done


def with_faults(*faults: str) -> list[Turn]:
    return [
        turn.model_copy(update={"faults": (f,) if f else ()}) for turn, f in zip(GOOD, faults, strict=True)
    ]


@pytest.mark.parametrize("route", ROUTES)
def test_a_patch_is_verified_by_each_protocol(repo: Path, route: str) -> None:
    with Stage(GOOD) as stage:
        solve(repo, stage, "--effort", "low", route=route)
    paths = {e.path for e in stage.exchanges}
    assert paths == {"/v1/messages" if route == "litellm anthropic" else "/v1/chat/completions"}
    assert [e.status for e in stage.exchanges] == [200] * len(GOOD)
    assert all(e.usage.cached for e in stage.exchanges[1:])
    thought = ["'signature'" in str(e.body) for e in stage.exchanges]
    assert thought == [route == "litellm anthropic" and n > 0 for n in range(len(GOOD))]


@pytest.mark.parametrize("route", ROUTES)
def test_what_passes_in_the_middle_of_a_run_loses_nothing(repo: Path, route: str) -> None:
    faults = {
        "endpoint": ("reset before", "reset middle", "502", "529"),
        "litellm openai": ("408", "reset middle", "429 after 0.01", "503"),
        "litellm anthropic": ("500", "reset middle", "429", "reset after"),
    }[route]
    with Stage(with_faults(*faults)) as stage:
        done = solve(repo, stage, route=route)
    tried = sum(fault != "reset after" for fault in faults)
    assert done.stderr.count("Next try in") == tried
    assert len(stage.exchanges) == len(GOOD) + tried


def spoilt(*faults: str) -> Sequence[Turn]:
    look = Turn(text="I look.", calls=(call("read", path="stats.py"), call("read", path="README.md")))
    return [look.model_copy(update={"faults": (fault,)}) for fault in faults]


@pytest.mark.parametrize("route", ROUTES)
def test_answers_that_are_spoilt_are_told_to_the_model_and_the_run_goes_on(repo: Path, route: str) -> None:
    turns = [
        *spoilt("prose", "empty", "unknown tool", "wrong arguments"),
        *GOOD[:1],
        *spoilt("truncated arguments", "length", "content_filter", "one id", "no usage"),
        *GOOD[1:],
    ]
    with Stage(turns) as stage:
        solve(repo, stage, route=route)
    last = json.dumps(stage.exchanges[-1].body)
    for told in (
        "there is no tool 'no_such_tool'",
        "Input should be a valid string",
        "not valid JSON",
        "cut off",
    ):
        assert told in last
    assert [e.status for e in stage.exchanges] == [200] * len(turns)


def test_an_endless_answer_is_cut_and_the_model_told(repo: Path) -> None:
    with Stage([*spoilt("endless"), *GOOD]) as stage:
        solve(repo, stage, "--tokens", "400000")
    assert "cut off at its maximum length" in json.dumps(stage.exchanges[1].body)


def test_a_run_that_a_429_pauses_is_resumed_by_command(repo: Path) -> None:
    with Stage(with_faults("", "", "429 after 7200", "")) as stage:
        paused = solve(repo, stage, code=3)
        assert "It asks to wait 7200 s" in paused.stderr
        (command,) = (r for r in paused.stderr.splitlines() if "patchwright resume" in r)
        done = patchwright(repo, "resume", command.split()[-1])
    assert done.returncode == 0, done.stderr
    assert RIGHT.strip() in done.stdout
    assert len(stage.exchanges) == len(GOOD) + 1


def test_a_fallback_finishes_what_the_first_model_may_not(repo: Path) -> None:
    with Stage(with_faults("", "401", "", "")) as stage:
        done = solve(repo, stage, "--fallback", f"scripted:{script(repo)}")
    assert "The run goes on with scripted:" in done.stderr
    assert [e.status for e in stage.exchanges] == [200, 401]


def script(repo: Path) -> Path:
    path = repo.parent / "script.json"
    path.write_text(
        json.dumps([{"calls": [{"tool": c.tool, "args": c.args} for c in t.calls]} for t in GOOD])
    )
    return path


def test_a_cap_in_dollars_on_an_unknown_price_is_the_input_s_fault(repo: Path) -> None:
    with Stage(GOOD) as stage:
        done = solve(repo, stage, "--dollars", "1", code=2)
    assert "the price of openai/scripted is not known" in done.stderr
    assert stage.exchanges == []
