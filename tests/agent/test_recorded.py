"""A log is a golden test: played again on the same base, everything that is deterministic happens again.

`logs/median.jsonl` is the log of `good_model` on the small repository, with this machine's paths left out.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from fakes import FILES, begun, commit, good_model
from patchwright.agent.attempt import attempt
from patchwright.agent.control import Control
from patchwright.agent.log import load
from patchwright.agent.models.base import ModelError
from patchwright.agent.models.recorded import plain, recorded
from patchwright.agent.models.scripted import Scripted
from patchwright.agent.task import TaskError

GOLDEN = Path(__file__).parent / "logs" / "median.jsonl"
OTHERWISE = {
    *("at", "seconds", "id", "repo", "head", "commit"),  # of that run, on that machine
    *("version", "prompts", "model", "sandbox"),  # of that patchwright, as it was started
    *("output", "tools", "left"),  # name versions and folders, and what is not there
}


def events(path: Path) -> list[Any]:
    """A log's events without what is another one's by nature. Fields that are younger than a log are as if unset."""
    found = [json.loads(event.model_dump_json()) for event in load(path)]
    for event in found:
        if event.get("about") == "rules":
            event["text"] = ""  # prose that is worked on
    return [bare(event) for event in found]


def bare(value: Any) -> Any:
    match value:
        case dict():
            calls = {k: v for k, v in value.items() if k == "id" and "." in str(v)}
            return {k: bare(v) for k, v in value.items() if k not in OTHERWISE} | calls
        case list():
            return [bare(v) for v in value]
        case str():
            return plain(value)
        case _:
            return value


@pytest.mark.parametrize("sandbox", ["bubblewrap", "host"])
def test_the_golden_log_happens_again(repo: Path, sandbox: str) -> None:
    heard: list[str] = []
    with begun(repo, (sandbox, "")) as run:
        attempt(run, 1, recorded(load(GOLDEN)), Control(), listen=heard.append)
        assert events(run.log_path(1)) == events(GOLDEN)
    assert "departs" not in "".join(heard)


def test_where_a_run_departs_from_the_record_it_says_so(repo: Path) -> None:
    heard: list[str] = []
    (repo / "test_stats.py").write_text(
        FILES["test_stats.py"] + "\n\ndef test_more():\n    assert median([1]) == 1\n"
    )
    commit(repo, "more")
    with begun(repo) as run:
        attempt(run, 1, recorded(load(GOLDEN)), Control(), listen=heard.append)
    said = [text for text in heard if "departs" in text]
    assert said == ["\n[the run departs from the record in step 1: call 1.1 has another result]\n"]


def test_a_record_that_is_too_short_ends_as_an_error_of_the_model(repo: Path) -> None:
    with begun(repo) as run, pytest.raises(ModelError, match="has 3 answers and was asked for one more"):
        attempt(run, 1, recorded([e for e in load(GOLDEN) if e.seq < 16]), Control())


def test_the_golden_log_is_what_its_script_makes(repo: Path) -> None:
    with begun(repo) as run:
        attempt(run, 1, Scripted(*good_model()), Control())
        assert [e.kind for e in load(run.log_path(1))] == [e["kind"] for e in events(GOLDEN)]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"kind": "dreamt"}, "line 3: an event (dreamt) that patchwright"),
        ({"mood": "good"}, "line 3: an event (said) that patchwright"),
        ({"about": "weather"}, "the log was written by version 9.9"),
    ],
)
def test_a_log_of_another_version_is_refused_in_a_sentence(
    tmp_path: Path, change: dict[str, str], says: str
) -> None:
    lines = GOLDEN.read_text().splitlines()
    lines[0] = json.dumps(json.loads(lines[0]) | {"version": "9.9"})
    lines[2] = json.dumps(json.loads(lines[2]) | change)
    (tmp_path / "1.jsonl").write_text("\n".join(lines) + "\n")
    with pytest.raises(TaskError) as caught:
        load(tmp_path / "1.jsonl")
    assert says in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1
